//! A verification asks the allocator for nothing that grows with the content.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use allocation_counter::{AllocationInfo, measure};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::octets::Octets;
use sig_core::finding::Indication;
use sig_core::report::Judged;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::{Pki, Timestamp};

/// 2026-11-21T12:00:00Z.
const AT: i64 = 1_795_262_400;

/// What a verification of a detached signature allocates, from the octets of the message to the report.
fn allocated(pki: &Pki, length: usize) -> AllocationInfo {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    let root = &pki.certificate("root").unwrap().der;
    material.add_anchors(root, &limits).unwrap();
    for crl in ["root", "ca"] {
        material.add(pki.crl(crl).unwrap(), &limits).unwrap();
    }
    let content = vec![0x5A; length];
    let token = pki.token("person").unwrap();
    let message = token.sign_detached(&content, Timestamp(AT - 60)).unwrap();
    let content = Octets::from(content);
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin("etsi-ades").unwrap(),
        limits,
    };
    let verify = || {
        let evidence = Evidence::parse(&message, &limits)
            .unwrap()
            .with_content(content.clone())
            .with_material(material.clone());
        let at = UnixTime::from_seconds(AT);
        let report = validator.validate(evidence, at).unwrap();
        let Judged::Signatures { conclusion, .. } = report.judged else {
            panic!("a signature was judged");
        };
        assert_eq!(conclusion.indication, Indication::TotalPassed);
    };
    // The first verification fills tables of the program.
    verify();
    measure(verify)
}

#[test]
fn octets_allocated_do_not_grow_with_the_content() {
    for name in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let pki = testdata::pki::named(name).unwrap();
        let [small, large] = [1_000, 4_000_000].map(|length| allocated(pki, length));
        assert!(small.bytes_total > 0, "{name}: nothing was counted");
        // Lengths of numbers differ by a few octets from one signature to the next.
        assert!(
            large.bytes_total < small.bytes_total + 1_000,
            "{name}: {} octets, {} for the small content",
            large.bytes_total,
            small.bytes_total
        );
        assert!(large.count_total <= small.count_total + 10, "{name}");
    }
}
