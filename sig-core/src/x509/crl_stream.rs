//! CRLs that are read as they arrive (RFC 5280 §5.1), for lists that need not be in memory.
//!
//! While octets pass, the digest that the signature is made over is computed and every entry becomes a row of the
//! index. What is kept beside the rows is bounded: the fields around the entries, and one entry that is not whole yet.
//! A list that is at hand, in memory or as a mapped file, is read by [`CertificateList::from_der`], which needs no
//! such bounds; both make the same index with the same code.

use std::fmt;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::alg::digest::{Digest, DigestContext};
use crate::alg::identifier::{AlgorithmIdentifier, digest_of_signature};
use crate::alg::keyring::{Keyring, Verification};
use crate::alg::provider::Algorithms;
use crate::alg::signature::SignatureId;
use crate::alg::spki::SubjectPublicKeyInfo;
use crate::base::error::{Error, Malformed, Reason, Structure};
use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;

use super::certificate::Fingerprint;
use super::crl::CertificateList;
use super::crl_index::{CrlIndex, Header, Hopper, IndexKey};
use super::name::Name;
use super::signed::SignedRejected;

/// Octets of the fields before the entries, of those after them, and of one entry.
const KEPT: usize = 1 << 20;

/// Fields before the entries: version, signature, issuer, thisUpdate, nextUpdate.
const FIELDS: u8 = 5;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// `crlExtensions [0]`.
const EXTENSIONS: u8 = 0xa0;

/// A CRL of which a part has arrived (RFC 5280 §5.1).
pub struct CrlStream<'a> {
    algorithms: &'a Algorithms,
    limits: Limits,
    key: IndexKey,
    stage: Stage,
    /// Octets that are not taken in yet.
    pending: Vec<u8>,
    /// Offset of the first pending octet in the CRL.
    taken: usize,
    /// Of the whole CRL.
    whole: Sha256,
    /// Of `tbsCertList`, by the algorithm of its `signature` field; none while that is unknown, and for schemes that
    /// sign no digest.
    tbs: Option<Box<dyn DigestContext>>,
    outline: Outline,
}

/// Where the reader stands: in front of what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The headers of `CertificateList` and `tbsCertList`.
    Start,
    /// A field before the entries.
    Front,
    /// An entry, or the end of the entries.
    Entries,
    /// What follows the entries.
    Back,
}

/// The fields around the entries, and where things end.
#[derive(Default)]
struct Outline {
    /// Tag and length of `tbsCertList`.
    tbs_header: Vec<u8>,
    /// Fields before the entries.
    front: Vec<u8>,
    /// How many they are.
    fields: u8,
    /// What follows the entries.
    back: Vec<u8>,
    /// `SEQUENCE` fields that were seen: `signature`, then `issuer`.
    sequences: u8,
    version: u8,
    end: usize,
    tbs_end: usize,
    list_start: usize,
    list_end: usize,
    hopper: Option<Hopper>,
}

impl<'a> CrlStream<'a> {
    /// Nothing has arrived yet (RFC 5280 §5.1). The key is of random octets: see [`IndexKey`].
    #[must_use]
    pub fn new(algorithms: &'a Algorithms, key: IndexKey, limits: Limits) -> Self {
        Self {
            algorithms,
            limits,
            key,
            stage: Stage::Start,
            pending: Vec::new(),
            taken: 0,
            whole: Sha256::new(),
            tbs: None,
            outline: Outline::default(),
        }
    }

    /// Takes the next octets, however many (RFC 5280 §5.1).
    ///
    /// # Errors
    /// They cannot belong to a CRL; more entries than `crl_entries`.
    ///
    /// # Limits
    /// The fields before the entries, those after them, and one entry are each at most 1 MiB.
    pub fn update(&mut self, octets: &[u8]) -> Result<(), Error> {
        for octets in octets.chunks(KEPT) {
            self.whole.update(octets);
            self.pending.extend_from_slice(octets);
            while self.step()? {}
            let Outline { front, back, .. } = &self.outline;
            if [&self.pending, front, back]
                .iter()
                .any(|kept| kept.len() > KEPT)
            {
                return Err(self.malformed(0, Reason::InvalidLength));
            }
        }
        Ok(())
    }

