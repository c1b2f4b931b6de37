use super::super::ledger::{SIGNATURE, TIME_STAMP};
use super::super::policy::Policy;
use super::*;
use crate::finding::SubIndication::*;
use crate::finding::code::{self, Stage};
use crate::finding::{SubIndication, Subject};

/// The decision table of EN 319 102-1 §5.1.3 and §5.3: the blocks in the order in which they decide, and what each
/// may say. A block says nothing else, and every row has a code.
const TABLE: [(Stage, SubIndication); 27] = [
    (Stage::Format, FormatFailure),
    (Stage::Signer, NoSigningCertificateFound),
    (Stage::Context, SignaturePolicyNotAvailable),
    (Stage::Context, PolicyProcessingError),
    (Stage::Crypto, HashFailure),
    (Stage::Crypto, SigCryptoFailure),
    (Stage::Crypto, SignedDataNotFound),
    (Stage::Crypto, CryptoConstraintsFailureNoPoe),
    (Stage::Chain, NoCertificateChainFound),
    (Stage::Chain, NoCertificateChainFoundNoPoe),
    (Stage::Chain, CertificateChainGeneralFailure),
    (Stage::Chain, ChainConstraintsFailure),
    (Stage::Chain, Revoked),
    (Stage::Chain, RevokedNoPoe),
    (Stage::Chain, RevokedCaNoPoe),
    (Stage::Chain, TryLater),
    (Stage::Chain, Expired),
    (Stage::Chain, NotYetValid),
    (Stage::Chain, OutOfBoundsNotRevoked),
    (Stage::Chain, OutOfBoundsNoPoe),
    (Stage::Chain, RevocationOutOfBoundsNoPoe),
    (Stage::Chain, CryptoConstraintsFailureNoPoe),
    (Stage::Chain, NoPoe),
    (Stage::Acceptance, SigConstraintsFailure),
    (Stage::Acceptance, CryptoConstraintsFailure),
    (Stage::Acceptance, CryptoConstraintsFailureNoPoe),
    (Stage::Acceptance, TimestampOrderFailure),
];

/// The failures that a policy tells only: what plain CMS does not know, and under `archive` what was strong once.
const LOWERED: [(&str, &[&str]); 3] = [
    (
        "archive",
        &[
            "attribute.informative.malformed",
            "attribute.informative.not_single",
            "crypto.algorithm.not_acceptable",
            "crypto.algorithm.not_acceptable_in_path",
            "crypto.certificate_reference.not_acceptable",
            "policy.signature.document_missing",
        ],
    ),
    (
        "cms-basic",
        &[
            "attribute.informative.malformed",
            "attribute.informative.not_single",
            "policy.signature.document_missing",
        ],
    ),
    (
        "pkix",
        &[
            "attribute.informative.malformed",
            "attribute.informative.not_single",
            "policy.signature.document_missing",
        ],
    ),
];

fn policies() -> impl Iterator<Item = Policy> {
    let builtin = Policy::BUILTIN.into_iter().map(Policy::builtin);
    let testing = Policy::TESTING.into_iter().map(Policy::testing);
    builtin.chain(testing).map(Result::unwrap)
}

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

/// What a signature with one finding is told.
fn alone(policy: &Policy, code: &'static Code) -> Decision {
    conclude(&with(policy, &[code]), &SIGNATURE)
}

#[test]
fn every_code_says_what_the_table_lets_its_block_say() {
    let failing = || code::all().filter(|code| code.level == Level::Fail);
    for code in failing().filter(|code| code.stage != Stage::Qualified) {
        let sub_indication = code.sub_indication.unwrap();
        assert!(TABLE.contains(&(code.stage, sub_indication)), "{}", code.id);
    }
    for (stage, sub_indication) in TABLE {
        let has_code =
            |code: &Code| (code.stage, code.sub_indication) == (stage, Some(sub_indication));
        assert!(failing().any(has_code), "{stage:?} {sub_indication}");
    }
    for sub_indication in SubIndication::ALL {
        let is_said = TABLE.iter().any(|(_, said)| said == sub_indication);
        assert!(is_said, "{sub_indication}");
    }
    assert!(TABLE.is_sorted_by_key(|(stage, _)| *stage));
}

