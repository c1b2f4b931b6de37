use super::*;
use crate::card::uec::{Proof, PublicKey};

/// A terminal whose work can be seen: encryption turns octets over, the code is counter, length and sum.
#[derive(Default)]
struct Plain {
    inputs: Vec<Vec<u8>>,
}

impl UecTerminal for Plain {
    fn information(&mut self) -> Result<[u8; 16], CardError> {
        Ok([0; 16])
    }

    fn certs(&mut self, _: u8, _: Suite) -> Result<Vec<Vec<u8>>, CardError> {
        Ok(Vec::new())
    }

    fn begin(&mut self, _: UecVersion, _: &[u8], _: &PublicKey) -> Result<Proof, CardError> {
        Ok(Proof { parts: Vec::new() })
    }

    fn complete(&mut self, _: &[u8]) -> Result<(), CardError> {
        Ok(())
    }

    fn encrypt(&mut self, _: [u8; 8], plain: &[u8]) -> Result<Vec<u8>, CardError> {
        Ok(plain.iter().map(|octet| !octet).collect())
    }

    fn decrypt(&mut self, counter: [u8; 8], cipher: &[u8]) -> Result<Vec<u8>, CardError> {
        self.encrypt(counter, cipher)
    }

    fn mac(&mut self, input: &[u8]) -> Result<[u8; 4], CardError> {
        self.inputs.push(input.to_vec());
        let sum = input
            .iter()
            .fold(0u8, |sum, octet| sum.wrapping_add(*octet));
        Ok([input[7], u8::try_from(input.len()).unwrap(), sum, 0x55])
    }
}

const COUNTER: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 5];

fn mode(version: UecVersion, suite: Suite) -> Mode {
    Mode::of(version, suite)
}

fn wrapped(mode: Mode, command: &CommandApdu) -> (String, String) {
    let mut terminal = Plain::default();
    let protected = wrap(&mut terminal, mode, COUNTER, command).unwrap();
    assert_eq!(protected.expected(), Some(CommandApdu::ALL));
    assert!(!protected.is_repeatable());
    let header = protected.header();
    assert_eq!(header[0], 0x0C);
    let whole = [&header[..], protected.data()].concat();
    (
        hex::encode_upper(whole),
        hex::encode_upper(&terminal.inputs[0]),
    )
}

#[test]
fn commands_take_the_form_of_version_1_1() {
    let mode = mode(UecVersion::V11, Suite::Gost);
    let data = CommandApdu::new([0, 0x20, 0, 1]).with_data([0x24, 0x12, 0x34, 0xFF]);
    let (sent, input) = wrapped(mode, &data);
    // Padded to a block: 80 00 00 00.
    assert!(
        sent.starts_with(
            "0C20000187 09 01 DBEDCB00 7FFFFFFF 8E04"
                .replace(' ', "")
                .as_str()
        ),
        "{sent}"
    );
    assert_eq!(
        input,
        "0000000000000005 0C200001 80000000 870901DBEDCB007FFFFFFF".replace(' ', "")
    );
    let read = CommandApdu::new([0, 0xB0, 0, 0]).expecting(5);
    let (sent, input) = wrapped(mode, &read);
    assert!(
        sent.starts_with("0CB00000 970105 8E04".replace(' ', "").as_str()),
        "{sent}"
    );
    assert_eq!(input, "00000000000000050CB0000080000000970105");
    let all = CommandApdu::new([0, 0xCA, 0xDF, 0x27]).expecting(256);
    assert!(wrapped(mode, &all).0.starts_with("0CCADF279701008E04"));
    let select = CommandApdu::new([0, 0xA4, 3, 0x0C]);
    assert!(wrapped(mode, &select).0.starts_with("0CA4030C8E04"));
}

