//! The third-party material beside the repository, and the archives it is packed in.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow, bail};
use lzma_rust2::XzReader;

use crate::workspace;

/// Octets that one archive may unpack to.
const MOST_UNPACKED: u64 = 512 << 20;

type Members = Arc<BTreeMap<String, Arc<[u8]>>>;

/// Reads files and archive members of the corpus; archives are unpacked once, in memory.
pub struct Corpus {
    root: PathBuf,
    archives: Mutex<BTreeMap<PathBuf, Result<Members, String>>>,
}

impl Corpus {
    /// The folder given, else the one beside the repository, when it is there.
    pub fn open(folder: Option<&Path>) -> Option<Self> {
        let beside = || workspace::root().join("../shared/corpus");
        let root = folder.map_or_else(beside, Path::to_owned);
        root.is_dir().then(|| Self {
            root,
            archives: Mutex::default(),
        })
    }

    /// Names of the folders, sorted.
    pub fn folders(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root).context("read the corpus folder")? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Files under a folder, sorted, relative to the corpus.
    pub fn files_under(&self, folder: &str) -> Result<Vec<String>> {
        let files = workspace::files(&self.root.join(folder))?;
        Ok(files
            .iter()
            .map(|path| format!("{folder}/{}", path.display()))
            .collect())
    }

    /// A file, or `archive.tar.xz!member`.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>> {
        match path.split_once('!') {
            Some((archive, member)) => {
                let members = self.archive(archive)?;
                let found = members.get(member);
                found
                    .cloned()
                    .ok_or_else(|| anyhow!("{archive} has no member {member}"))
            }
            None => fs::read(self.root.join(path))
                .map(Into::into)
                .with_context(|| format!("read {path}")),
        }
    }

    /// A file of text.
    pub fn read_text(&self, path: &str) -> Result<String> {
        let octets = self.read(path)?;
        String::from_utf8(octets.to_vec()).with_context(|| format!("{path} is not UTF-8"))
    }

    /// The members of an archive by name.
    pub fn archive(&self, path: &str) -> Result<Members> {
        let path = self.root.join(path);
        let mut archives = self
            .archives
            .lock()
            .map_err(|_| anyhow!("another thread failed while it unpacked an archive"))?;
        let unpacked = archives
            .entry(path.clone())
            .or_insert_with(|| unpack(&path).map_err(|error| format!("{error:#}")));
        unpacked.clone().map_err(|error| anyhow!(error))
    }
}

fn unpack(path: &Path) -> Result<Members> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let packed = fs::read(path).with_context(|| format!("read {name}"))?;
    let mut tape = Vec::new();
    let size = XzReader::new(&*packed, true)
        .take(MOST_UNPACKED + 1)
        .read_to_end(&mut tape)
        .with_context(|| format!("{name} is damaged: it cannot be unpacked"))?;
    if u64::try_from(size)? > MOST_UNPACKED {
        bail!("{name} unpacks to more than {MOST_UNPACKED} octets");
    }
    let mut members = BTreeMap::new();
    for entry in tar::Archive::new(&*tape).entries()? {
        let mut entry = entry.with_context(|| format!("{name} is not a tar archive"))?;
        if entry.header().entry_type().is_file() {
            let member = entry.path()?.to_string_lossy().into_owned();
            let mut octets = Vec::new();
            entry.read_to_end(&mut octets)?;
            members.insert(member, octets.into());
        }
    }
    Ok(Arc::new(members))
}
