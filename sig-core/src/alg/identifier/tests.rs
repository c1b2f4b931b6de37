use super::*;
use crate::alg::rsa::pss::tests as pss;
use crate::alg::testing::{encoded_oid, identifier, sequence_of};

const NULL: &[u8] = &[5, 0];
const XCHA: Oid = Oid::new(&[1, 2, 643, 2, 2, 36, 0]);

fn plain(oid: Oid) -> AlgorithmIdentifier {
    identifier(oid, &[])
}

fn gost_key() -> AlgorithmIdentifier {
    identifier(oids::GOST2012_256, &sequence_of(&[XCHA, oids::STREEBOG256]))
}

fn gost_2001_key() -> AlgorithmIdentifier {
    identifier(oids::GOST2001, &sequence_of(&[XCHA, GOST94_CRYPTOPRO]))
}

fn ec_key() -> AlgorithmIdentifier {
    identifier(oids::EC, &encoded_oid(&oids::P256))
}

fn rsa_key() -> AlgorithmIdentifier {
    identifier(oids::RSA, NULL)
}

#[test]
fn every_digest_has_one_identifier_and_returns_from_it() {
    for (index, (oid, id)) in DIGESTS.iter().enumerate() {
        assert!(DIGESTS.iter().take(index).all(|(other, _)| other != oid));
        if *id == DigestId::Shake256 {
            continue;
        }
        assert_eq!(digest_oid(*id), *oid);
        assert_eq!(resolve_digest(&plain(*oid)), Ok(*id));
        assert_eq!(resolve_digest(&identifier(*oid, NULL)), Ok(*id));
        let other = identifier(*oid, &[4, 0]);
        assert_eq!(resolve_digest(&other), Err(Unresolved::BadParameters));
    }
}

/// RFC 8419 §2.3: the plain identifier has no parameters, the other has the length of 512 bits.
#[test]
fn shake256_has_512_bits() {
    let resolve = |oid, parameters: &[u8]| resolve_digest(&identifier(oid, parameters));
    let integer = |octets: &[u8]| element(Tag::INTEGER, octets);
    let good = Ok(DigestId::Shake256);
    assert_eq!(digest_oid(DigestId::Shake256), SHAKE256);
    assert_eq!(resolve(SHAKE256, &[]), good);
    assert_eq!(resolve(SHAKE256_LEN, &integer(&[2, 0])), good);
    for (oid, parameters) in [
        (SHAKE256, NULL),
        (SHAKE256, &integer(&[2, 0])),
        (SHAKE256_LEN, &[]),
        (SHAKE256_LEN, NULL),
        (SHAKE256_LEN, &integer(&[1, 0])),
        (SHAKE256_LEN, &integer(&[0, 2, 0])),
    ] {
        assert_eq!(resolve(oid, parameters), Err(Unresolved::BadParameters));
    }
}

#[test]
fn only_gost94_names_an_s_box() {
    let s_box = encoded_oid(&GOST94_CRYPTOPRO);
    let test_s_box = encoded_oid(&Oid::new(&[1, 2, 643, 2, 2, 30, 0]));
    let resolve = |oid, parameters: &[u8]| resolve_digest(&identifier(oid, parameters));
    assert_eq!(resolve(oids::GOST94, &s_box), Ok(DigestId::Gost94));
    let refused = Err(Unresolved::BadParameters);
    assert_eq!(resolve(oids::GOST94, &test_s_box), refused);
    assert_eq!(resolve(oids::STREEBOG256, &s_box), refused);
}

#[test]
fn an_identifier_of_something_else_is_not_a_digest() {
    for oid in [oids::RSA, oids::RSA_SHA256, oids::GOST2012_256, oids::DATA] {
        assert_eq!(resolve_digest(&plain(oid)), Err(Unresolved::Unknown(oid)));
    }
}

