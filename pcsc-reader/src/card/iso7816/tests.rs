use zeroize::Zeroizing;

use super::*;
use crate::transport::Transcript;

/// Plays the exchanges with a T=1 card and gives what `act` got from the channel.
fn played<T>(exchanges: &str, act: impl FnOnce(&mut Channel<'_>) -> T) -> T {
    let mut card = Transcript::parse(&format!("atr 3B80800101\n{exchanges}")).unwrap();
    let outcome = act(&mut Channel::new(&mut card));
    card.finish().unwrap();
    outcome
}

fn pin() -> Pin {
    Pin::new(Zeroizing::new(b"1234".to_vec())).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_file_is_read_in_chunks_to_its_end() {
    let chunk = "AB".repeat(READ_CHUNK);
    let first = format!("> 00B00000F8\n< {chunk}9000\n");
    for (second, more) in [("CC6282", 1), ("CC9000", 1), ("6B00", 0), ("6282", 0)] {
        let exchanges = format!("{first}> 00B000F8F8\n< {second}");
        let file = played(&exchanges, |channel| read_binary(channel, 0, None)).unwrap();
        assert_eq!(file.len(), READ_CHUNK + more, "{second}");
    }
    let refused = format!("{first}> 00B000F8F8\n< 6982");
    let error = played(&refused, |channel| read_binary(channel, 0, None)).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRequired);
}

#[test]
fn no_more_is_read_than_was_asked_for() {
    let file = played("> 00B0000203\n< AABBCCDDEE9000", |channel| {
        read_binary(channel, 2, Some(3))
    });
    assert_eq!(file.unwrap(), [0xAA, 0xBB, 0xCC]);
}

#[test]
fn a_card_that_gives_no_file_control_is_asked_without() {
    let exchanges = "> 00A40000023F0000\n< 6A86\n> 00A4000C023F00\n< 9000";
    let found = played(exchanges, |channel| {
        select_file(channel, SelectBy::File, &[0x3F, 0x00])
    });
    assert_eq!(found, Ok(Some(Vec::new())));
    let missing = played("> 00A40000023F0000\n< 6A82", |channel| {
        select_file(channel, SelectBy::File, &[0x3F, 0x00])
    });
    assert_eq!(missing, Ok(None));
}

#[test]
fn file_control_tells_size_and_sort() {
    let read = |hex: &str| FileControl::read(&hex::decode(hex).unwrap());
    let directory = read("620782013883025000");
    assert!(directory.is_directory());
    assert_eq!(directory.identifier, Some([0x50, 0x00]));
    let file = read("620B8002012C82010183025031");
    assert_eq!((file.size, file.is_directory()), (Some(300), false));
    assert_eq!(read("6203810105").size, Some(5));
    assert_eq!(read("62078005AABBCCDDEE").size, None);
    assert_eq!(read(""), FileControl::default());
}

#[test]
fn a_pin_is_sent_once_and_its_answer_is_understood() {
    use CardErrorKind as Kind;
    for (answer, expected) in [
        ("9000", None),
        ("63C2", Some(Kind::PinWrong { left: Some(2) })),
        ("6300", Some(Kind::PinWrong { left: None })),
        ("63C0", Some(Kind::PinBlocked)),
        ("6983", Some(Kind::PinBlocked)),
        ("6C04", Some(Kind::Refused)),
        ("6984", Some(Kind::Refused)),
    ] {
        let exchanges = format!("> 002000020431323334\n< {answer}");
        let outcome = played(&exchanges, |channel| {
            verify(channel, 2, &pin(), PinEncoding::Plain)
        });
        assert_eq!(outcome.err().map(|error| error.kind), expected, "{answer}");
    }
}

#[test]
fn a_pin_that_does_not_fit_is_not_sent() {
    let short = PinEncoding::Padded {
        fill: 0xFF,
        length: 3,
    };
    let error = played("", |channel| verify(channel, 2, &pin(), short)).unwrap_err();
    assert_eq!(error.kind, CardErrorKind::PinRejected);
}

#[test]
fn tries_are_asked_for_without_data() {
    for (answer, expected) in [
        ("63C3", PinState::Tries(3)),
        ("63C0", PinState::Blocked),
        ("6983", PinState::Blocked),
        ("9000", PinState::Verified),
        ("6700", PinState::Unknown),
    ] {
        let exchanges = format!("> 00200080\n< {answer}");
        assert_eq!(
            played(&exchanges, |channel| pin_state(channel, 0x80)),
            Ok(expected)
        );
    }
}

/// The outcome of one act with a PIN, whose tries may be asked for.
fn act(exchanges: &str, last_try: LastTry) -> Result<(), CardErrorKind> {
    let pin = pin();
    let use_once = PinUse {
        pin: &pin,
        last_try,
    };
    let outcome = played(exchanges, |channel| {
        verify_in_act(channel, 2, use_once, PinEncoding::Plain, true)
    });
    outcome.map_err(|error| error.kind)
}

const ASK: &str = "> 00200002\n< ";
const SEND: &str = "> 002000020431323334\n< ";

#[test]
fn the_last_try_is_spent_with_leave_only() {
    let (refuse, allow) = (LastTry::Refuse, LastTry::Allow);
    assert_eq!(
        act(&format!("{ASK}63C1"), refuse),
        Err(CardErrorKind::PinLastTry)
    );
    assert_eq!(act(&format!("{ASK}63C1\n{SEND}9000"), allow), Ok(()));
    assert_eq!(act(&format!("{ASK}63C2\n{SEND}9000"), refuse), Ok(()));
    for answer in ["6983", "63C0"] {
        let blocked = Err(CardErrorKind::PinBlocked);
        assert_eq!(act(&format!("{ASK}{answer}"), allow), blocked);
    }
}

#[test]
fn a_card_that_does_not_tell_the_tries_left_is_asked() {
    let wrong = |left| Err(CardErrorKind::PinWrong { left });
    for (answer, expected) in [
        ("63C1", wrong(Some(1))),
        ("6983", Err(CardErrorKind::PinBlocked)),
        ("6A88", wrong(None)),
    ] {
        let exchanges = format!("{ASK}63C2\n{SEND}6300\n{ASK}{answer}");
        assert_eq!(act(&exchanges, LastTry::Refuse), expected);
    }
    let told = format!("{ASK}63C2\n{SEND}63C1");
    assert_eq!(act(&told, LastTry::Refuse), wrong(Some(1)));
}

#[test]
fn where_asking_is_not_safe_nothing_but_the_pin_is_sent() {
    let pin = pin();
    for (answer, expected) in [
        ("9000", None),
        ("6300", Some(CardErrorKind::PinWrong { left: None })),
    ] {
        let outcome = played(&format!("{SEND}{answer}"), |channel| {
            verify_in_act(channel, 2, PinUse::new(&pin), PinEncoding::Plain, false)
        });
        assert_eq!(outcome.err().map(|error| error.kind), expected);
    }
}
