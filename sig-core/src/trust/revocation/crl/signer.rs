//! RFC 5280 §6.3.3 (f) and (g): who signed a CRL, and by which path that may be believed.

use std::slice;
use std::sync::Arc;

use crate::base::error::{Error, LimitExceeded};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::Level;
use crate::path::build::{CertificationPath, Search, search};
use crate::path::inputs::PathInputs;
use crate::path::validate::{self, ValidityTimes};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::name::Name;
use crate::x509::name_match;

use super::super::pending::Pending;
use super::super::{Offered, Question, Source, Status, UnknownSigner, determine};
use super::points::Concern;
use super::rejected::RejectedReason;

/// Who signed.
pub(super) struct Signer {
    /// The path whose first certificate has the key; empty when that is the anchor's.
    pub(super) path: CertificationPath,
    /// What says that the path is not revoked, where the caller does not ask that itself.
    pub(super) proof: Vec<Source>,
}

impl Signer {
    /// The certificate with the key.
    pub(super) fn certificate(&self) -> &Certificate {
        let first = self.path.certificates.first();
        first.unwrap_or(&self.path.anchor)
    }
}

/// Why nobody signed.
pub(super) struct Unsigned {
    pub(super) reason: RejectedReason,
    /// The signature verifies with a key that leads to the anchor: what the CRL says is not a stranger's word.
    pub(super) is_genuine: bool,
}

struct Candidate {
    certificate: Arc<Certificate>,
    /// Its path, when it stands in the path of the certificate and is judged with it.
    path: Option<CertificationPath>,
    is_authority: bool,
}

