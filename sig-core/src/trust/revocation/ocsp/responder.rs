//! Who may answer (RFC 6960 §4.2.2.2): the issuer itself, or whom it certified for that with the same key.

use std::sync::Arc;

use crate::alg::digest::DigestId;
use crate::alg::keyring::Verification;
use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::oids;
use crate::finding::Level;
use crate::path::build::CertificationPath;
use crate::path::inputs::PathInputs;
use crate::path::validate::{ValidityTimes, check, subject};
use crate::x509::certificate::Certificate;
use crate::x509::name_match;
use crate::x509::ocsp::{BasicOcspResponse, ResponderId};
use crate::x509::signed::SignedRejected;

use super::super::crl;
use super::super::pending::Pending;
use super::super::{Offered, Question, Source, Status, UnknownSigner};
use super::RejectedReason;

/// Who signed.
pub(super) struct Responder {
    /// The path whose first certificate has the key; empty when that is the anchor's.
    pub(super) path: CertificationPath,
    /// What says that its certificate is not revoked, where that is not the caller's question anyway.
    pub(super) proof: Vec<Source>,
}

/// Certificates looked at for one response.
const CANDIDATES: usize = 8;

/// The authorised responder that signed, or why there is none (RFC 6960 §3.2 conditions 2 to 4).
///
/// # Errors
/// A limit; two implementations disagree.
pub(super) fn authorised(
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    basic: &BasicOcspResponse,
    budget: &mut Budget,
) -> Result<Result<Responder, RejectedReason>, Error> {
    let verification = offered.sources.verification;
    let issuer = question.path.issuer_of(question.place);
    let mut why = RejectedReason::NoResponder;
    for candidate in candidates(issuer, offered, basic, budget)? {
        let signed = basic.signed.verify(&candidate.spki, verification, budget)?;
        if let Err(rejected) = signed {
            if why == RejectedReason::NoResponder {
                why = match rejected {
                    SignedRejected::BadSignature => RejectedReason::BadSignature,
                    _ => RejectedReason::SignatureAlgorithm,
                };
            }
            continue;
        }
        if pending.has_key_of(&candidate) {
            return Ok(Err(RejectedReason::OwnResponder));
        }
        if candidate.octets == issuer.octets {
            let path = question.path.above(question.place);
            let proof = Vec::new();
            return Ok(Ok(Responder { path, proof }));
        }
        let delegate = Delegate {
            question,
            pending,
            offered,
            produced_at: basic.produced_at,
            certificate: &candidate,
        };
        match delegate.responder(budget)? {
            Ok(responder) => return Ok(Ok(responder)),
            // The same key may be certified again, and better.
            Err(reason) => why = reason,
        }
    }
    Ok(Err(why))
}

/// Certificates that the `responderID` names: the issuer's own first, then those in the response, then those offered.
fn candidates(
    issuer: &Arc<Certificate>,
    offered: Offered<'_>,
    basic: &BasicOcspResponse,
    budget: &mut Budget,
) -> Result<Vec<Arc<Certificate>>, Error> {
    let mut named: Vec<Arc<Certificate>> = Vec::new();
    let pools = std::iter::once(issuer)
        .chain(&basic.certificates)
        .chain(offered.sources.intermediates);
    for certificate in pools {
        if named.len() == CANDIDATES {
            break;
        }
        let is_known = |known: &Arc<Certificate>| known.octets == certificate.octets;
        let id = &basic.responder;
        if !named.iter().any(is_known)
            && is_named(certificate, id, offered.sources.verification, budget)?
        {
            named.push(Arc::clone(certificate));
        }
    }
    Ok(named)
}

fn is_named(
    certificate: &Certificate,
    id: &ResponderId,
    verification: Verification<'_>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    match id {
        ResponderId::ByName(name) => Ok(name_match::matches(&certificate.subject, name, budget)?),
        ResponderId::ByKey(hash) => {
            let Some(sha1) = verification.digest(DigestId::Sha1) else {
                return Ok(false);
            };
            budget.spend_name_comparison()?;
            Ok(sha1.digest(&certificate.spki.public_key)?.value == **hash)
        }
    }
}

/// A responder other than the issuer, whose key signed the response.
struct Delegate<'a> {
    question: Question<'a>,
    pending: Pending<'a>,
    offered: Offered<'a>,
    produced_at: UnixTime,
    certificate: &'a Arc<Certificate>,
}

