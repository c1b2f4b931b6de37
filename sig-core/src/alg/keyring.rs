//! Public keys that are prepared once, with tables under one bound on memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::digest::{DigestAlgorithm, DigestId};
use super::identifier::fits_key;
use super::provider::Algorithms;
use super::signature::{
    KeyRejected, Message, NotVerified, SignatureAlgorithm, SignatureId, VerifyingKey,
};
use super::spki::SubjectPublicKeyInfo;
use super::verified::{Known, Statement, VerifiedSignatures};
use crate::base::error::Disagreement;
use crate::der::octets::Octets;

/// Keys of authorities, each prepared for every algorithm it can sign with.
///
/// Tables make a verification several times quicker, and a country has thousands of authorities: the bound says
/// what all of them together may hold.
#[derive(Clone, Default)]
pub struct Keyring {
    back_end: &'static str,
    offered: &'static [&'static dyn SignatureAlgorithm],
    /// By the octets of the `SubjectPublicKeyInfo`.
    keys: BTreeMap<Vec<u8>, Vec<ForAlgorithm>>,
    /// Keys that are prepared when they are first used.
    waiting: BTreeMap<Vec<u8>, OnceLock<Box<[ForLater]>>>,
    memory: usize,
}

/// One key for one algorithm of the back end; nothing inside when it is not a key of it.
#[derive(Clone)]
struct ForLater {
    algorithm: &'static dyn SignatureAlgorithm,
    prepared: OnceLock<Option<Arc<dyn VerifyingKey>>>,
}

/// One key prepared for one algorithm; cheap to clone with the snapshot that holds it.
type ForAlgorithm = (SignatureId, Arc<dyn VerifyingKey>);

/// How often a key is expected to be used.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Importance {
    /// Roots, and authorities that issue now.
    Busy,
    /// Authorities of the past: a key in its small form does.
    Seldom,
}

/// No key is given more, since larger tables no longer fit the caches of a processor.
pub(crate) const LARGEST: usize = 160 << 10;
/// What is kept free for each key that is still to come.
const SMALLEST: usize = 2 << 10;

/// A key about which two implementations disagree: so does whatever is verified with it.
#[derive(Debug)]
struct Disputed;

impl VerifyingKey for Disputed {
    fn verify(&self, _: Message<'_>, _: &[u8]) -> Result<(), NotVerified> {
        Err(NotVerified::BackEndsDisagree)
    }

    fn verify_salted(&self, _: Message<'_>, _: &[u8], _: usize) -> Result<(), NotVerified> {
        Err(NotVerified::BackEndsDisagree)
    }

    fn verify_plain(&self, _: Message<'_>, _: &[u8]) -> Result<(), NotVerified> {
        Err(NotVerified::BackEndsDisagree)
    }

    fn memory(&self) -> usize {
        0
    }
}

impl Keyring {
    /// Prepares keys, busy ones first and otherwise in the order given, so that together they hold at most `bound`
    /// octets. Keys that are no keys of the back end, or for which nothing is left, are left out: they are prepared
    /// when they are needed.
    ///
    /// # Errors
    /// Two implementations disagree about a key.
    pub fn within(
        bound: usize,
        keys: &[(Importance, &SubjectPublicKeyInfo)],
        algorithms: &Algorithms,
    ) -> Result<Self, Disagreement> {
        let mut ordered: Vec<_> = keys.iter().collect();
        ordered.sort_by_key(|(importance, _)| *importance);
        let mut ring = Self {
            back_end: algorithms.name,
            ..Self::default()
        };
        let mut left = ordered.len();
        for (importance, key) in ordered {
            left -= 1;
            let reserved = left.saturating_mul(SMALLEST);
            let free = bound.saturating_sub(ring.memory);
            let share = match importance {
                Importance::Busy => free.saturating_sub(reserved).min(LARGEST),
                Importance::Seldom => SMALLEST.min(free),
            };
            ring.add(key, share, free, algorithms)?;
        }
        Ok(ring)
    }

