//! Pointers of a store: which snapshot is active, and which were active before.

use std::{
    fs,
    io::{self, Write as _},
};

use super::{StoreFault, TrustStore, io_fault, is_id, own_octets, replace};

/// Snapshots that were active before and are remembered.
const REMEMBERED: usize = 32;
/// Octets of a pointer, at most.
const POINTER_OCTETS: u64 = 8 << 10;

impl TrustStore {
    /// The active snapshot of a kind and those that were active before, the latest first.
    pub(super) fn pointer(&self, name: &str) -> Result<Vec<String>, StoreFault> {
        let path = self.folder.join(name);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() > POINTER_OCTETS => {
                return Err(StoreFault::Pointer(path));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_fault(&path)(error)),
        }
        let octets = own_octets(&path)?.ok_or_else(|| StoreFault::Pointer(path.clone()))?;
        let text = std::str::from_utf8(&octets).unwrap_or_default();
        let ids: Vec<String> = text.lines().map(str::to_owned).collect();
        if ids.is_empty() || !ids.iter().all(|id| is_id(id)) {
            return Err(StoreFault::Pointer(path));
        }
        Ok(ids)
    }

    /// Puts an id before those that a pointer names.
    pub(super) fn put_first(&self, name: &str, id: &str) -> Result<(), StoreFault> {
        // A damaged pointer is what this mends.
        let mut ids = match self.pointer(name) {
            Ok(ids) => ids,
            Err(StoreFault::Pointer(_)) => Vec::new(),
            Err(fault) => return Err(fault),
        };
        if ids.first().is_some_and(|active| active == id) {
            return Ok(());
        }
        ids.insert(0, id.to_owned());
        ids.truncate(REMEMBERED);
        self.point(name, &ids)
    }

    /// Takes the first id off a pointer, after the one behind it was read.
    pub(super) fn go_back(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<(), StoreFault>,
    ) -> Result<String, StoreFault> {
        let mut ids = self.pointer(name)?;
        if ids.is_empty() {
            return Err(StoreFault::NothingActive(self.folder.clone()));
        }
        ids.remove(0);
        let before = ids.first().ok_or(StoreFault::NothingBefore)?.clone();
        read(&before)?;
        self.point(name, &ids)?;
        Ok(before)
    }

    fn point(&self, name: &str, ids: &[String]) -> Result<(), StoreFault> {
        let text: String = ids.iter().map(|id| format!("{id}\n")).collect();
        replace(&self.folder.join(name), |file| {
            file.write_all(text.as_bytes())
        })
    }
}
