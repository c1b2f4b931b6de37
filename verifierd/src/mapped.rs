//! Files as octets: small ones read, large ones mapped into memory.
//!
//! A mapped file must stay as it is while it is mapped: what was checked in it must not change, and one that shrinks
//! ends the process. So only files that nobody but this user and root can write are mapped; a new version of a file
//! is put in its place by renaming.
#![allow(unsafe_code)]

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use sig_core::der::octets::Octets;

/// Files from this size on are mapped.
pub const LARGE: u64 = 1 << 20;

/// The octets of a file.
///
/// # Errors
/// It cannot be opened, read or mapped.
pub fn read(path: &Path) -> io::Result<Octets> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    octets(file, &metadata)
}

/// The octets of a file that only this user and root could write; none when there is no file, or others could.
///
/// # Errors
/// It cannot be opened, read or mapped.
pub fn read_ours(path: &Path) -> io::Result<Option<Octets>> {
    match fs::metadata(path) {
        Ok(metadata) if is_ours(&metadata) => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let file = File::open(path)?;
    // Whoever can write the folder may have put another file there by now.
    let metadata = file.metadata()?;
    if !is_ours(&metadata) {
        return Ok(None);
    }
    octets(file, &metadata).map(Some)
}

fn octets(mut file: File, metadata: &Metadata) -> io::Result<Octets> {
    if metadata.len() < LARGE || !is_ours(metadata) {
        let mut octets = Vec::new();
        file.read_to_end(&mut octets)?;
        return Ok(octets.into());
    }
    // SAFETY: the octets of a mapping must not change while they are borrowed. They change only when the file is
    // written, which others cannot (`is_ours`), and this program writes no file that it maps: an index is written
    // under another name and renamed.
    let mapping = unsafe { memmap2::Mmap::map(&file)? };
    Ok(Octets::shared(Arc::new(mapping)))
}

/// A regular file of this user or root that nobody else can write.
fn is_ours(metadata: &Metadata) -> bool {
    metadata.is_file() && is_of_us_alone(metadata)
}

/// Whether a file or folder is of this user or root and nobody else can write it.
#[must_use]
pub fn is_of_us_alone(metadata: &Metadata) -> bool {
    const OTHERS_WRITE: u32 = 0o022;
    let user = rustix::process::geteuid().as_raw();
    [0, user].contains(&metadata.uid()) && metadata.mode() & OTHERS_WRITE == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn file(size: usize, mode: u32) -> (tempfile::TempDir, std::path::PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let octets: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        fs::write(&path, &octets).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path, octets)
    }

    #[test]
    fn every_file_gives_its_octets() {
        let large = LARGE as usize;
        for (size, mode) in [(0, 0o644), (10, 0o600), (large, 0o644), (large + 1, 0o666)] {
            let (_folder, path, octets) = file(size, mode);
            assert_eq!(*read(&path).unwrap(), *octets);
        }
    }

    #[test]
    fn files_that_others_can_write_are_not_ours() {
        for (mode, ours) in [(0o644, true), (0o400, true), (0o664, false), (0o646, false)] {
            let (_folder, path, _) = file(10, mode);
            assert_eq!(is_ours(&fs::metadata(&path).unwrap()), ours, "{mode:o}");
            assert_eq!(read_ours(&path).unwrap().is_some(), ours, "{mode:o}");
        }
        let (folder, _, _) = file(1, 0o644);
        assert!(!is_ours(&fs::metadata(folder.path()).unwrap()));
        assert_eq!(read_ours(&folder.path().join("none")).unwrap(), None);
    }
}
