//! Faults of the database: a clear answer, nothing by half, recovery without hands.

use std::{
    future::poll_fn,
    path::{Path, PathBuf},
    pin::Pin,
    process::Command,
    sync::Arc,
    task::Poll,
};

use sqlx::{AnyPool, Executor as _, Row as _};
use tonic::{Code, Status};
use verifierd::{
    config::StoreConfig,
    domain::{
        account::{Account, RawRegistration, Registration},
        ids::AccountId,
        reason::Reason,
        time::UnixSeconds,
    },
    service::{
        change::{Change, Counted, Event, EventAccount, EventKind, Snapshot, Subject},
        ports::{Store as _, StoreError, TransactError},
    },
    store::{Role, SqlStore},
};

use crate::{
    on_both_databases, on_postgres,
    support::{Daemon, NOW, database::Database, person, reason},
};

on_both_databases! {
    what_waits_is_written_by_one_commit
    a_commit_that_fails_acknowledges_nothing
    a_job_that_panics_takes_nobody_with_it
    a_daemon_that_stops_writes_what_waits
    a_locked_database_is_waited_for_and_told
    a_migration_that_fails_leaves_nothing
    a_schema_of_another_version_is_told
    a_broken_head_of_the_log_stops_writing_only
}

on_postgres! { connections:
    cut_connections_are_replaced
    a_connection_cut_while_it_writes
}

fn unavailable() -> (Code, String) {
    (Code::Unavailable, "STORE_UNAVAILABLE".to_owned())
}

async fn register(daemon: &Daemon, id: &str) -> Result<(), Status> {
    let request = person::registration(id);
    let answer = daemon.accounts.clone().register_account(request).await;
    answer.map(drop)
}

/// Every leaf has its event, and the head of the log counts them.
async fn assert_whole(database: &Database, accounts: i64) {
    for (what, sql) in [
        ("accounts", "SELECT COUNT(*) FROM account"),
        ("leaves", "SELECT COUNT(*) FROM audit_leaf"),
        ("events", "SELECT COUNT(*) FROM event"),
        ("head", "SELECT size FROM audit_head"),
    ] {
        assert_eq!(database.count(sql).await, accounts, "{what}");
    }
}

type Writing<'a> = Pin<Box<dyn Future<Output = Result<Snapshot, TransactError>> + Send + 'a>>;

/// The registration of account `id`, straight to the store.
fn writing<'a>(store: &'a SqlStore, id: &str) -> Writing<'a> {
    let id = AccountId::parse(id).unwrap();
    Box::pin(async move {
        let subject = Subject {
            account: id.clone(),
            application: None,
            counted: Counted::Nothing,
        };
        let decide = move |before: &Snapshot| {
            if before.account.is_some() {
                return Err(Reason::AccountExists.into());
            }
            assert!(id.as_str() != "panics", "on purpose");
            let at = UnixSeconds::new(NOW);
            let registration = Registration::parse(&RawRegistration {
                surname: "Семёнова",
                given_name: "Анна",
                phone: "",
                email: &format!("{}@example.org", id.as_str()),
            });
            let account = Account::register(id.clone(), registration.unwrap(), at);
            Ok(Change {
                events: vec![Event {
                    kind: EventKind::AccountRegistered,
                    at,
                    account: Some(EventAccount {
                        id: id.clone(),
                        level: account.level,
                    }),
                    application_id: None,
                    object: None,
                    evidence: None,
                    signature_sha256: None,
                    confirmation: None,
                    row: None,
                    reasons: Vec::new(),
                }],
                account: Some(account),
                ..Change::default()
            })
        };
        store.transact(&subject, Arc::new(decide)).await
    })
}

