//! A deferred application that cannot be judged is no hindrance to others.

use std::sync::Arc;

use proto::v1::ApplicationState;

use crate::{
    on_both_databases,
    support::{Daemon, NOW, database::Database, script::Script, watched::Watched},
};

on_both_databases! {
    what_cannot_be_read_is_put_off
    a_damaged_row_takes_no_turn_of_others
}

const HOUR: i64 = 3600;

/// Two deferred applications of one account, in the order of their ids.
async fn deferred(database: &Database) -> (Daemon, Vec<String>) {
    let judge = Arc::new(Watched::default());
    let settings = "[applications]\nretry_pause_s = 3600\nretry_pause_max_s = 21600";
    let daemon = Daemon::start_with(database, settings, judge).await;
    let mut applications = Vec::new();
    daemon.standard("a-1").await;
    for _ in 0..2 {
        let (id, content) = daemon.issue("a-1").await;
        let stale = Script {
            stale_until: Some(NOW + 1),
            ..Script::good(&content)
        };
        let answer = daemon.submit("a-1", &id, stale.bytes()).await.unwrap();
        let state = answer.application.unwrap().state();
        assert_eq!(state, ApplicationState::Deferred);
        applications.push(id);
    }
    applications.sort_unstable();
    (daemon, applications)
}

async fn a_damaged_row_takes_no_turn_of_others(database: Database) {
    let (daemon, applications) = deferred(&database).await;
    let retrier = daemon.chores.retrier();
    daemon.clock.advance(2 * HOUR);
    let damage = |attempts: i64| {
        let id = &applications[0];
        format!(
            "UPDATE deferral SET attempts = {attempts}, next_at = 0 WHERE application_id = '{id}'"
        )
    };
    database.execute_raw(&damage(5_000_000_000)).await;
    let worked = retrier.run_due().await.unwrap();
    assert_eq!((worked.leased, worked.ended), (1, 1));
    assert_eq!(retrier.run_due().await.unwrap().leased, 0);
    let stands = daemon.application("a-1", &applications[0]).await;
    assert_eq!(stands.state(), ApplicationState::Deferred);
    // Restored, it is judged like any other.
    database.execute_raw(&damage(0)).await;
    daemon.clock.advance(HOUR);
    assert_eq!(retrier.run_due().await.unwrap().leased, 1);
    daemon.stop().await;
}

async fn what_cannot_be_read_is_put_off(database: Database) {
    let (daemon, applications) = deferred(&database).await;
    let damage = format!(
        "UPDATE evidence SET sealed_signature = sealed_content WHERE application_id = '{}'",
        applications[0]
    );
    database.without_trigger("evidence").await;
    database.execute_raw(&damage).await;
    let retrier = daemon.chores.retrier();
    daemon.clock.advance(2 * HOUR);
    let worked = retrier.run_due().await.unwrap();
    assert_eq!((worked.leased, worked.ended), (2, 1));
    // Neither at the end of a lease nor before the longest pause.
    daemon.clock.advance(6 * HOUR - 1);
    assert_eq!(retrier.run_due().await.unwrap().leased, 0);
    daemon.clock.advance(1);
    assert_eq!(retrier.run_due().await.unwrap().leased, 1);
    let stands = daemon.application("a-1", &applications[0]).await;
    assert_eq!(stands.state(), ApplicationState::Deferred);
    daemon.stop().await;
}