    /// Holds keys that are prepared in their small form when they are first used: for a program that starts, judges a
    /// little and ends.
    #[must_use]
    pub fn on_demand<'a>(
        keys: impl IntoIterator<Item = &'a SubjectPublicKeyInfo>,
        algorithms: &Algorithms,
    ) -> Self {
        let mut ring = Self {
            back_end: algorithms.name,
            offered: algorithms.signatures,
            ..Self::default()
        };
        for key in keys {
            ring.await_key(key, algorithms);
        }
        ring
    }

    /// Holds one key more, prepared in its small form when it is first used.
    pub(crate) fn await_key(&mut self, key: &SubjectPublicKeyInfo, algorithms: &Algorithms) {
        if self.back_end == algorithms.name && !self.keys.contains_key(&*key.octets) {
            self.offered = algorithms.signatures;
            self.waiting.entry(key.octets.to_vec()).or_default();
        }
    }

    /// Prepares a key that is used often as those of authorities are, while all keys hold at most `bound` octets. One that
    /// cannot be prepared stays as it was.
    pub(crate) fn favour(
        &mut self,
        key: &SubjectPublicKeyInfo,
        algorithms: &Algorithms,
        bound: usize,
    ) {
        if self.back_end == algorithms.name {
            let free = bound.saturating_sub(self.memory);
            // What two implementations disagree about is told where it is used.
            let _ = self.add(key, LARGEST.min(free), free, algorithms);
        }
    }

    /// A key that waited, prepared now if it was not before. What is wrong with it is found out where it is used.
    fn awaited(&self, id: SignatureId, key: &SubjectPublicKeyInfo) -> Option<&dyn VerifyingKey> {
        let waiting = self.waiting.get(&*key.octets)?;
        let fitting = waiting.get_or_init(|| {
            let fitting = self
                .offered
                .iter()
                .filter(|algorithm| fits_key(algorithm.id().scheme, &key.algorithm));
            let later = fitting.map(|algorithm| ForLater {
                algorithm: *algorithm,
                prepared: OnceLock::new(),
            });
            later.collect()
        });
        let later = fitting.iter().find(|later| later.algorithm.id() == id)?;
        let prepared = later
            .prepared
            .get_or_init(|| match later.algorithm.prepare(key) {
                Ok(prepared) => Some(Arc::from(prepared)),
                Err(KeyRejected::BackEndsDisagree) => Some(Arc::new(Disputed)),
                Err(_) => None,
            });
        prepared.as_deref()
    }

    fn add(
        &mut self,
        key: &SubjectPublicKeyInfo,
        share: usize,
        free: usize,
        algorithms: &Algorithms,
    ) -> Result<(), Disagreement> {
        if self.keys.contains_key(&*key.octets) {
            return Ok(());
        }
        let (prepared, memory) = prepare(key, share, algorithms)?;
        if !prepared.is_empty() && memory <= free {
            self.memory += memory;
            self.keys.insert(key.octets.to_vec(), prepared);
        }
        Ok(())
    }

    /// The key prepared for an algorithm, if the ring holds it.
    #[must_use]
    pub fn get(&self, id: SignatureId, key: &SubjectPublicKeyInfo) -> Option<&dyn VerifyingKey> {
        let Some(prepared) = self.keys.get(&*key.octets) else {
            return self.awaited(id, key);
        };
        let found = prepared.iter().find(|(known, _)| *known == id);
        found.map(|(_, verifying)| verifying.as_ref())
    }

    /// Octets that the keys prepared beforehand hold.
    #[must_use]
    pub const fn memory(&self) -> usize {
        self.memory
    }

    /// Number of keys prepared beforehand.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key was prepared beforehand.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// A key for each algorithm of a back end that it fits, and how many octets they hold.
fn prepare(
    key: &SubjectPublicKeyInfo,
    share: usize,
    algorithms: &Algorithms,
) -> Result<(Vec<ForAlgorithm>, usize), Disagreement> {
    let mut prepared = Vec::new();
    let mut memory = key.octets.len();
    for algorithm in algorithms.signatures {
        let id = algorithm.id();
        if !fits_key(id.scheme, &key.algorithm) {
            continue;
        }
        let Ok(verifying) = id.prepared(algorithm.prepare_within(key, share))? else {
            continue;
        };
        memory += verifying.memory();
        prepared.push((id, Arc::from(verifying)));
    }
    Ok((prepared, memory))
}

/// One key as a back end prepared it for frequent use, kept with the key.
#[derive(Clone)]
pub(super) struct Frequent {
    back_end: &'static str,
    /// Address of the table of algorithms: two back ends of one name are still two.
    table: usize,
    octets: Octets,
    prepared: Vec<ForAlgorithm>,
}

