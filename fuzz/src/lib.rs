//! What must hold for arbitrary octets. Each function is one libFuzzer target, and each is run on
//! the seeds by the tests of this crate.

mod alg;
mod attributes;
mod audit;
mod bundle;
mod card_answers;
mod cms_stream;
mod eu_list;
mod evidence_record;
mod ocsp;
mod path;
mod snapshot;
mod time_stamp;
mod uec;
mod validation_data;

use std::sync::Arc;

use pcsc_reader::{Atr, CheckByte, ContainerHeader, KeyBinding, Response, container_name};
use sha2::{Digest as _, Sha256};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::finding::{Indication, Language};
use sig_core::profile::{self, Identity, Set};
use sig_core::report::{Judged, Report, json, text};
use sig_core::trust::c14n;
use sig_core::trust::mintsifry_list::{ListLimits, SignedList};
use sig_core::trust::xml::XmlLimits;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::crl::CertificateList;
use sig_core::x509::crl_index::IndexKey;
use sig_core::x509::crl_stream::CrlStream;
use sig_core::x509::signed::Signed;
use sig_core::{Budget, Error, Evidence, Limits, Material, Policy, UnixTime, Validator};

pub use alg::{algorithm_identifier, is_genuine, signature_value, spki};
pub use attributes::attributes;
pub use audit::{audit_note, audit_receipt};
pub use bundle::bundle;
pub use card_answers::card_answers;
pub use cms_stream::cms_stream;
pub use eu_list::eu_list;
pub use evidence_record::evidence_record;
pub use ocsp::ocsp;
pub use path::path;
pub use snapshot::snapshot;
pub use time_stamp::time_stamp;
pub use uec::{cvc, uec_fci};
pub use validation_data::validation_data;

/// Small enough for thousands of runs a second, large enough for every structure.
const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    depth: 32,
    nodes: 20_000,
    signers: 4,
    certificates: 16,
    crl_entries: 1_000,
    ocsp_bytes: 1 << 16,
    ocsp_single_responses: 64,
    signature_checks: 8,
    path_candidates: 100,
    path_length: 10,
    name_comparisons: 1_000,
    name_constraint_checks: 10_000,
    policy_nodes: 256,
};

/// A list whose index is looked at.
const LIST: &[u8] = include_bytes!("../../testdata/generated/ru-demo/crls/ca.crl");
/// Octets of a saved index up to the end of the digest of its list, and of its checksum.
const BEHIND_LIST_DIGEST: usize = 48;
const CHECKSUM: usize = 32;

/// 2026-11-21: inside the validity of the seeds.
const AT: UnixTime = UnixTime::from_seconds(1_795_219_200);

/// Every element, under both encoding rules: parts of the input in order, never more than it.
pub fn der(data: &[u8]) {
    let input = Octets::from(data);
    for encoding in [Encoding::Der, Encoding::Ber] {
        let mut budget = Budget::new(LIMITS);
        let _ = walk(
            Reader::new(&input, encoding, Structure::Object),
            data,
            &mut budget,
        );
        assert!(budget.used().nodes <= LIMITS.nodes);
    }
}

fn walk(mut reader: Reader<'_>, data: &[u8], budget: &mut Budget) -> Result<(), Error> {
    while !reader.is_empty() {
        let start = reader.offset();
        let element = reader.element(budget)?;
        let whole = element.octets();
        assert_eq!(element.offset(), start);
        assert_eq!(reader.offset(), start + whole.len());
        assert_slice(&whole, data);
        assert_slice(&element.content(), data);
        assert_eq!(*element.content(), *element.content_bytes());
        if element.tag.is_constructed() {
            let inside = element.reader(Structure::Object, budget)?;
            walk(inside, data, budget)?;
        } else {
            let _ = (element.boolean(), element.oid(), element.integer());
            let _ = (element.small_integer(), element.bit_string_octets());
        }
    }
    reader.finish()
}

/// What was read is the part of the input it says it is.
fn assert_slice(part: &Octets, data: &[u8]) {
    let start = part.offset();
    assert_eq!(data.get(start..start + part.len()), Some(&**part));
}

