//! A folder of trust snapshots on this machine.
//!
//! ```text
//! active                    ids, one a line: the first is the active snapshot, the others were active before it
//! active-eu                 the id of the active snapshot of European lists
//! snapshots/ID.snapshot     stored snapshots, named by their content
//! lists/SHA256.xml          the lists as they were imported
//! ```
//!
//! Files are written under another name and renamed, so that a reader sees the old state or the new one. What is read
//! as trust must be of this user or root, in folders that nobody else can write.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, BufWriter, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use sig_core::{
    alg::provider::Algorithms,
    der::octets::Octets,
    finding::{Language, displayable},
    trust::{
        mintsifry_list::ListLimits,
        snapshot::{OwnFile, Recalled, StoredRefused, TrustSnapshot},
    },
};

use crate::{
    mapped,
    shown::{fault, named},
};

mod pointer;
mod trusted_lists;

pub use trusted_lists::{is_of_trusted_lists, read_lists_file};

/// The folder that is used when none is named.
pub const DEFAULT: &str = "var/trust";
const POINTER: &str = "active";
const SNAPSHOTS: &str = "snapshots";
const LISTS: &str = "lists";
const ENDING: &str = ".snapshot";

/// A folder of snapshots.
#[derive(Clone, Debug)]
pub struct TrustStore {
    folder: PathBuf,
}

/// Why a store does not do what it is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreFault {
    /// There is no such folder.
    NoStore(PathBuf),
    /// Others can write it, or it belongs to another user.
    NotOurs(PathBuf),
    /// No snapshot has this id, or an id that begins like this.
    UnknownId(String),
    /// Several ids begin like this.
    Ambiguous(String),
    /// No snapshot is active.
    NothingActive(PathBuf),
    /// No snapshot was active before.
    NothingBefore,
    /// The pointer to the active snapshot is damaged.
    Pointer(PathBuf),
    /// A stored snapshot cannot be used.
    Refused(PathBuf, StoredRefused),
    /// A stored snapshot has the name of another one.
    Misnamed(PathBuf),
    /// A file cannot be read or written.
    Io(PathBuf, io::ErrorKind),
}

impl StoreFault {
    /// Whether two implementations disagree: nothing is known against the snapshot.
    #[must_use]
    pub const fn is_disagreement(&self) -> bool {
        matches!(self, Self::Refused(_, StoredRefused::BackEndsDisagree(_)))
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (en, ru) = match self {
            Self::NoStore(path) => (
                format!(
                    "{}: no store of trust snapshots; make one with verifierd trust import",
                    named(path)
                ),
                format!(
                    "{}: хранилища доверия нет; создайте его командой verifierd trust import",
                    named(path)
                ),
            ),
            Self::NotOurs(path) => (
                format!(
                    "{}: others can write it; take the right away (chmod go-w) and import the lists again",
                    named(path)
                ),
                format!(
                    "{}: в него могут писать другие; запретите это (chmod go-w) и импортируйте списки заново",
                    named(path)
                ),
            ),
            Self::UnknownId(id) => (
                format!(
                    "{}: no such file and no such snapshot; verifierd trust list names the snapshots",
                    displayable(id)
                ),
                format!(
                    "{}: нет ни такого файла, ни такого снимка; снимки называет команда verifierd trust list",
                    displayable(id)
                ),
            ),
            Self::Ambiguous(id) => (
                format!(
                    "{}: several snapshots begin like this; write more of the id",
                    displayable(id)
                ),
                format!(
                    "{}: так начинается несколько снимков; напишите больше знаков",
                    displayable(id)
                ),
            ),
            Self::NothingActive(path) => (
                format!(
                    "{}: no snapshot is active; name one with verifierd trust activate",
                    named(path)
                ),
                format!(
                    "{}: ни один снимок не действует; назовите его командой verifierd trust activate",
                    named(path)
                ),
            ),
            Self::NothingBefore => (
                "no snapshot was active before this one".to_owned(),
                "до этого снимка ни один не действовал".to_owned(),
            ),
            Self::Pointer(path) => (
                format!(
                    "{}: not the id of a snapshot; name one with verifierd trust activate",
                    named(path)
                ),
                format!(
                    "{}: здесь нет имени снимка; назовите его командой verifierd trust activate",
                    named(path)
                ),
            ),
            Self::Refused(path, why) => (
                format!("{}: {why}", named(path)),
                format!("{}: {}", named(path), in_russian(why)),
            ),
            Self::Misnamed(path) => (
                format!(
                    "{}: the file holds another snapshot; import the lists again",
                    named(path)
                ),
                format!(
                    "{}: в файле другой снимок; импортируйте списки заново",
                    named(path)
                ),
            ),
            Self::Io(path, kind) => (
                format!("{}: {}", named(path), fault(*kind, Language::En)),
                format!("{}: {}", named(path), fault(*kind, Language::Ru)),
            ),
        };
        match language {
            Language::Ru => ru,
            Language::En => en,
        }
    }
}

