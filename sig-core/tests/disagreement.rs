//! One computation that one implementation gets wrong ends judging: whichever it is, there is no verdict.

#![cfg(feature = "openssl")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::cell::Cell;
use std::sync::Arc;

use sig_core::alg::differential::{DigestPair, SignaturePair};
use sig_core::alg::digest::{Digest, DigestAlgorithm, DigestContext, DigestId, DigestsDisagree};
use sig_core::alg::ecdsa::ECDSA_SHA256;
use sig_core::alg::gost::gost3410::GOST2012_256;
use sig_core::alg::gost::streebog::STREEBOG256;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::rsa::RSA_SHA256;
use sig_core::alg::rsa::pss::PSS_SHA256;
use sig_core::alg::sha::SHA256;
use sig_core::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Computation;
use sig_core::finding::Indication;
use sig_core::report::{Judged, Report};
use sig_core::trust::mintsifry_list::ListLimits;
use sig_core::trust::snapshot::{ListSigner, SnapshotRejected, TrustSnapshot};
use sig_core::{Error, Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{Case, all};

thread_local! {
    static COMPUTED: Cell<usize> = const { Cell::new(0) };
    static WRONG: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Whether this computation is the one to get wrong.
fn is_wrong() -> bool {
    let number = COMPUTED.get();
    COMPUTED.set(number + 1);
    number == WRONG.get()
}

/// Does its work with the computation of this number wrong; answers how many there were, too.
fn with_wrong<T>(number: usize, work: impl FnOnce() -> T) -> (T, usize) {
    COMPUTED.set(0);
    WRONG.set(number);
    let result = work();
    (result, COMPUTED.get())
}

#[derive(Debug)]
struct WrongDigest(&'static dyn DigestAlgorithm);

struct WrongContext(Box<dyn DigestContext>);

impl DigestAlgorithm for WrongDigest {
    fn id(&self) -> DigestId {
        self.0.id()
    }

    fn start(&self) -> Box<dyn DigestContext> {
        Box::new(WrongContext(self.0.start()))
    }
}

impl DigestContext for WrongContext {
    fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    fn finish(self: Box<Self>) -> Result<Digest, DigestsDisagree> {
        let mut digest = self.0.finish()?;
        digest.value[0] ^= u8::from(is_wrong());
        Ok(digest)
    }
}

#[derive(Debug)]
struct WrongSignature(&'static dyn SignatureAlgorithm);

#[derive(Debug)]
struct WrongKey(Box<dyn VerifyingKey>);

impl SignatureAlgorithm for WrongSignature {
    fn id(&self) -> SignatureId {
        self.0.id()
    }

    fn prepare(&self, key: &SubjectPublicKeyInfo) -> Result<Box<dyn VerifyingKey>, KeyRejected> {
        if is_wrong() {
            return Err(KeyRejected::Malformed);
        }
        Ok(Box::new(WrongKey(self.0.prepare(key)?)))
    }
}

/// The verdict, or its opposite where this computation is the wrong one.
fn wrong_or(result: Result<(), NotVerified>) -> Result<(), NotVerified> {
    match (is_wrong(), result) {
        (true, Ok(())) => Err(NotVerified::BadSignature),
        (true, Err(_)) => Ok(()),
        (false, result) => result,
    }
}

impl VerifyingKey for WrongKey {
    fn verify(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        wrong_or(self.0.verify(message, signature))
    }

    fn verify_salted(
        &self,
        message: Message<'_>,
        signature: &[u8],
        salt: usize,
    ) -> Result<(), NotVerified> {
        wrong_or(self.0.verify_salted(message, signature, salt))
    }

    fn verify_plain(&self, message: Message<'_>, signature: &[u8]) -> Result<(), NotVerified> {
        wrong_or(self.0.verify_plain(message, signature))
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

/// The first implementation is right; the second is wrong once.
static ALGORITHMS: Algorithms = Algorithms {
    name: "wrong once",
    digests: &[
        &DigestPair::new(&SHA256, &WrongDigest(&SHA256)),
        &DigestPair::new(&STREEBOG256, &WrongDigest(&STREEBOG256)),
    ],
    signatures: &[
        &SignaturePair::new(&RSA_SHA256, &WrongSignature(&RSA_SHA256)),
        &SignaturePair::new(&PSS_SHA256, &WrongSignature(&PSS_SHA256)),
        &SignaturePair::new(&ECDSA_SHA256, &WrongSignature(&ECDSA_SHA256)),
        &SignaturePair::new(&GOST2012_256, &WrongSignature(&GOST2012_256)),
    ],
};

fn snapshot(case: &Case, material: &Material) -> Option<Result<TrustSnapshot, SnapshotRejected>> {
    let xml = case.trust_list.as_ref()?;
    let pin = ListSigner {
        anchors: material.anchors.clone(),
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: UnixTime::from_seconds(case.at),
    };
    Some(TrustSnapshot::build(
        xml,
        &pin,
        &ALGORITHMS,
        ListLimits::STANDARD,
    ))
}

fn material(case: &Case) -> Material {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits).unwrap();
    }
    for object in case.certificates.iter().chain(&case.crls) {
        material.add(object, &limits).unwrap();
    }
    material
}

/// Everything is read anew, since certificates keep what was computed of them.
fn judge(case: &Case, trust: Option<&Arc<TrustSnapshot>>) -> Result<Report, Error> {
    let limits = Limits::STANDARD;
    let mut material = material(case);
    material.trust = trust.cloned();
    let validator = Validator {
        algorithms: &ALGORITHMS,
        policy: Policy::builtin(&case.policy)
            .or_else(|_| Policy::testing(&case.policy))
            .unwrap(),
        limits,
    };
    let mut evidence = Evidence::parse(&case.signature, &limits)
        .unwrap()
        .with_material(material);
    if let Some(content) = &case.content {
        evidence = evidence.with_content(content.clone());
    }
    validator.validate(evidence, UnixTime::from_seconds(case.at))
}

fn indication(report: &Report) -> Indication {
    match &report.judged {
        Judged::Signatures { conclusion, .. } => conclusion.indication,
        Judged::TimeStamp { time_stamp, .. } => time_stamp.conclusion.indication,
        Judged::EvidenceRecord {
            evidence_record, ..
        } => evidence_record.conclusion.indication,
        Judged::Certificate(certificate) => certificate.conclusion.indication,
    }
}

/// How many computations of each kind were got wrong, one at a time, with no verdict.
fn wrong_at_each(
    case: &Case,
    trust: Option<&Arc<TrustSnapshot>>,
    honest: &Report,
    count: usize,
) -> [usize; 3] {
    let mut kinds = [0; 3];
    for number in 0..count {
        let (judged, _) = with_wrong(number, || judge(case, trust));
        match judged {
            Err(Error::BackEndsDisagree(disagreement)) => {
                kinds[match disagreement.what {
                    Computation::Digest => 0,
                    Computation::Key => 1,
                    Computation::Signature => 2,
                }] += 1;
                assert!(!disagreement.algorithm.is_empty());
            }
            other => panic!("{}/{} at {number}: {other:?}", case.area, case.id),
        }
    }
    let (again, _) = with_wrong(usize::MAX, || judge(case, trust));
    assert_eq!(again.as_ref(), Ok(honest));
    kinds
}

#[test]
fn no_verdict_comes_from_a_computation_in_dispute() {
    let mut kinds = [0; 3];
    let mut indications = Vec::new();
    let mut salted = 0;
    for case in all().unwrap() {
        if case.expect.indication == testdata::cases::Indication::NotJudged {
            continue;
        }
        let built = with_wrong(usize::MAX, || snapshot(&case, &material(&case))).0;
        let trust = built.and_then(Result::ok).map(Arc::new);
        let (honest, count) = with_wrong(usize::MAX, || judge(&case, trust.as_ref()));
        let honest = honest.unwrap();
        let found = wrong_at_each(&case, trust.as_ref(), &honest, count);
        for (kind, found) in kinds.iter_mut().zip(found) {
            *kind += found;
        }
        salted += usize::from(case.id.contains("pss") && count > 0);
        if count > 0 {
            indications.push(indication(&honest));
        }
    }
    assert!(kinds.iter().all(|kind| *kind > 100), "{kinds:?}");
    assert!(salted >= 3, "{salted} cases of RSASSA-PSS");
    for wanted in [
        Indication::TotalPassed,
        Indication::TotalFailed,
        Indication::Indeterminate,
    ] {
        assert!(indications.contains(&wanted), "{wanted:?}");
    }
}

#[test]
fn no_trust_comes_from_a_computation_in_dispute() {
    let cases = all().unwrap();
    let case = cases
        .iter()
        .find(|case| {
            let built = with_wrong(usize::MAX, || snapshot(case, &material(case))).0;
            built.is_some_and(|built| built.is_ok())
        })
        .unwrap();
    let material = material(case);
    let (_, count) = with_wrong(usize::MAX, || snapshot(case, &material));
    // Two digests, a key and a signature of the list, and the path of its signer.
    assert!(count >= 6, "{count}");
    for number in 0..count {
        let (built, _) = with_wrong(number, || snapshot(case, &material));
        let Err(rejected) = built.unwrap() else {
            panic!("the wrong computation {number} of {count} went unnoticed");
        };
        assert!(rejected.is_disagreement(), "{number}: {rejected:?}");
    }
}
