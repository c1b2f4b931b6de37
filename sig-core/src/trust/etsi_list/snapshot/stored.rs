//! Snapshots of trusted lists as octets, to be kept in a file (ETSI TS 119 615 §4.1).
//!
//! Numbers are written with the least significant octet first.
//!
//! | what | form |
//! |---|---|
//! | `etsilist` | 8 octets |
//! | version of the form, 1 | 8 |
//! | digest of the snapshot, hexadecimal digits | 64 |
//! | how many signers; of each: length, DER | 8; 8, octets |
//! | how many lists; of each: when it was taken in, length, XML | 8; 8, 8, octets |
//! | SHA-256 of everything before | 32 |
//!
//! The lists are kept as they were signed, and their signatures are verified whenever the file is read: it costs a few
//! milliseconds a list, and nothing but the signers has to be believed.

use sha2::Digest as _;

use crate::alg::provider::Algorithms;
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::trust::mintsifry_list::{ListLimits, ListRejected};
use crate::trust::snapshot::{OwnFile, StoredRefused};

use super::{EtsiSnapshot, EtsiSnapshotRejected, Offered, Signing};

const MAGIC: [u8; 8] = *b"etsilist";
const VERSION: u64 = 1;
/// Octets of the checksum.
const CHECKSUM: usize = 32;
/// Lists of all member states, and certificates that sign them, are far fewer.
const MOST: usize = 1_024;

/// Whether octets begin as a stored snapshot of trusted lists does, of whatever version (ETSI TS 119 615 §4.1).
#[must_use]
pub fn has_stored_form(octets: &[u8]) -> bool {
    octets.starts_with(&MAGIC)
}

impl EtsiSnapshot {
    /// The stored form (ETSI TS 119 615 §4.1).
    #[must_use]
    pub fn to_stored(&self) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(self.digest.as_bytes());
        let number = |out: &mut Vec<u8>, number: usize| out.extend((number as u64).to_le_bytes());
        number(&mut out, self.signers.len());
        for signer in &self.signers {
            number(&mut out, signer.len());
            out.extend_from_slice(signer);
        }
        number(&mut out, self.editions.len());
        for edition in &self.editions {
            out.extend(edition.taken_at.seconds().to_le_bytes());
            number(&mut out, edition.xml.len());
            out.extend_from_slice(&edition.xml);
        }
        let checksum = sha2::Sha256::digest(&out);
        out.extend(checksum);
        out
    }

    /// Reads the stored form; the signatures of the lists are verified again (ETSI TS 119 615 §4.1).
    ///
    /// # Errors
    /// The file is damaged, of another form, or its lists do not verify.
    ///
    /// # Limits
    /// Those given, for each list.
    pub fn from_stored(
        file: &OwnFile,
        algorithms: &Algorithms,
        limits: &ListLimits,
    ) -> Result<Self, StoredRefused> {
        let octets = file.octets();
        if !has_stored_form(octets) {
            return Err(StoredRefused::OtherForm);
        }
        let end = octets.len().checked_sub(CHECKSUM);
        let end = end.ok_or(StoredRefused::Damaged)?;
        let (before, checksum) = octets.split_at(end);
        if *sha2::Sha256::digest(before) != *checksum {
            return Err(StoredRefused::Damaged);
        }
        let mut input = Input {
            octets,
            at: MAGIC.len(),
            end,
        };
        let version = input.number().ok_or(StoredRefused::Damaged)?;
        if version != VERSION {
            return Err(StoredRefused::OtherVersion(version));
        }
        let Content {
            digest,
            signers,
            lists,
        } = input.content().ok_or(StoredRefused::Inconsistent)?;
        let lists = lists.into_iter();
        let offered = lists.map(|(taken_at, xml)| Offered::new(xml, taken_at, limits));
        let offered: Result<Vec<_>, _> = offered.collect();
        let read = offered.and_then(|offered| {
            let signing = Signing::Named(signers);
            Self::of_offered(offered, &[], signing, (algorithms, limits))
        });
        let snapshot = read.map_err(|why| match why {
            EtsiSnapshotRejected::List(ListRejected::BackEndsDisagree(disagreement)) => {
                StoredRefused::BackEndsDisagree(disagreement)
            }
            _ => StoredRefused::Inconsistent,
        })?;
        if *snapshot.digest.as_bytes() == *digest {
            Ok(snapshot)
        } else {
            Err(StoredRefused::Inconsistent)
        }
    }
}

struct Content {
    digest: Octets,
    signers: Vec<Octets>,
    /// With the day each was taken in.
    lists: Vec<(UnixTime, Octets)>,
}

struct Input<'a> {
    octets: &'a Octets,
    at: usize,
    end: usize,
}

impl Input<'_> {
    /// Octets that stay where they are.
    fn take(&mut self, count: usize) -> Option<Octets> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.end)?;
        let start = self.octets.offset();
        let taken = self.octets.part(start + self.at..start + end);
        self.at = end;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.take(8)?.first_chunk()?))
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn content(&mut self) -> Option<Content> {
        let digest = self.take(64)?;
        let mut signers = Vec::new();
        for _ in 0..self.size().filter(|count| *count <= MOST)? {
            let length = self.size()?;
            signers.push(self.take(length)?);
        }
        let mut lists = Vec::new();
        for _ in 0..self.size().filter(|count| *count <= MOST)? {
            let taken_at = i64::from_le_bytes(*self.take(8)?.first_chunk()?);
            let length = self.size()?;
            lists.push((UnixTime::from_seconds(taken_at), self.take(length)?));
        }
        (self.at == self.end).then_some(Content {
            digest,
            signers,
            lists,
        })
    }
}
