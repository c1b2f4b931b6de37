//! What a file holds, found by its content: DER, PEM, base64, PKCS#7 bundles (RFC 7468, RFC 5652).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::signed_data::SignedData;

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

/// The octets of the objects in a file: as they are, or taken out of PEM or base64 (RFC 7468 §2).
///
/// # Errors
/// Nothing is there, or PEM or base64 is broken.
pub fn unwrap_text(file: &[u8]) -> Result<Vec<Octets>, Error> {
    /// The first octet of every object read here: SEQUENCE.
    const SEQUENCE: u8 = 0x30;
    let body = file.trim_ascii_start();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body {
        [] => Err(text_error(0, Reason::Empty)),
        // "0" begins base64 only of tags that no object has.
        [SEQUENCE, ..] if file.first() == Some(&SEQUENCE) => Ok(vec![Octets::from(file)]),
        _ if contains(body, b"-----BEGIN ") => unwrap_pem(body),
        _ => decode_base64(body, 0).map(|octets| vec![Octets::from(octets)]),
    }
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

fn unwrap_pem(text: &[u8]) -> Result<Vec<Octets>, Error> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----END ";
    let mut objects = Vec::new();
    let mut inside: Option<(usize, Vec<u8>)> = None;
    let mut offset = 0;
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        let trimmed = line.trim_ascii();
        if trimmed.starts_with(BEGIN) {
            inside = Some((offset, Vec::new()));
        } else if trimmed.starts_with(END) {
            let (start, base64) = inside
                .take()
                .ok_or_else(|| text_error(offset, Reason::InvalidText))?;
            objects.push(Octets::from(decode_base64(&base64, start)?));
        } else if let Some((_, base64)) = &mut inside
            // Headers of RFC 1421 carry a colon.
            && !trimmed.contains(&b':')
        {
            base64.extend_from_slice(trimmed);
        }
        offset += line.len();
    }
    match inside {
        Some((start, _)) => Err(text_error(start, Reason::Truncated)),
        None if objects.is_empty() => Err(text_error(0, Reason::Empty)),
        None => Ok(objects),
    }
}

fn decode_base64(text: &[u8], offset: usize) -> Result<Vec<u8>, Error> {
    let packed: Vec<u8> = text
        .iter()
        .copied()
        .filter(|octet| !octet.is_ascii_whitespace())
        .collect();
    let unpadded = packed
        .trim_ascii_end()
        .split(|octet| *octet == b'=')
        .next()
        .unwrap_or_default();
    let url = unpadded.iter().any(|octet| matches!(octet, b'-' | b'_'));
    let decoded = if url {
        URL_SAFE_NO_PAD.decode(unpadded)
    } else if packed.len() == unpadded.len() && !packed.len().is_multiple_of(4) {
        base64::engine::general_purpose::STANDARD_NO_PAD.decode(unpadded)
    } else {
        STANDARD.decode(&packed)
    };
    match decoded {
        Ok(octets) if !octets.is_empty() => Ok(octets),
        Ok(_) => Err(text_error(offset, Reason::Empty)),
        Err(_) => Err(text_error(offset, Reason::InvalidText)),
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

const fn text_error(offset: usize, reason: Reason) -> Error {
    Error::Malformed(Malformed {
        structure: Structure::Pem,
        offset,
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
