//! §3.2, the six conditions.

use sig_core::alg::digest::DigestId;
use sig_core::alg::identifier::digest_oid;
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::trust::revocation::Freshness;
use testdata::Digest;

use super::pki::{Single, World, by_key, by_name, cert_id, gost, read, rsa};
use super::{assert_good, assert_refused, assert_refused_all, reasons};
use crate::certificates::{name, names, oid, sequence, tlv};

#[test]
fn section_3_2_answers_count_under_gost_and_rsa() {
    for keys in [gost(), rsa()] {
        let world = World::of(keys);
        assert_good(&world, &world.delegated());
        assert_good(&world, &world.direct());
    }
}

#[test]
fn section_3_2_condition_1_another_serial_number_is_another_certificate() {
    let world = World::of(gost());
    let mut response = world.delegated();
    response.singles[0].id.serial += 1;
    let determined = world.ask(&[response.make()]);
    assert!(determined.answer.is_none() && determined.rejected.is_empty());
    response.singles.push(world.delegated().singles[0].clone());
    assert_good(&world, &response);
    response.singles.clear();
    let determined = world.ask(&[response.make()]);
    assert!(determined.answer.is_none() && determined.rejected.is_empty());
}

#[test]
fn section_3_2_condition_1_both_hashes_are_those_of_the_issuer() {
    let world = World::of(gost());
    let with = |change: fn(&mut Single)| {
        let mut response = world.delegated();
        change(&mut response.singles[0]);
        response
    };
    let response = with(|single| single.id.name_hash[0] ^= 1);
    assert_refused(&world, &response, "certID.issuerNameHash");
    let response = with(|single| single.id.key_hash[0] ^= 1);
    assert_refused(&world, &response, "certID.issuerKeyHash");
    let response = with(|single| single.id.name_hash.clear());
    assert_refused(&world, &response, "certID.issuerNameHash");
}

#[test]
fn section_4_1_1_digests_of_cert_ids() {
    let world = World::of(gost());
    let with = |digest: DigestId, parameters: &[u8]| {
        let algorithm = RUSTCRYPTO.digest(digest).unwrap();
        let of = |octets: &[u8]| algorithm.digest(octets).unwrap().value;
        let mut response = world.delegated();
        let id = &mut response.singles[0].id;
        id.algorithm = sequence(&[oid(digest_oid(digest).content()), parameters.to_vec()]);
        id.name_hash = of(&name("CA"));
        id.key_hash = of(&world.keys.ca.octets());
        response
    };
    for digest in [
        DigestId::Sha1,
        DigestId::Sha224,
        DigestId::Sha256,
        DigestId::Sha384,
        DigestId::Sha512,
        DigestId::Sha3_256,
        DigestId::Sha3_384,
        DigestId::Sha3_512,
        DigestId::Gost94,
        DigestId::Streebog256,
        DigestId::Streebog512,
    ] {
        assert_good(&world, &with(digest, &[]));
        assert_good(&world, &with(digest, &tlv(5, &[])));
        assert_refused(&world, &with(digest, &tlv(2, &[1])), "certID.hashAlgorithm");
    }
    for digest in [DigestId::Md5, DigestId::Shake256] {
        assert_refused(&world, &with(digest, &[]), "certID.hashAlgorithm");
    }
}

/// The name is digested as it stands in the certificate; the issuer may write its own in another encoding.
#[test]
fn section_4_1_1_the_name_of_the_certificate_or_of_its_issuer() {
    let mut world = World::of(gost());
    // PrintableString for UTF8String.
    let other = sequence(&[tlv(
        0x31,
        &sequence(&[oid(&[0x55, 4, 3]), tlv(0x13, b"CA")]),
    )]);
    world.person.issuer = other.clone();
    assert_good(&world, &world.delegated());
    let mut response = world.delegated();
    response.singles[0].id = cert_id(Digest::Sha1, &other, world.keys.ca);
    assert_good(&world, &response);
    response.singles[0].id = cert_id(Digest::Sha1, &names(&["CA", "CA"]), world.keys.ca);
    assert_refused(&world, &response, "certID.issuerNameHash");
}

#[test]
fn section_3_2_condition_2_the_signature_verifies() {
    let world = World::of(gost());
    for response in [world.delegated(), world.direct()] {
        let mut response = response;
        response.change_after_signing = true;
        assert_refused(&world, &response, "bad signature");
    }
}

