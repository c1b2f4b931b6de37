//! The Wycheproof vectors of every signature algorithm, on every back end.

#![allow(clippy::unwrap_used, reason = "a broken vector is a failed test")]

mod back_ends;

use back_ends::back_ends;
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{
    KeyRejected, Message, NotVerified, SignatureId, SignatureScheme, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Limits};
use wycheproof::{EllipticCurve, HashFunction, Mgf, TestResult, ecdsa, rsa_pkcs1_verify};
use wycheproof::{rsa_pss_verify, rsa_pss_verify as pss};

/// Whether a public exponent, most significant octet first, is one that a rule is about.
type ExponentRule = fn(&[u8]) -> bool;

/// Keys refused although their vectors are valid, by what the key shows, each with the reason.
const REFUSED_KEYS: &[(ExponentRule, &str)] = &[(
    // FIPS 186-5 §5.4 (e) asks for more than 2^16.
    |exponent| {
        exponent
            .iter()
            .fold(0_u128, |e, octet| e << 8 | u128::from(*octet))
            <= 1 << 16
    },
    "the public exponent is small",
)];

struct Counts {
    table: &'static Algorithms,
    judged: usize,
    either_way: usize,
    refused: usize,
    not_offered: usize,
    failures: Vec<String>,
}

impl Counts {
    const fn new(table: &'static Algorithms) -> Self {
        Self {
            table,
            judged: 0,
            either_way: 0,
            refused: 0,
            not_offered: 0,
            failures: Vec::new(),
        }
    }

    fn test(
        &mut self,
        set: &str,
        number: usize,
        expected: TestResult,
        key: &dyn VerifyingKey,
        octets: (&[u8], &[u8]),
    ) {
        let result = key.verify(Message::Octets(octets.0), octets.1);
        if result == Err(NotVerified::BackEndsDisagree) {
            self.failures
                .push(format!("{set} {number}: the back ends disagree"));
        }
        let verified = result.is_ok();
        let wanted = match expected {
            TestResult::Acceptable => {
                self.either_way += 1;
                return;
            }
            TestResult::Valid => true,
            TestResult::Invalid => false,
        };
        self.judged += 1;
        if verified != wanted {
            self.failures
                .push(format!("{set} {number}: verified {verified}, {expected:?}"));
        }
    }

    /// The key, or nothing where it is listed as refused; a refusal that is not listed fails.
    fn prepare(
        &mut self,
        set: &str,
        id: SignatureId,
        spki: &[u8],
        exponent: Option<&[u8]>,
    ) -> Option<Box<dyn VerifyingKey>> {
        let prepared = self.table.signature(id).unwrap().prepare(&key(spki));
        let listed =
            exponent.and_then(|exponent| REFUSED_KEYS.iter().find(|(rule, _)| rule(exponent)));
        match prepared {
            Ok(key) if listed.is_none() => Some(key),
            Err(KeyRejected::OutOfBounds) if listed.is_some() => None,
            Ok(_) => {
                self.failures.push(format!(
                    "{set}: accepted, though {:?}",
                    listed.map(|row| row.1)
                ));
                None
            }
            Err(why) => {
                self.failures.push(format!("{set}: {why:?}"));
                None
            }
        }
    }

    fn finish(self, name: &str, at_least: usize) {
        println!(
            "{name} by {}: {} judged, {} either way, {} with refused keys, {} not offered",
            self.table.name, self.judged, self.either_way, self.refused, self.not_offered
        );
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
        assert!(self.judged >= at_least);
    }
}

