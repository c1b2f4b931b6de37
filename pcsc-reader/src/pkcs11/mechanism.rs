//! Which mechanism makes a signature, what it is given, and what comes back (PKCS #11 §6).
#![allow(
    unsafe_code,
    reason = "the bindings know no mechanism of GOST R 34.10, see `standard`"
)]

use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::SignatureScheme;
use sig_core::cms::build::{ToBeSigned, ecdsa_value};

use crate::card::digest_info;
use crate::error::{CardError, CardErrorKind};

/// GOST R 34.10 with a key of 256 bits, over a digest (PKCS #11 §6.46, CKM_GOSTR3410).
const GOST_256: u64 = 0x1201;

/// The same with a key of 512 bits: a number of the makers, not of the standard (CKM_GOSTR3410_512).
const GOST_512: u64 = 0xD432_1006;

/// GOST R 34.10-2012 over octets that the module hashes itself, with either size: numbers of the makers
/// (CKM_GOSTR3410_WITH_GOSTR3411_12_256 and _512).
const GOST_256_HASHING: u64 = 0xD432_1008;
const GOST_512_HASHING: u64 = 0xD432_1009;

/// A mechanism and its input.
pub(super) struct Chosen {
    pub(super) mechanism: Mechanism<'static>,
    pub(super) data: Vec<u8>,
    /// The module hashes the input, which may then come in parts; mechanisms that take a digest want it in one
    /// (PKCS #11 §6, the tables of mechanisms of each key).
    pub(super) hashes: bool,
    form: Form,
}

/// What the output of a mechanism is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The value itself.
    Whole,
    /// r and s (PKCS #11 §6.3.1).
    Ecdsa,
    /// s and r in an order of the module's own.
    Gost,
}

/// The mechanisms that make what shall be signed: those that take a digest first, since every token that signs has
/// them.
pub(super) fn of(input: ToBeSigned<'_>) -> Result<Vec<Chosen>, CardError> {
    let digest = input.algorithm.digest;
    let (form, given, plain, hashing) = match input.algorithm.scheme {
        SignatureScheme::RsaPkcs1 => (
            Form::Whole,
            digest_info(digest, input.digest),
            Some(Mechanism::RsaPkcs),
            match digest {
                DigestId::Sha256 => Some(Mechanism::Sha256RsaPkcs),
                DigestId::Sha384 => Some(Mechanism::Sha384RsaPkcs),
                DigestId::Sha512 => Some(Mechanism::Sha512RsaPkcs),
                _ => None,
            },
        ),
        SignatureScheme::RsaPss => {
            let salt = input.salt.unwrap_or(input.digest.len());
            let parameters = pss_parameters(digest, salt);
            (
                Form::Whole,
                input.digest.to_vec(),
                parameters.map(Mechanism::RsaPkcsPss),
                parameters.and_then(|parameters| match digest {
                    DigestId::Sha256 => Some(Mechanism::Sha256RsaPkcsPss(parameters)),
                    DigestId::Sha384 => Some(Mechanism::Sha384RsaPkcsPss(parameters)),
                    DigestId::Sha512 => Some(Mechanism::Sha512RsaPkcsPss(parameters)),
                    _ => None,
                }),
            )
        }
        SignatureScheme::Ecdsa => (
            Form::Ecdsa,
            input.digest.to_vec(),
            Some(Mechanism::Ecdsa),
            match digest {
                DigestId::Sha256 => Some(Mechanism::EcdsaSha256),
                DigestId::Sha384 => Some(Mechanism::EcdsaSha384),
                DigestId::Sha512 => Some(Mechanism::EcdsaSha512),
                _ => None,
            },
        ),
        SignatureScheme::Gost2012_256 => (
            Form::Gost,
            input.digest.to_vec(),
            Some(standard(GOST_256)),
            Some(standard(GOST_256_HASHING)),
        ),
        SignatureScheme::Gost2012_512 => (
            Form::Gost,
            input.digest.to_vec(),
            Some(standard(GOST_512)),
            Some(standard(GOST_512_HASHING)),
        ),
        // EdDSA signs the octets themselves, without parameters for this curve (PKCS #11 §6.3.16).
        SignatureScheme::Ed25519 => {
            let parameters = EddsaParams::new(EddsaSignatureScheme::Ed25519);
            let mechanism = Mechanism::Eddsa(parameters);
            (Form::Whole, Vec::new(), None, Some(mechanism))
        }
        _ => return Err(CardError::new(CardErrorKind::Unsupported)),
    };
    let chosen = |mechanism, hashes, data| Chosen {
        mechanism,
        data,
        hashes,
        form,
    };
    let plain = plain.map(|mechanism| chosen(mechanism, false, given));
    let hashing = hashing.map(|mechanism| chosen(mechanism, true, input.octets.to_vec()));
    let all: Vec<Chosen> = plain.into_iter().chain(hashing).collect();
    if all.is_empty() {
        return Err(CardError::new(CardErrorKind::Unsupported));
    }
    Ok(all)
}

