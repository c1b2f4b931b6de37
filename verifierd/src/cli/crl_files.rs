//! Files of CRLs, large ones mapped, with their indexes beside them.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use sig_core::{Budget, Error, Limits, Material, der::octets::Octets, x509::crl::CertificateList};

use super::material::{Stopped, files, read_file, taken, unreadable};
use crate::{mapped, shown};

/// Lists to judge revocation by / Списки отзыва
#[derive(Args, Debug, Default)]
pub(super) struct CrlOptions {
    /// CRLs; FILE.idx beside a large one is its index / списки отзыва
    #[arg(long, value_name = "PATH")]
    crls: Vec<PathBuf>,
    /// Keep the index of a large CRL as FILE.idx / сохранять индексы больших списков
    #[arg(long, requires = "crls")]
    save_crl_indexes: bool,
}

/// What the name of an index ends with, after the whole name of its list.
const INDEX: &str = ".idx";

impl CrlOptions {
    /// Takes the lists into the material.
    pub(super) fn read(&self, material: &mut Material, limits: &Limits) -> Result<(), Stopped> {
        for path in files(&self.crls)? {
            if is_index(&path) && !self.crls.contains(&path) {
                continue;
            }
            let octets = if path.is_file() {
                mapped::read(&path).map_err(|error| unreadable(&path, &error))?
            } else {
                read_file(&path)?.into()
            };
            if octets.len() as u64 >= mapped::LARGE
                && let Some(list) = self.read_large(&path, &octets, limits)?
            {
                material.crls.push(Arc::new(list));
            } else {
                taken(&path, material.add(&octets, limits))?;
            }
        }
        Ok(())
    }

    /// A list by its index, if there is one that is good; none when the octets are not those of a list.
    fn read_large(
        &self,
        path: &Path,
        octets: &Octets,
        limits: &Limits,
    ) -> Result<Option<CertificateList>, Stopped> {
        let index = index_of(path);
        let saved = mapped::read_ours(&index).map_err(|error| unreadable(&index, &error))?;
        let mut budget = Budget::new(*limits);
        let read = match &saved {
            Some(saved) => CertificateList::from_der_with_index(octets, saved, &mut budget),
            None => CertificateList::from_der(octets, &mut budget).map(|list| (list, None)),
        };
        let (list, refused) = match read {
            Ok(read) => read,
            Err(Error::Malformed(_)) => return Ok(None),
            Err(error) => return Err(Stopped::Usage(format!("{}: {error}", super::named(path)))),
        };
        if let Some(why) = refused {
            super::say(&format_args!(
                "{}: {why}; the list was read without it / индекс не используется",
                super::named(&index)
            ));
        }
        if self.save_crl_indexes && (saved.is_none() || refused.is_some()) {
            save(&index, &list.index_to_bytes()).map_err(|error| {
                let (index, fault) = (super::named(&index), shown::both(&error));
                Stopped::Usage(format!("{index}: {fault}"))
            })?;
        }
        Ok(Some(list))
    }
}

fn index_of(list: &Path) -> PathBuf {
    let mut name = OsString::from(list);
    name.push(INDEX);
    name.into()
}

/// Whether a file is the index of another one.
fn is_index(path: &Path) -> bool {
    let name = path.as_os_str().to_str();
    let list = name.and_then(|name| name.strip_suffix(INDEX));
    list.is_some_and(|list| Path::new(list).is_file())
}

/// Writes under another name first: a reader sees the old index or the new one. That file is made new and nobody else
/// can write it: what somebody put under its name before, such as a link to a file of this user, is not written to.
fn save(index: &Path, octets: &[u8]) -> io::Result<()> {
    let mut name = OsString::from(index);
    name.push(format!(".{}", std::process::id()));
    let unfinished = PathBuf::from(name);
    let _ = fs::remove_file(&unfinished);
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o644);
    let saved = options
        .open(&unfinished)
        .and_then(|mut file| file.write_all(octets))
        .and_then(|()| fs::rename(&unfinished, index));
    if saved.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    saved
}

