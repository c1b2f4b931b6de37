//! Evidence records (RFC 4998), alone and beside a signature.

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::report::bundle::{Bundle, Role};
use sig_core::report::json;
use sig_core::validate::bundle::{Keeping, NotBundled};
use sig_core::{Evidence, Material, Policy, UnixTime, Validator};
use testdata::evidence_record::{Archiving, EvidenceRecord};
use testdata::{Digest, Pki, Timestamp, pki};

use super::case_inputs::LIMITS;
use super::{DIGESTS, WHOLE, read, replay};

const OBJECT: &[u8] = b"content of an archive";

fn stamps() -> &'static Pki {
    pki::named("stamps-gost").unwrap()
}

fn record(groups: &[&[&[u8]]]) -> EvidenceRecord {
    let archiving = Archiving {
        pki: stamps(),
        authority: "tsa",
        digest: Digest::Streebog256,
        gen_time: Timestamp(1_717_300_000),
    };
    EvidenceRecord::over(&archiving, groups).unwrap()
}

/// The report, and the bundle of it.
fn bundled(evidence: Evidence, keeping: Keeping) -> (String, Result<Vec<u8>, NotBundled>) {
    let mut material = Material::default();
    let root = stamps().certificate("root").unwrap();
    material.add_anchors(&root.der, &LIMITS).unwrap();
    for crl in ["root", "ca-2024", "ca", "ca-2"] {
        material.add(stamps().crl(crl).unwrap(), &LIMITS).unwrap();
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("etsi-ades").unwrap(),
        limits: LIMITS,
    };
    let evidence = evidence.with_material(material);
    let at = UnixTime::parse_rfc3339("2026-11-21T12:00:00Z").unwrap();
    let report = validator.validate(evidence.clone(), at).unwrap();
    let file = Bundle::of(&validator, &evidence, &report, keeping);
    (json::write(&report), file)
}

#[test]
fn a_record_alone_is_judged_again_by_the_digest_of_its_document() {
    let record = record(&[&[OBJECT], &[b"other"]]).der();
    let evidence = Evidence::parse(&record, &LIMITS).unwrap();
    let (report, file) = bundled(evidence.with_content(OBJECT), DIGESTS);
    assert!(report.contains("TOTAL_PASSED"), "{report}");
    let file = file.unwrap();
    assert!(!file.windows(OBJECT.len()).any(|it| it == OBJECT));
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}

#[test]
fn the_documents_of_a_group_are_kept_or_there_is_no_bundle() {
    let record = record(&[&[OBJECT, b"second"], &[b"other"]]).der();
    let evidence = Evidence::parse(&record, &LIMITS).unwrap();
    let evidence = evidence.with_content(OBJECT);
    let evidence = evidence.with_document_of_group(&b"second"[..]);
    let (report, refused) = bundled(evidence.clone(), DIGESTS);
    assert!(report.contains("TOTAL_PASSED"), "{report}");
    assert_eq!(refused, Err(NotBundled::DocumentNeeded));
    let file = bundled(evidence, WHOLE).1.unwrap();
    assert_eq!(read(&file).of_role(Role::GroupDocument).count(), 1);
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}

#[test]
fn a_record_beside_a_signature_is_kept() {
    let token = stamps().token("person-expired").unwrap();
    let signature = token.sign_attached(OBJECT, Timestamp(1_717_200_000));
    let signature = signature.unwrap();
    let record = record(&[&[&signature], &[b"x"]]);
    let evidence = Evidence::parse(&signature, &LIMITS).unwrap();
    let evidence = evidence.with_evidence_record(&record.der()).unwrap();
    let (report, file) = bundled(evidence, DIGESTS);
    assert!(report.contains("TOTAL_PASSED"), "{report}");
    let file = file.unwrap();
    assert_eq!(read(&file).of_role(Role::EvidenceRecord).count(), 1);
    assert_eq!(replay(&file, &RUSTCRYPTO).differences, []);
}
