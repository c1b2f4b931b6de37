//! §4.2.2.2: who may answer.

use sig_core::trust::revocation::{Status, UnknownSigner};
use testdata::Digest;

use super::pki::{
    Draft, NOCHECK, OCSP_SIGNING, RESPONDER, Response, World, by_name, cert_id, critical, crl,
    extension, gost, key_usage, purposes, revoked,
};
use super::{assert_good, assert_refused, assert_refused_all};
use crate::certificates::{name, sequence, tlv};

/// The response with another certificate of the responder inside.
fn with_responder(world: &World, change: impl Fn(&mut Draft)) -> (World, Response) {
    let mut world = world.clone();
    change(&mut world.responder);
    let response = world.delegated();
    (world, response)
}

#[track_caller]
fn assert_responder_refused(change: impl Fn(&mut Draft), reason: &str) {
    let (world, response) = with_responder(&World::of(gost()), change);
    assert_refused(&world, &response, reason);
}

#[track_caller]
fn assert_responder_taken(change: impl Fn(&mut Draft)) {
    let (world, response) = with_responder(&World::of(gost()), change);
    assert_good(&world, &response);
}

#[test]
fn section_4_2_2_2_another_authority_delegates_nothing() {
    let keys = gost();
    assert_responder_refused(
        |responder| {
            responder.issuer = name("Root");
            responder.signed_by = keys.root;
        },
        "responder: issuer",
    );
}

#[test]
fn section_4_2_2_2_the_delegation_is_signed_by_the_key_that_signed_the_certificate() {
    let keys = gost();
    assert_responder_refused(
        |responder| responder.signed_by = keys.other,
        "responder: signature of the issuer",
    );
}

/// The authority's name with another key: neither the issuer nor its delegate.
#[test]
fn section_4_2_2_2_the_name_of_the_issuer_is_not_its_key() {
    let world = World::of(gost());
    let namesake = Draft {
        key: world.keys.other,
        ..world.ca.clone()
    };
    let mut response = world.direct();
    response.signed_by = world.keys.other;
    assert_refused(&world, &response, "bad signature");
    response.certificates = vec![namesake.make()];
    assert_refused(&world, &response, "responder: issuer");
}

#[test]
fn section_4_2_2_2_ocsp_signing_stands_in_the_responders_certificate() {
    const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0];
    let no_check = || extension(&NOCHECK, &[5, 0]);
    assert_responder_refused(
        |responder| responder.extensions = vec![no_check()],
        "responder: no OCSPSigning",
    );
    assert_responder_refused(
        |responder| responder.extensions = vec![purposes(&[8]), no_check()],
        "responder: no OCSPSigning",
    );
    let any = sequence(&[crate::certificates::oid(ANY)]);
    assert_responder_refused(
        |responder| {
            responder.extensions = vec![extension(&[0x55, 0x1d, 0x25], &any), no_check()];
        },
        "responder: no OCSPSigning",
    );
    assert_responder_taken(|responder| {
        responder.extensions = vec![purposes(&[8, OCSP_SIGNING]), no_check()];
    });
}

#[test]
fn section_4_2_2_2_ocsp_signing_in_an_authority_above_is_not_enough() {
    let mut world = World::of(gost());
    world.ca.extensions.push(purposes(&[OCSP_SIGNING]));
    assert_good(&world, &world.delegated());
    world.responder.extensions = vec![extension(&NOCHECK, &[5, 0])];
    assert_refused(&world, &world.delegated(), "responder: no OCSPSigning");
}

#[test]
fn section_4_2_2_2_a_stated_key_usage_allows_signatures() {
    // digitalSignature, nonRepudiation, keyEncipherment.
    for bit in [0x80, 0x40] {
        assert_responder_taken(|responder| responder.extensions.push(key_usage(5, bit)));
    }
    assert_responder_refused(
        |responder| responder.extensions.push(key_usage(5, 0x20)),
        "responder: no digitalSignature",
    );
}

#[test]
fn section_4_2_2_2_the_responder_is_valid_when_it_signs_and_when_it_is_judged() {
    let valid = |from, to| move |responder: &mut Draft| responder.validity = [from, to];
    assert_responder_taken(valid("261101000000Z", "261122230000Z"));
    let reason = "responder: validity";
    assert_responder_refused(valid("261101000001Z", "261201000000Z"), reason);
    let reason = "responder: validity at the time of checking";
    assert_responder_refused(valid("200101000000Z", "261120000000Z"), reason);
}

#[test]
fn section_4_2_2_2_the_responder_obeys_rfc_5280() {
    assert_responder_refused(
        |responder| responder.extensions.push(critical(&[0x2a, 3], &[5, 0])),
        "responder: RFC 5280 §6.1",
    );
    // The authority may name others only.
    let mut world = World::of(gost());
    let permitted = tlv(0xa0, &sequence(&[tlv(0xa4, &name("Person"))]));
    let constraints = critical(&[0x55, 0x1d, 0x1e], &sequence(&[permitted]));
    world.ca.extensions.push(constraints);
    assert_refused(&world, &world.delegated(), "responder: RFC 5280 §6.1");
}

#[test]
fn section_4_2_2_2_the_right_certificate_of_a_key_is_found_among_others() {
    let world = World::of(gost());
    let mut response = world.delegated();
    let mut worse = world.responder.clone();
    worse.serial += 1;
    worse.extensions.clear();
    response.certificates.insert(0, worse.make());
    assert_good(&world, &response);
    response.certificates.pop();
    assert_refused(&world, &response, "responder: no OCSPSigning");
}

