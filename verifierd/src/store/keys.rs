//! The keys of the store: where they come from and what is wrong with them.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _};
use serde::Deserialize;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::shown::{both, named};

/// Octets of every key.
const KEY: usize = 32;

/// Octets that a key file may have.
const FILE: u64 = 64 << 10;

/// The id of the first data key of a key file that the daemon makes.
const FIRST: &str = "1";

/// The data keys, of which one is current, and the look-up key.
///
/// Clones share the keys; the octets are overwritten when the last one goes.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    current: (String, Zeroizing<[u8; KEY]>),
    data: BTreeMap<String, Zeroizing<[u8; KEY]>>,
    look_up: Hmac<Sha256>,
}

/// Where the keys are.
#[derive(Clone)]
pub enum KeySource {
    /// `keys.toml` beside the SQLite database, made at its first start.
    Beside,
    /// A file.
    File(PathBuf),
    /// The text of a key file, from the environment.
    Text(Zeroizing<String>),
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Beside => f.write_str("Beside"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text(_) => f.write_str("Text"),
        }
    }
}

/// Why there are no keys. Quotes nothing of a key file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or written.
    #[error("key file {0}: {1}")]
    File(String, String),
    /// Others than its owner may read the file.
    #[error(
        "key file {0}: others may read it; allow its owner only: chmod 600 / файл ключей {0}: его \
         могут читать другие; оставьте доступ только владельцу: chmod 600"
    )]
    Open(String),
    /// The text is no key file.
    #[error(
        "keys: {0}; what a key file holds is in README, \"Keys\" / ключи: {1}; что должно быть в \
         файле ключей, сказано в README, «Keys»"
    )]
    Text(String, String),
    /// There is a database, and its keys are gone.
    #[error(
        "key file {0} is missing and its database is not: restore the file from a backup, since \
         without it what is sealed there cannot be read; a database from before there were keys \
         is not read any more: name another file, or remove its folder / файла ключей {0} нет, а \
         его база данных есть: восстановите файл из копии, без него зашифрованное не прочитать; \
         база, созданная до появления ключей, больше не читается: укажите другой файл или удалите \
         её каталог"
    )]
    Missing(String),
    /// PostgreSQL is shared by daemons, so that none may make keys of its own.
    #[error(
        "keys: PostgreSQL needs them given: name a key file as keys.file in the configuration, or \
         set VERIFIERD_KEYS_FILE; `openssl rand -hex 32` makes a key / ключи: для PostgreSQL их \
         надо задать: укажите файл ключей в настройках, keys.file, или в VERIFIERD_KEYS_FILE; ключ \
         создаёт `openssl rand -hex 32`"
    )]
    NotGiven,
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness / система не даёт случайных чисел")]
    Random,
}

fn text(en: impl Into<String>, ru: impl Into<String>) -> KeysError {
    KeysError::Text(en.into(), ru.into())
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> KeysError {
    move |error| KeysError::File(named(path), both(&error))
}

/// A value of the file, overwritten when it goes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Secret(String);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    current: String,
    look_up: Secret,
    data: BTreeMap<String, Secret>,
}

impl Secret {
    /// 32 octets in hexadecimal or base64.
    fn octets(&self) -> Option<Zeroizing<[u8; KEY]>> {
        let mut key = Zeroizing::new([0; KEY]);
        if self.0.len() == 2 * KEY {
            hex::decode_to_slice(&self.0, key.as_mut_slice()).ok()?;
        } else {
            let octets = Zeroizing::new(BASE64_STANDARD.decode(&self.0).ok()?);
            if octets.len() != KEY {
                return None;
            }
            key.copy_from_slice(&octets);
        }
        Some(key)
    }
}

