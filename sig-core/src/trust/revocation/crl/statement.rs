//! What each CRL at hand says, before it is known who signed it, in the order of time.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::base::error::{Error, LimitExceeded};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::finding::Subject;
use crate::x509::crl::CertificateList;
use crate::x509::crl_number::CrlNumber;
use crate::x509::extension::reason_flags::ReasonFlags;

use super::entry::{Listed, look_up};
use super::points::{Concern, Points};
use super::rejected::RejectedReason;
use super::{delta, scope};

/// One CRL as far as it can be read without its signer.
pub(super) struct Reading<'a> {
    pub(super) crl: &'a Arc<CertificateList>,
    pub(super) concern: Concern,
    /// The reasons it answers for.
    reasons: Result<ReasonFlags, RejectedReason>,
    listed: Result<Listed, RejectedReason>,
    /// Its name, once it is needed: the digest of a list of a whole country takes its time.
    subject: OnceCell<Arc<Subject>>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(
        crl: &'a Arc<CertificateList>,
        concern: Concern,
        points: &Points<'_>,
        at: UnixTime,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let reasons = match check_form(crl) {
            Ok(()) => scope::interim_reasons(points, crl, concern, budget)?,
            Err(why) => Err(why),
        };
        let listed = look_up(crl, points.certificate, concern, at, budget)?;
        Ok(Self {
            crl,
            concern,
            reasons,
            listed,
            subject: OnceCell::new(),
        })
    }

    /// Its name in reports.
    pub(super) fn subject(&self) -> &Arc<Subject> {
        self.subject
            .get_or_init(|| Arc::new(Subject::Crl(self.crl.sha256())))
    }

    /// What it says of the certificate, as far as that is understood.
    pub(super) fn listed(&self) -> Listed {
        self.listed.unwrap_or(Listed::No)
    }

    /// Whether it names the certificate as one that is not in force, or in a way that is not understood.
    pub(super) fn is_against(&self) -> bool {
        self.listed.is_ok_and(Listed::is_against) || self.listed.is_err()
    }
}

/// What holds for every CRL, whatever its scope (RFC 5280 §5.1.1.2, §5.2, §5.3).
fn check_form(crl: &CertificateList) -> Result<(), RejectedReason> {
    if crl.tbs_signature.octets != crl.signed.algorithm.octets {
        return Err(RejectedReason::AlgorithmsDiffer);
    }
    if crl.is_delta() && (crl.delta_base.is_none() || crl.crl_number.is_none()) {
        return Err(RejectedReason::NoNumber);
    }
    if !crl.extensions.duplicates.is_empty() || !crl.extensions.malformed.is_empty() {
        return Err(RejectedReason::MalformedExtension);
    }
    if crl.unknown_critical_extension().is_some() || crl.entries.has_unknown_critical_extension() {
        return Err(RejectedReason::UnknownCriticalExtension);
    }
    Ok(())
}

/// A CRL and the delta CRLs that may continue it; or a delta CRL alone, which continues nothing.
#[derive(Clone)]
pub(super) struct Statement<'a> {
    base: &'a Reading<'a>,
    /// The newest last.
    deltas: Vec<&'a Reading<'a>>,
}

impl<'a> Statement<'a> {
    /// The CRL with the reasons it answers for, or why it does not count.
    pub(super) fn judged(
        &self,
    ) -> Result<(&'a Reading<'a>, ReasonFlags), (&'a Reading<'a>, RejectedReason)> {
        let wrong = |reason| (self.base, reason);
        let reasons = self.base.reasons.map_err(wrong)?;
        self.base.listed.map_err(wrong)?;
        if self.base.crl.is_delta() {
            return Err(wrong(RejectedReason::NoBase));
        }
        Ok((self.base, reasons))
    }

    /// The delta CRL that continues it.
    pub(super) fn delta(&self) -> Option<&'a Reading<'a>> {
        self.deltas.last().copied()
    }

    /// The delta CRLs that may continue it.
    pub(super) fn deltas(&self) -> impl Iterator<Item = &'a Reading<'a>> {
        self.deltas.iter().copied()
    }

    /// The complete CRL, when there is a delta CRL beside it: nothing shows that it is genuine before the complete
    /// one was taken.
    pub(super) fn base_alone(self) -> Option<Self> {
        self.delta().is_some().then(|| self.without_delta())
    }

    pub(super) fn without_delta(mut self) -> Self {
        self.deltas.pop();
        self
    }

    /// What both say of the certificate.
    pub(super) fn listed(&self) -> Listed {
        let base = self.base.listed();
        self.delta()
            .map_or(base, |delta| base.updated_by(delta.listed()))
    }

    /// A CRL continued by a delta is as new as the delta (RFC 5280 §5.2.4).
    pub(super) fn this_update(&self) -> UnixTime {
        let base = self.base.crl.this_update;
        self.delta()
            .map_or(base, |delta| base.max(delta.crl.this_update))
    }

    /// When an update is due: with a delta it is not due before that of either.
    pub(super) fn next_update(&self) -> Option<UnixTime> {
        let delta = self.delta().and_then(|delta| delta.crl.next_update);
        self.base.crl.next_update.max(delta)
    }

    /// The newest last; of equally new ones the one that does not count, or else that names the certificate.
    fn order(&self) -> (UnixTime, Option<CrlNumber>, bool, bool) {
        let newest = self.delta().unwrap_or(self.base);
        (
            self.this_update(),
            newest.crl.crl_number,
            self.judged().is_err(),
            self.listed().is_against(),
        )
    }
}

/// Statements by time.
pub(super) struct Queue<'a>(Vec<Statement<'a>>);

impl<'a> Queue<'a> {
    pub(super) fn of(
        complete: &'a [Reading<'a>],
        deltas: &'a [Reading<'a>],
        at: UnixTime,
        budget: &mut Budget,
    ) -> Result<Self, LimitExceeded> {
        // One from the future says nothing yet, unless it is against the certificate.
        let counts = |delta: &&Reading<'_>| delta.crl.this_update <= at || delta.is_against();
        let deltas: Vec<&Reading<'_>> = deltas.iter().filter(counts).collect();
        let mut is_used = vec![false; deltas.len()];
        let mut statements = Vec::with_capacity(complete.len());
        for base in complete {
            let mut continued = Vec::new();
            for (delta, is_used) in deltas.iter().zip(&mut is_used) {
                budget.spend_name_comparison()?;
                let counts = delta.reasons.is_ok() && delta.listed.is_ok();
                if counts && delta::continues(base.crl, delta.crl, budget)? {
                    continued.push(*delta);
                    *is_used = true;
                }
            }
            continued.sort_by_key(|delta| delta.crl.crl_number);
            statements.push(Statement {
                base,
                deltas: continued,
            });
        }
        let alone = deltas
            .into_iter()
            .zip(is_used)
            .filter(|(_, is_used)| !is_used);
        statements.extend(alone.map(|(base, _)| Statement {
            base,
            deltas: Vec::new(),
        }));
        statements.sort_by_key(Statement::order);
        Ok(Self(statements))
    }

    pub(super) fn pop(&mut self) -> Option<Statement<'a>> {
        self.0.pop()
    }

    /// Whether this holds for one of those that are left.
    pub(super) fn any(&self, is_meant: impl Fn(&Statement<'a>) -> bool) -> bool {
        self.0.iter().any(is_meant)
    }

    pub(super) fn push(&mut self, statement: Statement<'a>) {
        let order = statement.order();
        let at = self.0.partition_point(|other| other.order() <= order);
        self.0.insert(at, statement);
    }
}