/// Finds the signer of a CRL: by name and key identifier, the certificate's own issuer first, then the others of its
/// path, then what is offered (a renewed key of the authority, a separate signer, a CRL issuer named by a
/// distribution point).
///
/// A signer outside the path needs a path of its own to the same anchor, valid at the time of judging, none of whose
/// certificates is known to be revoked; what is not known decides as [`UnknownSigner`] says. One that is no authority
/// must have the cRLSign bit, not just lack keyUsage.
///
/// # Deviation
/// RFC 5280 §6.3.3 (f) takes any path to the anchor. Any authority below it could then certify a key under the name of
/// another and sign that one's CRLs, so the names on the path are held to those of the certificate's own path, and
/// for a CRL issuer that a distribution point names, to be different ones.
pub(super) fn find(
    crl: &CertificateList,
    concern: Concern,
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Result<Signer, Unsigned>, Error> {
    let mut failed = Unsigned {
        reason: RejectedReason::NoSigner,
        is_genuine: false,
    };
    for candidate in candidates(crl, concern, question, pending, offered, budget)? {
        let signed = &crl.signed;
        let verification = offered.sources.verification;
        let key = &candidate.certificate.spki;
        if signed.verify(key, verification, budget)?.is_err() {
            failed.reason = failed.reason.max(RejectedReason::BadSignature);
            continue;
        }
        if !may_sign_crls(&candidate) {
            failed.reason = failed.reason.max(RejectedReason::NoCrlSign);
            failed.is_genuine |= candidate.path.is_some();
            continue;
        }
        let path = match candidate.path {
            Some(path) => {
                let proof = Vec::new();
                return Ok(Ok(Signer { path, proof }));
            }
            None => {
                let signer = &candidate.certificate;
                own_path(signer, concern, question, pending, offered, budget)?
            }
        };
        match path {
            Ok(signer) => return Ok(Ok(signer)),
            Err(reason) => {
                failed.reason = failed.reason.max(reason);
                let is_told = [RejectedReason::SignerPath, RejectedReason::SignerExpired];
                failed.is_genuine |= !is_told.contains(&reason);
            }
        }
    }
    Ok(Err(failed))
}

fn candidates(
    crl: &CertificateList,
    concern: Concern,
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let path = question.path;
    for place in question.place..path.certificates.len() {
        let certificate = path.issuer_of(place);
        if name_match::matches(&certificate.subject, &crl.issuer, budget)? {
            candidates.push(Candidate {
                certificate: Arc::clone(certificate),
                path: Some(path.above(place)),
                is_authority: true,
            });
        }
    }
    for certificate in offered.sources.named(&crl.issuer, budget)? {
        let is_known = |known: &Candidate| known.certificate.octets == certificate.octets;
        if !candidates.iter().any(is_known) {
            budget.spend_path_candidate()?;
            let constraints = certificate.extensions.basic_constraints;
            candidates.push(Candidate {
                is_authority: constraints.is_some_and(|constraints| constraints.ca),
                certificate,
                path: None,
            });
        }
    }
    candidates.retain(|candidate| !pending.has_key_of(&candidate.certificate));
    if pending.is_inside()
        && concern == Concern::Delegate
        && let Some(own) = path.certificates.get(question.place)
        && answers_for_itself(own, budget)?
    {
        let (_, rest) = path.certificates.split_at(question.place);
        candidates.push(Candidate {
            certificate: Arc::clone(own),
            path: Some(CertificationPath {
                certificates: rest.to_vec(),
                anchor: Arc::clone(&path.anchor),
            }),
            is_authority: false,
        });
    }
    candidates.sort_by_key(|candidate| !key_identifier_fits(&candidate.certificate, crl));
    Ok(candidates)
}

fn key_identifier_fits(signer: &Certificate, crl: &CertificateList) -> bool {
    let wanted = crl.authority_key_identifier();
    let wanted = wanted.and_then(|identifier| identifier.key_identifier.as_ref());
    wanted.is_some() && wanted == signer.extensions.subject_key_identifier.as_ref()
}

/// Whether the authority says in every distribution point of a CRL issuer's certificate that its holder alone answers
/// for it: there is no other data about it then, as with `id-pkix-ocsp-nocheck`. Its own CRL may say so much as that
/// it is revoked.
fn answers_for_itself(signer: &Certificate, budget: &mut Budget) -> Result<bool, LimitExceeded> {
    let Some(points) = &signer.extensions.crl_distribution_points else {
        return Ok(false);
    };
    for point in &points.points {
        let [GeneralName::Directory(issuer)] = point.crl_issuer.as_slice() else {
            return Ok(false);
        };
        if !name_match::matches(issuer, &signer.subject, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// (f): the cRLSign bit, where there is keyUsage.
fn may_sign_crls(candidate: &Candidate) -> bool {
    let usage = candidate.certificate.extensions.key_usage;
    usage.map_or(candidate.is_authority, |usage| usage.crl_sign())
}

/// A path of the signer to the anchor of the certificate.
fn own_path(
    signer: &Arc<Certificate>,
    concern: Concern,
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Result<Signer, RejectedReason>, Error> {
    let anchors = slice::from_ref(&question.path.anchor);
    let sources = offered.sources.with_anchors(anchors);
    let mut outcome = Err(RejectedReason::SignerPath);
    search(signer, sources, budget, &mut |path, budget| {
        let vouches_for_itself = path.certificates.iter().any(|c| pending.has_key_of(c));
        if vouches_for_itself
            || !has_right_names(&path, concern, question, budget)?
            || !is_valid(&path, question, budget)?
        {
            return Ok(Search::Continue);
        }
        if has_ended(&path, question.at) {
            if let Err(known) = &mut outcome {
                *known = RejectedReason::SignerExpired.max(*known);
            }
            return Ok(Search::Continue);
        }
        match not_revoked(&path, question, pending, offered, budget)? {
            Ok(proof) => {
                outcome = Ok(Signer { path, proof });
                return Ok(Search::Stop);
            }
            Err(reason) => {
                if let Err(known) = &mut outcome {
                    *known = reason.max(*known);
                }
            }
        }
        Ok(Search::Continue)
    })?;
    Ok(outcome)
}

/// Whether the path goes through those authorities through which the certificate's own path goes, for its issuer; for
/// another CRL issuer, whether no name comes back after another.
fn has_right_names(
    path: &CertificationPath,
    concern: Concern,
    question: Question<'_>,
    budget: &mut Budget,
) -> Result<bool, LimitExceeded> {
    let names = entities(path, budget)?;
    if concern == Concern::Issuer {
        let own = question.path.above(question.place);
        let own = entities(&own, budget)?;
        if names.len() != own.len() {
            return Ok(false);
        }
        for (left, right) in names.iter().zip(own) {
            if !name_match::matches(left, right, budget)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    for (place, name) in names.iter().enumerate() {
        for other in names.iter().skip(place + 1) {
            if name_match::matches(name, other, budget)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The names on a path, self-issued certificates not counted (RFC 5280 §6.1).
fn entities<'p>(
    path: &'p CertificationPath,
    budget: &mut Budget,
) -> Result<Vec<&'p Name>, LimitExceeded> {
    let mut names: Vec<&Name> = Vec::new();
    for certificate in path.certificates.iter().chain([&path.anchor]) {
        let is_same = match names.last() {
            Some(last) => name_match::matches(last, &certificate.subject, budget)?,
            None => false,
        };
        if !is_same {
            names.push(&certificate.subject);
        }
    }
    Ok(names)
}

/// Whether the signer's certificate has expired.
fn has_ended(path: &CertificationPath, at: UnixTime) -> bool {
    let signer = path.certificates.first();
    signer.is_some_and(|signer| signer.not_after < at)
}

/// Whether the path obeys RFC 5280 §6.1, the end of the signer's certificate excepted.
fn is_valid(
    path: &CertificationPath,
    question: Question<'_>,
    budget: &mut Budget,
) -> Result<bool, Error> {
    let at = question.at;
    let has_begun = |signer: &Arc<Certificate>| signer.not_before <= at;
    if !path.certificates.first().is_none_or(has_begun) {
        return Ok(false);
    }
    let times = ValidityTimes { authorities: at };
    let checked = validate::check(path, &PathInputs::UNCONSTRAINED, times, budget)?;
    Ok(checked.findings.iter().all(|f| f.level != Level::Fail))
}

/// Asks about every certificate of the path that is not asked about anyway.
fn not_revoked(
    path: &CertificationPath,
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Result<Vec<Source>, RejectedReason>, Error> {
    let mut proof = Vec::new();
    for (place, certificate) in path.certificates.iter().enumerate() {
        let mut judged = question.path.certificates.iter();
        if judged.any(|known| known.octets == certificate.octets) {
            continue;
        }
        let inner = Question {
            path,
            place,
            certificate,
            ..question
        };
        let determined = determine(inner, pending.and(certificate), offered, budget)?;
        let is_named = determined.rejected.iter().any(|r| r.names_the_certificate);
        match determined.answer {
            Some(answer) if answer.is_in_force() => proof.extend(answer.sources),
            Some(answer) if matches!(answer.status, Status::Revoked(_)) => {
                return Ok(Err(RejectedReason::SignerRevoked));
            }
            Some(answer) if matches!(answer.status, Status::OnHold(_)) => {
                return Ok(Err(RejectedReason::SignerOnHold));
            }
            None if !is_named && question.unknown_signer == UnknownSigner::Taken => {}
            Some(_) | None => return Ok(Err(RejectedReason::SignerUnknown)),
        }
    }
    Ok(Ok(proof))
}
