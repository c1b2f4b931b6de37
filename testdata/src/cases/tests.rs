use super::*;

const SOUND: &str = r#"
id = "case"
description = "A case."
clauses = ["RFC 5652 §5.4"]
policy = "etsi-ades"
at = "2026-11-21T12:00:00Z"

[recipe]
pki = "ru-demo"
signer = "citizen"
form = "detached"
content = "text\n"
signing_time = "2026-11-01T12:00:00Z"

[given]
anchors = ["root"]
crls = ["root", "ca"]

[expect]
indication = "TOTAL_PASSED"
"#;

fn made(text: &str) -> Result<Case, String> {
    let declaration: Declaration = toml::from_str(text).map_err(|error| error.to_string())?;
    declaration.check()?;
    let made = declaration.make("area");
    let mut cases = made.map_err(|error| error.to_string())?;
    Ok(cases.remove(0))
}

#[test]
fn a_case_carries_what_it_declares() {
    let case = made(SOUND).unwrap();
    let pki = pki::named("ru-demo").unwrap();
    assert_eq!(case.at, 1_795_262_400);
    assert_eq!(case.content.as_deref(), Some(b"text\n".as_slice()));
    assert_eq!(case.anchors, [pki.certificate("root").unwrap().der.clone()]);
    assert_eq!(
        case.crls,
        [pki.crl("root").unwrap(), pki.crl("ca").unwrap()]
    );
    assert_eq!(case.trust_list, None);
    assert_eq!(case.expect.codes, None);
}

#[test]
fn given_content_departs_as_declared() {
    let given = |how: &str| {
        let text = SOUND.replace("[given]", &format!("[given]\ncontent = \"{how}\""));
        made(&text).unwrap().content
    };
    assert_eq!(given("absent"), None);
    assert_eq!(
        given("carriage-returns").as_deref(),
        Some(b"text\r\n".as_slice())
    );
    assert_eq!(given("base64").as_deref(), Some(b"dGV4dAo=".as_slice()));
    assert!(given("other").is_some_and(|content| content != b"text\n"));
}

#[test]
fn contradictions_and_unknown_keys_are_refused() {
    let cases = [
        ("TOTAL_PASSED\"", "TOTAL_FAILED\"", "sub_indication"),
        (
            "TOTAL_PASSED\"",
            "TOTAL_PASSED\"\nsub_indication = \"HASH_FAILURE\"",
            "sub_indication",
        ),
        (
            "TOTAL_PASSED\"",
            "TOTAL_PASSED\"\ncodes = [\"b\", \"a\"]",
            "not sorted",
        ),
        ("TOTAL_PASSED\"", "PASSED\"", "unknown variant"),
        ("clauses = [\"RFC 5652 §5.4\"]", "clauses = []", "clause"),
        (
            "\"detached\"",
            "\"attached\"\nvariant = { surprise = 1 }",
            "unknown field `surprise`",
        ),
        ("etsi-ades", "etsi", "unknown variant"),
        (
            "\"citizen\"",
            "\"nobody\"",
            "no certificate \"nobody\" is declared",
        ),
        (
            "[given]",
            "[given]\ntrust_list = \"nothing\"",
            "no trust_list \"nothing\" is declared",
        ),
    ];
    for (from, to, words) in cases {
        let said = made(&SOUND.replace(from, to)).unwrap_err();
        assert!(said.contains(words), "{to}: {said}");
    }
}

#[test]
fn several_pkis_make_a_case_each() {
    let text = SOUND
        .replace("\"ru-demo\"", "[\"stamps-gost\", \"stamps-p256\"]")
        .replace("\"citizen\"", "\"person\"");
    let declaration: Declaration = toml::from_str(&text).unwrap();
    let cases = declaration.make("area").unwrap();
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["case-gost", "case-p256"]);
    assert!(cases.iter().all(|case| case.folder == "case"));
    let pkis: Vec<&str> = cases.iter().map(|case| case.pki.as_str()).collect();
    assert_eq!(pkis, ["stamps-gost", "stamps-p256"]);
    let key = |pki: &str| {
        pki::named(pki)
            .unwrap()
            .certificate("root")
            .unwrap()
            .der
            .clone()
    };
    assert_eq!(cases[0].anchors, [key("stamps-gost")]);
    assert_eq!(cases[1].anchors, [key("stamps-p256")]);
}

#[test]
fn a_policy_may_differ_by_a_file() {
    let file = SOUND.replace("policy = ", "policy_file = \"digests-ended\"\npolicy = ");
    let changes = made(&file).unwrap().policy_changes.unwrap();
    assert!(changes.contains("[[strength]]"));
    assert_eq!(made(SOUND).unwrap().policy_changes, None);
    let unknown = file.replace("\"digests-ended\"", "\"nowhere\"");
    assert!(made(&unknown).unwrap_err().contains("nowhere.toml"));
}
