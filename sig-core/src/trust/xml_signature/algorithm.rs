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
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => {
            pair(SignatureScheme::Ecdsa, DigestId::Sha256)
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
        _ => None,
    }
}
