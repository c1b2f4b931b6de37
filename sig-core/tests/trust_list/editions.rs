//! Several versions of a list: which of them answers for a day (63-FZ art. 8, art. 11 (1)).

use std::sync::Arc;

use sig_core::der::octets::Octets;
use sig_core::trust::snapshot::{Assembly, Change, Difference, SnapshotRejected, TrustSnapshot};
use testdata::list::{Authority, List, StatusValue};
use testdata::{Timestamp, demo};

use super::snapshot::{certificate, generated, ministry, pin};
use super::*;

use StatusValue::{Suspended, Terminated, Valid};

fn seconds(time: &str) -> i64 {
    UnixTime::parse_rfc3339(time).unwrap().seconds()
}

/// An authority with the keys of these certificates, and a history of statuses.
pub fn authority(name: &str, certificates: &[&str], history: &[(StatusValue, &str)]) -> Authority {
    Authority {
        name: name.to_owned(),
        ogrn: "0000000000110".to_owned(),
        history: history
            .iter()
            .map(|(status, from)| (*status, Timestamp(seconds(from))))
            .collect(),
        certificates: certificates
            .iter()
            .map(|name| generated(&format!("certificates/{name}.der")))
            .collect(),
    }
}

pub fn list(version: u64, date: &str, authorities: &[Authority]) -> Octets {
    let list = List {
        version,
        date: Timestamp(seconds(date)),
        authorities: authorities.to_vec(),
        text: 40,
    };
    let signed = list.signed(demo::pki().unwrap(), "ministry");
    signed.unwrap().into()
}

pub fn assemble(
    previous: Option<&TrustSnapshot>,
    lists: &[&Octets],
) -> Result<TrustSnapshot, SnapshotRejected> {
    let assembly = Assembly {
        previous,
        lists: lists.iter().map(|it| (*it).clone()).collect(),
        crls: Vec::new(),
        pin: &ministry(),
    };
    TrustSnapshot::assemble(assembly, &fixture::ALGORITHMS, ListLimits::STANDARD)
}

fn answer(snapshot: &TrustSnapshot, name: &str, day: &str) -> Option<(u64, Status)> {
    let key = certificate(name).spki.octets.to_vec();
    let at = UnixTime::parse_rfc3339(day).unwrap();
    let answer = snapshot.accreditation_at(&key, at)?;
    // The entries that a judgement goes through give the same answer.
    let mut entries = snapshot.accreditation(&key).into_iter();
    assert!(entries.any(|it| it.version == answer.version && status_at(it, day).is_some()));
    Some((answer.version, answer.status.clone()))
}

/// 2024, 2025 and 2026: a key that is dropped, one whose history is rewritten, one that is new.
fn three() -> [Octets; 3] {
    let since = "2020-02-01T00:00:00+03:00";
    let dropped = authority(
        "A",
        &["ca-terminated"],
        &[(Valid, since), (Terminated, "2024-03-01T00:00:00+03:00")],
    );
    let kept = authority("B", &["ca"], &[(Valid, since)]);
    let rewritten = authority(
        "B",
        &["ca"],
        &[
            (Valid, since),
            (Suspended, "2024-05-01T00:00:00+03:00"),
            (Valid, "2025-06-01T00:00:00+03:00"),
        ],
    );
    let new = authority("C", &["ca-512"], &[(Valid, "2025-08-01T00:00:00+03:00")]);
    [
        list(10, "2024-06-01T00:00:00Z", &[dropped, kept]),
        list(11, "2025-07-01T00:00:00Z", std::slice::from_ref(&rewritten)),
        list(12, "2026-10-01T00:00:00Z", &[rewritten, new]),
    ]
}

