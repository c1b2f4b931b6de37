use proptest::prelude::*;

use super::*;

const UEC_CHIP_A: &str = "3B6C00008064113401 4873F741C08107";
const UEC_CONTACTLESS: &str = "3B8C80018064116501907300000081 07F9";

fn parse(text: &str) -> Result<Atr, AtrError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    Atr::from_bytes(&hex::decode(digits).unwrap())
}

#[test]
fn without_td_the_protocol_is_t0_and_there_is_no_check_octet() {
    let atr = parse(UEC_CHIP_A).unwrap();
    assert_eq!(atr.convention(), Convention::Direct);
    assert_eq!(atr.protocols(), [0]);
    assert_eq!(atr.check_byte(), CheckByte::Absent);
    assert_eq!(
        hex::encode_upper(atr.historical_bytes()),
        "80641134014873F741C08107"
    );
    let group = InterfaceGroup {
        tb: Some(0),
        tc: Some(0),
        ..InterfaceGroup::default()
    };
    assert_eq!(atr.interface_groups(), [group]);
}

#[test]
fn a_chain_of_td_gives_protocols_in_order_and_a_check_octet() {
    let atr = parse(UEC_CONTACTLESS).unwrap();
    assert_eq!(atr.protocols(), [0, 1]);
    assert_eq!(atr.check_byte(), CheckByte::Valid);
    assert_eq!(
        hex::encode_upper(atr.historical_bytes()),
        "806411650190730000008107"
    );
    assert_eq!(atr.interface_groups().len(), 2);
}

#[test]
fn t15_is_no_protocol_but_requires_the_check_octet() {
    assert_eq!(
        parse("3B801F00").unwrap_err().reason,
        AtrReason::MissingCheckByte
    );
    let atr = parse("3B801F009F").unwrap();
    assert_eq!(atr.protocols(), [0]);
    assert_eq!(atr.check_byte(), CheckByte::Valid);
}

#[test]
fn the_inverse_convention_is_accepted() {
    assert_eq!(parse("3F00").unwrap().convention(), Convention::Inverse);
}

#[test]
fn the_shortest_and_the_longest_answer() {
    assert!(parse("3B00").unwrap().historical_bytes().is_empty());
    let mut longest = vec![0x3B, 0xFF];
    longest.extend([0x11, 0x22, 0x33, 0xF0].repeat(3));
    longest.extend([0x11, 0x22, 0x33, 0x00]);
    longest.extend([0x48; 15]);
    assert_eq!(longest.len(), MAX_LENGTH);
    assert_eq!(
        Atr::from_bytes(&longest).unwrap().interface_groups().len(),
        4
    );
    longest.push(0);
    let error = Atr::from_bytes(&longest).unwrap_err();
    assert_eq!(
        error,
        AtrError {
            offset: 33,
            reason: AtrReason::TooLong
        }
    );
}

#[test]
fn one_octet_after_the_end_of_a_t0_answer_is_superfluous() {
    let atr = parse("3B8B005275746F6B656E6C745344E3").unwrap();
    assert_eq!(atr.check_byte(), CheckByte::Superfluous);
    assert_eq!(atr.historical_bytes(), b"RutokenltSD");
}

#[test]
fn each_fault_names_its_octet() {
    for (text, offset, reason) in [
        ("", 0, AtrReason::Truncated),
        ("3B", 1, AtrReason::Truncated),
        ("3C00", 0, AtrReason::UnknownConvention),
        ("3B10", 2, AtrReason::Truncated),
        ("3B80", 2, AtrReason::Truncated),
        ("3B8080", 3, AtrReason::Truncated),
        ("3B02AA", 3, AtrReason::Truncated),
        ("3B8001", 3, AtrReason::MissingCheckByte),
        ("3B800182", 3, AtrReason::WrongCheckByte),
        ("3B80018100", 4, AtrReason::TrailingBytes),
        ("3B000000", 3, AtrReason::TrailingBytes),
    ] {
        assert_eq!(parse(text), Err(AtrError { offset, reason }), "{text}");
    }
}

#[test]
fn an_error_says_where_and_what() {
    let error = parse("3B800182").unwrap_err();
    assert_eq!(
        error.to_string(),
        "ATR, octet 3: the check octet TCK is wrong"
    );
}

proptest! {
    #[test]
    fn arbitrary_octets_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Atr::from_bytes(&bytes);
    }

    #[test]
    fn what_is_read_accounts_for_every_octet(mut bytes in prop::collection::vec(any::<u8>(), 2..40)) {
        bytes[0] = 0x3B;
        if let Ok(atr) = Atr::from_bytes(&bytes) {
            let interface: usize = atr
                .interface_groups()
                .iter()
                .map(|group| [group.ta, group.tb, group.tc, group.td].iter().flatten().count())
                .sum();
            let check = usize::from(atr.check_byte() != CheckByte::Absent);
            prop_assert_eq!(2 + interface + atr.historical_bytes().len() + check, bytes.len());
            prop_assert_eq!(usize::from(bytes[1] & 0x0F), atr.historical_bytes().len());
            prop_assert!(!atr.protocols().is_empty());
        }
    }
}

#[test]
fn extended_lengths_are_taken_where_the_card_says_so() {
    for (atr, expected) in [
        // 80, data object 7 of three octets: 8C6540 has bit 7 of the third.
        ("3B85800180738C65405E", true),
        ("3B85800180738C65001E", false),
        // A longer object than there are octets; another category; an object of two octets.
        ("3B64000080738C65", false),
        ("3B65000010730000C0", false),
        ("3B640000807280C0", false),
        // Category 00: the last three octets are a status.
        ("3B68000000738C6540009000", true),
        ("3B6500000073009000", false),
        ("3B00", false),
    ] {
        assert_eq!(
            parse(atr).unwrap().takes_extended_lengths(),
            expected,
            "{atr}"
        );
    }
}
