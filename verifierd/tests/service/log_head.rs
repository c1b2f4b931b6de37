//! A head of the log that is not that of its leaves: nothing is written on top of it, and nothing signed.

use proto::v1::{GetCheckpointRequest, RegisterAccountRequest};
use sqlx::Row as _;
use tonic::{Code, Status};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, person},
};

on_both_databases! {
    a_head_that_is_not_that_of_the_leaves_stops_writing
    leaves_that_are_gone_stop_writing
}

/// A tree of two kept levels: peaks of sixteen and of four leaves.
const LEAVES: usize = 20;

async fn filled(database: &Database) -> Daemon {
    let daemon = Daemon::start(database).await;
    for n in 0..LEAVES {
        daemon.register(&format!("acc-{n}")).await;
    }
    daemon
}

async fn register(daemon: &Daemon, id: &str) -> Result<(), Status> {
    let request: RegisterAccountRequest = person::registration(id);
    let answer = daemon.accounts.clone().register_account(request).await;
    answer.map(drop)
}

async fn size(daemon: &Daemon) -> Result<u64, Status> {
    let mut audit = daemon.audit.clone();
    let answer = audit.get_checkpoint(GetCheckpointRequest {});
    Ok(answer.await?.into_inner().tree_size)
}

async fn head(database: &Database) -> (i64, Vec<u8>) {
    let pool = database.pool().await;
    let row = sqlx::query("SELECT size, frontier FROM audit_head").fetch_one(&pool);
    let row = row.await.unwrap();
    pool.close().await;
    (row.get(0), row.get(1))
}

async fn set_head(database: &Database, (size, frontier): &(i64, Vec<u8>)) {
    let pool = database.pool().await;
    let set = sqlx::query("UPDATE audit_head SET size = $1, frontier = $2");
    set.bind(size).bind(frontier).execute(&pool).await.unwrap();
    pool.close().await;
}

async fn a_head_that_is_not_that_of_the_leaves_stops_writing(database: Database) {
    let daemon = filled(&database).await;
    let honest = head(&database).await;
    assert_eq!((honest.0, honest.1.len()), (20, 64));
    let (first, second) = honest.1.split_at(32);
    let mut flipped = honest.1.clone();
    flipped[0] ^= 1;
    let asked = size(&daemon).await.unwrap();
    assert_eq!(asked, 20);
    for (altered, what) in [
        // The heads that the log had some time ago.
        ((16, first.to_vec()), "lowered"),
        ((0, Vec::new()), "emptied"),
        ((18, honest.1.clone()), "lowered, with the peaks of now"),
        ((24, honest.1.clone()), "raised"),
        ((33, honest.1.clone()), "raised by more than a span"),
        ((20, [second, first].concat()), "peaks swapped"),
        ((20, flipped), "a large peak altered"),
        ((20, [first, first].concat()), "the last peak altered"),
    ] {
        set_head(&database, &altered).await;
        let refused = register(&daemon, "late").await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal, "{what}");
        let signed = size(&daemon).await;
        match what {
            // That of an earlier time is still one of this log.
            "lowered" | "emptied" => assert_eq!(signed.unwrap(), altered.0 as u64),
            _ => assert_eq!(signed.unwrap_err().code(), Code::Internal, "{what}"),
        }
        let faults = daemon.store.check(&[]).await.unwrap().faults;
        assert!(!faults.is_empty(), "{what}");
        let leaves = database.count("SELECT COUNT(*) FROM audit_leaf").await;
        assert_eq!(leaves, 20, "{what}");
    }
    set_head(&database, &honest).await;
    register(&daemon, "late").await.unwrap();
    assert_eq!(size(&daemon).await.unwrap(), 21);
    assert!(daemon.store.check(&[]).await.unwrap().faults.is_empty());
    daemon.stop().await;
}

async fn leaves_that_are_gone_stop_writing(database: Database) {
    let daemon = filled(&database).await;
    for (table, edit) in [
        ("audit_node", "DELETE FROM audit_node"),
        ("audit_leaf", "DELETE FROM audit_leaf WHERE sequence = 19"),
    ] {
        let unlocked = match database.beside("x") {
            Some(_) => format!("PRAGMA foreign_keys = OFF; DROP TRIGGER {table}_no_delete; {edit}"),
            None => format!(
                "SET session_replication_role = replica; {edit}; SET session_replication_role = origin"
            ),
        };
        database.execute_raw(&unlocked).await;
        let refused = register(&daemon, "late").await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal, "{table}");
        assert_eq!(
            size(&daemon).await.unwrap_err().code(),
            Code::Internal,
            "{table}"
        );
    }
    daemon.stop().await;
}
