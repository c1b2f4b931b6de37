//! Keys, signature values and algorithm identifiers.

use sig_core::alg::digest::DigestId;
use sig_core::alg::identifier::{AlgorithmIdentifier, resolve_digest, resolve_signature};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{Message, SignatureId, SignatureScheme, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::alg::strength::describe_key;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Error};

use super::{LIMITS, assert_slice};

/// A key that a seed of `signature_value` chooses by its first octet, and what the seeds are signed with.
struct SeedKey {
    spki: &'static [u8],
    scheme: SignatureScheme,
    digest: DigestId,
}

macro_rules! seed_keys {
    ($($file:literal, $scheme:ident, $digest:ident;)+) => {
        &[$(SeedKey {
            spki: include_bytes!(concat!("../seeds/spki/", $file, ".der")),
            scheme: SignatureScheme::$scheme,
            digest: DigestId::$digest,
        }),+]
    };
}

const KEYS: &[SeedKey] = seed_keys! {
    "rsa-2048", RsaPkcs1, Sha256;
    "rsa-pss-2048", RsaPss, Sha256;
    "p256", Ecdsa, Sha256;
    "p384", Ecdsa, Sha384;
    "p521", Ecdsa, Sha512;
    "brainpool-p256r1", Ecdsa, Sha256;
    "brainpool-p384r1", Ecdsa, Sha384;
    "brainpool-p512r1", Ecdsa, Sha512;
    "ed25519", Ed25519, Sha512;
    "ed448", Ed448, Shake256;
    "dsa-1024", Dsa, Sha256;
    "gost2012-256-cpa", Gost2012_256, Streebog256;
    "gost2012-256-tc26a", Gost2012_256, Streebog256;
    "gost2012-512-tc26a", Gost2012_512, Streebog512;
    "gost2012-512-tc26c", Gost2012_512, Streebog512;
    "gost2001-cpa", Gost2001, Gost94;
};

/// What the seeds of `signature_value` sign.
const MESSAGE: &[u8] = b"message";
/// A prepared key is at most so large, whatever the key says.
const MOST_MEMORY: usize = 1 << 21;

fn read_key(data: &[u8]) -> Result<SubjectPublicKeyInfo, Error> {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let mut reader = Reader::new(&input, Encoding::Der, Structure::SubjectPublicKeyInfo);
    let key = SubjectPublicKeyInfo::read(&mut reader, &mut budget)?;
    reader.finish()?;
    Ok(key)
}

fn read_identifier(data: &[u8]) -> Result<AlgorithmIdentifier, Error> {
    let input = Octets::from(data);
    let mut budget = Budget::new(LIMITS);
    let mut reader = Reader::new(&input, Encoding::Der, Structure::AlgorithmIdentifier);
    let identifier = AlgorithmIdentifier::read(&mut reader, &mut budget)?;
    reader.finish()?;
    Ok(identifier)
}

fn verifies(key: &dyn VerifyingKey, signature: &[u8]) -> bool {
    key.verify(Message::Octets(MESSAGE), signature).is_ok()
}

/// A public key: prepared only by algorithms of its own identifier, within a bound of memory, and no signature of
/// zeros or of the key's own octets is one by it.
pub fn spki(data: &[u8]) {
    let Ok(key) = read_key(data) else {
        return;
    };
    assert_slice(&key.octets, data);
    assert_slice(&key.public_key, data);
    assert!(!describe_key(&key).to_string().is_empty());
    for algorithm in RUSTCRYPTO.signatures {
        let Ok(prepared) = algorithm.prepare(&key) else {
            continue;
        };
        let id = algorithm.id();
        assert!(prepared.memory() <= MOST_MEMORY, "{id}");
        assert!(!verifies(&*prepared, &[0; 64]), "{id}");
        assert!(!verifies(&*prepared, &key.public_key), "{id}");
    }
}

/// A signature value for the key that its first octet chooses. A genuine one has one encoding: no octet more, no
/// octet less, no bit of it another, and it is one of this message only.
pub fn signature_value(data: &[u8]) {
    let Some((first, signature)) = data.split_first() else {
        return;
    };
    let Some(seed) = KEYS.get(usize::from(*first)) else {
        return;
    };
    let id = SignatureId {
        scheme: seed.scheme,
        digest: seed.digest,
    };
    let key = read_key(seed.spki).ok();
    let algorithm = RUSTCRYPTO.signature(id);
    let Some(Ok(key)) = key.and_then(|key| algorithm.map(|algorithm| algorithm.prepare(&key)))
    else {
        unreachable!("the key of {id} is a good one");
    };
    let genuine = verifies(&*key, signature);
    assert_eq!(genuine, verifies(&*key, signature));
    if genuine {
        let shorter = &signature[..signature.len() - 1];
        let mut flipped = signature.to_vec();
        flipped[signature.len() / 2] ^= 1;
        for other in [shorter, &[signature, &[0]].concat(), &flipped] {
            assert!(!verifies(&*key, other), "{id}");
        }
        assert!(key.verify(Message::Octets(b"other"), signature).is_err());
    }
}

/// Whether the seed is genuine: for the tests.
#[must_use]
pub fn is_genuine(data: &[u8]) -> bool {
    let Some((first, signature)) = data.split_first() else {
        return false;
    };
    KEYS.get(usize::from(*first)).is_some_and(|seed| {
        let id = SignatureId {
            scheme: seed.scheme,
            digest: seed.digest,
        };
        let key = read_key(seed.spki).ok().and_then(|key| {
            let algorithm = RUSTCRYPTO.signature(id)?;
            algorithm.prepare(&key).ok()
        });
        key.is_some_and(|key| verifies(&*key, signature))
    })
}

/// An identifier of an algorithm, as digest and as signature algorithm with every key and digest: what it resolves
/// to goes with both.
pub fn algorithm_identifier(data: &[u8]) {
    let Ok(identifier) = read_identifier(data) else {
        return;
    };
    assert_slice(&identifier.octets, data);
    if let Ok(digest) = resolve_digest(&identifier) {
        assert!(RUSTCRYPTO.digest(digest).is_some());
    }
    let digests = RUSTCRYPTO.digests.iter().map(|digest| Some(digest.id()));
    let digests: Vec<Option<DigestId>> = digests.chain([None]).collect();
    for seed in KEYS {
        let Ok(key) = read_key(seed.spki) else {
            unreachable!("the keys are good ones");
        };
        for digest in &digests {
            let Ok(id) = resolve_signature(&identifier, *digest, &key.algorithm) else {
                continue;
            };
            assert!(digest.is_none_or(|digest| digest == id.digest), "{id}");
            // An RSA key serves both schemes; every other key has one.
            let both_rsa =
                id.scheme == SignatureScheme::RsaPss && seed.scheme == SignatureScheme::RsaPkcs1;
            assert!(id.scheme == seed.scheme || both_rsa, "{id}");
        }
    }
}
