//! The lists of the test PKI, and what becomes a snapshot of trust.

use std::sync::Arc;

use sig_core::alg::gost::gost3410::GOST2012_256;
use sig_core::alg::signature::SignatureAlgorithm;
use sig_core::base::limits::{Budget, Limits};
use sig_core::der::octets::Octets;
use sig_core::trust::snapshot::{ListSigner, SnapshotRejected, TrustSnapshot};
use sig_core::x509::certificate::Certificate;

use super::fixture::two_authorities;
use super::*;

pub fn generated(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/generated/ru-demo");
    fs::read(folder.join(name)).unwrap()
}

pub fn list(name: &str) -> Vec<u8> {
    generated(&format!("trust-lists/{name}.xml"))
}

pub fn certificate(name: &str) -> Arc<Certificate> {
    let octets = Octets::from(generated(&format!("certificates/{name}.der")));
    let mut budget = Budget::new(Limits::STANDARD);
    Arc::new(Certificate::from_der(&octets, &mut budget).unwrap())
}

pub fn pin(root: &str, ogrn: &str) -> ListSigner {
    ListSigner {
        anchors: vec![certificate(root)],
        ogrn: ogrn.to_owned(),
        taken_at: UnixTime::parse_rfc3339("2026-11-21T00:00:00Z").unwrap(),
    }
}

fn build(xml: &[u8], pin: &ListSigner) -> Result<TrustSnapshot, SnapshotRejected> {
    TrustSnapshot::build(xml, pin, &fixture::ALGORITHMS, ListLimits::STANDARD)
}

pub fn ministry() -> ListSigner {
    pin("root", ListSigner::MINISTRY_OGRN)
}

#[test]
fn a_list_of_the_ministry_becomes_a_snapshot() {
    let snapshot = build(&list("accredited"), &ministry()).unwrap();
    assert_eq!(snapshot.version(), 100);
    assert_eq!(
        snapshot.issued_at(),
        UnixTime::parse_rfc3339("2026-11-01T06:00:00Z")
    );
    assert_eq!(snapshot.notes(), []);
    assert_eq!(snapshot.services().len(), 5);
    for (name, before, after, day, then) in [
        (
            "ca",
            "2020-01-31T20:59:59Z",
            "2026-11-21T00:00:00Z",
            None,
            Status::InForce,
        ),
        (
            "ca-terminated",
            "2024-02-29T20:59:59Z",
            "2024-02-29T21:00:00Z",
            Some(Status::InForce),
            Status::Terminated,
        ),
        (
            "ca-suspended",
            "2024-06-24T20:59:59Z",
            "2024-06-24T21:00:00Z",
            Some(Status::Suspended),
            Status::InForce,
        ),
    ] {
        let services = snapshot.accreditation(&certificate(name).spki.octets);
        assert_eq!(services.len(), 1, "{name}");
        assert_eq!(status_at(services[0], before), day, "{name}");
        assert_eq!(status_at(services[0], after), Some(then), "{name}");
    }
    for name in ["ca-unlisted", "root", "citizen", "ministry"] {
        assert!(
            snapshot
                .accreditation(&certificate(name).spki.octets)
                .is_empty(),
            "{name}"
        );
    }
}

#[test]
fn equal_lists_make_equal_snapshots_and_others_do_not() {
    let name = |list_name| {
        build(&list(list_name), &ministry()).map(|s| (s.id().to_owned(), s.digest().to_owned()))
    };
    assert_eq!(name("accredited"), name("accredited"));
    assert_ne!(name("accredited"), name("accredited-older"));
}

#[test]
fn the_roots_are_part_of_a_snapshots_name() {
    let more = ListSigner {
        anchors: vec![certificate("root"), certificate("root-512")],
        ..ministry()
    };
    let digest = |pin| {
        build(&list("accredited"), &pin)
            .map(|s| s.digest().to_owned())
            .unwrap()
    };
    assert_ne!(digest(ministry()), digest(more));
}

#[test]
fn a_list_is_taken_in_after_its_date_while_its_signer_is_valid() {
    for (taken_at, reason) in [
        ("2026-10-31T00:00:00Z", SnapshotRejected::ListDate),
        ("2099-01-01T00:00:00Z", SnapshotRejected::SignerValidity),
    ] {
        let pin = ListSigner {
            taken_at: UnixTime::parse_rfc3339(taken_at).unwrap(),
            ..ministry()
        };
        assert_eq!(
            build(&list("accredited"), &pin).err(),
            Some(reason),
            "{taken_at}"
        );
    }
}

#[test]
fn faulty_lists_are_refused_for_their_fault() {
    for (name, reason) in [
        ("unsigned", SignatureRejected::Missing),
        ("signature-twice", SignatureRejected::Repeated),
        ("content-changed", SignatureRejected::DigestMismatch),
        ("added-after-signature", SignatureRejected::DigestMismatch),
        ("signature-broken", SignatureRejected::SignatureInvalid),
    ] {
        let expected = SnapshotRejected::List(ListRejected::Signature(reason));
        assert_eq!(
            build(&list(name), &ministry()).err(),
            Some(expected),
            "{name}"
        );
    }
}

#[test]
fn only_the_pinned_signer_counts() {
    let accredited = list("accredited");
    for (xml, pin, reason) in [
        (
            &list("signed-by-stranger"),
            ministry(),
            SnapshotRejected::SignerOgrn,
        ),
        (
            &accredited,
            pin("root", "1047702026702"),
            SnapshotRejected::SignerOgrn,
        ),
        (
            &accredited,
            pin("foreign-root", ListSigner::MINISTRY_OGRN),
            SnapshotRejected::SignerNotTrusted,
        ),
        (
            &accredited,
            pin("root-512", ListSigner::MINISTRY_OGRN),
            SnapshotRejected::SignerNotTrusted,
        ),
        (
            &two_authorities().xml().into_bytes(),
            ministry(),
            SnapshotRejected::SignerOgrn,
        ),
    ] {
        assert_eq!(build(xml, &pin).err(), Some(reason));
    }
}

#[test]
fn keys_of_authorities_are_prepared_under_the_bound() {
    let build = |key_memory| {
        let limits = ListLimits {
            key_memory,
            ..ListLimits::STANDARD
        };
        TrustSnapshot::build(
            &list("accredited"),
            &ministry(),
            &fixture::ALGORITHMS,
            limits,
        )
        .unwrap()
    };
    let full = build(ListLimits::STANDARD.key_memory);
    let id = GOST2012_256.id();
    for name in ["root", "ca"] {
        let held = full.keyring().get(id, &certificate(name).spki);
        assert!(held.is_some(), "{name}");
    }
    assert!(full.keyring().memory() <= ListLimits::STANDARD.key_memory);
    let bound = full.keyring().memory() / 2;
    let half = build(bound);
    assert!(half.keyring().memory() <= bound);
    assert!(build(0).keyring().is_empty());
}