/// Puts every job into the queue.
async fn queue(all: &mut [Writing<'_>]) {
    poll_fn(|context| {
        for writing in &mut *all {
            assert!(writing.as_mut().poll(context).is_pending());
        }
        Poll::Ready(())
    })
    .await;
}

/// Keeps every daemon from writing until it is dropped or ended.
struct Held {
    connection: sqlx::pool::PoolConnection<sqlx::Any>,
    pool: AnyPool,
}

impl Held {
    async fn new(database: &Database) -> Self {
        let pool = database.pool().await;
        let mut connection = pool.acquire().await.unwrap();
        let hold = match database.config() {
            StoreConfig::Sqlite(_) => "BEGIN IMMEDIATE",
            StoreConfig::Postgres(_) => "BEGIN; SELECT size FROM audit_head FOR UPDATE",
        };
        connection.execute(sqlx::raw_sql(hold)).await.unwrap();
        Self { connection, pool }
    }

    async fn end(mut self) {
        let end = sqlx::raw_sql("ROLLBACK");
        self.connection.execute(end).await.unwrap();
        drop(self.connection);
        self.pool.close().await;
    }
}

async fn open(database: &Database) -> Result<SqlStore, StoreError> {
    SqlStore::open(&database.config(), &database.keys(), Role::Daemon).await
}

async fn what_waits_is_written_by_one_commit(database: Database) {
    let store = open(&database).await.unwrap();
    let before = store.written();
    let held = Held::new(&database).await;
    let mut all: Vec<_> = (0..100)
        .map(|n| writing(&store, &format!("acc-{n}")))
        .collect();
    queue(&mut all).await;
    held.end().await;
    for writing in all {
        assert!(writing.await.unwrap().account.is_some());
    }
    let after = store.written();
    assert_eq!(after.jobs - before.jobs, 100);
    assert_eq!(after.commits - before.commits, 1);
    assert_whole(&database, 100).await;
    // One refused among them leaves the others as they are.
    let held = Held::new(&database).await;
    let mut all: Vec<_> = ["acc-0", "acc-100", "acc-0", "acc-101"]
        .map(|id| writing(&store, id))
        .into();
    queue(&mut all).await;
    held.end().await;
    let mut answers = Vec::new();
    for writing in all {
        answers.push(writing.await.is_ok());
    }
    assert_eq!(answers, [false, true, false, true]);
    assert_whole(&database, 102).await;
    store.close().await;
}

async fn a_commit_that_fails_acknowledges_nothing(database: Database) {
    let store = open(&database).await.unwrap();
    // Checked at the commit, not before.
    let poison: &[&str] = match database.config() {
        StoreConfig::Sqlite(_) => &[
            "CREATE TABLE whole (id TEXT PRIMARY KEY)",
            "CREATE TABLE part (id TEXT REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TRIGGER poison AFTER INSERT ON account WHEN NEW.account_id = 'poison' \
             BEGIN INSERT INTO part VALUES ('x'); END",
        ],
        StoreConfig::Postgres(_) => &[
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'no'; END; $$",
            "CREATE CONSTRAINT TRIGGER poison AFTER INSERT ON account DEFERRABLE \
             INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account_id = 'poison') \
             EXECUTE FUNCTION poison()",
        ],
    };
    for statement in poison {
        database.execute(statement).await.unwrap();
    }
    let before = store.written();
    let held = Held::new(&database).await;
    let mut all: Vec<_> = ["acc-1", "poison", "acc-2"]
        .map(|id| writing(&store, id))
        .into();
    queue(&mut all).await;
    held.end().await;
    for writing in all {
        let Err(TransactError::Store(StoreError::Unavailable(_))) = writing.await else {
            panic!("acknowledged");
        };
    }
    assert_eq!(store.written(), before);
    assert_whole(&database, 0).await;
    writing(&store, "acc-1").await.unwrap();
    assert_whole(&database, 1).await;
    store.close().await;
}

async fn a_job_that_panics_takes_nobody_with_it(database: Database) {
    let store = open(&database).await.unwrap();
    let held = Held::new(&database).await;
    let mut all: Vec<_> = ["acc-1", "panics", "acc-2"]
        .map(|id| writing(&store, id))
        .into();
    queue(&mut all).await;
    held.end().await;
    let mut answers = Vec::new();
    for writing in all {
        answers.push(writing.await.is_ok());
    }
    assert_eq!(answers, [true, false, true]);
    assert_whole(&database, 2).await;
    store.close().await;
}

async fn a_daemon_that_stops_writes_what_waits(database: Database) {
    let store = open(&database).await.unwrap();
    let held = Held::new(&database).await;
    let mut all: Vec<_> = (0..20)
        .map(|n| writing(&store, &format!("acc-{n}")))
        .collect();
    queue(&mut all).await;
    let closed = store.close();
    tokio::join!(closed, held.end());
    for writing in all {
        writing.await.unwrap();
    }
    let late = writing(&store, "late").await;
    assert!(matches!(
        late,
        Err(TransactError::Store(StoreError::Unavailable(_)))
    ));
    assert_whole(&database, 20).await;
}

async fn a_locked_database_is_waited_for_and_told(database: Database) {
    let daemon = Daemon::start(&database).await;
    register(&daemon, "acc-1").await.unwrap();
    let held = Held::new(&database).await;
    let error = register(&daemon, "acc-2").await.unwrap_err();
    assert_eq!(reason(&error), unavailable());
    // Reading goes on meanwhile.
    daemon.account("acc-1").await;
    held.end().await;
    register(&daemon, "acc-2").await.unwrap();
    assert_whole(&database, 2).await;
    daemon.stop().await;
}

async fn a_migration_that_fails_leaves_nothing(database: Database) {
    let pool = match database.config() {
        StoreConfig::Sqlite(path) => {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(&path).unwrap();
            let keys = verifierd::store::keys_beside(&path);
            verifierd::store::keys::Keys::found(&keys).unwrap();
            database.pool().await
        }
        StoreConfig::Postgres(_) => database.pool().await,
    };
    // In the way of a table of the schema.
    pool.execute("CREATE TABLE evidence (x TEXT)")
        .await
        .unwrap();
    let Err(StoreError::NotOpened(said)) = open(&database).await else {
        panic!("opened");
    };
    assert!(
        said.contains("schema 1") && said.contains("схему 1"),
        "{said}"
    );
    assert!(pool.execute("SELECT 1 FROM account").await.is_err());
    pool.execute("DROP TABLE evidence").await.unwrap();
    pool.close().await;
    let store = open(&database).await.unwrap();
    writing(&store, "acc-1").await.unwrap();
    store.close().await;
}

async fn a_schema_of_another_version_is_told(database: Database) {
    open(&database).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                 execution_time) SELECT 9999, description, success, checksum, execution_time \
                 FROM _sqlx_migrations WHERE version = 1";
    let older = "UPDATE _sqlx_migrations SET checksum = \
                 (SELECT checksum FROM _sqlx_migrations WHERE version <> 1 \
                 ORDER BY version LIMIT 1) WHERE version = 1";
    for (change, undo, words) in [
        (
            newer,
            "DELETE FROM _sqlx_migrations WHERE version = 9999",
            "newer version",
        ),
        (older, "", "another version"),
    ] {
        database.execute(change).await.unwrap();
        let Err(StoreError::NotOpened(said)) = open(&database).await else {
            panic!("opened");
        };
        assert!(said.contains(words) && said.contains(" / "), "{said}");
        if !undo.is_empty() {
            database.execute(undo).await.unwrap();
            open(&database).await.unwrap().close().await;
        }
    }
}

