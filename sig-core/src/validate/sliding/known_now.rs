//! What is known now against the certificates of a path that is slid along (EN 319 102-1 §5.6.2.2.4 step 2 b).

use crate::base::error::Error;
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::code::revocation as codes;
use crate::finding::{Finding, Subject};
use crate::path::validate::subject;
use crate::trust::revocation::{self, Lapse, Question, Rejected, Status, UnknownSigner};
use crate::x509::certificate::Certificate;

use super::super::policy::RevocationRule;
use super::super::revocation as asking;
use super::{Inputs, MOST_TIMES, Sliding, revocation_of};

/// A certificate that is known to have been revoked or put on hold, however late that is proven.
#[derive(Clone, Debug)]
pub(in super::super) struct Ended {
    /// What was signed from then on may be a stranger's.
    pub(in super::super) since: UnixTime,
    /// Tells it.
    pub(in super::super) finding: Finding,
}

impl Ended {
    fn of(status: Status, place: usize, certificate: &Certificate) -> Option<Self> {
        let entry = revocation_of(status)?;
        let code = match (status, asking::Role::of(place)) {
            (Status::OnHold(_), _) => &codes::ON_HOLD,
            (_, asking::Role::EndEntity) => &codes::REVOKED,
            (_, asking::Role::Authority) => &codes::CA_REVOKED,
        };
        let finding = Finding::new(code, subject(certificate));
        let finding = asking::dated(finding, entry);
        Some(Self {
            since: entry.holds_from(),
            finding: match status {
                Status::OnHold(_) => finding,
                _ => finding.with_word("reason", entry.reason.name()),
            },
        })
    }
}

impl Sliding<'_> {
    /// (b) once more, by what is known now: (a) leaves out what is proven late, and who shows old data about a
    /// certificate that is known to have been revoked must not fare better by it, on whichever path it stands. The
    /// control time stays that of the clause; what ended is told beside it.
    pub(super) fn weigh_known_now(
        &mut self,
        place: usize,
        certificate: &Certificate,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let at = self.inputs.at;
        if self.policy().revocation == RevocationRule::Off || self.slid.control >= at {
            return Ok(());
        }
        let now = self.status(place, certificate, at, &self.proven_at(at), budget)?;
        let told = now.answer.into_iter().map(|answer| answer.status);
        let mut told: Vec<Status> = told.collect();
        let lapsed = now.rejected.iter().filter(|it| has_lapsed(it));
        for rejected in lapsed.take(MOST_TIMES) {
            told.extend(self.told_then(place, certificate, &rejected.subject, budget)?);
        }
        let ended = told
            .into_iter()
            .filter_map(|status| Ended::of(status, place, certificate));
        let earliest = ended.chain(self.slid.ended.take());
        self.slid.ended = earliest.min_by_key(|ended| ended.since);
        Ok(())
    }

    /// What an object alone said of a certificate when it was issued, before who signed it expired.
    fn told_then(
        &self,
        place: usize,
        certificate: &Certificate,
        object: &Subject,
        budget: &mut Budget,
    ) -> Result<Option<Status>, Error> {
        let Inputs {
            validator,
            path,
            material,
            ..
        } = self.inputs;
        let mut alone = self.proven_at(self.inputs.at);
        alone.crls.retain(|it| Subject::Crl(it.sha256()) == *object);
        alone
            .ocsp
            .retain(|it| Subject::Ocsp(it.sha256()) == *object);
        let issued = alone.crls.first().map(|crl| crl.this_update);
        let answered = alone.ocsp.first().and_then(|response| response.basic());
        let Some(issued) = issued.or(answered.map(|basic| basic.produced_at)) else {
            return Ok(None);
        };
        let question = Question {
            unknown_signer: UnknownSigner::Taken,
            ..asking::question(validator, path, place, certificate, issued)
        };
        let offered = self.offered(&alone, material, issued);
        let answer = revocation::status(question, offered, budget)?.answer;
        Ok(answer.map(|answer| answer.status))
    }
}

/// Whether an object would count if who signed it had not expired, or were known.
fn has_lapsed(rejected: &Rejected) -> bool {
    matches!(rejected.lapse(), Some(Lapse::Expired | Lapse::Unknown))
}
