//! A deferred application that cannot be judged is no hindrance to others.

use std::sync::Arc;

use proto::v1::ApplicationState;

use crate::{
    on_both_databases,
    support::{Daemon, NOW, database::Database, script::Script, watched::Watched},
};

on_both_databases! {
    what_cannot_be_read_is_put_off
}

const HOUR: i64 = 3600;

async fn what_cannot_be_read_is_put_off(database: Database) {
    let judge = Arc::new(Watched::default());
    let settings = "[applications]\nretry_pause_s = 3600\nretry_pause_max_s = 21600";
    let daemon = Daemon::start_with(&database, settings, judge).await;
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
