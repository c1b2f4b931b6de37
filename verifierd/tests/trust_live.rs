//! A new snapshot goes live in the daemon's judge without a request being dropped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use sig_core::{
    Limits, Material, UnixTime,
    alg::openssl::OPENSSL,
    der::octets::Octets,
    trust::{
        mintsifry_list::ListLimits,
        snapshot::{Assembly, ListSigner, TrustSnapshot},
    },
};
use testdata::{Timestamp, demo};
use verifierd::{
    domain::time::UnixSeconds,
    service::{
        follow::{Follower, Looked, ready},
        ports::{Clock, SignedContent, Verify as _, VerifyRequest},
        verify::Judge,
    },
    trust_store::TrustStore,
};

const NOW: i64 = 1_795_000_000;

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(NOW)
    }
}

fn snapshot(list: &str, previous: Option<&TrustSnapshot>) -> TrustSnapshot {
    let demo_folder = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
    let mut material = Material::default();
    let anchors = std::fs::read(format!("{demo_folder}/anchors.pem")).unwrap();
    material.add_anchors(&anchors, &Limits::STANDARD).unwrap();
    let crls = std::fs::read(format!("{demo_folder}/crls.pem")).unwrap();
    material.add(&crls, &Limits::STANDARD).unwrap();
    let pin = ListSigner {
        anchors: material.anchors,
        ogrn: ListSigner::MINISTRY_OGRN.to_owned(),
        taken_at: UnixTime::from_seconds(NOW),
    };
    let xml = demo::pki().unwrap().trust_list(list).unwrap();
    let assembly = Assembly {
        previous,
        lists: vec![Octets::from(xml)],
        crls: material.crls,
        pin: &pin,
    };
    TrustSnapshot::assemble(assembly, &OPENSSL, ListLimits::STANDARD).unwrap()
}

fn judged_by(judge: &Judge) -> String {
    let token = demo::token().unwrap();
    let request = VerifyRequest {
        signature: token.sign_attached(b"content", Timestamp(NOW)).unwrap(),
        content: SignedContent::Absent,
        policy: "ru-qes".to_owned(),
    };
    let verdict = judge.verify(request, UnixSeconds::new(NOW)).unwrap();
    verdict.report.trust.unwrap().id
}

#[test]
fn the_active_snapshot_goes_live_and_a_bad_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trust");
    let store = TrustStore::create(&path).unwrap();
    assert!(ready(&store, &OPENSSL).is_err());
    let first = snapshot("accredited-older", None);
    let second = snapshot("accredited", Some(&first));
    for snapshot in [&first, &second] {
        store.keep(snapshot, &OPENSSL).unwrap();
    }
    store.activate(first.id(), &OPENSSL).unwrap();
    let judge = Judge::of_snapshot(ready(&store, &OPENSSL).unwrap(), &OPENSSL);
    let judge = Arc::new(judge);
    let mut follower = Follower::new(&path, Arc::clone(&judge), Still);
    assert!(matches!(follower.look(), Looked::Same));
    assert_eq!(judged_by(&judge), first.id());

    // Requests go on while the pointer changes; each is judged by one snapshot or the other.
    store.activate(second.id(), &OPENSSL).unwrap();
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| (0..4).map(|_| judged_by(&judge)).collect::<Vec<_>>());
        let looked = follower.look();
        assert!(
            matches!(looked, Looked::Live { ref id, days: 17 } if id == second.id()),
            "{looked:?}"
        );
        for id in asking.join().unwrap() {
            assert!([first.id(), second.id()].contains(&id.as_str()), "{id}");
        }
    });
    assert_eq!(judged_by(&judge), second.id());

    // A damaged snapshot stays out, and that is said once.
    let file = path
        .join("snapshots")
        .join(format!("{}.snapshot", first.id()));
    std::fs::write(&file, b"damaged").unwrap();
    std::fs::write(path.join("active"), format!("{}\n", first.id())).unwrap();
    assert!(matches!(follower.look(), Looked::Kept(_)));
    assert!(matches!(follower.look(), Looked::Same));
    assert_eq!(judged_by(&judge), second.id());
    store.keep(&first, &OPENSSL).unwrap();
    assert!(matches!(follower.look(), Looked::Live { .. }));
}