#[test]
fn commands_take_the_form_of_version_1_0() {
    let mode = mode(UecVersion::V10, Suite::Gost);
    let data = CommandApdu::new([0, 0x20, 0, 1]).with_data([0x24, 0x12]);
    let (sent, input) = wrapped(mode, &data);
    // No padding, Le in any case, and 80 after the input of the code.
    assert!(
        sent.starts_with("0C200001 870302DBED 970100 8E04".replace(' ', "").as_str()),
        "{sent}"
    );
    assert_eq!(
        input,
        "0000000000000005 0C200001 80000000 870302DBED970100 80".replace(' ', "")
    );
}

#[test]
fn counters_begin_behind_the_seed() {
    let seed = [0, 0, 0, 0, 0, 0, 0, 0x10];
    let first = |version, suite| Counter::first(seed, mode(version, suite)).take()[7];
    assert_eq!(first(UecVersion::V11, Suite::Gost), 0x11);
    assert_eq!(first(UecVersion::V11, Suite::Rsa), 0x11);
    assert_eq!(first(UecVersion::V10, Suite::Gost), 0x11);
    assert_eq!(first(UecVersion::V10, Suite::Rsa), 0x12);
    let mut last = Counter::first([0xFF; 8], mode(UecVersion::V11, Suite::Gost));
    assert_eq!(
        (last.take(), last.take()),
        ([0; 8], [0, 0, 0, 0, 0, 0, 0, 1])
    );
}

/// An answer of these objects under the right code.
fn answer(objects: &str) -> Vec<u8> {
    let objects = hex::decode(objects.replace(' ', "")).unwrap();
    let code = Plain::default()
        .mac(&[&COUNTER[..], &objects].concat())
        .unwrap();
    [&objects, &[0x8E, 4][..], &code].concat()
}

fn opened(octets: &[u8]) -> Result<(Vec<u8>, u16), CardErrorKind> {
    let mode = mode(UecVersion::V11, Suite::Gost);
    unwrap(&mut Plain::default(), mode, COUNTER, octets)
        .map(|response| (response.data, response.status.0))
        .map_err(|error| error.kind)
}

#[test]
fn answers_say_what_their_objects_say() {
    assert_eq!(opened(&answer("99029000")), Ok((Vec::new(), 0x9000)));
    assert_eq!(opened(&answer("990263C2")), Ok((Vec::new(), 0x63C2)));
    let data = answer("870901 FEFDFC 7FFFFFFFFF 99029000");
    assert_eq!(opened(&data), Ok((vec![1, 2, 3], 0x9000)));
}

#[test]
fn an_answer_that_is_not_right_ends_the_session() {
    let broken = Err(CardErrorKind::SecureMessaging);
    let right = answer("99029000");
    for place in 0..right.len() {
        let mut wrong = right.clone();
        wrong[place] ^= 0x01;
        assert_eq!(opened(&wrong), broken, "octet {place}");
        assert_eq!(opened(&right[..place]), broken, "{place} octets");
    }
    assert_eq!(opened(&[&right[..], &[0]].concat()), broken);
    assert_eq!(opened(&[0x90, 0x00]), broken);
    for objects in [
        // Another indicator, no whole block, no padding, nothing, another order, another length, twice.
        "870902 FEFDFC 7FFFFFFFFF 99029000",
        "870801 FEFDFC 7FFFFFFF 99029000",
        "870901 FEFDFCFBFAF9F8F7 99029000",
        "870101 99029000",
        "8700 99029000",
        "99029000 870901 FEFDFC 7FFFFFFFFF",
        "9903900000",
        "99029000 99029000",
        "870901 FEFDFC 7FFFFFFFFF",
    ] {
        assert_eq!(opened(&answer(objects)), broken, "{objects}");
    }
    // The answer to another command.
    let mode = mode(UecVersion::V11, Suite::Gost);
    let later = [0, 0, 0, 0, 0, 0, 0, 7];
    let error = unwrap(&mut Plain::default(), mode, later, &right).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::SecureMessaging);
}

proptest::proptest! {
    #[test]
    fn any_answer_is_opened_or_ends_the_session(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
        if let Err(kind) = opened(&octets) {
            proptest::prop_assert_eq!(kind, CardErrorKind::SecureMessaging);
        }
    }
}
