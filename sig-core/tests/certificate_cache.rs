//! Certificates that messages carry again and again (RFC 5280 §4.1).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod case_inputs;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sig_core::alg::keyring::Importance;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO, SignatureScheme};
use sig_core::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::report::json;
use sig_core::report::text::Detail;
use sig_core::trust::authorities::Authorities;
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::x509::cache::CertificateCache;
use sig_core::{Error, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::pki::named;
use testdata::{Timestamp, demo};

const LIMITS: Limits = Limits::STANDARD;
const NOW: i64 = 1_795_302_000;

/// A back end that counts what it computes.
#[derive(Debug)]
struct Counting {
    verified: AtomicUsize,
    prepared: AtomicUsize,
    tables: AtomicUsize,
}

#[derive(Debug)]
struct Counted {
    key: Box<dyn VerifyingKey>,
    of: &'static Counting,
}

impl Counting {
    const fn new() -> Self {
        Self {
            verified: AtomicUsize::new(0),
            prepared: AtomicUsize::new(0),
            tables: AtomicUsize::new(0),
        }
    }

    /// Signatures verified, keys prepared and keys given tables since it was asked before.
    fn taken(&self) -> (usize, usize, usize) {
        (
            self.verified.swap(0, Ordering::Relaxed),
            self.prepared.swap(0, Ordering::Relaxed),
            self.tables.swap(0, Ordering::Relaxed),
        )
    }
}

fn gost() -> &'static dyn SignatureAlgorithm {
    let mut all = RUSTCRYPTO.signatures.iter();
    let found = all.find(|it| it.id().scheme == SignatureScheme::Gost2012_256);
    *found.expect("the back end has GOST")
}

impl SignatureAlgorithm for &'static Counting {
    fn id(&self) -> SignatureId {
        gost().id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        let key = gost().prepare(key)?;
        Ok(Box::new(Counted { key, of: self }))
    }

    fn prepare_within(
        &self,
        key: &SubjectPublicKeyInfo,
        memory: usize,
    ) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        self.tables.fetch_add(1, Ordering::Relaxed);
        let key = gost().prepare_within(key, memory)?;
        Ok(Box::new(Counted { key, of: self }))
    }
}

impl VerifyingKey for Counted {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        self.of.verified.fetch_add(1, Ordering::Relaxed);
        self.key.verify(message, signature)
    }

    fn memory(&self) -> usize {
        self.key.memory()
    }
}

/// A back end of its own for each test: tests run side by side.
fn back_end() -> (&'static Algorithms, &'static Counting) {
    let counting: &'static Counting = Box::leak(Box::new(Counting::new()));
    let signature: &'static dyn SignatureAlgorithm = Box::leak(Box::new(counting));
    let algorithms = Algorithms {
        name: "counting",
        digests: RUSTCRYPTO.digests,
        signatures: Box::leak(Box::new([signature])),
    };
    (Box::leak(Box::new(algorithms)), counting)
}

/// The authorities of the demonstration, made ready.
fn ready(algorithms: &'static Algorithms) -> Material {
    let pki = named("ru-demo").unwrap();
    let mut material = Material::default();
    for id in ["root", "ca"] {
        let der = &pki.certificate(id).unwrap().der;
        material.add(der, &LIMITS).unwrap();
        material.add(pki.crl(id).unwrap(), &LIMITS).unwrap();
    }
    let anchor = material.certificates.remove(0);
    let busy = material.certificates.iter().cloned();
    let authorities = Authorities::build(
        std::slice::from_ref(&anchor),
        busy.map(|certificate| (Importance::Busy, certificate)),
        algorithms,
        ListLimits::STANDARD,
    );
    let authorities = authorities.unwrap();
    let authorities = authorities.with_crls(material.crls, algorithms).unwrap();
    Material {
        anchors: vec![anchor],
        authorities: Some(Arc::new(authorities)),
        ..Material::default()
    }
}

fn signature() -> Vec<u8> {
    let token = demo::token().unwrap();
    token
        .sign_attached(b"content", Timestamp(NOW - 60))
        .unwrap()
}

/// The whole report, with the work that was spent.
fn judged(signature: &[u8], material: &Material, algorithms: &'static Algorithms) -> String {
    let validator = Validator {
        algorithms,
        policy: Policy::builtin("pkix").unwrap(),
        limits: LIMITS,
    };
    let evidence = Evidence::parse(signature, &LIMITS).unwrap();
    let evidence = evidence.with_material(material.clone());
    let report = validator.validate(evidence, UnixTime::from_seconds(NOW));
    json::write(&report.unwrap())
}

