//! Evidence records (RFC 4998): proofs that data existed, renewed before what they rest on grows weak.

mod removal;
mod tree;

use crate::alg::digest::DigestId;
use crate::alg::identifier::{AlgorithmIdentifier, resolve_digest};
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;

pub use removal::without;
pub use tree::{Malsized, PartialHashTrees};

/// Archive time-stamps of one record: more are renewals of centuries.
const MOST_TIME_STAMPS: usize = 64;

/// A proof that data objects existed (RFC 4998 §3.1).
///
/// ```text
/// EvidenceRecord ::= SEQUENCE { version INTEGER { v1(1) }, digestAlgorithms SEQUENCE OF AlgorithmIdentifier,
///     cryptoInfos [0] CryptoInfos OPTIONAL, encryptionInfo [1] EncryptionInfo OPTIONAL,
///     archiveTimeStampSequence SEQUENCE OF ArchiveTimeStampChain }
/// ```
#[derive(Clone, Debug)]
pub struct EvidenceRecord {
    /// The digest algorithms of all its hash trees, as it states them.
    pub digest_algorithms: Vec<AlgorithmIdentifier>,
    /// Whether it carries data that may help to verify its time-stamps.
    pub has_crypto_infos: bool,
    /// Whether it was made over encrypted data.
    pub is_of_encrypted: bool,
    /// The chains in the order of time; at least one.
    pub chains: Vec<ArchiveTimeStampChain>,
}

/// Archive time-stamps with hash trees of one digest algorithm (RFC 4998 §5.1).
///
/// ```text
/// ArchiveTimeStampChain ::= SEQUENCE OF ArchiveTimeStamp
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveTimeStampChain {
    /// In the order of time; at least one.
    pub time_stamps: Vec<ArchiveTimeStamp>,
    /// The whole encoded chain.
    pub octets: Octets,
}

/// A time-stamp of the root of a hash tree (RFC 4998 §4.1).
///
/// ```text
/// ArchiveTimeStamp ::= SEQUENCE { digestAlgorithm [0] AlgorithmIdentifier OPTIONAL,
///     attributes [1] Attributes OPTIONAL, reducedHashtree [2] SEQUENCE OF PartialHashtree OPTIONAL,
///     timeStamp ContentInfo }
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveTimeStamp {
    /// The digest algorithm of the hash tree; when absent, that of the time-stamp.
    pub digest_algorithm: Option<AlgorithmIdentifier>,
    /// The way from the data to the root of the tree; without one what was time-stamped is the digest of the data.
    pub tree: Option<PartialHashTrees>,
    /// The whole encoded token.
    pub time_stamp: Octets,
}

impl EvidenceRecord {
    /// Whether octets begin like a record: a version and a list of algorithms, which no other object read here begins
    /// with (RFC 4998 §3.1).
    #[must_use]
    pub fn is_likely(octets: &Octets, budget: &Budget) -> bool {
        let mut budget = Budget::new(*budget.limits());
        let mut reader = Reader::new(octets, Encoding::Ber, Structure::EvidenceRecord);
        let mut read = || -> Result<(), Error> {
            let mut fields = reader.enter(Tag::SEQUENCE, &mut budget)?;
            fields.expect(Tag::INTEGER, &mut budget)?;
            let mut algorithms = fields.enter(Tag::SEQUENCE, &mut budget)?;
            AlgorithmIdentifier::read(&mut algorithms, &mut budget).map(|_| ())
        };
        read().is_ok()
    }

