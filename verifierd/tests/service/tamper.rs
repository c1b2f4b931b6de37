//! Rows changed behind the daemon's back: each is found and named.

use audit_log::Checkpoint;
use verifierd::store::check::{Checked, What};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, script::Script},
};

on_both_databases! {
    an_honest_database
    a_leaf_that_was_edited
    a_leaf_and_its_hash_that_were_edited
    a_leaf_that_was_removed
    two_leaves_that_were_swapped
    the_last_leaf_that_was_cut_off
    an_event_that_was_edited
    an_event_that_was_removed
    an_outcome_that_was_edited
    evidence_that_was_edited
    an_account_that_was_raised
    an_account_without_its_evidence
    a_node_that_was_edited
    an_older_copy
}

/// Twenty-three entries: a confirmed account with a refused application before, and others.
async fn filled(database: &Database) -> Daemon {
    let daemon = Daemon::start(database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let mut refused = Script::good(&content);
    refused.snils = Some("08765430300".into());
    daemon
        .submit("acc-1", &application, refused.bytes())
        .await
        .unwrap();
    let (application, content) = daemon.issue("acc-1").await;
    let good = Script::good(&content).bytes();
    daemon.submit("acc-1", &application, good).await.unwrap();
    for n in 0..16 {
        daemon.register(&format!("other-{n}")).await;
    }
    daemon
}

/// Lets rows be changed that the database keeps.
async fn unlock(database: &Database) {
    let sqlite = database.beside("x").is_some();
    for table in ["audit_leaf", "audit_node", "evidence", "event"] {
        let triggers = match sqlite {
            true => vec![
                format!("DROP TRIGGER {table}_no_update"),
                format!("DROP TRIGGER {table}_no_delete"),
            ],
            false => vec![format!("DROP TRIGGER {table}_append_only ON {table}")],
        };
        for trigger in triggers {
            database
                .execute(Box::leak(trigger.into_boxed_str()))
                .await
                .unwrap();
        }
    }
    let triggers = match sqlite {
        true => [
            "DROP TRIGGER outcome_final",
            "DROP TRIGGER outcome_no_delete",
        ],
        false => [
            "DROP TRIGGER outcome_final ON outcome",
            "DROP TRIGGER outcome_no_delete ON outcome",
        ],
    };
    for trigger in triggers {
        database.execute(trigger).await.unwrap();
    }
    if !sqlite {
        for drop in [
            "DROP TRIGGER evidence_no_update ON evidence",
            "ALTER TABLE event DROP CONSTRAINT event_sequence_fkey",
            "ALTER TABLE outcome DROP CONSTRAINT outcome_audit_sequence_fkey",
        ] {
            database.execute(drop).await.unwrap();
        }
    }
}

fn named(checked: &Checked) -> Vec<(&'static str, String, What)> {
    let faults = checked.faults.named.iter();
    faults
        .map(|fault| (fault.table, fault.row.clone(), fault.what))
        .collect()
}

/// What is found after each statement was executed on a filled database.
async fn tampered(
    database: &Database,
    statements: &[&'static str],
) -> Vec<(&'static str, String, What)> {
    let daemon = filled(database).await;
    let honest = daemon.store.check(&[]).await.unwrap();
    assert_eq!((honest.size, named(&honest)), (23, Vec::new()));
    unlock(database).await;
    for statement in statements {
        // Whoever edits the file need not obey its references.
        let statement = match database.beside("x") {
            Some(_) => format!("PRAGMA foreign_keys = OFF; {statement}"),
            None => (*statement).to_owned(),
        };
        database.execute_raw(&statement).await;
    }
    let checked = daemon.store.check(&[]).await.unwrap();
    daemon.stop().await;
    named(&checked)
}

async fn an_honest_database(database: Database) {
    let daemon = filled(&database).await;
    let root = daemon.store.check(&[]).await.unwrap().root;
    daemon.register("one-more").await;
    let signed = Checkpoint {
        origin: "x".into(),
        size: 23,
        root,
    };
    let empty = Checkpoint {
        origin: "x".into(),
        size: 0,
        root: audit_log::root(&[]),
    };
    let checked = daemon.store.check(&[signed, empty]).await.unwrap();
    assert_eq!((checked.size, named(&checked)), (24, Vec::new()));
    daemon.stop().await;
}

fn fault(table: &'static str, row: &str, what: What) -> (&'static str, String, What) {
    (table, row.to_owned(), what)
}

const EDIT: &str = "UPDATE audit_leaf SET leaf = (SELECT leaf FROM audit_leaf WHERE sequence = 3) WHERE sequence = 5";

async fn a_leaf_that_was_edited(database: Database) {
    let found = tampered(&database, &[EDIT]).await;
    assert_eq!(found[0], fault("audit_leaf", "5", What::Moved));
    let database = another(&database).await;
    let edit = match database.beside("x") {
        Some(_) => {
            "UPDATE audit_leaf SET leaf = CAST(replace(CAST(leaf AS TEXT), 'REGISTERED', 'REGISTRATED') AS BLOB) WHERE sequence = 9"
        }
        None => {
            "UPDATE audit_leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'REGISTERED', 'REGISTRATED'), 'UTF8') WHERE sequence = 9"
        }
    };
    let found = tampered(&database, &[edit]).await;
    assert_eq!(found, [fault("audit_leaf", "9", What::Edited)]);
}

async fn another(database: &Database) -> Database {
    match database.beside("x") {
        Some(_) => Database::sqlite(),
        None => Database::postgres().await.unwrap(),
    }
}

async fn a_leaf_and_its_hash_that_were_edited(database: Database) {
    let daemon = filled(&database).await;
    let honest = daemon.store.check(&[]).await.unwrap();
    unlock(&database).await;
    let pool = database.pool().await;
    for sequence in [9_i64, 21] {
        use sqlx::Row as _;
        let row = sqlx::query("SELECT leaf FROM audit_leaf WHERE sequence = $1")
            .bind(sequence)
            .fetch_one(&pool)
            .await
            .unwrap();
        let leaf = String::from_utf8(row.get(0))
            .unwrap()
            .replace("REGISTERED", "REGISTRATED");
        sqlx::query("UPDATE audit_leaf SET leaf = $1, hash = $2 WHERE sequence = $3")
            .bind(leaf.clone().into_bytes())
            .bind(audit_log::leaf_hash(leaf.as_bytes()).to_vec())
            .bind(sequence)
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
    let signed = Checkpoint {
        origin: "x".into(),
        size: 23,
        root: honest.root,
    };
    let found = named(&daemon.store.check(&[signed]).await.unwrap());
    assert!(
        found.contains(&fault("event", "9", What::NotItsLeaf)),
        "{found:?}"
    );
    assert!(
        found.contains(&fault("event", "21", What::NotItsLeaf)),
        "{found:?}"
    );
    let node = fault("audit_node", "4/0 (audit_leaf 0..15)", What::NotItsLeaves);
    assert!(found.contains(&node), "{found:?}");
    let tail = fault("audit_head", "1 (audit_leaf 20..21)", What::NotItsLeaves);
    assert!(found.contains(&tail), "{found:?}");
    assert!(
        found.contains(&fault("checkpoint", "23", What::Forked)),
        "{found:?}"
    );
    daemon.stop().await;
}

async fn a_leaf_that_was_removed(database: Database) {
    let found = tampered(&database, &["DELETE FROM audit_leaf WHERE sequence = 10"]).await;
    assert_eq!(found, [fault("audit_leaf", "10", What::Missing)]);
}

async fn two_leaves_that_were_swapped(database: Database) {
    let swap = [
        "UPDATE audit_leaf SET sequence = 1000 WHERE sequence = 11",
        "UPDATE audit_leaf SET sequence = 11 WHERE sequence = 12",
        "UPDATE audit_leaf SET sequence = 12 WHERE sequence = 1000",
    ];
    let found = tampered(&database, &swap).await;
    let expected = ["11", "12"].map(|row| fault("audit_leaf", row, What::Moved));
    assert_eq!(found, expected);
}

async fn the_last_leaf_that_was_cut_off(database: Database) {
    let found = tampered(&database, &["DELETE FROM audit_leaf WHERE sequence = 22"]).await;
    assert!(
        found.contains(&fault("audit_leaf", "22", What::Missing)),
        "{found:?}"
    );
}

async fn an_event_that_was_edited(database: Database) {
    let found = tampered(
        &database,
        &["UPDATE event SET at = at + 1 WHERE sequence = 8"],
    )
    .await;
    assert_eq!(found, [fault("event", "8", What::NotItsLeaf)]);
}

async fn an_event_that_was_removed(database: Database) {
    let found = tampered(&database, &["DELETE FROM event WHERE sequence = 8"]).await;
    assert_eq!(found, [fault("event", "8", What::Missing)]);
}

async fn an_outcome_that_was_edited(database: Database) {
    let edit = "UPDATE outcome SET decided_at = decided_at + 1 WHERE decision = 'ACCEPTED'";
    let found = tampered(&database, &[edit]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].2), ("outcome", What::NotItsLeaf));
}

async fn evidence_that_was_edited(database: Database) {
    let edit = "UPDATE evidence SET policy_digest = 'x' WHERE evidence_id = \
         (SELECT evidence_id FROM outcome WHERE decision = 'REJECTED')";
    let found = tampered(&database, &[edit]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].2), ("evidence", What::NotItsLeaf));
}

