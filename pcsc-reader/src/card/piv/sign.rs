//! Signatures by GENERAL AUTHENTICATE (NIST SP 800-73-4 part 2 §3.2.4).

use sig_core::alg::signature::SignatureScheme;
use sig_core::cms::build::ToBeSigned;
use sig_core::der::tag;
use sig_core::der::writer::element;

use super::super::digest_info::{digest_info, padded};
use super::super::iso7816::verify_in_act;
use crate::apdu::{Channel, CommandApdu, StatusWord, Tag, Tlv, refused};
use crate::error::{CardError, CardErrorKind};
use crate::secret::{PinEncoding, PinUse};

/// A PIN has eight octets, filled up with FF (SP 800-73-4 part 2 §2.4.3).
const PIN: PinEncoding = PinEncoding::Padded {
    fill: 0xFF,
    length: 8,
};

/// Tags of GENERAL AUTHENTICATE (SP 800-73-4 part 2 §3.2.4): the dynamic authentication template 7C, challenge 81,
/// response 82.
const TEMPLATE: tag::Tag = tag::Tag::application(0x1C).constructed();
const CHALLENGE: tag::Tag = tag::Tag::context(1);
const RESPONSE: tag::Tag = tag::Tag::context(2);

/// What the key is given: the whole block of RSA (SP 800-73-4 part 2 §3.2.4), the digest of an elliptic curve.
pub(super) fn input(algorithm: u8, input: ToBeSigned<'_>) -> Result<Vec<u8>, CardError> {
    let unsupported = || CardError::new(CardErrorKind::Unsupported).with_instruction(0x87);
    let octets = match algorithm {
        0x06 => 128,
        0x07 => 256,
        0x05 => 384,
        0x16 => 512,
        0x11 => 32,
        0x14 => 48,
        _ => return Err(unsupported()),
    };
    let is_curve = matches!(algorithm, 0x11 | 0x14);
    match input.algorithm.scheme {
        SignatureScheme::RsaPkcs1 if !is_curve => {
            let info = digest_info(input.algorithm.digest, input.digest);
            padded(&info, octets).ok_or_else(unsupported)
        }
        // The card takes a digest of the size of its curve.
        SignatureScheme::Ecdsa if is_curve && input.digest.len() == octets => {
            Ok(input.digest.to_vec())
        }
        _ => Err(unsupported()),
    }
}

/// VERIFY of the PIN that opens the key.
pub(super) fn verify(
    channel: &mut Channel<'_>,
    reference: u8,
    pin: PinUse<'_>,
    safe_query: bool,
) -> Result<(), CardError> {
    verify_in_act(channel, reference, pin, PIN, safe_query)
}

/// `7C { 82 empty, 81 input }` to the key; the answer is `7C { 82 signature }`.
pub(super) fn general_authenticate(
    channel: &mut Channel<'_>,
    slot: u8,
    algorithm: u8,
    block: &[u8],
) -> Result<Vec<u8>, CardError> {
    let malformed = || CardError::new(CardErrorKind::Malformed).with_instruction(0x87);
    let challenge = [element(RESPONSE, &[]), element(CHALLENGE, block)].concat();
    let command = CommandApdu::new([0x00, 0x87, algorithm, slot])
        .with_data(element(TEMPLATE, &challenge))
        .expecting(CommandApdu::ALL)
        .never_repeated();
    let response = channel.send(&command)?;
    if response.status != StatusWord::SUCCESS {
        return Err(refused(&command, response.status));
    }
    let signature = Tlv::find(&response.data, &[Tag(0x7C), Tag(0x82)]);
    signature.map(<[u8]>::to_vec).ok_or_else(malformed)
}
