//! The record of RFC 5280 §6.3.3: what was looked at of each CRL that mattered.

use crate::finding::code::{Code, revocation as codes};
use crate::finding::step::{StepRow, rfc5280_6_3_3, why};
use crate::finding::{StepOutcome, StepSubject, Steps};
use crate::x509::crl_index::RevocationReason;
use crate::x509::extension::distribution_point::IssuingDistributionPoint;

use super::super::{Freshness, Status};
use super::entry::Listed;
use super::points::Points;
use super::rejected::RejectedReason;
use super::statement::{Reading, Statement};

/// Steps about one certificate.
pub(super) struct Record {
    place: usize,
    steps: Steps,
}

impl Record {
    pub(super) fn of(place: usize) -> Self {
        Self {
            place,
            // Those of one CRL that counts.
            steps: Steps::with_capacity(28),
        }
    }

    pub(super) fn into_steps(self) -> Steps {
        self.steps
    }

    fn about(&self, reading: &Reading<'_>) -> StepSubject {
        StepSubject::certificate(self.place).by(reading.subject())
    }

    /// The step at which a CRL was left.
    pub(super) fn rejected(&mut self, reading: &Reading<'_>, reason: RejectedReason) {
        if let Some(row) = left_at(reading, reason) {
            let about = self.about(reading);
            self.steps.failed(row, about, &codes::CRL_REJECTED);
        }
    }

    /// (e) for a CRL that answers for nothing new.
    pub(super) fn adds_nothing(&mut self, reading: &Reading<'_>) {
        let about = self.about(reading);
        self.steps
            .skipped(&rfc5280_6_3_3::E, about, &why::ALREADY_KNOWN);
    }

    /// Every step of a CRL that counts, and of the delta CRL that continues it.
    pub(super) fn accepted(
        &mut self,
        statement: &Statement<'_>,
        base: &Reading<'_>,
        points: &Points<'_>,
        freshness: Freshness,
    ) {
        let about = self.about(base);
        let delta = statement.delta();
        let about_delta = delta.map_or_else(|| about.clone(), |delta| self.about(delta));
        let scope = base.crl.issuing_distribution_point.clone();
        let scope = scope.unwrap_or_default();
        let steps = &mut self.steps;
        match freshness {
            Freshness::Fresh => steps.passed(&rfc5280_6_3_3::A_1, about.clone()),
            Freshness::Stale(_) => steps.failed(&rfc5280_6_3_3::A_1, about.clone(), &codes::STALE),
            Freshness::NotProvable => {
                steps.failed(&rfc5280_6_3_3::A_1, about.clone(), &codes::NO_NEXT_UPDATE);
            }
        }
        let has_delta = delta.is_some();
        let mut where_true = |row, about: &StepSubject, is_taken: bool, why| {
            let outcome = if is_taken {
                StepOutcome::Passed
            } else {
                StepOutcome::NotApplicable(why)
            };
            steps.add(row, about.clone(), outcome);
        };
        where_true(&rfc5280_6_3_3::A_2, &about_delta, has_delta, &why::NO_DATA);
        where_true(&rfc5280_6_3_3::B_1, &about, true, &why::NOT_LIMITED);
        for (row, is_limited) in [
            (&rfc5280_6_3_3::B_2_I, scope.distribution_point.is_some()),
            (&rfc5280_6_3_3::B_2_II, scope.only_user_certificates),
            (&rfc5280_6_3_3::B_2_III, scope.only_ca_certificates),
            // What it forbids would have been refused.
            (&rfc5280_6_3_3::B_2_IV, true),
        ] {
            where_true(row, &about, is_limited, &why::NOT_LIMITED);
        }
        for row in [
            &rfc5280_6_3_3::C_1,
            &rfc5280_6_3_3::C_2,
            &rfc5280_6_3_3::C_3,
        ] {
            where_true(row, &about_delta, has_delta, &why::NO_DATA);
        }
        let case = reasons_case(&scope, points);
        for row in [
            &rfc5280_6_3_3::D_1,
            &rfc5280_6_3_3::D_2,
            &rfc5280_6_3_3::D_3,
            &rfc5280_6_3_3::D_4,
        ] {
            where_true(row, &about, std::ptr::eq(row, case), &why::OTHER_CASE);
        }
        for row in [&rfc5280_6_3_3::E, &rfc5280_6_3_3::F, &rfc5280_6_3_3::G] {
            where_true(row, &about, true, &why::NOT_REACHED);
        }
        where_true(&rfc5280_6_3_3::H, &about_delta, has_delta, &why::NO_DATA);
        self.looked_up(statement, base, &about, &about_delta);
        self.steps.passed(&rfc5280_6_3_3::L, about);
    }

