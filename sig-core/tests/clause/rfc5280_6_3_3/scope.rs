//! Step (b): whether the CRL is about the certificate.

use crate::certificates::*;
use crate::lists::*;

fn at(names: &[Vec<u8>]) -> Draft {
    person().points(&[sequence(&[full_name(names)])])
}

fn published(names: &[Vec<u8>]) -> List {
    list("CA").scope(&[full_name(names)])
}

#[test]
fn step_b_1_the_issuer_is_that_of_the_certificate() {
    assert_eq!(judged(&person(), &[list("CA")]), "good");
    // Of another issuer: nothing is said about it.
    assert_eq!(judged(&person(), &[list("Root")]), "");
}

#[test]
fn step_b_1_the_issuer_is_the_one_that_the_point_names() {
    let signer = || leaf("Lists", "CA").usage(CRL_SIGN).signed("signer", "ca");
    let delegated = person().points(&[sequence(&[full_name(&[uri("u")]), crl_issuer("Lists")])]);
    let of_signer = list("CA").signed("ca");
    let judged = |list: List| {
        let world = World::new(&delegated).with(signer());
        word(&world.ask(&[&list.signed("signer"), &of_signer]))
    };
    let scoped = |issuer| list(issuer).scope(&[full_name(&[uri("u")]), flag(INDIRECT)]);
    assert_eq!(judged(scoped("Lists")), "good");
    // The complete list of the certificate's issuer does not answer instead.
    assert_eq!(judged(scoped("Nobody")), "cRLIssuer");
    let direct = list("Lists").scope(&[full_name(&[uri("u")])]);
    assert_eq!(judged(direct), "cRLIssuer, cRLIssuer");
}

#[test]
fn step_b_2_i_any_name_of_the_one_is_a_name_of_the_other() {
    let certificate = at(&[uri("http://a"), uri("ldap://b")]);
    let both = published(&[uri("x"), uri("ldap://b")]);
    assert_eq!(judged(&certificate, &[both]), "good");
    let neither = published(&[uri("x"), uri("ldap://c")]);
    assert_eq!(judged(&certificate, &[neither]), "distributionPoint");
    // A list that names no place is at each.
    assert_eq!(judged(&certificate, &[list("CA")]), "good");
}

#[test]
fn step_b_2_i_every_point_is_compared() {
    let points = ["http://a", "http://b"].map(|text| sequence(&[full_name(&[uri(text)])]));
    let certificate = person().points(&points);
    let at = |text| published(&[uri(text)]);
    assert_eq!(judged(&certificate, &[at("http://b")]), "good");
    assert_eq!(judged(&certificate, &[at("http://c")]), "distributionPoint");
}

#[test]
fn step_b_2_i_relative_names_follow_the_issuer() {
    let certificate = person().points(&[sequence(&[relative_name("p1")])]);
    let relative = |last| list("CA").scope(&[relative_name(last)]);
    assert_eq!(judged(&certificate, &[relative("p1")]), "good");
    assert_eq!(judged(&certificate, &[relative("p2")]), "distributionPoint");
    let whole = |last| tlv(0xa4, &names(&["CA", last]));
    assert_eq!(judged(&certificate, &[published(&[whole("p1")])]), "good");
    assert_eq!(
        judged(&certificate, &[published(&[whole("p2")])]),
        "distributionPoint"
    );
}

#[test]
fn step_b_2_i_without_a_name_the_crl_issuer_is_compared() {
    let certificate = person().points(&[sequence(&[crl_issuer("Lists")])]);
    let world = || {
        let signer = leaf("Lists", "CA").usage(CRL_SIGN).signed("signer", "ca");
        World::new(&certificate).with(signer)
    };
    let of_signer = list("CA").signed("ca");
    let judged = |name: Vec<u8>| {
        let list = list("Lists").scope(&[full_name(&[name]), flag(INDIRECT)]);
        word(&world().ask(&[&list.signed("signer"), &of_signer]))
    };
    assert_eq!(judged(directory("Lists")), "good");
    assert_eq!(judged(directory("CA")), "cRLIssuer, distributionPoint");
}

#[test]
fn step_b_2_i_without_points_the_issuer_is_the_place() {
    assert_eq!(judged(&person(), &[published(&[directory("CA")])]), "good");
    assert_eq!(
        judged(&person(), &[published(&[uri("http://a")])]),
        "distributionPoint"
    );
    let other_name = person().plain(0x12, &sequence(&[uri("http://a")]));
    assert_eq!(
        judged(&other_name, &[published(&[uri("http://a")])]),
        "good"
    );
}

#[test]
fn step_b_2_ii_user_certificates_only() {
    let users = || list("CA").scope(&[flag(ONLY_USERS)]);
    assert_eq!(judged(&person(), &[users()]), "good");
    let sub = authority("A", "CA").serial(SERIAL);
    assert_eq!(judged(&sub, &[users()]), "certificates of another kind");
    let first_version = person().version(1);
    assert_eq!(
        judged(&first_version, &[users()]),
        "certificates of another kind"
    );
    assert_eq!(judged(&first_version, &[list("CA")]), "good");
}

#[test]
fn step_b_2_iii_authorities_only() {
    let authorities = || list("CA").scope(&[flag(ONLY_AUTHORITIES)]);
    let sub = authority("A", "CA").serial(SERIAL);
    assert_eq!(judged(&sub, &[authorities()]), "good");
    assert_eq!(
        judged(&person(), &[authorities()]),
        "certificates of another kind"
    );
}

#[test]
fn step_b_2_iv_attribute_certificates_only() {
    let attributes = list("CA").scope(&[flag(ONLY_ATTRIBUTES)]);
    assert_eq!(
        judged(&person(), &[attributes]),
        "certificates of another kind"
    );
}

#[test]
fn rfc5280_5_2_5_a_scope_states_something_and_one_kind_at_most() {
    let malformed = "malformed issuingDistributionPoint";
    assert_eq!(judged(&person(), &[list("CA").scope(&[])]), malformed);
    let both = list("CA").scope(&[flag(ONLY_USERS), flag(ONLY_AUTHORITIES)]);
    assert_eq!(judged(&person(), &[both]), malformed);
    assert_eq!(
        judged(&person(), &[list("CA").scope(&[flag(INDIRECT)])]),
        "good"
    );
}

#[test]
fn rfc5280_4_2_1_13_points_that_cannot_be_read_match_nothing() {
    let broken = person().plain(0x1f, &tlv(2, &[1]));
    assert_eq!(judged(&broken, &[list("CA")]), "good");
    assert_eq!(
        judged(&broken, &[published(&[uri("http://a")])]),
        "distributionPoint"
    );
}
