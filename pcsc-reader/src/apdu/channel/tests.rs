use super::*;
use crate::transport::Transcript;

const T0: &str = "atr 3B00";
const T1: &str = "atr 3B80800101";

/// Plays the exchanges and gives what `act` got from the channel.
fn played<T>(atr: &str, exchanges: &str, act: impl FnOnce(&mut Channel<'_>) -> T) -> T {
    let mut card = Transcript::parse(&format!("{atr}\n{exchanges}")).unwrap();
    let outcome = act(&mut Channel::new(&mut card));
    card.finish().unwrap();
    outcome
}

fn hex_of(response: Result<Response, CardError>) -> String {
    let response = response.unwrap();
    format!(
        "{} {:04X}",
        hex::encode_upper(response.data),
        response.status.0
    )
}

fn select() -> CommandApdu {
    CommandApdu::new([0x00, 0xA4, 0x04, 0x00])
        .with_data([0x3F, 0x00])
        .expecting(256)
}

#[test]
fn t0_sends_case_1_with_p3_and_case_4_without_le() {
    let outcome = played(
        T0,
        "> 0020000100\n< 63C3\n> 00A40400023F00\n< 9000",
        |channel| {
            let tries = channel.send(&CommandApdu::new([0x00, 0x20, 0x00, 0x01]));
            (hex_of(tries), hex_of(channel.send(&select())))
        },
    );
    assert_eq!(outcome, (" 63C3".to_owned(), " 9000".to_owned()));
}

#[test]
fn t1_sends_all_cases_as_they_are() {
    let outcome = played(
        T1,
        "> 00200001\n< 63C3\n> 00A40400023F0000\n< AA9000",
        |channel| {
            let tries = channel.send(&CommandApdu::new([0x00, 0x20, 0x00, 0x01]));
            (hex_of(tries), hex_of(channel.send(&select())))
        },
    );
    assert_eq!(outcome, (" 63C3".to_owned(), "AA 9000".to_owned()));
}

#[test]
fn an_answer_in_pieces_is_collected_on_the_same_logical_channel() {
    let exchanges = "> 92A40400023F00\n< 6102\n> 02C0000002\n< AABB6101\n> 02C0000001\n< CC9000";
    let found = played(T0, exchanges, |channel| {
        let select = CommandApdu::new([0x92, 0xA4, 0x04, 0x00])
            .with_data([0x3F, 0x00])
            .expecting(256);
        hex_of(channel.send(&select))
    });
    assert_eq!(found, "AABBCC 9000");
}

#[test]
fn a_wrong_length_is_mended_once() {
    let read = CommandApdu::new([0x00, 0xB0, 0x00, 0x00]).expecting(256);
    let mended = played(
        T0,
        "> 00B0000000\n< 6C02\n> 00B0000002\n< AABB9000",
        |channel| hex_of(channel.send(&read)),
    );
    assert_eq!(mended, "AABB 9000");
    let twice = played(
        T0,
        "> 00B0000000\n< 6C02\n> 00B0000002\n< 6C03",
        |channel| hex_of(channel.send(&read)),
    );
    assert_eq!(twice, " 6C03");
}

#[test]
fn what_must_not_be_repeated_is_not() {
    let verify = CommandApdu::new([0x00, 0x20, 0x00, 0x01])
        .with_data(*b"1234")
        .never_repeated();
    let found = played(T0, "> 002000010431323334\n< 6C04", |channel| {
        hex_of(channel.send(&verify))
    });
    assert_eq!(found, " 6C04");
}

#[test]
fn long_data_goes_in_a_chain_or_in_an_extended_command() {
    let data = vec![0xAB; 300];
    let command = CommandApdu::new([0x00, 0x2A, 0x9E, 0x9A])
        .with_data(data)
        .expecting(256);
    let (head, tail) = ("AB".repeat(255), "AB".repeat(45));
    let chain = format!("> 102A9E9AFF{head}\n< 9000\n> 002A9E9A2D{tail}00\n< CC9000");
    assert_eq!(
        played(T1, &chain, |channel| hex_of(channel.send(&command))),
        "CC 9000"
    );
    let refused = format!("> 102A9E9AFF{head}\n< 6884");
    assert_eq!(
        played(T1, &refused, |channel| hex_of(channel.send(&command))),
        " 6884"
    );

    let extended = format!("> 002A9E9A00012C{}0100\n< CC9000", "AB".repeat(300));
    let found = played(T1, &extended, |channel| {
        channel.set_lengths(Lengths::Extended);
        hex_of(channel.send(&command))
    });
    assert_eq!(found, "CC 9000");
    let t0 =
        format!("> 102A9E9AFF{head}\n< 9000\n> 002A9E9A2D{tail}\n< 6101\n> 00C0000001\n< CC9000");
    let found = played(T0, &t0, |channel| {
        channel.set_lengths(Lengths::Extended);
        hex_of(channel.send(&command))
    });
    assert_eq!(found, "CC 9000");
}

/// A card that answers every command alike.
struct Stubborn(Vec<u8>, u32);

impl Transport for Stubborn {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x00]
    }

    fn protocol(&self) -> Protocol {
        Protocol::T0
    }

    fn reset_on_release(&mut self) {}

    fn transmit(&mut self, _: &[u8]) -> Result<crate::transport::Answer, CardError> {
        self.1 += 1;
        crate::transport::Answer::from_bytes(self.0.clone())
    }
}

#[test]
fn an_answer_without_an_end_is_an_error() {
    let full: Vec<u8> = [vec![0; 256], vec![0x61, 0x00]].concat();
    for (answer, exchanges) in [(vec![0x61, 0x00], MOST_FETCHES + 1), (full, 257)] {
        let mut card = Stubborn(answer, 0);
        let error = Channel::new(&mut card).send(&select()).unwrap_err();
        assert_eq!(
            (error.kind, error.instruction),
            (CardErrorKind::ResponseTooLong, Some(0xA4))
        );
        assert_eq!(card.1 as usize, exchanges);
    }
}

#[test]
fn a_refusal_keeps_instruction_and_status() {
    for (answer, kind) in [
        ("6A82", CardErrorKind::Refused),
        ("6982", CardErrorKind::PinRequired),
        ("6282", CardErrorKind::Refused),
    ] {
        let exchanges = format!("> 00A40400023F00\n< {answer}");
        let error = played(T0, &exchanges, |channel| channel.require(&select())).unwrap_err();
        assert_eq!((error.kind, error.instruction), (kind, Some(0xA4)));
        assert_eq!(
            error
                .status_word
                .map(|word| format!("{word:04X}"))
                .as_deref(),
            Some(answer)
        );
    }
}

/// A card that gives one octet at a time and always has more.
struct Endless;

impl Transport for Endless {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x00]
    }

    fn protocol(&self) -> Protocol {
        Protocol::T0
    }

    fn reset_on_release(&mut self) {}

    fn transmit(&mut self, _: &[u8]) -> Result<crate::transport::Answer, CardError> {
        crate::transport::Answer::from_bytes(vec![0xAA, 0x61, 0x01])
    }
}

#[test]
fn a_card_that_never_ends_is_left() {
    let mut card = Endless;
    let mut channel = Channel::new(&mut card);
    for _ in 0..MOST_EXCHANGES {
        let error = channel.send(&select()).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::ResponseTooLong);
    }
    assert_eq!(channel.exchanges(), MOST_EXCHANGES);
}
