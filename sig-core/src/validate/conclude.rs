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
mod tests {
    use super::super::ledger::SIGNATURE;
    use super::super::policy::Policy;
    use super::*;
    use crate::finding::{SubIndication, Subject, code};

    fn with<'a>(policy: &'a Policy, codes: &[&'static Code]) -> Ledger<'a> {
        let mut ledger = Ledger::new(policy);
        for code in codes {
            ledger.add(Finding::new(code, Subject::Document));
        }
        SIGNATURE
            .into_iter()
            .for_each(|obligation| ledger.show(obligation));
        ledger
    }

    #[test]
    fn every_failing_code_decides_alone() {
        let policy = Policy::builtin("ru-qes").unwrap();
        for code in code::all().filter(|code| code.level == Level::Fail) {
            let decision = conclude(&with(&policy, &[code]), &SIGNATURE);
            assert_eq!(decision.by, Some(code));
            assert_eq!(decision.conclusion.sub_indication, code.sub_indication);
            assert_ne!(
                decision.conclusion.indication,
                Indication::TotalPassed,
                "{}",
                code.id
            );
        }
    }

    #[test]
    fn other_codes_never_decide() {
        let policy = Policy::builtin("ru-qes").unwrap();
        for code in code::all().filter(|code| code.level != Level::Fail) {
            let decision = conclude(&with(&policy, &[code]), &SIGNATURE);
            assert_eq!(decision.conclusion, Conclusion::PASSED, "{}", code.id);
        }
    }

    #[test]
    fn the_earlier_block_decides() {
        let policy = Policy::builtin("ru-qes").unwrap();
        let codes: [&Code; 3] = [
            &code::path::NO_CHAIN,
            &code::crypto::DIGEST_MISMATCH,
            &code::cms::TRAILING_OCTETS,
        ];
        let decision = conclude(&with(&policy, &codes), &SIGNATURE);
        assert_eq!(
            decision.conclusion.sub_indication,
            Some(SubIndication::FormatFailure)
        );
        let decision = conclude(&with(&policy, &codes[..2]), &SIGNATURE);
        assert_eq!(
            decision.conclusion.sub_indication,
            Some(SubIndication::HashFailure)
        );
    }

    #[test]
    fn what_was_not_shown_does_not_pass() {
        let policy = Policy::builtin("cms-basic").unwrap();
        for missing in SIGNATURE {
            let mut ledger = Ledger::new(&policy);
            SIGNATURE
                .into_iter()
                .filter(|obligation| *obligation != missing)
                .for_each(|obligation| ledger.show(obligation));
            assert_eq!(
                conclude(&ledger, &SIGNATURE).conclusion,
                UNEXPLAINED,
                "{missing:?}"
            );
        }
    }

    #[test]
    fn the_worst_signature_decides_the_document() {
        let failed = Conclusion::because(SubIndication::HashFailure);
        let open = Conclusion::because(SubIndication::TryLater);
        assert_eq!(fold([].into_iter()), Conclusion::NO_SIGNATURE);
        assert_eq!(
            fold([Conclusion::PASSED; 2].into_iter()),
            Conclusion::PASSED
        );
        assert_eq!(fold([Conclusion::PASSED, open].into_iter()), open);
        assert_eq!(fold([open, failed, Conclusion::PASSED].into_iter()), failed);
    }
}
