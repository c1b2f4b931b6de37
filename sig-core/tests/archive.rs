//! Archive time-stamps where the document is not at hand, and what enters from the attributes of a signature.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::LazyLock;

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::cades::Level;
use sig_core::cms::coverage::{NotCovered, SignedContent, Target, Token};
use sig_core::cms::references::{AtHand, OfAttribute, resolve};
use sig_core::der::octets::Octets;
use sig_core::der::oids;
use sig_core::finding::Subject;
use sig_core::report::{Judged, SignatureReport};
use sig_core::validate::crypto::Content;
use sig_core::{Budget, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

fn case(area: &str, id: &str) -> Case {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| all().unwrap());
    let mut cases = CASES.iter();
    let found = cases.find(|case| case.area == area && case.id == id);
    let found = found.unwrap_or_else(|| panic!("no case {area}/{id}"));
    found.clone()
}

/// Judges a detached case with digests of its document in the place of it.
fn judge_by_digests(case: &Case, digests: &[DigestId]) -> SignatureReport {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits).unwrap();
    }
    let mut evidence = Evidence::parse(&case.signature, &limits)
        .unwrap()
        .with_material(material);
    let content = case.content.as_ref().unwrap();
    for id in digests {
        let algorithm = RUSTCRYPTO.digest(*id).unwrap();
        evidence = evidence.with_content_digest(algorithm.digest(content).unwrap());
    }
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy: Policy::builtin(&case.policy).unwrap(),
        limits,
    };
    let report = validator
        .validate(evidence, UnixTime::from_seconds(case.at))
        .unwrap();
    let Judged::Signatures { signatures, .. } = report.judged else {
        panic!("not signatures");
    };
    signatures.into_iter().next().unwrap()
}

fn decided(report: &SignatureReport) -> Vec<(&str, Option<&str>)> {
    let stamps = report.time_stamps.iter();
    stamps
        .map(|stamp| (stamp.kind.name(), stamp.decided_by.map(|code| code.id)))
        .collect()
}

#[test]
fn version_3_works_from_digests() {
    let report = judge_by_digests(
        &case("level", "b-lta-detached-gost"),
        &[DigestId::Streebog256],
    );
    assert_eq!(
        decided(&report),
        [
            ("signature-time-stamp", None),
            ("archive-time-stamp-v3", None)
        ]
    );
}

#[test]
fn version_2_needs_the_document() {
    let report = judge_by_digests(
        &case("level", "a-v2-detached-gost"),
        &[DigestId::Streebog256],
    );
    assert_eq!(
        decided(&report),
        [
            ("signature-time-stamp", None),
            (
                "archive-time-stamp-v2",
                Some("archive.content.octets_needed")
            )
        ]
    );
}