#[test]
fn the_newest_version_that_speaks_of_the_day_decides() {
    let [a, b, c] = three();
    let all = assemble(None, &[&c, &a, &b]).unwrap();
    let versions: Vec<u64> = all.editions().iter().map(|it| it.version()).collect();
    assert_eq!(versions, [10, 11, 12]);
    assert_eq!((all.version(), all.services().len()), (12, 2));
    for (name, day, expected) in [
        // Kept in every version: the newest speaks, also of the time before the others, and of today.
        ("ca", "2024-05-15T00:00:00Z", Some((12, Status::Suspended))),
        ("ca", "2021-01-01T00:00:00Z", Some((12, Status::InForce))),
        ("ca", "2026-11-21T00:00:00Z", Some((12, Status::InForce))),
        ("ca", "2020-01-01T00:00:00Z", None),
        // Dropped after version 10, which speaks up to its own date and no further.
        (
            "ca-terminated",
            "2023-01-01T00:00:00Z",
            Some((10, Status::InForce)),
        ),
        (
            "ca-terminated",
            "2024-06-01T00:00:00Z",
            Some((10, Status::Terminated)),
        ),
        ("ca-terminated", "2024-06-01T00:00:01Z", None),
        (
            "ca-512",
            "2025-08-01T00:00:00+03:00",
            Some((12, Status::InForce)),
        ),
        ("ca-512", "2025-07-31T23:59:59+03:00", None),
        ("citizen", "2026-01-01T00:00:00Z", None),
    ] {
        assert_eq!(answer(&all, name, day), expected, "{name} on {day}");
    }
    // The same version alone speaks of all days after its date, too.
    let alone = assemble(None, &[&a]).unwrap();
    let (day, expected) = ("2026-11-21T00:00:00Z", Some((10, Status::Terminated)));
    assert_eq!(answer(&alone, "ca-terminated", day), expected);
}

#[test]
fn an_older_version_fills_in_what_the_newer_does_not_speak_of() {
    let old = authority("A", &["ca"], &[(Terminated, "2020-02-01T00:00:00+03:00")]);
    let new = authority("A", &["ca"], &[(Valid, "2023-05-01T12:00:00+03:00")]);
    let lists = [
        list(1, "2024-01-01T00:00:00Z", &[old]),
        list(2, "2026-01-01T00:00:00Z", &[new]),
    ];
    let both = assemble(None, &[&lists[0], &lists[1]]).unwrap();
    for (day, expected) in [
        ("2023-04-30T23:59:59+03:00", Some((1, Status::Terminated))),
        // The day belongs to the newer version as a whole.
        ("2023-05-01T00:00:00+03:00", None),
        ("2023-05-01T12:00:00+03:00", Some((2, Status::InForce))),
        ("2023-12-01T00:00:00+03:00", Some((2, Status::InForce))),
    ] {
        assert_eq!(answer(&both, "ca", day), expected, "{day}");
    }
}

#[test]
fn contradictions_between_versions_are_noted() {
    let [a, b, c] = three();
    let all = assemble(None, &[&a, &b, &c]).unwrap();
    let found = all.contradictions();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].older.version, found[0].newer.version), (10, 11));
    let suspended = UnixTime::parse_rfc3339("2024-05-01T00:00:00+03:00").unwrap();
    assert_eq!(found[0].at, suspended);
    assert_eq!(assemble(None, &[&b, &c]).unwrap().contradictions(), []);
}

#[test]
fn no_version_is_brought_back() {
    let [a, b, c] = three();
    let newest = assemble(None, &[&c]).unwrap();
    let rejected = |previous, lists: &[&Octets]| assemble(previous, lists).err();
    let older = SnapshotRejected::OlderVersion {
        given: 11,
        newest: 12,
    };
    assert_eq!(rejected(Some(&newest), &[&b]), Some(older));
    let changed = list(12, "2026-10-01T00:00:00Z", &[]);
    assert_eq!(
        rejected(Some(&newest), &[&changed]),
        Some(SnapshotRejected::VersionTwice(12))
    );
    assert_eq!(
        rejected(None, &[&c, &changed]),
        Some(SnapshotRejected::VersionTwice(12))
    );
    let dated = list(13, "2026-09-30T00:00:00Z", &[]);
    assert_eq!(
        rejected(Some(&newest), &[&dated]),
        Some(SnapshotRejected::DatesFall(13))
    );
    assert_eq!(rejected(None, &[]), Some(SnapshotRejected::NoList));
    // The same again changes nothing; the next one is added to those that are there.
    let again = assemble(Some(&newest), &[&c]).unwrap();
    assert_eq!(again.id(), newest.id());
    let first = assemble(None, &[&a]).unwrap();
    let second = assemble(Some(&first), &[&b]).unwrap();
    let together = assemble(None, &[&a, &b]).unwrap();
    assert_eq!(
        (second.id(), second.digest()),
        (together.id(), together.digest())
    );
    assert_eq!(second.editions(), together.editions());
}

