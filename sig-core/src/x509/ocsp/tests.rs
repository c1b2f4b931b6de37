use super::*;
use crate::base::error::LimitExceeded;
use crate::base::limits::Limits;
use crate::der::writer::element;
use crate::x509::crl_index::RevocationReason;

const CONSTRUCTED_0: Tag = Tag::context(0).constructed();
const CONSTRUCTED_1: Tag = Tag::context(1).constructed();

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(Tag::SEQUENCE, &parts.concat())
}

fn time(text: &str) -> Vec<u8> {
    element(Tag::GENERALIZED_TIME, text.as_bytes())
}

fn algorithm() -> Vec<u8> {
    sequence(&[element(Tag::OID, oids::GOST2012_256_STREEBOG.content())])
}

/// A response; its signature is empty.
#[derive(Clone)]
struct Draft {
    version: Vec<u8>,
    responder: Vec<u8>,
    produced_at: Vec<u8>,
    status: Vec<u8>,
    rest_of_single: Vec<u8>,
    singles: usize,
    rest: Vec<u8>,
    after: Vec<u8>,
}

fn draft() -> Draft {
    Draft {
        version: Vec::new(),
        responder: element(
            Tag::context(2).constructed(),
            &element(Tag::OCTET_STRING, &[7; 20]),
        ),
        produced_at: time("20261101000000Z"),
        status: vec![0x80, 0],
        rest_of_single: Vec::new(),
        singles: 1,
        rest: Vec::new(),
        after: Vec::new(),
    }
}

impl Draft {
    fn basic(&self) -> Vec<u8> {
        let hash = || element(Tag::OCTET_STRING, &[1; 20]);
        let id = sequence(&[algorithm(), hash(), hash(), element(Tag::INTEGER, &[5])]);
        let single = sequence(&[
            id,
            self.status.clone(),
            time("20261101000000Z"),
            self.rest_of_single.clone(),
        ]);
        let data = sequence(&[
            self.version.clone(),
            self.responder.clone(),
            self.produced_at.clone(),
            sequence(&vec![single; self.singles]),
            self.rest.clone(),
        ]);
        let signature = element(Tag::BIT_STRING, &[0]);
        sequence(&[data, algorithm(), signature, self.after.clone()])
    }

    fn read(&self) -> Result<BasicOcspResponse, Error> {
        read(self.basic()).map(|response| response.basic().unwrap().clone())
    }

    fn reason(&self) -> Option<Reason> {
        reason(self.basic())
    }
}

fn envelope(status: u8, body: &[u8]) -> Vec<u8> {
    sequence(&[element(Tag::ENUMERATED, &[status]), body.to_vec()])
}

fn bytes(kind: Oid, response: &[u8]) -> Vec<u8> {
    let inside = [
        element(Tag::OID, kind.content()),
        element(Tag::OCTET_STRING, response),
    ];
    element(CONSTRUCTED_0, &sequence(&inside))
}

fn read(octets: Vec<u8>) -> Result<OcspResponse, Error> {
    OcspResponse::from_der(&Octets::from(octets), &mut Budget::new(Limits::STANDARD))
}

fn reason(octets: Vec<u8>) -> Option<Reason> {
    match read(octets) {
        Err(Error::Malformed(malformed)) => Some(malformed.reason),
        _ => None,
    }
}

#[test]
fn the_envelope_is_optional_and_the_signed_octets_are_the_original_ones() {
    let basic = draft().basic();
    let whole = envelope(0, &bytes(oids::OCSP_BASIC, &basic));
    let [bare, wrapped] = [basic.clone(), whole].map(|octets| read(octets).unwrap());
    for response in [&bare, &wrapped] {
        let signed = &response.basic().unwrap().signed.octets;
        assert!(basic[4..].starts_with(signed) || basic[3..].starts_with(signed));
    }
    assert_ne!(bare.sha256(), wrapped.sha256());
}

#[test]
fn refusals_are_told_apart() {
    for (number, status) in [
        (1, ResponseStatus::MalformedRequest),
        (2, ResponseStatus::InternalError),
        (3, ResponseStatus::TryLater),
        (5, ResponseStatus::SigRequired),
        (6, ResponseStatus::Unauthorized),
    ] {
        let response = read(envelope(number, &[])).unwrap();
        assert!(matches!(response.body, OcspBody::Unsuccessful(found) if found == status));
        let with_body = envelope(number, &bytes(oids::OCSP_BASIC, &draft().basic()));
        assert_eq!(reason(with_body), Some(Reason::InvalidValue));
    }
    for unused in [4, 7, 17] {
        assert_eq!(reason(envelope(unused, &[])), Some(Reason::InvalidValue));
    }
    assert_eq!(reason(envelope(0, &[])), Some(Reason::Missing));
    let other = read(envelope(0, &bytes(oids::OCSP_NONCE, &[]))).unwrap();
    assert!(matches!(other.body, OcspBody::OtherType(kind) if kind == oids::OCSP_NONCE));
}

#[test]
fn version_1_is_the_only_one_and_is_not_written() {
    let with = |number| Draft {
        version: element(CONSTRUCTED_0, &element(Tag::INTEGER, &[number])),
        ..draft()
    };
    assert!(draft().read().unwrap().deviations.is_empty());
    let kinds: Vec<_> = with(0)
        .read()
        .unwrap()
        .deviations
        .iter()
        .map(|it| it.kind)
        .collect();
    assert_eq!(kinds, [DeviationKind::VersionWritten]);
    assert_eq!(with(1).reason(), Some(Reason::UnsupportedVersion));
}

