//! Past certificate validation among several paths (EN 319 102-1 §5.6.2.1.4), and each step of past signature
//! validation (§5.6.2.4.4) on a record with one finding.

use super::super::hand_made::{AT, HandMade, budget, time};
use super::super::policy::Policy;
use super::*;

/// The authority of the signer is certified by two roots: by the first until it was revoked in June 2022.
const PATHS: [&str; 3] = ["person-of-revoked", "ca-revoked", "ca-revoked-crossed"];
const LISTS: [&str; 5] = ["root", "root-2019", "root-3", "root-3-2019", "ca-revoked"];

fn crossed() -> HandMade {
    HandMade::of("long-term-p256", &["root", "root-3"], &PATHS, &LISTS)
        .proven("root-2019", "2019-07-01T00:00:00Z")
        .proven("root-3-2019", "2019-07-01T00:00:00Z")
        .proven("ca-revoked", "2020-01-01T00:00:00Z")
}

fn inputs<'a>(made: &'a HandMade, certificate: &'a Arc<Certificate>, existed: &str) -> Inputs<'a> {
    Inputs {
        validator: &made.validator,
        certificate,
        material: &made.material,
        proofs: &made.proofs,
        existed: time(existed),
        at: time(AT),
        transition: Transition::LongTerm,
    }
}

/// The control time of the path that is taken.
#[track_caller]
fn control(made: &HandMade, existed: &str) -> String {
    let signer = made.certificate("person-of-revoked");
    let inputs = inputs(made, &signer, existed);
    let past = certificate(inputs, &mut budget()).unwrap().unwrap();
    past.slid.control.to_string()
}

/// The lists of 2026 are of no time before it; of the two roots the one that was trusted longer counts.
#[test]
fn of_several_paths_the_first_that_is_enough_is_taken_else_the_latest() {
    let (first, second) = ("2022-03-01T00:00:00Z", "2022-05-01T00:00:00Z");
    let latest = "2022-04-30T23:59:59Z";
    for (end, other) in [(first, second), (second, first)] {
        let made = crossed().sunset("root", end).sunset("root-3", other);
        // One is enough, then none is.
        assert_eq!(control(&made, "2022-04-01T00:00:00Z"), latest);
        assert_eq!(control(&made, "2022-05-15T00:00:00Z"), latest);
    }
}

#[test]
fn a_path_on_which_the_authority_was_revoked_yields_to_one_on_which_it_was_not() {
    let made = crossed().sunset("root", "2025-01-01T00:00:00Z");
    let signer = made.certificate("person-of-revoked");
    let taken = |made: &HandMade, existed: &str| {
        let past = certificate(inputs(made, &signer, existed), &mut budget());
        past.unwrap().unwrap().slid
    };
    // Both say yes to a signature before the revocation.
    let before = taken(&made, "2022-05-31T23:59:59Z");
    assert!(before.control >= time("2022-05-31T23:59:59Z"));
    assert!(!before.is_refuted(time("2022-05-31T23:59:59Z")));
    // After it the other path answers.
    let after = taken(&made, "2022-06-01T00:00:00Z");
    assert!(!after.is_refuted(time("2022-06-01T00:00:00Z")));
    assert_eq!(after.control, time(AT));
    // Whose anchor is no longer trusted, so that neither does: not the later one, which was refuted, is told.
    let ended = made.sunset("root-3", "2022-03-01T00:00:00Z");
    let neither = taken(&ended, "2022-06-01T00:00:00Z");
    assert!(neither.control < time("2022-06-01T00:00:00Z"));
}

#[test]
fn without_a_path_there_is_no_past() {
    let made = HandMade::of("long-term-p256", &["root-2"], &PATHS, &LISTS);
    let signer = made.certificate("person-of-revoked");
    let inputs = inputs(&made, &signer, "2022-01-01T00:00:00Z");
    let found = certificate(inputs, &mut budget()).unwrap();
    assert!(matches!(found, Err(NoPast::NoPath)));
}

/// A path that stops, and one that does not: the stop is told only where there is no other.
#[test]
fn a_path_that_stops_yields_to_one_that_does_not() {
    let lists = ["root", "root-3", "ca-revoked"];
    let made = HandMade::of("long-term-p256", &["root", "root-3"], &PATHS, &lists)
        .sunset("root", "2022-01-01T00:00:00Z");
    assert_eq!(control(&made, "2021-06-01T00:00:00Z"), AT);
    let alone = HandMade::of("long-term-p256", &["root"], &PATHS, &lists)
        .sunset("root", "2022-01-01T00:00:00Z");
    let signer = alone.certificate("person-of-revoked");
    let inputs = inputs(&alone, &signer, "2021-06-01T00:00:00Z");
    let found = certificate(inputs, &mut budget()).unwrap();
    assert!(matches!(found, Err(NoPast::Stopped(Stopped::Unproven(..)))));
}

/// The person of 2024, whose list is proven at the end of that year.
fn person() -> HandMade {
    let certificates = ["person-expired", "ca"];
    HandMade::of(
        "stamps-p256",
        &["root"],
        &certificates,
        &["root", "ca-2024"],
    )
    .proven("ca-2024", "2024-12-15T00:00:00Z")
}