#[test]
fn certificates_name_scheme_and_digest_together() {
    let rows = SCHEMES
        .iter()
        .flat_map(|row| row.combined.iter().map(move |names| (row, names)));
    for (row, (oid, digest)) in rows {
        let (scheme, key_oid) = (&row.scheme, row.keys.first().unwrap());
        let expected = Ok(SignatureId {
            scheme: *scheme,
            digest: *digest,
        });
        let is_eddsa = matches!(scheme, SignatureScheme::Ed25519 | SignatureScheme::Ed448);
        for parameters in [&[][..], NULL] {
            let signature = identifier(*oid, parameters);
            let resolved = resolve_signature(&signature, None, &plain(*key_oid));
            if is_eddsa && parameters == NULL {
                assert_eq!(resolved, Err(Unresolved::BadParameters));
            } else {
                assert_eq!(resolved, expected);
            }
        }
        let wrong = identifier(*oid, &[4, 0]);
        assert_eq!(
            resolve_signature(&wrong, None, &plain(*key_oid)),
            Err(Unresolved::BadParameters)
        );
    }
}

#[test]
fn a_key_alone_is_not_the_algorithm_of_a_certificate() {
    for key in [gost_key(), gost_2001_key(), ec_key(), rsa_key()] {
        let signature = plain(key.algorithm);
        assert_eq!(
            resolve_signature(&signature, None, &key),
            Err(Unresolved::Unknown(key.algorithm))
        );
    }
}

#[test]
fn a_signer_may_name_the_key_alone() {
    let resolve = |signature: &AlgorithmIdentifier, digest, key: &AlgorithmIdentifier| {
        resolve_signature(signature, Some(digest), key).map(|id| (id.scheme, id.digest))
    };
    let gost = (SignatureScheme::Gost2012_256, DigestId::Streebog256);
    for parameters in [&[][..], NULL, &sequence_of(&[XCHA, oids::STREEBOG256])] {
        let signature = identifier(oids::GOST2012_256, parameters);
        let resolved = resolve(&signature, DigestId::Streebog256, &gost_key());
        assert_eq!(resolved, Ok(gost));
    }
    // Parameters of another key.
    let signature = identifier(oids::GOST2012_256, &sequence_of(&[XCHA]));
    assert_eq!(
        resolve(&signature, DigestId::Streebog256, &gost_key()),
        Err(Unresolved::BadParameters)
    );
    let gost_2001 = (SignatureScheme::Gost2001, DigestId::Gost94);
    for parameters in [&[][..], NULL, &sequence_of(&[XCHA, GOST94_CRYPTOPRO])] {
        let signature = identifier(oids::GOST2001, parameters);
        let resolved = resolve(&signature, DigestId::Gost94, &gost_2001_key());
        assert_eq!(resolved, Ok(gost_2001));
    }
    let signature = identifier(oids::GOST2001, &sequence_of(&[XCHA]));
    assert_eq!(
        resolve(&signature, DigestId::Gost94, &gost_2001_key()),
        Err(Unresolved::BadParameters)
    );
    let rsa = (SignatureScheme::RsaPkcs1, DigestId::Sha384);
    let resolved = resolve(&identifier(oids::RSA, NULL), DigestId::Sha384, &rsa_key());
    assert_eq!(resolved, Ok(rsa));
    let ec = (SignatureScheme::Ecdsa, DigestId::Sha256);
    let resolved = resolve(&plain(oids::EC), DigestId::Sha256, &ec_key());
    assert_eq!(resolved, Ok(ec));
}