impl Frequent {
    /// Nothing is prepared about which two implementations disagree: that is told where the key is used.
    pub(super) fn of(key: &SubjectPublicKeyInfo, algorithms: &Algorithms) -> Option<Self> {
        let (prepared, _) = prepare(key, LARGEST, algorithms).ok()?;
        Some(Self {
            back_end: algorithms.name,
            table: algorithms.signatures.as_ptr().addr(),
            octets: key.octets.clone(),
            prepared,
        })
    }

    /// The key for an algorithm, if this very back end prepared it from these octets.
    pub(super) fn get(
        &self,
        id: SignatureId,
        key: &SubjectPublicKeyInfo,
        algorithms: &Algorithms,
    ) -> Option<Arc<dyn VerifyingKey>> {
        let same = self.back_end == algorithms.name
            && self.table == algorithms.signatures.as_ptr().addr()
            && self.octets == key.octets;
        let mut prepared = self.prepared.iter().filter(|_| same);
        prepared
            .find(|(known, _)| *known == id)
            .map(|(_, verifying)| Arc::clone(verifying))
    }
}

impl fmt::Debug for Frequent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frequent")
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("keys", &self.keys.len())
            .field("memory", &self.memory)
            .finish()
    }
}

/// What verifies signatures of certificates, lists and answers: a back end, the keys it prepared before and the
/// signatures it verified before.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    algorithms: &'a Algorithms,
    keyring: Option<&'a Keyring>,
    verified: Option<&'a VerifiedSignatures>,
}

/// A key that was prepared before, or one prepared for this use.
pub enum Prepared<'a> {
    /// From the ring.
    Kept(&'a dyn VerifyingKey),
    /// Kept with the key.
    Frequent(Arc<dyn VerifyingKey>),
    /// Prepared now.
    New(Box<dyn VerifyingKey>),
}

impl Prepared<'_> {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &dyn VerifyingKey {
        match self {
            Self::Kept(key) => *key,
            Self::Frequent(key) => key.as_ref(),
            Self::New(key) => key.as_ref(),
        }
    }
}

impl<'a> Verification<'a> {
    /// A back end with a ring of keys, which is used if that very back end prepared it: another must not answer in
    /// its place.
    #[must_use]
    pub fn new(algorithms: &'a Algorithms, keyring: Option<&'a Keyring>) -> Self {
        Self {
            algorithms,
            keyring: keyring.filter(|ring| ring.back_end == algorithms.name),
            verified: None,
        }
    }

    /// A digest algorithm; none when the back end does not offer it.
    #[must_use]
    pub fn digest(&self, id: DigestId) -> Option<&'static dyn DigestAlgorithm> {
        self.algorithms.digest(id)
    }

    /// The same, with signatures that were verified before: they count if that very back end verified them.
    #[must_use]
    pub fn with_verified(self, verified: Option<&'a VerifiedSignatures>) -> Self {
        Self {
            verified: verified.filter(|verified| verified.is_of(self.algorithms)),
            ..self
        }
    }

    /// The back end.
    #[must_use]
    pub const fn algorithms(&self) -> &'a Algorithms {
        self.algorithms
    }

    /// What is known of a signature without arithmetic.
    #[must_use]
    pub fn known(&self, statement: Statement<'_>) -> Option<Known> {
        self.verified?.find(statement)
    }

    /// A key for an algorithm; none when the back end does not offer the algorithm.
    ///
    /// # Errors
    /// The key is not one of the algorithm or not a valid one.
    pub fn key(
        &self,
        id: SignatureId,
        key: &SubjectPublicKeyInfo,
    ) -> Option<Result<Prepared<'a>, KeyRejected>> {
        if let Some(kept) = self.keyring.and_then(|ring| ring.get(id, key)) {
            return Some(Ok(Prepared::Kept(kept)));
        }
        if let Some(frequent) = key.frequent(id, self.algorithms) {
            return Some(Ok(Prepared::Frequent(frequent)));
        }
        let algorithm = self.algorithms.signature(id)?;
        Some(algorithm.prepare(key).map(Prepared::New))
    }
}

impl<'a> From<&'a Algorithms> for Verification<'a> {
    fn from(algorithms: &'a Algorithms) -> Self {
        Self::new(algorithms, None)
    }
}

#[cfg(test)]
mod tests;