#[test]
fn times_are_generalized_and_a_fraction_is_noted() {
    let with = |produced_at| Draft {
        produced_at,
        ..draft()
    };
    let response = with(time("20261101000000.842Z")).read().unwrap();
    assert_eq!(response.produced_at.to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(
        response.deviations[0].kind,
        DeviationKind::FractionalSeconds
    );
    for text in [
        "20261101000000.Z",
        "20261101000000.1",
        "202611010000Z",
        "20261101000000.1aZ",
    ] {
        assert_eq!(
            with(time(text)).reason(),
            Some(Reason::InvalidValue),
            "{text}"
        );
    }
    let utc = element(Tag::UTC_TIME, b"261101000000Z");
    assert_eq!(with(utc).reason(), Some(Reason::UnexpectedTag));
}

#[test]
fn the_responder_is_named_one_way() {
    let by_name = element(CONSTRUCTED_1, &sequence(&[]));
    let with = |responder| Draft {
        responder,
        ..draft()
    };
    let response = with(by_name.clone()).read().unwrap();
    assert!(matches!(response.responder, ResponderId::ByName(_)));
    assert!(matches!(
        draft().read().unwrap().responder,
        ResponderId::ByKey(_)
    ));
    assert!(
        with([by_name, draft().responder].concat())
            .reason()
            .is_some()
    );
    // IMPLICIT instead of EXPLICIT.
    let implicit = element(Tag::context(2), &[7; 20]);
    assert!(with(implicit).reason().is_some());
}

#[test]
fn statuses() {
    let with = |status: &[u8]| {
        let draft = Draft {
            status: status.to_vec(),
            ..draft()
        };
        draft
            .read()
            .map(|response| response.responses[0].status)
            .ok()
    };
    assert_eq!(with(&[0x80, 0]), Some(CertStatus::Good));
    assert_eq!(with(&[0x82, 0]), Some(CertStatus::Unknown));
    for broken in [
        &[0x80, 1, 0][..],
        &[0x82, 1, 0],
        &[0xa0, 0],
        &[0x83, 0],
        &[0xa1, 0],
    ] {
        assert_eq!(with(broken), None, "{broken:?}");
    }
    let revoked = |reason: &[u8]| {
        let fields = [time("20261001000000Z"), reason.to_vec()].concat();
        match with(&element(CONSTRUCTED_1, &fields)) {
            Some(CertStatus::Revoked(info)) => Some(info.reason),
            _ => None,
        }
    };
    assert_eq!(revoked(&[]), Some(RevocationReason::Unspecified));
    assert_eq!(
        revoked(&[0xa0, 3, 10, 1, 6]),
        Some(RevocationReason::CertificateHold)
    );
    assert_eq!(
        revoked(&[0xa0, 3, 10, 1, 77]),
        Some(RevocationReason::Unspecified)
    );
    assert_eq!(revoked(&[0xa0, 3, 2, 1, 6]), None);
}

#[test]
fn nothing_follows_and_nothing_is_missing() {
    let null = element(Tag::NULL, &[]);
    let whole = draft().basic();
    assert_eq!(
        reason([whole.clone(), null.clone()].concat()),
        Some(Reason::TrailingOctets)
    );
    let mut ends = [draft(), draft(), draft()];
    ends[0].rest_of_single = null.clone();
    ends[1].rest = null.clone();
    ends[2].after = null;
    for draft in ends {
        assert_eq!(draft.reason(), Some(Reason::TrailingOctets));
    }
    for end in 0..whole.len() {
        assert!(read(whole[..end].to_vec()).is_err(), "{end}");
    }
}

#[test]
fn certificates_that_cannot_be_read_are_left_out() {
    let list = sequence(&[sequence(&[]), element(Tag::NULL, &[])]);
    let draft = Draft {
        after: element(CONSTRUCTED_0, &list),
        ..draft()
    };
    assert!(draft.read().unwrap().certificates.is_empty());
}

#[test]
fn a_response_has_limits_of_its_own() {
    let limits = Limits {
        ocsp_bytes: 1_000,
        ocsp_single_responses: 2,
        ..Limits::STANDARD
    };
    let limit = |octets: Vec<u8>| {
        let mut budget = Budget::new(limits);
        OcspResponse::from_der(&Octets::from(octets), &mut budget).err()
    };
    let exceeded = |which, bound| Some(Error::Limit(LimitExceeded { which, bound }));
    let with = |singles| Draft { singles, ..draft() }.basic();
    assert_eq!(limit(with(2)), None);
    assert_eq!(limit(with(3)), exceeded(Limit::OcspSingleResponses, 2));
    assert_eq!(limit(with(20)), exceeded(Limit::OcspBytes, 1_000));
}

#[test]
fn responses_are_known_by_their_beginning() {
    let budget = Budget::new(Limits::STANDARD);
    let is_likely = |octets: Vec<u8>| OcspResponse::is_likely(&Octets::from(octets), &budget);
    let versioned = Draft {
        version: element(CONSTRUCTED_0, &element(Tag::INTEGER, &[0])),
        ..draft()
    };
    assert!(is_likely(draft().basic()));
    assert!(is_likely(versioned.basic()));
    assert!(is_likely(envelope(3, &[])));
    // A certificate: version and serial number, or a serial number alone; a CRL.
    let version = element(CONSTRUCTED_0, &element(Tag::INTEGER, &[2]));
    let serial = element(Tag::INTEGER, &[2]);
    assert!(!is_likely(sequence(&[sequence(&[
        version,
        serial.clone()
    ])])));
    assert!(!is_likely(sequence(&[sequence(&[serial])])));
    assert!(!is_likely(sequence(&[sequence(&[algorithm()])])));
    assert!(!is_likely(Vec::new()));
}
