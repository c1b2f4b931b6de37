use super::*;
use crate::card::CardRegistry;

const NEW: &str = r#"schema = 1
[[card]]
id = "new-token"
kind = "token"
name = { ru = "Новый токен", en = "New token" }
confidence = "assumed"
[[card.match]]
atr = "3B021450"
[[card.road]]
kind = "cryptopro"
layout = "path"
confidence = "assumed"
directory = "1000 1003"
slots = { first = 1, last = 2 }
"#;

fn registry(files: &[(&str, &str)]) -> Result<CardRegistry, ProfileError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    CardRegistry::with_folder(folder.path())
}

fn reserved(text: &str) -> Option<String> {
    match registry(&[("own.toml", text)]) {
        Err(ProfileError::Reserved { key, .. }) => Some(key),
        Err(other) => panic!("{other}"),
        Ok(_) => None,
    }
}

fn name(registry: &CardRegistry, id: &str) -> Option<String> {
    let profile = registry.profiles().iter().find(|profile| profile.id == id);
    profile.map(|profile| profile.name.en.clone())
}

#[test]
fn a_model_of_a_folder_is_known_beside_the_own_ones() {
    let own = CardRegistry::builtin().unwrap();
    let registry = registry(&[("own.toml", NEW), ("notes.txt", "no profile")]).unwrap();
    assert_eq!(registry.profiles().len(), own.profiles().len() + 1);
    assert_eq!(name(&registry, "new-token").as_deref(), Some("New token"));
    assert_eq!(registry.roads(&[0x3B, 0x02, 0x14, 0x50]).len(), 1);
}

#[test]
fn a_later_file_wins_by_id() {
    let other = NEW.replace("New token", "Newer token");
    let registry = registry(&[("20.toml", &other), ("10.toml", NEW)]).unwrap();
    assert_eq!(name(&registry, "new-token").as_deref(), Some("Newer token"));
    let lite = NEW.replace("new-token", "rutoken-lite");
    let registry = self::registry(&[("own.toml", &lite)]).unwrap();
    assert_eq!(
        name(&registry, "rutoken-lite").as_deref(),
        Some("New token")
    );
}

#[test]
fn rules_for_pins_are_not_changed_by_a_folder() {
    let road = |lines: &str| format!("{NEW}[[card.road]]\nkind = \"pkcs15\"\n{lines}\n");
    assert_eq!(reserved(&road("")), None);
    assert_eq!(
        reserved(&road("safe_query = true")).as_deref(),
        Some("safe_query")
    );
    assert_eq!(
        reserved(&road("logout = \"80400000\"")).as_deref(),
        Some("logout")
    );
    // The model of the program keeps its own, and no other.
    let elsewhere = |lines: &str| road(lines).replace("new-token", "rutoken-ecp");
    let own = |lines: &str| elsewhere(lines).replace("3B021450", "3B8B015275746F6B656E20454350A0");
    assert_eq!(
        reserved(&own("safe_query = true\nlogout = \"80400000\"")),
        None
    );
    assert_eq!(
        reserved(&own("logout = \"80400000\"")).as_deref(),
        Some("safe_query")
    );
    assert_eq!(
        reserved(&own("safe_query = true")).as_deref(),
        Some("logout")
    );
    // Cards of another ATR do not get them under its name.
    assert_eq!(
        reserved(&elsewhere("safe_query = true\nlogout = \"80400000\"")).as_deref(),
        Some("match")
    );
    let pin = "serial = \"0181\"\npin = [{ reference = 0x81, label = \"x\" }]";
    let rutoken = road(pin).replace("pkcs15", "rutoken");
    assert_eq!(reserved(&rutoken).as_deref(), Some("pin"));
    let any = "schema = 1\n[[road]]\nkind = \"pkcs15\"\nsafe_query = true\n";
    assert_eq!(reserved(any).as_deref(), Some("safe_query"));
}

#[test]
fn the_universal_card_is_left_to_the_program() {
    assert_eq!(
        reserved(&NEW.replace("new-token", "uec")).as_deref(),
        Some("id")
    );
    let confirm = NEW.replace(
        "[[card.match]]",
        "confirm_aid = \"a0 00 00 04 32 90 00 01\"\n[[card.match]]",
    );
    assert_eq!(reserved(&confirm).as_deref(), Some(UEC));
    let escaped = confirm.replace("a0 00 00 04", "a0 00 \\u0030\\u0030 04");
    assert_ne!(escaped, confirm);
    assert_eq!(reserved(&escaped).as_deref(), Some(UEC));
}

#[test]
fn no_profile_can_name_masks_or_primary() {
    for line in [
        "suffix = { header = \"01\" }",
        "masks = \"01\"",
        "files = [1, 2]",
    ] {
        let text = format!("{NEW}{line}\n");
        let error = registry(&[("own.toml", &text)]).unwrap_err();
        assert!(matches!(error, ProfileError::Road { .. }), "{error}");
    }
}

#[test]
fn what_is_wrong_in_a_folder_is_told_at_the_start() {
    for (from, to) in [
        ("directory = \"1000 1003\"", "directory = \"1000 10\""),
        ("directory = \"1000 1003\"", "directory = \"no hex\""),
        ("last = 2", "last = 0"),
        ("last = 2", "last = 200"),
        ("layout = \"path\"", "layout = \"other\""),
        ("kind = \"cryptopro\"", "kind = \"other\""),
        (
            "confidence = \"assumed\"\ndirectory",
            "confidence = \"sure\"\ndirectory",
        ),
    ] {
        let text = NEW.replace(from, to);
        assert_ne!(text, NEW);
        let error = registry(&[("own.toml", &text)]).unwrap_err();
        assert!(matches!(error, ProfileError::Road { .. }), "{to}: {error}");
    }
    let large = format!("{NEW}{}", "#".repeat(300_000));
    let error = registry(&[("own.toml", &large)]).unwrap_err();
    assert!(matches!(error, ProfileError::File { .. }), "{error}");
    let missing = CardRegistry::with_folder(Path::new("no-such-folder"));
    assert!(matches!(missing, Err(ProfileError::File { .. })));
}
