//! A new snapshot goes live in the daemon's judge without a request being dropped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use sig_core::{
    Limits, Material, UnixTime,
    alg::openssl::OPENSSL,
    der::octets::Octets,
    report::{ConditionStatus, Judged, Report},
    trust::{
        etsi_list::{EtsiAssembly, EtsiSnapshot},
        mintsifry_list::ListLimits,
        snapshot::{Assembly, ListSigner, TrustSnapshot},
    },
};
use testdata::{Timestamp, demo, pki};
use verifierd::{
    domain::time::UnixSeconds,
    service::{
        follow::{Follower, Looked, ready, ready_lists},
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

/// European lists: one, or that with the list of lists.
fn lists(names: &[&str], signer: &str) -> EtsiSnapshot {
    let pki = pki::named("eu").unwrap();
    let lists = names.iter().map(|name| pki.trust_list(name).unwrap());
    let assembly = EtsiAssembly {
        previous: None,
        lists: lists.map(Octets::from).collect(),
        signers: vec![Octets::from(&*pki.certificate(signer).unwrap().der)],
        taken_at: UnixTime::from_seconds(NOW),
        refuses_outdated: false,
    };
    EtsiSnapshot::assemble(assembly, &OPENSSL, &ListLimits::STANDARD).unwrap()
}

/// A person of a European list, judged under a policy.
fn european(judge: &Judge, policy: &str) -> Report {
    let token = pki::named("eu").unwrap().token("person").unwrap();
    let request = VerifyRequest {
        signature: token
            .sign_attached(b"content", Timestamp(1_748_736_000))
            .unwrap(),
        content: SignedContent::Absent,
        policy: policy.to_owned(),
    };
    judge.verify(request, UnixSeconds::new(NOW)).unwrap().report
}

fn issuer_condition(report: &Report) -> Option<ConditionStatus> {
    let Judged::Signatures { signatures, .. } = &report.judged else {
        panic!("no signatures");
    };
    let mut conditions = signatures[0].qualified.iter().flat_map(|it| &it.conditions);
    let issuer = conditions.find(|it| it.id == "eidas.3.15.issuer");
    issuer.map(|it| it.status)
}

#[test]
fn european_lists_go_live_for_the_policy_that_is_for_them_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trust");
    let store = TrustStore::create(&path).unwrap();
    let accredited = snapshot("accredited", None);
    store.keep(&accredited, &OPENSSL).unwrap();
    store.activate(accredited.id(), &OPENSSL).unwrap();
    assert!(ready_lists(&store, &OPENSSL).unwrap().is_none());
    let judge = Judge::of_snapshot(ready(&store, &OPENSSL).unwrap(), &OPENSSL);
    let judge = Arc::new(judge);
    let mut follower = Follower::new(&path, Arc::clone(&judge), Still);
    assert!(matches!(follower.look_at_lists(), Looked::Same));
    let before = european(&judge, "etsi-ades");
    assert_eq!(
        (issuer_condition(&before), before.trusted_lists),
        (None, None)
    );

    let one = lists(&["xa"], "operator-xa");
    let whole = lists(&["lotl", "xa"], "operator-eu");
    store.keep_lists(&one).unwrap();
    store.keep_lists(&whole).unwrap();
    store.activate_lists(one.id(), &OPENSSL).unwrap();
    // Kept and not looked at is not live.
    assert_eq!(judge.lists_id(), None);
    assert!(matches!(follower.look(), Looked::Same));
    let looked = follower.look_at_lists();
    assert!(
        matches!(looked, Looked::Live { ref id, .. } if id == one.id()),
        "{looked:?}"
    );
    let live = european(&judge, "etsi-ades");
    assert_eq!(issuer_condition(&live), Some(ConditionStatus::Met));
    assert_eq!(live.trust.unwrap().id, accredited.id());
    assert_eq!(live.trusted_lists.unwrap().digest, one.digest());
    // Accounts are confirmed under a policy that does not know them: their services are no anchors there.
    for policy in ["ru-qes", "pkix", "cms-basic"] {
        let other = european(&judge, policy);
        assert_eq!(other.trusted_lists, None, "{policy}");
        let Judged::Signatures { conclusion, .. } = other.judged else {
            panic!("no signatures");
        };
        assert_eq!(
            conclusion.sub_indication.map(|it| it.name()),
            Some("NO_CERTIFICATE_CHAIN_FOUND"),
            "{policy}"
        );
    }
    assert_eq!(judged_by(&judge), accredited.id());

    // Requests go on while the pointer changes; each is judged by one snapshot or the other.
    store.activate_lists(whole.id(), &OPENSSL).unwrap();
    std::thread::scope(|scope| {
        let ask = || european(&judge, "etsi-ades").trusted_lists.unwrap().id;
        let asking = scope.spawn(move || (0..4).map(|_| ask()).collect::<Vec<_>>());
        assert!(matches!(follower.look_at_lists(), Looked::Live { .. }));
        for id in asking.join().unwrap() {
            assert!([one.id(), whole.id()].contains(&id.as_str()), "{id}");
        }
    });
    assert_eq!(judge.lists_id().as_deref(), Some(whole.id()));

    // Another snapshot of accredited authorities leaves them as they are.
    let older = snapshot("accredited-older", None);
    store.keep(&older, &OPENSSL).unwrap();
    store.activate(older.id(), &OPENSSL).unwrap();
    assert!(matches!(follower.look(), Looked::Live { .. }));
    let both = european(&judge, "etsi-ades");
    let ids = [both.trust, both.trusted_lists].map(|it| it.unwrap().id);
    assert_eq!(ids, [older.id(), whole.id()]);

    // Damaged ones stay out, and that is said once.
    let file = path
        .join("snapshots")
        .join(format!("{}.snapshot", one.id()));
    std::fs::write(&file, b"damaged").unwrap();
    std::fs::write(path.join("active-eu"), format!("{}\n", one.id())).unwrap();
    assert!(matches!(follower.look_at_lists(), Looked::Kept(_)));
    assert!(matches!(follower.look_at_lists(), Looked::Same));
    assert!(matches!(follower.look(), Looked::Same));
    assert_eq!(judge.lists_id().as_deref(), Some(whole.id()));
    assert!(ready_lists(&store, &OPENSSL).is_err());

    std::fs::remove_file(path.join("active-eu")).unwrap();
    assert!(matches!(follower.look_at_lists(), Looked::Gone));
    assert_eq!(european(&judge, "etsi-ades").trusted_lists, None);
}
