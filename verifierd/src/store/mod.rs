//! The store: SQLite for one machine, PostgreSQL for more, one set of
//! statements for both.

mod events;
pub mod keys;
mod log;
mod postal_code;
mod proofs;
mod record;
pub mod seal;
mod sign_in;
mod write;

use std::{fmt::Write as _, path::Path, pin::Pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Any, AnyConnection, AnyPool, Executor as _, Row as _, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    error::ErrorKind,
    migrate::Migrator,
};

use crate::{
    domain::{
        account::Account,
        ids::{AccountId, ApplicationId},
        time::UnixSeconds,
    },
    service::{
        change::{Filed, Snapshot, Subject, TreeHead},
        ports::{Conflict, Decide, Store, StoreError, TransactError},
    },
    shown::both,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How often a transaction is tried when another writer was faster.
const TRIES: usize = 8;

/// Which database is behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// The store over SQL.
#[derive(Clone, Debug)]
pub struct SqlStore {
    engine: Engine,
    reader: AnyPool,
    /// SQLite writes through one connection: writers queue here, not on a
    /// busy database.
    writer: AnyPool,
}

impl SqlStore {
    /// Opens the SQLite database in file `path`, creating it and its folder.
    ///
    /// # Errors
    /// When the folder or the database cannot be opened or brought to this
    /// version.
    pub async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            create_private_folder(folder).map_err(|e| StoreError::Unavailable(both(&e)))?;
        }
        let url = format!("sqlite://{}?mode=rwc", url_path(path));
        let writer = connect(Engine::Sqlite, &url, 1).await?;
        SQLITE.run(&writer).await.map_err(migration)?;
        let reader = connect(Engine::Sqlite, &url, 4).await?;
        Ok(Self {
            engine: Engine::Sqlite,
            reader,
            writer,
        })
    }

    /// Opens the PostgreSQL database at `url`.
    ///
    /// # Errors
    /// When it cannot be reached or brought to this version.
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let pool = connect(Engine::Postgres, url, 16).await?;
        POSTGRES.run(&pool).await.map_err(migration)?;
        Ok(Self {
            engine: Engine::Postgres,
            reader: pool.clone(),
            writer: pool,
        })
    }

    /// Closes every connection; what was answered is on disk already.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        let mut transaction = self.writer.begin_with(begin).await.map_err(unavailable)?;
        // The head of the log first, always: writers of every daemon take
        // turns, and no two of them wait for each other.
        if self.engine == Engine::Postgres {
            sqlx::query("SELECT size FROM audit_head WHERE one = 1 FOR UPDATE")
                .fetch_one(&mut *transaction)
                .await
                .map_err(unavailable)?;
        }
        Ok(transaction)
    }

    /// Runs `job` in a transaction, in which nobody else writes, and answers
    /// when what it wrote is on disk. The one way to write.
    ///
    /// `job` may be run again when another writer was faster; an error of it
    /// leaves nothing written.
    async fn write<T: Send + 'static>(
        &self,
        job: impl for<'c> Fn(&'c mut AnyConnection) -> Unit<'c, T> + Send + Sync + 'static,
    ) -> Result<T, TransactError> {
        for _ in 0..TRIES {
            match self.try_write(&job).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Ended(error)) => return Err(error),
                Err(Attempt::Raced) => {}
            }
        }
        Err(StoreError::Unavailable(
            "other writers were faster / другие записали раньше".to_owned(),
        )
        .into())
    }

    async fn try_write<T>(
        &self,
        job: &(impl for<'c> Fn(&'c mut AnyConnection) -> Unit<'c, T> + Sync),
    ) -> Result<T, Attempt> {
        let mut transaction = self.begin().await?;
        let answer = job(&mut transaction).await?;
        transaction.commit().await?;
        Ok(answer)
    }
}

/// What a job of [`SqlStore::write`] does.
type Unit<'c, T> = Pin<Box<dyn Future<Output = Result<T, Attempt>> + Send + 'c>>;

/// Reads the subject, asks `decide`, writes what it answers.
async fn transact(
    connection: &mut AnyConnection,
    subject: &Subject,
    decide: &Decide,
) -> Result<Snapshot, Attempt> {
    let before = snapshot(connection, subject).await?;
    let change = decide(&before).map_err(TransactError::Refused)?;
    if change.is_empty() {
        return Ok(before);
    }
    write::apply(connection, &before, &change).await?;
    let issued = change
        .application
        .as_ref()
        .map(|application| application.id);
    let after = Subject {
        account: subject.account.clone(),
        application: subject.application.or(issued),
    };
    Ok(snapshot(connection, &after).await?)
}

/// Why one attempt at a transaction wrote nothing.
enum Attempt {
    /// Another writer was faster; trying again is right.
    Raced,
    Ended(TransactError),
}

impl From<TransactError> for Attempt {
    fn from(error: TransactError) -> Self {
        Self::Ended(error)
    }
}

impl From<StoreError> for Attempt {
    fn from(error: StoreError) -> Self {
        Self::Ended(error.into())
    }
}

/// A serialization failure or a deadlock of PostgreSQL.
const RACES: [&str; 2] = ["40001", "40P01"];

