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
    connect::{Access, Target, unavailable},
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
    /// A command beside the daemons that changes nothing: it makes nothing, leaves the schema as it is, and the
    /// database itself refuses to write.
    Reader,
}

impl Role {
    fn access(self) -> Access {
        match self {
            Self::Daemon => Access::Create,
            Self::Tool => Access::Write,
            Self::Reader => Access::Read,
        }
    }
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
                    Role::Tool | Role::Reader => None,
                };
                let keys = keys_of_sqlite(path, source, role)?;
                (Target::sqlite(path, role.access()), keys, lock)
            }
            StoreConfig::Postgres(url) => {
                let keys = match source {
                    KeySource::Beside => return Err(KeysError::NotGiven.into()),
                    KeySource::File(path) => Keys::read(path)?,
                    KeySource::Text(text) => Keys::parse(text)?,
                };
                (Target::postgres(url, role.access()), keys, None)
            }
        };
        target.migrate().await?;
        let store = Self {
            reader: target.pool().await?,
            queue: Arc::new(Queue::start(target)),
            keys,
            lock,
        };
        let checked = match role {
            Role::Daemon | Role::Tool => store.check_keys().await,
            Role::Reader => store.compare_keys().await,
        };
        match checked {
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

    /// Sees that the keys are the database's own.
    async fn compare_keys(&self) -> Result<(), StoreError> {
        let mut connection = self.reader.acquire().await.map_err(unavailable)?;
        let compared = match instance(&mut connection, &self.keys).await {
            Ok(Some(id)) => compare(&mut connection, &self.keys, &id).await.map(drop),
            Ok(None) => Err(StoreError::NotOpened(
                "no daemon has worked on this database yet; there is nothing to read: check which database is named / \
                 с этой базой данных ещё не работал ни один сервис, читать нечего; проверьте, та ли база указана"
                    .to_owned(),
            )
            .into()),
            Err(attempt) => Err(attempt),
        };
        compared.map_err(|attempt| match attempt {
            Attempt::Ended(error) => store_error(error),
            Attempt::Raced => StoreError::Corrupt("data_key"),
        })
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
        KeySource::Beside if exists(&beside)? => match role {
            Role::Daemon | Role::Tool => Keys::found(&beside)?,
            Role::Reader => Keys::read(&beside)?,
        },
        // The keys are made before the database: it never was without them.
        KeySource::Beside if role != Role::Daemon || exists(path)? => {
            return Err(KeysError::Missing(named(&beside)).into());
        }
        KeySource::Beside => Keys::found(&beside)?,
    })
}

/// Reads the keys, if they are there or must be; makes nothing. An SQLite database makes its own at the first start.
///
/// # Errors
/// What is wrong with them.
pub fn keys_given(config: &StoreConfig, source: &KeySource) -> Result<(), StoreError> {
    match (source, config) {
        (KeySource::File(path), _) => Keys::read(path)?,
        (KeySource::Text(text), _) => Keys::parse(text)?,
        (KeySource::Beside, StoreConfig::Postgres(_)) => return Err(KeysError::NotGiven.into()),
        (KeySource::Beside, StoreConfig::Sqlite(path)) => {
            if !path.exists() && !keys_beside(path).exists() {
                return Ok(());
            }
            keys_of_sqlite(path, source, Role::Reader)?
        }
    };
    Ok(())
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
    let id = match instance(connection, keys).await? {
        Some(id) => id,
        None => {
            sqlx::query("INSERT INTO instance (one, id, look_up_check) VALUES (1, $1, $2)")
                .bind(fresh.to_owned())
                .bind(keys.digest("instance", fresh).to_vec())
                .execute(&mut *connection)
                .await?;
            fresh.to_owned()
        }
    };
    let kept = compare(connection, keys, &id).await?;
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

/// The installation's id, once the look-up key is seen to be its own; none of an empty database.
async fn instance(connection: &mut AnyConnection, keys: &Keys) -> Result<Option<String>, Attempt> {
    let row = sqlx::query("SELECT id, look_up_check FROM instance WHERE one = 1")
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let id: String = column(&row, "id")?;
    let kept: Vec<u8> = column(&row, "look_up_check")?;
    match kept == keys.digest("instance", &id) {
        true => Ok(Some(id)),
        false => Err(not_its_own("look_up").into()),
    }
}

/// Compares the data keys with those of the database, which are answered.
async fn compare(
    connection: &mut AnyConnection,
    keys: &Keys,
    id: &str,
) -> Result<Vec<String>, Attempt> {
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
    Ok(kept)
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