#[test]
fn versions_that_were_kept_need_a_signer_that_the_roots_of_today_vouch_for() {
    let [a, b, _] = three();
    let first = assemble(None, &[&a]).unwrap();
    let assembly = Assembly {
        previous: Some(&first),
        lists: vec![b],
        crls: Vec::new(),
        pin: &pin(
            "foreign-root",
            sig_core::trust::snapshot::ListSigner::MINISTRY_OGRN,
        ),
    };
    let built = TrustSnapshot::assemble(assembly, &fixture::ALGORITHMS, ListLimits::STANDARD);
    assert_eq!(built.err(), Some(SnapshotRejected::SignerNotTrusted));
}

#[test]
fn a_difference_names_the_keys_and_statuses_that_changed() {
    let since = (Valid, "2020-02-01T00:00:00+03:00");
    let ended = (Terminated, "2025-03-01T00:00:00+03:00");
    let old = [
        authority("stays", &["ca-second-key"], &[since]),
        authority("ends", &["ca"], &[since]),
        authority("goes", &["ca-terminated"], &[since]),
    ];
    let new = [
        authority("stays", &["ca-second-key"], &[since]),
        authority("ends", &["ca"], &[since, ended]),
        authority("comes", &["ca-512"], &[since]),
    ];
    let old = assemble(None, &[&list(1, "2024-06-01T00:00:00Z", &old)]).unwrap();
    let new = assemble(None, &[&list(2, "2026-06-01T00:00:00Z", &new)]).unwrap();
    let difference = Difference::between(&old, &new);
    let in_force = || Some(Status::InForce);
    let mut found: Vec<_> = difference
        .keys
        .iter()
        .map(|it| (it.authority.clone().unwrap(), it.change.clone()))
        .collect();
    found.sort_by(|left, right| left.0.cmp(&right.0));
    let expected = [
        ("comes", Change::Added { status: in_force() }),
        (
            "ends",
            Change::Status {
                from: in_force(),
                to: Some(Status::Terminated),
            },
        ),
        ("goes", Change::Removed { status: in_force() }),
    ];
    assert_eq!(
        found,
        expected.map(|(name, change)| (name.to_owned(), change))
    );
    assert_eq!(difference.versions_added, [2]);
    assert_eq!(difference.versions_removed, [1]);
    assert!(Difference::between(&old, &old).is_empty());
}

#[test]
fn revocation_lists_that_belong_to_a_snapshot_name_it() {
    let crl = generated("crls/ca.crl");
    let crl = || {
        let mut budget = sig_core::Budget::new(sig_core::Limits::STANDARD);
        let octets = Octets::from(&*crl);
        Arc::new(sig_core::x509::crl::CertificateList::from_der(&octets, &mut budget).unwrap())
    };
    let list = list(1, "2024-06-01T00:00:00Z", &[authority("A", &["ca"], &[])]);
    let build = |crls| {
        let pin = ministry();
        let assembly = Assembly {
            previous: None,
            lists: vec![list.clone()],
            crls,
            pin: &pin,
        };
        TrustSnapshot::assemble(assembly, &fixture::ALGORITHMS, ListLimits::STANDARD).unwrap()
    };
    let (without, with) = (build(Vec::new()), build(vec![crl()]));
    assert_ne!(without.id(), with.id());
    assert_eq!(with.authorities().authentic_crls().len(), 1);
    let offered = without
        .clone()
        .with_crls(vec![crl()], &fixture::ALGORITHMS)
        .unwrap();
    assert_eq!(offered.id(), without.id());
}
