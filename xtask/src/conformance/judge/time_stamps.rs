//! Time-stamp tokens.

use sig_core::finding::{Finding, Indication, Level, Stage, SubIndication};
use sig_core::report::{Integrity, TimeStampReport};

use super::super::case::{Expected, Outcome};
use super::messages::{ends_at_anchor, has_failed_format, word};
use super::{because, unsupported};

/// The report on a token against what a row says.
pub fn compare(stamp: &TimeStampReport, expected: &Expected, without_anchors: bool) -> Outcome {
    let passed = stamp.conclusion.indication == Indication::TotalPassed;
    if passed && without_anchors {
        return Outcome::of(false, "TOTAL_PASSED", "without any trust anchor");
    }
    if let Some(skipped) = unsupported(stamp.findings.iter().filter(|it| is_of_token(it))) {
        return skipped;
    }
    // What is said of the imprint is said of the document.
    let is_of_other = |it: &Finding| {
        it.level == Level::Fail && it.code.sub_indication == Some(SubIndication::HashFailure)
    };
    let intact = stamp.integrity == Integrity::Intact
        && !has_failed_format(&stamp.findings)
        && !stamp.findings.iter().any(is_of_other);
    let agrees = match expected {
        Expected::Valid => passed,
        Expected::Invalid | Expected::Survives => !passed,
        Expected::Intact => intact,
        Expected::Broken => !intact,
        Expected::IntactNotValid => intact && !passed,
        Expected::Because(sub_indication) => word(stamp.conclusion) == *sub_indication,
        Expected::Chains => ends_at_anchor(stamp.path.len(), &stamp.findings),
        Expected::Answers => true,
        _ => false,
    };
    let actual = match expected {
        Expected::Intact | Expected::Broken if intact => Expected::Intact.to_string(),
        Expected::Intact | Expected::Broken => Expected::Broken.to_string(),
        _ => word(stamp.conclusion),
    };
    Outcome::of(agrees, actual, because(stamp.decided_by, &stamp.findings))
}

fn is_of_token(finding: &Finding) -> bool {
    matches!(finding.code.stage, Stage::Format | Stage::Crypto)
}
