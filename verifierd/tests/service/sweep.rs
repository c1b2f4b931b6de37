//! Overdue registry checks and certificates about to expire, each told once.

use std::sync::Arc;

use proto::v1::{self, AccountLevel};
use verifierd::service::sweep::Swept;

use crate::{
    events, on_both_databases,
    support::{
        Daemon,
        database::Database,
        person,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    an_overdue_check_is_told_once
    an_answered_check_is_not_overdue
    another_check_has_a_time_of_its_own
    an_expiring_certificate_is_told_once
    a_lost_confirmation_has_no_certificate
    a_restart_tells_nothing_again
    no_more_than_a_batch_at_a_step
    the_daemon_looks_by_itself
}

const DAY: i64 = 86_400;

async fn tell(daemon: &Daemon) -> (u32, u32) {
    let swept = daemon.chores.sweeper().tell_due().await.unwrap();
    (swept.checks, swept.certificates)
}

async fn overdue(daemon: &Daemon) -> u64 {
    daemon.chores.sweeper().overdue_checks().await.unwrap()
}

async fn told(daemon: &Daemon, kind: &str) -> Vec<v1::Event> {
    let mut events = events::list(daemon, 0, 500).await.unwrap().events;
    events.retain(|event| event.kind == kind);
    events
}

/// An account whose check nobody answers; answers the check.
async fn pending(daemon: &Daemon, id: &str) -> String {
    daemon.register(id).await;
    daemon.submit_data(id, person::data()).await
}

async fn an_overdue_check_is_told_once(database: Database) {
    let daemon = Daemon::start(&database).await;
    let check = pending(&daemon, "acc-1").await;
    daemon.clock.advance(5 * DAY - 1);
    assert_eq!((tell(&daemon).await, overdue(&daemon).await), ((0, 0), 0));
    daemon.clock.advance(1);
    assert_eq!((tell(&daemon).await, overdue(&daemon).await), ((1, 0), 1));
    daemon.clock.advance(30 * DAY);
    assert_eq!((tell(&daemon).await, overdue(&daemon).await), ((0, 0), 1));
    let told = told(&daemon, "REGISTRY_CHECK_OVERDUE").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (
            told[0].account_id.as_str(),
            told[0].level(),
            &told[0].object
        ),
        ("acc-1", AccountLevel::Simplified, &check)
    );
    // The answer counts all the same.
    let account = daemon.pass_check("acc-1", &check).await.unwrap();
    assert_eq!(account.level(), AccountLevel::Standard);
    assert_eq!(overdue(&daemon).await, 0);
    daemon.stop().await;
}

async fn an_answered_check_is_not_overdue(database: Database) {
    let daemon = Daemon::start(&database).await;
    let check = pending(&daemon, "acc-1").await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    daemon.clock.advance(30 * DAY);
    assert_eq!(tell(&daemon).await, (0, 0));
    daemon.stop().await;
}

async fn another_check_has_a_time_of_its_own(database: Database) {
    let daemon = Daemon::start(&database).await;
    pending(&daemon, "acc-1").await;
    daemon.clock.advance(5 * DAY);
    assert_eq!(tell(&daemon).await, (1, 0));
    let second = daemon.submit_data("acc-1", person::another()).await;
    assert_eq!((tell(&daemon).await, overdue(&daemon).await), ((0, 0), 0));
    daemon.clock.advance(5 * DAY);
    assert_eq!(tell(&daemon).await, (1, 0));
    let told = told(&daemon, "REGISTRY_CHECK_OVERDUE").await;
    assert_eq!(told[1].object, second);
    daemon.stop().await;
}

async fn confirm(daemon: &Daemon, id: &str) {
    let (application, content) = daemon.issue(id).await;
    let signature = Script::good(&content).bytes();
    daemon.submit(id, &application, signature).await.unwrap();
    assert_eq!(daemon.account(id).await.level(), AccountLevel::Confirmed);
}

/// Seconds until the judge's certificate expires.
const EXPIRES: i64 = 1_000_000;