/// A certificate: its parts are parts of the input, and without anchors it never passes.
pub fn certificate(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let Ok(certificate) = Certificate::from_der(&input, &mut budget) else {
        return;
    };
    assert_eq!(&*certificate.octets, data);
    assert_signed(&certificate.signed, data);
    for part in [
        &certificate.serial,
        &certificate.issuer.octets,
        &certificate.subject.octets,
        &certificate.spki.octets,
        &certificate.spki.public_key,
    ] {
        assert_slice(part, data);
    }
    for extension in &certificate.extensions.all {
        assert_slice(&extension.value, data);
    }
    for set in [Set::Russian, Set::European] {
        let results = profile::report(&certificate, set);
        assert_eq!(results.len(), set.rules().count());
    }
    let _ = Identity::of(&certificate.subject);
    let certificate = Arc::new(certificate);
    let offered = Material {
        certificates: vec![Arc::clone(&certificate)],
        ..Material::default()
    };
    for validator in validators() {
        let judge = || validator.validate_certificate(&certificate, &offered, AT);
        assert_unproven(judge);
    }
}

/// A CRL: its parts are parts of the input, and every serial number can be looked up.
pub fn crl(data: &[u8]) {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let read = CertificateList::from_der(&input, &mut budget);
    if !matches!(read, Err(Error::Limit(_))) {
        crl_stream(data, read.is_ok());
    }
    let Ok(crl) = read else {
        return;
    };
    assert_eq!(&*crl.octets, data);
    assert_signed(&crl.signed, data);
    assert_slice(&crl.issuer.octets, data);
    assert!(crl.entries.len() as u64 <= LIMITS.crl_entries);
    for serial in [
        &[][..],
        &[1],
        &[0x7f; 20],
        data.get(..20).unwrap_or_default(),
    ] {
        let _ = crl.entries.find(serial, &mut budget);
    }
    let _ = (crl.is_delta(), crl.unknown_critical_extension());
}

/// A saved index of a CRL: whatever it is, the list is read; one that is refused changes no answer, and one that was
/// made on purpose, under a right checksum, still ends every look-up.
pub fn crl_index(data: &[u8]) {
    let list = Octets::from(LIST);
    let read = |index: Vec<u8>| {
        let mut budget = Budget::new(LIMITS);
        CertificateList::from_der_with_index(&list, &Octets::from(index), &mut budget)
    };
    let find =
        |crl: &CertificateList, serial: &[u8]| crl.entries.find(serial, &mut Budget::new(LIMITS));
    let without = read(Vec::new());
    assert!(matches!(without, Ok((_, Some(_)))));
    let Ok((expected, _)) = without else {
        return;
    };
    let saved = expected.index_to_bytes();
    assert!(matches!(read(saved.clone()), Ok((_, None))));
    let mut made = saved;
    made.truncate(made.len() - CHECKSUM);
    for (octet, change) in made.iter_mut().skip(BEHIND_LIST_DIGEST).zip(data) {
        *octet ^= change;
    }
    let checksum = Sha256::digest(&made);
    made.extend_from_slice(&checksum);
    for index in [data.to_vec(), made] {
        let read = read(index);
        assert!(read.is_ok());
        let Ok((crl, refused)) = read else {
            return;
        };
        for serial in [&[][..], &[1], data.get(..20).unwrap_or_default()] {
            let found = find(&crl, serial);
            assert!(refused.is_none() || found == find(&expected, serial));
        }
    }
}

/// A CRL that arrives in parts is taken if and only if it is taken whole.
fn crl_stream(data: &[u8], whole: bool) {
    let size = data.first().map_or(1, |octet| usize::from(*octet % 31) + 1);
    let mut stream = CrlStream::new(&RUSTCRYPTO, IndexKey::from_octets([7; 16]), LIMITS);
    let taken = data.chunks(size).try_for_each(|part| stream.update(part));
    let streamed = taken.and_then(|()| stream.finish());
    assert_eq!(streamed.is_ok(), whole);
}

/// A CMS message, by every policy: it never passes without an anchor, and the report repeats.
pub fn cms(data: &[u8]) {
    for validator in validators() {
        assert_unproven(|| {
            let evidence = Evidence::parse(data, &LIMITS)?;
            validator.validate(evidence.with_content(&b"content"[..]), AT)
        });
    }
}

