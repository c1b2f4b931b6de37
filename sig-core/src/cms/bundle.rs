//! What a file holds, found by its content: DER, PEM, base64, PKCS#7 bundles (RFC 7468, RFC 5652).

use crate::base::error::{Error, Malformed};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::signed_data::SignedData;
use super::transport::{Form, Piece, Transport};

/// One object of a file (RFC 7468).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Object {
    /// A certificate.
    Certificate(Box<Certificate>),
    /// A CRL.
    Crl(Box<CertificateList>),
    /// An OCSP response.
    Ocsp(Box<OcspResponse>),
    /// A signed message; one without signers is a bundle of certificates and CRLs.
    SignedData(Box<SignedData>),
    /// None of these, with why it is not what it looks like most: an OCSP response or a certificate.
    Unknown(Malformed),
}

/// The octets of the objects in a file: as they are, or taken out of PEM, base64 or base64url (RFC 7468 §2,
/// RFC 4648 §4, §5).
///
/// White space, a byte order mark and either line end are passed over; padding may be left out. A boundary of PEM is
/// looked for in the first 64 KiB.
///
/// # Errors
/// Nothing is there, or PEM or base64 is broken.
pub fn unwrap_text(file: &[u8]) -> Result<Vec<Octets>, Error> {
    unwrap_form(file).map(|(_, objects)| objects)
}

/// As [`unwrap_text`], with the form that was found (RFC 7468 §2).
///
/// # Errors
/// As for [`unwrap_text`].
pub fn unwrap_form(file: &[u8]) -> Result<(Form, Vec<Octets>), Error> {
    if Transport::is_binary(file) {
        return Ok((Form::Binary, vec![Octets::from(file)]));
    }
    let mut transport = Transport::new();
    let mut objects = Vec::new();
    let mut open = Vec::new();
    let mut sink = |piece: Piece<'_>| {
        match piece {
            Piece::Octets(octets) => open.extend_from_slice(octets),
            Piece::End => objects.push(Octets::from(std::mem::take(&mut open))),
        }
        Ok(())
    };
    transport.push(file, &mut sink)?;
    let form = transport.finish(&mut sink)?;
    Ok((form, objects))
}

/// Reads one object by trying what it may be (RFC 5280 §4.1, §5.1, RFC 5652 §3, RFC 6960 §4.2.1).
///
/// # Errors
/// A limit.
pub fn identify(octets: &Octets, budget: &mut Budget) -> Result<Object, Error> {
    if let Ok(message) = SignedData::from_ber(octets, budget)? {
        return Ok(Object::SignedData(Box::new(message)));
    }
    if OcspResponse::is_likely(octets, budget) {
        return match OcspResponse::from_der(octets, budget) {
            Ok(response) => Ok(Object::Ocsp(Box::new(response))),
            Err(Error::Malformed(malformed)) => Ok(Object::Unknown(malformed)),
            Err(other) => Err(other),
        };
    }
    let why = match Certificate::from_der(octets, budget) {
        Ok(certificate) => return Ok(Object::Certificate(Box::new(certificate))),
        Err(Error::Malformed(malformed)) => malformed,
        Err(other) => return Err(other),
    };
    match CertificateList::from_der(octets, budget) {
        Ok(crl) => Ok(Object::Crl(Box::new(crl))),
        Err(Error::Malformed(_)) => Ok(Object::Unknown(why)),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Reason;

    fn octets(file: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        unwrap_text(file).map(|objects| objects.iter().map(|object| object.to_vec()).collect())
    }

    #[test]
    fn every_transport_form_gives_the_same_octets() {
        let der = [0x30, 3, 2, 1, 0xfb];
        let forms: [&[u8]; 7] = [
            &der,
            b"MAMCAfs=",
            b"MAMC\r\nAfs=\r\n",
            b"MAMCAfs",
            b"-----BEGIN CMS-----\nMAMCAfs=\n-----END CMS-----\n",
            b"-----BEGIN PKCS7-----\r\nMAMC\r\nAfs=\r\n-----END PKCS7-----",
            b"subject=x\n-----BEGIN CERTIFICATE-----\nProc-Type: 4\n\nMAMCAfs=\n-----END CERTIFICATE-----\n",
        ];
        for form in forms {
            assert_eq!(
                octets(form),
                Ok(vec![der.to_vec()]),
                "{}",
                String::from_utf8_lossy(form)
            );
        }
        assert_eq!(
            octets(b"MAMCAf__"),
            Ok(vec![vec![0x30, 3, 2, 1, 0xff, 0xff]])
        );
    }

    #[test]
    fn several_objects_in_one_file() {
        let one = "-----BEGIN X-----\nMAMCAfs=\n-----END X-----\n";
        assert_eq!(
            octets(one.repeat(3).as_bytes()).map(|objects| objects.len()),
            Ok(3)
        );
    }

    #[test]
    fn broken_text_is_named() {
        let reason = |file: &[u8]| match octets(file) {
            Err(Error::Malformed(malformed)) => Some(malformed.reason),
            _ => None,
        };
        assert_eq!(reason(b""), Some(Reason::Empty));
        assert_eq!(reason(b" \n"), Some(Reason::Empty));
        assert_eq!(reason(b"hello, world"), Some(Reason::InvalidText));
        assert_eq!(
            reason(b"-----BEGIN X-----\nMAMCAfs=\n"),
            Some(Reason::Truncated)
        );
        assert_eq!(
            reason(b"-----BEGIN X-----\n-----END X-----\n"),
            Some(Reason::Empty)
        );
    }
}
