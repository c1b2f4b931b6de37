//! A new file that stays only when it is finished.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that did not exist before; removed when dropped unfinished.
pub(crate) struct Reserved {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Reserved {
    /// Whether the name is free and its folder there, before anybody is asked for anything.
    pub(crate) fn check(path: &Path) -> Result<(), Failure> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(Failure::file(path, &io::ErrorKind::AlreadyExists.into()));
        }
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(Failure::file(folder, &io::ErrorKind::NotADirectory.into())),
            Err(error) => Err(Failure::file(folder, &error)),
        }
    }

    /// Makes the file.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        let opened = OpenOptions::new().write(true).create_new(true).open(path);
        let file = opened.map_err(|error| Failure::file(path, &error))?;
        Ok(Reserved {
            path: path.to_owned(),
            file: Some(BufWriter::new(file)),
        })
    }

    /// Writes everything to the disk and keeps the file.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let path = self.path.clone();
        let Some(file) = self.file.as_mut() else {
            return Ok(());
        };
        let outcome = file.flush().and_then(|()| file.get_ref().sync_all());
        outcome.map_err(|error| Failure::file(&path, &error))?;
        self.file = None;
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for Reserved {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self.file.as_mut() {
            Some(file) => file.write(octets),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // Half a signature is worse than a name that stays taken; what was buffered is not wanted.
            let _ = file.into_parts();
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_file_goes_and_a_finished_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut reserved = Reserved::new(&path).unwrap();
        reserved.write_all(b"half").unwrap();
        assert!(path.exists());
        assert!(Reserved::new(&path).is_err());
        assert!(Reserved::check(&path).is_err());
        drop(reserved);
        assert!(!path.exists());
        assert!(Reserved::check(&path).is_ok());
        assert!(Reserved::check(&path.join("y")).is_err());
        let mut reserved = Reserved::new(&path).unwrap();
        reserved.write_all(b"whole").unwrap();
        reserved.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert!(Reserved::new(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