#[test]
fn section_4_2_2_2_1_without_nocheck_a_crl_speaks_for_the_responder() {
    let mut world = World::of(gost());
    world.responder.extensions = vec![purposes(&[OCSP_SIGNING])];
    let none = "responder: no ocsp-nocheck, no CRL";
    assert_refused(&world, &world.delegated(), none);
    world.rule = UnknownSigner::Taken;
    assert_good(&world, &world.delegated());
    // Malformed: not the statement that nothing need be checked.
    world.rule = UnknownSigner::Refused;
    world
        .responder
        .extensions
        .push(extension(&NOCHECK, &[4, 0]));
    assert_refused(&world, &world.delegated(), none);
}

#[test]
fn section_4_2_2_2_1_the_crl_is_the_one_of_the_issuer() {
    let mut world = World::of(gost());
    world.responder.extensions = vec![purposes(&[OCSP_SIGNING])];
    // The person's own status comes from the response: it is later than the list.
    let mut response = world.delegated();
    response.produced_at = "20261102000000Z";
    response.singles[0].this_update = "20261102000000Z";
    world.crls = vec![crl(&world.keys, &[])];
    let determined = world.ask(&[response.make()]);
    let sources = determined.answer.unwrap().sources;
    assert_eq!(
        sources[0].subject.to_string(),
        format!("ocsp:{}", response.make().sha256())
    );
    assert_eq!(sources[0].signer.certificates.len(), 2);
    for rule in [UnknownSigner::Refused, UnknownSigner::Taken] {
        world.rule = rule;
        world.crls = vec![crl(&world.keys, &[RESPONDER])];
        let determined = world.ask(&[response.make()]);
        let reasons: Vec<_> = determined.rejected.iter().map(|it| it.reason).collect();
        assert_eq!(reasons, ["responder: revoked"]);
    }
}

/// The issuer delegated to the responder, so "revoked" is no stranger's word: what is older does not show the opposite.
#[test]
fn section_4_2_2_2_1_revoked_by_a_responder_of_unknown_status_outweighs_an_older_good() {
    let mut world = World::of(gost());
    // Newer than the list, which says nothing about it then.
    world.responder.validity = ["261102000000Z", "261201000000Z"];
    world.responder.extensions = vec![purposes(&[OCSP_SIGNING])];
    world.crls = vec![crl(&world.keys, &[])];
    let answer = |world: &World, status: Vec<u8>| {
        let mut response = world.delegated();
        response.produced_at = "20261103000000Z";
        response.singles[0].this_update = "20261103000000Z";
        response.singles[0].status = status;
        let determined = world.ask(&[response.make()]);
        let why: Vec<_> = determined.rejected.iter().map(|it| it.reason).collect();
        assert!(
            why.contains(&"responder: no ocsp-nocheck, no CRL"),
            "{why:?}"
        );
        let names = determined
            .rejected
            .iter()
            .any(|it| it.names_the_certificate);
        (determined.answer.map(|answer| answer.status), names)
    };
    let bad = || revoked("20261102000000Z", Some(1));
    assert_eq!(answer(&world, vec![0x80, 0]), (Some(Status::Good), false));
    assert_eq!(answer(&world, bad()), (None, true));
    world.crls = vec![crl(&world.keys, &[RESPONDER])];
    let mut response = world.delegated();
    response.produced_at = "20261103000000Z";
    response.singles[0].this_update = "20261103000000Z";
    response.singles[0].status = bad();
    assert!(world.ask(&[response.make()]).answer.is_none());
}

/// A response about the responder by the responder itself proves nothing about it.
#[test]
fn section_4_2_2_2_1_no_response_vouches_for_its_own_responder() {
    let mut world = World::of(gost());
    world.responder.extensions = vec![purposes(&[OCSP_SIGNING])];
    let response = world.delegated();
    let mut own = response.clone();
    own.singles[0].id.serial = RESPONDER;
    let none = "responder: no ocsp-nocheck, no CRL";
    assert_refused_all(&world, &[response.make(), own.make()], none);

    // And when the responder's own certificate is what is asked about.
    let mut world = World::of(gost());
    world.person = world.responder.clone();
    let mut own = world.delegated();
    own.singles[0].id = cert_id(Digest::Sha1, &name("CA"), world.keys.ca);
    own.singles[0].id.serial = RESPONDER;
    assert_refused(&world, &own, "responder = certificate");
    let mut by_issuer = world.direct();
    by_issuer.singles[0].id.serial = RESPONDER;
    assert_good(&world, &by_issuer);
}

#[test]
fn section_4_2_2_2_any_person_is_no_responder() {
    let world = World::of(gost());
    let stranger = Draft {
        serial: 90,
        subject: name("Stranger"),
        key: world.keys.other,
        ..world.person.clone()
    };
    let mut response = world.delegated();
    response.responder = by_name("Stranger");
    response.certificates = vec![stranger.make()];
    response.signed_by = world.keys.other;
    assert_refused(&world, &response, "responder: no OCSPSigning");
}

#[test]
fn section_4_2_2_2_the_path_of_the_signer_is_told() {
    let world = World::of(gost());
    let signer = |response: &Response| {
        let answer = world.ask(&[response.make()]).answer.unwrap();
        assert_eq!(answer.status, Status::Good);
        let path = &answer.sources[0].signer;
        let names = path.certificates.iter().map(|it| it.subject.to_string());
        names.collect::<Vec<_>>()
    };
    assert_eq!(signer(&world.delegated()), ["CN=Responder", "CN=CA"]);
    assert_eq!(signer(&world.direct()), ["CN=CA"]);
}
