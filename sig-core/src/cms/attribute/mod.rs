//! Attributes (RFC 5652 §5.3, §11); those of CAdES that say something of the document or of the signer, a file each
//! (EN 319 122-1 §5.2).

pub mod commitment_type;
pub mod content_hints;
pub mod content_identifier;
pub mod content_reference;
pub mod mime_type;
pub mod signature_policy;
pub mod signature_policy_document;
pub mod signature_policy_store;
pub mod signer_attributes;
pub mod signer_location;

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::base::time::UnixTime;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// One attribute (RFC 5652 §5.3).
///
/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
/// ```
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The type.
    pub id: Oid,
    /// The whole encoded values.
    pub values: Vec<Octets>,
    /// The whole encoded attribute.
    pub octets: Octets,
}

/// Signed or unsigned attributes, in the order in which they were sent (RFC 5652 §5.3).
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// All of them.
    pub all: Vec<Attribute>,
}

/// How often an attribute that must be single occurs (RFC 5652 §11).
#[derive(Clone, Copy, Debug)]
pub enum Single<'a> {
    /// Not at all.
    Absent,
    /// Once, with one value.
    Value(&'a Octets),
    /// More than once, or with no or several values.
    NotSingle,
}

impl Attributes {
    pub(super) fn read(element: &Element<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = element.reader(Structure::Attribute, budget)?;
        let mut all = Vec::new();
        while !list.is_empty() {
            let attribute = list.expect(Tag::SEQUENCE, budget)?;
            let mut fields = attribute.reader(Structure::Attribute, budget)?;
            let id = fields.oid(budget)?;
            let mut set = fields.enter(Tag::SET, budget)?;
            fields.finish()?;
            let mut values = Vec::new();
            while !set.is_empty() {
                values.push(set.element(budget)?.octets());
            }
            all.push(Attribute {
                id,
                values,
                octets: attribute.octets(),
            });
        }
        Ok(Self { all })
    }

    /// An attribute that must occur once with one value (RFC 5652 §11).
    #[must_use]
    pub fn single(&self, id: Oid) -> Single<'_> {
        let mut found = self.all.iter().filter(|attribute| attribute.id == id);
        match (found.next(), found.next()) {
            (None, _) => Single::Absent,
            (Some(attribute), None) => match attribute.values.as_slice() {
                [value] => Single::Value(value),
                _ => Single::NotSingle,
            },
            (Some(_), Some(_)) => Single::NotSingle,
        }
    }

    /// Whether an attribute occurs (RFC 5652 §5.3).
    #[must_use]
    pub fn contains(&self, id: Oid) -> bool {
        self.all.iter().any(|attribute| attribute.id == id)
    }
}

/// The value of contentType (RFC 5652 §11.1).
///
/// # Errors
/// It is not an OBJECT IDENTIFIER.
pub fn content_type(value: &Octets, budget: &mut Budget) -> Result<Oid, Error> {
    let mut reader = reader(value);
    let oid = reader.oid(budget)?;
    reader.finish()?;
    Ok(oid)
}

/// The value of messageDigest (RFC 5652 §11.2).
///
/// # Errors
/// It is not an OCTET STRING.
pub fn message_digest(value: &Octets, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    let mut reader = reader(value);
    let element = reader.expect_string(Tag::OCTET_STRING, budget)?;
    reader.finish()?;
    Ok(element.string_octets(budget)?.into_owned())
}

/// The value of signingTime (RFC 5652 §11.3): what the signer claims.
///
/// # Errors
/// It is not a time.
pub fn signing_time(value: &Octets, budget: &mut Budget) -> Result<UnixTime, Error> {
    let mut reader = reader(value);
    let time = reader.element(budget)?.time()?;
    reader.finish()?;
    Ok(time)
}

/// The value of CMSAlgorithmProtection (RFC 6211 §2).
///
/// ```text
/// CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm DigestAlgorithmIdentifier,
///     signatureAlgorithm [1] SignatureAlgorithmIdentifier OPTIONAL, macAlgorithm [2] … OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct AlgorithmProtection {
    /// The digest algorithm of the signer.
    pub digest: AlgorithmIdentifier,
    /// The signature algorithm of the signer.
    pub signature: AlgorithmIdentifier,
}

impl AlgorithmProtection {
    /// Reads the value (RFC 6211 §2).
    ///
    /// # Errors
    /// It is malformed or protects a MAC.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut outer = reader(value);
        let mut fields = outer.enter(Tag::SEQUENCE, budget)?;
        outer.finish()?;
        let digest = AlgorithmIdentifier::read(&mut fields, budget)?;
        let element = fields.expect(Tag::context(1).constructed(), budget)?;
        let signature = AlgorithmIdentifier::from_element(&element, budget)?;
        fields.finish()?;
        Ok(Self { digest, signature })
    }
}

/// Whether octets read as the `SET OF Attribute` of a signer: the content of a stripped message
/// (RFC 5652 §5.4, draft-ietf-lamps-cms-euf-cma-signeddata).
#[must_use]
pub fn looks_like_signed_attributes(content: &Octets, budget: &Budget) -> bool {
    let mut budget = Budget::new(*budget.limits());
    let mut reader = Reader::new(content, Encoding::Ber, Structure::SignedAttributes);
    let mut read = || -> Result<Attributes, Error> {
        let element = reader.expect(Tag::SET, &mut budget)?;
        reader.finish()?;
        Attributes::read(&element, &mut budget)
    };
    read().is_ok_and(|attributes| {
        attributes.contains(oids::CONTENT_TYPE) || attributes.contains(oids::MESSAGE_DIGEST)
    })
}

fn reader(value: &Octets) -> Reader<'_> {
    Reader::new(value, Encoding::Ber, Structure::Attribute)
}

/// The fields of a value that is one SEQUENCE.
fn sequence<'a>(value: &'a Octets, budget: &mut Budget) -> Result<Reader<'a>, Error> {
    let mut outer = reader(value);
    let fields = outer.enter(Tag::SEQUENCE, budget)?;
    outer.finish()?;
    Ok(fields)
}

/// The text of a character string.
fn text(element: &Element<'_>) -> Result<String, Error> {
    let text = element.text();
    text.ok_or_else(|| element.malformed(Reason::InvalidValue))
}

/// The octets of the next OCTET STRING.
fn octet_string(reader: &mut Reader<'_>, budget: &mut Budget) -> Result<Octets, Error> {
    let element = reader.expect_string(Tag::OCTET_STRING, budget)?;
    Ok(Octets::from(element.string_octets(budget)?.into_owned()))
}

#[cfg(test)]
mod testing;