#[test]
fn digest_and_signature_agree() {
    for (signature, key, fitting, other) in [
        (
            oids::GOST2012_256,
            gost_key(),
            DigestId::Streebog256,
            DigestId::Streebog512,
        ),
        (
            oids::GOST2012_256,
            gost_key(),
            DigestId::Streebog256,
            DigestId::Gost94,
        ),
        (
            oids::GOST2012_256,
            gost_key(),
            DigestId::Streebog256,
            DigestId::Sha256,
        ),
        (
            oids::GOST2012_256_STREEBOG,
            gost_key(),
            DigestId::Streebog256,
            DigestId::Streebog512,
        ),
        (
            oids::GOST2001,
            gost_2001_key(),
            DigestId::Gost94,
            DigestId::Streebog256,
        ),
        (
            oids::GOST2001,
            gost_2001_key(),
            DigestId::Gost94,
            DigestId::Sha256,
        ),
        (
            oids::GOST2001_GOST94,
            gost_2001_key(),
            DigestId::Gost94,
            DigestId::Streebog256,
        ),
        (
            oids::RSA,
            rsa_key(),
            DigestId::Sha256,
            DigestId::Streebog256,
        ),
        (
            oids::RSA_SHA256,
            rsa_key(),
            DigestId::Sha256,
            DigestId::Sha1,
        ),
        (oids::EC, ec_key(), DigestId::Sha512, DigestId::Streebog512),
        (
            oids::ECDSA_SHA256,
            ec_key(),
            DigestId::Sha256,
            DigestId::Sha384,
        ),
    ] {
        let signature = plain(signature);
        let resolved = resolve_signature(&signature, Some(fitting), &key);
        assert_eq!(resolved.map(|id| id.digest), Ok(fitting));
        assert_eq!(
            resolve_signature(&signature, Some(other), &key),
            Err(Unresolved::DigestMismatch),
            "{} with {other}",
            signature.algorithm
        );
    }
}

#[test]
fn key_and_signature_agree() {
    for (signature, digest, key, other) in [
        (
            oids::GOST2012_256,
            DigestId::Streebog256,
            gost_key(),
            plain(oids::GOST2012_512),
        ),
        (
            oids::GOST2012_256_STREEBOG,
            DigestId::Streebog256,
            gost_key(),
            plain(oids::GOST2001),
        ),
        (
            oids::GOST2001,
            DigestId::Gost94,
            gost_2001_key(),
            gost_key(),
        ),
        (
            oids::GOST2001_GOST94,
            DigestId::Gost94,
            gost_2001_key(),
            gost_key(),
        ),
        (oids::RSA_SHA256, DigestId::Sha256, rsa_key(), ec_key()),
        (
            oids::RSA_SHA256,
            DigestId::Sha256,
            rsa_key(),
            plain(oids::RSA_PSS),
        ),
        (oids::ECDSA_SHA256, DigestId::Sha256, ec_key(), rsa_key()),
        (oids::EC, DigestId::Sha256, ec_key(), gost_key()),
    ] {
        let signature = plain(signature);
        assert!(resolve_signature(&signature, Some(digest), &key).is_ok());
        assert_eq!(
            resolve_signature(&signature, Some(digest), &other),
            Err(Unresolved::KeyMismatch)
        );
    }
}

#[test]
fn other_identifiers_are_unknown_but_have_names() {
    for oid in [oids::DATA, oids::TST_INFO] {
        let key = plain(oid);
        assert_eq!(
            resolve_signature(&plain(oid), Some(DigestId::Gost94), &key),
            Err(Unresolved::Unknown(oid))
        );
        assert_ne!(oids::name(&oid), oid.to_string());
    }
}

/// An algorithm composed of others brings a count of components of its own (CVE-2026-5588): it is unknown whatever
/// the key, while a component by itself is not.
#[test]
fn composed_algorithms_are_unknown() {
    let composed = [
        // id-alg-composite, and ML-DSA-65 with ECDSA P-256 by draft-ietf-lamps-pq-composite-sigs.
        Oid::new(&[1, 3, 6, 1, 4, 1, 18227, 2, 1]),
        Oid::new(&[1, 3, 6, 1, 5, 5, 7, 6, 45]),
    ];
    let component = resolve_signature(&plain(oids::ECDSA_SHA256), None, &ec_key());
    assert!(component.is_ok());
    for oid in composed {
        for key in [plain(oid), ec_key(), rsa_key(), plain(oids::ED25519)] {
            for digest in [None, Some(DigestId::Sha256), Some(DigestId::Sha512)] {
                let resolved = resolve_signature(&plain(oid), digest, &key);
                assert_eq!(resolved, Err(Unresolved::Unknown(oid)));
            }
        }
        let resolved = resolve_signature(&plain(oids::ECDSA_SHA256), None, &plain(oid));
        assert_eq!(resolved, Err(Unresolved::KeyMismatch));
    }
}