#[test]
fn section_3_2_condition_3_the_responder_id_names_the_signer() {
    let world = World::of(gost());
    let mut response = world.delegated();
    response.responder = by_key(world.keys.responder);
    assert_good(&world, &response);
    response.responder = by_key(world.keys.other);
    assert_refused(&world, &response, "responderID");
    response.responder = by_name("Another");
    assert_refused(&world, &response, "responderID");
    // A name that is at hand, and not the signer's.
    response.responder = by_name("CA");
    assert_refused(&world, &response, "bad signature");
    response.responder = tlv(0xa2, &tlv(4, &[]));
    assert_refused(&world, &response, "responderID");
    let mut response = world.direct();
    response.responder = by_key(world.keys.ca);
    assert_good(&world, &response);
}

#[test]
fn section_3_2_condition_3_the_signer_may_stand_beside_the_response() {
    let mut world = World::of(gost());
    let mut response = world.delegated();
    response.certificates.clear();
    assert_refused(&world, &response, "responderID");
    world.offered = vec![world.responder.make()];
    assert_good(&world, &response);
}

#[test]
fn section_3_2_condition_5_this_update_and_produced_at_are_not_in_the_future() {
    let world = World::of(gost());
    let mut response = world.delegated();
    response.produced_at = "20261121230000Z";
    response.singles[0].this_update = "20261121230000Z";
    assert_good(&world, &response);
    response.produced_at = "20261121230001Z";
    assert_refused(&world, &response, "producedAt > time of checking");
    response.singles[0].this_update = "20261121230001Z";
    assert_refused(&world, &response, "thisUpdate > time of checking");
    let mut response = world.delegated();
    response.produced_at = "20261031235959Z";
    assert_refused(&world, &response, "producedAt < thisUpdate");
}

#[test]
fn section_3_2_condition_5_the_certificate_existed() {
    let mut world = World::of(gost());
    world.person.validity = ["261101000000Z", "400101000000Z"];
    assert_good(&world, &world.delegated());
    world.person.validity = ["261101000001Z", "400101000000Z"];
    assert_refused(&world, &world.delegated(), "thisUpdate < notBefore");
}

#[test]
fn section_3_2_condition_6_next_update_is_later() {
    let world = World::of(gost());
    let freshness = |next_update, max_age_days| {
        let mut world = world.clone();
        world.max_age_days = max_age_days;
        let mut response = world.delegated();
        response.singles[0].next_update = next_update;
        let determined = world.ask(&[response.make()]);
        assert_eq!(reasons(&determined), Vec::<&str>::new());
        determined.answer.unwrap().freshness
    };
    let is_stale = |freshness| matches!(freshness, Freshness::Stale(_));
    assert_eq!(freshness(Some("20270101000000Z"), None), Freshness::Fresh);
    assert!(is_stale(freshness(Some("20261120000000Z"), None)));
    assert_eq!(freshness(None, None), Freshness::NotProvable);
    // EN 319 102-1 §5.2.5 with an interval of the policy: the answer is older than 20 days.
    assert_eq!(freshness(None, Some(21)), Freshness::Fresh);
    assert!(is_stale(freshness(None, Some(20))));
    assert!(is_stale(freshness(Some("20270101000000Z"), Some(20))));
    assert!(is_stale(freshness(Some("20261120000000Z"), Some(21))));
    let mut response = world.delegated();
    response.singles[0].next_update = Some("20261031000000Z");
    assert_refused(&world, &response, "nextUpdate < thisUpdate");
}

#[test]
fn section_4_2_1_refusals_of_a_responder_are_no_answers() {
    let world = World::of(gost());
    for (number, word) in [
        (1, "malformedRequest"),
        (2, "internalError"),
        (3, "tryLater"),
        (5, "sigRequired"),
        (6, "unauthorized"),
    ] {
        let response = read(sequence(&[tlv(10, &[number])]));
        assert_refused_all(&world, &[response], word);
    }
    let other_type = sequence(&[oid(&[0x2a, 3]), tlv(4, &[])]);
    let response = read(sequence(&[tlv(10, &[0]), tlv(0xa0, &other_type)]));
    assert_refused_all(&world, &[response], "responseType");
}

/// Signatures carry the response without its envelope.
#[test]
fn section_4_2_1_the_envelope_may_be_missing() {
    let world = World::of(gost());
    let determined = world.ask(&[read(world.delegated().basic())]);
    assert!(determined.answer.is_some());
}
