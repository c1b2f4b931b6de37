//! Which candidates are tried first (RFC 4158 §3.5).

use sig_core::path::build::Sources;
use sig_core::{Limits, UnixTime};

use crate::toy::{Draft, TOY, first, issued, made, root};

/// 2026-11-22.
const AT: UnixTime = UnixTime::from_seconds(1_795_302_000);

/// The CA of the first path, of two that both lead to the root, in both orders they may be given in.
fn first_of(person: &Draft, likelier: &Draft, other: &Draft) -> u32 {
    let anchors = made(&[root("Root", 3).serial(3)]);
    let place = |cas: [&Draft; 2]| {
        let cas = made(&cas.map(Clone::clone));
        let sources = Sources::new(&anchors, &cas, &TOY).at(AT);
        first(person, sources, Limits::STANDARD).serials()[0][1]
    };
    let (one, two) = (place([likelier, other]), place([other, likelier]));
    assert_eq!(one, two, "the order given must not matter");
    one
}

fn person() -> Draft {
    issued("Person", 9, "CA", 2).serial(1)
}

fn ca(serial: u32) -> Draft {
    issued("CA", 2, "Root", 3).serial(serial)
}

#[test]
fn key_identifiers_come_first() {
    let person = person().wants(7).wants_serial(20);
    let fits = ca(10).identifier(7).until("250101000000Z");
    assert_eq!(first_of(&person, &fits, &ca(20)), 10);
    assert_eq!(first_of(&person, &fits, &ca(20).identifier(8)), 10);
    let silent = ca(30);
    assert_eq!(first_of(&person, &silent, &ca(40).identifier(8)), 30);
}

#[test]
fn then_issuer_and_serial_number() {
    let person = person().wants_serial(20);
    let fits = ca(20).until("250101000000Z");
    assert_eq!(first_of(&person, &fits, &ca(10)), 20);
    assert_eq!(first_of(&person.wants_serial(10), &ca(10), &fits), 10);
}

#[test]
fn then_authorities_and_those_valid_at_the_time() {
    assert_eq!(
        first_of(
            &person(),
            &ca(10).until("270101000000Z"),
            &ca(20).no_authority()
        ),
        10
    );
    assert_eq!(
        first_of(&person(), &ca(10), &ca(20).until("250101000000Z")),
        10
    );
}

#[test]
fn an_anchor_is_tried_before_an_intermediate() {
    let anchors = made(&[ca(10), root("Root", 3).serial(3)]);
    let cas = made(&[ca(20)]);
    let sources = Sources::new(&anchors, &cas, &TOY);
    let path = first(&person(), sources, Limits::STANDARD);
    assert_eq!(path.serials(), [[1, 10]]);
    // Unless another key is asked for.
    let cas = made(&[ca(20).identifier(7)]);
    let sources = Sources::new(&anchors, &cas, &TOY);
    let path = first(&person().wants(7), sources, Limits::STANDARD);
    assert_eq!(path.serials(), [[1, 20, 3]]);
}

#[test]
fn one_signature_check_for_each_certificate_of_a_path_that_hints_lead_along() {
    let anchors = made(&[root("Root", 4).identifier(4), root("Root", 3).identifier(3)]);
    let cas: Vec<Draft> = (2..50)
        .map(|key| issued("CA", key, "Root", 3).identifier(key as u8).wants(3))
        .collect();
    let cas = made(&cas);
    let sources = Sources::new(&anchors, &cas, &TOY);
    let person = issued("Person", 90, "CA", 40).wants(40);
    let found = first(&person, sources, Limits::STANDARD);
    assert_eq!(found.paths.len(), 1);
    assert_eq!(found.work.signature_checks, 2);
}
