//! The Wycheproof vectors of every signature algorithm, on each back end.

#![allow(clippy::unwrap_used, reason = "a broken vector is a failed test")]

mod back_ends;

use std::collections::BTreeMap;

use back_ends::back_ends;

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::Algorithms;
use sig_core::alg::signature::{
    Flaw, Message, NotVerified, SignatureId, SignatureScheme, VerifyingKey,
};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Limits};
use wycheproof::{EllipticCurve, HashFunction, Mgf, TestResult, dsa, ecdsa, eddsa};
use wycheproof::{rsa_pkcs1_verify, rsa_pss_verify, rsa_pss_verify as pss};

/// Whether a public exponent is one with which nothing counts: FIPS 186-5 §5.4 (e) asks for more than 2^16.
fn is_low(exponent: &[u8]) -> bool {
    let value = exponent
        .iter()
        .fold(0_u128, |e, octet| e << 8 | u128::from(*octet));
    value <= 1 << 16
}

/// Why a group of vectors is not judged.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Skipped {
    /// r and s side by side (IEEE P1363): certificates and CMS have them in DER only.
    P1363,
    /// The low-s rule of Bitcoin, which no certificate or CMS signature has.
    Bitcoin,
    /// A curve that no signature is verified on.
    Curve,
    /// A digest that the scheme is not offered with.
    Digest,
    /// PSS parameters other than one hash for message and mask.
    PssParameters,
}

/// One scheme on one back end.
struct Run {
    algorithms: &'static Algorithms,
    judged: usize,
    agree: usize,
    /// Vectors that the suite lets go either way.
    either_way: usize,
    skipped: BTreeMap<Skipped, usize>,
    failures: Vec<String>,
}

/// One group of vectors: the set it is of, its algorithm and its encoded key.
struct Group<'a> {
    set: &'a str,
    id: SignatureId,
    spki: &'a [u8],
    /// The public exponent, for RSA.
    exponent: Option<&'a [u8]>,
    /// Octets of salt by the parameters, for PSS.
    salt: Option<usize>,
}

/// One vector: number, message, signature, and what is expected.
type Vector<'a> = (usize, &'a [u8], &'a [u8], TestResult);

/// The vectors of a group: every kind has a type of its own for them.
macro_rules! vectors {
    ($group:ident) => {
        $group
            .tests
            .iter()
            .map(|test| (test.tc_id, &test.msg[..], &test.sig[..], test.result))
    };
}

impl Run {
    fn skip(&mut self, why: Skipped, count: usize) {
        *self.skipped.entry(why).or_default() += count;
    }

    fn fail(&mut self, why: String) {
        self.failures.push(why);
    }

    fn group<'v>(&mut self, group: &Group<'_>, vectors: impl ExactSizeIterator<Item = Vector<'v>>) {
        let set = group.set;
        let Some(key) = self.prepare(group) else {
            return;
        };
        let is_flawed = group.exponent.is_some_and(is_low);
        for (number, message, signature, expected) in vectors {
            let message = Message::Octets(message);
            let result = match group.salt {
                Some(salt) => key.verify_salted(message, signature, salt),
                None => key.verify(message, signature),
            };
            if result == Err(NotVerified::BackEndsDisagree) {
                self.fail(format!("{set} {number}: the back ends disagree"));
            }
            let wanted = match expected {
                TestResult::Acceptable => {
                    self.either_way += 1;
                    continue;
                }
                TestResult::Valid => true,
                TestResult::Invalid => false,
            };
            self.judged += 1;
            let holds = match result {
                Ok(()) => {
                    if is_flawed {
                        self.fail(format!("{set} {number}: verified with a low exponent"));
                    }
                    true
                }
                Err(NotVerified::Flawed(Flaw::LowExponent)) => is_flawed,
                Err(_) => false,
            };
            let verified = result.is_ok();
            if holds == wanted {
                self.agree += 1;
            } else {
                self.fail(format!("{set} {number}: verified {verified}, {expected:?}"));
            }
        }
    }

    /// The key; a refusal fails.
    fn prepare(&mut self, group: &Group<'_>) -> Option<Box<dyn VerifyingKey>> {
        let algorithm = self.algorithms.signature(group.id).unwrap();
        let prepared = algorithm.prepare(&key(group.spki));
        prepared
            .map_err(|why| self.fail(format!("{}: {why:?}", group.set)))
            .ok()
    }
}

/// Runs a scheme on every back end, and prints what was judged.
fn on_each_back_end(scheme: &str, at_least: usize, vectors: impl Fn(&mut Run)) {
    for algorithms in back_ends() {
        let mut run = Run {
            algorithms,
            judged: 0,
            agree: 0,
            either_way: 0,
            skipped: BTreeMap::new(),
            failures: Vec::new(),
        };
        vectors(&mut run);
        println!(
            "{scheme} on {}: {} judged, {} agree, {} either way, skipped {:?}",
            algorithms.name, run.judged, run.agree, run.either_way, run.skipped
        );
        assert!(run.failures.is_empty(), "{}", run.failures.join("\n"));
        assert!(run.judged >= at_least);
    }
}

