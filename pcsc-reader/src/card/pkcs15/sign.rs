//! What a card is given to sign, and what becomes of its answer.

use sig_core::alg::signature::SignatureScheme;
use sig_core::cms::build::{ToBeSigned, ecdsa_value};

use super::directory::{KeyKind, PrivateKey};
use super::object::{INTEGER, SEQUENCE};
use super::settings::{Input, Output, Signing};
use super::{malformed, object};
use crate::apdu::{Channel, CommandApdu, Tlv};
use crate::card::digest_info::{digest_info, padded};
use crate::error::{CardError, CardErrorKind};

/// Octets of the largest modulus: RSA with 16 384 bits.
const MOST_MODULUS: usize = 2_048;

/// Data of PSO COMPUTE DIGITAL SIGNATURE for this key.
///
/// # Errors
/// [`CardErrorKind::Unsupported`] when the key does not sign by this algorithm, or the card does not.
pub(super) fn input(
    key: &PrivateKey,
    signing: &Signing,
    asked: &ToBeSigned<'_>,
) -> Result<Vec<u8>, CardError> {
    let unsupported = || CardError::new(CardErrorKind::Unsupported).with_instruction(0x2A);
    let fits = matches!(
        (key.kind, asked.algorithm.scheme),
        (KeyKind::Rsa, SignatureScheme::RsaPkcs1)
            | (KeyKind::Ec, SignatureScheme::Ecdsa)
            | (
                KeyKind::Gost,
                SignatureScheme::Gost2001
                    | SignatureScheme::Gost2012_256
                    | SignatureScheme::Gost2012_512
            )
    );
    if !fits {
        return Err(unsupported());
    }
    let mut data = match signing.input {
        Input::Digest => asked.digest.to_vec(),
        Input::DigestReversed => asked.digest.iter().rev().copied().collect(),
        Input::DigestInfo => digest_info(asked.algorithm.digest, asked.digest),
        Input::Block => {
            let octets = key
                .bits
                .and_then(|bits| usize::try_from(bits.div_ceil(8)).ok());
            let octets = octets.filter(|octets| *octets <= MOST_MODULUS);
            let info = digest_info(asked.algorithm.digest, asked.digest);
            padded(&info, octets.ok_or_else(unsupported)?).ok_or_else(unsupported)?
        }
    };
    // A digest of GOST is written with its low octet first already (GOST R 34.10-2012 §5.3, RFC 9215 §2).
    if signing.reversed && key.kind != KeyKind::Gost {
        data.reverse();
    }
    Ok(data)
}

/// What a security environment names (ISO/IEC 7816-4 §11.5.11).
pub(super) struct References {
    /// 80: the algorithm.
    pub(super) algorithm: Option<u8>,
    /// 81: the file of the key.
    pub(super) file: Option<[u8; 2]>,
    /// 84: the private key.
    pub(super) key: Option<u8>,
}

impl References {
    fn to_octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        if let Some(algorithm) = self.algorithm {
            octets.extend([0x80, 1, algorithm]);
        }
        if let Some([high, low]) = self.file {
            octets.extend([0x81, 2, high, low]);
        }
        if let Some(key) = self.key {
            octets.extend([0x84, 1, key]);
        }
        octets
    }
}

/// Sets the security environment and lets the card sign (ISO/IEC 7816-8 §11.6; 7816-4 §11.5.11).
///
/// # Errors
/// The failed exchange or a refusal; [`CardErrorKind::Malformed`] for an answer that is no signature.
pub(super) fn sign(
    channel: &mut Channel<'_>,
    signing: &Signing,
    references: &References,
    data: Vec<u8>,
) -> Result<Vec<u8>, CardError> {
    if let Some(p1) = signing.mse_p1 {
        let octets = references.to_octets();
        let environment = CommandApdu::new([0x00, 0x22, p1, 0xB6]).with_data(octets);
        channel.require(&environment)?;
    }
    let compute = CommandApdu::new([0x00, 0x2A, 0x9E, 0x9A])
        .with_data(data)
        .expecting(CommandApdu::ALL)
        .never_repeated();
    let mut answer = channel.require(&compute)?;
    if signing.reversed {
        answer.reverse();
    }
    output(signing.output, answer)
}

/// The value as CMS holds it.
fn output(form: Output, answer: Vec<u8>) -> Result<Vec<u8>, CardError> {
    let no_signature = || malformed().with_instruction(0x2A);
    match form {
        _ if answer.is_empty() => Err(no_signature()),
        Output::Value => Ok(answer),
        Output::Ecdsa => {
            let halves = halves_of_sequence(&answer).unwrap_or(answer);
            ecdsa_value(&halves).ok_or_else(no_signature)
        }
        Output::HalvesSwapped if answer.len().is_multiple_of(2) => {
            let (first, second) = answer.split_at(answer.len() / 2);
            Ok([second, first].concat())
        }
        Output::HalvesSwapped => Err(no_signature()),
    }
}

/// r and s of an `Ecdsa-Sig-Value` (RFC 5480 appendix A), of equal length; none for anything else.
fn halves_of_sequence(answer: &[u8]) -> Option<Vec<u8>> {
    let (sequence, []) = Tlv::first(answer).ok()? else {
        return None;
    };
    let (r, rest) = Tlv::first(sequence.value).ok()?;
    let (s, []) = Tlv::first(rest).ok()? else {
        return None;
    };
    if sequence.tag != SEQUENCE || r.tag != INTEGER || s.tag != INTEGER {
        return None;
    }
    let (r, s) = (object::significant(r.value), object::significant(s.value));
    let length = r.len().max(s.len());
    let padded = |octets: &[u8]| [vec![0; length - octets.len()], octets.to_vec()].concat();
    Some([padded(r), padded(s)].concat())
}

#[cfg(test)]
mod tests;
