//! Connections to the two databases, and what can be said of their faults.

use std::{fmt::Write as _, path::Path, time::Duration};

use sqlx::{
    AnyConnection, AnyPool, Connection as _, Executor as _,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{MigrateError, Migrator},
};

use super::schema;
use crate::{service::ports::StoreError, shown::both};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(10);

/// Which database is behind the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// What may be done to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading and writing; a file that is not there is made.
    Create,
    /// Reading and writing what is there.
    Write,
    /// Reading: the engine itself refuses to write.
    Read,
}

/// Where the database is. The address may hold a password.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) engine: Engine,
    access: Access,
    url: String,
}

impl Target {
    /// The SQLite database in file `path`.
    pub(super) fn sqlite(path: &Path, access: Access) -> Self {
        let mode = match access {
            Access::Create => "rwc",
            Access::Write => "rw",
            Access::Read => "ro",
        };
        Self {
            engine: Engine::Sqlite,
            access,
            url: format!("sqlite://{}?mode={mode}", url_path(path)),
        }
    }

    /// The PostgreSQL database at `url`.
    pub(super) fn postgres(url: &str, access: Access) -> Self {
        Self {
            engine: Engine::Postgres,
            access,
            url: url.to_owned(),
        }
    }

    /// What every connection is told first.
    fn settings(&self) -> &'static str {
        match (self.engine, self.access) {
            (Engine::Sqlite, Access::Read) => "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000;",
            // FULL: an acknowledged answer is on disk.
            (Engine::Sqlite, _) => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;"
            }
            (Engine::Postgres, Access::Read) => {
                "SET default_transaction_read_only = on; SET lock_timeout = '10s'; \
                 SET statement_timeout = '30s'; \
                 SET idle_in_transaction_session_timeout = '20s';"
            }
            // A daemon that was stopped in a transaction holds up the others no longer than this.
            (Engine::Postgres, _) => {
                "SET synchronous_commit = on; SET lock_timeout = '10s'; \
                 SET statement_timeout = '30s'; \
                 SET idle_in_transaction_session_timeout = '20s';"
            }
        }
    }

    /// One connection.
    pub(super) async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        install_default_drivers();
        let connect = AnyConnection::connect(&self.url);
        let mut connection = tokio::time::timeout(CONNECT, connect)
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        connection.execute(sqlx::raw_sql(self.settings())).await?;
        Ok(connection)
    }

    /// Several connections, for reading.
    pub(super) async fn pool(&self) -> Result<AnyPool, StoreError> {
        install_default_drivers();
        let settings = self.settings();
        AnyPoolOptions::new()
            .max_connections(match self.engine {
                Engine::Sqlite => 4,
                Engine::Postgres => 16,
            })
            .acquire_timeout(CONNECT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(sqlx::raw_sql(settings)).await?;
                    Ok(())
                })
            })
            .connect(&self.url)
            .await
            .map_err(unavailable)
    }

    /// Brings the schema to this version. Each step is one transaction: one
    /// that fails leaves nothing, and is taken again at the next start.
    /// Whoever may only read sees that it is of this version.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        let connection = self.connect().await;
        let mut connection = connection.map_err(|error| match error {
            sqlx::Error::Configuration(_) => StoreError::NotOpened(
                "store.postgres: the address of the database cannot be read; give \
                 postgres://USER@HOST/DATABASE / адрес базы данных не читается; укажите \
                 postgres://USER@HOST/DATABASE"
                    .to_owned(),
            ),
            error => unavailable(error),
        })?;
        let migrator = match self.engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        };
        let done = match self.access {
            Access::Read => schema::check(&mut connection, migrator).await,
            Access::Create | Access::Write => {
                migrator.run(&mut connection).await.map_err(migration)
            }
        };
        // Whatever closing says, the steps are there or not.
        let _ = connection.close().await;
        done
    }
}

/// What can be said of a database error without repeating a stored value.
pub(super) fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(said(&error))
}

fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => match database.code() {
            Some(code) => of_code(&code),
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
    }
}

/// Faults that an operator can do something about, by SQLite's result code
/// (its low octet is the kind) or PostgreSQL's SQLSTATE.
fn of_code(code: &str) -> String {
    let kind = code.parse::<u32>().ok().filter(|_| code.len() < 5);
    let text = match (kind.map(|code| code & 0xff), code) {
        (Some(5 | 6), _) => {
            "another program holds the database file locked; close it / другая программа держит \
             файл базы данных заблокированным; закройте её"
        }
        (Some(8), _) | (_, "25006") => {
            "the database can only be read; allow writing / база данных доступна только для \
             чтения; разрешите запись"
        }
        (Some(13), _) | (_, "53100") => {
            "there is no space on the disk; free some / на диске нет места; освободите его"
        }
        (Some(10), _) | (_, "58030") => "the disk failed; check it / ошибка диска; проверьте его",
        (Some(11 | 26), _) | (_, "XX001" | "XX002") => {
            "the database file is damaged; restore it from a backup / файл базы данных \
             повреждён; восстановите его из копии"
        }
        (Some(14), _) => {
            "the database file cannot be opened; check that it is there and who may use it / файл \
             базы данных не открывается; проверьте, что он есть и кому доступен"
        }
        (_, "57P01" | "57P02" | "57P03" | "08006" | "08003" | "25P03") => {
            "the server cut the connection / сервер разорвал соединение"
        }
        (_, "55P03" | "57014") => {
            "another daemon did not finish its writing in time / другой сервис слишком долго не \
             завершал запись"
        }
        (_, "53300") => {
            "the server has no connection left; allow more / у сервера кончились соединения; \
             разрешите больше"
        }
        _ => return format!("database error {code} / ошибка базы данных {code}"),
    };
    format!("{text} ({code})")
}

/// Whether the connection is gone, and another one may do.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            matches!(&*code, "57P01" | "57P02" | "57P03" | "25P03") || code.starts_with("08")
        }),
        _ => false,
    }
}

fn migration(error: MigrateError) -> StoreError {
    StoreError::NotOpened(match error {
        MigrateError::Execute(error) => return unavailable(error),
        MigrateError::ExecuteMigration(error, version) => {
            let said = said(&error);
            format!(
                "schema {version} of the database could not be set up, and nothing of it was \
                 kept; correct the cause and start again / схему {version} базы данных не удалось \
                 создать, от неё ничего не осталось; устраните причину и запустите снова: {said}"
            )
        }
        MigrateError::VersionMismatch(version) => format!(
            "the database was made by another version of the program (schema {version} differs); \
             use that version, or begin with a new database: name a file in another folder, or \
             remove the folder var / базу данных создала другая версия программы (схема \
             {version} не та); запустите ту версию или начните с новой базы: укажите файл в \
             другом каталоге или удалите каталог var"
        ),
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => format!(
            "the database was made by a newer version of the program (schema {version} is not \
             known here); use that version / базу данных создала более новая версия программы \
             (схема {version} здесь не известна); запустите ту версию"
        ),
        MigrateError::Dirty(version) => format!(
            "schema {version} of the database was set up by half; restore the database from a \
             backup / схема {version} базы данных создана наполовину; восстановите базу из копии"
        ),
        _ => "the schema of the database cannot be read; restore it from a backup / схема базы \
              данных не читается; восстановите её из копии"
            .to_owned(),
    })
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
