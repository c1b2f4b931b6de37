//! The file beside the log key with the last head that was vouched for. A copy of the database does not hold it, so
//! that an older copy that is put back is noticed.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown},
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use audit_log::MOST_NOTE;
use rustix::{fs::OFlags, io::Errno};

use crate::{
    config::StoreConfig,
    log_key::{LogConfig, LogKeySource},
    service::ports::kept_head::{Held, KeptHead, NotKept},
    shown::{both, named},
};

const ROOT: u32 = 0;
/// A link in the place of a file leads elsewhere.
const NO_FOLLOW: i32 = OFlags::NOFOLLOW.bits().cast_signed();
/// How long another process may hold the lock: it writes one small file meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at the lock.
const TURN: Duration = Duration::from_millis(5);

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

    /// The head that is kept now. It is replaced as a whole, so that nobody has to be kept out meanwhile.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(&self) -> Result<Option<String>, NotKept> {
        match self {
            Self::File(path) => read(path),
            Self::Nowhere => Ok(None),
        }
    }
}

fn fault(path: &Path) -> impl Fn(io::Error) -> NotKept {
    move |error| match Errno::from_io_error(&error) {
        Some(Errno::LOOP) => elsewhere(path),
        _ => NotKept(format!("{}: {}", named(path), both(&error))),
    }
}

fn elsewhere(path: &Path) -> NotKept {
    NotKept(format!(
        "{}: a link, a folder or a file with a second name, which is neither read nor written: put the file itself there, or \
         remove it / ссылка, каталог или файл со вторым именем: не читается и не пишется; положите сюда сам файл или удалите",
        named(path)
    ))
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
        aside(move || Ok(Box::new(hold(path, PATIENCE)?) as Box<dyn Held>)).await
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

fn hold(path: PathBuf, patience: Duration) -> Result<HeldFile, NotKept> {
    let name = beside(&path, ".lock");
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(NO_FOLLOW)
        .open(&name)
        .map_err(fault(&name))?;
    alone(&lock, &name)?;
    give_to_owner(&lock, &name).map_err(fault(&name))?;
    lock_within(&lock, &name, patience)?;
    Ok(HeldFile {
        last: read(&path)?,
        path,
        _lock: lock,
    })
}

fn read(path: &Path) -> Result<Option<String>, NotKept> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(NO_FOLLOW)
        .open(path);
    let file = match file {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(path)(error)),
        Ok(file) => file,
    };
    alone(&file, path)?;
    let mut text = String::new();
    let most = MOST_NOTE as u64 + 1;
    file.take(most)
        .read_to_string(&mut text)
        .map_err(fault(path))?;
    Ok(Some(text))
}

/// A regular file of one name: what another name leads to is not ours to write.
fn alone(file: &File, path: &Path) -> Result<(), NotKept> {
    let own = file.metadata().map_err(fault(path))?;
    match own.is_file() && own.nlink() == 1 {
        true => Ok(()),
        false => Err(elsewhere(path)),
    }
}

fn lock_within(lock: &File, name: &Path, patience: Duration) -> Result<(), NotKept> {
    let mut left = patience;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(fault(name)(error)),
            Err(TryLockError::WouldBlock) if left.is_zero() => {
                return Err(NotKept(format!(
                    "{}: another process has held the lock for {} s; end it / блокировку {} с держит другой процесс; \
                     завершите его",
                    named(name),
                    patience.as_secs(),
                    patience.as_secs()
                )));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(TURN.min(left)),
        }
        left = left.saturating_sub(TURN);
    }
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
    // Left by a process that was killed, or laid there by somebody else.
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
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
    match own.uid() != ROOT || own.uid() == folder.uid() {
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

    #[tokio::test]
    async fn what_leads_elsewhere_is_neither_read_nor_written() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key.last");
        let place = LastHead::File(path.clone());
        let other = folder.path().join("other");
        fs::write(&other, "kept").unwrap();
        // What an error says; nothing when there is none.
        let told = async || {
            let held = place.hold().await;
            held.err().map_or_else(String::new, |fault| fault.0)
        };
        for ending in ["", ".lock"] {
            let name = beside(&path, ending);
            let both = |told: &str| told.contains("a link") && told.contains("ссылка");
            let _ = fs::remove_file(&name);
            std::os::unix::fs::symlink(&other, &name).unwrap();
            assert!(both(&told().await), "a symbolic link: {ending}");
            fs::remove_file(&name).unwrap();
            fs::hard_link(&other, &name).unwrap();
            assert!(both(&told().await), "a second name: {ending}");
            fs::remove_file(&name).unwrap();
        }
        std::os::unix::fs::symlink(&other, beside(&path, ".new")).unwrap();
        place.hold().await.unwrap().keep("one").await.unwrap();
        assert_eq!(last(&place).await.as_deref(), Some("one"));
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
        assert_eq!(fs::read_to_string(&other).unwrap(), "kept");
    }

    #[tokio::test]
    async fn a_lock_that_is_held_is_told() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log.key.last");
        let held = hold(path.clone(), Duration::ZERO).unwrap();
        let told = hold(path.clone(), Duration::ZERO).err().unwrap();
        assert!(told.0.contains("another process"), "{told}");
        assert!(told.0.contains("другой процесс"), "{told}");
        drop(held);
        hold(path, Duration::ZERO).unwrap();
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
