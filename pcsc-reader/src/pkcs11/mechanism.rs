//! Which mechanism makes a signature, what it is given, and what comes back (PKCS #11 §6).
#![allow(
    unsafe_code,
    reason = "the bindings know no mechanism of GOST R 34.10, see `standard`"
)]

use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use sig_core::alg::signature::SignatureScheme;
use sig_core::cms::build::{ToBeSigned, ecdsa_value};

use crate::card::digest_info;
use crate::error::{CardError, CardErrorKind};

/// GOST R 34.10 with a key of 256 bits, over a digest (PKCS #11 §6.46, CKM_GOSTR3410).
const GOST_256: u64 = 0x1201;

/// The same with a key of 512 bits: a number of the makers, not of the standard (CKM_GOSTR3410_512).
const GOST_512: u64 = 0xD432_1006;

/// A mechanism and its input.
pub(super) struct Chosen {
    pub(super) mechanism: Mechanism<'static>,
    pub(super) data: Vec<u8>,
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

/// The mechanism for what shall be signed.
pub(super) fn of(input: ToBeSigned<'_>) -> Result<Chosen, CardError> {
    let digest = || input.digest.to_vec();
    let (mechanism, data, form) = match input.algorithm.scheme {
        SignatureScheme::RsaPkcs1 => {
            let info = digest_info(input.algorithm.digest, input.digest);
            (Mechanism::RsaPkcs, info, Form::Whole)
        }
        SignatureScheme::Ecdsa => (Mechanism::Ecdsa, digest(), Form::Ecdsa),
        SignatureScheme::Gost2012_256 => (standard(GOST_256), digest(), Form::Gost),
        SignatureScheme::Gost2012_512 => (standard(GOST_512), digest(), Form::Gost),
        _ => return Err(CardError::new(CardErrorKind::Unsupported)),
    };
    Ok(Chosen {
        mechanism,
        data,
        form,
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
    use sig_core::alg::digest::DigestId;
    use sig_core::alg::signature::SignatureId;

    use super::*;

    fn chosen(scheme: SignatureScheme, digest: DigestId) -> Result<Chosen, CardError> {
        of(ToBeSigned {
            algorithm: SignatureId { scheme, digest },
            octets: &[],
            digest: &[0xAB; 32],
            salt: None,
        })
    }

    #[test]
    fn a_gost_signature_is_taken_in_the_order_that_the_key_proves() {
        let chosen = chosen(SignatureScheme::Gost2012_256, DigestId::Streebog256).unwrap();
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
        for (number, expected) in [(GOST_256, "CKM_GOSTR3410"), (GOST_512, "d4321006")] {
            let kind = standard(number).mechanism_type();
            let text = format!("{kind} {kind:x?}");
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn the_value_of_ecdsa_becomes_a_sequence() {
        let chosen = chosen(SignatureScheme::Ecdsa, DigestId::Sha256).unwrap();
        let value = chosen.signature(&[1, 2], &|_| false).unwrap();
        assert_eq!(value, [0x30, 6, 2, 1, 1, 2, 1, 2]);
        assert!(chosen.signature(&[], &|_| true).is_err());
    }

    #[test]
    fn what_no_mechanism_makes_is_unsupported() {
        let error = chosen(SignatureScheme::Ed25519, DigestId::Sha512)
            .err()
            .unwrap();
        assert_eq!(error.kind, CardErrorKind::Unsupported);
    }
}