    /// (i) to (k).
    fn looked_up(
        &mut self,
        statement: &Statement<'_>,
        base: &Reading<'_>,
        about: &StepSubject,
        about_delta: &StepSubject,
    ) {
        let in_delta = statement.delta().map(Reading::listed);
        let found = [&rfc5280_6_3_3::I_1, &rfc5280_6_3_3::I_2];
        match in_delta {
            None => self.skip(&found, about, &why::NO_DATA),
            Some(listed) => self.entry(found, about_delta, listed),
        }
        let found = [&rfc5280_6_3_3::J_1, &rfc5280_6_3_3::J_2];
        if in_delta.is_some_and(|listed| listed != Listed::No) {
            self.skip(&found, about, &why::ALREADY_KNOWN);
        } else {
            self.entry(found, about, base.listed());
        }
        if in_delta != Some(Listed::Removed) {
            self.skip(&[&rfc5280_6_3_3::K], about, &why::NO_DATA);
        } else if statement.listed().is_against() {
            let code = self.code_of(statement.listed().status());
            let outcome = code.map_or(StepOutcome::Passed, |code| StepOutcome::Failed(vec![code]));
            self.steps
                .add(&rfc5280_6_3_3::K, about_delta.clone(), outcome);
        } else {
            self.steps.passed(&rfc5280_6_3_3::K, about_delta.clone());
        }
    }

    fn skip(
        &mut self,
        rows: &[&'static StepRow],
        about: &StepSubject,
        why: &'static crate::finding::step::Why,
    ) {
        for row in rows {
            self.steps.skipped(row, about.clone(), why);
        }
    }

    /// An entry with a reason, or without; when there is none, neither finds one.
    fn entry(&mut self, rows: [&'static StepRow; 2], about: &StepSubject, listed: Listed) {
        let [with_reason, without] = rows;
        let Listed::As(status) = listed else {
            self.steps.passed(with_reason, about.clone());
            self.steps.passed(without, about.clone());
            return;
        };
        let (taken, other) = match status {
            Status::Revoked(r) | Status::OnHold(r) | Status::RevokedLater(r)
                if r.reason == RevocationReason::Unspecified =>
            {
                (without, with_reason)
            }
            _ => (with_reason, without),
        };
        let code = self.code_of(status);
        let outcome = code.map_or(StepOutcome::Passed, |code| StepOutcome::Failed(vec![code]));
        self.steps.add(taken, about.clone(), outcome);
        self.steps.skipped(other, about.clone(), &why::OTHER_CASE);
    }

    const fn code_of(&self, status: Status) -> Option<&'static Code> {
        match status {
            Status::Revoked(_) if self.place == 0 => Some(&codes::REVOKED),
            Status::Revoked(_) => Some(&codes::CA_REVOKED),
            Status::OnHold(_) => Some(&codes::ON_HOLD),
            Status::Good | Status::RevokedLater(_) => None,
        }
    }
}

/// Which case of (d) applies.
fn reasons_case(scope: &IssuingDistributionPoint, points: &Points<'_>) -> &'static StepRow {
    let of_list = scope.only_some_reasons.is_some();
    match (of_list, points.state_reasons()) {
        (true, true) => &rfc5280_6_3_3::D_1,
        (true, false) => &rfc5280_6_3_3::D_2,
        (false, true) => &rfc5280_6_3_3::D_3,
        (false, false) => &rfc5280_6_3_3::D_4,
    }
}

/// The lettered step that a reason belongs to; what concerns the form of a list or its time has none.
fn left_at(reading: &Reading<'_>, reason: RejectedReason) -> Option<&'static StepRow> {
    use RejectedReason as Why;
    let scope = reading.crl.issuing_distribution_point.as_ref();
    Some(match reason {
        Why::NoBase | Why::NoNumber => &rfc5280_6_3_3::A_2,
        Why::Issuer => &rfc5280_6_3_3::B_1,
        Why::DistributionPoint | Why::MalformedScope => &rfc5280_6_3_3::B_2_I,
        Why::OtherKind if scope.is_some_and(|s| s.only_user_certificates) => &rfc5280_6_3_3::B_2_II,
        Why::OtherKind if scope.is_some_and(|s| s.only_ca_certificates) => &rfc5280_6_3_3::B_2_III,
        Why::OtherKind => &rfc5280_6_3_3::B_2_IV,
        Why::NoReason => &rfc5280_6_3_3::E,
        Why::NoSigner
        | Why::NoCrlSign
        | Why::SignerPath
        | Why::SignerExpired
        | Why::SignerUnknown
        | Why::SignerRevoked
        | Why::SignerOnHold => &rfc5280_6_3_3::F,
        Why::BadSignature if reading.crl.is_delta() => &rfc5280_6_3_3::H,
        Why::BadSignature | Why::AlgorithmsDiffer => &rfc5280_6_3_3::G,
        Why::UnknownCriticalExtension
        | Why::MalformedExtension
        | Why::BeforeIssue
        | Why::AfterExpiry
        | Why::NotYetIssued
        | Why::MalformedEntry => return None,
    })
}
