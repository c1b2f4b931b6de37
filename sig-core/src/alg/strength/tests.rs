use super::*;
use crate::alg::testing::{encoded_oid, integer, sequence_of, spki};
use crate::der::tag::Tag;
use crate::der::writer::element;

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
fn only_a_key_for_pss_says_its_scheme() {
    assert_eq!(rsa(2048).scheme, None);
    let pss = describe_key(&spki(oids::RSA_PSS, &[], &[]));
    assert_eq!(pss.family, KeyFamily::Rsa);
    assert_eq!(pss.scheme, Some(SignatureScheme::RsaPss));
}

#[test]
fn words_of_families_and_schemes_are_read_back() {
    for (family, word, _) in FAMILIES {
        assert_eq!(family.word(), Some(*word));
        assert_eq!(KeyFamily::of_word(word), Some(*family));
    }
    assert_eq!(KeyFamily::Other(oids::DATA).word(), None);
    assert_eq!(KeyFamily::of_word("other"), None);
    assert_eq!(scheme_by_name("rsa-pss"), Some(SignatureScheme::RsaPss));
    assert_eq!(scheme_by_name("ecdsa"), None);
}