#[cfg(test)]
mod tests {
    use super::*;
    use sig_core::der::{tag::Tag, writer::element};

    const COUNT: u32 = 40_000;

    fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        element(Tag::SEQUENCE, &parts.concat())
    }

    /// A list over a mebibyte, without a signature.
    fn list() -> Vec<u8> {
        let time = element(Tag::UTC_TIME, b"260101000000Z");
        let oid = element(Tag::OID, sig_core::der::oids::ECDSA_SHA256.content());
        let algorithm = sequence(&[oid]);
        let entry = |number: u32| {
            let serial = [&[1; 8][..], &number.to_be_bytes()].concat();
            sequence(&[element(Tag::INTEGER, &serial), time.clone()])
        };
        let entries: Vec<_> = (0..COUNT).map(entry).collect();
        let issuer = sequence(&[]);
        let tbs = sequence(&[algorithm.clone(), issuer, time.clone(), sequence(&entries)]);
        sequence(&[tbs, algorithm, element(Tag::BIT_STRING, &[0])])
    }

    /// The list of a folder; whether its rows stand in a file.
    fn read(folder: &Path, save: bool) -> bool {
        let options = CrlOptions {
            crls: vec![folder.to_owned()],
            save_crl_indexes: save,
        };
        let mut material = Material::default();
        options.read(&mut material, &Limits::STANDARD).unwrap();
        let [list] = material.crls.as_slice() else {
            panic!("one list");
        };
        let mut budget = Budget::new(Limits::STANDARD);
        for (number, found) in [(0, 1), (COUNT - 1, 1), (COUNT, 0)] {
            let serial = [&[1; 8][..], &number.to_be_bytes()].concat();
            let entries = list.entries.find(&serial, &mut budget).unwrap();
            assert_eq!(entries.len(), found);
        }
        list.entries.memory() == 0
    }

    #[test]
    fn an_index_is_saved_when_asked_for_and_used_while_it_fits() {
        let folder = tempfile::tempdir().unwrap();
        let (file, index) = (folder.path().join("a.crl"), folder.path().join("a.crl.idx"));
        fs::write(&file, list()).unwrap();
        assert!(!read(folder.path(), false));
        assert!(!index.exists());
        assert!(!read(folder.path(), true));
        assert!(read(folder.path(), false));
        // The list is replaced by another: the index is refused, and made again when asked for.
        let mut other = list();
        *other.last_mut().unwrap() = 0;
        let at = other.len() / 2;
        let digit = other[at..].iter().position(|octet| *octet == b'2').unwrap();
        other[at + digit + 1] = b'5';
        let new = folder.path().join("new");
        fs::write(&new, other).unwrap();
        fs::rename(&new, &file).unwrap();
        assert!(!read(folder.path(), false));
        assert!(!read(folder.path(), true));
        assert!(read(folder.path(), false));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn an_index_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.crl"), list()).unwrap();
        read(folder.path(), true);
        assert!(read(folder.path(), false));
        let index = folder.path().join("a.crl.idx");
        fs::set_permissions(&index, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(!read(folder.path(), false));
    }

    #[test]
    fn an_index_is_written_to_no_file_that_was_there_before() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.crl"), list()).unwrap();
        let precious = folder.path().join("precious");
        fs::write(&precious, b"precious").unwrap();
        let index = folder.path().join("a.crl.idx");
        let unfinished = format!("a.crl.idx.{}", std::process::id());
        symlink(&precious, folder.path().join(unfinished)).unwrap();
        save(&index, b"index").unwrap();
        assert_eq!(fs::read(&precious).unwrap(), b"precious");
        let metadata = fs::symlink_metadata(&index).unwrap();
        assert!(metadata.is_file());
        assert_eq!(metadata.permissions().mode() & 0o022, 0);
        assert_eq!(fs::read(&index).unwrap(), b"index");
    }
}
