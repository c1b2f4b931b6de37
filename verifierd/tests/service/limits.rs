//! What one account may do at most, several calls at once among them.

use std::sync::{Arc, Barrier};

use proto::v1::ApplicationState;
use tonic::Code;

use crate::{
    on_both_databases,
    support::{
        Daemon,
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    refused_tries_at_once
    rejected_tries_at_once
    a_caller_who_leaves_is_counted
    a_stop_waits_for_what_a_caller_left
    open_applications_are_bounded
    applications_prepared_at_once
}

const AT_ONCE: usize = 5;
const TRIES: &str = "[workers]\nrunning = 8\n[applications]\nfailed_tries = 2";
const TRIED: &str = "SELECT COUNT(*) FROM failed_try";

/// Submits five bad signatures, none of which is stored before all are judged;
/// answers how many outcomes there are, and the reasons of the others.
async fn tries_at_once(daemon: &Daemon, bad: impl Fn(&[u8]) -> Script) -> (usize, Vec<String>) {
    daemon.standard("acc-1").await;
    let mut signed = Vec::new();
    for _ in 0..AT_ONCE {
        let (application, content) = daemon.issue("acc-1").await;
        signed.push((application, bad(&content).bytes()));
    }
    let submit = |at: usize| daemon.submit("acc-1", &signed[at].0, signed[at].1.clone());
    let (a, b, c, d, e) = tokio::join!(submit(0), submit(1), submit(2), submit(3), submit(4));
    let answers = [a, b, c, d, e];
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    let mut refused: Vec<_> = refused.map(|status| reason(status).1).collect();
    refused.sort();
    (answers.len() - refused.len(), refused)
}

fn together() -> Arc<Scripted> {
    Arc::new(Scripted {
        together: Some(Barrier::new(AT_ONCE)),
        ..Scripted::default()
    })
}

async fn refused_tries_at_once(database: Database) {
    let daemon = Daemon::start_with(&database, TRIES, together()).await;
    let (outcomes, refused) = tries_at_once(&daemon, |content| Script {
        signers: 2,
        ..Script::good(content)
    })
    .await;
    let many = "TOO_MANY_FAILED_TRIES";
    let expected = ["SIGNER_COUNT", "SIGNER_COUNT", many, many, many];
    assert_eq!((outcomes, refused), (0, expected.map(String::from).into()));
    assert_eq!(database.count(TRIED).await, 2);
    daemon.stop().await;
}

async fn rejected_tries_at_once(database: Database) {
    let daemon = Daemon::start_with(&database, TRIES, together()).await;
    let (outcomes, refused) = tries_at_once(&daemon, |content| Script {
        qualified: Some("NOT_QUALIFIED".into()),
        ..Script::good(content)
    })
    .await;
    assert_eq!(outcomes, 2);
    assert_eq!(refused, ["TOO_MANY_FAILED_TRIES"; 3]);
    assert_eq!(database.count(TRIED).await, 2);
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 2);
    daemon.stop().await;
}

async fn a_caller_who_leaves_is_counted(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let bad = Script {
        signers: 2,
        ..Script::good(&content)
    };
    tokio::select! {
        answer = daemon.submit("acc-1", &application, bad.bytes()) => panic!("{answer:?}"),
        () = judge.meet() => {}
    }
    // The same connection tells the daemon of the leaving before of this.
    daemon.account("acc-1").await;
    assert_eq!(database.count(TRIED).await, 0);
    judge.meet().await;
    let mut calls = 0;
    while database.count(TRIED).await == 0 {
        calls += 1;
        assert!(calls < 2000, "the try is not counted");
        daemon.account("acc-1").await;
    }
    assert_eq!(database.count(TRIED).await, 1);
    daemon.stop().await;
}

async fn a_stop_waits_for_what_a_caller_left(database: Database) {
    let judge = Scripted::holding();
    let daemon = Daemon::start_with(&database, "", judge.clone()).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    tokio::select! {
        answer = daemon.submit("acc-1", &application, good) => panic!("{answer:?}"),
        () = judge.meet() => {}
    }
    let address = daemon.address;
    let stopping = tokio::spawn(daemon.stop());
    while tokio::net::TcpStream::connect(address).await.is_ok() {}
    let outcomes = "SELECT COUNT(*) FROM outcome WHERE decision = 'ACCEPTED'";
    assert_eq!(database.count(outcomes).await, 0);
    for _ in 0..100_000 {
        tokio::task::yield_now().await;
    }
    let early = stopping.is_finished();
    judge.meet().await;
    assert!(!early, "stopped before its last submission ended");
    stopping.await.unwrap();
    assert_eq!(database.count(outcomes).await, 1);
}

fn too_many() -> (Code, String) {
    (
        Code::ResourceExhausted,
        "TOO_MANY_OPEN_APPLICATIONS".to_owned(),
    )
}

async fn open_applications_are_bounded(database: Database) {
    let config = "[accounts]\nopen_applications = 2";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    daemon.issue("acc-1").await;
    let refused = daemon.prepare("acc-1").await.unwrap_err();
    assert_eq!(reason(&refused), too_many());
    let applications = "SELECT COUNT(*) FROM application";
    assert_eq!(database.count(applications).await, 2);

    // Other accounts are not held up.
    daemon.standard_with("acc-2", person::another()).await;
    daemon.issue("acc-2").await;

    // One that waits for revocation data is open, one with an outcome is not.
    let stale = Script::indeterminate(&content, "TRY_LATER");
    let deferred = daemon.submit("acc-1", &application, stale.bytes()).await;
    let state = deferred.unwrap().application.unwrap().state();
    assert_eq!(state, ApplicationState::Deferred);
    assert_eq!(
        reason(&daemon.prepare("acc-1").await.unwrap_err()),
        too_many()
    );
    let good = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, good).await.unwrap();
    daemon.issue("acc-1").await;
    let refused = daemon.prepare("acc-1").await.unwrap_err();
    assert_eq!(reason(&refused), too_many());

    // Nor is one that has expired.
    daemon.clock.advance(3600);
    daemon.issue("acc-1").await;
    daemon.issue("acc-1").await;
    let refused = daemon.prepare("acc-1").await.unwrap_err();
    assert_eq!(reason(&refused), too_many());
    daemon.stop().await;
}

async fn applications_prepared_at_once(database: Database) {
    let config = "[accounts]\nopen_applications = 2";
    let daemon = Daemon::start_with(&database, config, Arc::new(Scripted::default())).await;
    daemon.standard("acc-1").await;
    let prepare = || daemon.prepare("acc-1");
    let (a, b, c, d, e) = tokio::join!(prepare(), prepare(), prepare(), prepare(), prepare());
    let answers = [a, b, c, d, e];
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    let refused: Vec<_> = refused.map(reason).collect();
    assert_eq!(refused, vec![too_many(); 3]);
    daemon.stop().await;
}