impl Delegate<'_> {
    /// With its path to the anchor of the certificate, when the issuer delegated to it.
    fn responder(&self, budget: &mut Budget) -> Result<Result<Responder, RejectedReason>, Error> {
        let Question { path, place, .. } = self.question;
        let issuer = path.issuer_of(place);
        let verification = self.offered.sources.verification;
        if !name_match::matches(&self.certificate.issuer, &issuer.subject, budget)? {
            return Ok(Err(RejectedReason::OtherAuthority));
        }
        let signed = &self.certificate.signed;
        if signed.verify(&issuer.spki, verification, budget)?.is_err() {
            return Ok(Err(RejectedReason::OtherKey));
        }
        if let Err(reason) = self.check_purpose() {
            return Ok(Err(reason));
        }
        let mut signer = path.above(place);
        signer.certificates.insert(0, Arc::clone(self.certificate));
        if !self.obeys_rfc5280(&signer, budget)? {
            return Ok(Err(RejectedReason::ResponderPath));
        }
        let checked = self.check_not_revoked(&signer, budget)?;
        Ok(checked.map(|proof| Responder {
            path: signer,
            proof,
        }))
    }

    fn check_purpose(&self) -> Result<(), RejectedReason> {
        let extensions = &self.certificate.extensions;
        // RFC 6960 §4.2.2.2: OCSPSigning itself, not anyExtendedKeyUsage, and not in an authority above.
        let purposes = extensions.extended_key_usage.as_ref();
        if !purposes.is_some_and(|usage| usage.purposes.contains(&oids::OCSP_SIGNING)) {
            return Err(RejectedReason::NoOcspSigning);
        }
        let may_sign = |usage: crate::x509::extension::key_usage::KeyUsage| {
            usage.digital_signature() || usage.non_repudiation()
        };
        if !extensions.key_usage.is_none_or(may_sign) {
            return Err(RejectedReason::NoDigitalSignature);
        }
        let validity = self.certificate.not_before..=self.certificate.not_after;
        if !validity.contains(&self.produced_at) {
            return Err(RejectedReason::ResponderValidity);
        }
        if !validity.contains(&self.question.at) {
            return Err(RejectedReason::ResponderExpired);
        }
        Ok(())
    }

    /// What RFC 5280 §6.1 says of the responder; what it says of the authorities above stands with the path that
    /// is judged.
    fn obeys_rfc5280(
        &self,
        signer: &CertificationPath,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let times = ValidityTimes {
            authorities: self.question.at,
        };
        let checked = check(signer, &PathInputs::UNCONSTRAINED, times, budget)?;
        let own = subject(self.certificate);
        let mut findings = checked.findings.iter();
        Ok(!findings.any(|finding| finding.level == Level::Fail && finding.subject == own))
    }

    /// RFC 6960 §4.2.2.2.1: ocsp-nocheck, else a CRL; what is not known decides as [`UnknownSigner`] says. No OCSP
    /// response is asked, so none vouches for its responder.
    fn check_not_revoked(
        &self,
        signer: &CertificationPath,
        budget: &mut Budget,
    ) -> Result<Result<Vec<Source>, RejectedReason>, Error> {
        const NULL: [u8; 2] = [5, 0];
        let no_check = self.certificate.extensions.find(oids::OCSP_NO_CHECK);
        if no_check.is_some_and(|extension| *extension.value == NULL) {
            return Ok(Ok(Vec::new()));
        }
        let pending = self.pending.and(self.certificate);
        if pending.is_too_deep() {
            return Ok(Err(RejectedReason::ResponderStatus));
        }
        let question = Question {
            path: signer,
            place: 0,
            certificate: self.certificate,
            ..self.question
        };
        let determined = crl::status(question, pending, self.offered, budget)?;
        let is_named = determined
            .rejected
            .iter()
            .any(|rejected| rejected.names_the_certificate);
        Ok(match determined.answer {
            Some(answer) if answer.is_in_force() => Ok(answer.sources),
            Some(answer) if matches!(answer.status, Status::Revoked(_)) => {
                Err(RejectedReason::ResponderRevoked)
            }
            Some(answer) if matches!(answer.status, Status::OnHold(_)) => {
                Err(RejectedReason::ResponderOnHold)
            }
            None if !is_named && self.question.unknown_signer == UnknownSigner::Taken => {
                Ok(Vec::new())
            }
            Some(_) | None => Err(RejectedReason::ResponderStatus),
        })
    }
}
