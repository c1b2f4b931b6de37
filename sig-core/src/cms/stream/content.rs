//! Signed documents that pass by and are hashed on the way (RFC 5652 §5.4).

use std::fmt;

use crate::alg::digest::{Digest, DigestContext, DigestId, DigestsDisagree};
use crate::alg::provider::Algorithms;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Header};
use crate::der::tag::Tag;

use super::KEPT;

/// Digests that are computed at once: more help nobody and cost time.
const MOST_DIGESTS: usize = 8;
/// Octets of the beginning that are kept of any document: the header of an element is not longer.
const BEGINNING: usize = 256;

/// Several digests of one document, computed in one pass (RFC 5652 §5.4).
pub struct ContentDigests {
    contexts: Vec<Box<dyn DigestContext>>,
    size: u64,
    /// The first octets, up to one more than are kept of a whole document.
    first: Vec<u8>,
    kept: usize,
}

/// A document that has passed by (EN 319 102-1 §5.2.7).
#[derive(Clone, Debug)]
pub struct StreamedContent {
    /// Its octets.
    pub size: u64,
    /// Its digests, each algorithm once.
    pub digests: Vec<Digest>,
    /// The octets, when the document is small.
    pub(crate) whole: Option<Octets>,
    /// The first octets.
    beginning: Octets,
}

impl ContentDigests {
    /// Nothing has passed yet. Algorithms that are unknown, repeated, or more than eight, are left out (RFC 5652 §5.4).
    #[must_use]
    pub fn new(algorithms: &Algorithms, wanted: impl IntoIterator<Item = DigestId>) -> Self {
        let mut taken: Vec<DigestId> = Vec::new();
        let mut contexts = Vec::new();
        for id in wanted {
            let algorithm = algorithms.digest(id);
            if let Some(algorithm) = algorithm
                && taken.len() < MOST_DIGESTS
                && !taken.contains(&id)
            {
                taken.push(id);
                contexts.push(algorithm.start());
            }
        }
        Self {
            contexts,
            size: 0,
            first: Vec::new(),
            kept: KEPT,
        }
    }

    /// Keeps a document of at most so many octets (RFC 5652 §5.2).
    #[must_use]
    pub const fn keeping(mut self, octets: usize) -> Self {
        self.kept = octets;
        self
    }

    /// Takes the next octets (RFC 5652 §5.4).
    pub fn update(&mut self, octets: &[u8]) {
        for context in &mut self.contexts {
            context.update(octets);
        }
        self.size += octets.len() as u64;
        let room = self.kept.max(BEGINNING) - self.first.len();
        let first = octets.get(..room).unwrap_or(octets);
        self.first.extend_from_slice(first);
    }

    /// Ends the document (RFC 5652 §5.4).
    ///
    /// # Errors
    /// Two implementations computed different values.
    pub fn finish(self) -> Result<StreamedContent, DigestsDisagree> {
        let digests = self.contexts.into_iter().map(|context| context.finish());
        let digests = digests.collect::<Result<Vec<Digest>, DigestsDisagree>>()?;
        let beginning = self.first.get(..BEGINNING).unwrap_or(&self.first);
        let beginning = Octets::from(beginning);
        let is_whole = self.size <= self.kept as u64;
        Ok(StreamedContent {
            size: self.size,
            digests,
            whole: is_whole.then(|| Octets::from(self.first)),
            beginning,
        })
    }
}

impl fmt::Debug for ContentDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentDigests")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl StreamedContent {
    /// A document that passed by before, from what is kept of it (EN 319 102-1 §5.2.7); `is_set` is the answer of
    /// [`Self::may_be_signed_attributes`].
    pub(crate) fn passed(size: u64, digests: Vec<Digest>, is_set: bool) -> Self {
        // A SET of indefinite length fills whatever follows.
        let beginning: &[u8] = if is_set { &[0x31, 0x80] } else { &[] };
        Self {
            size,
            digests,
            whole: None,
            beginning: Octets::from(beginning),
        }
    }

    /// The same, when the octets are at hand after all (EN 319 102-1 §5.2.7).
    pub(crate) fn at_hand(self, octets: Octets) -> Self {
        Self {
            whole: Some(octets),
            ..self
        }
    }

    /// The digest by an algorithm, when it was computed (EN 319 102-1 §5.2.7).
    #[must_use]
    pub fn digest(&self, algorithm: DigestId) -> Option<&Digest> {
        let mut digests = self.digests.iter();
        digests.find(|digest| digest.algorithm == algorithm)
    }

    /// Whether the document may be the `SET OF Attribute` of a signer: whether it is one element, a SET. What stands
    /// inside was not kept (RFC 5652 §5.4, draft-ietf-lamps-cms-euf-cma-signeddata).
    #[must_use]
    pub fn may_be_signed_attributes(&self) -> bool {
        let octet = |at: usize| self.beginning.get(at).copied();
        Header::read(octet, 0, Encoding::Ber).is_ok_and(|header| {
            let length = header.length.map(|length| length as u64);
            let fills = length.map(|length| length.saturating_add(header.size as u64));
            header.tag == Tag::SET && fills.is_none_or(|size| size == self.size)
        })
    }

    /// The same document with those digests only that another has too, unless they show that it is another document
    /// (RFC 5652 §5.2).
    #[must_use]
    pub(crate) fn confirmed_by(&self, size: u64, others: &[Digest]) -> Option<Self> {
        if self.size != size {
            return None;
        }
        let mut common = Vec::new();
        for digest in &self.digests {
            let mut others = others.iter();
            if let Some(other) = others.find(|other| other.algorithm == digest.algorithm) {
                if other != digest {
                    return None;
                }
                common.push(digest.clone());
            }
        }
        Some(Self {
            digests: common,
            ..self.clone()
        })
    }
}
