//! Time-stamp tokens.

use sig_core::finding::{Finding, Indication, Level, Stage};
use sig_core::report::TimeStampReport;

use super::super::case::{Expected, Outcome};
use super::messages::{ends_at_anchor, word};
use super::{because, unsupported};

/// Where the document is not at hand, what a row says of the token is said of its own signature.
const NOT_AT_HAND: &str = "cms.content.missing";

/// The report on a token against what a row says.
pub fn compare(stamp: &TimeStampReport, expected: &Expected, without_anchors: bool) -> Outcome {
    let passed = stamp.conclusion.indication == Indication::TotalPassed;
    if passed && without_anchors {
        return Outcome::of(false, "TOTAL_PASSED", "without any trust anchor");
    }
    if let Some(skipped) = unsupported(stamp.findings.iter().filter(|it| is_of_token(it))) {
        return skipped;
    }
    let intact = stamp.authority.is_some() && !stamp.findings.iter().any(is_against);
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

fn is_against(finding: &Finding) -> bool {
    finding.level == Level::Fail && is_of_token(finding) && finding.code.id != NOT_AT_HAND
}
