//! The four conditions of 63-FZ art. 11, each with its evidence: a file a condition.

use crate::base::time::UnixTime;
use crate::cms::signer_info::SignerInfo;
use crate::finding::{Conclusion, Finding, Level, Stage, Subject};
use crate::path::build::CertificationPath;
use crate::report::{Condition, ConditionStatus, PathElement, QualifiedReport, QualifiedVerdict};
use crate::trust::snapshot::TrustSnapshot;
use crate::x509::certificate::Certificate;

use super::ledger::Ledger;
use super::policy::Policy;

mod accredited;
mod belongs;
pub mod dates;
mod limits;
mod notices;
mod valid;

pub(super) use accredited::is_by_accredited;

/// What the conditions are judged on (63-FZ art. 11).
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The policy: how old a list may be, and which rules that are only assumed count.
    pub policy: &'a Policy,
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Its path, when one was found.
    pub path: Option<&'a CertificationPath>,
    /// The same with what is known of revocation.
    pub elements: &'a [PathElement],
    /// The accredited authorities.
    pub trust: Option<&'a TrustSnapshot>,
    /// The day of the check.
    pub at: UnixTime,
    /// The trusted moment of signing: the signature existed then.
    pub proven: Option<UnixTime>,
    /// The time-stamps that prove it, such as `time-stamp:<sha256>`.
    pub proven_by: &'a [String],
    /// The verdict on the signature: one that does not pass is never called qualified.
    pub conclusion: Conclusion,
}

/// What of a signature is judged beside its certificate (63-FZ art. 11 (3)).
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// What findings about the signature are about.
    pub about: &'a Subject,
    /// The signature.
    pub signer: &'a SignerInfo,
    /// The time that the signer claims.
    pub claimed: Option<UnixTime>,
}

/// Judges the four conditions (63-FZ art. 11). The indication of the signature is not changed by them.
#[must_use]
pub fn judge(inputs: Inputs<'_>, signed: Signed<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let accredited = accredited::judge(inputs, ledger);
    let valid = valid::judge(inputs, accredited.since, ledger);
    let belongs = belongs::judge(inputs, signed, ledger);
    let conditions = vec![
        accredited.condition,
        valid,
        belongs,
        limits::judge(inputs, ledger),
    ];
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
    }
}

/// Judges the conditions that need no signature (63-FZ art. 11 (1), (2) and (4)): whether the certificate is a
/// qualified one and in force, and what it may be used for. Item 3 is left out, since nothing is signed.
#[must_use]
pub fn judge_certificate(inputs: Inputs<'_>, ledger: &mut Ledger<'_>) -> QualifiedReport {
    let accredited = accredited::judge(inputs, ledger);
    let valid = valid::judge(inputs, accredited.since, ledger);
    let conditions = vec![accredited.condition, valid, limits::judge(inputs, ledger)];
    QualifiedReport {
        verdict: verdict(&conditions, inputs.conclusion),
        conditions,
    }
}

pub(super) fn verdict(conditions: &[Condition], conclusion: Conclusion) -> QualifiedVerdict {
    let any = |status| {
        conditions
            .iter()
            .any(|condition| condition.status == status)
    };
    if any(ConditionStatus::NotMet) {
        QualifiedVerdict::NotQualified
    } else if any(ConditionStatus::NotProvable) || conclusion != Conclusion::PASSED {
        QualifiedVerdict::NotProvable
    } else {
        QualifiedVerdict::Qualified
    }
}

fn about(certificate: &Certificate) -> Subject {
    Subject::Certificate(certificate.sha256())
}

/// Evidence for and against one condition, gathered before it is decided.
#[derive(Debug, Default)]
struct Weighed {
    evidence: Vec<String>,
    /// Codes that refute it.
    refuted: Vec<String>,
    /// What would be needed to show it.
    missing: Vec<String>,
}

impl Weighed {
    fn by(evidence: Vec<String>) -> Self {
        Self {
            evidence,
            ..Self::default()
        }
    }

    fn lacks(mut self, what: &str) -> Self {
        self.missing.push(what.to_owned());
        self
    }

    /// Not met when anything refutes it, else not provable when anything is missing. What refutes a condition stands
    /// before the objects that it was found in.
    fn decide(self, id: &'static str) -> Condition {
        let Self {
            evidence,
            refuted,
            missing,
        } = self;
        let (status, missing) = match (refuted.is_empty(), missing.is_empty()) {
            (true, true) => (ConditionStatus::Met, missing),
            (true, false) => (ConditionStatus::NotProvable, missing),
            (false, _) => (ConditionStatus::NotMet, Vec::new()),
        };
        Condition {
            id,
            status,
            evidence: refuted.into_iter().chain(evidence).collect(),
            missing,
        }
    }
}

/// The codes of failed findings of a stage, each once.
fn open_codes(
    ledger: &Ledger<'_>,
    stage: Stage,
    is_meant: impl Fn(&Finding) -> bool,
) -> Vec<String> {
    let findings = ledger.findings().iter();
    let open = findings.filter(|it| it.level == Level::Fail && it.code.stage == stage);
    let mut codes = Vec::new();
    for finding in open.filter(|finding| is_meant(finding)) {
        let id = finding.code.id.to_owned();
        if !codes.contains(&id) {
            codes.push(id);
        }
    }
    codes
}