/// An XML list of accredited authorities: read only as its signature says. As a stream it has the canonical form that a
/// tree of it has, or is refused as that is.
pub fn trust_list(data: &[u8]) {
    let mut stream = Vec::new();
    let mut sink = |octets: &[u8]| stream.extend_from_slice(octets);
    let streamed = c14n::document(data, &XmlLimits::STANDARD, &mut sink);
    let mut tree = Vec::new();
    let mut sink = |octets: &[u8]| tree.extend_from_slice(octets);
    let by_tree = c14n::document_by_tree(data, &XmlLimits::STANDARD, &mut sink);
    // A document may be refused for two reasons, which the two meet in another order.
    assert_eq!(streamed.is_ok(), by_tree.is_ok());
    assert!(streamed.is_err() || stream == tree, "two canonical forms");
    let limits = ListLimits {
        xml: XmlLimits::STANDARD,
        certificate: LIMITS,
        key_memory: 0,
    };
    if let Ok(signed) = SignedList::read(data, &RUSTCRYPTO, &limits) {
        assert!(!signed.signer.is_empty());
    }
}

/// What a card says of itself, and what it answers.
pub fn card(data: &[u8]) {
    if let Ok(atr) = Atr::from_bytes(data) {
        assert_eq!(atr.as_bytes(), data);
        assert!(data.len() <= 33);
        assert!(atr.historical_bytes().len() <= 15);
        let _ = (atr.protocols(), atr.convention(), atr.interface_groups());
        let _: CheckByte = atr.check_byte();
    }
    match Response::from_bytes(data) {
        Ok(response) => assert_eq!(response.data.len() + 2, data.len()),
        Err(_) => assert!(data.len() < 2),
    }
}

/// `header.key` and `name.key` of a key container: a certificate is taken whole, and bound to the fingerprint beside it.
pub fn cryptopro_header(data: &[u8]) {
    if let Ok(name) = container_name(data) {
        assert!(!name.is_empty() && !name.chars().any(char::is_control));
    }
    let Ok(header) = ContainerHeader::from_der(data) else {
        return;
    };
    for key in [Some(&header.primary), header.secondary.as_ref()] {
        let Some((key, certificate)) = key.and_then(|key| Some((key, key.certificate.as_ref()?)))
        else {
            continue;
        };
        let octets = certificate.octets.as_slice();
        assert!(data.windows(octets.len()).any(|part| part == octets));
        let mut budget = Budget::new(Limits::STANDARD);
        let parsed = Certificate::from_der(&Octets::from(octets), &mut budget);
        // A certificate that was read is read again, and agreement is with a fingerprint.
        let point =
            parsed.map(|parsed| parsed.spki.public_key.get(2..).unwrap_or_default().to_vec());
        assert!(point.is_ok());
        if certificate.binding == KeyBinding::Agrees {
            let is_beginning = |fingerprint: [u8; 8]| {
                let point = point.iter().flatten().copied().collect::<Vec<u8>>();
                point.windows(8).take(2).any(|part| part == fingerprint)
            };
            assert!(key.fingerprint.is_some_and(is_beginning));
        }
    }
}

fn validators() -> impl Iterator<Item = Validator> {
    let policies = Policy::BUILTIN
        .iter()
        .filter_map(|id| Policy::builtin(id).ok());
    policies.map(|policy| Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: LIMITS,
    })
}

/// Judged twice: the same report, not passed; it can be printed in every form.
fn assert_unproven(judge: impl Fn() -> Result<Report, Error>) {
    let (first, again) = (judge(), judge());
    assert_eq!(first, again);
    let Ok(report) = first else {
        return;
    };
    let conclusions = match &report.judged {
        Judged::Signatures {
            conclusion,
            signatures,
            ..
        } => {
            let mut all = vec![*conclusion];
            let mut left: Vec<_> = signatures.iter().collect();
            while let Some(signature) = left.pop() {
                all.push(signature.conclusion);
                left.extend(&signature.counter_signatures);
            }
            all
        }
        Judged::Certificate(certificate) => vec![certificate.conclusion],
        Judged::TimeStamp { time_stamp, .. } => vec![time_stamp.conclusion],
        Judged::EvidenceRecord {
            evidence_record, ..
        } => vec![evidence_record.conclusion],
    };
    for conclusion in conclusions {
        assert_ne!(conclusion.indication, Indication::TotalPassed);
    }
    let json = json::write(&report);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    for language in [Language::Ru, Language::En] {
        assert!(!text::write(&report, language, text::Detail::Explain).is_empty());
    }
}

fn assert_signed(signed: &Signed, data: &[u8]) {
    for part in [&signed.octets, &signed.signature, &signed.algorithm.octets] {
        assert_slice(part, data);
    }
}
