//! European trusted lists as an operator calls them: `trust import`, and `verify --policy etsi-ades`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/desk.rs"]
mod desk;

use std::fs;

use desk::{AT, Desk};
use serde_json::Value;
use testdata::Timestamp;
use testdata::pki::Pki;

/// 2025-06-01.
const SIGNED: Timestamp = Timestamp(1_748_736_000);

fn pki() -> &'static Pki {
    testdata::pki::named("eu").unwrap()
}

/// A desk with the lists, who signs them, and a person's signature.
fn desk() -> Desk {
    let desk = Desk::new();
    for name in ["xa", "xa-by-another", "lotl"] {
        desk.write(&format!("{name}.xml"), pki().trust_list(name).unwrap());
    }
    for name in ["operator-eu", "operator-xa", "operator-other", "ca"] {
        desk.write(
            &format!("{name}.cer"),
            &pki().certificate(name).unwrap().der,
        );
    }
    for name in ["person", "person-no-device"] {
        let token = pki().token(name).unwrap();
        let signature = token.sign_attached(b"content", SIGNED).unwrap();
        desk.write(&format!("{name}.p7s"), &signature);
    }
    desk.write("ca.crl", pki().crl("ca").unwrap());
    desk
}

fn trust(desk: &Desk, arguments: &[&str]) -> (i32, String, String) {
    let common = ["--at", AT, "--lang", "en"];
    let (code, output) = desk.run(&[&["trust"], arguments, &common].concat());
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (code, text(output.stdout), text(output.stderr))
}

fn import(desk: &Desk, arguments: &[&str]) -> String {
    let (code, printed, said) = trust(desk, &[&["import"], arguments].concat());
    assert_eq!(code, 0, "{said}");
    let first = printed.lines().next().unwrap();
    first.strip_prefix("snapshot ").unwrap().to_owned()
}

fn verify(desk: &Desk, arguments: &[&str]) -> (i32, Value) {
    let fixed = [
        "verify",
        "--policy",
        "etsi-ades",
        "--at",
        AT,
        "--crls",
        "ca.crl",
    ];
    let (code, output) = desk.run(&[&fixed, arguments].concat());
    (
        code,
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
    )
}

#[test]
fn a_signature_is_qualified_by_a_list_with_its_signer() {
    let desk = desk();
    let by = ["--trust", "xa.xml", "--anchors", "operator-xa.cer"];
    let (code, report) = verify(&desk, &[&by[..], &["person.p7s"]].concat());
    assert_eq!(code, 0, "{report}");
    let qualified = &report["signatures"][0]["qualified"];
    assert_eq!(qualified["verdict"], "QUALIFIED");
    let conditions = qualified["conditions"].as_array().unwrap();
    let ids: Vec<&str> = conditions
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    let expected = [
        "eidas.3.15.issuer",
        "eidas.3.15.certificate",
        "eidas.3.14.purpose",
        "eidas.3.12.device",
    ];
    assert_eq!(ids, expected);
    assert!(
        report["trusted_lists"]["id"]
            .as_str()
            .unwrap()
            .starts_with("eu-xa-7-")
    );
    let (code, report) = verify(&desk, &[&by[..], &["person-no-device.p7s"]].concat());
    assert_eq!(code, 2);
    assert_eq!(
        report["signatures"][0]["qualified"]["verdict"],
        "NOT_QUALIFIED"
    );
    // Who signs the list vouches for the list and is no anchor of paths; another signer is refused.
    let by = ["--trust", "xa.xml", "--anchors", "operator-other.cer"];
    assert_eq!(verify(&desk, &[&by[..], &["person.p7s"]].concat()).0, 64);
    assert_eq!(verify(&desk, &["--trust", "xa.xml", "person.p7s"]).0, 64);
    // Without a list the path may be good, and nothing is said of qualification.
    let (code, report) = verify(&desk, &["--anchors", "ca.cer", "person.p7s"]);
    assert_eq!(
        (code, &report["signatures"][0]["qualified"]),
        (0, &Value::Null)
    );
}

