//! Paths among the certificates of real accredited authorities, which stand beside the repository.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::finding::{Conclusion, SubIndication};
use sig_core::report::Judged;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, Material, Policy, UnixTime, Validator};

/// The folder beside the repository; tests say so and pass where it is absent, as in a user's clone.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no ../shared/corpus beside the repository");
    None
}

fn certificate(path: &Path) -> Arc<Certificate> {
    let octets = Octets::from(fs::read(path).unwrap());
    Arc::new(Certificate::from_der(&octets, &mut Budget::new(Limits::STANDARD)).unwrap())
}

fn judge(end_entity: &Path, material: &Material, policy: &str) -> Conclusion {
    let policy = Policy::builtin(policy).unwrap();
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: Limits::STANDARD,
    };
    let at = UnixTime::parse_rfc3339("2026-01-01T00:00:00Z").unwrap();
    let report = validator
        .validate_certificate(&certificate(end_entity), material, at)
        .unwrap();
    match report.judged {
        Judged::Certificate(report) => report.conclusion,
        Judged::Signatures { conclusion, .. } => conclusion,
        Judged::TimeStamp { time_stamp, .. } => time_stamp.conclusion,
        Judged::EvidenceRecord {
            evidence_record, ..
        } => evidence_record.conclusion,
    }
}

#[test]
fn a_whole_country_of_authorities_is_within_the_limits() {
    let Some(corpus) = corpus() else { return };
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for root in [
        "2018-Minkomsvyaz-gost2012",
        "2021-Minkomsvyaz",
        "2022-Mincifry",
        "2025-Mincifry",
    ] {
        let path = corpus.join(format!("russian-ca/root-{root}.der"));
        material
            .add_anchors(&fs::read(path).unwrap(), &limits)
            .unwrap();
    }
    let list = fs::read(corpus.join("russian-ca/accredited-cas.pem")).unwrap();
    let read = material.add(&list, &limits).unwrap();
    assert!(read.taken > 2_000 && read.unknown.is_empty());
    let person = corpus.join("russian-samples/certs/esia-prod-2025.der");
    assert_eq!(judge(&person, &material, "pkix"), Conclusion::PASSED);
    // Without CRLs every path is tried, and the answer is still a verdict.
    let open = Conclusion::because(SubIndication::CertificateChainGeneralFailure);
    assert_eq!(judge(&person, &material, "etsi-ades"), open);
}

#[test]
fn a_root_of_the_same_name_with_another_key_refutes_nothing() {
    let Some(corpus) = corpus() else { return };
    let mut material = Material::default();
    let root = fs::read(corpus.join("russian-ca/root-2026-Mincifry.der")).unwrap();
    material.add_anchors(&root, &Limits::STANDARD).unwrap();
    let authority = corpus.join("russian-ca/fns-2025-04.der");
    let expected = Conclusion::because(SubIndication::NoCertificateChainFound);
    assert_eq!(judge(&authority, &material, "pkix"), expected);
}
