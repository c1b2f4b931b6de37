//! `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7). It stands below `x509` because keys are prepared from it.

use std::sync::{Arc, OnceLock};

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;
use crate::der::writer::element;

use super::identifier::AlgorithmIdentifier;
use super::keyring::Frequent;
use super::provider::Algorithms;
use super::signature::{SignatureId, VerifyingKey};
use super::strength::{KeyDescription, describe_key};

/// A public key with its algorithm.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
#[derive(Clone, Debug)]
pub struct SubjectPublicKeyInfo {
    /// Algorithm and parameters of the key.
    pub algorithm: AlgorithmIdentifier,
    /// Contents of the BIT STRING, without the octet that counts unused bits.
    pub public_key: Octets,
    /// The whole encoded structure.
    pub octets: Octets,
    description: OnceLock<KeyDescription>,
    frequent: OnceLock<Frequent>,
}

impl PartialEq for SubjectPublicKeyInfo {
    /// All else is read from the octets.
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for SubjectPublicKeyInfo {}

impl SubjectPublicKeyInfo {
    /// What the key is as far as strength is concerned, told when it is first asked for.
    #[must_use]
    pub fn description(&self) -> &KeyDescription {
        self.description.get_or_init(|| describe_key(self))
    }

    /// Prepares the key for one that signs often: with the tables of the keys of authorities.
    pub(crate) fn prepare_for_frequent_use(&self, algorithms: &Algorithms) {
        if self.frequent.get().is_none()
            && let Some(frequent) = Frequent::of(self, algorithms)
        {
            // Another one may be kept by now: it verifies the same.
            let _ = self.frequent.set(frequent);
        }
    }

    /// The key as it was prepared for frequent use by a back end.
    pub(super) fn frequent(
        &self,
        id: SignatureId,
        algorithms: &Algorithms,
    ) -> Option<Arc<dyn VerifyingKey>> {
        self.frequent.get()?.get(id, self, algorithms)
    }

    /// Reads the next element as a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// It is not one.
    pub fn read(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = reader.expect(Tag::SEQUENCE, budget)?;
        let mut fields = element.reader(Structure::SubjectPublicKeyInfo, budget)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
        let public_key = fields
            .expect(Tag::BIT_STRING, budget)?
            .bit_string_octets()?;
        fields.finish()?;
        Ok(Self {
            algorithm,
            public_key,
            octets: element.octets(),
            description: OnceLock::new(),
            frequent: OnceLock::new(),
        })
    }

    /// Whether the key has no parameters of its own and takes those of the key that certified it: DSA alone may
    /// (RFC 3279 §2.3.2).
    #[must_use]
    pub fn inherits_parameters(&self) -> bool {
        self.algorithm.algorithm == oids::DSA && self.algorithm.has_no_parameters()
    }

    /// The key with the parameters of the one above it, RFC 5280 §6.1.4 (e); none when that one is of another
    /// algorithm or has none either, (f).
    #[must_use]
    pub fn with_parameters_of(&self, above: &Self) -> Option<Self> {
        if above.algorithm.algorithm != self.algorithm.algorithm || above.inherits_parameters() {
            return None;
        }
        // The unused bits of a key are none: `read` takes whole octets only.
        let key = element(Tag::BIT_STRING, &[&[0], &*self.public_key].concat());
        let whole = [&*above.algorithm.octets, &*key].concat();
        Some(Self {
            algorithm: above.algorithm.clone(),
            public_key: self.public_key.clone(),
            octets: Octets::from(element(Tag::SEQUENCE, &whole)),
            description: OnceLock::new(),
            frequent: OnceLock::new(),
        })
    }
}