/// RFC 8419 §2.3: the digest of the content goes with the curve.
#[test]
fn edwards_curves_go_with_one_digest_each() {
    for (oid, scheme, own) in [
        (oids::ED25519, SignatureScheme::Ed25519, DigestId::Sha512),
        (oids::ED448, SignatureScheme::Ed448, DigestId::Shake256),
    ] {
        let resolve = |digest| resolve_signature(&plain(oid), digest, &plain(oid));
        let expected = Ok(SignatureId {
            scheme,
            digest: own,
        });
        assert_eq!(resolve(None), expected);
        for (_, digest) in DIGESTS {
            let resolved = resolve(Some(*digest));
            if *digest == own {
                assert_eq!(resolved, expected);
            } else {
                assert_eq!(resolved, Err(Unresolved::DigestMismatch), "{digest}");
            }
        }
        let other = [oids::ED25519, oids::ED448].into_iter();
        for other in other.filter(|other| *other != oid).chain([oids::EC]) {
            assert_eq!(
                resolve_signature(&plain(oid), Some(own), &plain(other)),
                Err(Unresolved::KeyMismatch)
            );
        }
    }
}

#[test]
fn dsa_goes_with_the_sha_family() {
    let key = identifier(oids::DSA, &element(Tag::SEQUENCE, &[]));
    let resolve = |oid, digest| resolve_signature(&plain(oid), digest, &key);
    let expected = |digest| {
        Ok(SignatureId {
            scheme: SignatureScheme::Dsa,
            digest,
        })
    };
    assert_eq!(resolve(oids::DSA_SHA256, None), expected(DigestId::Sha256));
    assert_eq!(
        resolve(oids::DSA, Some(DigestId::Sha1)),
        expected(DigestId::Sha1)
    );
    let mismatch = Err(Unresolved::DigestMismatch);
    assert_eq!(resolve(oids::DSA_SHA256, Some(DigestId::Sha1)), mismatch);
    for digest in [DigestId::Gost94, DigestId::Streebog256, DigestId::Shake256] {
        assert_eq!(resolve(oids::DSA, Some(digest)), mismatch);
    }
}

/// RFC 4055 §3.1 with SHA-256 everywhere, and one field changed.
#[test]
fn pss_names_its_digest_in_its_parameters() {
    let signature = |hash, mask, salt| {
        let parameters = pss::parameters(hash, mask, salt);
        identifier(oids::RSA_PSS, &parameters)
    };
    let good = signature(oids::SHA256, oids::SHA256, 32);
    let expected = Ok(SignatureId {
        scheme: SignatureScheme::RsaPss,
        digest: DigestId::Sha256,
    });
    for key in [rsa_key(), plain(oids::RSA_PSS)] {
        for digest in [None, Some(DigestId::Sha256)] {
            assert_eq!(resolve_signature(&good, digest, &key), expected);
        }
    }
    let resolve = |signature: &_, digest| resolve_signature(signature, digest, &rsa_key());
    assert_eq!(
        resolve(&good, Some(DigestId::Sha512)),
        Err(Unresolved::DigestMismatch)
    );
    for other in [
        signature(oids::STREEBOG256, oids::STREEBOG256, 32),
        plain(oids::RSA_PSS),
        identifier(oids::RSA_PSS, NULL),
    ] {
        assert_eq!(resolve(&other, None), Err(Unresolved::BadParameters));
    }
    assert_eq!(
        resolve(&signature(oids::SHA256, oids::SHA1, 32), None),
        Err(Unresolved::Unknown(oids::RSA_PSS))
    );
    // The length of the salt is for the policy to judge.
    let short = signature(oids::SHA256, oids::SHA256, 20);
    assert_eq!(resolve(&short, None), expected);
    assert_eq!(short.pss_salt(), Some(20));
    assert_eq!(
        resolve_signature(&good, None, &ec_key()),
        Err(Unresolved::KeyMismatch)
    );
    let pkcs1 = plain(oids::RSA_SHA256);
    assert_eq!(
        resolve_signature(&pkcs1, None, &plain(oids::RSA_PSS)),
        Err(Unresolved::KeyMismatch)
    );
}
