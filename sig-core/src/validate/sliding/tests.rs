//! Each step of EN 319 102-1 §5.6.2.2.4 on a path of a person, an authority and an anchor.

use super::super::hand_made::{AT, HandMade, budget, time};
use super::*;

const PATH: [&str; 3] = ["person", "ca", "root"];

/// A path whose lists were issued in 2024 and are fresh until 2041.
fn old_lists() -> HandMade {
    HandMade::of(
        "stamps-p256",
        &["root"],
        &PATH[..2],
        &["root-2024", "ca-2024"],
    )
}

fn slid(made: &HandMade, ids: &[&str]) -> Result<Slid, Stopped> {
    let path = made.path(ids);
    let inputs = Inputs {
        validator: &made.validator,
        path: &path,
        material: &made.material,
        proofs: &made.proofs,
        at: time(AT),
        sunset: made.material.sunset_of(&path.anchor),
    };
    slide(inputs, &mut budget()).unwrap()
}

#[track_caller]
fn control(made: &HandMade, ids: &[&str]) -> String {
    slid(made, ids).unwrap().control.to_string()
}

/// The object that nothing proves to be as old as the control time.
#[track_caller]
fn unproven(made: &HandMade, ids: &[&str]) -> (Subject, String) {
    match slid(made, ids).unwrap_err() {
        Stopped::Unproven(object, control) => (object, control.to_string()),
        other => unreachable!("{other:?}"),
    }
}

fn told(slid: &Slid) -> Vec<&'static str> {
    let story = slid.story.iter();
    story.map(|finding| finding.code.id).collect()
}

#[test]
fn step_1_begins_at_the_time_of_checking() {
    assert_eq!(control(&old_lists(), &PATH), AT);
}

#[test]
fn step_1_begins_before_the_end_of_the_trust_in_the_anchor() {
    let made = old_lists()
        .sunset("root", "2025-03-01T00:00:00Z")
        .proven("root-2024", "2024-12-15T00:00:00Z")
        .proven("ca-2024", "2024-12-15T00:00:00Z");
    let slid = slid(&made, &PATH).unwrap();
    assert_eq!(slid.control, time("2025-02-28T23:59:59Z"));
    assert!(told(&slid).contains(&codes::CONTROL_SUNSET.id));
}

#[test]
fn step_2_a_the_certificate_existed_at_the_control_time() {
    let proven = |made: HandMade| {
        made.proven("root-2024", "2024-12-15T00:00:00Z")
            .proven("ca-2024", "2024-12-15T00:00:00Z")
            .sunset("root", "2025-03-01T00:00:00Z")
    };
    let mut made = proven(old_lists());
    made.proofs = ProofsOfExistence::default();
    let made = proven(made);
    let (object, control) = unproven(&made, &PATH);
    // From the anchor down: the authority is the first.
    assert_eq!(object, subject(&made.certificate("ca")));
    assert_eq!(control, "2025-02-28T23:59:59Z");
}

#[test]
fn step_2_a_revocation_data_existed_at_the_control_time() {
    let sunset = |crl: &str, at: &str| {
        let made = old_lists().sunset("root", "2025-03-01T00:00:00Z");
        let made = made.proven("root-2024", "2024-12-15T00:00:00Z");
        made.proven(crl, at)
    };
    let in_time = sunset("ca-2024", "2025-02-28T23:59:59Z");
    assert!(slid(&in_time, &PATH).is_ok());
    let late = sunset("ca-2024", "2025-03-01T00:00:00Z");
    let person = subject(&late.certificate("person"));
    assert_eq!(unproven(&late, &PATH).0, person);
}

/// A list of a time after the control time may be proven by nothing but itself.
#[test]
fn step_2_a_revocation_data_was_issued_by_the_control_time() {
    let lists = ["root-2024", "ca-2027"];
    let made = HandMade::of("stamps-p256", &["root"], &PATH[..2], &lists)
        .sunset("root", "2025-03-01T00:00:00Z")
        .proven("root-2024", "2024-12-15T00:00:00Z")
        .proven("ca-2027", "2024-12-15T00:00:00Z");
    let person = subject(&made.certificate("person"));
    assert_eq!(unproven(&made, &PATH).0, person);
}

#[test]
fn step_2_b_slides_before_a_revocation_for_any_reason() {
    let ids = ["tsa-revoked", "ca", "root"];
    for list in ["ca", "ca-stamps-superseded"] {
        let made = HandMade::of("stamps-p256", &["root"], &ids[..2], &["root", list]);
        let slid = slid(&made, &ids).unwrap();
        assert_eq!(slid.control, time("2025-05-31T23:59:59Z"), "{list}");
        assert!(told(&slid).contains(&codes::CONTROL_REVOKED.id));
    }
    // Since when the key is suspected.
    let lists = ["root", "ca-stamps-suspected"];
    let made = HandMade::of("stamps-p256", &["root"], &ids[..2], &lists);
    assert_eq!(control(&made, &ids), "2025-03-31T23:59:59Z");
}

