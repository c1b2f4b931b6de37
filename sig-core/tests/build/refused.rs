//! What is refused: wrong values and errors of signers, algorithms of the past, wrong digests.

use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::alg::signature::{SignatureId, SignatureScheme};
use sig_core::cms::build::{
    BuildError, Content, Refused, Request, Signer, ToBeSigned, ecdsa_value,
};
use sig_core::x509::certificate::Certificate;

use crate::signers::{CardRemoved, TestKey, TestSigner, at, declared, signers};
use crate::{CONTENT, attached, detached, digest};

#[test]
fn no_wrong_signature_value_leaves() {
    for (name, signer) in signers() {
        let prepared = detached()
            .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
            .unwrap();
        let right = signer.sign(prepared.to_be_signed()).unwrap();
        assert!(prepared.finish(&right).is_ok(), "{name}");

        let mut flipped = right.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(
            prepared.finish(&flipped),
            Err(Refused::SignatureWrong),
            "{name}"
        );

        let fixed = signer.algorithm.scheme != SignatureScheme::Ecdsa;
        let longer = [right.clone(), vec![0]].concat();
        for wrong in [&right[..right.len() - 1], &longer, &[]] {
            let expected = if fixed {
                Refused::SignatureLength {
                    expected: right.len(),
                    found: wrong.len(),
                }
            } else {
                Refused::SignatureWrong
            };
            assert_eq!(prepared.finish(wrong), Err(expected), "{name}");
        }

        // A right signature, of other content.
        let other = Request::new(Content::Detached(b"another".as_slice().into()), at());
        let other = other
            .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
            .unwrap();
        let other = signer.sign(other.to_be_signed()).unwrap();
        assert_eq!(
            prepared.finish(&other),
            Err(Refused::SignatureWrong),
            "{name}"
        );
    }
}

#[test]
fn a_signer_with_the_key_of_another_is_refused() {
    for name in ["stamps-rsa", "stamps-p256", "stamps-gost", "stamps-gost512"] {
        let mut signer = declared(name);
        let pki = testdata::pki::named(name).unwrap();
        signer.key = TestKey::Declared(pki, "tsa");
        let refused = attached().sign(&signer, &RUSTCRYPTO);
        assert_eq!(
            refused,
            Err(BuildError::Refused(Refused::SignatureWrong)),
            "{name}"
        );
    }
}

#[test]
fn the_signers_own_error_is_handed_through() {
    struct Removed(TestSigner);
    impl Signer for Removed {
        type Error = CardRemoved;

        fn certificate(&self) -> &Certificate {
            &self.0.certificate
        }

        fn algorithm(&self) -> SignatureId {
            self.0.algorithm
        }

        fn sign(&self, _: ToBeSigned<'_>) -> Result<Vec<u8>, CardRemoved> {
            Err(CardRemoved)
        }
    }
    let refused = attached().sign(&Removed(declared("stamps-gost")), &RUSTCRYPTO);
    assert_eq!(refused, Err(BuildError::Signer(CardRemoved)));
}

#[test]
fn algorithms_of_the_past_and_of_other_keys_are_refused_before_the_key_is_used() {
    let rsa = declared("stamps-rsa");
    let gost = declared("stamps-gost");
    let id = |scheme, digest| SignatureId { scheme, digest };
    for (certificate, algorithm, for_signing) in [
        (&rsa, id(SignatureScheme::RsaPkcs1, DigestId::Sha1), false),
        (&rsa, id(SignatureScheme::RsaPss, DigestId::Sha1), false),
        (&rsa, id(SignatureScheme::RsaPkcs1, DigestId::Md5), false),
        (
            &gost,
            id(SignatureScheme::Gost2001, DigestId::Gost94),
            false,
        ),
        (&rsa, id(SignatureScheme::Dsa, DigestId::Sha256), false),
        (&rsa, id(SignatureScheme::Ecdsa, DigestId::Sha256), true),
        (
            &gost,
            id(SignatureScheme::Gost2012_512, DigestId::Streebog512),
            true,
        ),
        (
            &gost,
            id(SignatureScheme::Gost2012_256, DigestId::Streebog512),
            true,
        ),
        (
            &gost,
            id(SignatureScheme::Gost2012_256, DigestId::Sha256),
            true,
        ),
    ] {
        let refused = detached().prepare(&certificate.certificate, algorithm, &RUSTCRYPTO);
        let expected = if for_signing {
            Refused::NotForKey(algorithm)
        } else {
            Refused::NotForSigning(algorithm)
        };
        assert_eq!(refused.err(), Some(expected), "{algorithm}");
    }
}

#[test]
fn a_digest_of_another_algorithm_or_length_is_refused() {
    let signer = declared("stamps-gost");
    let mut cut = digest(DigestId::Streebog256, CONTENT);
    cut.value.pop();
    for wrong in [digest(DigestId::Sha256, CONTENT), cut] {
        let expected = Refused::DigestMismatch {
            expected: DigestId::Streebog256,
            found: wrong.algorithm,
        };
        let request = Request::new(Content::DetachedDigest(wrong), at());
        let refused = request.sign(&signer, &RUSTCRYPTO);
        assert_eq!(refused, Err(BuildError::Refused(expected)));
    }
    let content = Content::AttachedElsewhere {
        digest: digest(DigestId::Streebog256, CONTENT),
        length: u64::MAX,
    };
    let refused = Request::new(content, at()).sign(&signer, &RUSTCRYPTO);
    assert_eq!(refused, Err(BuildError::Refused(Refused::TooLarge)));
}

#[test]
fn halves_of_a_card_become_the_value_of_ecdsa() {
    let signer = declared("stamps-p256");
    let prepared = detached()
        .prepare(&signer.certificate, signer.algorithm, &RUSTCRYPTO)
        .unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    let parsed = openssl::ecdsa::EcdsaSig::from_der(&value).unwrap();
    let half = |number: &openssl::bn::BigNumRef| number.to_vec_padded(32).unwrap();
    let halves = [half(parsed.r()), half(parsed.s())].concat();
    assert_eq!(prepared.finish(&halves), Err(Refused::SignatureWrong));
    assert_eq!(ecdsa_value(&halves).unwrap(), value);
    assert!(prepared.finish(&ecdsa_value(&halves).unwrap()).is_ok());
}
