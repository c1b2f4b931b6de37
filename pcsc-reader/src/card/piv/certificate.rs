//! The certificate of a slot (NIST SP 800-73-4 part 1 appendix A, table 10).

use std::io::Read;

use flate2::read::GzDecoder;
use sig_core::alg::strength::{KeyFamily, describe_key};
use sig_core::base::limits::{Budget, Limits};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;

use crate::apdu::{Tag, Tlv};

/// Most octets of a certificate after it was inflated: a small object must not fill the memory.
const MOST_INFLATED: u64 = 65_536;

/// Bits of CertInfo that say that the certificate is gzipped: of today and of old cards.
const GZIPPED: u8 = 0x01 | 0x80;

/// The object holds something that is no certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The certificate in the value of an object; none where the slot is empty.
pub(super) fn read(object: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    let objects = Tlv::all(object).map_err(|_| Unreadable)?;
    let of = |tag| {
        objects
            .iter()
            .find(|tlv| tlv.tag == Tag(tag))
            .map(|tlv| tlv.value)
    };
    let Some(stored) = of(0x70).filter(|stored| !stored.is_empty()) else {
        return Ok(None);
    };
    let info = of(0x71).and_then(|info| info.first().copied()).unwrap_or(0);
    let octets = if info & GZIPPED == 0 {
        stored.to_vec()
    } else {
        inflated(stored)?
    };
    // Octets behind the certificate are the card's padding and none of it.
    let (certificate, _) = Tlv::first(&octets).map_err(|_| Unreadable)?;
    if certificate.tag != Tag(0x30) {
        return Err(Unreadable);
    }
    Ok(Some(certificate.octets.to_vec()))
}

fn inflated(stored: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut octets = Vec::new();
    let mut limited = GzDecoder::new(stored).take(MOST_INFLATED + 1);
    match limited.read_to_end(&mut octets) {
        Ok(_) if octets.len() as u64 <= MOST_INFLATED => Ok(octets),
        _ => Err(Unreadable),
    }
}

/// The card's identifier of the algorithm of a certificate's key (NIST SP 800-78-4 table 6-2); none for keys that PIV
/// cards do not have.
pub(super) fn algorithm(certificate: &[u8]) -> Option<u8> {
    let octets = Octets::from(certificate.to_vec());
    let certificate = Certificate::from_der(&octets, &mut Budget::new(Limits::STANDARD)).ok()?;
    let key = describe_key(&certificate.spki);
    match (key.family, key.bits) {
        (KeyFamily::Rsa, 1024) => Some(0x06),
        (KeyFamily::Rsa, 2048) => Some(0x07),
        (KeyFamily::Rsa, 3072) => Some(0x05),
        (KeyFamily::Rsa, 4096) => Some(0x16),
        (KeyFamily::Ec, 256) => Some(0x11),
        (KeyFamily::Ec, 384) => Some(0x14),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzipped(octets: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    fn object(stored: &[u8], info: u8) -> Vec<u8> {
        let length = u16::try_from(stored.len()).unwrap().to_be_bytes();
        [
            &[0x70, 0x82],
            &length[..],
            stored,
            &[0x71, 0x01, info, 0xFE, 0x00],
        ]
        .concat()
    }

    #[test]
    fn certificates_are_plain_or_gzipped() {
        let certificate = [0x30, 0x03, 0x02, 0x01, 0x05];
        assert_eq!(
            read(&object(&certificate, 0)),
            Ok(Some(certificate.to_vec()))
        );
        for info in [0x01, 0x80] {
            let stored = gzipped(&certificate);
            assert_eq!(read(&object(&stored, info)), Ok(Some(certificate.to_vec())));
        }
        let padded = [&certificate[..], &[0, 0]].concat();
        assert_eq!(read(&object(&padded, 0)), Ok(Some(certificate.to_vec())));
    }

    #[test]
    fn an_empty_slot_has_no_certificate() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&object(&[], 0)), Ok(None));
    }

    #[test]
    fn what_is_no_certificate_is_unreadable() {
        for (stored, info) in [
            (vec![0x30, 0x05, 0x02], 0),
            (vec![0x02, 0x01, 0x05], 0),
            (vec![0x30, 0x03, 0x02, 0x01, 0x05], 0x01),
        ] {
            assert_eq!(read(&object(&stored, info)), Err(Unreadable));
        }
    }

    #[test]
    fn what_inflates_beyond_the_bound_is_unreadable() {
        let sequence = |octets: u32| {
            let head = [&[0x30, 0x83][..], &octets.to_be_bytes()[1..]].concat();
            [head, vec![0; octets as usize]].concat()
        };
        let most = u32::try_from(MOST_INFLATED).unwrap() - 5;
        assert!(read(&object(&gzipped(&sequence(most)), 1)).is_ok());
        assert_eq!(
            read(&object(&gzipped(&sequence(most + 1)), 1)),
            Err(Unreadable)
        );
    }
}
