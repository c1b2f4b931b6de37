//! Revocation status of one certificate by CRLs (RFC 5280 §6.3.3): a file a group of steps.
//!
//! RFC 5280 goes through the distribution points and takes a CRL for each. Here the CRLs at hand are gone through, the
//! newest first, each with every point it belongs to: for each reason the newest CRL that answers for it decides, and
//! no replayed one outweighs it. Some authorities publish a list for each of their keys, so a list by another key than
//! the one that signed the certificate does not take back what the newest list by that one says.

mod delta;
mod entry;
mod points;
mod record;
mod rejected;
mod scope;
mod signer;
mod statement;

pub use rejected::RejectedReason;

use std::sync::Arc;

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::x509::extension::reason_flags::ReasonFlags;

use super::pending::Pending;
use super::{
    Answer, Determination, Freshness, Offered, Question, Rejected, Source, SourceObject, Status,
    freshness,
};
use entry::{Listed, worst};
use points::{Concern, Points};
use record::Record;
use statement::{Queue, Reading, Statement};

/// The status by the CRLs that count, and the CRLs that do not (RFC 5280 §6.3.3).
///
/// # Errors
/// A limit; two implementations disagree.
pub(super) fn status(
    question: Question<'_>,
    pending: Pending<'_>,
    offered: Offered<'_>,
    budget: &mut Budget,
) -> Result<Determination, Error> {
    let points = Points::of(question.certificate, budget)?;
    let mut work = Work {
        points: &points,
        record: Record::of(question.place),
        question,
        pending,
        offered,
        determination: Determination::nothing(),
        covered: ReasonFlags::NONE,
        answer: None,
        is_doubtful: false,
        issuer_key: IssuerKey::NotNeeded,
    };
    let mut complete = Vec::new();
    let mut deltas = Vec::new();
    for crl in offered.crls {
        let concern = points.concerns(&crl.issuer, budget)?;
        if concern == Concern::None {
            continue;
        }
        let reading = Reading::of(crl, concern, &points, question.at, budget)?;
        if crl.is_delta() {
            deltas.push(reading);
        } else {
            complete.push(reading);
        }
    }
    let mut queue = Queue::of(&complete, &deltas, question.at, budget)?;
    while let Some(statement) = queue.pop() {
        if work.is_settled()
            && !(work.may_take_back(&statement) || queue.any(|other| work.may_take_back(other)))
        {
            break;
        }
        if let Some(again) = work.take(statement, budget)? {
            queue.push(again);
        }
    }
    Ok(work.finish())
}

/// What is known while the CRLs are gone through.
struct Work<'q> {
    points: &'q Points<'q>,
    record: Record,
    question: Question<'q>,
    pending: Pending<'q>,
    offered: Offered<'q>,
    determination: Determination,
    /// reasons_mask (RFC 5280 §6.3.2).
    covered: ReasonFlags,
    answer: Option<Answer>,
    /// A genuine CRL that cannot be taken names the certificate: no older one shows that it is in force.
    is_doubtful: bool,
    issuer_key: IssuerKey,
}

/// Whether the list by the very key that signed the certificate still has to be heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum IssuerKey {
    /// No list by another key of the issuer showed anything good.
    NotNeeded,
    /// One did.
    Wanted,
    /// The newest list by that key was taken.
    Heard,
}

