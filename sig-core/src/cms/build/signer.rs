//! Who signs, and what it is given.

use crate::alg::signature::SignatureId;
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::x509::certificate::Certificate;

/// A key that signs and its certificate (RFC 5652 §5.4): a card, a token, a service far away.
///
/// Whatever opens the key, such as a PIN, is the signer's own business, before or while it signs.
pub trait Signer {
    /// Why it did not sign.
    type Error;

    /// The certificate of the key.
    fn certificate(&self) -> &Certificate;

    /// The algorithm it signs by.
    fn algorithm(&self) -> SignatureId;

    /// The signature value as the field `signature` of a `SignerInfo` holds it (RFC 5652 §5.3): of GOST R 34.10 s and
    /// r, of ECDSA a DER SEQUENCE (see [`ecdsa_value`]).
    ///
    /// # Errors
    /// The signer's own: no card, a wrong PIN, no service.
    fn sign(&self, to_be_signed: ToBeSigned<'_>) -> Result<Vec<u8>, Self::Error>;
}

/// What a key signs: the DER SET of the signed attributes, and its digest (RFC 5652 §5.4).
#[derive(Clone, Copy, Debug)]
pub struct ToBeSigned<'a> {
    /// The algorithm asked for.
    pub algorithm: SignatureId,
    /// For signers that hash themselves, and for EdDSA, which signs the octets.
    pub octets: &'a [u8],
    /// For signers that take the digest: that of the octets, by the digest of the algorithm.
    pub digest: &'a [u8],
    /// Octets of salt that RSASSA-PSS must take; none for other algorithms (RFC 4056 §3).
    pub salt: Option<usize>,
}

/// `Ecdsa-Sig-Value` (RFC 5480 appendix A) of r and s one after the other, the form of most cards; none for an odd or
/// empty number of octets.
///
/// ```text
/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
#[must_use]
pub fn ecdsa_value(halves: &[u8]) -> Option<Vec<u8>> {
    if halves.is_empty() || !halves.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = halves.split_at(halves.len() / 2);
    Some(element(Tag::SEQUENCE, &[unsigned(r), unsigned(s)].concat()))
}

/// INTEGER of an unsigned big-endian number.
pub(super) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let significant = octets.get(zeros..).unwrap_or_default();
    match significant.first() {
        Some(0..=0x7F) => element(Tag::INTEGER, significant),
        // A zero octet keeps the number from being negative, and is the number zero.
        _ => element(Tag::INTEGER, &[&[0], significant].concat()),
    }
}