/// One digest for message and mask (RFC 4056 §3); none where the standard has no number for it.
fn pss_parameters(digest: DigestId, salt: usize) -> Option<PkcsPssParams> {
    let (hash_alg, mgf) = match digest {
        DigestId::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        DigestId::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        DigestId::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
        _ => return None,
    };
    let s_len = salt.try_into().ok()?;
    Some(PkcsPssParams {
        hash_alg,
        mgf,
        s_len,
    })
}

/// A mechanism without parameters by its number.
fn standard(number: u64) -> Mechanism<'static> {
    // SAFETY: `MechanismType` is `repr(transparent)` over the number of the mechanism and any number is a value of it;
    // its constructor takes numbers of makers only.
    let kind = unsafe { std::mem::transmute::<u64, MechanismType>(number) };
    Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(kind, None))
}

impl Chosen {
    /// The value of the field `signature` of a `SignerInfo` (RFC 5652 §5.3).
    pub(super) fn signature(
        &self,
        output: &[u8],
        is_right: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, CardError> {
        let malformed = || CardError::new(CardErrorKind::Malformed);
        match self.form {
            Form::Whole => Ok(output.to_vec()),
            Form::Ecdsa => ecdsa_value(output).ok_or_else(malformed),
            Form::Gost => {
                let orders = orders(output).ok_or_else(malformed)?;
                orders
                    .into_iter()
                    .find(|value| is_right(value))
                    .ok_or_else(malformed)
            }
        }
    }
}

/// The orders in which modules write two halves: as CMS has them first (RFC 4490 §3.2).
fn orders(output: &[u8]) -> Option<[Vec<u8>; 4]> {
    if output.is_empty() || !output.len().is_multiple_of(2) {
        return None;
    }
    let (first, second) = output.split_at(output.len() / 2);
    let reversed = |octets: &[u8]| octets.iter().rev().copied().collect::<Vec<u8>>();
    Some([
        output.to_vec(),
        [second, first].concat(),
        reversed(output),
        [reversed(first), reversed(second)].concat(),
    ])
}

#[cfg(test)]
mod tests {
    use sig_core::alg::signature::SignatureId;

    use super::*;

    fn all(scheme: SignatureScheme, digest: DigestId) -> Result<Vec<Chosen>, CardError> {
        of(ToBeSigned {
            algorithm: SignatureId { scheme, digest },
            octets: b"octets",
            digest: &[0xAB; 32],
            salt: None,
        })
    }

    fn chosen(scheme: SignatureScheme, digest: DigestId) -> Chosen {
        all(scheme, digest).unwrap().remove(0)
    }

