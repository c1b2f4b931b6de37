//! What the numbers of the service become.

use pcsc::Error;

use super::Counted;
use super::answer::{card_error, service_error};
use crate::error::CardErrorKind;

#[test]
fn service_errors_have_their_kind_and_number() {
    use CardErrorKind as Kind;
    for (error, kind, code) in [
        (Error::NoService, Kind::NoService, 0x8010_001D),
        (Error::ServiceStopped, Kind::NoService, 0x8010_001E),
        (Error::InvalidHandle, Kind::NoService, 0x8010_0003),
        (Error::NoReadersAvailable, Kind::NoReader, 0x8010_002E),
        (Error::UnknownReader, Kind::ReaderDetached, 0x8010_0009),
        (Error::ReaderUnavailable, Kind::ReaderDetached, 0x8010_0017),
        (Error::NoSmartcard, Kind::NoCard, 0x8010_000C),
        (Error::RemovedCard, Kind::Removed, 0x8010_0069),
        (Error::ResetCard, Kind::Reset, 0x8010_0068),
        (Error::UnresponsiveCard, Kind::Mute, 0x8010_0066),
        (Error::UnpoweredCard, Kind::Mute, 0x8010_0067),
        (Error::SharingViolation, Kind::Busy, 0x8010_000B),
        (Error::SecurityViolation, Kind::Denied, 0x8010_006A),
        (Error::ProtoMismatch, Kind::ProtocolMismatch, 0x8010_000F),
        (
            Error::InsufficientBuffer,
            Kind::ResponseTooLong,
            0x8010_0008,
        ),
        (Error::Timeout, Kind::Timeout, 0x8010_000A),
        (Error::Cancelled, Kind::Cancelled, 0x8010_0002),
        (Error::CommError, Kind::Communication, 0x8010_0013),
        (Error::NoMemory, Kind::Service, 0x8010_0006),
    ] {
        let mapped = card_error(error);
        assert_eq!(
            (mapped.kind, mapped.service_code),
            (kind, Some(code)),
            "{error:?}"
        );
    }
}

#[test]
fn a_restarted_service_tells_no_count_that_was_told() {
    let mut counted = Counted::default();
    assert_eq!([0, 1, 5, 2].map(|count| counted.of(count)), [0, 1, 5, 2]);
    counted.restart();
    assert_eq!([0, 1].map(|count| counted.of(count)), [6, 7]);
    // One that was restarted before anybody looked.
    counted.restart();
    counted.restart();
    assert_eq!(counted.of(0), 9);
}

#[test]
fn a_question_about_readers_blames_no_card() {
    use CardErrorKind as Kind;
    for (error, kind) in [
        (Error::CommError, Kind::NoService),
        (Error::SecurityViolation, Kind::NoService),
        (Error::InsufficientBuffer, Kind::Service),
        (Error::NoMemory, Kind::Service),
    ] {
        assert_eq!(service_error(error).kind, kind, "{error:?}");
    }
}
