//! Which paths there are (RFC 4158 §2.4).

use std::sync::Arc;

use sig_core::path::build::Sources;
use sig_core::path::pool::Pool;
use sig_core::x509::certificate::Certificate;
use sig_core::x509::name_match::PreparedName;
use sig_core::x509::signed::SignedRejected;
use sig_core::{Budget, Limits};

use crate::toy::{Draft, Found, TOY, all, issued, made, root, serial};

fn found(end_entity: &Draft, anchors: &[Draft], intermediates: &[Draft]) -> Found {
    let (anchors, intermediates) = (made(anchors), made(intermediates));
    let sources = Sources::new(&anchors, &intermediates, &TOY);
    all(end_entity, sources, Limits::STANDARD)
}

fn person() -> Draft {
    issued("Person", 9, "CA", 2).serial(1)
}

fn ca() -> Draft {
    issued("CA", 2, "Root", 3).serial(2)
}

fn anchor() -> Draft {
    root("Root", 3).serial(3)
}

#[test]
fn a_path_needs_every_certificate_and_every_signature() {
    assert_eq!(
        found(&person(), &[anchor()], &[ca()]).serials(),
        [[1, 2, 3]]
    );
    assert!(found(&person(), &[anchor()], &[]).paths.is_empty());
    assert!(found(&person(), &[], &[ca(), anchor()]).paths.is_empty());
    let other_key = issued("CA", 4, "Root", 3);
    assert!(found(&person(), &[anchor()], &[other_key]).paths.is_empty());
    let not_by_root = issued("CA", 2, "Root", 4);
    assert!(
        found(&person(), &[anchor()], &[not_by_root])
            .paths
            .is_empty()
    );
}

#[test]
fn an_issuer_may_be_named_in_another_encoding() {
    let person = person().issuer_in_capitals("ca");
    assert_eq!(found(&person, &[anchor()], &[ca()]).serials(), [[1, 2, 3]]);
    let person = person.issuer_in_capitals("ce");
    assert!(found(&person, &[anchor()], &[ca()]).paths.is_empty());
}

#[test]
fn key_identifiers_exclude_nobody() {
    let person = person().wants(7);
    let ca = ca().identifier(8);
    assert_eq!(found(&person, &[anchor()], &[ca]).serials(), [[1, 2, 3]]);
}

#[test]
fn several_roots_of_one_name_are_told_apart_by_their_keys() {
    let roots = [
        root("Root", 30).serial(30),
        anchor(),
        root("Root", 31).serial(31),
    ];
    assert_eq!(found(&person(), &roots, &[ca()]).serials(), [[1, 2, 3]]);
    let others = [root("Root", 30), root("Root", 31)];
    assert!(found(&person(), &others, &[ca()]).paths.is_empty());
}

#[test]
fn cross_certificates_give_a_path_each() {
    let cross = issued("CA", 2, "Other", 5).serial(4);
    let other = root("Other", 5).serial(5);
    let both = found(&person(), &[anchor(), other], &[ca(), cross.clone()]);
    let mut serials = both.serials();
    serials.sort();
    assert_eq!(serials, [[1, 2, 3], [1, 4, 5]]);
    // The way over a root that is not trusted is left again.
    let one = found(&person(), &[anchor()], &[cross, root("Other", 5), ca()]);
    assert_eq!(one.serials(), [[1, 2, 3]]);
}

#[test]
fn no_path_goes_in_a_circle() {
    let there = issued("CA", 2, "Bridge", 6).serial(4);
    let back = issued("Bridge", 6, "CA", 2).serial(5);
    let circle = [there, back, ca()];
    assert_eq!(
        found(&person(), &[anchor()], &circle).serials(),
        [[1, 2, 3]]
    );
    let closed = found(&person(), &[anchor()], &circle[..2]);
    assert!(closed.paths.is_empty());
    assert!(closed.end.unwrap().unwrap().rejected.is_none());
    // A root beside itself among the intermediates adds no second path.
    let doubled = found(&person(), &[anchor()], &[ca(), anchor()]);
    assert_eq!(doubled.serials(), [[1, 2, 3]]);
}

#[test]
fn any_certificate_may_be_an_anchor() {
    assert_eq!(found(&person(), &[ca()], &[]).serials(), [[1, 2]]);
    assert!(found(&person(), &[anchor()], &[]).paths.is_empty());
    // The path ends at the anchor, and may go on to another one.
    let both = found(&person(), &[ca(), anchor()], &[ca()]);
    assert_eq!(both.serials(), [vec![1, 2], vec![1, 2, 3]]);
}