impl From<sqlx::Error> for Attempt {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return unavailable(error).into();
        };
        if database.code().is_some_and(|code| RACES.contains(&&*code)) {
            return Self::Raced;
        }
        if database.kind() != ErrorKind::UniqueViolation {
            return unavailable(error).into();
        }
        let message = database.message();
        let names = |name: &str| message.contains(name);
        if names("account_snils") || names("account.snils") {
            return TransactError::Conflict(Conflict::Snils).into();
        }
        if ["phone", "email"].into_iter().any(names) {
            return TransactError::Conflict(Conflict::Contact).into();
        }
        Self::Raced
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        account(&mut connection, id).await
    }

    async fn application(&self, id: &ApplicationId) -> Result<Option<Filed>, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        filed(&mut connection, id).await
    }

    async fn failed_tries(
        &self,
        account: &AccountId,
        since: UnixSeconds,
    ) -> Result<Vec<UnixSeconds>, StoreError> {
        let rows =
            sqlx::query("SELECT at FROM failed_try WHERE account_id = $1 AND at > $2 ORDER BY at")
                .bind(account.as_str())
                .bind(since.seconds())
                .fetch_all(&self.reader)
                .await
                .map_err(unavailable)?;
        let at = |row: &sqlx::any::AnyRow| row.try_get("at").map(UnixSeconds::new);
        rows.iter()
            .map(at)
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    async fn decided_another(
        &self,
        account: &AccountId,
        application: &ApplicationId,
        signature_sha256: &[u8; 32],
    ) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT outcome.application_id FROM outcome \
             JOIN application ON application.application_id = outcome.application_id \
             WHERE application.account_id = $1 AND outcome.application_id <> $2 \
             AND outcome.signature_sha256 = $3",
        )
        .bind(account.as_str())
        .bind(application.to_string())
        .bind(signature_sha256.to_vec())
        .fetch_optional(&self.reader)
        .await
        .map_err(unavailable)?;
        Ok(found.is_some())
    }

    async fn transact(&self, subject: &Subject, decide: Decide) -> Result<Snapshot, TransactError> {
        let subject = subject.clone();
        self.write(move |connection| {
            let (subject, decide) = (subject.clone(), Arc::clone(&decide));
            Box::pin(async move { transact(connection, &subject, &decide).await })
        })
        .await
    }

    async fn tree_head(&self) -> Result<TreeHead, StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let frontier = log::frontier(&mut connection).await?;
        Ok(TreeHead {
            size: frontier.size(),
            root: frontier.root(),
        })
    }

    async fn instance(&self, fresh: &str) -> Result<String, StoreError> {
        sqlx::query("INSERT INTO instance (one, id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING")
            .bind(fresh)
            .execute(&self.writer)
            .await
            .map_err(unavailable)?;
        let row = sqlx::query("SELECT id FROM instance WHERE one = 1")
            .fetch_one(&self.writer)
            .await
            .map_err(unavailable)?;
        row.try_get("id").map_err(unavailable)
    }
}

async fn snapshot(
    connection: &mut AnyConnection,
    subject: &Subject,
) -> Result<Snapshot, StoreError> {
    let account = account(connection, &subject.account).await?;
    let filed = match &subject.application {
        Some(id) => filed(connection, id).await?,
        None => None,
    };
    Ok(Snapshot { account, filed })
}

async fn account(
    connection: &mut AnyConnection,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(
        "SELECT account_id, surname, given_name, phone, email, registered_at, level, blocked, \
         claims, registry_check, confirmation FROM account WHERE account_id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    row.as_ref().map(record::account).transpose()
}

async fn filed(
    connection: &mut AnyConnection,
    id: &ApplicationId,
) -> Result<Option<Filed>, StoreError> {
    let row = sqlx::query(
        "SELECT application_id, account_id, channel, audience, issued_at, expires_at, \
         cancelled_at, content FROM application WHERE application_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *connection)
    .await
    .map_err(unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let application = record::application(&row)?;
    let row = sqlx::query(
        "SELECT o.decision, o.reasons, o.evidence_id, o.signature_sha256, o.decided_at, \
         o.retry_at, o.audit_sequence, e.report, l.hash FROM outcome o \
         JOIN evidence e ON e.evidence_id = o.evidence_id \
         JOIN audit_leaf l ON l.sequence = o.audit_sequence WHERE o.application_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(unavailable)?;
    Ok(Some(Filed {
        application,
        outcome: row.as_ref().map(record::outcome).transpose()?,
    }))
}

async fn connect(engine: Engine, url: &str, connections: u32) -> Result<AnyPool, StoreError> {
    install_default_drivers();
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if engine == Engine::Sqlite {
                    // FULL: an acknowledged answer is on disk.
                    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                         PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000;";
                    connection.execute(sqlx::raw_sql(settings)).await?;
                }
                Ok(())
            })
        })
        .connect(url)
        .await
        .map_err(unavailable)
}

/// What can be said of a database error without repeating a stored value.
fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(match &error {
        sqlx::Error::Database(database) => match database.code() {
            Some(code) => format!("database error {code} / ошибка базы данных {code}"),
            None => "database error / ошибка базы данных".to_owned(),
        },
        sqlx::Error::Io(error) => both(error),
        sqlx::Error::PoolTimedOut => {
            "no connection became free / нет свободного соединения".to_owned()
        }
        sqlx::Error::PoolClosed => "it is closed / она закрыта".to_owned(),
        sqlx::Error::Configuration(_) => {
            "its address cannot be read / её адрес не читается".to_owned()
        }
        _ => "it gave an unexpected answer / ответ не тот, что ожидался".to_owned(),
    })
}

fn migration(error: sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Unavailable(match error {
        sqlx::migrate::MigrateError::Execute(error) => return unavailable(error),
        sqlx::migrate::MigrateError::VersionMissing(version)
        | sqlx::migrate::MigrateError::VersionMismatch(version)
        | sqlx::migrate::MigrateError::VersionTooNew(version, _) => {
            format!(
                "its schema {version} is not of this version of the program / схема {version} не этой версии программы"
            )
        }
        _ => "its schema cannot be brought to this version / схему не привести к этой версии"
            .to_owned(),
    })
}

/// Personal data lies in the folder: only its owner may enter.
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// The path as part of a URL.
fn url_path(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut url = String::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => url.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(*byte)),
            byte => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}
