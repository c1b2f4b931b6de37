//! Validation time sliding (EN 319 102-1 §5.6.2.2): until when a path can be relied upon.

mod known_now;
mod strength;

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::code::past as codes;
use crate::finding::{Finding, Subject};
use crate::path::build::CertificationPath;
use crate::path::inputs::AnchorValidity;
use crate::path::validate::subject;
use crate::trust::poe::ProofsOfExistence;
use crate::trust::revocation::{
    self, Answer, Freshness, Lapse, Offered, Question, Rejected, Revocation, SourceObject, Status,
};
use crate::x509::certificate::Certificate;
use crate::x509::crl::CertificateList;
use crate::x509::ocsp::OcspResponse;

use super::evidence::Material;
use super::policy::{Policy, RevocationRule, ValidityModel};
use super::recovery::{self, Transition};
use super::{Validator, revocation as asking};

use known_now::Ended;
use strength::Weak;

/// What is slid along (EN 319 102-1 §5.6.2.2.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) validator: &'a Validator,
    pub(super) path: &'a CertificationPath,
    pub(super) material: &'a Material,
    /// What existed when.
    pub(super) proofs: &'a ProofsOfExistence,
    /// The time of checking.
    pub(super) at: UnixTime,
    /// When the trust in the anchor ended, if it did.
    pub(super) sunset: Option<UnixTime>,
}

/// The end of sliding (EN 319 102-1 §5.6.2.2.3).
#[derive(Debug)]
pub(super) struct Slid {
    /// control-time: everything in the path is proven good then.
    pub(super) control: UnixTime,
    /// How it came to that, in findings that decide nothing.
    pub(super) story: Vec<Finding>,
    /// What is weak since some time and is proven to have existed before (EN 319 102-1 §5.6.2.4.4 step 4).
    pub(super) strong_when_proven: Vec<Subject>,
    /// The first certificate of the path to end by what is known now, however late that is proven.
    pub(super) ended: Option<Ended>,
}

impl Slid {
    /// Whether a signature of this time was made after a certificate of the path was revoked.
    pub(super) fn is_refuted(&self, existed: UnixTime) -> bool {
        self.ended
            .as_ref()
            .is_some_and(|ended| ended.since <= existed)
    }
}

/// Why there is no control time.
#[derive(Clone, Debug)]
pub(super) enum Stopped {
    /// Nothing proves that the object, or revocation data about it, existed at the control time.
    Unproven(Subject, UnixTime),
    /// The only data about the end entity is signed by one whose certificate expired before it is proven to exist.
    SignerOutOfBounds(Subject),
    /// An algorithm that never was acceptable, or whose end cannot be slid before.
    Weak(Subject, String, UnixTime),
}

/// Times of proof at which one certificate is asked about again; there are no more time-stamps than that.
const MOST_TIMES: usize = 16;

/// Slides the control time from the certificate that the anchor issued down to the end entity.
///
/// # Deviation
/// Stricter than the clause where it would let the control time stand after the end of an authority that signed
/// revocation data or certificates below it, or of an algorithm that a later forger could use: an authority's end ends
/// what it signs (in the shell model, as in the basic process), and what is weak must itself be proven to be older.
///
/// # Errors
/// A limit; two implementations disagree.
///
/// # Limits
/// For each certificate the work of one question about its revocation, and of one more for each time at which an
/// object is proven whose signer is no longer believed; at most 16 of those.
pub(super) fn slide(
    inputs: Inputs<'_>,
    budget: &mut Budget,
) -> Result<Result<Slid, Stopped>, Error> {
    let mut sliding = Sliding {
        inputs,
        slid: Slid {
            control: inputs.at,
            story: Vec::new(),
            strong_when_proven: Vec::new(),
            ended: None,
        },
    };
    sliding.begin();
    for (place, certificate) in inputs.path.certificates.iter().enumerate().rev() {
        if let Err(stopped) = sliding.pass(place, certificate, budget)? {
            return Ok(Err(stopped));
        }
    }
    Ok(Ok(sliding.slid))
}

