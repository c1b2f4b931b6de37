//! Whether an answer is about the certificate (RFC 6960 §3.2 condition 1, §4.1.1).

use crate::alg::digest::{DigestAlgorithm, DigestId};
use crate::alg::identifier::resolve_digest;
use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::certificate::{Certificate, significant};
use crate::x509::name_match;
use crate::x509::ocsp::CertId;

use super::{Question, RejectedReason};

/// Digests of the issuer's name and key, each computed once.
///
/// RFC 6960 §4.1.1 takes the name as it stands in the certificate. The issuer may write its own name in another
/// encoding, and some responders digest that: when both are the same name (RFC 5280 §7.1), either is taken. The key
/// is compared besides.
pub(super) struct IssuerHashes<'a> {
    certificate: &'a Certificate,
    issuer: &'a Certificate,
    verification: Verification<'a>,
    known: Vec<Known>,
}

struct Known {
    id: DigestId,
    /// Of the subject of the issuer's certificate.
    subject: Vec<u8>,
    /// Of the issuer in the certificate.
    issuer: Vec<u8>,
    key: Vec<u8>,
}

/// What a `CertID` names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Match {
    /// The certificate.
    Certificate,
    /// Another one.
    OtherSerial,
    /// One with the same serial number that is not shown to be this one.
    Rejected(RejectedReason),
}

impl<'a> IssuerHashes<'a> {
    pub(super) fn new(question: Question<'a>, verification: Verification<'a>) -> Self {
        Self {
            certificate: question.certificate,
            issuer: question.path.issuer_of(question.place),
            verification,
            known: Vec::new(),
        }
    }

    pub(super) fn compare(&mut self, id: &CertId, budget: &mut Budget) -> Result<Match, Error> {
        if significant(&id.serial) != significant(&self.certificate.serial) {
            return Ok(Match::OtherSerial);
        }
        let algorithm = resolve_digest(&id.hash_algorithm);
        let algorithm = algorithm.ok().and_then(|id| offered(id, self.verification));
        let Some(algorithm) = algorithm else {
            return Ok(Match::Rejected(RejectedReason::HashAlgorithm));
        };
        let (name, other_name) = (&self.issuer.subject, &self.certificate.issuer);
        let Some(hashes) = self.of(algorithm)? else {
            return Ok(Match::Rejected(RejectedReason::HashAlgorithm));
        };
        let is_name = *hashes.subject == *id.issuer_name_hash
            || (*hashes.issuer == *id.issuer_name_hash
                && name_match::matches(name, other_name, budget)?);
        Ok(if !is_name {
            Match::Rejected(RejectedReason::IssuerNameHash)
        } else if *hashes.key != *id.issuer_key_hash {
            Match::Rejected(RejectedReason::IssuerKeyHash)
        } else {
            Match::Certificate
        })
    }

    fn of(&mut self, algorithm: &dyn DigestAlgorithm) -> Result<Option<&Known>, Error> {
        let id = algorithm.id();
        if self.known.iter().all(|known| known.id != id) {
            let digest = |octets| algorithm.digest(octets).map(|digest| digest.value);
            self.known.push(Known {
                id,
                subject: digest(&self.issuer.subject.octets)?,
                issuer: digest(&self.certificate.issuer.octets)?,
                key: digest(&self.issuer.spki.public_key)?,
            });
        }
        Ok(self.known.iter().find(|known| known.id == id))
    }
}

/// The digests that name things here: MD5 and functions of open length are not among them. That SHA-1 collides does
/// not help: who forges a `CertID` must find a second issuer with the digest of a given one.
pub(super) fn offered(
    id: DigestId,
    verification: Verification<'_>,
) -> Option<&'static dyn DigestAlgorithm> {
    match id {
        DigestId::Md5 | DigestId::Shake256 => None,
        _ => verification.digest(id),
    }
}