fn key(spki: &[u8]) -> SubjectPublicKeyInfo {
    let source = Octets::from(spki);
    let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
    SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

/// The algorithm, if the back end offers the scheme with that digest. Which digests must be offered is for the
/// least count of each test to say.
fn offered(run: &Run, scheme: SignatureScheme, hash: HashFunction) -> Option<SignatureId> {
    let digest = match hash {
        HashFunction::Sha1 => DigestId::Sha1,
        HashFunction::Sha2_224 => DigestId::Sha224,
        HashFunction::Sha2_256 => DigestId::Sha256,
        HashFunction::Sha2_384 => DigestId::Sha384,
        HashFunction::Sha2_512 => DigestId::Sha512,
        HashFunction::Sha3_224 => DigestId::Sha3_224,
        HashFunction::Sha3_256 => DigestId::Sha3_256,
        HashFunction::Sha3_384 => DigestId::Sha3_384,
        HashFunction::Sha3_512 => DigestId::Sha3_512,
        _ => return None,
    };
    let id = SignatureId { scheme, digest };
    run.algorithms.signature(id).map(|_| id)
}

#[test]
fn rsa_pkcs1() {
    on_each_back_end("RSASSA-PKCS1-v1_5", 4889, |run| {
        for name in rsa_pkcs1_verify::TestName::all() {
            let set = format!("{name:?}");
            for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
                let tests = &group.tests;
                let Some(id) = offered(run, SignatureScheme::RsaPkcs1, group.hash) else {
                    run.skip(Skipped::Digest, tests.len());
                    continue;
                };
                let of = Group {
                    set: &set,
                    id,
                    spki: &group.der,
                    exponent: Some(group.key.e.as_slice()),
                    salt: None,
                };
                run.group(&of, vectors!(group));
            }
        }
    });
}

/// Hash of message and mask alike: what `SignatureScheme::RsaPss` means.
fn pss_id(run: &Run, group: &pss::TestGroup) -> Option<SignatureId> {
    let id = offered(run, SignatureScheme::RsaPss, group.hash)?;
    let one_hash = group.mgf == Mgf::Mgf1 && group.mgf_hash == Some(group.hash);
    one_hash.then_some(id)
}

#[test]
fn rsa_pss() {
    on_each_back_end("RSASSA-PSS", 1976, |run| {
        for name in rsa_pss_verify::TestName::all() {
            let set = format!("{name:?}");
            for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
                let tests = &group.tests;
                let Some(id) = pss_id(run, &group) else {
                    run.skip(Skipped::PssParameters, tests.len());
                    // A key that names other parameters goes with no digest.
                    if group.test_type == pss::TestGroupTypeId::RsaPssVerifyWithParam {
                        let offered = run.algorithms.signatures.iter();
                        for algorithm in
                            offered.filter(|row| row.id().scheme == SignatureScheme::RsaPss)
                        {
                            assert!(algorithm.prepare(&key(&group.der)).is_err(), "{set}");
                        }
                    }
                    continue;
                };
                let of = Group {
                    set: &set,
                    id,
                    spki: &group.der,
                    exponent: Some(group.key.e.as_slice()),
                    salt: Some(group.salt_size),
                };
                run.group(&of, vectors!(group));
            }
        }
    });
}

fn skipped_ecdsa(group: &ecdsa::TestGroup) -> Option<Skipped> {
    match group.test_type {
        ecdsa::TestGroupTypeId::EcdsaP1363 => return Some(Skipped::P1363),
        ecdsa::TestGroupTypeId::EcdsaBitcoin => return Some(Skipped::Bitcoin),
        ecdsa::TestGroupTypeId::Ecdsa => {}
    }
    let offered = matches!(
        group.key.curve,
        EllipticCurve::Secp256r1
            | EllipticCurve::Secp384r1
            | EllipticCurve::Secp521r1
            | EllipticCurve::Brainpool256r1
            | EllipticCurve::Brainpool384r1
            | EllipticCurve::Brainpool512r1
    );
    (!offered).then_some(Skipped::Curve)
}

#[test]
fn ecdsa_with_der_signatures() {
    on_each_back_end("ECDSA", 8814, |run| {
        for name in ecdsa::TestName::all() {
            let set = format!("{name:?}");
            for group in ecdsa::TestSet::load(name).unwrap().test_groups {
                let tests = &group.tests;
                if let Some(why) = skipped_ecdsa(&group) {
                    run.skip(why, tests.len());
                    continue;
                }
                let Some(id) = offered(run, SignatureScheme::Ecdsa, group.hash) else {
                    run.skip(Skipped::Digest, tests.len());
                    continue;
                };
                let of = Group {
                    set: &set,
                    id,
                    spki: &group.der,
                    exponent: None,
                    salt: None,
                };
                run.group(&of, vectors!(group));
            }
        }
    });
}

#[test]
fn eddsa_with_both_curves() {
    on_each_back_end("EdDSA", 238, |run| {
        for name in eddsa::TestName::all() {
            let set = format!("{name:?}");
            let (scheme, digest) = match name {
                eddsa::TestName::Ed25519 => (SignatureScheme::Ed25519, DigestId::Sha512),
                eddsa::TestName::Ed448 => (SignatureScheme::Ed448, DigestId::Shake256),
            };
            for group in eddsa::TestSet::load(name).unwrap().test_groups {
                let of = Group {
                    set: &set,
                    id: SignatureId { scheme, digest },
                    spki: &group.der,
                    exponent: None,
                    salt: None,
                };
                run.group(&of, vectors!(group));
            }
        }
    });
}

#[test]
fn dsa_with_der_signatures() {
    on_each_back_end("DSA", 1428, |run| {
        for name in dsa::TestName::all() {
            let set = format!("{name:?}");
            for group in dsa::TestSet::load(name).unwrap().test_groups {
                let tests = &group.tests;
                if group.test_type == dsa::TestGroupTypeId::DsaVerifyP1363 {
                    run.skip(Skipped::P1363, tests.len());
                    continue;
                }
                let id = offered(run, SignatureScheme::Dsa, group.hash).unwrap();
                let of = Group {
                    set: &set,
                    id,
                    spki: &group.der,
                    exponent: None,
                    salt: None,
                };
                run.group(&of, vectors!(group));
            }
        }
    });
}