#[test]
fn the_text_says_it_in_both_languages() {
    let desk = desk();
    for (language, words) in [
        (
            "ru",
            ["Регламенту (ЕС) № 910/2014", "подпись квалифицированная"],
        ),
        (
            "en",
            [
                "Regulation (EU) No 910/2014",
                "the signature is a qualified one",
            ],
        ),
    ] {
        let (code, output) = desk.run(&[
            "verify",
            "--policy",
            "etsi-ades",
            "--at",
            AT,
            "--crls",
            "ca.crl",
            "--trust",
            "xa.xml",
            "--anchors",
            "operator-xa.cer",
            "--format",
            "text",
            "--lang",
            language,
            "--explain",
            "person.p7s",
        ]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(code, 0, "{text}");
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(!text.contains("63-"), "{text}");
    }
}

#[test]
fn lists_are_imported_activated_and_used() {
    let desk = desk();
    let (code, _, said) = trust(&desk, &["import", "xa.xml"]);
    assert!(code == 64 && said.contains("--anchors"), "{said}");
    let id = import(
        &desk,
        &["--anchors", "operator-eu.cer", "lotl.xml", "xa.xml"],
    );
    assert!(id.starts_with("eu-lotl-3-"), "{id}");
    // In two steps, like any trust.
    assert_eq!(verify(&desk, &["person.p7s"]).0, 2);
    assert_eq!(trust(&desk, &["activate", &id]).0, 0);
    let (code, report) = verify(&desk, &["person.p7s"]);
    assert_eq!(
        (code, report["trusted_lists"]["id"].as_str()),
        (0, Some(id.as_str()))
    );
    let (_, listed, _) = trust(&desk, &["list"]);
    assert!(listed.contains(&format!("* {id}")), "{listed}");
    let (_, shown, _) = trust(&desk, &["show", &id]);
    for words in [
        "list EU 3",
        "list XA 7",
        "ca-withdrawn: withdrawn since",
        "pointer XA",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // Of another policy they are no measure.
    assert_eq!(desk.run(&["verify", "--at", AT, "person.p7s"]).0, 2);
}

#[test]
fn what_nobody_may_have_signed_is_not_imported() {
    let desk = desk();
    for arguments in [
        &["--anchors", "operator-xa.cer", "xa-by-another.xml"][..],
        &["--anchors", "operator-xa.cer", "lotl.xml"],
        &["--anchors", "operator-eu.cer", "xa.xml"],
        // The list of lists names another signer for the territory, whatever else is given.
        &[
            "--anchors",
            "operator-eu.cer",
            "--anchors",
            "operator-other.cer",
            "lotl.xml",
            "xa-by-another.xml",
        ],
    ] {
        let (code, _, said) = trust(&desk, &[&["import"], arguments].concat());
        assert!(code == 64 && said.contains("another certificate"), "{said}");
    }
    let xml = String::from_utf8(desk.read("xa.xml")).unwrap();
    let edited = xml.replace("Svcstatus/withdrawn", "Svcstatus/granted");
    desk.write("edited.xml", edited.as_bytes());
    let (code, _, said) = trust(
        &desk,
        &["import", "--anchors", "operator-xa.cer", "edited.xml"],
    );
    assert!(
        code == 64 && said.contains("changed after it was signed"),
        "{said}"
    );
    let (_, listed, _) = trust(&desk, &["list"]);
    assert!(!listed.contains("eu-"), "{listed}");
}

#[test]
fn a_list_that_is_out_of_date_is_told_or_refused() {
    let desk = desk();
    let late = ["--at", "2028-01-01T00:00:00Z", "--lang", "en"];
    let import = ["trust", "import", "--anchors", "operator-xa.cer", "xa.xml"];
    let (code, output) = desk.run(&[&import[..], &late].concat());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(code == 0 && printed.contains("OUT OF DATE"), "{printed}");
    let (code, output) = desk.run(&[&import[..], &["--refuse-outdated"], &late].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(code == 64 && said.contains("out of date"), "{said}");
}

#[test]
fn a_stored_snapshot_that_was_touched_is_not_used() {
    let desk = desk();
    let id = import(
        &desk,
        &["--activate", "--anchors", "operator-xa.cer", "xa.xml"],
    );
    let path = desk.path(&format!("var/trust/snapshots/{id}.snapshot"));
    let octets = fs::read(&path).unwrap();
    let mut touched = octets.clone();
    touched[200] ^= 1;
    fs::write(&path, &touched).unwrap();
    assert_eq!(verify(&desk, &["person.p7s"]).0, 64);
    fs::write(&path, &octets).unwrap();
    assert_eq!(verify(&desk, &["person.p7s"]).0, 0);
    fs::write(desk.path("var/trust/active-eu"), "../../etc\n").unwrap();
    assert_eq!(verify(&desk, &["person.p7s"]).0, 64);
}

#[test]
fn a_difference_is_told_and_the_snapshot_before_comes_back() {
    let desk = desk();
    let signer = ["--anchors", "operator-xa.cer"];
    let one = import(&desk, &[&["--activate"], &signer[..], &["xa.xml"]].concat());
    let signers = ["--anchors", "operator-eu.cer"];
    let whole = [&["--activate"], &signers[..], &["lotl.xml", "xa.xml"]].concat();
    let both = import(&desk, &whole);
    let (code, told, _) = trust(&desk, &["diff", &one, &both]);
    assert!(code == 0 && told.contains("+ list EU-3"), "{told}");
    assert!(
        told.contains("+ signer ") && told.contains("- signer "),
        "{told}"
    );
    let (_, told, _) = trust(&desk, &["diff", &both, &both]);
    assert_eq!(told, "nothing differs\n");
    let (code, activated, said) = trust(&desk, &["rollback", "--european"]);
    assert!(code == 0 && activated.contains(&one), "{activated}{said}");
    let (_, listed, _) = trust(&desk, &["list"]);
    assert!(listed.contains(&format!("* {one}")), "{listed}");
    assert_eq!(verify(&desk, &["person.p7s"]).0, 0);
    // There is nothing before it, nor among the snapshots of the accredited authorities.
    assert_ne!(trust(&desk, &["rollback", "--european"]).0, 0);
    assert_ne!(trust(&desk, &["rollback"]).0, 0);
}

/// What of the report names trust.
fn named(report: &Value) -> [Option<&str>; 2] {
    ["trust", "trusted_lists"].map(|it| report[it]["id"].as_str())
}

#[test]
fn both_kinds_of_lists_are_named_at_once() {
    let desk = desk();
    let crls = ["--crls", "crls.pem"];
    let russian = ["--trust", "accredited-cas.xml", "--anchors", "anchors.pem"];
    let european = ["--trust", "xa.xml", "--list-signers", "operator-xa.cer"];
    let person = ["person.p7s"];
    for both in [[russian, european].concat(), [european, russian].concat()] {
        let (code, report) = verify(&desk, &[&both[..], &crls, &person].concat());
        assert_eq!(code, 0, "{report}");
        let [Some(trust), Some(lists)] = named(&report) else {
            panic!("{report}");
        };
        assert!(trust.starts_with("mintsifry-100-") && lists.starts_with("eu-xa-7-"));
        assert_eq!(report["signatures"][0]["qualified"]["verdict"], "QUALIFIED");
        // A citizen under the law of Russia, with the same.
        let fixed = ["verify", "--at", AT, "attached.p7s"];
        let (code, output) = desk.run(&[&fixed, &both[..], &crls].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let verdict = &report["signatures"][0]["qualified"]["verdict"];
        assert_eq!((code, verdict), (0, &"QUALIFIED".into()), "{report}");
    }
    // Who signs the European list is no anchor, and the roots do not sign it.
    let by_roots = ["--trust", "xa.xml", "--list-signers", "anchors.pem"];
    let run = |arguments: &[&str]| {
        let fixed = ["verify", "--policy", "etsi-ades", "--at", AT];
        let (code, output) = desk.run(&[&fixed, arguments, &["person.p7s"]].concat());
        (code, String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&[russian, by_roots].concat());
    assert!(code == 64 && said.contains("another certificate"), "{said}");

    let two = "two of one kind";
    for (arguments, words) in [
        (
            &[
                "--trust",
                "xa.xml",
                "--trust",
                "lotl.xml",
                "--anchors",
                "operator-eu.cer",
            ][..],
            two,
        ),
        (
            &[
                "--trust",
                "accredited-cas.xml",
                "--trust",
                "accredited-cas.xml",
                "--anchors",
                "anchors.pem",
            ],
            two,
        ),
        (
            &[
                "--trust",
                "accredited-cas.xml",
                "--trust",
                "xa.xml",
                "--anchors",
                "anchors.pem",
            ],
            "--list-signers",
        ),
        (
            &[
                "--trust",
                "accredited-cas.xml",
                "--list-signers",
                "operator-xa.cer",
            ],
            "--list-signers goes with",
        ),
        (
            &["--list-signers", "operator-xa.cer"],
            "--list-signers goes with",
        ),
    ] {
        let (code, said) = run(arguments);
        assert!(code == 64 && said.contains(words), "{words}: {said}");
    }
}

#[test]
fn both_active_snapshots_are_used_where_the_policy_is_for_european_lists() {
    let desk = desk();
    let european = import(
        &desk,
        &["--activate", "--anchors", "operator-xa.cer", "xa.xml"],
    );
    let russian = [
        "--activate",
        "--anchors",
        "anchors.pem",
        "--crls",
        "crls.pem",
        "accredited-cas.xml",
    ];
    let russian = import(&desk, &russian);
    let (code, report) = verify(&desk, &["person.p7s"]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(named(&report), [Some(&*russian), Some(&*european)]);
    // By id, each alone and together.
    let by = |names: &[&str]| {
        let names = names.iter().flat_map(|name| ["--trust", *name]);
        let arguments: Vec<&str> = names.chain(["person.p7s"]).collect();
        let report = verify(&desk, &arguments).1;
        named(&report).map(|it| it.map(str::to_owned))
    };
    let (one, other) = (Some(russian.clone()), Some(european.clone()));
    assert_eq!(by(&[&russian]), [one.clone(), None]);
    assert_eq!(by(&[&european[..9]]), [None, other.clone()]);
    assert_eq!(by(&[&european, &russian]), [one, other]);
    // Under another policy nobody asks the European one.
    let (code, output) = desk.run(&["verify", "--at", AT, "attached.p7s"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code, named(&report)), (0, [Some(&*russian), None]));
}

#[test]
fn pivots_lead_to_a_new_signer_of_the_list_of_lists() {
    let desk = desk();
    for name in ["lotl-pivot", "lotl-next"] {
        desk.write(&format!("{name}.xml"), pki().trust_list(name).unwrap());
    }
    let by = ["--anchors", "operator-eu.cer", "--activate"];
    let before = import(&desk, &[&by[..], &["lotl.xml", "xa.xml"]].concat());
    // Offline, from the signers that are known; without the pivot nobody knows who signed it.
    let (code, _, said) = trust(&desk, &["import", "lotl-next.xml"]);
    assert!(code == 64 && said.contains("another certificate"), "{said}");
    let pivot = ["--pivot", "lotl-pivot.xml"];
    let (code, printed, said) = trust(
        &desk,
        &[&["import", "--activate"], &pivot[..], &["lotl-next.xml"]].concat(),
    );
    assert_eq!(code, 0, "{said}");
    let id = printed.lines().next().unwrap();
    let id = id.strip_prefix("snapshot ").unwrap().to_owned();
    assert!(id.starts_with("eu-lotl-5-") && id != before, "{id}");
    assert!(
        printed.contains("+ signer ") && printed.contains("- signer "),
        "{printed}"
    );
    let (code, report) = verify(&desk, &["person.p7s"]);
    assert_eq!((code, named(&report)), (0, [None, Some(&*id)]));
    // A pivot leads somewhere, and to European lists.
    let (code, _, said) = trust(&desk, &[&["import"], &pivot[..], &["xa.xml"]].concat());
    assert!(code == 64 && said.contains("none is given"), "{said}");
    let russian = ["import", "accredited-cas.xml", "--anchors", "anchors.pem"];
    let (code, _, said) = trust(&desk, &[&russian[..], &pivot].concat());
    assert!(
        code == 64 && said.contains("--pivot goes with") && said.contains("нужен только"),
        "{said}"
    );
    // The one that was taken in before is older than the list of lists that is known now.
    let back = [&["import"], &pivot[..], &["lotl-next.xml"]].concat();
    let (code, _, said) = trust(&desk, &back);
    assert!(code == 64 && said.contains("signed by one"), "{said}");
}
