//! What RSA keys of cards are given to sign (RFC 8017 §9.2).

use sig_core::alg::digest::DigestId;
use sig_core::alg::identifier::digest_oid;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;

/// `DigestInfo` with NULL parameters (RFC 8017 §9.2 note 1).
///
/// ```text
/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
/// ```
pub(crate) fn digest_info(algorithm: DigestId, digest: &[u8]) -> Vec<u8> {
    let oid = element(Tag::OID, digest_oid(algorithm).content());
    let identifier = element(Tag::SEQUENCE, &[oid, element(Tag::NULL, &[])].concat());
    let digest = element(Tag::OCTET_STRING, digest);
    element(Tag::SEQUENCE, &[identifier, digest].concat())
}

/// EMSA-PKCS1-v1_5 of a `DigestInfo` for a modulus of `octets` (RFC 8017 §9.2): `00 01 FF … FF 00 T`; none where the
/// modulus is too small.
pub(crate) fn padded(digest_info: &[u8], octets: usize) -> Option<Vec<u8>> {
    let fill = octets
        .checked_sub(digest_info.len() + 3)
        .filter(|fill| *fill >= 8)?;
    Some(
        [
            &[0x00, 0x01],
            vec![0xFF; fill].as_slice(),
            &[0x00],
            digest_info,
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_info_begins_as_published() {
        // RFC 8017 §9.2 note 1.
        let info = digest_info(DigestId::Sha256, &[0xAB; 32]);
        assert_eq!(
            hex::encode(&info[..19]),
            "3031300d060960864801650304020105000420"
        );
        assert_eq!(info.len(), 51);
    }

    #[test]
    fn padding_has_at_least_eight_octets() {
        let block = padded(&[0xAA; 51], 62).unwrap();
        assert_eq!(hex::encode(&block[..11]), "0001ffffffffffffffff00");
        assert_eq!(block.len(), 62);
        assert_eq!(padded(&[0xAA; 51], 61), None);
    }
}