impl Work<'_> {
    fn is_settled(&self) -> bool {
        let is_revoked = |answer: &Answer| matches!(answer.status, Status::Revoked(_));
        self.covered == ReasonFlags::ALL || self.answer.as_ref().is_some_and(is_revoked)
    }

    /// Takes one statement; gives it back without its delta CRL when that one is not genuine.
    fn take<'c>(
        &mut self,
        statement: Statement<'c>,
        budget: &mut Budget,
    ) -> Result<Option<Statement<'c>>, Error> {
        let (reading, reasons) = match statement.judged() {
            Ok(judged) => judged,
            Err((reading, reason)) => {
                self.reject(reading, reason, budget)?;
                self.reject_deltas(&statement, budget)?;
                return Ok(None);
            }
        };
        // (e)
        let adds = !reasons.without(self.covered).is_empty();
        if !adds && self.issuer_key != IssuerKey::Wanted {
            self.record.adds_nothing(reading);
            return Ok(None);
        }
        let listed = statement.listed();
        let this_update = statement.this_update();
        if !listed.is_against() {
            if let Some(reason) = self.untimely(reading, &statement) {
                self.note(statement.delta().unwrap_or(reading), reason, false);
                return Ok(statement.base_alone());
            }
            if self.is_doubtful {
                return Ok(statement.base_alone());
            }
        }
        // (f), (g)
        let signer = match self.signer_of(reading, budget)? {
            Ok(signer) => signer,
            Err(unsigned) => {
                let names = unsigned.is_genuine && reading.is_against();
                self.note(reading, unsigned.reason, names);
                self.is_doubtful |= names;
                self.reject_deltas(&statement, budget)?;
                return Ok(None);
            }
        };
        // (h)
        if let Some(delta) = statement.delta() {
            let verification = self.offered.sources.verification;
            let key = &signer.certificate().spki;
            if delta.crl.signed.verify(key, verification, budget)?.is_err() {
                self.reject(delta, RejectedReason::BadSignature, budget)?;
                return Ok(Some(statement.without_delta()));
            }
        }
        let issuer = self.question.path.issuer_of(self.question.place);
        let is_by_issuer_key = signer.certificate().spki.octets == issuer.spki.octets;
        let may_count = adds || is_by_issuer_key && self.takes_back(&statement, listed);
        if is_by_issuer_key {
            self.issuer_key = IssuerKey::Heard;
        } else if !listed.is_against()
            && reading.concern == Concern::Issuer
            && self.issuer_key == IssuerKey::NotNeeded
        {
            self.issuer_key = IssuerKey::Wanted;
        }
        if !may_count {
            self.record.adds_nothing(reading);
            return Ok(None);
        }
        // (i) to (l)
        self.covered = self.covered.union(reasons);
        let mut sources = Vec::new();
        for crl in [Some(reading), statement.delta()].into_iter().flatten() {
            sources.push(Source {
                subject: crl.subject().as_ref().clone(),
                signer: signer.path.clone(),
                object: SourceObject::Crl(Arc::clone(crl.crl)),
            });
        }
        sources.extend(signer.proof);
        let freshness = freshness(statement.next_update(), self.question.at);
        self.record
            .accepted(&statement, reading, self.points, freshness);
        self.add(Answer {
            status: listed.status(),
            sources,
            this_update,
            freshness,
        });
        Ok(None)
    }

    /// Whether it says that what a list by another key left out is not in force: revoked for good, or on hold as long
    /// as the list itself is in force.
    fn takes_back(&self, statement: &Statement<'_>, listed: Listed) -> bool {
        let is_fresh = || freshness(statement.next_update(), self.question.at) == Freshness::Fresh;
        match listed.status() {
            Status::Revoked(_) => true,
            Status::OnHold(_) => is_fresh(),
            Status::Good | Status::RevokedLater(_) => false,
        }
    }

    /// Whether it would, by the issuer's key and whatever becomes of its delta CRL, while that key is wanted.
    fn may_take_back(&self, statement: &Statement<'_>) -> bool {
        self.issuer_key == IssuerKey::Wanted
            && statement.judged().is_ok_and(|(base, _)| {
                [base.listed(), statement.listed()]
                    .into_iter()
                    .any(|listed| self.takes_back(statement, listed))
            })
    }

    /// Times at which a CRL that does not name the certificate says nothing about it.
    fn untimely(&self, reading: &Reading<'_>, statement: &Statement<'_>) -> Option<RejectedReason> {
        let certificate = self.question.certificate;
        let this_update = statement.this_update();
        let kept_since = reading.crl.extensions.expired_certificates_since;
        let is_kept = kept_since.is_some_and(|since| since <= certificate.not_after);
        if this_update > self.question.at {
            Some(RejectedReason::NotYetIssued)
        } else if this_update < certificate.not_before {
            Some(RejectedReason::BeforeIssue)
        } else if this_update > certificate.not_after && !is_kept {
            Some(RejectedReason::AfterExpiry)
        } else {
            None
        }
    }

    /// A CRL that does not count; when it names the certificate, it matters who signed it.
    fn reject(
        &mut self,
        reading: &Reading<'_>,
        reason: RejectedReason,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let mut names = reading.is_against();
        if names {
            names = match self.signer_of(reading, budget)? {
                Ok(_) => true,
                Err(unsigned) => unsigned.is_genuine,
            };
        }
        self.is_doubtful |= names;
        self.note(reading, reason, names);
        Ok(())
    }

    /// The delta CRLs of a complete CRL that does not count: whoever puts a forged one under them must not make what
    /// they say go unheard.
    fn reject_deltas(
        &mut self,
        statement: &Statement<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        for delta in statement.deltas() {
            if delta.is_against() && !self.is_doubtful {
                self.reject(delta, RejectedReason::NoBase, budget)?;
            }
        }
        Ok(())
    }

    fn signer_of(
        &self,
        reading: &Reading<'_>,
        budget: &mut Budget,
    ) -> Result<Result<signer::Signer, signer::Unsigned>, Error> {
        signer::find(
            reading.crl,
            reading.concern,
            self.question,
            self.pending,
            self.offered,
            budget,
        )
    }

    fn note(&mut self, reading: &Reading<'_>, reason: RejectedReason, names: bool) {
        self.record.rejected(reading, reason);
        self.determination.rejected.push(Rejected {
            subject: reading.subject().as_ref().clone(),
            reason: reason.word(),
            names_the_certificate: names,
        });
    }

    fn add(&mut self, answer: Answer) {
        self.answer = Some(match self.answer.take() {
            None => answer,
            Some(mut known) => {
                known.status = worst(known.status, answer.status);
                known.this_update = known.this_update.min(answer.this_update);
                known.freshness = least_fresh(known.freshness, answer.freshness);
                known.sources.extend(answer.sources);
                known
            }
        });
    }

    fn finish(self) -> Determination {
        let mut determination = self.determination;
        determination.steps = self.record.into_steps();
        let Some(answer) = self.answer else {
            return determination;
        };
        let is_against = matches!(answer.status, Status::Revoked(_) | Status::OnHold(_));
        if is_against || self.covered == ReasonFlags::ALL {
            determination.answer = Some(answer);
        } else {
            determination.uncovered = ReasonFlags::ALL.without(self.covered);
        }
        determination
    }
}

fn least_fresh(left: Freshness, right: Freshness) -> Freshness {
    match (left, right) {
        (Freshness::NotProvable, _) | (_, Freshness::NotProvable) => Freshness::NotProvable,
        (Freshness::Stale(one), Freshness::Stale(other)) => Freshness::Stale(one.min(other)),
        (Freshness::Stale(due), Freshness::Fresh) | (Freshness::Fresh, Freshness::Stale(due)) => {
            Freshness::Stale(due)
        }
        (Freshness::Fresh, Freshness::Fresh) => Freshness::Fresh,
    }
}