async fn an_account_that_was_raised(database: Database) {
    let raise =
        "UPDATE account SET level = 'STANDARD', confirmation = NULL WHERE account_id = 'acc-1'";
    let found = tampered(&database, &[raise]).await;
    assert_eq!(found, [fault("account", "acc-1", What::NotItsLeaf)]);
}

async fn an_account_without_its_evidence(database: Database) {
    let other = "UPDATE account SET confirmation = replace(confirmation, \
         (SELECT evidence_id FROM outcome WHERE decision = 'ACCEPTED'), 'none') \
         WHERE account_id = 'acc-1'";
    let found = tampered(&database, &[other]).await;
    assert_eq!(found, [fault("account", "acc-1", What::NotItsLeaf)]);
}

async fn a_node_that_was_edited(database: Database) {
    let edit = "UPDATE audit_node SET hash = (SELECT hash FROM audit_leaf WHERE sequence = 0)";
    let found = tampered(&database, &[edit]).await;
    assert_eq!(
        found,
        [fault(
            "audit_node",
            "4/0 (audit_leaf 0..15)",
            What::NotItsLeaves
        )]
    );
}

async fn an_older_copy(database: Database) {
    let daemon = filled(&database).await;
    let signed = Checkpoint {
        origin: "x".into(),
        size: 24,
        root: [7; 32],
    };
    let found = named(&daemon.store.check(&[signed]).await.unwrap());
    assert_eq!(found, [fault("checkpoint", "24", What::Shorter)]);
    daemon.stop().await;
}
