//! Reading single objects.

use sig_core::alg::provider::Algorithms;
use sig_core::base::error::Structure;
use sig_core::cms::bundle::unwrap_text;
use sig_core::cms::signed_data::SignedData;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::finding::Indication;
use sig_core::report::Judged;
use sig_core::trust::mintsifry_list::{ListLimits, SignedList};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::x509::ocsp::OcspResponse;
use sig_core::{Budget, Error, Evidence};

use super::super::case::{Expected, Object, Outcome};
use super::super::folder::NOW;
use super::{limits, messages};

/// Parsers for octets of unknown form.
const ALL: &[Object] = &[
    Object::Certificate,
    Object::Crl,
    Object::Ocsp,
    Object::Message,
];

/// Reads one object.
pub fn parse(
    object: Object,
    octets: &[u8],
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Outcome {
    let result = read(object, octets, algorithms);
    let actual = if result.is_ok() {
        Expected::Parses
    } else {
        Expected::ParseFails
    };
    let because = result.err().unwrap_or_else(|| "parsed".to_owned());
    Outcome::of(actual == *expected, actual.to_string(), because)
}

/// Reads octets with the parser named, or with all, and judges them as a message.
pub fn survive(
    object: Option<Object>,
    octets: &[u8],
    algorithms: &'static Algorithms,
    expected: &Expected,
) -> Outcome {
    let one;
    let objects = match object {
        Some(object) => {
            one = [object];
            &one[..]
        }
        None => {
            walk(octets);
            ALL
        }
    };
    let parsed = objects
        .iter()
        .filter(|object| read(**object, octets, algorithms).is_ok())
        .count();
    if objects.contains(&Object::Message) && passes(octets, algorithms) {
        return Outcome::of(false, "TOTAL_PASSED", "without any trust anchor");
    }
    match expected {
        Expected::ParseFails if parsed > 0 => {
            Outcome::of(false, Expected::Parses.to_string(), "parsed")
        }
        _ => Outcome::Agreed,
    }
}

fn read(object: Object, octets: &[u8], algorithms: &'static Algorithms) -> Result<(), String> {
    let say = |error: Error| error.to_string();
    let mut budget = Budget::new(limits());
    let unwrapped = || {
        let mut objects = unwrap_text(octets).map_err(say)?.into_iter();
        objects.next().ok_or_else(|| "an empty file".to_owned())
    };
    match object {
        Object::Certificate => {
            let certificate = Certificate::from_der(&unwrapped()?, &mut budget).map_err(say)?;
            // A known extension that cannot be decoded is kept as such: path validation refuses it.
            match certificate.extensions.malformed.first() {
                Some(id) => Err(format!("extension {id} is malformed")),
                None if certificate.extensions.duplicates.is_empty() => Ok(()),
                None => Err("an extension stands twice".to_owned()),
            }
        }
        Object::Crl => CertificateList::from_der(&unwrapped()?, &mut budget)
            .map(drop)
            .map_err(say),
        Object::Ocsp => OcspResponse::from_der(&unwrapped()?, &mut budget)
            .map(drop)
            .map_err(say),
        Object::Message => {
            let parts = messages::open(octets).map_err(|error| error.to_string())?;
            let objects = unwrap_text(&parts.message).map_err(say)?;
            let message = objects.first().ok_or("an empty file")?;
            match SignedData::from_ber(message, &mut budget).map_err(say)? {
                Ok(_) => Ok(()),
                Err(why) => Err(format!("{why:?}")),
            }
        }
        Object::TrustList => SignedList::read(octets, algorithms, &ListLimits::STANDARD)
            .map(drop)
            .map_err(|rejected| format!("{rejected:?}")),
    }
}

/// Every element under both rules.
fn walk(octets: &[u8]) {
    let input = Octets::from(octets);
    for encoding in [Encoding::Der, Encoding::Ber] {
        let mut budget = Budget::new(limits());
        let reader = Reader::new(&input, encoding, Structure::Object);
        let _ = walk_elements(reader, &mut budget);
    }
}

fn walk_elements(mut reader: Reader<'_>, budget: &mut Budget) -> Result<(), Error> {
    while !reader.is_empty() {
        let element = reader.element(budget)?;
        if element.tag.is_constructed() {
            walk_elements(element.reader(Structure::Object, budget)?, budget)?;
        }
    }
    Ok(())
}

/// Whether octets pass as a signature although nothing is trusted.
fn passes(octets: &[u8], algorithms: &'static Algorithms) -> bool {
    let Ok(validator) = messages::validator(super::super::case::Revocation::Off, algorithms) else {
        return true;
    };
    let report = Evidence::parse(octets, &validator.limits)
        .and_then(|evidence| validator.validate(evidence, NOW));
    report.is_ok_and(|report| match report.judged {
        Judged::Signatures { conclusion, .. } => conclusion.indication == Indication::TotalPassed,
        Judged::TimeStamp { time_stamp, .. } => {
            time_stamp.conclusion.indication == Indication::TotalPassed
        }
        Judged::EvidenceRecord {
            evidence_record, ..
        } => evidence_record.conclusion.indication == Indication::TotalPassed,
        Judged::Certificate(_) => true,
    })
}
