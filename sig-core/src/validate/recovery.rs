//! Which process may go on after which result, as data (EN 319 102-1 §5.5.4 step 2, §5.6.3.4 steps 3 and 5).

use crate::finding::SubIndication as Sub;

/// What a process does with the result of the one before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// It goes on: time may help.
    Continue,
    /// It gives the result back, or leaves the object out.
    Return,
}

/// The transitions that the matrix is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Transition {
    /// From the basic process to that with time, §5.5.4 step 2.
    WithTime,
    /// From a time-stamp's own validation to its past, §5.6.3.4 step 5.
    TimeStampInPast,
    /// From the validation of who signed a revocation object to its past, §5.6.2.4 step 1.
    RevocationInPast,
    /// From the process with time to the long-term one, §5.6.3.4 step 3.
    LongTerm,
}

/// How a past signature validation may answer for a result (EN 319 102-1 §5.6.2.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Remedy {
    /// Steps 3: the signature existed at the control time.
    ControlTime,
    /// Step 3: and while its certificate was valid.
    ControlTimeInValidity,
    /// Step 3 or 4: or what is weak existed before its algorithm ended.
    ControlTimeOrStrength,
    /// Step 3 or 5: or the revocation data was fresh when the signature existed.
    ControlTimeOrFreshness,
    /// Judged again at the time of the proof, §5.6.3.4 steps 8 and 9.
    JudgedAgain,
    /// Step 6: none.
    None,
}

/// What follows a result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The result; nothing is `PASSED`.
    pub(super) result: Option<Sub>,
    with_time: Next,
    time_stamp: Next,
    revocation: Next,
    long_term: Next,
    /// How a past signature validation may answer for it.
    pub(super) remedy: Remedy,
}

impl Row {
    const fn next(&self, transition: Transition) -> Next {
        match transition {
            Transition::WithTime => self.with_time,
            Transition::TimeStampInPast => self.time_stamp,
            Transition::RevocationInPast => self.revocation,
            Transition::LongTerm => self.long_term,
        }
    }
}

const YES: Next = Next::Continue;
const NO: Next = Next::Return;

const fn row(result: Option<Sub>, next: [Next; 4], remedy: Remedy) -> Row {
    let [with_time, time_stamp, revocation, long_term] = next;
    Row {
        result,
        with_time,
        time_stamp,
        revocation,
        long_term,
        remedy,
    }
}

const fn end(result: Sub) -> Row {
    row(Some(result), [NO; 4], Remedy::None)
}

/// Every result, in the order of EN 319 102-1 tables 5 and 6.
///
/// `NO_CERTIFICATE_CHAIN_FOUND_NO_POE` goes on to the long-term process: the standard names it among the statuses of
/// §5.6.2.4 step 3, which could not be reached otherwise.
pub(super) const MATRIX: [Row; 26] = [
    row(None, [YES; 4], Remedy::None),
    end(Sub::FormatFailure),
    end(Sub::HashFailure),
    end(Sub::SigCryptoFailure),
    end(Sub::Revoked),
    end(Sub::Expired),
    end(Sub::NotYetValid),
    row(
        Some(Sub::SigConstraintsFailure),
        [NO, NO, NO, YES],
        Remedy::JudgedAgain,
    ),
    end(Sub::ChainConstraintsFailure),
    end(Sub::CertificateChainGeneralFailure),
    end(Sub::CryptoConstraintsFailure),
    end(Sub::PolicyProcessingError),
    end(Sub::SignaturePolicyNotAvailable),
    end(Sub::TimestampOrderFailure),
    end(Sub::NoSigningCertificateFound),
    end(Sub::NoCertificateChainFound),
    row(
        Some(Sub::NoCertificateChainFoundNoPoe),
        [NO, YES, YES, YES],
        Remedy::ControlTimeInValidity,
    ),
    row(Some(Sub::RevokedNoPoe), [YES; 4], Remedy::ControlTime),
    row(Some(Sub::RevokedCaNoPoe), [YES; 4], Remedy::ControlTime),
    row(
        Some(Sub::OutOfBoundsNotRevoked),
        [YES; 4],
        Remedy::ControlTimeInValidity,
    ),
    row(
        Some(Sub::OutOfBoundsNoPoe),
        [YES; 4],
        Remedy::ControlTimeInValidity,
    ),
    row(
        Some(Sub::RevocationOutOfBoundsNoPoe),
        [NO, YES, YES, YES],
        Remedy::ControlTime,
    ),
    row(
        Some(Sub::CryptoConstraintsFailureNoPoe),
        [YES; 4],
        Remedy::ControlTimeOrStrength,
    ),
    end(Sub::NoPoe),
    row(
        Some(Sub::TryLater),
        [YES, NO, NO, YES],
        Remedy::ControlTimeOrFreshness,
    ),
    end(Sub::SignedDataNotFound),
];