struct Sliding<'a> {
    inputs: Inputs<'a>,
    slid: Slid,
}

/// What is known of one certificate at the control time.
struct Known {
    answers: Vec<Answer>,
    /// An object that would answer if its signer were believed.
    lapsed: Option<Subject>,
    /// Something that does not count names the certificate.
    is_named: bool,
}

impl Sliding<'_> {
    const fn policy(&self) -> &Policy {
        &self.inputs.validator.policy
    }

    fn existed(&self, object: &Subject) -> UnixTime {
        self.inputs.proofs.since(object, self.inputs.at)
    }

    /// Moves the control time back, and says why; later it never moves.
    fn move_to(&mut self, control: UnixTime, why: Finding) {
        if control < self.slid.control {
            self.slid.control = control;
            self.slid.story.push(why.with_time("control", control));
        }
    }

    /// Step 1.
    fn begin(&mut self) {
        let anchor = &self.inputs.path.anchor;
        if let Some(sunset) = self.inputs.sunset {
            let finding = Finding::new(&codes::CONTROL_SUNSET, subject(anchor));
            self.move_to(just_before(sunset), finding.with_time("sunset", sunset));
        }
        if self.policy().path.anchor_validity == AnchorValidity::Checked
            && !self.inputs.path.certificates.is_empty()
        {
            self.end_with(&Arc::clone(anchor));
        }
    }

    /// Step 2, for one certificate.
    fn pass(
        &mut self,
        place: usize,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<Result<(), Stopped>, Error> {
        let about = subject(certificate);
        if self.existed(&about) > self.slid.control {
            return Ok(Err(Stopped::Unproven(about, self.slid.control)));
        }
        for _ in 0..MOST_TIMES {
            let answers = match self.ask(place, certificate, budget)? {
                Ok(answers) => answers,
                Err(stopped) => return Ok(Err(stopped)),
            };
            let chosen = self.slid.control;
            match self.check_strength(place, certificate, (&answers, chosen)) {
                Ok(()) => {
                    self.weigh(&answers, &about);
                    self.weigh_known_now(place, certificate, budget)?;
                    self.end_below(place, certificate);
                    return Ok(Ok(()));
                }
                // Older data may answer in the place of data that is weak and not proven to be older.
                Err(Weak::Late(object, algorithm, ended)) if object != about => {
                    let finding = Finding::new(&codes::CONTROL_ALGORITHM, object);
                    let finding = finding.with_word("algorithm", algorithm);
                    self.move_to(just_before(ended), finding.with_time("ended", ended));
                }
                Err(Weak::Late(object, _, ended)) => {
                    return Ok(Err(Stopped::Unproven(object, just_before(ended))));
                }
                Err(Weak::Always(stopped)) => return Ok(Err(stopped)),
            }
        }
        Ok(Err(Stopped::Unproven(about, self.slid.control)))
    }

    fn end_below(&mut self, place: usize, certificate: &Certificate) {
        if place > 0 {
            self.end_with(certificate);
        }
    }

    /// What an authority signed counts until its certificate ends.
    fn end_with(&mut self, authority: &Certificate) {
        if self.policy().validity_model == ValidityModel::Shell {
            let not_after = authority.not_after;
            let finding = Finding::new(&codes::CONTROL_AUTHORITY_ENDED, subject(authority));
            self.move_to(not_after, finding.with_time("not_after", not_after));
        }
    }

    /// (a): revocation data that is proven to have existed at the control time.
    fn ask(
        &mut self,
        place: usize,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<Result<Vec<Answer>, Stopped>, Error> {
        let rule = self.policy().revocation;
        if rule == RevocationRule::Off {
            return Ok(Ok(Vec::new()));
        }
        let known = self.known(place, certificate, budget)?;
        if !known.answers.is_empty() || rule == RevocationRule::WhenAvailable && !known.is_named {
            return Ok(Ok(known.answers));
        }
        Ok(Err(match known.lapsed {
            Some(object) if place == 0 => Stopped::SignerOutOfBounds(object),
            _ => Stopped::Unproven(subject(certificate), self.slid.control),
        }))
    }

    /// Every answer about a certificate: by what is believed at the control time, and by what was believed when it is
    /// proven to have existed.
    fn known(
        &self,
        place: usize,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<Known, Error> {
        let control = self.slid.control;
        let usable = self.proven_at(control);
        let now = self.status(place, certificate, control, &usable, budget)?;
        let mut known = Known {
            answers: Vec::new(),
            lapsed: None,
            is_named: now.rejected.iter().any(|it| it.names_the_certificate),
        };
        let mut times: Vec<UnixTime> = Vec::new();
        for rejected in now.rejected.iter().filter(|it| may_have_counted(it)) {
            known.lapsed = Some(rejected.subject.clone());
            let proven = self.existed(&rejected.subject);
            if proven < control && !times.contains(&proven) && times.len() < MOST_TIMES {
                times.push(proven);
            }
        }
        known.answers.extend(now.answer);
        for time in times {
            let then = self.proven_at(time);
            let asked = self.status(place, certificate, time, &then, budget)?;
            let Some(mut answer) = asked.answer else {
                continue;
            };
            if self.is_by_believed(&answer, &usable, control, budget)? {
                // Whether it is still fresh at the control time is not known.
                answer.freshness = Freshness::NotProvable;
                known.answers.push(answer);
            }
        }
        let (at, all) = (self.inputs.at, self.proven_at(self.inputs.at));
        for answer in std::mem::take(&mut known.answers) {
            let is_good = against(answer.status).is_none();
            // What is known now against a signer counts, however late it is proven.
            let is_taken = !is_good
                || control >= at
                || self.is_by_proven(&answer) && self.is_by_believed(&answer, &all, at, budget)?;
            known.answers.extend(is_taken.then_some(answer));
        }
        Ok(known)
    }

    /// Whether the certificates of those who signed the answer existed at the control time, as that of the one it is
    /// about must: whoever holds the key of an authority that ended could certify a signer of old data now.
    fn is_by_proven(&self, answer: &Answer) -> bool {
        let path = &self.inputs.path.certificates;
        answer.sources.iter().all(|source| {
            let held = match &source.object {
                SourceObject::Ocsp(response) => response.basic().map(|it| &it.certificates),
                SourceObject::Crl(_) => None,
            };
            let held = held.map(Vec::as_slice).unwrap_or_default();
            let mut signers = source.signer.certificates.iter();
            signers.all(|signer| {
                let mut known = path.iter().chain(held);
                known.any(|known| known.octets == signer.octets)
                    || self.existed(&subject(signer)) <= self.slid.control
            })
        })
    }

    fn status(
        &self,
        place: usize,
        certificate: &Certificate,
        at: UnixTime,
        usable: &Usable,
        budget: &mut Budget,
    ) -> Result<revocation::Determination, Error> {
        let Inputs {
            validator,
            path,
            material,
            ..
        } = self.inputs;
        let question = asking::question(validator, path, place, certificate, at);
        revocation::status(question, self.offered(usable, material, at), budget)
    }

    fn offered<'u>(
        &'u self,
        usable: &'u Usable,
        material: &'u Material,
        at: UnixTime,
    ) -> Offered<'u> {
        Offered {
            crls: &usable.crls,
            ocsp: &usable.ocsp,
            max_age_days: self.policy().max_revocation_age_days,
            fresh_age_days: self.policy().fresh_revocation_age_days,
            sources: asking::sources(self.inputs.validator, material, at),
        }
    }

    /// Revocation data that is proven to have existed at a time.
    fn proven_at(&self, time: UnixTime) -> Usable {
        let is_all = time >= self.inputs.at;
        let crls = asking::crls(self.inputs.material);
        let crls = crls.iter().filter(|crl| {
            is_all || crl.this_update <= time && self.existed(&Subject::Crl(crl.sha256())) <= time
        });
        let ocsp = self.inputs.material.ocsp.iter();
        let ocsp = ocsp.filter(|it| is_all || self.existed(&Subject::Ocsp(it.sha256())) <= time);
        Usable {
            crls: crls.cloned().collect(),
            ocsp: ocsp.cloned().collect(),
        }
    }

    /// Whether nothing that is usable at a time says that who signed the answer was revoked when it is proven.
    fn is_by_believed(
        &self,
        answer: &Answer,
        usable: &Usable,
        at: UnixTime,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let Inputs {
            validator,
            path,
            material,
            ..
        } = self.inputs;
        for source in &answer.sources {
            let proven = self.existed(&source.subject);
            for (place, signer) in source.signer.certificates.iter().enumerate() {
                let mut judged = path.certificates.iter();
                if judged.any(|known| known.octets == signer.octets) {
                    continue;
                }
                let question: Question<'_> =
                    asking::question(validator, &source.signer, place, signer, at);
                let offered = self.offered(usable, material, at);
                let answer = revocation::status(question, offered, budget)?.answer;
                let since = answer.and_then(|answer| against(answer.status));
                if proven > signer.not_after || since.is_some_and(|since| since <= proven) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// (b): revoked, or not fresh.
    fn weigh(&mut self, answers: &[Answer], about: &Subject) {
        if let Some((since, date)) = revoked_since(answers)
            && since <= self.slid.control
        {
            let finding = Finding::new(&codes::CONTROL_REVOKED, about.clone());
            self.move_to(just_before(since), finding.with_time("revoked_at", date));
            return;
        }
        let is_fresh = |answer: &&Answer| answer.freshness == Freshness::Fresh;
        if answers.iter().any(|answer| is_fresh(&answer)) {
            return;
        }
        let Some(newest) = answers.iter().map(|answer| answer.this_update).max() else {
            return;
        };
        let finding = Finding::new(&codes::CONTROL_NOT_FRESH, about.clone());
        self.move_to(newest, finding.with_time("this_update", newest));
    }
}

/// CRLs and OCSP responses.
struct Usable {
    crls: Vec<Arc<CertificateList>>,
    ocsp: Vec<Arc<OcspResponse>>,
}

/// Whether an object that does not count now may have counted when it is proven to have existed, by the matrix. That the
/// status of its signer is not known now is no result of that signer's own validation: it is asked at that time.
fn may_have_counted(rejected: &Rejected) -> bool {
    use crate::finding::SubIndication as Sub;
    let result = match rejected.lapse() {
        Some(Lapse::Expired) => Sub::OutOfBoundsNoPoe,
        Some(Lapse::Revoked) => Sub::RevokedNoPoe,
        Some(Lapse::OnHold) => Sub::TryLater,
        Some(Lapse::Unknown) => return true,
        None => return false,
    };
    recovery::may_continue(Some(result), Transition::RevocationInPast)
}

/// Since when a status speaks against a certificate.
fn against(status: Status) -> Option<UnixTime> {
    revocation_of(status).map(Revocation::holds_from)
}

/// What a status states against a certificate.
const fn revocation_of(status: Status) -> Option<Revocation> {
    match status {
        Status::Good => None,
        Status::Revoked(entry) | Status::OnHold(entry) | Status::RevokedLater(entry) => Some(entry),
    }
}

/// Since when a certificate is not in force by all answers, and the date that is stated: what is revoked stays so, and
/// a hold counts as long as the newest answer states it.
fn revoked_since(answers: &[Answer]) -> Option<(UnixTime, UnixTime)> {
    let newest = answers.iter().map(|answer| answer.this_update).max();
    let entries = answers.iter().filter_map(|answer| match answer.status {
        Status::Revoked(entry) | Status::RevokedLater(entry) => Some(entry),
        Status::OnHold(entry) if Some(answer.this_update) == newest => Some(entry),
        Status::OnHold(_) | Status::Good => None,
    });
    let earliest: Option<Revocation> = entries.min_by_key(|entry| entry.holds_from());
    earliest.map(|entry| (entry.holds_from(), entry.date))
}

/// The last second before an instant.
pub(super) const fn just_before(instant: UnixTime) -> UnixTime {
    UnixTime::from_seconds(instant.seconds().saturating_sub(1))
}

#[cfg(test)]
mod tests;
