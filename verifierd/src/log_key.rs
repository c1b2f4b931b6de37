//! The signing key of the audit log: where it comes from and what is wrong with it.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use audit_log::{KeyFault, SigningKey};
use zeroize::Zeroizing;

use crate::{
    config::StoreConfig,
    service::ports::{StoreError, audit_log::AuditLog},
    shown::{both, named},
};

/// Octets that a key file may have.
const FILE: u64 = 4096;

/// Where the key is, and how the log is named.
#[derive(Clone, Default)]
pub struct LogConfig {
    /// Where the key is.
    pub key: LogKeySource,
    /// The name that the log must have; else a fresh one is named after the installation.
    pub origin: Option<String>,
}

/// Where the key is.
#[derive(Clone, Default)]
pub enum LogKeySource {
    /// `log.key` beside the SQLite database, made at its first start.
    #[default]
    Beside,
    /// A file.
    File(PathBuf),
    /// The text of a key file, from the environment.
    Text(Zeroizing<String>),
}

impl std::fmt::Debug for LogConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let source = match &self.key {
            LogKeySource::Beside => "beside",
            LogKeySource::File(_) => "file",
            LogKeySource::Text(_) => "text",
        };
        write!(f, "LogConfig({source}, {:?})", self.origin)
    }
}

/// Why there is no key. Quotes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogKeyError {
    /// The file cannot be read or written.
    #[error("log key {0}: {1}")]
    File(String, String),
    /// Others than its owner may read the file.
    #[error(
        "log key {0}: others may read it; allow its owner only: chmod 600 / ключ журнала {0}: его могут читать другие; \
         оставьте доступ только владельцу: chmod 600"
    )]
    Open(String),
    /// The text is no key.
    #[error(
        "log key: {0}; `verifierd audit key --new FILE` makes one / ключ журнала создаёт `verifierd audit key --new FILE`"
    )]
    Text(#[from] KeyFault),
    /// There is a log, and its key is gone.
    #[error(
        "log key {0} is missing and its log is not: restore the file from a backup; nothing else can sign this log / файла \
         ключа {0} нет, а его журнал есть: восстановите файл из копии; другим ключом этот журнал не подписать"
    )]
    Missing(String),
    /// PostgreSQL is shared by daemons, so that none may make a key of its own.
    #[error(
        "log key: PostgreSQL needs it given: `verifierd audit key --new FILE` makes one, name it as log.key in the \
         configuration or in VERIFIERD_LOG_KEY_FILE, the same for every daemon / для PostgreSQL ключ журнала надо задать: \
         создайте его командой `verifierd audit key --new FILE` и укажите в настройках, log.key, или в VERIFIERD_LOG_KEY_FILE, \
         один для всех"
    )]
    NotGiven,
    /// The log was founded with another key.
    #[error(
        "log key: this database's log is signed with another key, {0}; configure that one / журнал этой базы подписан \
         другим ключом, {0}; укажите его"
    )]
    Another(String),
    /// The database has no log yet, or its key was taken out of it.
    #[error(
        "log key: the database keeps no key of its log; start the daemon on it once; if it had one, restore the database from \
         a backup / в базе данных нет ключа её журнала; запустите на ней один раз сервис; если ключ был, восстановите базу из \
         копии"
    )]
    NoLog,
    /// The key is named otherwise than the configuration says.
    #[error(
        "log.origin: the key is named {0}; give that name or leave it out / ключ назван {0}; укажите это имя или уберите \
         параметр"
    )]
    Origin(String),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness / система не даёт случайных чисел")]
    Random,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> LogKeyError {
    move |error| LogKeyError::File(named(path), both(&error))
}

/// The name of a log whose configuration gives none.
#[must_use]
pub fn default_origin(instance: &str) -> String {
    format!("qes.audit/{instance}")
}

/// A name for the log of a key that is made before its installation.
///
/// # Errors
/// [`LogKeyError::Random`].
pub fn fresh_origin() -> Result<String, LogKeyError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| LogKeyError::Random)?;
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    Ok(default_origin(&id.to_string()))
}