impl std::fmt::Display for StoreFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} / {}",
            self.text(Language::En),
            self.text(Language::Ru)
        )
    }
}

impl std::error::Error for StoreFault {}

fn in_russian(why: &StoredRefused) -> &'static str {
    match why {
        StoredRefused::OtherForm => "это не сохранённый снимок",
        StoredRefused::OtherVersion(_) => {
            "снимок сохранён в другом виде; импортируйте списки заново"
        }
        StoredRefused::Damaged => "снимок повреждён; импортируйте списки заново",
        StoredRefused::BackEndsDisagree(_) => {
            "две реализации алгоритма дали разный результат; сообщите разработчикам"
        }
        StoredRefused::TooLarge => "снимок больше, чем может быть; импортируйте списки заново",
        _ => "части снимка не сходятся; импортируйте списки заново",
    }
}

fn io_fault(path: &Path) -> impl FnOnce(io::Error) -> StoreFault {
    let path = path.to_owned();
    move |error| StoreFault::Io(path, error.kind())
}

impl TrustStore {
    /// A store that is there.
    ///
    /// # Errors
    /// It is not there, or others can write it.
    pub fn open(folder: &Path) -> Result<Self, StoreFault> {
        if !folder.is_dir() {
            return Err(StoreFault::NoStore(folder.to_owned()));
        }
        let store = Self {
            folder: folder.to_owned(),
        };
        for folder in [store.folder.clone(), store.folder.join(SNAPSHOTS)] {
            match fs::metadata(&folder) {
                Ok(metadata) if mapped::is_of_us_alone(&metadata) => {}
                Ok(_) => return Err(StoreFault::NotOurs(folder)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(StoreFault::NoStore(folder));
                }
                Err(error) => return Err(io_fault(&folder)(error)),
            }
        }
        Ok(store)
    }

    /// A store, made if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or others can write it.
    pub fn create(folder: &Path) -> Result<Self, StoreFault> {
        for folder in [
            folder.to_owned(),
            folder.join(SNAPSHOTS),
            folder.join(LISTS),
        ] {
            let made = DirBuilder::new()
                .recursive(true)
                .mode(0o755)
                .create(&folder);
            made.map_err(io_fault(&folder))?;
        }
        Self::open(folder)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ids of the snapshots, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn ids(&self) -> Result<Vec<String>, StoreFault> {
        let folder = self.folder.join(SNAPSHOTS);
        let entries = fs::read_dir(&folder).map_err(io_fault(&folder))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids: Vec<String> = names
            .filter_map(|name| Some(name.strip_suffix(ENDING)?.to_owned()))
            .filter(|id| is_id(id))
            .collect();
        ids.sort();
        Ok(ids)
    }

    /// The one snapshot whose id is this or begins like this.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn resolve(&self, wanted: &str) -> Result<String, StoreFault> {
        let ids = self.ids()?;
        if ids.iter().any(|id| id == wanted) {
            return Ok(wanted.to_owned());
        }
        let mut like = ids
            .into_iter()
            .filter(|id| !wanted.is_empty() && id.starts_with(wanted));
        match (like.next(), like.next()) {
            (Some(id), None) => Ok(id),
            (Some(_), Some(_)) => Err(StoreFault::Ambiguous(wanted.to_owned())),
            _ => Err(StoreFault::UnknownId(wanted.to_owned())),
        }
    }

    /// The id of the active snapshot; none when there is none.
    ///
    /// # Errors
    /// The pointer is damaged or others can write it.
    pub fn active(&self) -> Result<Option<String>, StoreFault> {
        Ok(self.pointer(POINTER)?.into_iter().next())
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    /// It is not there, damaged, or others can write it.
    pub fn read(&self, id: &str, algorithms: &Algorithms) -> Result<Recalled, StoreFault> {
        let path = self.path(id)?;
        let octets = own_octets(&path)?.ok_or_else(|| StoreFault::UnknownId(id.to_owned()))?;
        let recalled = recall(&path, octets, algorithms)?;
        if recalled.snapshot.id() != id {
            return Err(StoreFault::Misnamed(path));
        }
        Ok(recalled)
    }

    /// Reads the active snapshot.
    ///
    /// # Errors
    /// There is none; as [`Self::read`].
    pub fn read_active(&self, algorithms: &Algorithms) -> Result<Recalled, StoreFault> {
        let id = self.active()?;
        let id = id.ok_or_else(|| StoreFault::NothingActive(self.folder.clone()))?;
        self.read(&id, algorithms)
    }

    /// Keeps a snapshot under its id. One that is there and whole stays as it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(
        &self,
        snapshot: &TrustSnapshot,
        algorithms: &Algorithms,
    ) -> Result<(), StoreFault> {
        let path = self.path(snapshot.id())?;
        let there = self.read(snapshot.id(), algorithms);
        if there.is_ok_and(|it| !it.checked_anew && it.snapshot.digest() == snapshot.digest()) {
            return Ok(());
        }
        replace(&path, |file| {
            let mut file = BufWriter::new(file);
            snapshot.store(|part| file.write_all(part))?;
            file.flush()
        })
    }

