//! Snapshots of European trusted lists, in the same folder as the others; `active-eu` names the active one.

use std::{io::Write as _, path::Path};

use sig_core::{
    alg::provider::Algorithms,
    der::octets::Octets,
    trust::{etsi_list::EtsiSnapshot, mintsifry_list::ListLimits, snapshot::OwnFile},
};

use super::{StoreFault, TrustStore, io_fault, own_octets, replace};

const POINTER: &str = "active-eu";
const PREFIX: &str = "eu-";

/// Whether an id is one of a snapshot of European lists.
#[must_use]
pub fn is_of_trusted_lists(id: &str) -> bool {
    id.starts_with(PREFIX)
}

impl TrustStore {
    /// Reads a snapshot of European lists; their signatures are verified again.
    ///
    /// # Errors
    /// It is not there, damaged, or others can write it.
    pub fn read_lists(
        &self,
        id: &str,
        algorithms: &Algorithms,
    ) -> Result<EtsiSnapshot, StoreFault> {
        let path = self.path(id)?;
        let octets = own_octets(&path)?.ok_or_else(|| StoreFault::UnknownId(id.to_owned()))?;
        let snapshot = recall_lists(&path, octets, algorithms)?;
        if snapshot.id() == id {
            Ok(snapshot)
        } else {
            Err(StoreFault::Misnamed(path))
        }
    }

    /// Keeps a snapshot of European lists under its id.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_lists(&self, snapshot: &EtsiSnapshot) -> Result<(), StoreFault> {
        let path = self.path(snapshot.id())?;
        replace(&path, |file| file.write_all(&snapshot.to_stored()))
    }

    /// The id of the active snapshot of European lists; none when there is none.
    ///
    /// # Errors
    /// The pointer is damaged or others can write it.
    pub fn active_lists(&self) -> Result<Option<String>, StoreFault> {
        let ids = self.pointer(POINTER)?;
        if ids.iter().all(|id| is_of_trusted_lists(id)) {
            Ok(ids.into_iter().next())
        } else {
            Err(StoreFault::Pointer(self.folder.join(POINTER)))
        }
    }

    /// Makes a snapshot of European lists the active one, after it was read: a damaged one never becomes active.
    ///
    /// # Errors
    /// It cannot be read; the pointer cannot be written.
    pub fn activate_lists(&self, id: &str, algorithms: &Algorithms) -> Result<(), StoreFault> {
        self.read_lists(id, algorithms)?;
        self.put_first(POINTER, id)
    }

    /// Makes the snapshot of European lists active again that was before the active one; answers its id.
    ///
    /// # Errors
    /// There is none; as [`Self::activate_lists`].
    pub fn rollback_lists(&self, algorithms: &Algorithms) -> Result<String, StoreFault> {
        self.go_back(POINTER, |before| {
            self.read_lists(before, algorithms).map(drop)
        })
    }
}

/// Reads a stored snapshot of European lists from a file that nobody else could have written.
///
/// # Errors
/// It is not there, damaged, or others can write it.
pub fn read_lists_file(path: &Path, algorithms: &Algorithms) -> Result<EtsiSnapshot, StoreFault> {
    let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
    match own_octets(path)? {
        Some(octets) => recall_lists(path, octets, algorithms),
        None => Err(io_fault(path)(missing)),
    }
}

fn recall_lists(
    path: &Path,
    octets: Octets,
    algorithms: &Algorithms,
) -> Result<EtsiSnapshot, StoreFault> {
    let file = OwnFile::vouched(octets);
    let read = EtsiSnapshot::from_stored(&file, algorithms, &ListLimits::STANDARD);
    read.map_err(|why| StoreFault::Refused(path.to_owned(), why))
}