impl LogConfig {
    /// Takes the key that the environment gives, if it gives one: a file or the text of one.
    #[allow(
        clippy::disallowed_methods,
        reason = "read once, with the configuration"
    )]
    pub(crate) fn look_around(&mut self) {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(path) = variable("VERIFIERD_LOG_KEY_FILE") {
            self.key = LogKeySource::File(path.into());
        } else if let Some(text) = variable("VERIFIERD_LOG_KEY") {
            self.key = LogKeySource::Text(text.into());
        }
    }

    /// The key of the log in `store`, which keeps its public part at its founding; installation `instance` names a fresh one.
    ///
    /// # Errors
    /// Why there is none, or why it is not this log's.
    pub async fn found(
        &self,
        database: &StoreConfig,
        store: &dyn AuditLog,
        instance: &str,
    ) -> Result<SigningKey, LogKeyError> {
        let fresh = self.origin.clone();
        let fresh = fresh.unwrap_or_else(|| default_origin(instance));
        let key = match (&self.key, database) {
            (LogKeySource::Beside, StoreConfig::Sqlite(path)) => {
                let path = path.with_file_name("log.key");
                let there = path.try_exists().map_err(file_error(&path))?;
                if !there {
                    if store.log_key().await?.is_some() {
                        return Err(LogKeyError::Missing(named(&path)));
                    }
                    make(&path, &fresh)?;
                }
                read(&path)?
            }
            _ => self.given(database)?,
        };
        self.check_origin(&key)?;
        let public = key.verifying_key().to_string();
        let kept = store.keep_log_key(&public).await?;
        match kept == public {
            true => Ok(key),
            false => Err(LogKeyError::Another(kept)),
        }
    }

    /// The key of the log in `store`, which is only read.
    ///
    /// # Errors
    /// Why there is none, or why it is not this log's.
    pub async fn of_log(
        &self,
        database: &StoreConfig,
        store: &dyn AuditLog,
    ) -> Result<SigningKey, LogKeyError> {
        let key = self.given(database)?;
        self.check_origin(&key)?;
        match store.log_key().await? {
            None => Err(LogKeyError::NoLog),
            Some(kept) if kept != key.verifying_key().to_string() => {
                Err(LogKeyError::Another(kept))
            }
            Some(_) => Ok(key),
        }
    }

    /// The key as it is, without asking or founding a log.
    ///
    /// # Errors
    /// Why there is none.
    pub fn given(&self, database: &StoreConfig) -> Result<SigningKey, LogKeyError> {
        match (&self.key, database) {
            (LogKeySource::File(path), _) => read(path),
            (LogKeySource::Text(text), _) => Ok(SigningKey::parse(text)?),
            (LogKeySource::Beside, StoreConfig::Sqlite(path)) => {
                read(&path.with_file_name("log.key"))
            }
            (LogKeySource::Beside, StoreConfig::Postgres(_)) => Err(LogKeyError::NotGiven),
        }
    }

    /// Reads the key, if there is one or must be one; an SQLite database makes its own at the first start.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, database: &StoreConfig) -> Result<(), LogKeyError> {
        if let (LogKeySource::Beside, StoreConfig::Sqlite(path)) = (&self.key, database) {
            let path = path.with_file_name("log.key");
            if !path.try_exists().map_err(file_error(&path))? {
                return Ok(());
            }
        }
        self.check_origin(&self.given(database)?)
    }

    fn check_origin(&self, key: &SigningKey) -> Result<(), LogKeyError> {
        let name = key.verifying_key().name();
        match &self.origin {
            Some(origin) if origin != name => Err(LogKeyError::Origin(name.to_owned())),
            _ => Ok(()),
        }
    }
}

/// Makes the file `path` with a fresh key named `origin`; leaves one that is there. It is whole and on disk before it is used.
///
/// # Errors
/// [`LogKeyError::File`], [`LogKeyError::Text`], [`LogKeyError::Random`].
pub fn make(path: &Path, origin: &str) -> Result<(), LogKeyError> {
    let fault = file_error(path);
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| LogKeyError::Random)?;
    let key = SigningKey::new(origin, &seed)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Of mode 0600, under another name until all of it is written.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(&fault)?;
    file.write_all(key.to_text().as_bytes()).map_err(&fault)?;
    file.write_all(b"\n").map_err(&fault)?;
    file.as_file().sync_all().map_err(&fault)?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(fault(error.error));
        }
        _ => {}
    }
    let folder = File::open(folder).and_then(|folder| folder.sync_all());
    folder.map_err(&fault)
}

fn read(path: &Path) -> Result<SigningKey, LogKeyError> {
    let fault = file_error(path);
    let file = File::open(path).map_err(&fault)?;
    if file.metadata().map_err(&fault)?.mode() & 0o077 != 0 {
        return Err(LogKeyError::Open(named(path)));
    }
    let mut text = Zeroizing::new(String::with_capacity(512));
    file.take(FILE).read_to_string(&mut text).map_err(&fault)?;
    Ok(SigningKey::parse(&text)?)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn a_fresh_key_is_its_owners_alone_and_stays() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key");
        make(&path, "example/log").unwrap();
        let key = read(&path).unwrap();
        assert_eq!(key.verifying_key().name(), "example/log");
        make(&path, "another/log").unwrap();
        assert_eq!(read(&path).unwrap().verifying_key(), key.verifying_key());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(LogKeyError::Open(_))));
    }

    #[test]
    fn a_key_that_is_none_is_not_quoted() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key");
        make(&path, "example/log").unwrap();
        let text = fs::read_to_string(&path)
            .unwrap()
            .replace("example", "exemple");
        fs::write(&path, &text).unwrap();
        let fault = read(&path).unwrap_err();
        assert_eq!(fault, LogKeyError::Text(KeyFault::Hash));
        assert!(!fault.to_string().contains(&text[30..50]));
        assert!(matches!(
            make(&path.join("x"), "a b"),
            Err(LogKeyError::Text(KeyFault::Name))
        ));
    }
}