impl Keys {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`KeysError::Text`].
    pub fn parse(text_of_file: &str) -> Result<Self, KeysError> {
        // The parser's own message quotes the line.
        let file: KeyFile = toml::from_str(text_of_file).map_err(|error| {
            let before = error.span().and_then(|span| text_of_file.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            text(
                format!("line {line} cannot be read"),
                format!("строка {line} не читается"),
            )
        })?;
        let look_up = file.look_up.octets().ok_or_else(|| wrong("look_up"))?;
        // One octet 32 times is a placeholder: whoever guesses it finds every number.
        if look_up.iter().all(|octet| *octet == look_up[0]) {
            return Err(text("look_up is a placeholder", "look_up — образец"));
        }
        let mut data = BTreeMap::new();
        for (id, secret) in &file.data {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            if !(1..=32).contains(&id.len()) || !id.bytes().all(allowed) {
                return Err(text(
                    "a data key's id has 1 to 32 letters, digits, `.`, `_` or `-`",
                    "в имени ключа данных от 1 до 32 латинских букв, цифр, знаков `.`, `_`, `-`",
                ));
            }
            let key = secret
                .octets()
                .ok_or_else(|| wrong(&format!("data.{id}")))?;
            // One octet 32 times is a placeholder, and a key has one use.
            let placeholder = key.iter().all(|octet| *octet == key[0]);
            if placeholder || *key == *look_up || data.values().any(|other| *other == key) {
                return Err(text(
                    format!("data.{id} is a placeholder or the same as another key"),
                    format!("data.{id} — образец или повтор другого ключа"),
                ));
            }
            data.insert(id.clone(), key);
        }
        let current = data.get(&file.current).cloned().ok_or_else(|| {
            text(
                "`current` names no key of `data`",
                "`current` не называет ни одного ключа из `data`",
            )
        })?;
        let look_up = Hmac::new_from_slice(look_up.as_slice()).map_err(|_| wrong("look_up"))?;
        Ok(Self(Arc::new(Inner {
            current: (file.current, current),
            data,
            look_up,
        })))
    }

    /// Reads the file `path`, which only its owner may read.
    ///
    /// # Errors
    /// [`KeysError::File`]; [`KeysError::Open`]; [`KeysError::Text`].
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let fault = file_error(path);
        let file = File::open(path).map_err(&fault)?;
        let metadata = file.metadata().map_err(&fault)?;
        if metadata.mode() & 0o077 != 0 {
            return Err(KeysError::Open(named(path)));
        }
        let mut text_of_file = Zeroizing::new(String::with_capacity(4096));
        file.take(FILE)
            .read_to_string(&mut text_of_file)
            .map_err(&fault)?;
        Self::parse(&text_of_file)
    }

    /// Makes the file `path` with fresh keys, or reads the one that is there.
    /// The file is whole and on disk before its keys are used.
    ///
    /// # Errors
    /// As [`Keys::read`], and [`KeysError::Random`].
    pub fn found(path: &Path) -> Result<Self, KeysError> {
        let fault = file_error(path);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !path.try_exists().map_err(&fault)? {
            // Of mode 0600, under another name until all of it is written.
            let mut file = tempfile::NamedTempFile::new_in(folder).map_err(&fault)?;
            file.write_all(fresh()?.as_bytes()).map_err(&fault)?;
            file.as_file().sync_all().map_err(&fault)?;
            match file.persist_noclobber(path) {
                Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(fault(error.error));
                }
                _ => {}
            }
        }
        // Whoever made it may have been stopped before it reached the disk.
        for place in [path, folder] {
            let open = File::open(place);
            open.and_then(|file| file.sync_all()).map_err(&fault)?;
        }
        Self::read(path)
    }

    /// Id of the key that new rows are sealed with.
    pub fn current_id(&self) -> &str {
        &self.0.current.0
    }

    /// Ids of all data keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.data.keys().map(String::as_str)
    }

    pub(super) fn current(&self) -> (&str, &[u8; KEY]) {
        (&self.0.current.0, &self.0.current.1)
    }

    pub(super) fn data_key(&self, id: &str) -> Option<&[u8; KEY]> {
        self.0.data.get(id).map(|key| &**key)
    }

    pub(super) fn look_up(&self) -> &Hmac<Sha256> {
        &self.0.look_up
    }
}

