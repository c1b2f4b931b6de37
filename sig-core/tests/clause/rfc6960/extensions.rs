//! §4.4: extensions of responses and of single answers.

use testdata::Digest;

use super::pki::{
    ARCHIVE_CUTOFF, CERT_HASH, NONCE, Response, World, critical, digest_oid, extension, gost,
    revoked,
};
use super::{assert_good, assert_refused};
use crate::certificates::{oid, sequence, tlv};

fn with_extensions(world: &World, of_response: &[Vec<u8>], of_single: &[Vec<u8>]) -> Response {
    let mut response = world.delegated();
    response.extensions = of_response.to_vec();
    response.singles[0].extensions = of_single.to_vec();
    response
}

#[test]
fn section_4_4_1_a_nonce_nobody_asked_for_is_passed_over() {
    let world = World::of(gost());
    for nonce in [
        extension(&NONCE, &tlv(4, &[7; 16])),
        critical(&NONCE, &tlv(4, &[7; 16])),
    ] {
        assert_good(&world, &with_extensions(&world, &[nonce], &[]));
    }
}

#[test]
fn section_4_4_an_unknown_extension_counts_only_when_critical() {
    const UNKNOWN: &[u8] = &[0x2a, 3, 4];
    let world = World::of(gost());
    let [plain, marked] = [extension(UNKNOWN, &[5, 0]), critical(UNKNOWN, &[5, 0])];
    let (no, reason) = (Vec::new(), "unknown critical extension");
    let one = |of_response: &Vec<Vec<u8>>, of_single: &Vec<Vec<u8>>| {
        with_extensions(&world, of_response, of_single)
    };
    assert_good(&world, &one(&vec![plain.clone()], &vec![plain.clone()]));
    assert_refused(&world, &one(&vec![marked.clone()], &no), reason);
    assert_refused(&world, &one(&no, &vec![marked]), reason);
    // Twice.
    let twice = vec![plain.clone(), plain];
    let reason = "malformed or duplicate extension";
    assert_refused(&world, &one(&twice, &no), reason);
    assert_refused(&world, &one(&no, &twice), reason);
}

#[test]
fn section_4_4_2_references_to_crls_are_passed_over() {
    let world = World::of(gost());
    let reference = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 3];
    let single = [critical(&reference, &sequence(&[]))];
    assert_good(&world, &with_extensions(&world, &[], &single));
}

#[test]
fn section_4_4_4_expired_certificates_need_an_archive_cutoff_before_their_end() {
    let mut world = World::of(gost());
    world.person.validity = ["200101000000Z", "261031000000Z"];
    let reason = "producedAt > notAfter, no archiveCutoff";
    assert_refused(&world, &world.delegated(), reason);
    let cutoff = |text: &str| [extension(&ARCHIVE_CUTOFF, &tlv(0x18, text.as_bytes()))];
    let kept = with_extensions(&world, &[], &cutoff("20261031000000Z"));
    assert_good(&world, &kept);
    let forgotten = with_extensions(&world, &[], &cutoff("20261031000001Z"));
    assert_refused(&world, &forgotten, reason);
    let malformed = with_extensions(&world, &[], &cutoff("20261031000000.5Z"));
    assert_refused(&world, &malformed, "malformed or duplicate extension");
    // What is revoked is not forgotten.
    let mut response = world.delegated();
    response.singles[0].status = revoked("20261001000000Z", Some(1));
    assert!(world.ask(&[response.make()]).answer.is_some());
}

#[test]
fn common_pki_the_digest_of_the_certificate_is_that_of_the_one_asked_about() {
    let world = World::of(gost());
    let hash = |digest: Digest, octets: &[u8]| {
        let algorithm = sequence(&[oid(digest_oid(digest))]);
        let value = sequence(&[algorithm, tlv(4, &digest.of(octets))]);
        [extension(&CERT_HASH, &value)]
    };
    let own = world.person.make();
    for digest in [Digest::Sha256, Digest::Streebog256] {
        assert_good(
            &world,
            &with_extensions(&world, &[], &hash(digest, &own.octets)),
        );
    }
    let mut other = world.person.clone();
    other.validity[1] = "410101000000Z";
    let other = hash(Digest::Sha256, &other.make().octets);
    assert_refused(&world, &with_extensions(&world, &[], &other), "certHash");
    let unknown = hash(Digest::Md5, &own.octets);
    assert_refused(&world, &with_extensions(&world, &[], &unknown), "certHash");
    let malformed = [extension(&CERT_HASH, &[5, 0])];
    let reason = "malformed or duplicate extension";
    assert_refused(&world, &with_extensions(&world, &[], &malformed), reason);
}