fn with_cache(material: &Material, algorithms: &'static Algorithms) -> Material {
    Material {
        cache: Some(Arc::new(CertificateCache::new(algorithms))),
        ..material.clone()
    }
}

#[test]
fn a_signer_who_comes_again_is_computed_once_and_reported_the_same() {
    let (algorithms, counting) = back_end();
    let (signature, material) = (signature(), ready(algorithms));
    counting.taken();
    let cold = judged(&signature, &material, algorithms);
    assert!(cold.contains("\"TOTAL_PASSED\""), "{cold}");
    let (verified, prepared, _) = counting.taken();
    assert_eq!((verified, prepared), (2, 1), "the certificate and the file");

    let warm = with_cache(&material, algorithms);
    for time in 1..=40 {
        assert_eq!(judged(&signature, &warm, algorithms), cold, "{time}");
        let expected = match time {
            1 => (2, 1, 0),
            2..32 => (1, 1, 0),
            32 => (1, 0, 1),
            _ => (1, 0, 0),
        };
        assert_eq!(counting.taken(), expected, "{time}");
    }
}

#[test]
fn every_case_is_reported_the_same_by_a_judge_who_met_its_certificates() {
    let cache = Arc::new(CertificateCache::new(&RUSTCRYPTO));
    let mut compared = 0;
    for case in testdata::cases::all().unwrap() {
        let validator = case_inputs::validator(&case, &RUSTCRYPTO);
        let cold = case_inputs::material(&case, &RUSTCRYPTO);
        let warm = Material {
            cache: Some(Arc::clone(&cache)),
            ..cold.clone()
        };
        let judge = |material: &Material| {
            let evidence = case_inputs::evidence_with(&case, material.clone())?;
            let report = validator.validate(evidence, case_inputs::at(&case))?;
            Ok::<_, Error>(json::write_in(&report, Detail::Explain))
        };
        let cold = judge(&cold);
        compared += usize::from(cold.is_ok());
        for _ in 0..2 {
            assert_eq!(judge(&warm), cold, "{}", case.id);
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn a_certificate_is_known_by_all_of_its_octets() {
    let (algorithms, counting) = back_end();
    let (signature, material) = (signature(), ready(algorithms));
    let warm = with_cache(&material, algorithms);
    for _ in 0..3 {
        judged(&signature, &warm, algorithms);
    }
    let citizen = &named("ru-demo")
        .unwrap()
        .certificate("citizen")
        .unwrap()
        .der;
    let mut found = signature.windows(citizen.len());
    let at = found.position(|it| it == citizen).unwrap();
    counting.taken();
    // The last octet of the certificate is one of its signature.
    let mut forged = signature.clone();
    forged[at + citizen.len() - 1] ^= 1;
    let cold = judged(&forged, &material, algorithms);
    assert!(!cold.contains("\"TOTAL_PASSED\""), "{cold}");
    let spent = counting.taken();
    assert_eq!(judged(&forged, &warm, algorithms), cold);
    assert_eq!(counting.taken(), spent, "nothing was known of it");
}

#[test]
fn a_back_end_answers_for_no_other() {
    let (one, counting) = back_end();
    let (other, counting_other) = back_end();
    let signature = signature();
    let warm = with_cache(&ready(one), one);
    for _ in 0..40 {
        judged(&signature, &warm, one);
    }
    counting.taken();
    let material = ready(other);
    let same_cache = Material {
        cache: warm.cache,
        ..material.clone()
    };
    counting_other.taken();
    let cold = judged(&signature, &material, other);
    let spent = counting_other.taken();
    for _ in 0..2 {
        assert_eq!(judged(&signature, &same_cache, other), cold);
        assert_eq!(counting_other.taken(), spent);
        assert_eq!(counting.taken(), (0, 0, 0));
    }
}

#[test]
fn a_certificate_that_cannot_be_read_is_told_where_it_stands() {
    let (algorithms, _) = back_end();
    let (signature, material) = (signature(), ready(algorithms));
    let citizen = &named("ru-demo")
        .unwrap()
        .certificate("citizen")
        .unwrap()
        .der;
    let at = signature
        .windows(citizen.len())
        .position(|it| it == citizen)
        .unwrap();
    // The tag of tbsCertificate.
    let mut broken = signature;
    broken[at + 4] ^= 1;
    let cold = judged(&broken, &material, algorithms);
    let warm = with_cache(&material, algorithms);
    for _ in 0..3 {
        assert_eq!(judged(&broken, &warm, algorithms), cold);
    }
}
