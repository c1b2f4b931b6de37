//! The findings and proofs of one signature, append-only (EN 319 102-1 §5.1.3).

use crate::finding::{
    Code, Finding, Level, StepOutcome, StepRow, StepSubject, Steps, SubIndication,
};
use crate::report::Integrity;

use super::policy::Policy;

/// What must be shown before a signature passes (EN 319 102-1 §5.3). Each is shown in one place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Obligation {
    /// The structure allows the checks, §5.2.2.
    Format,
    /// One certificate is known to be the signer's, §5.2.3.
    Signer,
    /// The document has the digest that was signed, §5.2.7.
    ContentDigest,
    /// The signature value verifies with the signer's key, §5.2.7.
    SignatureValue,
    /// The equation of the signature holds, whether or not it counts, §5.2.7. It tells a changed document from another
    /// reason and is never enough.
    SignatureEquation,
    /// A path leads to a trust anchor and is valid, §5.2.6.
    Path,
    /// The attributes and algorithms are acceptable, §5.2.8.
    Acceptance,
    /// What was stamped has the digest that the token states, §5.4.4.
    Imprint,
    /// The certificate is one of a time-stamping authority, §5.4.4.
    Authority,
}

/// All that must be shown for a signature (EN 319 102-1 §5.3).
pub const SIGNATURE: [Obligation; 6] = [
    Obligation::Format,
    Obligation::Signer,
    Obligation::ContentDigest,
    Obligation::SignatureValue,
    Obligation::Path,
    Obligation::Acceptance,
];

/// All that must be shown for a time-stamp (EN 319 102-1 §5.4.4): its own signature, and what makes it a time-stamp.
pub const TIME_STAMP: [Obligation; 8] = [
    Obligation::Format,
    Obligation::Signer,
    Obligation::ContentDigest,
    Obligation::SignatureValue,
    Obligation::Path,
    Obligation::Acceptance,
    Obligation::Imprint,
    Obligation::Authority,
];

/// All that must be shown for a certificate (EN 319 102-1 §5.2.6).
pub const CERTIFICATE: [Obligation; 1] = [Obligation::Path];

/// The record of one judgement (EN 319 102-1 §5.1.3).
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    policy: &'a Policy,
    findings: Vec<Finding>,
    shown: Vec<Obligation>,
    steps: Steps,
}

impl<'a> Ledger<'a> {
    /// An empty record under a policy (EN 319 102-1 §5.1.3).
    #[must_use]
    pub fn new(policy: &'a Policy) -> Self {
        Self {
            policy,
            findings: Vec::new(),
            shown: Vec::new(),
            steps: Steps::default(),
        }
    }

    /// An empty record of a path: most steps are about one (EN 319 102-1 §5.2.6).
    #[must_use]
    pub fn of_path(policy: &'a Policy) -> Self {
        Self {
            // Those of a path of three with two CRLs.
            steps: Steps::with_capacity(192),
            ..Self::new(policy)
        }
    }

    /// An empty record under the same policy, for what decides nothing here (EN 319 102-1 §5.1.3).
    pub(super) fn aside(&self) -> Self {
        Self::new(self.policy)
    }

    /// Adds a finding at the level the policy gives it (EN 319 102-1 §5.1.3).
    pub fn add(&mut self, mut finding: Finding) {
        finding.level = self.policy.level_of(finding.code);
        self.findings.push(finding);
    }

    /// Adds what another record holds (EN 319 102-1 §5.1.3).
    pub fn append(&mut self, other: Ledger<'_>) {
        self.findings.extend(other.findings);
        self.shown.extend(other.shown);
        self.steps.append(other.steps);
    }

    /// Records a step that made the findings since a mark (EN 319 102-1 §5.1.3).
    pub fn took(&mut self, row: &'static StepRow, subject: StepSubject, mark: usize) {
        let outcome = StepOutcome::of(self.findings.get(mark..).unwrap_or_default());
        self.steps.add(row, subject, outcome);
    }

    /// The steps so far, to be added to (EN 319 102-1 §5.1.3).
    pub const fn steps(&mut self) -> &mut Steps {
        &mut self.steps
    }

    /// Marks an obligation as shown (EN 319 102-1 §5.3).
    pub fn show(&mut self, obligation: Obligation) {
        self.shown.push(obligation);
    }

    /// Marks an obligation as shown if nothing failed since a mark (EN 319 102-1 §5.3).
    pub fn show_unless_failed_since(&mut self, mark: usize, obligation: Obligation) {
        let since = self.findings.get(mark..).unwrap_or_default();
        if since.iter().all(|finding| finding.level != Level::Fail) {
            self.show(obligation);
        }
    }

    /// Lowers failed findings that a proof of time settles to information, and gives their codes
    /// (EN 319 102-1 §5.5.4).
    pub(super) fn settle(&mut self, is_settled: impl Fn(&Finding) -> bool) -> Vec<&'static Code> {
        let mut settled = Vec::new();
        for finding in &mut self.findings {
            if finding.level == Level::Fail && is_settled(finding) {
                finding.level = Level::Info;
                settled.push(finding.code);
            }
        }
        settled
    }

    /// Lowers findings that a later one takes back to information (EN 319 102-1 §5.6.3.4).
    pub(super) fn lower(&mut self, is_lowered: impl Fn(&Finding) -> bool) {
        for finding in self.findings.iter_mut().filter(|it| is_lowered(it)) {
            finding.level = Level::Info;
        }
    }

    /// Whether an obligation was shown (EN 319 102-1 §5.3).
    #[must_use]
    pub fn has_shown(&self, obligation: Obligation) -> bool {
        self.shown.contains(&obligation)
    }

    /// What the arithmetic says (EN 319 102-1 §5.2.7).
    #[must_use]
    pub fn integrity(&self) -> Integrity {
        use SubIndication::{HashFailure, SigCryptoFailure};
        let is_broken = |finding: &Finding| {
            let fails = matches!(
                finding.code.sub_indication,
                Some(HashFailure | SigCryptoFailure)
            );
            fails && finding.level == Level::Fail && !finding.code.is_beside_arithmetic
        };
        if self.findings.iter().any(is_broken) {
            Integrity::Broken
        } else if self.has_shown(Obligation::ContentDigest)
            && (self.has_shown(Obligation::SignatureValue)
                || self.has_shown(Obligation::SignatureEquation))
        {
            Integrity::Intact
        } else {
            Integrity::NotKnown
        }
    }

    /// The place of the next finding (EN 319 102-1 §5.1.3).
    #[must_use]
    pub fn mark(&self) -> usize {
        self.findings.len()
    }

    /// The findings (EN 319 102-1 §5.1.3).
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Ends the record (EN 319 102-1 §5.1.3).
    #[must_use]
    pub fn into_parts(self) -> (Vec<Finding>, Steps) {
        (self.findings, self.steps)
    }
}
