//! From findings to an indication: the only place that decides (EN 319 102-1 §5.3).

use crate::finding::{Code, Conclusion, Finding, Indication, Level};

use super::ledger::{Ledger, Obligation};

/// A conclusion and the finding that decided it (EN 319 102-1 §5.1.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Decision {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// The code that decided; absent when everything passed.
    pub by: Option<&'static Code>,
}

/// The conclusion over a record (EN 319 102-1 §5.3).
///
/// The first failed finding of the earliest block decides. Without a failed finding the signature passes only
/// if every obligation was shown: what was not shown is not proven.
#[must_use]
pub fn conclude(ledger: &Ledger<'_>, obligations: &[Obligation]) -> Decision {
    let failed = |finding: &&Finding| finding.level == Level::Fail;
    let deciding = ledger
        .findings()
        .iter()
        .filter(failed)
        .min_by_key(|finding| finding.code.stage);
    if let Some(finding) = deciding {
        let conclusion = finding
            .code
            .sub_indication
            .map_or(UNEXPLAINED, Conclusion::because);
        return Decision {
            conclusion,
            by: Some(finding.code),
        };
    }
    let all_shown = obligations
        .iter()
        .all(|obligation| ledger.has_shown(*obligation));
    let conclusion = if all_shown {
        Conclusion::PASSED
    } else {
        UNEXPLAINED
    };
    Decision {
        conclusion,
        by: None,
    }
}

/// Nothing failed and something was not shown.
const UNEXPLAINED: Conclusion = Conclusion {
    indication: Indication::Indeterminate,
    sub_indication: None,
};

/// The verdict over a document: the worst of its signatures (EN 319 102-1 §5.1.2).
#[must_use]
pub fn fold(conclusions: impl Iterator<Item = Conclusion>) -> Conclusion {
    const fn severity(indication: Indication) -> u8 {
        match indication {
            Indication::TotalPassed => 1,
            Indication::Indeterminate => 2,
            Indication::TotalFailed => 3,
            Indication::NoSignature => 0,
        }
    }
    let mut worst = Conclusion::NO_SIGNATURE;
    for conclusion in conclusions {
        if severity(conclusion.indication) > severity(worst.indication) {
            worst = conclusion;
        }
    }
    worst
}

#[cfg(test)]
mod tests;