fn wrong(name: &str) -> KeysError {
    text(
        format!("{name} is not 32 octets in hexadecimal or base64"),
        format!("{name} — не 32 байта в шестнадцатеричной записи или base64"),
    )
}

/// The text of a key file with fresh keys.
fn fresh() -> Result<Zeroizing<String>, KeysError> {
    let key = || {
        let mut key = Zeroizing::new([0; KEY]);
        getrandom::fill(key.as_mut_slice()).map_err(|_| KeysError::Random)?;
        Ok(Zeroizing::new(hex::encode(key.as_slice())))
    };
    let (look_up, data) = (key()?, key()?);
    Ok(Zeroizing::new(format!(
        "# The keys of the database beside this file. Whoever has both can read the personal data;\n\
         # without this file nobody can. Keep a copy apart from the copies of the database.\n\
         current = \"{FIRST}\"\nlook_up = \"{}\"\n\n[data]\n{FIRST} = \"{}\"\n",
        *look_up, *data
    )))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    const LOOK_UP: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const DATA: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn file(current: &str, look_up: &str, data: &str) -> String {
        format!("current = '{current}'\nlook_up = '{look_up}'\n[data]\n{data}\n")
    }

    fn fault(text: &str) -> String {
        let error = Keys::parse(text).err().unwrap().to_string();
        assert!(!error.contains(LOOK_UP) && !error.contains(DATA), "{error}");
        error
    }

    #[test]
    fn keys_are_hexadecimal_or_base64() {
        let keys = Keys::parse(&file("k1", LOOK_UP, &format!("k1 = '{DATA}'"))).unwrap();
        let (id, key) = keys.current();
        assert_eq!((id, key[0], key[31]), ("k1", 0x20, 0x3f));
        assert!(keys.data_key("k2").is_none());
        assert_eq!(keys.ids().collect::<Vec<_>>(), ["k1"]);
    }

    #[test]
    fn every_fault_is_named_and_nothing_quoted() {
        let data = format!("k1 = '{DATA}'");
        for (text, said) in [
            (file("k2", LOOK_UP, &data), "`current` names no key"),
            (file("k1", &LOOK_UP[2..], &data), "look_up is not 32"),
            (
                file("k1", &"7f".repeat(32), &data),
                "look_up is a placeholder",
            ),
            (
                file("k1", LOOK_UP, &format!("k1 = '{}'", &DATA[4..])),
                "data.k1 is not 32",
            ),
            (
                file("k1", LOOK_UP, &format!("k1 = '{LOOK_UP}'")),
                "same as another",
            ),
            (
                file("k1", LOOK_UP, &format!("{data}\nk2 = '{DATA}'")),
                "data.k2 is a placeholder or the same",
            ),
            (
                file("k1", LOOK_UP, &format!("k1 = '{}'", "0".repeat(64))),
                "is a placeholder",
            ),
            (
                file("k1", LOOK_UP, &format!("'k 1' = '{DATA}'")),
                "id has 1 to 32",
            ),
            (file("k1", LOOK_UP, &format!("k1 = '{DATA}")), "line 4"),
            (
                file("k1", LOOK_UP, &format!("{data}\n[other]\na = 1")),
                "cannot be read",
            ),
        ] {
            let said_of = fault(&text);
            assert!(said_of.contains(said), "{said_of}");
        }
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        fs::write(&path, file("k1", LOOK_UP, &format!("k1 = '{DATA}'"))).unwrap();
        for mode in [0o640, 0o604, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(Keys::read(&path), Err(KeysError::Open(_))),
                "{mode:o}"
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(Keys::read(&path).is_ok());
    }

    #[test]
    fn a_founded_file_is_private_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let first = Keys::found(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let again = Keys::found(&path).unwrap();
        assert_eq!(first.digest("a", "b"), again.digest("a", "b"));
        assert_eq!(first.current(), again.current());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let other = Keys::found(&folder.path().join("other.toml")).unwrap();
        assert_ne!(first.digest("a", "b"), other.digest("a", "b"));
    }
}