#[test]
fn the_end_entity_may_be_the_anchor() {
    let found_itself = found(&anchor(), &[anchor()], &[]);
    assert_eq!(found_itself.serials(), [[3]]);
    assert!(found_itself.paths[0].certificates.is_empty());
    assert_eq!(found_itself.work.signature_checks, 0);
    let untrusted = found(&anchor(), &[root("Root", 4)], &[]);
    assert!(untrusted.paths.is_empty());
    // Another certificate of the anchor's name and key is issued by it.
    let renewed = anchor().serial(8);
    assert_eq!(found(&renewed, &[anchor()], &[]).serials(), [[8, 3]]);
}

#[test]
fn what_is_given_twice_is_there_once() {
    let anchors = [anchor(), anchor()];
    let intermediates = [ca(), ca(), anchor()];
    let once = found(&person(), &anchors, &intermediates);
    assert_eq!(once.serials(), [[1, 2, 3]]);
    let anchors = made(&anchors);
    let intermediates = made(&intermediates);
    let pool = Pool::new(made(&[ca(), ca()]), Limits::STANDARD).unwrap();
    assert_eq!(pool.certificates().len(), 1);
    let sources = Sources::new(&anchors, &intermediates, &TOY).with_pool(Some(&pool));
    let once = all(&person(), sources, Limits::STANDARD);
    assert_eq!(once.serials(), [[1, 2, 3]]);
}

#[test]
fn a_pool_gives_what_the_request_lacks() {
    let anchors = made(&[anchor()]);
    let pool = Pool::new(made(&[ca()]), Limits::STANDARD).unwrap();
    let sources = Sources::new(&anchors, &[], &TOY);
    for person in [person(), person().issuer_in_capitals("ca")] {
        let with = all(&person, sources.with_pool(Some(&pool)), Limits::STANDARD);
        assert_eq!(with.serials(), [[1, 2, 3]]);
        assert!(all(&person, sources, Limits::STANDARD).paths.is_empty());
    }
}

#[test]
fn a_pool_is_asked_by_name_key_identifier_and_serial_number() {
    let cas = [ca().identifier(7), ca().serial(20).identifier(7), anchor()];
    let pool = Pool::new(made(&cas), Limits::STANDARD).unwrap();
    let serials = |found: Vec<&Arc<Certificate>>| -> Vec<u32> {
        found
            .into_iter()
            .map(|certificate| serial(certificate))
            .collect()
    };
    let name = person().make().issuer.clone();
    assert_eq!(serials(pool.of_subject_octets(&name).collect()), [2, 20]);
    let capitals = person().issuer_in_capitals("ca").make().issuer.clone();
    assert_eq!(serials(pool.of_subject_octets(&capitals).collect()), [0; 0]);
    let mut budget = Budget::new(Limits::STANDARD);
    let prepared = PreparedName::new(&capitals, &mut budget).unwrap();
    assert_eq!(serials(pool.of_subject(&prepared).collect()), [2, 20]);
    assert_eq!(serials(pool.of_key_identifier(&[7]).collect()), [2, 20]);
    assert_eq!(serials(pool.of_key_identifier(&[8]).collect()), [0; 0]);
    let wanted = anchor().make();
    assert_eq!(serials(pool.of_serial(&wanted.serial).collect()), [3]);
    let padded = [&[0], &*wanted.serial].concat();
    assert_eq!(serials(pool.of_serial(&padded).collect()), [3]);
    assert_eq!(serials(pool.of_serial(&[5]).collect()), [0; 0]);
}

#[test]
fn the_furthest_dead_end_is_told() {
    let dead_end = |anchors: &[Draft], intermediates: &[Draft]| {
        let end = found(&person(), anchors, intermediates).end.unwrap();
        let end = end.unwrap();
        (serial(&end.certificate), end.rejected)
    };
    assert_eq!(dead_end(&[], &[]), (1, None));
    assert_eq!(dead_end(&[], &[ca()]), (2, None));
    assert_eq!(dead_end(&[], &[ca(), anchor()]), (3, None));
    let bad = Some(SignedRejected::BadSignature);
    assert_eq!(dead_end(&[root("Root", 4)], &[ca()]), (2, bad));
    assert_eq!(
        dead_end(&[anchor()], &[issued("CA", 4, "Root", 3)]),
        (1, bad)
    );
}

#[test]
fn a_key_of_another_identifier_refutes_no_signature() {
    let rejected = |ca: Draft| {
        let person = person().wants(7);
        let end = found(&person, &[anchor()], &[ca]).end.unwrap();
        end.unwrap().rejected
    };
    let other_key = issued("CA", 4, "Root", 3);
    assert_eq!(rejected(other_key.clone().identifier(8)), None);
    assert_eq!(
        rejected(other_key.identifier(7)),
        Some(SignedRejected::BadSignature)
    );
}
