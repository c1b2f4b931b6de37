//! Weighing what CRLs and OCSP responses say (EN 319 102-1 §5.2.5, §5.2.6.4).
//!
//! RFC 5280 and RFC 6960 do not say which of two true answers counts. The rules here:
//! 1. "revoked" is for good: no later answer of anybody takes it back, nor the time since which another says it holds;
//! 2. else the answer with the latest `thisUpdate` decides, the worst of those of one time; a hold may be released;
//! 3. it decides about "not revoked" by the freshest proof: if it is itself not fresh, an older answer that is fresh
//!    and says the same may stand for it, as long as none between them says otherwise;
//! 4. nothing that says "in force" counts against a later word of an authorised responder that cannot be used and says
//!    "revoked", nor against one that the certificate was never issued, which no CRL can know;
//! 5. a CRL that names the certificate and cannot be used outweighs every OCSP answer "in force", unless another CRL
//!    counts: that one was weighed against it.
//!
//! "unknown" is no answer: it outweighs nothing, and is never "good".

use crate::base::time::UnixTime;
use crate::x509::extension::reason_flags::ReasonFlags;

use super::ocsp::Examined;
use super::{Answer, Determination, Freshness, Status};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a policy says of the age of revocation information.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Age {
    /// The oldest that is fresh, in days.
    pub(super) most_days: Option<u32>,
    /// What is no older is fresh, in days.
    pub(super) fresh_days: Option<u32>,
}

/// What is known by both.
pub(super) fn combine(
    by_crl: Determination,
    by_ocsp: Examined,
    age: Age,
    at: UnixTime,
) -> Determination {
    let crl_denies = by_crl.answer.is_none()
        && by_crl
            .rejected
            .iter()
            .any(|rejected| rejected.names_the_certificate);
    let mut answers = by_ocsp.answers;
    if crl_denies {
        answers.retain(|answer| answer.status.is_against());
    }
    answers.extend(by_crl.answer);
    answers.retain(|answer| {
        let is_denied = by_ocsp
            .denied_at
            .is_some_and(|denied| answer.this_update <= denied);
        answer.status.is_against() || !(is_denied || by_ocsp.never_issued)
    });
    for answer in &mut answers {
        answer.freshness = within_age(answer, age, at);
    }
    let mut rejected = by_crl.rejected;
    rejected.extend(by_ocsp.rejected);
    let mut steps = by_crl.steps;
    steps.append(by_ocsp.steps);
    let answer = decide(answers);
    let uncovered = match answer {
        Some(_) => ReasonFlags::NONE,
        None => by_crl.uncovered,
    };
    Determination {
        answer,
        rejected,
        uncovered,
        steps,
    }
}

fn decide(mut answers: Vec<Answer>) -> Option<Answer> {
    answers.sort_by_key(|answer| (answer.this_update, answer.status.severity()));
    let is_revoked = |answer: &Answer| matches!(answer.status, Status::Revoked(_));
    if let Some(revoked) = answers.iter().rposition(is_revoked) {
        let since = answers.iter().filter_map(revoked_since).min();
        let mut revoked = answers.swap_remove(revoked);
        if let Status::Revoked(revocation) = &mut revoked.status {
            revocation.invalid_since = since.filter(|since| *since < revocation.date);
        }
        return Some(revoked);
    }
    let latest = answers.pop()?;
    if latest.status.is_against() || latest.freshness == Freshness::Fresh {
        return Some(latest);
    }
    let contradicted = answers
        .iter()
        .rposition(|answer| answer.status.is_against());
    let since = contradicted.map_or(0, |place| place + 1);
    let same =
        |answer: &&Answer| answer.status == latest.status && answer.freshness == Freshness::Fresh;
    let fresh = answers
        .get(since..)
        .unwrap_or_default()
        .iter()
        .rev()
        .find(same);
    Some(fresh.cloned().unwrap_or(latest))
}

fn revoked_since(answer: &Answer) -> Option<UnixTime> {
    match answer.status {
        Status::Revoked(revocation) => Some(revocation.holds_from()),
        Status::Good | Status::OnHold(_) | Status::RevokedLater(_) => None,
    }
}

/// EN 319 102-1 §5.2.5 with intervals that the policy states: no answer may be older than one, and one that does not say
/// when it is updated is fresh within it; what is no older than the other is fresh although an update was due.
fn within_age(answer: &Answer, age: Age, at: UnixTime) -> Freshness {
    let ends = |days: u32| {
        let seconds = answer.this_update.seconds();
        UnixTime::from_seconds(seconds.saturating_add(i64::from(days) * DAY))
    };
    let known = match (age.fresh_days.map(ends), answer.freshness) {
        (Some(ends), Freshness::Stale(_) | Freshness::NotProvable) if at < ends => Freshness::Fresh,
        (_, known) => known,
    };
    match (age.most_days.map(ends), known) {
        (Some(ends), Freshness::Fresh | Freshness::NotProvable) if ends <= at => {
            Freshness::Stale(ends)
        }
        (Some(_), Freshness::NotProvable) => Freshness::Fresh,
        (_, known) => known,
    }
}

#[cfg(test)]
mod tests;
