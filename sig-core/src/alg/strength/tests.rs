use super::*;
use crate::alg::testing::{encoded_oid, integer, sequence_of, spki};
use crate::der::tag::Tag;
use crate::der::writer::element;

fn at(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

fn rsa(bits: usize) -> KeyDescription {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    if !bits.is_multiple_of(8) {
        modulus[0] >>= 8 - bits % 8;
    }
    let numbers = [integer(&modulus), integer(&[1, 0, 1])].concat();
    describe_key(&spki(oids::RSA, &[5, 0], &element(Tag::SEQUENCE, &numbers)))
}

fn gost(algorithm: Oid, set: &[u32]) -> KeyDescription {
    describe_key(&spki(algorithm, &sequence_of(&[Oid::new(set)]), &[]))
}

fn ec(curve: Oid) -> KeyDescription {
    describe_key(&spki(oids::EC, &encoded_oid(&curve), &[]))
}

#[test]
fn instants_are_those_of_the_sources() {
    assert_eq!(AUGUST_2004, at("2004-08-01T00:00:00Z"));
    assert_eq!(AUGUST_2012, at("2012-08-01T00:00:00Z"));
    assert_eq!(GOST_2012_BEGIN, at("2013-01-01T00:00:00+04:00"));
    assert_eq!(GOST_2001_END, at("2019-01-01T00:00:00+03:00"));
    assert_eq!(OCTOBER_2019, at("2019-10-01T00:00:00Z"));
    assert_eq!(JANUARY_2029, at("2029-01-01T00:00:00Z"));
}

#[test]
fn names_of_keys() {
    let names = [
        (rsa(2048), "rsa-2048"),
        (rsa(1025), "rsa-1025"),
        (ec(oids::P256), "ec-p256"),
        (ec(oids::P384), "ec-p384"),
        (ec(oids::P521), "ec-p521"),
        (
            ec(Oid::new(&[1, 3, 36, 3, 3, 2, 8, 1, 1, 7])),
            "ec-brainpool-p256r1",
        ),
        (ec(Oid::new(&[1, 2, 3])), "ec-1.2.3"),
        (
            gost(oids::GOST2012_256, &[1, 2, 643, 2, 2, 36, 0]),
            "gost2012-256-xcha",
        ),
        (
            gost(oids::GOST2012_512, &[1, 2, 643, 7, 1, 2, 1, 2, 1]),
            "gost2012-512-tc26a",
        ),
        (
            gost(oids::GOST2001, &[1, 2, 643, 2, 2, 35, 1]),
            "gost2001-cpa",
        ),
        (gost(oids::GOST2012_256, &[1, 2, 3]), "gost2012-256-1.2.3"),
    ];
    for (key, name) in names {
        assert_eq!(key.to_string(), name);
        assert!(!key.test_only);
    }
    let explicit = element(Tag::SEQUENCE, &element(Tag::INTEGER, &[1]));
    let unnamed = describe_key(&spki(oids::EC, &explicit, &[]));
    assert_eq!(unnamed.to_string(), "ec-unnamed");
    assert_eq!(
        describe_key(&spki(oids::ED25519, &[], &[0; 32])).to_string(),
        "ed25519"
    );
    assert_eq!(
        describe_key(&spki(oids::DSA, &[], &[])).to_string(),
        "dsa-0"
    );
    assert_eq!(
        describe_key(&spki(oids::RSA, &[5, 0], &[1, 2])).to_string(),
        "rsa-0"
    );
}

#[test]
fn test_parameters_are_marked() {
    assert!(gost(oids::GOST2012_256, &[1, 2, 643, 2, 2, 35, 0]).test_only);
    assert!(gost(oids::GOST2012_512, &[1, 2, 643, 7, 1, 2, 1, 2, 0]).test_only);
    assert!(!gost(oids::GOST2012_256, &[1, 2, 643, 2, 2, 35, 1]).test_only);
}

#[test]
fn digests_end_at_their_instant() {
    let judge = |id, time: &str| judge_digest(STANDARD, id, at(time));
    for (id, last, first) in [
        (
            DigestId::Md5,
            "2004-07-31T23:59:59Z",
            "2004-08-01T00:00:00Z",
        ),
        (
            DigestId::Sha1,
            "2012-07-31T23:59:59Z",
            "2012-08-01T00:00:00Z",
        ),
        (
            DigestId::Gost94,
            "2018-12-31T20:59:59Z",
            "2018-12-31T21:00:00Z",
        ),
    ] {
        assert_eq!(judge(id, last), Strength::Acceptable);
        assert_eq!(judge(id, first), Strength::NotAcceptableSince(at(first)));
        assert_eq!(
            judge(id, "2026-11-21T00:00:00Z"),
            Strength::NotAcceptableSince(at(first))
        );
    }
    for id in [
        DigestId::Sha256,
        DigestId::Sha384,
        DigestId::Sha512,
        DigestId::Streebog256,
    ] {
        assert_eq!(
            judge(id, "2040-01-01T00:00:00Z"),
            Strength::Acceptable,
            "{id}"
        );
    }
}

#[test]
fn what_has_no_row_is_not_acceptable() {
    let time = at("2026-11-21T00:00:00Z");
    assert_eq!(judge_digest(&[], DigestId::Sha256, time), Strength::Unknown);
    for key in [
        rsa(1023),
        rsa(0),
        ec(oids::DATA),
        describe_key(&spki(Oid::new(&[1, 3, 101, 110]), &[], &[0; 32])),
        describe_key(&spki(oids::DSA, &[], &[])),
    ] {
        assert_eq!(judge_key(STANDARD, &key, time), Strength::Unknown, "{key}");
    }
}

#[test]
fn edwards_curves_are_acceptable_with_their_digests() {
    let time = at("2026-11-21T00:00:00Z");
    for (algorithm, digest) in [
        (oids::ED25519, DigestId::Sha512),
        (oids::ED448, DigestId::Shake256),
    ] {
        let key = describe_key(&spki(algorithm, &[], &[]));
        assert_eq!(judge_key(STANDARD, &key, time), Strength::Acceptable);
        assert_eq!(judge_digest(STANDARD, digest, time), Strength::Acceptable);
    }
}

#[test]
fn a_key_is_judged_by_the_largest_size_it_reaches() {
    let judge = |key: &KeyDescription, time: &str| judge_key(STANDARD, key, at(time));
    let today = "2026-11-21T00:00:00Z";
    assert_eq!(
        judge(&rsa(1899), today),
        Strength::NotAcceptableSince(OCTOBER_2019)
    );
    assert_eq!(
        judge(&rsa(1899), "2019-09-30T23:59:59Z"),
        Strength::Acceptable
    );
    assert_eq!(judge(&rsa(1900), today), Strength::Acceptable);
    assert_eq!(judge(&rsa(2048), today), Strength::Acceptable);
    assert_eq!(
        judge(&rsa(2048), "2029-01-01T00:00:00Z"),
        Strength::NotAcceptableSince(JANUARY_2029)
    );
    for curve in [oids::P256, oids::P384, oids::P521] {
        assert_eq!(judge(&ec(curve), today), Strength::Acceptable);
    }
    let key = rsa(4096);
    let row = key_row(STANDARD, &key).unwrap();
    assert_eq!(row.subject, Subject::Key(KeyFamily::Rsa, 3000));
}

#[test]
fn the_change_of_gost_standards() {
    let new = gost(oids::GOST2012_256, &[1, 2, 643, 2, 2, 35, 1]);
    let old = gost(oids::GOST2001, &[1, 2, 643, 2, 2, 35, 1]);
    let judge = |key: &KeyDescription, time: &str| judge_key(STANDARD, key, at(time));
    assert_eq!(judge(&new, "2012-12-31T00:00:00Z"), Strength::Unknown);
    assert_eq!(judge(&new, "2013-01-01T00:00:00Z"), Strength::Acceptable);
    assert_eq!(judge(&new, "2026-11-21T00:00:00Z"), Strength::Acceptable);
    assert_eq!(judge(&old, "2018-12-31T20:59:59Z"), Strength::Acceptable);
    assert_eq!(
        judge(&old, "2018-12-31T21:00:00Z"),
        Strength::NotAcceptableSince(GOST_2001_END)
    );
}

#[test]
fn rows_are_unique_and_have_sources() {
    for (index, row) in STANDARD.iter().enumerate() {
        assert!(!row.source.is_empty());
        assert!(
            STANDARD
                .iter()
                .take(index)
                .all(|other| other.subject != row.subject)
        );
    }
}
