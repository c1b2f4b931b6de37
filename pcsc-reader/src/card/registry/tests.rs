use super::*;
use crate::apdu::AtrReason;
use crate::card::{CardKind, LocalText};
use crate::error::CardErrorKind;
use crate::transport::Transcript;

/// ATRs of cards seen in Russia and the model each must be recognised as.
const KNOWN: &[(&str, &str)] = &[
    ("3B6C00008064113401487 3F741C08107", "uec"),
    ("3B6C00008064116501907 3000000 8107", "uec"),
    ("3B7C130000806411340148 73F741C08107", "uec"),
    ("3B7C130000806411650190 73000000 8107", "uec"),
    ("3B8C800180641165019073000000 8107F9", "uec"),
    ("3B6F00FF00567275546F6B6E73302000009000", "rutoken-s"),
    ("3B8B015275746F6B656E20454350A0", "rutoken-ecp"),
    ("3B8B015275746F6B656E20445320C1", "rutoken-ecp-2"),
    ("3B9C96005275746F6B656E4543507363", "rutoken-ecp-sc"),
    (
        "3B9C948011405275746F6B656E4543507363C3",
        "rutoken-ecp-sc-t1",
    ),
    ("3B8880015274534377818320 6A", "rutoken-ecp-3-nfc"),
    ("3B8B015275746F6B656E6C697465C2", "rutoken-lite"),
    ("3B8B005275746F6B656E6C745344E3", "rutoken-lite-sd"),
    ("3BDC18FF8111FE8073C82113660106013080018D", "jacarta-lt"),
    (
        "3BDC18FF8191FE1FC38073C821136601061159000128",
        "jacarta-pki",
    ),
    ("3BD518008131FE7D8073C82110F4", "etoken-java-72k"),
    ("3B7C95000045534D415254474F53543130", "esmart-gost"),
    ("3B88014B415A544F4B454E82", "kaztoken"),
];

fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

#[test]
fn known_atrs_are_their_models() {
    let registry = CardRegistry::builtin().unwrap();
    for (atr, id) in KNOWN {
        match registry.identity(&octets(atr)) {
            CardIdentity::Known(profile) => assert_eq!(profile.id, *id, "{atr}"),
            other => panic!("{atr} should be {id}, is {other:?}"),
        }
    }
}

#[test]
fn a_uec_is_a_citizen_card_and_says_it_is_over() {
    let registry = CardRegistry::builtin().unwrap();
    let uec = registry
        .profiles()
        .iter()
        .find(|profile| profile.id == "uec")
        .unwrap();
    assert_eq!(uec.kind, CardKind::CitizenCard);
    assert!(uec.note.as_ref().unwrap().en.contains("2017"));
}

#[test]
fn one_octet_off_is_another_card() {
    let registry = CardRegistry::builtin().unwrap();
    for atr in [
        "3B6C000081641134014873F741C08107",
        "3B6C000080641134024873F741C08107",
        "3B00",
    ] {
        assert!(
            matches!(registry.identity(&octets(atr)), CardIdentity::Unknown),
            "{atr}"
        );
    }
}

#[test]
fn a_broken_atr_is_no_card_even_if_it_starts_like_one() {
    let registry = CardRegistry::builtin().unwrap();
    match registry.identity(&octets("3B8B015275746F6B656E20454350A1")) {
        CardIdentity::Unreadable(error) => assert_eq!(error.reason, AtrReason::WrongCheckByte),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ids_are_unique_over_files() {
    let text = include_str!("../../../profiles/uec.toml");
    let error = CardRegistry::from_toml(&[("a.toml", text), ("b.toml", text)]).unwrap_err();
    let expected = ProfileError::DuplicateId {
        file: "b.toml".into(),
        id: "uec".into(),
    };
    assert_eq!(error, expected);
}

/// Plays `answer` to the SELECT of the identification application.
fn confirm(answer: &str) -> Result<Confirmation, CardError> {
    let registry = CardRegistry::builtin().unwrap();
    let text =
        format!("atr 3B6C000080641134014873F741C08107\n> 00A4040C08A000000432900001\n{answer}");
    let mut card = Transcript::parse(&text).unwrap();
    let CardIdentity::Known(profile) = registry.identity(card.atr()) else {
        panic!("not recognised");
    };
    let outcome = identify(profile, &mut card);
    card.finish().unwrap();
    outcome
}

#[test]
fn the_application_confirms_the_card() {
    for answer in ["< 9000", "< 6102\n> 00C0000002\n< 64009000", "< 6283"] {
        assert_eq!(
            confirm(answer).unwrap(),
            Confirmation::Confirmed,
            "{answer}"
        );
    }
}

#[test]
fn a_card_without_the_application_contradicts_its_atr() {
    assert_eq!(confirm("< 6A82").unwrap(), Confirmation::Contradicted);
}

#[test]
fn any_other_answer_decides_nothing() {
    let error = confirm("< 6982").unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRequired);
    assert_eq!(
        (error.status_word, error.instruction),
        (Some(0x6982), Some(0xA4))
    );
    assert_eq!(
        confirm("! silence").unwrap_err().kind,
        CardErrorKind::ShortResponse
    );
    assert_eq!(
        confirm("! removed").unwrap_err().kind,
        CardErrorKind::Removed
    );
    assert_eq!(confirm("! reset").unwrap_err().kind, CardErrorKind::Reset);
}

#[test]
fn without_an_application_to_ask_for_no_command_is_sent() {
    let registry = CardRegistry::builtin().unwrap();
    let mut card = Transcript::parse("atr 3B8B015275746F6B656E20454350A0").unwrap();
    let CardIdentity::Known(profile) = registry.identity(card.atr()) else {
        panic!("not recognised");
    };
    assert_eq!(
        identify(profile, &mut card).unwrap(),
        Confirmation::NotDefined
    );
    card.finish().unwrap();
}

#[test]
fn a_card_of_no_model_has_the_roads_of_any_card_and_a_model_its_own() {
    let text = r#"
        schema = 1
        [[road]]
        kind = "pkcs15"
        [[road]]
        kind = "pkcs15"
        [[card]]
        id = "own"
        kind = "token"
        name = { ru = "Свой", en = "Own" }
        confidence = "assumed"
        match = [{ atr = "3B00" }]
        road = [{ kind = "pkcs15" }]
        [[card]]
        id = "none"
        kind = "token"
        name = { ru = "Без", en = "None" }
        confidence = "assumed"
        match = [{ atr = "3F00" }]
    "#;
    let registry = CardRegistry::from_toml(&[("x.toml", text)]).unwrap();
    for (atr, expected) in [("3B00", 1), ("3F00", 2), ("3B0155", 2), ("3B", 2), ("", 2)] {
        assert_eq!(registry.roads(&octets(atr)).len(), expected, "{atr}");
    }
    let builtin = CardRegistry::builtin().unwrap();
    let names: Vec<_> = builtin.roads(&[]).iter().map(|road| road.name()).collect();
    assert!(names.contains(&"pkcs15"), "{names:?}");
}

#[test]
fn a_road_of_any_card_at_fault_is_named() {
    let text = "schema = 1\n[[road]]\nkind = \"pkcs15\"\n[[road]]\nkind = \"pkcs51\"";
    let error = CardRegistry::from_toml(&[("x.toml", text)]).unwrap_err();
    let expected = ProfileError::Road {
        file: "x.toml".into(),
        id: "*".into(),
        number: 2,
        message: LocalText {
            ru: "способа чтения `pkcs51` нет".into(),
            en: "there is no road `pkcs51`".into(),
        },
    };
    assert_eq!(error, expected);
}
