use super::*;

const SOUND: &str = r#"
description = "One root."
seed = "unit test"

[[key]]
id = "root"
algorithm = "p-256"

[[certificate]]
id = "root"
key = "root"
issuer = "root"
not_before = "2020-01-01T00:00:00Z"
not_after = "2060-01-01T00:00:00Z"
subject = ["C=RU", "CN=Root"]
extensions = { key_usage = ["keyCertSign"] }
"#;

fn refused(text: &str) -> String {
    match Pki::from_toml("unit", text) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_sound_declaration_is_made() {
    let pki = Pki::from_toml("unit", SOUND).unwrap();
    let der = &pki.certificate("root").unwrap().der;
    // UTCTime to 2049, GeneralizedTime after (RFC 5280 §4.1.2.5).
    let contains = |text: &[u8]| der.windows(text.len()).any(|window| window == text);
    assert!(contains(b"\x17\x0d200101000000Z"));
    assert!(contains(b"\x18\x0f20600101000000Z"));
}

#[test]
fn another_seed_makes_another_key() {
    let public = |text: &str| {
        Pki::from_toml("unit", text)
            .unwrap()
            .key("root")
            .unwrap()
            .public_key_octets()
    };
    assert_eq!(public(SOUND), public(SOUND));
    assert_ne!(public(SOUND), public(&SOUND.replace("unit test", "other")));
}

#[test]
fn unknown_keys_are_refused_at_every_level() {
    for at in ["seed = ", "algorithm = ", "not_before = ", "key_usage = "] {
        let separator = if at == "key_usage = " { ", " } else { "\n" };
        let text = SOUND.replace(at, &format!("surprise = 1{separator}{at}"));
        assert!(refused(&text).contains("unknown field `surprise`"), "{at}");
    }
}

#[test]
fn what_is_not_declared_is_named() {
    let said = refused(&SOUND.replace("key = \"root\"", "key = \"other\""));
    assert_eq!(said, "unit: no key \"other\" is declared");
    let said = refused(&SOUND.replace("issuer = \"root\"", "issuer = \"other\""));
    assert_eq!(said, "unit: no certificate \"other\" is declared");
}

#[test]
fn nothing_is_declared_twice() {
    let certificate = &SOUND[SOUND.find("[[certificate]]").unwrap()..];
    assert!(refused(&format!("{SOUND}\n{certificate}")).contains("declared twice"));
}

#[test]
fn values_that_cannot_be_used_are_refused() {
    let cases = [
        (
            "algorithm = \"p-256\"",
            "algorithm = \"gost-2012-256\"",
            "a GOST key needs parameter_set",
        ),
        (
            "algorithm = \"p-256\"",
            "algorithm = \"p-256\"\nparameter_set = \"test\"",
            "only a GOST key",
        ),
        (
            "algorithm = \"p-256\"",
            "algorithm = \"gost-2012-512\"\nparameter_set = \"cryptopro-a\"",
            "the parameter set is of another size",
        ),
        (
            "2020-01-01T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "not an RFC 3339 time",
        ),
        ("CN=Root", "XX=Root", "not a known attribute type"),
        ("CN=Root", "CN", "not TYPE=value"),
        ("keyCertSign", "certSign", "unknown variant"),
    ];
    for (from, to, words) in cases {
        let said = refused(&SOUND.replace(from, to));
        assert!(said.contains(words), "{to}: {said}");
    }
}
