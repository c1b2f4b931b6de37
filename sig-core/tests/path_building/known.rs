//! Signatures that are checked once (RFC 5280 §6.1.3 (a)(1)).

use std::sync::Arc;

use sig_core::alg::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};
use sig_core::alg::keyring::{Importance, Verification};
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::alg::signature::{KeyRejected, SignatureAlgorithm, SignatureId, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::alg::verified::VerifiedSignatures;
use sig_core::base::limits::Work;
use sig_core::der::octets::Octets;
use sig_core::report::Judged;
use sig_core::trust::authorities::{Authorities, LARGEST_REMEMBERED};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::validate::policy::RevocationRule;
use sig_core::x509::authentic::Authentic;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::signed::SignedRejected;
use sig_core::{Budget, Limits, Material, Policy, UnixTime, Validator};
use testdata::pki::{Pki, named};

use crate::toy::{Draft, TOY, Toy, issued, root};

const LIMITS: Limits = Limits::STANDARD;

/// The same name and table content at another address.
static TWIN: Algorithms = Algorithms {
    name: "toy",
    digests: &[],
    signatures: &[&Toy, &Toy],
};

/// The same table under another name.
static RENAMED: Algorithms = Algorithms {
    name: "other",
    ..TOY
};

fn ca() -> Draft {
    issued("CA", 2, "Root", 3)
}

fn known_by(algorithms: &Algorithms) -> VerifiedSignatures {
    let mut known = VerifiedSignatures::by(algorithms);
    let key = &root("Root", 3).make().spki;
    let verification = Verification::from(&TOY);
    let mut budget = Budget::new(LIMITS);
    let authentic = Authentic::verify(&ca().make(), key, verification, &mut budget);
    authentic.unwrap().unwrap().record(&mut known);
    known
}

fn verify(draft: &Draft, key: u32, verification: Verification<'_>) -> (bool, Work) {
    let mut budget = Budget::new(LIMITS);
    let key = &root("Root", key).make().spki;
    let verified = draft.make().signed.verify(key, verification, &mut budget);
    (verified.unwrap().is_ok(), budget.used())
}

#[test]
fn what_was_verified_is_known_again_from_another_buffer() {
    let known = known_by(&TOY);
    assert_eq!(known.len(), 1);
    let verification = Verification::from(&TOY).with_verified(Some(&known));
    let (verified, work) = verify(&ca(), 3, verification);
    assert!(verified);
    assert_eq!((work.signature_checks, work.signatures_known), (0, 1));
}

#[test]
fn anything_else_is_computed() {
    let known = known_by(&TOY);
    let verification = Verification::from(&TOY).with_verified(Some(&known));
    // Another key, another content under the same signature value, another signature value.
    for (draft, key, verifies) in [
        (ca(), 4, false),
        (ca().serial(7), 3, true),
        (issued("CA", 2, "Root", 4), 3, false),
    ] {
        let (verified, work) = verify(&draft, key, verification);
        assert_eq!(verified, verifies);
        assert_eq!((work.signature_checks, work.signatures_known), (1, 0));
    }
}

#[test]
fn a_back_end_answers_for_no_other() {
    let known = known_by(&TOY);
    for other in [&TWIN, &RENAMED] {
        let verification = Verification::from(other).with_verified(Some(&known));
        let (verified, work) = verify(&ca(), 3, verification);
        assert!(verified);
        assert_eq!((work.signature_checks, work.signatures_known), (1, 0));
        assert!(known_by(other).is_empty());
    }
}

#[test]
fn nothing_is_authentic_that_does_not_verify() {
    let key = &root("Root", 4).make().spki;
    let mut budget = Budget::new(LIMITS);
    let verification = Verification::from(&TOY);
    let refused = Authentic::verify(&ca().make(), key, verification, &mut budget);
    assert_eq!(refused.unwrap().unwrap_err(), SignedRejected::BadSignature);
}

fn certificates(pki: &Pki) -> Vec<Arc<Certificate>> {
    let mut material = Material::default();
    for certificate in pki.certificates() {
        material.add(&certificate.der, &LIMITS).unwrap();
    }
    material.certificates
}

#[test]
fn many_at_once_come_to_the_same_as_one_by_one() {
    for name in ["ru-demo", "gost512", "rsa"] {
        let all = certificates(named(name).unwrap());
        let pairs: Vec<_> = all
            .iter()
            .flat_map(|certificate| {
                all.iter()
                    .take(6)
                    .map(move |issuer| (certificate, &issuer.spki))
            })
            .collect();
        let mut budget = Budget::new(Limits {
            signature_checks: u64::MAX,
            ..LIMITS
        });
        let many = Authentic::verify_many(&pairs, &RUSTCRYPTO, &mut budget).unwrap();
        assert_eq!(many.len(), pairs.len());
        let mut verified = 0;
        for ((certificate, key), decided) in pairs.iter().zip(&many) {
            let verification = Verification::from(&RUSTCRYPTO);
            let one = Authentic::verify(certificate, key, verification, &mut budget).unwrap();
            if name == "rsa" {
                assert!(decided.is_none(), "left to the other way");
                continue;
            }
            assert_eq!(decided.is_some(), one.is_ok());
            verified += usize::from(decided.is_some());
            if let (Some(decided), Ok(one)) = (decided, one) {
                assert_eq!(decided.algorithm(), one.algorithm());
                assert_eq!(decided.object().octets, one.object().octets);
                assert_eq!(decided.key().octets, one.key().octets);
            }
        }
        assert!(name == "rsa" || (1..pairs.len()).contains(&verified));
        let none = Authentic::verify_many(&pairs, &TOY, &mut budget).unwrap();
        assert!(none.iter().all(Option::is_none), "not its arithmetic");
    }
}

fn judged(material: &Material, person: &Arc<Certificate>) -> (String, Work) {
    let mut policy = Policy::builtin("pkix").unwrap();
    policy.revocation = RevocationRule::Required;
    let validator = Validator {
        algorithms: &RUSTCRYPTO,
        policy,
        limits: LIMITS,
    };
    let at = UnixTime::from_seconds(1_795_302_000);
    let report = validator
        .validate_certificate(person, material, at)
        .unwrap();
    let Judged::Certificate(judged) = report.judged else {
        panic!("a certificate was judged");
    };
    let said = format!("{:?} {:?}", judged.conclusion, judged.findings);
    (said, report.work)
}

#[test]
fn under_a_snapshot_a_request_pays_for_its_own_signature_only() {
    for name in ["ru-demo", "p256", "rsa"] {
        let pki = named(name).unwrap();
        let read = |id: &str| {
            let mut material = Material::default();
            material
                .add(&pki.certificate(id).unwrap().der, &LIMITS)
                .unwrap();
            material.certificates.remove(0)
        };
        let person = read(if name == "ru-demo" {
            "citizen"
        } else {
            "person"
        });
        let mut offered = Material {
            anchors: vec![read("root")],
            certificates: vec![read("ca")],
            ..Material::default()
        };
        for id in ["root", "ca"] {
            offered.add(pki.crl(id).unwrap(), &LIMITS).unwrap();
        }
        let (cold, work) = judged(&offered, &person);
        assert!(work.signature_checks >= 4 && work.signatures_known == 0);

        let listed = offered.certificates.iter().cloned();
        let authorities = Authorities::build(
            &offered.anchors,
            listed.map(|certificate| (Importance::Busy, certificate)),
            &RUSTCRYPTO,
            ListLimits::STANDARD,
        );
        let authorities = authorities.unwrap();
        assert_eq!(
            authorities.authentic().len(),
            2,
            "the root and the authority"
        );
        let authorities = authorities
            .with_crls(offered.crls.clone(), &RUSTCRYPTO)
            .unwrap();
        assert_eq!(authorities.authentic_crls().len(), 2);
        let known = Material {
            anchors: offered.anchors.clone(),
            authorities: Some(Arc::new(authorities)),
            ..Material::default()
        };
        let (warm, work) = judged(&known, &person);
        assert_eq!(warm, cold, "{name}");
        assert_eq!(work.signature_checks, 1, "{name}");
        assert!(work.signatures_known >= 3);

        // Facts are of octets: the same objects met again in the request are known, too.
        let (again, work) = judged(
            &Material {
                authorities: known.authorities.clone(),
                ..offered
            },
            &person,
        );
        assert_eq!((again, work.signature_checks), (cold, 1));
    }
}

#[test]
fn what_is_remembered_is_known_again_and_offered_to_nobody() {
    let roots = [root("Root", 3).make()];
    let of_run = || Authorities::of_run(&roots, &[], &[], &TOY, LIMITS).unwrap();
    let key = &roots[0].spki;
    let forged = issued("CA", 2, "Root", 4);
    for (draft, is_signed) in [(ca(), true), (forged, false)] {
        let certificate = draft.make();
        let mut authorities = of_run();
        assert!(authorities.known_certificate(&certificate.octets).is_none());
        authorities.remember(&certificate.octets, &TOY);
        let known = authorities.known_certificate(&certificate.octets).unwrap();
        assert_eq!(known.octets, certificate.octets);
        let statement = certificate.signed.statement(key);
        let found = authorities.verification(&TOY).known(statement);
        assert_eq!(found.is_some(), is_signed);
        assert!(authorities.pool().certificates().is_empty());
        assert!(authorities.crls().is_empty());
    }
    let certificate = ca().make();
    let mut authorities = of_run();
    authorities.remember(&certificate.octets, &TWIN);
    authorities.remember(&[0x30, 0], &TOY);
    assert!(authorities.known_certificate(&certificate.octets).is_none());
    // The issuer may itself be one that was remembered.
    let person = issued("Person", 5, "CA", 2).make();
    authorities.remember(&certificate.octets, &TOY);
    authorities.remember(&person.octets, &TOY);
    let statement = person.signed.statement(&certificate.spki);
    assert!(authorities.verification(&TOY).known(statement).is_some());
}

#[test]
fn remembered_certificates_are_bounded() {
    let roots = [root("Root", 3).make()];
    let mut authorities = Authorities::of_run(&roots, &[], &[], &TOY, LIMITS).unwrap();
    let certificate = |serial| ca().serial(serial).make();
    for serial in 0..=256 {
        let octets = certificate(serial).octets.clone();
        authorities.remember(&octets, &TOY);
    }
    for (serial, is_known) in [(0, true), (255, true), (256, false)] {
        let octets = certificate(serial).octets.clone();
        assert_eq!(authorities.known_certificate(&octets).is_some(), is_known);
    }
}

#[test]
fn large_certificates_are_not_remembered() {
    let roots = [root("Root", 3).make()];
    let of_length = |length: usize| {
        let named = |text: usize| issued(&"x".repeat(text), 2, "Root", 3).make();
        let whole = named(length - 400);
        named(length - 400 + length - whole.octets.len())
    };
    for (length, is_known) in [(LARGEST_REMEMBERED, true), (LARGEST_REMEMBERED + 1, false)] {
        let certificate = of_length(length);
        assert_eq!(certificate.octets.len(), length);
        let mut authorities = Authorities::of_run(&roots, &[], &[], &TOY, LIMITS).unwrap();
        authorities.remember(&certificate.octets, &TOY);
        let known = authorities.known_certificate(&certificate.octets);
        assert_eq!(known.is_some(), is_known, "{length}");
    }
}

/// The toy, of two minds about one key.
#[derive(Debug)]
struct Quarrel;

const DISPUTED: u32 = 9;

impl SignatureAlgorithm for Quarrel {
    fn id(&self) -> SignatureId {
        Toy.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if *key == root("Root", DISPUTED).make().spki {
            return Err(KeyRejected::BackEndsDisagree);
        }
        Toy.prepare(key)
    }
}

static QUARREL: Algorithms = Algorithms {
    name: "quarrel",
    digests: &[],
    signatures: &[&Quarrel],
};

#[test]
fn a_disagreement_about_what_one_message_carries_is_not_told_of_others() {
    let roots = [root("Root", 3).make()];
    let mut authorities = Authorities::of_run(&roots, &[], &[], &QUARREL, LIMITS).unwrap();
    let namesake = issued("CA", DISPUTED, "Root", 3).make();
    authorities.remember(&namesake.octets, &QUARREL);
    assert!(authorities.known_certificate(&namesake.octets).is_some());
    // Its issuer is not at hand: that of the same name is tried.
    let person = issued("Person", 5, "CA", 2).make();
    authorities.remember(&person.octets, &QUARREL);
    assert!(authorities.known_certificate(&person.octets).is_none());
    // Others are remembered as before.
    let other = issued("Other", 6, "Root", 3).make();
    authorities.remember(&other.octets, &QUARREL);
    let statement = other.signed.statement(&roots[0].spki);
    assert!(
        authorities
            .verification(&QUARREL)
            .known(statement)
            .is_some()
    );
}

#[test]
fn a_key_that_is_used_often_is_prepared_within_the_bound() {
    let roots = [root("Root", 3).make()];
    let certificate = ca().make();
    let mut authorities = Authorities::of_run(&roots, &[], &[], &TOY, LIMITS).unwrap();
    let bound = ListLimits::STANDARD.key_memory;
    authorities.favour(&certificate.octets, &TOY, bound);
    assert!(authorities.keyring().is_empty());
    authorities.remember(&certificate.octets, &TOY);
    for (table, bound, prepared) in [
        (&TWIN, 0, 0),
        (&TOY, 0, 0),
        (&TOY, bound, 1),
        (&TOY, bound, 1),
    ] {
        authorities.favour(&certificate.octets, table, bound);
        assert_eq!(authorities.keyring().len(), prepared);
    }
}

#[test]
fn a_certificate_says_the_same_wherever_it_stands() {
    let mut octets = ca().make().octets.to_vec();
    let at = octets.windows(3).position(|it| it == [1, 1, 0xff]).unwrap();
    octets[at + 2] = 1;
    let inside = Octets::from([&[7; 100][..], &octets].concat()).part(100..100 + octets.len());
    let deviations = [Octets::from(octets), inside].map(|octets| {
        let certificate = Certificate::from_der(&octets, &mut Budget::new(LIMITS)).unwrap();
        let deviations = certificate.extensions.deviations.iter();
        deviations
            .map(|it| (it.kind, it.offset))
            .collect::<Vec<_>>()
    });
    assert_eq!(deviations[0], deviations[1]);
    assert_eq!(deviations[0][0].1, at);
}

/// Says the same of every message.
#[derive(Debug)]
struct Constant;

impl DigestAlgorithm for Constant {
    fn id(&self) -> DigestId {
        DigestId::Sha256
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(Self)
    }
}

impl DigestContext for Constant {
    fn update(&mut self, _: &[u8]) {}

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        Ok(Digest {
            algorithm: DigestId::Sha256,
            value: vec![7; 32],
        })
    }
}

static CONSTANT: Algorithms = Algorithms {
    name: "toy",
    digests: &[&Constant],
    signatures: &[&Toy],
};

#[test]
fn the_digest_of_a_certificate_is_that_of_the_algorithm_and_of_the_table_asked() {
    let certificate = ca().make();
    let of = |id: DigestId, table| certificate.digest(id, table).unwrap().map(|it| it.value);
    for _ in 0..2 {
        for id in [DigestId::Sha256, DigestId::Streebog256] {
            let algorithm = RUSTCRYPTO.digest(id).unwrap();
            let expected = algorithm.digest(&certificate.octets).unwrap().value;
            assert_eq!(of(id, &RUSTCRYPTO), Some(expected));
        }
        assert_eq!(of(DigestId::Sha256, &CONSTANT), Some(vec![7; 32]));
        assert_eq!(of(DigestId::Streebog256, &CONSTANT), None);
        assert_eq!(of(DigestId::Sha256, &TOY), None);
    }
}
