//! Names of algorithms in XML signatures.
//!
//! GOST: draft-smirnov-xmldsig and the IANA XML registry `cpxmlsec`; the others: RFC 9231.

use crate::alg::digest::DigestId;
use crate::alg::signature::{SignatureId, SignatureScheme};

const fn pair(scheme: SignatureScheme, digest: DigestId) -> SignatureId {
    SignatureId { scheme, digest }
}

/// The signature algorithm of a `SignatureMethod`.
pub(super) fn signature(uri: &str) -> Option<SignatureId> {
    let id = match uri {
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256" => {
            pair(SignatureScheme::Gost2012_256, DigestId::Streebog256)
        }
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512" => {
            pair(SignatureScheme::Gost2012_512, DigestId::Streebog512)
        }
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => {
            pair(SignatureScheme::RsaPkcs1, DigestId::Sha256)
        }
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => {
            pair(SignatureScheme::RsaPkcs1, DigestId::Sha384)
        }
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => {
            pair(SignatureScheme::RsaPkcs1, DigestId::Sha512)
        }
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => {
            pair(SignatureScheme::RsaPss, DigestId::Sha256)
        }
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => {
            pair(SignatureScheme::RsaPss, DigestId::Sha384)
        }
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => {
            pair(SignatureScheme::RsaPss, DigestId::Sha512)
        }
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => {
            pair(SignatureScheme::Ecdsa, DigestId::Sha256)
        }
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => {
            pair(SignatureScheme::Ecdsa, DigestId::Sha384)
        }
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => {
            pair(SignatureScheme::Ecdsa, DigestId::Sha512)
        }
        _ => return None,
    };
    Some(id)
}

/// The digest algorithm of a `DigestMethod`.
pub(super) fn digest(uri: &str) -> Option<DigestId> {
    match uri {
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256" => {
            Some(DigestId::Streebog256)
        }
        "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-512" => {
            Some(DigestId::Streebog512)
        }
        "http://www.w3.org/2001/04/xmlenc#sha256" => Some(DigestId::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(DigestId::Sha384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Some(DigestId::Sha512),
        _ => None,
    }
}

/// The digest algorithm by which a signature names its signer's certificate. SHA-1 is accepted here and nowhere else:
/// the certificate is compared octet by octet with those that may sign, so that nothing rests on this digest.
pub(super) fn certificate_digest(uri: &str) -> Option<DigestId> {
    match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Some(DigestId::Sha1),
        other => digest(other),
    }
}