fn key(spki: &[u8]) -> SubjectPublicKeyInfo {
    let source = Octets::from(spki);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
    SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

/// None for digests that are not paired with signatures here: truncated SHA-512, SHA-3 and SHAKE.
const fn digest(hash: HashFunction) -> Option<DigestId> {
    Some(match hash {
        HashFunction::Sha1 => DigestId::Sha1,
        HashFunction::Sha2_224 => DigestId::Sha224,
        HashFunction::Sha2_256 => DigestId::Sha256,
        HashFunction::Sha2_384 => DigestId::Sha384,
        HashFunction::Sha2_512 => DigestId::Sha512,
        _ => return None,
    })
}

const fn with(scheme: SignatureScheme, digest: DigestId) -> SignatureId {
    SignatureId { scheme, digest }
}

#[test]
fn rsa_pkcs1() {
    back_ends().into_iter().for_each(rsa_pkcs1_by);
}

fn rsa_pkcs1_by(table: &'static Algorithms) {
    let mut counts = Counts::new(table);
    for name in rsa_pkcs1_verify::TestName::all() {
        let set = format!("{name:?}");
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = digest(group.hash) else {
                counts.not_offered += group.tests.len();
                continue;
            };
            let id = with(SignatureScheme::RsaPkcs1, digest);
            let Some(key) = counts.prepare(&set, id, &group.der, Some(group.key.e.as_slice()))
            else {
                counts.refused += group.tests.len();
                continue;
            };
            for test in &group.tests {
                let octets = (&test.msg[..], &test.sig[..]);
                counts.test(&set, test.tc_id, test.result, &*key, octets);
            }
        }
    }
    counts.finish("RSASSA-PKCS1-v1_5", 1000);
}

/// Hash of message and mask alike and a salt of its length: what `SignatureScheme::RsaPss` means.
fn pss_digest(group: &pss::TestGroup) -> Option<DigestId> {
    let digest = digest(group.hash)?;
    let one_hash = group.mgf == Mgf::Mgf1 && group.mgf_hash == Some(group.hash);
    (one_hash && group.salt_size == digest.size()).then_some(digest)
}

#[test]
fn rsa_pss() {
    back_ends().into_iter().for_each(rsa_pss_by);
}

fn rsa_pss_by(table: &'static Algorithms) {
    let mut counts = Counts::new(table);
    for name in rsa_pss_verify::TestName::all() {
        let set = format!("{name:?}");
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = pss_digest(&group) else {
                counts.not_offered += group.tests.len();
                // A key that names other parameters goes with no digest.
                if group.test_type == pss::TestGroupTypeId::RsaPssVerifyWithParam {
                    let offered = table.signatures.iter();
                    for algorithm in
                        offered.filter(|row| row.id().scheme == SignatureScheme::RsaPss)
                    {
                        assert!(algorithm.prepare(&key(&group.der)).is_err(), "{set}");
                    }
                }
                continue;
            };
            let id = with(SignatureScheme::RsaPss, digest);
            let Some(key) = counts.prepare(&set, id, &group.der, Some(group.key.e.as_slice()))
            else {
                counts.refused += group.tests.len();
                continue;
            };
            for test in &group.tests {
                let octets = (&test.msg[..], &test.sig[..]);
                counts.test(&set, test.tc_id, test.result, &*key, octets);
            }
        }
    }
    counts.finish("RSASSA-PSS", 500);
}

#[test]
fn ecdsa_with_der_signatures() {
    back_ends()
        .into_iter()
        .for_each(ecdsa_with_der_signatures_by);
}

fn ecdsa_with_der_signatures_by(table: &'static Algorithms) {
    let mut counts = Counts::new(table);
    for name in ecdsa::TestName::all() {
        let set = format!("{name:?}");
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let offered = matches!(
                group.key.curve,
                EllipticCurve::Secp256r1
                    | EllipticCurve::Secp384r1
                    | EllipticCurve::Secp521r1
                    | EllipticCurve::Brainpool256r1
                    | EllipticCurve::Brainpool384r1
            ) && group.test_type == ecdsa::TestGroupTypeId::Ecdsa;
            let Some(digest) = digest(group.hash).filter(|_| offered) else {
                counts.not_offered += group.tests.len();
                continue;
            };
            let id = with(SignatureScheme::Ecdsa, digest);
            let Some(key) = counts.prepare(&set, id, &group.der, None) else {
                counts.refused += group.tests.len();
                continue;
            };
            for test in &group.tests {
                let octets = (&test.msg[..], &test.sig[..]);
                counts.test(&set, test.tc_id, test.result, &*key, octets);
            }
        }
    }
    counts.finish("ECDSA", 2000);
}