/// The row of a result.
pub(super) fn of(result: Option<Sub>) -> Option<&'static Row> {
    MATRIX.iter().find(|row| row.result == result)
}

/// Whether a process may go on after a result. What has no row ends the judgement.
pub(super) fn may_continue(result: Option<Sub>, transition: Transition) -> bool {
    of(result).is_some_and(|row| row.next(transition) == Next::Continue)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcome of every result in every column, written out apart from the table: the letters are the columns that
    /// go on (W with time, T time-stamp, R revocation object, L long term).
    const STATED: [(&str, &str); 26] = [
        ("PASSED", "WTRL"),
        ("FORMAT_FAILURE", ""),
        ("HASH_FAILURE", ""),
        ("SIG_CRYPTO_FAILURE", ""),
        ("REVOKED", ""),
        ("EXPIRED", ""),
        ("NOT_YET_VALID", ""),
        ("SIG_CONSTRAINTS_FAILURE", "L"),
        ("CHAIN_CONSTRAINTS_FAILURE", ""),
        ("CERTIFICATE_CHAIN_GENERAL_FAILURE", ""),
        ("CRYPTO_CONSTRAINTS_FAILURE", ""),
        ("POLICY_PROCESSING_ERROR", ""),
        ("SIGNATURE_POLICY_NOT_AVAILABLE", ""),
        ("TIMESTAMP_ORDER_FAILURE", ""),
        ("NO_SIGNING_CERTIFICATE_FOUND", ""),
        ("NO_CERTIFICATE_CHAIN_FOUND", ""),
        ("NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "TRL"),
        ("REVOKED_NO_POE", "WTRL"),
        ("REVOKED_CA_NO_POE", "WTRL"),
        ("OUT_OF_BOUNDS_NOT_REVOKED", "WTRL"),
        ("OUT_OF_BOUNDS_NO_POE", "WTRL"),
        ("REVOCATION_OUT_OF_BOUNDS_NO_POE", "TRL"),
        ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "WTRL"),
        ("NO_POE", ""),
        ("TRY_LATER", "WL"),
        ("SIGNED_DATA_NOT_FOUND", ""),
    ];

    const COLUMNS: [(char, Transition); 4] = [
        ('W', Transition::WithTime),
        ('T', Transition::TimeStampInPast),
        ('R', Transition::RevocationInPast),
        ('L', Transition::LongTerm),
    ];

    fn named(name: &str) -> Option<Sub> {
        Sub::ALL.iter().copied().find(|sub| sub.name() == name)
    }

    #[test]
    fn every_result_has_its_stated_outcome_in_every_column() {
        for (name, columns) in STATED {
            let result = named(name);
            assert_eq!(result.is_none(), name == "PASSED", "{name}");
            for (letter, transition) in COLUMNS {
                let expected = columns.contains(letter);
                assert_eq!(
                    may_continue(result, transition),
                    expected,
                    "{name} {letter}"
                );
            }
        }
    }

    #[test]
    fn every_sub_indication_has_one_row() {
        assert_eq!(MATRIX.len(), Sub::ALL.len() + 1);
        for sub in Sub::ALL {
            let rows = MATRIX.iter().filter(|row| row.result == Some(*sub));
            assert_eq!(rows.count(), 1, "{sub}");
        }
    }

    #[test]
    fn what_goes_on_to_the_long_term_has_a_remedy_and_nothing_else_has() {
        for row in MATRIX.iter().filter(|row| row.result.is_some()) {
            let goes_on = row.next(Transition::LongTerm) == Next::Continue;
            assert_eq!(goes_on, row.remedy != Remedy::None, "{:?}", row.result);
        }
    }

    #[test]
    fn nothing_that_is_proven_bad_goes_on() {
        use crate::finding::Indication;
        let failed = |sub: &&Sub| sub.indication() == Indication::TotalFailed;
        for sub in Sub::ALL.iter().filter(failed) {
            for (_, transition) in COLUMNS {
                assert!(!may_continue(Some(*sub), transition), "{sub}");
            }
        }
    }
}
