//! §2.2 and §4.4.8: what is said, and how answers are weighed against each other and against CRLs.

use std::sync::Arc;

use sig_core::UnixTime;
use sig_core::trust::revocation::{Revocation, Status};
use sig_core::x509::crl_index::RevocationReason;
use sig_core::x509::ocsp::OcspResponse;

use super::pki::{
    EXTENDED_REVOKE, PERSON, Response, UNKNOWN, World, crl, extension, gost, revoked,
};
use super::{assert_good, assert_refused, reasons};

const HOLD: u8 = 6;

fn says(world: &World, status: Vec<u8>) -> Response {
    let mut response = world.delegated();
    response.singles[0].status = status;
    response
}

fn status(world: &World, response: &Response) -> Status {
    let determined = world.ask(&[response.make()]);
    assert_eq!(reasons(&determined), Vec::<&str>::new());
    determined.answer.unwrap().status
}

fn at(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

#[test]
fn section_2_2_revoked_with_its_time_and_reason() {
    let world = World::of(gost());
    let revocation = |date, reason| Revocation {
        date: at(date),
        reason,
        invalid_since: None,
    };
    let date = "2026-10-01T00:00:00Z";
    for (number, reason) in [
        (None, RevocationReason::Unspecified),
        (Some(1), RevocationReason::KeyCompromise),
        // Not reasons: revoked all the same.
        (Some(7), RevocationReason::Unspecified),
        (Some(99), RevocationReason::Unspecified),
    ] {
        let response = says(&world, revoked("20261001000000Z", number));
        let expected = Status::Revoked(revocation(date, reason));
        assert_eq!(status(&world, &response), expected);
    }
    let response = says(&world, revoked("20261001000000Z", Some(HOLD)));
    let held = revocation(date, RevocationReason::CertificateHold);
    assert_eq!(status(&world, &response), Status::OnHold(held));
    let response = says(&world, revoked("20261201000000Z", None));
    let later = revocation("2026-12-01T00:00:00Z", RevocationReason::Unspecified);
    assert_eq!(status(&world, &response), Status::RevokedLater(later));
}

#[test]
fn section_2_2_unknown_is_no_answer_and_outweighs_nothing() {
    let mut world = World::of(gost());
    let response = says(&world, UNKNOWN.to_vec());
    assert_refused(&world, &response, "unknown");
    assert!(world.ask(&[response.make()]).rejected[0].names_the_certificate);
    world.crls = vec![crl(&world.keys, &[])];
    let determined = world.ask(&[response.make()]);
    assert_eq!(determined.answer.unwrap().status, Status::Good);
    assert_eq!(reasons(&world.ask(&[response.make()])), ["unknown"]);
}

#[test]
fn section_4_4_8_never_issued_is_no_answer_and_no_crl_disproves_it() {
    let mut world = World::of(gost());
    let mut response = says(&world, revoked("19700101000000Z", Some(HOLD)));
    response.extensions = vec![extension(&EXTENDED_REVOKE, &[5, 0])];
    assert_refused(&world, &response, "never issued");
    world.crls = vec![crl(&world.keys, &[])];
    assert_refused(&world, &response, "never issued");
    response.extensions.clear();
    assert_refused(&world, &response, "never issued");
    // Another time, or another reason, is what it says.
    let held = says(&world, revoked("19700101000001Z", Some(HOLD)));
    assert!(matches!(status(&world, &held), Status::OnHold(_)));
    let old = says(&world, revoked("19700101000000Z", Some(1)));
    assert!(matches!(status(&world, &old), Status::Revoked(_)));
}

#[test]
fn revoked_is_for_good_and_a_later_answer_releases_a_hold() {
    let world = World::of(gost());
    let good = world.delegated();
    let bad = says(&world, revoked("20261001000000Z", Some(1)));
    let dated = |response: &Response, day| {
        let mut response = response.clone();
        response.produced_at = day;
        response.singles[0].this_update = day;
        response.make()
    };
    let (first, second) = ("20261102000000Z", "20261103000000Z");
    let is_revoked = |responses: [Arc<OcspResponse>; 2]| {
        let [first, second] = responses.clone();
        let [one, other] = [responses, [second, first]].map(|responses| {
            let answer = world.ask(&responses).answer.unwrap();
            matches!(answer.status, Status::Revoked(_))
        });
        assert_eq!(one, other);
        one
    };
    assert!(is_revoked([dated(&good, first), dated(&bad, second)]));
    assert!(is_revoked([dated(&good, first), dated(&bad, first)]));
    assert!(is_revoked([dated(&good, second), dated(&bad, first)]));
    let held = says(&world, revoked("20261001000000Z", Some(6)));
    let status = |responses: [Arc<OcspResponse>; 2]| world.ask(&responses).answer.unwrap().status;
    let released = status([dated(&held, first), dated(&good, second)]);
    assert_eq!(released, Status::Good);
    let again = status([dated(&good, first), dated(&held, second)]);
    assert!(matches!(again, Status::OnHold(_)));
}

/// The list is of 1 November.
#[test]
fn crls_and_responses_are_weighed_by_their_times() {
    let mut world = World::of(gost());
    world.crls = vec![crl(&world.keys, &[PERSON])];
    let is_revoked = |response: &Response| {
        let answer = world.ask(&[response.make()]).answer.unwrap();
        matches!(answer.status, Status::Revoked(_))
    };
    let mut good = world.delegated();
    assert!(is_revoked(&good));
    good.produced_at = "20261102000000Z";
    good.singles[0].this_update = "20261102000000Z";
    assert!(is_revoked(&good));
    world.crls = vec![crl(&world.keys, &[])];
    let bad = says(&world, revoked("20261001000000Z", Some(1)));
    let answer = world.ask(&[bad.make()]).answer.unwrap();
    assert!(matches!(answer.status, Status::Revoked(_)));
}

/// The time of judging is 21 November: what is said of the days after it takes nothing back.
#[test]
fn a_later_response_about_a_later_revocation_denies_nothing() {
    let mut world = World::of(gost());
    world.crls = vec![crl(&world.keys, &[])];
    let said = |time| {
        let mut response = says(&world, revoked(time, Some(1)));
        response.produced_at = "20261130000000Z";
        response.singles[0].this_update = "20261130000000Z";
        let answer = world.ask(&[response.make()]).answer;
        answer.map(|answer| answer.status)
    };
    assert_eq!(said("20261125000000Z"), Some(Status::Good));
    assert_eq!(said("20261120000000Z"), None);
}

/// One response that says both: the worse.
#[test]
fn a_responder_that_contradicts_itself_is_believed_the_worse() {
    let world = World::of(gost());
    let mut response = world.delegated();
    let mut worse = response.singles[0].clone();
    worse.status = revoked("20261001000000Z", Some(1));
    worse.this_update = "20261001000000Z";
    for place in [0, 1] {
        let mut both = response.clone();
        both.singles.insert(place, worse.clone());
        assert!(matches!(status(&world, &both), Status::Revoked(_)));
    }
    response.singles.push(response.singles[0].clone());
    assert_good(&world, &response);
}

/// "Revoked" in a response that cannot be used: nothing of the same time or older says "good".
#[test]
fn a_revocation_that_cannot_be_used_outweighs_an_older_good() {
    let mut world = World::of(gost());
    world.crls = vec![crl(&world.keys, &[])];
    let mut response = says(&world, revoked("20261001000000Z", Some(1)));
    response.extensions = vec![super::pki::critical(&[0x2a, 3], &[5, 0])];
    assert_refused(&world, &response, "unknown critical extension");
    response.singles[0].this_update = "20261031000000Z";
    let determined = world.ask(&[response.make()]);
    assert_eq!(determined.answer.unwrap().status, Status::Good);
}
