//! A database that is opened for reading only.

use std::{fs, path::PathBuf};

use verifierd::{
    config::StoreConfig,
    service::ports::{Store as _, StoreError, audit_log::AuditLog as _},
    store::{Role, SqlStore},
};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database},
};

on_both_databases! {
    a_reader_changes_nothing
    a_reader_works_beside_a_daemon
    another_schema_is_refused_and_left
    nothing_is_founded
}

async fn open(database: &Database, role: Role) -> Result<SqlStore, StoreError> {
    SqlStore::open(&database.config(), &database.keys(), role).await
}

fn file(database: &Database) -> Option<PathBuf> {
    match database.config() {
        StoreConfig::Sqlite(path) => Some(path),
        StoreConfig::Postgres(_) => None,
    }
}

async fn a_reader_changes_nothing(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-1").await;
    daemon.stop().await;
    let octets = || file(&database).map(|path| fs::read(path).unwrap());
    let before = octets();

    let reader = open(&database, Role::Reader).await.unwrap();
    let checked = reader.check(&[]).await.unwrap();
    assert!(checked.faults.is_empty());
    assert_eq!(checked.size, 1);
    let key = reader.log_key().await.unwrap().unwrap();
    // The database itself refuses: what a tool may do, a reader may not.
    let refused = reader.keep_log_key(&key).await.unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("can only be read"), "{said}");
    assert!(said.contains("доступна только для чтения"), "{said}");
    reader.close().await;
    assert_eq!(octets(), before);

    let tool = open(&database, Role::Tool).await.unwrap();
    assert_eq!(tool.keep_log_key(&key).await.unwrap(), key);
    tool.close().await;
    let daemon = Daemon::start(&database).await;
    daemon.register("acc-2").await;
    daemon.stop().await;
}

async fn a_reader_works_beside_a_daemon(database: Database) {
    let daemon = Daemon::start(&database).await;
    // What the daemon has written and not yet moved into the file stays where it is.
    daemon.register("acc").await;
    let files = file(&database).map(|path| [path.with_extension("sqlite-wal"), path]);
    let octets = || {
        files
            .clone()
            .map(|files| files.map(|it| fs::read(it).unwrap()))
    };
    let before = octets();
    let reader = open(&database, Role::Reader).await.unwrap();
    assert_eq!(reader.check(&[]).await.unwrap().size, 1);
    reader.close().await;
    assert!(octets() == before);

    let reader = open(&database, Role::Reader).await.unwrap();
    for n in 0..3 {
        daemon.register(&format!("acc-{n}")).await;
        assert_eq!(reader.tree_head().await.unwrap().size, n + 2);
        let checked = reader.check(&[]).await.unwrap();
        assert!(checked.faults.is_empty());
        assert_eq!(checked.size, n + 2);
    }
    reader.close().await;
    daemon.register("acc-3").await;
    daemon.stop().await;
}

const LAST: &str = "(SELECT MAX(version) FROM _sqlx_migrations)";
const COLUMNS: &str = "description, installed_on, success, checksum, execution_time";

/// Each state of the schema is made, refused in both languages, found as it was, and undone.
async fn another_schema_is_refused_and_left(database: Database) {
    Daemon::start(&database).await.stop().await;
    let hide = "CREATE TABLE hidden AS SELECT * FROM _sqlx_migrations";
    database.execute(hide).await.unwrap();
    let restore = format!(
        "DELETE FROM _sqlx_migrations; INSERT INTO _sqlx_migrations (version, {COLUMNS}) \
         SELECT version, {COLUMNS} FROM hidden"
    );
    for (change, en, ru) in [
        (
            format!("DELETE FROM _sqlx_migrations WHERE version = {LAST}"),
            "is older than this program",
            "старше этой программы",
        ),
        (
            "DELETE FROM _sqlx_migrations".to_owned(),
            "(schema 1 is not there)",
            "(нет схемы 1)",
        ),
        (
            format!(
                "INSERT INTO _sqlx_migrations (version, {COLUMNS}) \
                 SELECT 9999, {COLUMNS} FROM _sqlx_migrations WHERE version = 1"
            ),
            "(schema 9999 is not known here)",
            "(схема 9999 здесь не известна)",
        ),
        (
            "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM hidden WHERE version = 2) \
             WHERE version = 1"
                .to_owned(),
            "(schema 1 differs)",
            "(схема 1 не та)",
        ),
        (
            "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2".to_owned(),
            "schema 2 of the database was set up by half",
            "схема 2 базы данных создана наполовину",
        ),
    ] {
        database.execute_raw(&change).await;
        let steps = "SELECT COUNT(*) FROM _sqlx_migrations";
        let before = database.count(steps).await;
        let Err(StoreError::NotOpened(said)) = open(&database, Role::Reader).await else {
            panic!("{change}");
        };
        assert!(said.contains(en) && said.contains(ru), "{change}: {said}");
        assert_eq!(database.count(steps).await, before);
        database.execute_raw(&restore).await;
        let reader = open(&database, Role::Reader).await;
        reader.unwrap().close().await;
    }
    // A database that is none of the program's.
    let rename = "ALTER TABLE _sqlx_migrations RENAME TO _renamed";
    database.execute(rename).await.unwrap();
    let Err(StoreError::NotOpened(said)) = open(&database, Role::Reader).await else {
        panic!("opened without a schema");
    };
    assert!(said.contains("(schema 1 is not there)"), "{said}");
}

async fn nothing_is_founded(database: Database) {
    let refused = open(&database, Role::Reader).await;
    assert!(matches!(refused, Err(StoreError::NotOpened(_))));
    if let Some(path) = file(&database) {
        assert!(!path.parent().unwrap().exists());
    }
    // A schema without an installation: no daemon has worked on it.
    Daemon::start(&database).await.stop().await;
    database.execute("DELETE FROM data_key").await.unwrap();
    database.execute("DELETE FROM instance").await.unwrap();
    let Err(StoreError::NotOpened(said)) = open(&database, Role::Reader).await else {
        panic!("opened without an installation");
    };
    assert!(said.contains("no daemon has worked"), "{said}");
    assert_eq!(database.count("SELECT COUNT(*) FROM instance").await, 0);
}