async fn a_day_ahead(database: &Database) -> Daemon {
    let config = "[accounts]\ncertificate_expiry_notice_s = 86400";
    Daemon::start_with(database, config, Arc::new(Scripted::default())).await
}

async fn an_expiring_certificate_is_told_once(database: Database) {
    let daemon = a_day_ahead(&database).await;
    daemon.standard("acc-1").await;
    confirm(&daemon, "acc-1").await;
    daemon.clock.advance(EXPIRES - DAY - 1);
    assert_eq!(tell(&daemon).await, (0, 0));
    daemon.clock.advance(1);
    assert_eq!(tell(&daemon).await, (0, 1));
    // The same certificate confirms once more.
    confirm(&daemon, "acc-1").await;
    daemon.clock.advance(2 * DAY);
    assert_eq!(tell(&daemon).await, (0, 0));
    let told = told(&daemon, "CERTIFICATE_EXPIRING").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].account_id.as_str(), told[0].level()),
        ("acc-1", AccountLevel::Confirmed)
    );
    // A name for the certificate that nobody else can make of it.
    assert_eq!(told[0].object.len(), 64);
    assert_ne!(told[0].object, "07".repeat(32));
    daemon.stop().await;
}

async fn a_lost_confirmation_has_no_certificate(database: Database) {
    let daemon = a_day_ahead(&database).await;
    daemon.standard("acc-1").await;
    confirm(&daemon, "acc-1").await;
    let check = daemon.submit_data("acc-1", person::another()).await;
    daemon.pass_check("acc-1", &check).await.unwrap();
    daemon.clock.advance(EXPIRES);
    assert_eq!(tell(&daemon).await, (0, 0));
    daemon.stop().await;
}

async fn a_restart_tells_nothing_again(database: Database) {
    let daemon = Daemon::start(&database).await;
    pending(&daemon, "acc-1").await;
    daemon.clock.advance(5 * DAY);
    assert_eq!(tell(&daemon).await, (1, 0));
    daemon.stop().await;
    let daemon = Daemon::start(&database).await;
    daemon.clock.advance(6 * DAY);
    assert_eq!((tell(&daemon).await, overdue(&daemon).await), ((0, 0), 1));
    daemon.stop().await;
}

async fn no_more_than_a_batch_at_a_step(database: Database) {
    let daemon = Daemon::start(&database).await;
    for n in 0..65 {
        pending(&daemon, &format!("acc-{n}")).await;
    }
    daemon.clock.advance(5 * DAY);
    let sweeper = daemon.chores.sweeper();
    let first = sweeper.tell_due().await.unwrap();
    assert_eq!((first.checks, first.is_full()), (64, true));
    let second = sweeper.tell_due().await.unwrap();
    assert_eq!((second.checks, second.is_full()), (1, false));
    assert_eq!(sweeper.tell_due().await.unwrap(), Swept::default());
    daemon.stop().await;
}

async fn the_daemon_looks_by_itself(database: Database) {
    let daemon = Daemon::start(&database).await;
    pending(&daemon, "acc-1").await;
    daemon.clock.advance(5 * DAY);
    let mut stream = events::subscribe(&daemon, 2).await.unwrap();
    let told = tokio::select! {
        () = daemon.chores.keep_doing() => panic!("never ends"),
        told = events::take(&mut stream, 1) => told,
    };
    assert_eq!(told[0].kind, "REGISTRY_CHECK_OVERDUE");
    drop(stream);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_tell_each_once() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let one = Daemon::start(&database).await;
    let two = Daemon::start(&database).await;
    for n in 0..8 {
        pending(&one, &format!("acc-{n}")).await;
    }
    one.clock.advance(5 * DAY);
    two.clock.advance(5 * DAY);
    let (a, b) = tokio::join!(tell(&one), tell(&two));
    assert_eq!(a.0 + b.0, 8);
    assert_eq!(told(&one, "REGISTRY_CHECK_OVERDUE").await.len(), 8);
    one.stop().await;
    two.stop().await;
}