#[test]
fn step_2_b_slides_before_a_hold_and_not_where_nothing_is_stated() {
    let made = HandMade::of(
        "stamps-p256",
        &["root"],
        &["person-held", "ca"],
        &["root", "ca"],
    );
    let held = ["person-held", "ca", "root"];
    assert_eq!(control(&made, &held), "2025-05-31T23:59:59Z");
    assert_eq!(control(&made, &PATH), AT);
}

#[test]
fn step_2_b_slides_to_the_issue_of_what_is_not_fresh() {
    let made = HandMade::of("stamps-p256", &["root"], &PATH[..2], &["root", "ca-short"]);
    let slid = slid(&made, &PATH).unwrap();
    assert_eq!(slid.control, time("2025-12-01T00:00:00Z"));
    assert!(told(&slid).contains(&codes::CONTROL_NOT_FRESH.id));
}

/// What the anchor issued is judged first, and all below by the time to which that slid.
#[test]
fn step_2_goes_from_the_anchor_down() {
    let lists = ["root-revoking-ca", "ca-2024"];
    let made = HandMade::of("stamps-p256", &["root"], &PATH[..2], &lists);
    let late = made.proven("ca-2024", "2025-06-01T00:00:00Z");
    let person = subject(&late.certificate("person"));
    let found = unproven(&late, &PATH);
    assert_eq!(found, (person, "2025-05-31T23:59:59Z".to_owned()));
    let in_time = late.proven("ca-2024", "2025-05-31T23:59:59Z");
    assert_eq!(control(&in_time, &PATH), "2025-05-31T23:59:59Z");
}

const DIGEST: &str = "[[strength]]\ndigest = \"sha256\"";

/// SHA-256 as it will be when it has ended: what is signed with it must be older.
fn ended(made: HandMade) -> HandMade {
    let text = made.validator.policy.text();
    let first = text.find(DIGEST).unwrap();
    let rest = &text[first + DIGEST.len()..];
    let row = &rest[..rest.find("[[").unwrap_or(rest.len())];
    let whole = format!("{DIGEST}{row}");
    let other = format!(
        "{DIGEST}\nuse = [\"creation\"]\nuntil = 2025-06-01T00:00:00Z\nsource = \"test\"\n\n\
         {DIGEST}\nuse = [\"checking\"]\nsource = \"test\"\n\n"
    );
    made.under(&whole, &other)
}

/// A list that is forged now by a broken algorithm says nothing, although the certificate that is weak with it is old.
#[test]
fn step_2_c_slides_before_the_end_of_an_algorithm() {
    let made = ended(old_lists());
    let late = made
        .proven("root-2024", "2025-06-01T00:00:00Z")
        .proven("ca-2024", "2025-05-31T23:59:59Z");
    let ca = subject(&late.certificate("ca"));
    assert_eq!(unproven(&late, &PATH).0, ca);
    let in_time = late.proven("root-2024", "2025-05-31T23:59:59Z");
    let slid = slid(&in_time, &PATH).unwrap();
    assert_eq!(slid.control, time("2025-05-31T23:59:59Z"));
    assert!(told(&slid).contains(&codes::CONTROL_ALGORITHM.id));
    let ca = subject(&in_time.certificate("ca"));
    assert!(slid.strong_when_proven.contains(&ca));
}

/// Beside the clause: an authority signs nothing after its end.
#[test]
fn the_end_of_an_authority_ends_what_it_signs() {
    let ids = ["person-of-ca-expired", "ca-expired", "root"];
    let made = HandMade::of(
        "stamps-p256",
        &["root"],
        &ids[..2],
        &["root-2024", "ca-expired"],
    )
    .proven("ca-expired", "2025-05-15T00:00:00Z");
    assert_eq!(control(&made, &ids), "2025-06-01T00:00:00Z");
}

/// Beside the clause: step 2 a leaves out a list that is proven late, and what it says is told all the same.
#[test]
fn what_is_known_now_is_told_beside_the_control_time() {
    let ids = ["person-revoked", "ca", "root"];
    let with = |lists: &[&str]| {
        HandMade::of("stamps-p256", &["root"], &ids[..2], lists)
            .sunset("root", "2025-12-01T00:00:00Z")
            .proven("root-2024", "2024-12-15T00:00:00Z")
            .proven("ca-2024", "2024-12-15T00:00:00Z")
    };
    let known = slid(&with(&["root-2024", "ca-2024", "ca"]), &ids).unwrap();
    assert_eq!(known.control, time("2025-11-30T23:59:59Z"));
    assert!(known.is_refuted(time("2025-06-01T00:00:00Z")));
    assert!(!known.is_refuted(time("2025-05-31T23:59:59Z")));
    let unknown = slid(&with(&["root-2024", "ca-2024"]), &ids).unwrap();
    assert_eq!(unknown.control, known.control);
    assert!(!unknown.is_refuted(time(AT)));
}