    /// Keeps a list as it was imported, under its SHA-256; the file must be the one that has it.
    ///
    /// # Errors
    /// It cannot be read or written, or it is another file by now.
    pub fn keep_list(&self, digest: &str, list: &Path) -> Result<(), StoreFault> {
        let path = self.folder.join(LISTS).join(format!("{digest}.xml"));
        if path.exists() {
            return Ok(());
        }
        let mut file = File::open(list).map_err(io_fault(list))?;
        replace(&path, |out| {
            let mut hash = Sha256::new();
            let mut part = vec![0; 64 << 10];
            loop {
                let count = file.read(&mut part)?;
                let Some(read) = part.get(..count).filter(|read| !read.is_empty()) else {
                    break;
                };
                hash.update(read);
                out.write_all(read)?;
            }
            if hex::encode(hash.finalize()) == digest {
                Ok(())
            } else {
                Err(io::ErrorKind::InvalidData.into())
            }
        })
    }

    /// Makes a snapshot the active one, after it was read: a damaged one never becomes active.
    ///
    /// # Errors
    /// It cannot be read; the pointer cannot be written.
    pub fn activate(&self, id: &str, algorithms: &Algorithms) -> Result<(), StoreFault> {
        self.read(id, algorithms)?;
        self.put_first(POINTER, id)
    }

    /// Makes the snapshot active again that was before the active one; answers its id.
    ///
    /// # Errors
    /// There is none; as [`Self::activate`].
    pub fn rollback(&self, algorithms: &Algorithms) -> Result<String, StoreFault> {
        self.go_back(POINTER, |before| self.read(before, algorithms).map(drop))
    }

    fn path(&self, id: &str) -> Result<PathBuf, StoreFault> {
        if !is_id(id) {
            return Err(StoreFault::UnknownId(id.to_owned()));
        }
        Ok(self.folder.join(SNAPSHOTS).join(format!("{id}{ENDING}")))
    }
}

/// Reads a stored snapshot from a file that nobody else could have written.
///
/// # Errors
/// It is not there, damaged, or others can write it.
pub fn read_file(path: &Path, algorithms: &Algorithms) -> Result<Recalled, StoreFault> {
    let missing = || StoreFault::Io(path.to_owned(), io::ErrorKind::NotFound);
    let octets = own_octets(path)?.ok_or_else(missing)?;
    recall(path, octets, algorithms)
}

fn recall(path: &Path, octets: Octets, algorithms: &Algorithms) -> Result<Recalled, StoreFault> {
    let file = OwnFile::vouched(octets);
    let recalled = TrustSnapshot::from_stored(&file, algorithms, ListLimits::STANDARD);
    recalled.map_err(|why| StoreFault::Refused(path.to_owned(), why))
}

/// Octets of a file of ours; none when there is no file.
fn own_octets(path: &Path) -> Result<Option<Octets>, StoreFault> {
    let octets = mapped::read_ours(path).map_err(io_fault(path))?;
    if octets.is_none() && path.exists() {
        return Err(StoreFault::NotOurs(path.to_owned()));
    }
    Ok(octets)
}

/// An id is a file name of its own and nothing else.
fn is_id(text: &str) -> bool {
    let allowed = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    (1..=100).contains(&text.len()) && text.bytes().all(allowed)
}

/// Writes a file beside its place and renames it, when it is on the disk.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), StoreFault> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let unfinished = PathBuf::from(name);
    let _ = fs::remove_file(&unfinished);
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o644);
    let written = options.open(&unfinished).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written.map_err(io_fault(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_is_too_large_is_not_said_to_be_inconsistent() {
        let said = [StoredRefused::TooLarge, StoredRefused::Inconsistent].map(|it| in_russian(&it));
        assert_ne!(said[0], said[1]);
        assert!(said[0].contains("больше"), "{}", said[0]);
    }
}
