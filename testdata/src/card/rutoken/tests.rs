use super::*;
use crate::card::Identity;
use crate::card::container::CANARY;

fn said(token: &mut Rutoken, hex: &str) -> String {
    let command = hex::decode(hex.replace(' ', "")).unwrap();
    hex::encode_upper(token.answer(&command).unwrap())
}

fn container() -> Container {
    Container::new("le-1", Identity::new("ru-demo", "citizen").unwrap())
}

#[test]
fn directories_are_listed_file_by_file() {
    let mut token = Rutoken::new(Model::Lite)
        .with_container(1, &container())
        .unwrap();
    token.reset();
    let select = said(&mut token, "00A40804 06 100010030100 00");
    assert!(
        select.starts_with("62") && select.ends_with("9000"),
        "{select}"
    );
    assert!(said(&mut token, "00A40000 00").contains("83020101"));
    assert!(said(&mut token, "00A40002 02 0101 00").contains("83020102"));
    assert_eq!(said(&mut token, "00A40002 02 0106 00"), "6A82");
    assert_eq!(said(&mut token, "00A4000C 02 0103"), "6A86");
    assert_eq!(said(&mut token, "00A40400 05 A000000063 00"), "6A86");
}

#[test]
fn masks_and_primary_open_after_the_pin_only_and_are_counted() {
    let mut token = Rutoken::new(Model::Lite)
        .with_container(1, &container())
        .unwrap();
    token.reset();
    said(&mut token, "00A40804 08 1000100301000101 00");
    assert_eq!(
        (
            said(&mut token, "00B0000010").as_str(),
            token.secrets_touched()
        ),
        ("6982", 2)
    );
    assert_eq!(said(&mut token, "00200002 08 3132333435363738"), "9000");
    let canary = hex::encode_upper(CANARY);
    assert!(said(&mut token, "00B0000030").contains(&canary));
    said(&mut token, "00A40804 08 1000100301000106 00");
    assert_eq!(token.secrets_touched(), 3);
}

#[test]
fn a_pin_is_told_wrong_without_a_count_and_wants_a_logout_between_two() {
    let mut token = Rutoken::new(Model::Ecp);
    token.reset();
    assert_eq!(said(&mut token, "00200002"), "63CA");
    assert_eq!(said(&mut token, "00200002 04 30303030"), "6300");
    assert_eq!(said(&mut token, "00200002"), "63C9");
    assert_eq!(said(&mut token, "00200002 08 3132333435363738"), "9000");
    assert_eq!(said(&mut token, "00200002 08 3132333435363738"), "6F86");
    assert_eq!(said(&mut token, "80400000"), "9000");
    assert_eq!(said(&mut token, "00200002 08 3132333435363738"), "9000");
}

#[test]
fn rutoken_s_has_its_identifiers_the_other_way_round() {
    let mut token = Rutoken::new(Model::S)
        .with_container(1, &container())
        .unwrap();
    token.reset();
    assert!(said(&mut token, "00A40000 02 003F").starts_with("62"));
    assert_eq!(said(&mut token, "00A40000 02 3F00"), "6A82");
    let control = said(&mut token, "00A40800 04 00010601");
    assert!(
        control.contains("83020601") && control.contains("80022000"),
        "{control}"
    );
}

#[test]
fn a_key_signs_after_the_pin_and_in_its_own_order() {
    let identity = Identity::new("ru-demo", "citizen").unwrap();
    let key = RutokenKey::gost_256(1, identity);
    let mut token = Rutoken::new(Model::Ecp).with_key(key).unwrap();
    token.reset();
    let digest: Vec<u8> = (0..32).collect();
    let command = format!("002A9E9A 20 {} 00", hex::encode(&digest));
    assert_eq!(said(&mut token, &command), "6985");
    assert_eq!(said(&mut token, "002241B6 03 840107"), "6A88");
    assert_eq!(said(&mut token, "002241B6 03 840101"), "9000");
    assert_eq!(said(&mut token, &command), "6982");
    said(&mut token, "00200002 08 3132333435363738");
    let mut expected = identity.sign_raw(&digest).unwrap();
    expected.reverse();
    assert_eq!(
        said(&mut token, &command),
        hex::encode_upper(expected) + "9000"
    );
}