/// What fails after past signature validation of a signature with one finding.
fn left(made: &HandMade, existed: &str, finding: Finding) -> Vec<&'static str> {
    let signer = made.certificate("person-expired");
    let policy: &Policy = &made.validator.policy;
    let mut ledger = Ledger::new(policy);
    ledger.add(finding);
    let certificates = [Arc::clone(&signer)];
    let expired = Expired {
        certificates: &certificates,
        at: time(AT),
    };
    let inputs = inputs(made, &signer, existed);
    let passed = settle(inputs, expired, &mut ledger, &mut budget()).unwrap();
    let failed: Vec<_> = failed_findings(&ledger).map(|it| it.code.id).collect();
    assert_eq!(passed, failed.is_empty());
    failed
}

fn about_person(made: &HandMade, code: &'static Code) -> Finding {
    Finding::new(code, subject(&made.certificate("person-expired")))
}

const IN_TIME: &str = "2024-06-01T00:00:00Z";

#[test]
fn step_2_without_a_control_time_the_status_is_returned() {
    let made = person().sunset("root", "2024-11-01T00:00:00Z");
    let finding = about_person(&made, &path::EXPIRED_NOT_REVOKED);
    let failed = left(&made, IN_TIME, finding);
    assert_eq!(
        failed,
        [path::EXPIRED_NOT_REVOKED.id, codes::OBJECT_UNPROVEN.id]
    );
}

#[test]
fn step_3_a_signature_before_its_certificate_fails() {
    let made = person();
    for code in [
        &path::EXPIRED_NOT_REVOKED,
        &path::ANCHOR_SUNSET,
        &revocation::CA_REVOKED,
    ] {
        let failed = left(&made, "2023-12-31T23:59:59Z", about_person(&made, code));
        assert_eq!(
            failed,
            [time_codes::SIGNED_BEFORE_VALIDITY.id],
            "{}",
            code.id
        );
    }
}

#[test]
fn step_3_a_signature_in_the_validity_of_its_certificate_passes() {
    let made = person();
    for code in [
        &path::EXPIRED,
        &path::EXPIRED_NOT_REVOKED,
        &path::ANCHOR_SUNSET,
    ] {
        for (existed, passes) in [
            ("2024-01-01T00:00:00Z", true),
            ("2025-01-01T00:00:00Z", true),
            ("2025-01-01T00:00:01Z", false),
        ] {
            let failed = left(&made, existed, about_person(&made, code));
            assert_eq!(failed.is_empty(), passes, "{} {existed}", code.id);
        }
    }
}

#[test]
fn step_3_a_signature_after_the_control_time_fails() {
    let made = person();
    let lists = ["root-revoking-ca", "ca-2024"];
    let revoked = HandMade::of("stamps-p256", &["root"], &["person-expired", "ca"], &lists)
        .proven("ca-2024", "2024-12-15T00:00:00Z");
    for (made, existed, expected) in [
        (&made, "2025-06-01T00:00:00Z", true),
        (&revoked, "2025-05-31T23:59:59Z", true),
        (&revoked, "2025-06-01T00:00:00Z", false),
    ] {
        let finding = about_person(made, &revocation::SIGNER_OUT_OF_BOUNDS);
        let failed = left(made, existed, finding);
        assert_eq!(failed.is_empty(), expected, "{existed}: {failed:?}");
    }
}

#[test]
fn step_3_a_revocation_before_the_signature_is_never_answered_for() {
    let made = person();
    for code in [
        &revocation::REVOKED,
        &revocation::CA_REVOKED,
        &revocation::ON_HOLD,
    ] {
        for (since, passes) in [("2024-06-01T00:00:01Z", true), (IN_TIME, false)] {
            let finding = about_person(&made, code).with_time("revoked_at", time(since));
            let failed = left(&made, IN_TIME, finding);
            assert_eq!(failed.is_empty(), passes, "{} {since}", code.id);
        }
    }
}

#[test]
fn step_5_data_that_was_fresh_when_the_signature_existed_is_enough() {
    let lists = ["root-2024", "ca-2024"];
    let late = HandMade::of("stamps-p256", &["root"], &["person-expired", "ca"], &lists)
        .sunset("root", "2024-12-20T00:00:00Z")
        .proven("root-2024", "2024-12-15T00:00:00Z")
        .proven("ca-2024", "2024-12-15T00:00:00Z");
    // The control time is before the signature, so that freshness decides.
    let ca = subject(&late.certificate("ca"));
    for (due, passes) in [
        ("2024-12-25T00:00:01Z", true),
        ("2024-12-25T00:00:00Z", false),
    ] {
        let finding = Finding::new(&revocation::STALE, ca.clone());
        let finding = finding.with_time("next_update", time(due));
        let failed = left(&late, "2024-12-25T00:00:00Z", finding);
        assert_eq!(failed.is_empty(), passes, "{due} {failed:?}");
    }
}

#[test]
fn step_6_anything_else_is_returned() {
    let made = person();
    for code in [
        &path::NO_CHAIN,
        &path::NOT_YET_VALID,
        &path::SIGNER_KEY_USAGE,
        &revocation::MISSING,
        &codes::OBJECT_UNPROVEN,
        &time_codes::SIGNED_AFTER_REVOCATION,
        &time_codes::SIGNED_AFTER_EXPIRY,
    ] {
        let failed = left(&made, IN_TIME, about_person(&made, code));
        assert_eq!(failed, [code.id]);
    }
}