    #[test]
    fn mechanisms_that_take_a_digest_come_first() {
        for (scheme, digest, plain, hashing) in [
            (
                SignatureScheme::RsaPkcs1,
                DigestId::Sha256,
                MechanismType::RSA_PKCS,
                MechanismType::SHA256_RSA_PKCS,
            ),
            (
                SignatureScheme::RsaPss,
                DigestId::Sha512,
                MechanismType::RSA_PKCS_PSS,
                MechanismType::SHA512_RSA_PKCS_PSS,
            ),
            (
                SignatureScheme::Ecdsa,
                DigestId::Sha384,
                MechanismType::ECDSA,
                MechanismType::ECDSA_SHA384,
            ),
            (
                SignatureScheme::Gost2012_512,
                DigestId::Streebog512,
                standard(GOST_512).mechanism_type(),
                standard(GOST_512_HASHING).mechanism_type(),
            ),
        ] {
            let all = all(scheme, digest).unwrap();
            let kinds: Vec<_> = all.iter().map(|it| it.mechanism.mechanism_type()).collect();
            assert_eq!(kinds, [plain, hashing]);
            assert!(!all[0].hashes && all[0].data.ends_with(&[0xAB; 32]));
            assert!(all[1].hashes && all[1].data == b"octets");
        }
        // The standard names no mechanism for SHA-3 with a mask of it, and EdDSA takes no digest.
        assert!(all(SignatureScheme::RsaPss, DigestId::Sha3_256).is_err());
        let eddsa = all(SignatureScheme::Ed25519, DigestId::Sha512).unwrap();
        assert_eq!((eddsa.len(), eddsa[0].data.as_slice()), (1, &b"octets"[..]));
    }

    #[test]
    fn pss_takes_the_salt_that_was_asked_for() {
        for (salt, expected) in [(None, 32), (Some(20), 20)] {
            let input = ToBeSigned {
                algorithm: SignatureId {
                    scheme: SignatureScheme::RsaPss,
                    digest: DigestId::Sha256,
                },
                octets: b"octets",
                digest: &[0xAB; 32],
                salt,
            };
            let Mechanism::RsaPkcsPss(parameters) = of(input).unwrap()[0].mechanism else {
                panic!("no RSASSA-PSS");
            };
            assert_eq!(parameters.hash_alg, MechanismType::SHA256);
            assert_eq!(u64::from(parameters.s_len), expected);
        }
    }

    #[test]
    fn a_gost_signature_is_taken_in_the_order_that_the_key_proves() {
        let chosen = chosen(SignatureScheme::Gost2012_256, DigestId::Streebog256);
        for (output, right) in [
            ([1, 2, 3, 4], [1, 2, 3, 4]),
            ([3, 4, 1, 2], [1, 2, 3, 4]),
            ([4, 3, 2, 1], [1, 2, 3, 4]),
            ([2, 1, 4, 3], [1, 2, 3, 4]),
        ] {
            let found = chosen.signature(&output, &|value| value == right).unwrap();
            assert_eq!(found, right);
        }
        let error = chosen.signature(&[1, 2, 3, 4], &|_| false).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::Malformed);
        assert!(chosen.signature(&[1, 2, 3], &|_| true).is_err());
    }

    #[test]
    fn gost_mechanisms_have_their_numbers() {
        for (number, expected) in [
            (GOST_256, "CKM_GOSTR3410"),
            (GOST_512, "d4321006"),
            (GOST_256_HASHING, "d4321008"),
            (GOST_512_HASHING, "d4321009"),
        ] {
            let kind = standard(number).mechanism_type();
            let text = format!("{kind} {kind:x?}");
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn the_value_of_ecdsa_becomes_a_sequence() {
        let chosen = chosen(SignatureScheme::Ecdsa, DigestId::Sha256);
        let value = chosen.signature(&[1, 2], &|_| false).unwrap();
        assert_eq!(value, [0x30, 6, 2, 1, 1, 2, 1, 2]);
        assert!(chosen.signature(&[], &|_| true).is_err());
    }

    #[test]
    fn what_no_mechanism_makes_is_unsupported() {
        let error = all(SignatureScheme::Ed448, DigestId::Shake256)
            .err()
            .unwrap();
        assert_eq!(error.kind, CardErrorKind::Unsupported);
    }
}