/// The content of a case whose document is nowhere.
fn with_target<T>(id: &str, content: &dyn SignedContent, ask: impl Fn(&Target<'_>) -> T) -> T {
    let case = case("level", id);
    let mut budget = Budget::new(Limits::STANDARD);
    let evidence = Evidence::parse(&case.signature, &Limits::STANDARD).unwrap();
    let message = evidence.message().unwrap();
    let signer = message.signers[0].as_ref().unwrap();
    let mut tokens = Vec::new();
    for attribute in &signer.unsigned_attributes.all {
        if Token::is_in(attribute.id) {
            for value in &attribute.values {
                let token = Token::read(attribute.id, value, &mut budget).unwrap();
                tokens.push(token.unwrap());
            }
        }
    }
    ask(&Target {
        message,
        signer,
        index: 0,
        content,
        tokens: &tokens,
        referenced: &[],
        algorithms: &RUSTCRYPTO,
    })
}

fn last_token<'a>(target: &'a Target<'_>) -> &'a Token {
    target.tokens.last().unwrap()
}

#[test]
fn a_document_that_is_not_at_hand_is_no_coverage() {
    let absent = Content::Absent;
    let why = with_target("b-lta-detached-gost", &absent, |target| {
        let budget = &mut Budget::new(Limits::STANDARD);
        target.archive_v3(last_token(target), budget).unwrap().err()
    });
    assert_eq!(why, Some(NotCovered::DigestNeeded(DigestId::Streebog256)));
    let why = with_target("a-v2-detached-gost", &absent, |target| {
        let budget = &mut Budget::new(Limits::STANDARD);
        target.archive_v2(last_token(target), budget).unwrap().err()
    });
    assert_eq!(why, Some(NotCovered::ContentNeeded));
    let why = with_target("b-lta-detached-gost", &absent, |target| {
        target
            .references(&mut Budget::new(Limits::STANDARD))
            .unwrap()
            .err()
    });
    assert_eq!(why, Some(NotCovered::NoReferences));
}

/// What is proven by each kind: exactly the objects it covers, and no object that was added later.
#[test]
fn coverage_names_what_it_covers() {
    let content = Octets::from(&b"x"[..]);
    let content = Content::Octets(&content);
    let count = |id: &str, kind: fn(&Subject) -> bool| {
        with_target(id, &content, |target| {
            let budget = &mut Budget::new(Limits::STANDARD);
            let token = last_token(target);
            let coverage = match token.attribute {
                id if id == oids::ARCHIVE_TIME_STAMP_V2 => target.archive_v2(token, budget),
                id if id == oids::ARCHIVE_TIME_STAMP_V3 => target.archive_v3(token, budget),
                _ => target.signature_and_references(token, budget),
            };
            let coverage = coverage.unwrap().unwrap();
            assert!(coverage.proven.contains(&Subject::Signature(0)));
            let of = |all: &[Subject]| all.iter().filter(|it| kind(it)).count();
            (of(&coverage.proven), of(&coverage.omitted))
        })
    };
    let is_crl = |it: &Subject| matches!(it, Subject::Crl(_));
    let is_stamp = |it: &Subject| matches!(it, Subject::TimeStamp(_));
    let is_certificate = |it: &Subject| matches!(it, Subject::Certificate(_));
    assert_eq!(count("b-lta-gost", is_crl), (2, 0));
    assert_eq!(count("b-lta-gost", is_stamp), (1, 0));
    assert_eq!(count("b-lta-twice-gost", is_stamp), (2, 0));
    assert_eq!(count("b-lta-crl-omitted-gost", is_crl), (1, 1));
    assert_eq!(count("b-lta-attribute-omitted-gost", is_stamp), (0, 1));
    assert_eq!(count("b-lta-extended-later-gost", is_crl), (2, 1));
    assert_eq!(count("a-v2-gost", is_crl), (2, 0));
    assert_eq!(count("a-v2-gost", is_stamp), (1, 0));
    assert_eq!(count("x-1-gost", is_stamp), (1, 0));
    // The certificates in the token that it covers, not those of the message.
    assert!(count("x-1-gost", is_certificate).0 > 0);
}

#[test]
fn references_name_objects_by_digest() {
    let case = case("level", "x-l-1-gost");
    let evidence = Evidence::parse(&case.signature, &Limits::STANDARD).unwrap();
    let message = evidence.message().unwrap();
    let signer = message.signers[0].as_ref().unwrap();
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &Limits::STANDARD).unwrap();
    }
    let at_hand = AtHand {
        certificates: [&material.certificates, &material.anchors],
        crls: &material.crls,
        ocsp: &material.ocsp,
    };
    let mut budget = Budget::new(Limits::STANDARD);
    let attributes = &signer.unsigned_attributes;
    let resolved = resolve(attributes, at_hand, &RUSTCRYPTO, &mut budget).unwrap();
    let read = |references, unmatched| OfAttribute::Read {
        references,
        unmatched,
    };
    // Only the root is at hand here.
    assert_eq!(
        resolved.attributes,
        [
            (oids::CERTIFICATE_REFERENCES, read(2, 1)),
            (oids::REVOCATION_REFERENCES, read(2, 2)),
        ]
    );
    let named: Vec<_> = resolved.referenced.iter().map(|it| &it.subject).collect();
    assert_eq!(named, [&Subject::Certificate(material.anchors[0].sha256())]);
}

/// Without the certificate of the signer at hand the level is that of the certificate in the message.
#[test]
fn levels_are_the_same_without_a_judgement() {
    for (id, level) in [
        ("b-b-gost", Level::BB),
        ("bes-gost", Level::Bes),
        ("b-lt-gost", Level::BLt),
        ("b-lta-gost", Level::BLta),
        ("x-l-1-gost", Level::XLongType1),
    ] {
        let case = case("level", id);
        let evidence = Evidence::parse(&case.signature, &Limits::STANDARD).unwrap();
        let message = evidence.message().unwrap();
        let signer = message.signers[0].as_ref().unwrap();
        let mut budget = Budget::new(Limits::STANDARD);
        let found = Level::of(message, signer, None, &mut budget).unwrap();
        assert_eq!(found, level, "{id}");
    }
}