async fn a_broken_head_of_the_log_stops_writing_only(database: Database) {
    let daemon = Daemon::start(&database).await;
    register(&daemon, "acc-1").await.unwrap();
    let broken = "UPDATE audit_head SET frontier = ''";
    database.execute(broken).await.unwrap();
    let error = register(&daemon, "acc-2").await.unwrap_err();
    assert_eq!(reason(&error), (Code::Internal, "INTERNAL".to_owned()));
    daemon.account("acc-1").await;
    // The only leaf is the only peak.
    let mended = "UPDATE audit_head SET frontier = (SELECT hash FROM audit_leaf)";
    database.execute(mended).await.unwrap();
    register(&daemon, "acc-2").await.unwrap();
    assert_whole(&database, 2).await;
    daemon.stop().await;
}

const CUT: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn cut_connections_are_replaced(database: Database) {
    let daemon = Daemon::start(&database).await;
    for n in 0..3 {
        let id = format!("acc-{n}");
        register(&daemon, &id).await.unwrap();
        assert!(database.count(CUT).await > 0);
        daemon.account(&id).await;
    }
    assert_whole(&database, 3).await;
    daemon.stop().await;
}

/// Waits until a writer waits for the head of the log, and cuts its connection.
async fn cut_writer(pool: &AnyPool) {
    let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let row = sqlx::query(cut).fetch_one(pool).await.unwrap();
        if row.get::<i64, _>(0) == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn a_connection_cut_while_it_writes(database: Database) {
    let store = open(&database).await.unwrap();
    let pool = database.pool().await;
    // Once: the jobs are run over another connection.
    let held = Held::new(&database).await;
    let mut all = vec![writing(&store, "acc-1"), writing(&store, "acc-2")];
    queue(&mut all).await;
    cut_writer(&pool).await;
    held.end().await;
    for writing in all {
        writing.await.unwrap();
    }
    assert_whole(&database, 2).await;
    // Twice: the jobs are told, and nothing is written.
    let held = Held::new(&database).await;
    let mut all = vec![writing(&store, "acc-3"), writing(&store, "acc-4")];
    queue(&mut all).await;
    cut_writer(&pool).await;
    cut_writer(&pool).await;
    for writing in all {
        let answer = writing.await;
        let lost = matches!(
            answer,
            Err(TransactError::Store(StoreError::Unavailable(_)))
        );
        assert!(lost);
    }
    held.end().await;
    assert_whole(&database, 2).await;
    writing(&store, "acc-3").await.unwrap();
    assert_whole(&database, 3).await;
    pool.close().await;
    store.close().await;
}

/// A file system of a few megabytes in memory; removed with the value.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let option = format!("size={size},mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &option, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted
            .is_ok_and(|it| it.status.success())
            .then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the space that is left.
    fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let ballast = self.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        for octets in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![7; octets]).is_ok() {}
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_writing_goes_on_when_there_is_space() {
    let Some(disk) = SmallDisk::new("12m") else {
        // Mounting is for the superuser. Where every test must run, this one must.
        let skipped = "NOT TESTED: a full disk; run as root to mount a small tmpfs";
        assert!(option_env!("CI").is_none(), "{skipped}");
        eprintln!("{skipped}");
        return;
    };
    let database = Database::sqlite_in(&disk.path().join("store"));
    let daemon = Daemon::start(&database).await;
    register(&daemon, "acc-0").await.unwrap();
    for round in 0..2 {
        let ballast = disk.fill();
        let mut written = database.count("SELECT COUNT(*) FROM account").await;
        // What is allocated already may be used up first.
        let error = loop {
            match register(&daemon, &format!("acc-{written}")).await {
                Ok(()) => written += 1,
                Err(error) => break error,
            }
            assert!(written < 5000, "the disk is not full");
        };
        assert_eq!(reason(&error), unavailable(), "round {round}");
        daemon.account("acc-0").await;
        std::fs::remove_file(ballast).unwrap();
        assert_whole(&database, written).await;
        register(&daemon, &format!("acc-{written}")).await.unwrap();
        assert_whole(&database, written + 1).await;
    }
    daemon.stop().await;
}
