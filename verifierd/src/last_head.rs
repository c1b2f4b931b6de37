//! The file beside the log key with the last head that was vouched for. A copy of the database does not hold it, so
//! that an older copy that is put back is noticed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use audit_log::MOST_NOTE;

use crate::{
    config::StoreConfig,
    log_key::{LogConfig, LogKeySource},
    service::ports::kept_head::{Held, KeptHead, NotKept},
    shown::{both, named},
};

/// The place of the last head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastHead {
    /// This file; its lock is beside it.
    File(PathBuf),
    /// Nowhere: a key without a file, over a database without one. What this process signed it knows all the same.
    Nowhere,
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

impl LastHead {
    /// Where it is for this key and this database.
    pub fn of(log: &LogConfig, database: &StoreConfig) -> Self {
        match (&log.key, database) {
            (LogKeySource::File(path), _) => Self::File(beside(path, ".last")),
            (_, StoreConfig::Sqlite(path)) => {
                Self::File(beside(&path.with_file_name("log.key"), ".last"))
            }
            (_, StoreConfig::Postgres(_)) => Self::Nowhere,
        }
    }
}

fn fault(path: &Path) -> impl Fn(io::Error) -> NotKept {
    move |error| NotKept(format!("{}: {}", named(path), both(&error)))
}

/// Off the threads that serve: files may be slow.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NotKept> + Send + 'static,
) -> Result<T, NotKept> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        let text = "the file work was cut off / работа с файлом прервана";
        Err(NotKept(text.to_owned()))
    })
}

#[async_trait]
impl KeptHead for LastHead {
    async fn hold(&self) -> Result<Box<dyn Held>, NotKept> {
        let Self::File(path) = self.clone() else {
            return Ok(Box::new(Nothing));
        };
        aside(move || Ok(Box::new(hold(path)?) as Box<dyn Held>)).await
    }
}

struct Nothing;

#[async_trait]
impl Held for Nothing {
    fn last(&self) -> Option<&str> {
        None
    }

    async fn keep(self: Box<Self>, _: &str) -> Result<(), NotKept> {
        Ok(())
    }
}

/// The lock ends when this does, however it ends.
struct HeldFile {
    path: PathBuf,
    last: Option<String>,
    _lock: File,
}

fn hold(path: PathBuf) -> Result<HeldFile, NotKept> {
    let name = beside(&path, ".lock");
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(fault(&name))?;
    give_to_owner(&lock, &name).map_err(fault(&name))?;
    lock.lock().map_err(fault(&name))?;
    let last = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(fault(&path)(error)),
        Ok(file) => {
            let mut text = String::new();
            let most = MOST_NOTE as u64 + 1;
            file.take(most)
                .read_to_string(&mut text)
                .map_err(fault(&path))?;
            Some(text)
        }
    };
    Ok(HeldFile {
        path,
        last,
        _lock: lock,
    })
}

#[async_trait]
impl Held for HeldFile {
    fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    async fn keep(self: Box<Self>, checkpoint: &str) -> Result<(), NotKept> {
        let checkpoint = checkpoint.to_owned();
        aside(move || write(&self.path, &checkpoint).map_err(fault(&self.path))).await
    }
}

/// Whole or not at all: under another name until it is on disk.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let fresh = beside(path, ".new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    give_to_owner(&file, &fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What root makes is the daemon's, whose folder it is.
fn give_to_owner(file: &File, path: &Path) -> io::Result<()> {
    let (own, folder) = (file.metadata()?, fs::metadata(folder(path))?);
    match own.uid() == folder.uid() {
        true => Ok(()),
        false => fchown(file, Some(folder.uid()), Some(folder.gid())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    async fn last(place: &LastHead) -> Option<String> {
        place.hold().await.unwrap().last().map(str::to_owned)
    }

    #[tokio::test]
    async fn what_is_kept_is_found_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key.last");
        let place = LastHead::File(path.clone());
        assert_eq!(last(&place).await, None);
        for text in ["one\n", "two\n"] {
            place.hold().await.unwrap().keep(text).await.unwrap();
            assert_eq!(last(&place).await.as_deref(), Some(text));
        }
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let names = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 2, "the file and its lock");
        let nowhere = LastHead::Nowhere;
        nowhere.hold().await.unwrap().keep("one").await.unwrap();
        assert_eq!(last(&nowhere).await, None);
    }

    #[tokio::test]
    async fn one_at_a_time_holds_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key.last");
        let place = LastHead::File(path.clone());
        let held = place.hold().await.unwrap();
        let lock = File::open(beside(&path, ".lock")).unwrap();
        assert!(lock.try_lock().is_err());
        drop(held);
        lock.try_lock().unwrap();
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_or_written_is_told_in_both_languages() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key.last");
        fs::create_dir(&path).unwrap();
        let place = LastHead::File(path);
        let told = place.hold().await.err().unwrap().to_string();
        assert!(
            told.contains("log.key.last") && told.contains(" / "),
            "{told}"
        );
        let gone = LastHead::File(folder.path().join("none").join("log.key.last"));
        assert!(gone.hold().await.is_err());
    }

    #[test]
    fn it_lies_beside_the_key() {
        let sqlite = StoreConfig::Sqlite("data/verifierd.sqlite".into());
        let postgres = StoreConfig::Postgres("postgres://localhost/x".to_owned());
        let of = |key, database| LastHead::of(&LogConfig { key, origin: None }, database);
        let file = |path: &str| LastHead::File(path.into());
        let text = || LogKeySource::Text("x".to_owned().into());
        assert_eq!(of(LogKeySource::Beside, &sqlite), file("data/log.key.last"));
        assert_eq!(of(text(), &sqlite), file("data/log.key.last"));
        let given = LogKeySource::File("keys/log".into());
        assert_eq!(of(given.clone(), &sqlite), file("keys/log.last"));
        assert_eq!(of(given, &postgres), file("keys/log.last"));
        assert_eq!(of(text(), &postgres), LastHead::Nowhere);
    }
}
