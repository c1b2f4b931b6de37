//! §6.1.3, basic certificate processing.

use std::sync::Arc;

use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::der::oid::Oid;
use sig_core::finding::Indication;
use sig_core::path::build::{Search, Sources, search};
use sig_core::path::inputs::{ExplicitPolicyRule, PathInputs, PolicySet};
use sig_core::report::Judged;
use sig_core::x509::signed::SignedRejected;
use sig_core::{Budget, Limits, Material, Policy, UnixTime, Validator};
use testdata::pki::named;

use crate::certificates::*;

const EXPLICIT: PathInputs = PathInputs {
    explicit_policy: ExplicitPolicyRule::Required,
    ..PathInputs::UNCONSTRAINED
};

pub(super) fn material(pki: &str, certificates: &[&str], crls: &[&str]) -> Material {
    let pki = named(pki).unwrap();
    let mut material = Material::default();
    let limits = Limits::STANDARD;
    for (index, id) in certificates.iter().enumerate() {
        let der = &pki.certificate(id).unwrap().der;
        if index == 0 {
            material.add_anchors(der, &limits).unwrap();
        } else {
            material.add(der, &limits).unwrap();
        }
    }
    for id in crls {
        material.add(pki.crl(id).unwrap(), &limits).unwrap();
    }
    material
}

#[test]
fn rfc5280_6_1_3_a_1_signatures() {
    let found = |id| {
        let material = material("faults", &["root", "ca", id], &[]);
        let end_entity = Arc::clone(material.certificates.last().unwrap());
        let sources = Sources::new(&material.anchors, &material.certificates, &RUSTCRYPTO);
        let mut paths = 0;
        let mut budget = Budget::new(Limits::STANDARD);
        let end = search(&end_entity, sources, &mut budget, &mut |_, _| {
            paths += 1;
            Ok(Search::Continue)
        });
        (paths, end.unwrap().and_then(|end| end.rejected))
    };
    assert_eq!(found("person"), (1, None));
    assert_eq!(
        found("broken-signature"),
        (0, Some(SignedRejected::BadSignature))
    );
}

#[test]
fn rfc5280_6_1_3_a_1_the_algorithm_inside_is_the_one_outside() {
    let same = leaf("A", "Root");
    assert_eq!(plain_failures(std::slice::from_ref(&same)), [""; 0]);
    assert_eq!(
        plain_failures(&[same.other_outer_algorithm()]),
        ["path.signature.algorithms_differ"]
    );
}

#[test]
fn rfc5280_6_1_3_a_2_validity_of_authorities() {
    let at = |from, to| {
        let ca = authority("CA", "Root").validity(from, to);
        plain_failures(&[ca, leaf("A", "CA")])
    };
    assert_eq!(at("250101000000Z", "270101000000Z"), [""; 0]);
    assert_eq!(
        at("200101000000Z", "260101000000Z"),
        ["path.validity.ca_expired"]
    );
    assert_eq!(
        at("270101000000Z", "300101000000Z"),
        ["path.validity.ca_not_yet_valid"]
    );
}

fn judged(at: UnixTime, crls: &[&str], policy: &str) -> (Indication, Vec<&'static str>) {
    let material = material("p256", &["root", "ca", "person"], crls);
    let person = Arc::clone(material.certificates.last().unwrap());
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(policy).unwrap(),
        limits: Limits::STANDARD,
    };
    let report = validator
        .validate_certificate(&person, &material, at)
        .unwrap();
    let Judged::Certificate(report) = report.judged else {
        panic!("a certificate was judged");
    };
    (report.conclusion.indication, codes(&report.findings))
}

#[test]
fn rfc5280_6_1_3_a_2_validity_of_the_end_entity() {
    let (indication, found) = judged(AT, &["root", "ca"], "pkix");
    assert_eq!((indication, found), (Indication::TotalPassed, vec![]));
    // 2045: the person's certificate ended in 2044, its authority's ends in 2046.
    let later = UnixTime::from_seconds(2_366_841_600);
    let (indication, found) = judged(later, &[], "pkix");
    assert_eq!(indication, Indication::Indeterminate);
    assert_eq!(found, ["path.validity.expired_not_revoked"]);
}

#[test]
fn rfc5280_6_1_3_a_3_revocation() {
    let (indication, _) = judged(AT, &["root", "ca"], "etsi-ades");
    assert_eq!(indication, Indication::TotalPassed);
    let (indication, found) = judged(AT, &["root"], "etsi-ades");
    assert_eq!(indication, Indication::Indeterminate);
    assert_eq!(found, ["revocation.data.missing"]);
}

#[test]
fn rfc5280_6_1_3_a_4_name_chaining() {
    assert_eq!(plain_failures(&[leaf("A", "  rOOT ")]), [""; 0]);
    assert_eq!(plain_failures(&[leaf("A", "Roof")]), ["path.name.chaining"]);
    let empty = leaf("A", "Root").issuer(sequence(&[]));
    assert_eq!(plain_failures(&[empty]), ["path.name.chaining"]);
}

fn under(ca: &Draft, end_entity: Draft) -> Vec<&'static str> {
    plain_failures(&[ca.clone(), end_entity])
}

#[test]
fn rfc5280_6_1_3_b_permitted_subtrees() {
    let ca = authority("CA", "Root").permitted(dns("example"));
    let named = |text| leaf("A", "CA").alternative_names(&[dns(text)]);
    assert_eq!(under(&ca, named("a.example")), [""; 0]);
    assert_eq!(
        under(&ca, named("a.test")),
        ["path.name_constraints.not_permitted"]
    );
    // The subject is a directory name.
    let ca = authority("CA", "Root").permitted(tlv(0xa4, &name("Org")));
    let below = leaf("A", "CA").subject(names(&["ORG", "A"]));
    assert_eq!(under(&ca, below), [""; 0]);
    let elsewhere = leaf("A", "CA").subject(names(&["A", "Org"]));
    assert_eq!(
        under(&ca, elsewhere),
        ["path.name_constraints.not_permitted"]
    );
    // An empty subject is no name.
    let empty = leaf("A", "CA").subject(sequence(&[]));
    assert_eq!(under(&ca, empty), [""; 0]);
}