    /// Reads an `EvidenceRecord` that fills the octets (RFC 4998 §3.1): DER in the standard, read in BER since the
    /// tokens in it may be.
    ///
    /// # Errors
    /// It is not one; a limit.
    ///
    /// # Limits
    /// 64 archive time-stamps.
    pub fn from_ber(octets: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(octets, Encoding::Ber, Structure::EvidenceRecord);
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let version = fields.expect(Tag::INTEGER, budget)?;
        if version.small_integer()? != 1 {
            return Err(version.malformed(Reason::UnsupportedVersion));
        }
        let list = fields.expect(Tag::SEQUENCE, budget)?;
        let mut algorithms = list.reader(Structure::EvidenceRecord, budget)?;
        let mut digest_algorithms = Vec::new();
        while !algorithms.is_empty() {
            digest_algorithms.push(AlgorithmIdentifier::read(&mut algorithms, budget)?);
        }
        let of_context = |number| Tag::context(number).constructed();
        let has_crypto_infos = fields.optional(of_context(0), budget)?.is_some();
        let is_of_encrypted = fields.optional(of_context(1), budget)?.is_some();
        let sequence = fields.expect(Tag::SEQUENCE, budget)?;
        fields.finish()?;
        Ok(Self {
            digest_algorithms,
            has_crypto_infos,
            is_of_encrypted,
            chains: read_chains(&sequence, budget)?,
        })
    }

    /// The digest algorithms of its hash trees and imprints, each once (RFC 4998 §4.1, §5.3).
    #[must_use]
    pub fn digests(&self) -> Vec<DigestId> {
        let stamps = self.chains.iter().flat_map(|chain| &chain.time_stamps);
        let stated = stamps.filter_map(|stamp| stamp.digest_algorithm.as_ref());
        let all = self.digest_algorithms.iter().chain(stated);
        let mut digests = Vec::new();
        for id in all.filter_map(|algorithm| resolve_digest(algorithm).ok()) {
            if !digests.contains(&id) {
                digests.push(id);
            }
        }
        digests
    }

    /// The chains before one, in the order of time and in one `ArchiveTimeStampSequence`: what a new hash tree covers
    /// beside the data (RFC 4998 §5.2).
    #[must_use]
    pub fn sequence_before(&self, chain: usize) -> Vec<u8> {
        let before = self.chains.iter().take(chain);
        let octets: Vec<&[u8]> = before.map(|chain| &*chain.octets).collect();
        element(Tag::SEQUENCE, &octets.concat())
    }
}

fn read_chains(
    sequence: &Element<'_>,
    budget: &mut Budget,
) -> Result<Vec<ArchiveTimeStampChain>, Error> {
    let mut list = sequence.reader(Structure::EvidenceRecord, budget)?;
    let mut chains = Vec::new();
    let mut count = 0;
    while !list.is_empty() {
        let chain = list.expect(Tag::SEQUENCE, budget)?;
        let mut members = chain.reader(Structure::EvidenceRecord, budget)?;
        let mut time_stamps = Vec::new();
        while !members.is_empty() {
            let member = members.expect(Tag::SEQUENCE, budget)?;
            count += 1;
            if count > MOST_TIME_STAMPS {
                return Err(member.malformed(Reason::InvalidLength));
            }
            time_stamps.push(ArchiveTimeStamp::from_element(&member, budget)?);
        }
        if time_stamps.is_empty() {
            return Err(chain.malformed(Reason::Missing));
        }
        chains.push(ArchiveTimeStampChain {
            time_stamps,
            octets: chain.octets(),
        });
    }
    if chains.is_empty() {
        return Err(sequence.malformed(Reason::Missing));
    }
    Ok(chains)
}

impl ArchiveTimeStamp {
    fn from_element(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let of_context = |number| Tag::context(number).constructed();
        let mut fields = element.reader(Structure::EvidenceRecord, budget)?;
        let digest_algorithm = match fields.optional(of_context(0), budget)? {
            Some(element) => Some(AlgorithmIdentifier::from_element(&element, budget)?),
            None => None,
        };
        fields.optional(of_context(1), budget)?;
        let tree = match fields.optional(of_context(2), budget)? {
            Some(element) => Some(PartialHashTrees::from_element(&element, budget)?),
            None => None,
        };
        let time_stamp = fields.expect(Tag::SEQUENCE, budget)?.octets();
        fields.finish()?;
        Ok(Self {
            digest_algorithm,
            tree,
            time_stamp,
        })
    }
}

#[cfg(test)]
mod tests;