    /// Ends the CRL (RFC 5280 §5.1).
    ///
    /// # Errors
    /// It is not whole, or not a CRL.
    pub fn finish(self) -> Result<StreamedCrl<'a>, Error> {
        let has_ended = self.stage == Stage::Back && self.taken == self.outline.end;
        if !has_ended || !self.pending.is_empty() {
            return Err(self.malformed(self.pending.len(), Reason::Truncated));
        }
        let Outline {
            front,
            back,
            tbs_end,
            list_start,
            list_end,
            hopper: Some(hopper),
            ..
        } = self.outline
        else {
            return Err(malformed(self.taken, Reason::Truncated));
        };
        let parts = back.split_at_checked(tbs_end - list_end);
        let (extensions, signature) = parts.unwrap_or_default();
        if extensions.first().is_some_and(|tag| *tag != EXTENSIONS) {
            return Err(malformed(list_end, Reason::UnexpectedTag));
        }
        let tbs = element(Tag::SEQUENCE, &[&front, extensions].concat());
        let around = Octets::from(element(Tag::SEQUENCE, &[&tbs, signature].concat()));
        let fingerprint = Fingerprint::default();
        let mut budget = Budget::new(self.limits);
        let around = CertificateList::read(&around, fingerprint, &mut budget, CrlIndex::read)?;
        Ok(StreamedCrl {
            algorithms: self.algorithms,
            around,
            digest: match self.tbs {
                Some(context) => Some(context.finish()?),
                None => None,
            },
            sha256: self.whole.finalize().into(),
            list: list_start..list_end,
            hopper,
        })
    }

    /// Takes in one thing; whether there was one.
    fn step(&mut self) -> Result<bool, Error> {
        match self.stage {
            Stage::Start => self.start(),
            Stage::Front => self.front(),
            Stage::Entries => self.entries(),
            Stage::Back => self.back(),
        }
    }

    fn start(&mut self) -> Result<bool, Error> {
        let Some(whole) = self.header_at(0)? else {
            return Ok(false);
        };
        let Some(tbs) = self.header_at(whole.start)? else {
            return Ok(false);
        };
        if whole.tag != SEQUENCE || tbs.tag != SEQUENCE {
            return Err(self.malformed(0, Reason::UnexpectedTag));
        }
        if tbs.end > whole.end || tbs.start > self.pending.len() {
            return Err(self.malformed(whole.start, Reason::Truncated));
        }
        self.outline.end = whole.end;
        self.outline.tbs_end = tbs.end;
        let header = self.pending.get(whole.start..tbs.start);
        self.outline.tbs_header = header.unwrap_or_default().to_vec();
        self.advance(tbs.start);
        self.stage = Stage::Front;
        Ok(true)
    }

    /// A field before the entries.
    fn front(&mut self) -> Result<bool, Error> {
        if self.taken == self.outline.tbs_end {
            return self.end_front(self.taken, self.taken);
        }
        let Some(field) = self.header_at(0)? else {
            return Ok(false);
        };
        if self.taken + field.end > self.outline.tbs_end {
            return Err(self.malformed(0, Reason::Truncated));
        }
        match field.tag {
            EXTENSIONS => return self.end_front(self.taken, self.taken),
            SEQUENCE if self.outline.sequences == 2 => {
                let header = self.pending.get(..field.start).unwrap_or_default();
                if let Some(context) = &mut self.tbs {
                    context.update(header);
                }
                let (start, end) = (self.taken + field.start, self.taken + field.end);
                self.advance(field.start);
                return self.end_front(start, end);
            }
            _ => {}
        }
        let Some(octets) = self.pending.get(..field.end) else {
            return Ok(false);
        };
        let octets = octets.to_vec();
        self.outline.fields += 1;
        if self.outline.fields > FIELDS {
            return Err(self.malformed(0, Reason::UnexpectedTag));
        }
        self.outline.front.extend_from_slice(&octets);
        if let Some(context) = &mut self.tbs {
            context.update(&octets);
        }
        if field.tag == INTEGER && self.outline.sequences == 0 {
            self.outline.version = 2;
        }
        if field.tag == SEQUENCE {
            self.outline.sequences += 1;
            if self.outline.sequences == 1 {
                self.start_digest(octets)?;
            }
        }
        self.advance(field.end);
        Ok(true)
    }

    /// Begins the digest by the `signature` field of `tbsCertList`, with what came before.
    fn start_digest(&mut self, field: Vec<u8>) -> Result<(), Error> {
        let source = Octets::from(field);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::AlgorithmIdentifier);
        let mut budget = Budget::new(self.limits);
        let identifier = AlgorithmIdentifier::read(&mut reader, &mut budget)?;
        let algorithm = digest_of_signature(&identifier).and_then(|id| self.algorithms.digest(id));
        if let Some(algorithm) = algorithm {
            let mut context = algorithm.start();
            context.update(&self.outline.tbs_header);
            context.update(&self.outline.front);
            self.tbs = Some(context);
        }
        Ok(())
    }

    fn end_front(&mut self, list_start: usize, list_end: usize) -> Result<bool, Error> {
        if self.outline.sequences != 2 {
            return Err(self.malformed(0, Reason::Missing));
        }
        let version = self.outline.version.max(1);
        let bound = self.limits.crl_entries;
        self.outline.hopper = Some(Hopper::new(self.key, version, bound));
        self.outline.list_start = list_start;
        self.outline.list_end = list_end;
        self.stage = Stage::Entries;
        Ok(true)
    }

    fn entries(&mut self) -> Result<bool, Error> {
        let Outline {
            list_start,
            list_end,
            hopper,
            ..
        } = &mut self.outline;
        let left = *list_end - self.taken;
        if left == 0 {
            self.stage = Stage::Back;
            return Ok(true);
        }
        let available = left.min(self.pending.len());
        let octets = self.pending.get(..available).unwrap_or_default();
        let Some(hopper) = hopper else {
            return Ok(false);
        };
        let taken = hopper.take(octets, self.taken - *list_start, *list_start)?;
        if taken == 0 {
            return if available == left {
                Err(self.malformed(0, Reason::Truncated))
            } else {
                Ok(false)
            };
        }
        if let Some(context) = &mut self.tbs {
            context.update(octets.get(..taken).unwrap_or_default());
        }
        self.advance(taken);
        Ok(true)
    }

    fn back(&mut self) -> Result<bool, Error> {
        let left = self.outline.end - self.taken;
        if self.pending.len() > left {
            return Err(self.malformed(left, Reason::TrailingOctets));
        }
        let signed = self.outline.tbs_end.saturating_sub(self.taken);
        let signed = signed.min(self.pending.len());
        if let Some(context) = &mut self.tbs {
            context.update(self.pending.get(..signed).unwrap_or_default());
        }
        self.outline.back.extend_from_slice(&self.pending);
        self.advance(self.pending.len());
        Ok(false)
    }

    /// The header at an offset among the pending octets; ends are offsets there, too.
    fn header_at(&self, at: usize) -> Result<Option<Header>, Error> {
        Header::read(&self.pending, at).map_err(|(at, reason)| self.malformed(at, reason))
    }

    fn advance(&mut self, count: usize) {
        self.pending.drain(..count.min(self.pending.len()));
        self.taken += count;
    }

    fn malformed(&self, at: usize, reason: Reason) -> Error {
        malformed(self.taken + at, reason)
    }
}