#[test]
fn every_code_alone_decides_by_its_level_under_every_policy() {
    let mut lowered = Vec::new();
    for policy in policies() {
        for code in code::all() {
            let decision = alone(&policy, code);
            let level = policy.level_of(code);
            if level != code.level {
                lowered.push((policy.id.clone(), code.id, level));
            }
            let expected = match (level, code.sub_indication) {
                (Level::Fail, Some(sub_indication)) => Conclusion::because(sub_indication),
                (Level::Fail, None) => UNEXPLAINED,
                (Level::Warn | Level::Info, _) => Conclusion::PASSED,
            };
            assert_eq!(decision.conclusion, expected, "{} {}", policy.id, code.id);
            let by = (level == Level::Fail).then_some(code);
            assert_eq!(decision.by, by, "{} {}", policy.id, code.id);
        }
    }
    let stated = LOWERED.iter().flat_map(|(policy, codes)| {
        let codes = codes.iter();
        codes.map(|code| ((*policy).to_owned(), *code, Level::Warn))
    });
    let mut stated: Vec<_> = stated.collect();
    stated.sort();
    lowered.sort();
    assert_eq!(lowered, stated);
}

#[test]
fn of_every_two_codes_the_one_of_the_earlier_block_decides() {
    for policy in policies() {
        let codes: Vec<&'static Code> = code::all().collect();
        for first in &codes {
            for second in &codes {
                let decision = conclude(&with(&policy, &[first, second]), &SIGNATURE);
                let (one, other) = (alone(&policy, first), alone(&policy, second));
                let expected = match (one.by, other.by) {
                    (Some(_), Some(_)) if second.stage < first.stage => other,
                    (Some(_), _) => one,
                    (None, _) => other,
                };
                assert_eq!(decision, expected, "{} {}", first.id, second.id);
            }
        }
    }
}

#[test]
fn a_failure_decides_whatever_was_shown() {
    let policy = Policy::builtin("ru-qes").unwrap();
    for code in code::all().filter(|code| code.level == Level::Fail) {
        let mut ledger = Ledger::new(&policy);
        ledger.add(Finding::new(code, Subject::Document));
        assert_eq!(conclude(&ledger, &SIGNATURE).by, Some(code));
    }
}

/// Every set of obligations that were shown: the whole one passes, and no other.
fn walk_obligations(all: &[Obligation]) {
    let policy = Policy::builtin("cms-basic").unwrap();
    let whole = (1_u32 << all.len()) - 1;
    for shown in 0..=whole {
        let mut ledger = Ledger::new(&policy);
        for (place, obligation) in all.iter().enumerate() {
            if shown >> place & 1 == 1 {
                ledger.show(*obligation);
            }
        }
        let decision = conclude(&ledger, all);
        let expected = if shown == whole {
            Conclusion::PASSED
        } else {
            UNEXPLAINED
        };
        assert_eq!(decision.conclusion, expected, "{shown:b}");
        assert_eq!(decision.by, None);
    }
}

#[test]
fn what_was_not_shown_does_not_pass() {
    walk_obligations(&SIGNATURE);
    walk_obligations(&TIME_STAMP);
}

/// Every conclusion there is.
fn conclusions() -> impl Iterator<Item = Conclusion> + Clone {
    let because = SubIndication::ALL.iter().copied();
    let because = because.map(Conclusion::because);
    because.chain([Conclusion::PASSED, UNEXPLAINED, Conclusion::NO_SIGNATURE])
}

#[test]
fn the_worst_signature_decides_the_document() {
    const FROM_BEST: [Indication; 4] = [
        Indication::NoSignature,
        Indication::TotalPassed,
        Indication::Indeterminate,
        Indication::TotalFailed,
    ];
    let rank = |it: Conclusion| FROM_BEST.iter().position(|known| *known == it.indication);
    assert_eq!(fold([].into_iter()), Conclusion::NO_SIGNATURE);
    for first in conclusions() {
        assert_eq!(fold([first].into_iter()), first);
        for second in conclusions() {
            let worst = if rank(second) > rank(first) {
                second
            } else {
                first
            };
            assert_eq!(
                fold([first, second].into_iter()),
                worst,
                "{first:?} {second:?}"
            );
            for third in conclusions() {
                let expected = fold([worst, third].into_iter());
                assert_eq!(fold([first, second, third].into_iter()), expected);
            }
        }
    }
}
