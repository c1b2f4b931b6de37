//! Submissions at once, on one daemon and on two over one database.

use std::sync::{Arc, Barrier};

use proto::v1::{AccountLevel, ApplicationState};
use tonic::Code;

use crate::{
    on_both_databases, on_postgres,
    support::{
        Daemon,
        database::Database,
        person, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    the_same_signature_twice_at_once
    two_signatures_at_once
    many_registrations_at_once
}

on_postgres! { two_daemons:
    two_daemons_one_outcome
    one_snils_confirmed_on_two_daemons
}

/// Judges wait until `count` submissions are judged: none is stored before
/// all have passed the checks in front of the transaction.
fn together(count: usize) -> Arc<Scripted> {
    let together = Some(Barrier::new(count));
    Arc::new(Scripted {
        together,
        ..Scripted::default()
    })
}

const WORKERS: &str = "[workers]\nrunning = 8";

async fn assert_one_outcome(database: &Database) {
    let accepted = "SELECT COUNT(*) FROM event WHERE kind = 'APPLICATION_ACCEPTED'";
    assert_eq!(database.count(accepted).await, 1);
    assert_eq!(database.count("SELECT COUNT(*) FROM outcome").await, 1);
    assert_eq!(database.count("SELECT COUNT(*) FROM evidence").await, 1);
    // Registered, data, registry, prepared, accepted.
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_leaf").await, 5);
    assert_eq!(database.count("SELECT COUNT(*) FROM event").await, 5);
    assert_eq!(
        database.count("SELECT MAX(sequence) FROM audit_leaf").await,
        4
    );
}

async fn the_same_signature_twice_at_once(database: Database) {
    let daemon = Daemon::start_with(&database, WORKERS, together(4)).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    let submit = || daemon.submit("acc-1", &application, signature.clone());
    let (a, b, c, d) = tokio::join!(submit(), submit(), submit(), submit());
    let first = a.unwrap();
    assert_eq!(
        first.account.as_ref().unwrap().level(),
        AccountLevel::Confirmed
    );
    for other in [b, c, d] {
        assert_eq!(other.unwrap(), first);
    }
    assert_one_outcome(&database).await;
    daemon.stop().await;
}

async fn two_signatures_at_once(database: Database) {
    let daemon = Daemon::start_with(&database, WORKERS, together(2)).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let one = Script::good(&content).bytes();
    let two = Script {
        salt: 1,
        ..Script::good(&content)
    }
    .bytes();
    let (a, b) = tokio::join!(
        daemon.submit("acc-1", &application, one),
        daemon.submit("acc-1", &application, two)
    );
    let (accepted, refused) = match (a, b) {
        (Ok(accepted), Err(refused)) | (Err(refused), Ok(accepted)) => (accepted, refused),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        accepted.application.unwrap().state(),
        ApplicationState::Accepted
    );
    let submitted = (
        Code::FailedPrecondition,
        "APPLICATION_ALREADY_SUBMITTED".to_owned(),
    );
    assert_eq!(reason(&refused), submitted);
    assert_one_outcome(&database).await;
    daemon.stop().await;
}

async fn two_daemons_one_outcome(database: Database) {
    let verify = together(2);
    let one = Daemon::start_with(&database, WORKERS, verify.clone()).await;
    let two = Daemon::start_with(&database, WORKERS, verify).await;
    one.standard("acc-1").await;
    let (application, content) = two.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    let (a, b) = tokio::join!(
        one.submit("acc-1", &application, signature.clone()),
        two.submit("acc-1", &application, signature)
    );
    assert_eq!(a.unwrap(), b.unwrap());
    assert_one_outcome(&database).await;
    one.stop().await;
    two.stop().await;
}

async fn one_snils_confirmed_on_two_daemons(database: Database) {
    let one = Daemon::start(&database).await;
    let two = Daemon::start(&database).await;
    for round in 0..5 {
        let ids = [format!("a{round}"), format!("b{round}")];
        let number = 10_000 + round;
        let data = || v1_data(&format!("000{number:05}000"));
        let mut checks = Vec::new();
        for id in &ids {
            one.register(id).await;
            checks.push(one.submit_data(id, data()).await);
        }
        let (a, b) = tokio::join!(
            one.pass_check(&ids[0], &checks[0]),
            two.pass_check(&ids[1], &checks[1])
        );
        let (passed, refused) = match (a, b) {
            (Ok(passed), Err(refused)) | (Err(refused), Ok(passed)) => (passed, refused),
            other => panic!("{other:?}"),
        };
        assert_eq!(passed.level(), AccountLevel::Standard);
        assert_eq!(
            reason(&refused),
            (Code::AlreadyExists, "SNILS_ALREADY_USED".into())
        );
    }
    let standard = "SELECT COUNT(*) FROM account WHERE level = 'STANDARD'";
    assert_eq!(database.count(standard).await, 5);
    one.stop().await;
    two.stop().await;
}

fn v1_data(snils: &str) -> proto::v1::PersonalData {
    proto::v1::PersonalData {
        snils: snils.into(),
        ..person::data()
    }
}

async fn many_registrations_at_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    let daemon = Arc::new(daemon);
    let tasks: Vec<_> = (0..24)
        .map(|n| {
            let daemon = daemon.clone();
            // Every id twice.
            tokio::spawn(async move { daemon.register(&format!("acc-{}", n / 2)).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().level(), AccountLevel::Simplified);
    }
    assert_eq!(database.count("SELECT COUNT(*) FROM account").await, 12);
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_leaf").await, 12);
    assert_eq!(database.count("SELECT MAX(sequence) FROM event").await, 11);
    Arc::into_inner(daemon).unwrap().stop().await;
}
