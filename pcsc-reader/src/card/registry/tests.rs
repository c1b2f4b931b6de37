use super::*;
use crate::apdu::AtrReason;
use crate::card::{CardKind, Confidence, LocalText};
use crate::error::CardErrorKind;
use crate::transport::Transcript;

/// ATRs of cards seen in Russia and the model each must be recognised as.
#[rustfmt::skip]
const KNOWN: &[(&str, &str)] = &[
    ("3B6C000080641134014873F741C08107", "uec"),
    ("3B6C0000806411650190730000008107", "uec"),
    ("3B7C13000080641134014873F741C08107", "uec"),
    ("3B7C130000806411650190730000008107", "uec"),
    ("3B8C8001806411650190730000008107F9", "uec"),
    ("3B6F00FF00567275546F6B6E73302000009000", "rutoken-s"),
    ("3B6F00FF00567561546F6B6E73302000009000", "uatoken-s"),
    ("3B8B015275746F6B656E20454350A0", "rutoken-ecp"),
    ("3B8B015275746F6B656E20445320C1", "rutoken-ecp-2"),
    ("3B9C96005275746F6B656E4543507363", "rutoken-ecp-sc"),
    ("3B9C948011405275746F6B656E4543507363C3", "rutoken-ecp-sc-t1"),
    ("3B9C978011405275746F6B656E4543507363C0", "rutoken-ecp-sc-t1"),
    ("3B88800152745343778183206A", "rutoken-ecp-3-nfc"),
    ("3B8C8001505C4B71A152745343778183D9", "rutoken-ecp-3"),
    ("3B8B015275746F6B656E6C697465C2", "rutoken-lite"),
    ("3B9E96005275746F6B656E4C697465534332", "rutoken-lite-sc"),
    ("3B8B005275746F6B656E6C745344E3", "rutoken-lite-sd"),
    ("3B8B01527450494E5061642020329C", "rutoken-pinpad"),
    ("3B8B015275746F6B656E44534254D7", "rutoken-ecp-bluetooth"),
    ("3B781300007275746F6B656E6D", "rutoken-micron"),
    ("3B7A1300007275746F6B656E6D7363", "rutoken-micron"),
    ("3B88800152744D430081C10061", "rutoken-2151"),
    ("3B9896008031C072F7418107", "rutoken-magistra"),
    ("3BDC18FF8111FE8073C82113660106013080018D", "jacarta-lt"),
    ("3BDC18FF8191FE1FC38073C821136601061159000128", "jacarta-pki"),
    ("3BDC18FF8191FE1FC38073C8211366010B0352000538", "jacarta-pki"),
    ("3B8C80018073C82113660106115900012C", "jacarta-pki"),
    ("3B6C00FF8073C8211366010611590001", "jacarta-pki"),
    ("3B9F1181113D00110000000000000000000000000032", "jacarta-2-pki"),
    ("3BFC1600000073C82113660106115900012C", "jacarta-2-pki"),
    ("3BD518008131FE7D8073C82110F4", "etoken-java-72k"),
    ("3BD5180081313A7D8073C8211030", "etoken-java-72k"),
    ("3BE200FFC11031FE55C8029C", "etoken-pro"),
    ("3BFF9600008131FE4380318065B0855956FB120FFE82900000", "etoken-5110"),
    ("3BFF9600008131FE4380318065B0846566FB12017882900085", "etoken-5110"),
    ("3BFF9600008131FE4380318065B0845651101201788290006A", "etoken-5300"),
    ("3BFF9600008131FE4380318065B088666B3912017882900045", "etoken-5300"),
    ("3B7C95000045534D415254474F53543130", "esmart-gost"),
    ("3BBE9600004206210000000000000000009000", "esmart-token"),
    ("3BBE1800004206110000000000000000009000", "esmart-token"),
    ("3B9796008073F7C1808105", "esmart-token"),
    ("3BDF18008131FE67005C49434DD49147D277000038330059", "infocrypt-token"),
    ("3B88014B415A544F4B454E82", "kaztoken"),
    ("3B9896004B415A544F4B454E", "kaztoken"),
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
fn every_rule_of_the_profiles_is_met_by_a_known_atr() {
    let registry = CardRegistry::builtin().unwrap();
    let mut models: Vec<&str> = KNOWN.iter().map(|(_, id)| *id).collect();
    models.dedup();
    let families = registry.profiles().iter().map(|profile| &*profile.id);
    let (families, listed): (Vec<_>, Vec<_>) = families.partition(|id| id.ends_with("-family"));
    for id in &listed {
        assert!(models.contains(id), "{id}");
    }
    assert_eq!(families.len(), 4, "{families:?}");
    for (file, text) in BUILTIN {
        let table: toml::Table = toml::from_str(text).unwrap();
        let cards = table.get("card").and_then(toml::Value::as_array);
        for card in cards.unwrap_or(&Vec::new()) {
            for rule in card["match"].as_array().unwrap() {
                let Some(atr) = rule.get("atr").and_then(toml::Value::as_str) else {
                    continue;
                };
                let known = (atr, card["id"].as_str().unwrap());
                assert!(KNOWN.contains(&known), "{file}: {known:?}");
            }
        }
    }
}

#[test]
fn a_model_that_is_not_listed_is_known_by_its_family_and_read_as_an_unknown_card() {
    let registry = CardRegistry::builtin().unwrap();
    for (historical, id) in [
        (&b"Rutoken X"[..], "rutoken-family"),
        (b"rutoken x", "rutoken-family"),
        (b"RtSCX", "rutoken-family"),
        (b"\x80\x73\xC8\x21\x13\x66X", "jacarta-family"),
        (b"ESMART 64", "esmart-family"),
        (b"KAZTOKEN X", "kaztoken-family"),
    ] {
        let atr = [&[0x3B, historical.len() as u8], historical].concat();
        let CardIdentity::Known(profile) = registry.identity(&atr) else {
            panic!("{id}");
        };
        assert_eq!(
            (&*profile.id, profile.confidence),
            (id, Confidence::Assumed)
        );
        assert_eq!(registry.roads(&atr).len(), registry.roads(&[]).len());
    }
}

#[test]
fn a_rule_for_a_model_comes_before_that_of_its_family() {
    let own = r#"
        schema = 1
        [[card]]
        id = "family"
        kind = "token"
        name = { ru = "Семейство", en = "Family" }
        confidence = "assumed"
        match = [{ hist_prefix = "5275" }]
        [[card]]
        id = "own"
        kind = "token"
        name = { ru = "Своя", en = "Own" }
        confidence = "measured"
        match = [{ hist = "527558" }]
    "#;
    let registry = CardRegistry::from_toml(&[("own.toml", own)]).unwrap();
    for (atr, id) in [("3B03527558", "own"), ("3B03527559", "family")] {
        match registry.identity(&octets(atr)) {
            CardIdentity::Known(profile) => assert_eq!(profile.id, id, "{atr}"),
            other => panic!("{other:?}"),
        }
    }
    for atr in ["3B0152", "3B035276 58"] {
        let identity = registry.identity(&octets(atr));
        assert!(
            matches!(identity, CardIdentity::Unknown),
            "{atr}: {identity:?}"
        );
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
