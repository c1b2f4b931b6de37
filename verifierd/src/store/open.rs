//! Opening the store: its folder, its lock, its keys, its schema.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use sqlx::{AnyConnection, Row as _};

use super::{
    Attempt, SqlStore,
    connect::{Target, unavailable},
    group::Queue,
    keys::{KeySource, Keys, KeysError},
    record::column,
    reseal::is_used,
    seal::{Place, Sealed},
    store_error,
};
use crate::{
    config::StoreConfig,
    service::ports::StoreError,
    shown::{both, named},
};

/// Who opens the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A daemon: the only one of an SQLite file. It makes what is not there.
    Daemon,
    /// A command beside the daemons: it makes no database and no keys.
    Tool,
}

impl From<KeysError> for StoreError {
    fn from(error: KeysError) -> Self {
        Self::NotOpened(error.to_string())
    }
}

impl SqlStore {
    /// Opens the store at `config` with the keys of `source`.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`] when another daemon has the file, the keys
    /// are not those of the database, or its schema is not of this version;
    /// [`StoreError::Unavailable`] when the database cannot be reached.
    pub async fn open(
        config: &StoreConfig,
        source: &KeySource,
        role: Role,
    ) -> Result<Self, StoreError> {
        let (target, keys, lock) = match config {
            StoreConfig::Sqlite(path) => {
                let lock = match role {
                    Role::Daemon => {
                        private_folder(path)?;
                        Some(Arc::new(lock(path)?))
                    }
                    Role::Tool => None,
                };
                let mode = match role {
                    Role::Daemon => "rwc",
                    Role::Tool => "rw",
                };
                let keys = keys_of_sqlite(path, source, role)?;
                (Target::sqlite(path, mode), keys, lock)
            }
            StoreConfig::Postgres(url) => {
                let keys = match source {
                    KeySource::Beside => return Err(KeysError::NotGiven.into()),
                    KeySource::File(path) => Keys::read(path)?,
                    KeySource::Text(text) => Keys::parse(text)?,
                };
                (Target::postgres(url), keys, None)
            }
        };
        target.migrate().await?;
        let store = Self {
            reader: target.pool().await?,
            queue: Arc::new(Queue::start(target)),
            keys,
            lock,
        };
        match store.check_keys().await {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// Founds an empty database with these keys, or sees that they are its own.
    async fn check_keys(&self) -> Result<(), StoreError> {
        let keys = self.keys.clone();
        let fresh = fresh_id()?;
        let checked = self.write(move |connection| {
            let (keys, fresh) = (keys.clone(), fresh.clone());
            Box::pin(async move { check(connection, &keys, &fresh).await })
        });
        checked.await.map_err(store_error)
    }
}

fn fresh_id() -> Result<String, StoreError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| KeysError::Random)?;
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    Ok(id.to_string())
}

/// Where `keys.toml` lies when nothing else is said.
pub fn keys_beside(path: &Path) -> PathBuf {
    path.with_file_name("keys.toml")
}

fn keys_of_sqlite(path: &Path, source: &KeySource, role: Role) -> Result<Keys, StoreError> {
    let beside = keys_beside(path);
    let exists = |path: &Path| {
        path.try_exists()
            .map_err(|error| StoreError::NotOpened(format!("{}: {}", named(path), both(&error))))
    };
    Ok(match source {
        KeySource::File(path) => Keys::read(path)?,
        KeySource::Text(text) => Keys::parse(text)?,
        KeySource::Beside if exists(&beside)? => Keys::found(&beside)?,
        // The keys are made before the database: it never was without them.
        KeySource::Beside if role == Role::Tool || exists(path)? => {
            return Err(KeysError::Missing(named(&beside)).into());
        }
        KeySource::Beside => Keys::found(&beside)?,
    })
}

/// Personal data lies in the folder: only its owner may enter.
fn private_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| StoreError::NotOpened(format!("{}: {}", named(folder), both(&error))))
}

/// Takes the lock of the database file, which the system gives back when the
/// daemon ends, however it ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let fault = |error: &std::io::Error| {
        StoreError::NotOpened(format!("{}: {}", named(&name), both(error)))
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(|error| fault(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let path = named(path);
            Err(StoreError::NotOpened(format!(
                "another daemon works on the database file {path}; stop it, name another file, or \
                 use PostgreSQL for several daemons / с файлом базы данных {path} уже работает \
                 другой сервис; остановите его, укажите другой файл или возьмите PostgreSQL для \
                 нескольких сервисов"
            )))
        }
        Err(TryLockError::Error(error)) => Err(fault(&error)),
    }
}

/// The keys are checked and kept in one transaction, in which no other daemon writes.
async fn check(connection: &mut AnyConnection, keys: &Keys, fresh: &str) -> Result<(), Attempt> {
    let row = sqlx::query("SELECT id, look_up_check FROM instance WHERE one = 1")
        .fetch_optional(&mut *connection)
        .await?;
    let id = match row {
        Some(row) => {
            let id: String = column(&row, "id")?;
            let kept: Vec<u8> = column(&row, "look_up_check")?;
            if kept != keys.digest("instance", &id) {
                return Err(not_its_own("look_up").into());
            }
            id
        }
        None => {
            sqlx::query("INSERT INTO instance (one, id, look_up_check) VALUES (1, $1, $2)")
                .bind(fresh.to_owned())
                .bind(keys.digest("instance", fresh).to_vec())
                .execute(&mut *connection)
                .await?;
            fresh.to_owned()
        }
    };
    let rows = sqlx::query("SELECT key_id, sealed FROM data_key ORDER BY key_id")
        .fetch_all(&mut *connection)
        .await?;
    let mut kept = Vec::new();
    for row in rows {
        let key_id: String = column(&row, "key_id")?;
        let octets: Vec<u8> = column(&row, "sealed")?;
        if keys.ids().any(|id| id == key_id) {
            let sealed = Sealed {
                key_id: key_id.clone(),
                octets,
            };
            let opened = keys.open(&place(&key_id), &sealed);
            if !opened.is_ok_and(|opened| *opened == id.as_bytes()) {
                return Err(not_its_own(&format!("data.{key_id}")).into());
            }
        } else if is_used(connection, &key_id).await? {
            return Err(StoreError::NotOpened(format!(
                "rows of the database are sealed with data key {key_id}, which is not in the key \
                 file; put it back / записи базы данных зашифрованы ключом данных {key_id}, \
                 которого нет в файле ключей; верните его"
            ))
            .into());
        }
        kept.push(key_id);
    }
    for key_id in keys.ids().filter(|id| !kept.iter().any(|kept| kept == id)) {
        let sealed = keys.seal_with(key_id, &place(key_id), id.as_bytes());
        sqlx::query("INSERT INTO data_key (key_id, sealed) VALUES ($1, $2)")
            .bind(key_id.to_owned())
            .bind(sealed.map_err(StoreError::from)?.octets)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn place(key: &str) -> Place<'_> {
    let table = "data_key";
    Place { table, key }
}

fn not_its_own(key: &str) -> StoreError {
    StoreError::NotOpened(format!(
        "key {key} of the key file is not the one that the database was founded with; give the \
         key file of this database / ключ {key} в файле ключей не тот, с которым создана база \
         данных; дайте файл ключей этой базы"
    ))
}

impl SqlStore {
    /// The installation's id: made when the database was.
    pub(super) async fn instance_id(&self) -> Result<String, StoreError> {
        let row = sqlx::query("SELECT id FROM instance WHERE one = 1")
            .fetch_one(&self.reader)
            .await
            .map_err(unavailable)?;
        row.try_get("id").map_err(unavailable)
    }
}