#[test]
fn rfc5280_6_1_3_c_excluded_subtrees() {
    let ca = authority("CA", "Root").excluded(dns("example"));
    let named = |text| leaf("A", "CA").alternative_names(&[dns(text)]);
    assert_eq!(under(&ca, named("a.test")), [""; 0]);
    assert_eq!(
        under(&ca, named("a.example")),
        ["path.name_constraints.excluded"]
    );
}

#[test]
fn rfc5280_6_1_3_b_c_addresses_and_hosts_in_the_subject() {
    let email = |text: &str| {
        let id = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
        let attribute = sequence(&[oid(&id), tlv(0x16, text.as_bytes())]);
        leaf("A", "CA").subject(sequence(&[tlv(0x31, &attribute)]))
    };
    let ca = authority("CA", "Root").permitted(tlv(0x81, b"example"));
    assert_eq!(under(&ca, email("a@example")), [""; 0]);
    assert_eq!(
        under(&ca, email("a@test")),
        ["path.name_constraints.not_permitted"]
    );
    let ca = authority("CA", "Root").permitted(dns("example"));
    assert_eq!(under(&ca, leaf("a.example", "CA")), [""; 0]);
    assert_eq!(under(&ca, leaf("Ivan Ivanov", "CA")), [""; 0]);
    assert_eq!(
        under(&ca, leaf("a.test", "CA")),
        ["path.name_constraints.not_permitted"]
    );
}

#[test]
fn rfc5280_6_1_3_b_self_issued_certificates_are_exempt_unless_last() {
    let ca = authority("CA", "Root").permitted(dns("example"));
    let outside = [dns("a.test")];
    let rolled = authority("CA", " ca ").alternative_names(&outside);
    assert_eq!(
        plain_failures(&[ca.clone(), rolled.clone(), leaf("A", "CA")]),
        [""; 0]
    );
    assert_eq!(
        plain_failures(&[ca.clone(), rolled]),
        ["path.name_constraints.not_permitted"]
    );
    let other = authority("CA 2", "CA").alternative_names(&outside);
    assert_eq!(
        plain_failures(&[ca, other, leaf("A", "CA 2")]),
        ["path.name_constraints.not_permitted"]
    );
}

#[test]
fn rfc5280_6_1_3_d_1_policies_in_every_certificate() {
    let path = |policies: &[&[u8]]| {
        let ca = authority("CA", "Root").policies(&[P1, P2]);
        [ca, leaf("A", "CA").policies(policies)]
    };
    assert_eq!(failures(&path(&[P2, P3]), &EXPLICIT), [""; 0]);
    assert_eq!(
        failures(&path(&[P3]), &EXPLICIT),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_3_d_2_any_policy_while_it_counts() {
    let path = |ca: Draft| [ca.policies(&[P1]), leaf("A", "CA").policies(&[ANY])];
    let ca = authority("CA", "Root");
    assert_eq!(
        failures(&path(ca.clone().inhibit_any_policy(1)), &EXPLICIT),
        [""; 0]
    );
    assert_eq!(
        failures(&path(ca.inhibit_any_policy(0)), &EXPLICIT),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_3_d_2_any_policy_of_self_issued_certificates_counts_on() {
    let top = authority("CA", "Root")
        .policies(&[P1])
        .inhibit_any_policy(0);
    let end = leaf("A", "CA").policies(&[P1]);
    let rolled = authority("CA", "CA").policies(&[ANY]);
    assert_eq!(
        failures(&[top.clone(), rolled.clone(), end], &EXPLICIT),
        [""; 0]
    );
    // Not where it is the last.
    assert_eq!(
        failures(&[top, rolled], &EXPLICIT),
        ["path.policy.none_valid"]
    );
}

#[test]
fn rfc5280_6_1_3_d_3_what_is_not_continued_is_not_valid() {
    let asked = |policy| PathInputs {
        policies: PolicySet::of([Oid::from_content(policy).unwrap()]),
        ..EXPLICIT
    };
    let path = [
        authority("CA", "Root").policies(&[P1, P2]),
        leaf("A", "CA").policies(&[P2]),
    ];
    assert_eq!(failures(&path, &asked(P2)), [""; 0]);
    // The authority states it, the end entity does not continue it.
    assert_eq!(failures(&path, &asked(P1)), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_3_e_a_certificate_without_policies_ends_them() {
    let path = |ca: Draft| [ca, leaf("A", "CA").policies(&[P1])];
    let ca = authority("CA", "Root");
    assert_eq!(
        failures(&path(ca.clone().policies(&[ANY])), &EXPLICIT),
        [""; 0]
    );
    assert_eq!(failures(&path(ca), &EXPLICIT), ["path.policy.none_valid"]);
}

#[test]
fn rfc5280_6_1_3_f_an_explicit_policy_is_missed_at_once_and_once() {
    let path = |policies: &[&[u8]]| {
        let ca = authority("CA", "Root")
            .policies(policies)
            .require_explicit_policy(0);
        [
            ca,
            authority("CA 2", "CA").policies(&[P1]),
            leaf("A", "CA 2").policies(&[P1]),
        ]
    };
    assert_eq!(plain_failures(&path(&[P1])), [""; 0]);
    assert_eq!(plain_failures(&path(&[P2])), ["path.policy.none_valid"]);
}
