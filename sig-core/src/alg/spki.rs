//! `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7). It stands below `x509` because keys are prepared from it.

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::identifier::AlgorithmIdentifier;

/// A public key with its algorithm.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SubjectPublicKeyInfo {
    /// Algorithm and parameters of the key.
    pub algorithm: AlgorithmIdentifier,
    /// Contents of the BIT STRING, without the octet that counts unused bits.
    pub public_key: Octets,
    /// The whole encoded structure.
    pub octets: Octets,
}

impl SubjectPublicKeyInfo {
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
        })
    }
}