impl fmt::Debug for CrlStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlStream")
            .field("stage", &self.stage)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// A CRL that arrived whole: its index and the digest of what was signed, without its octets (RFC 5280 §5.1).
#[derive(Debug)]
pub struct StreamedCrl<'a> {
    algorithms: &'a Algorithms,
    /// The list without its entries. It was never signed like that.
    around: CertificateList,
    /// Of `tbsCertList`.
    digest: Option<Digest>,
    sha256: [u8; 32],
    /// Where the contents of `revokedCertificates` stand.
    list: Range<usize>,
    hopper: Hopper,
}

/// The octets are not those that were streamed (RFC 5280 §5.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OtherOctets;

impl StreamedCrl<'_> {
    /// Issuer name (RFC 5280 §5.1.2.3).
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.around.issuer
    }

    /// When it was issued, and when the next one is due (RFC 5280 §5.1.2.4, §5.1.2.5).
    #[must_use]
    pub const fn updates(&self) -> (UnixTime, Option<UnixTime>) {
        (self.around.this_update, self.around.next_update)
    }

    /// Number of entries (RFC 5280 §5.1.2.6).
    #[must_use]
    pub const fn len(&self) -> usize {
        self.hopper.rows.len()
    }

    /// Whether there is no entry (RFC 5280 §5.1.2.6).
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Verifies the signature over the octets that passed (RFC 5280 §6.3.3 (g)), with the back end that computed
    /// their digest.
    ///
    /// A scheme that signs the octets themselves, such as Ed25519, is not offered here: such a list is read at hand.
    ///
    /// # Errors
    /// The limit on signature checks; two implementations disagree.
    ///
    /// # Limits
    /// One signature check.
    pub fn verify(
        &self,
        key: &SubjectPublicKeyInfo,
        keyring: Option<&Keyring>,
        budget: &mut Budget,
    ) -> Result<Result<SignatureId, SignedRejected>, Error> {
        let verification = Verification::new(self.algorithms, keyring);
        let digest = self.digest.as_ref();
        self.around
            .signed
            .verify_digest(digest, key, verification, budget)
    }

    /// The list over the octets that were streamed, now kept elsewhere, such as in a file that is mapped: the index is
    /// not made again. Its entries keep their places (RFC 5280 §5.1).
    ///
    /// # Errors
    /// As [`CertificateList::from_der`]; inside, the octets are others.
    pub fn over(
        self,
        octets: &Octets,
        budget: &mut Budget,
    ) -> Result<Result<CertificateList, OtherOctets>, Error> {
        let fingerprint = Fingerprint::default();
        if *fingerprint.of(octets) != self.sha256 {
            return Ok(Err(OtherOctets));
        }
        let hopped = self.hopper;
        let list = CertificateList::read(octets, fingerprint, budget, |list, _| {
            Ok(CrlIndex::of_hops(hopped, list))
        });
        list.map(Ok)
    }

    /// The index as octets, for [`CertificateList::from_der_with_index`] (RFC 5280 §5.1.2.6).
    #[must_use]
    pub fn index_to_bytes(self) -> Vec<u8> {
        let index = CrlIndex::of_hops(self.hopper, Octets::default());
        index.to_bytes(&self.sha256, self.list)
    }
}

const fn malformed(offset: usize, reason: Reason) -> Error {
    Error::Malformed(Malformed {
        structure: Structure::CertificateList,
        offset,
        reason,
    })
}

#[cfg(test)]
mod tests;
