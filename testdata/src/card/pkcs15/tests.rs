use super::*;

fn card(form: KeyForm, protocol: Protocol) -> Pkcs15Card {
    let mut card = Pkcs15Card::new(form, protocol).unwrap();
    card.reset();
    card
}

fn said(card: &mut Pkcs15Card, hex: &str) -> String {
    hex::encode_upper(card.answer(&hex::decode(hex).unwrap()).unwrap())
}

const VERIFY: &str = "002000011031323334353600000000000000000000";

#[test]
fn it_signs_after_the_pin_with_an_environment_and_not_before() {
    let mut card = card(KeyForm::EcPlain, Protocol::T1);
    let sign = format!("002A9E9A20{}00", "11".repeat(32));
    assert_eq!(said(&mut card, &sign), "6985");
    assert_eq!(said(&mut card, "002241B603840101"), "6A80");
    assert_eq!(said(&mut card, "002241B606800121840102"), "6A88");
    assert_eq!(said(&mut card, "002281B606800121840101"), "6A86");
    assert_eq!(said(&mut card, "002241B606800121840101"), "9000");
    assert_eq!(said(&mut card, &sign), "6982");
    assert_eq!(said(&mut card, VERIFY), "9000");
    assert_eq!(said(&mut card, &sign).len(), 2 * 66);
    assert_eq!(said(&mut card, "002A9E9A011100"), "6A80");
    assert_eq!(card.signatures(), 1);
    card.reset();
    assert_eq!(said(&mut card, &sign), "6985");
}

#[test]
fn a_pin_of_another_length_spends_no_try_and_a_wrong_one_does() {
    let mut card = card(KeyForm::EcPlain, Protocol::T1);
    assert_eq!(said(&mut card, "00200001"), "63C3");
    assert_eq!(said(&mut card, "0020000106313233343536"), "6700");
    assert_eq!(
        said(&mut card, "002000011031313131313100000000000000000000"),
        "63C2"
    );
    assert_eq!(said(&mut card, VERIFY), "9000");
    assert_eq!((card.pins().left(1), card.pins().sent(1)), (Some(3), 2));
    assert_eq!(said(&mut card, "00200101"), "6A86");
    assert_eq!(said(&mut card, "80200001"), "6E00");
}

#[test]
fn a_block_comes_in_a_chain_and_the_answer_waits_with_t_0() {
    let mut card = card(KeyForm::RsaBlock, Protocol::T0);
    assert_eq!(said(&mut card, VERIFY), "9000");
    assert_eq!(said(&mut card, "002241B606800110840101"), "9000");
    assert_eq!(
        said(&mut card, &format!("102A9E9AFF0001{}", "FF".repeat(253))),
        "9000"
    );
    assert_eq!(said(&mut card, "002A9E9A0100"), "6100");
    assert_eq!(said(&mut card, "00C0000000").len(), 2 * 258);
    assert_eq!(said(&mut card, "1020000101AA"), "6884");
}

#[test]
fn the_applet_answers_with_its_version() {
    let mut card = card(KeyForm::Gost, Protocol::T1);
    assert_eq!(
        said(&mut card, "00A404000CF276A288BCFBA69D34F3100100"),
        "0006049000"
    );
    assert_eq!(said(&mut card, "00CA000000"), "6D00");
}
