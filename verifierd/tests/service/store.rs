//! What the database itself refuses.

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, person, script::Script},
};

on_both_databases! {
    the_log_the_evidence_and_final_outcomes_cannot_be_changed
    levels_need_what_they_rest_on
}

async fn the_log_the_evidence_and_final_outcomes_cannot_be_changed(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    daemon
        .submit("acc-1", &application, Script::good(&content).bytes())
        .await
        .unwrap();
    for statement in [
        "UPDATE audit_leaf SET hash = hash",
        "DELETE FROM audit_leaf",
        "UPDATE event SET kind = 'X'",
        "DELETE FROM event",
        "UPDATE evidence SET digest = digest",
        "DELETE FROM evidence",
        "UPDATE outcome SET decision = 'REJECTED'",
        "DELETE FROM outcome",
    ] {
        assert!(database.execute(statement).await.is_err(), "{statement}");
    }
    daemon.stop().await;
}

async fn levels_need_what_they_rest_on(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    daemon.standard_with("acc-2", person::data()).await;
    daemon.register("acc-3").await;
    daemon.submit_data("acc-3", person::data()).await;
    for statement in [
        "UPDATE account SET level = 'STANDARD' WHERE account_id = 'acc-1'",
        "UPDATE account SET level = 'CONFIRMED' WHERE account_id = 'acc-2'",
        "UPDATE account SET level = 'STANDARD' WHERE account_id = 'acc-3'",
        "UPDATE account SET level = 'OTHER' WHERE account_id = 'acc-1'",
    ] {
        assert!(database.execute(statement).await.is_err(), "{statement}");
    }
    daemon.stop().await;
}
