//! signature-policy-store (EN 319 122-1 §5.2.10): the document of the policy beside the signature, signed by nobody.

use crate::base::error::{Error, Reason};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::tag::Tag;

use super::signature_policy::PolicySpecification;
use super::{octet_string, sequence, text};

/// A policy's document (EN 319 122-1 §5.2.10).
///
/// ```text
/// SignaturePolicyStore ::= SEQUENCE { spDocSpec SPDocSpecification,
///     spDocument CHOICE { sigPolicyEncoded OCTET STRING, sigPolicyLocalURI UTF8String } }
/// ```
#[derive(Clone, Debug)]
pub struct SignaturePolicyStore {
    /// The technical specification that the document follows.
    pub specification: PolicySpecification,
    /// The document.
    pub document: StoredPolicy,
}

/// Where the document is (EN 319 122-1 §5.2.10).
#[derive(Clone, Debug)]
pub enum StoredPolicy {
    /// Here.
    Encoded(Octets),
    /// In a store of the signer's: never fetched.
    LocalUri(String),
}

impl SignaturePolicyStore {
    /// Reads the value (EN 319 122-1 §5.2.10).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        let specification = PolicySpecification::read(&mut fields, budget)?;
        let document = match fields.peek_tag() {
            Some(tag) if tag.primitive() == Tag::OCTET_STRING => {
                StoredPolicy::Encoded(octet_string(&mut fields, budget)?)
            }
            Some(Tag::UTF8_STRING) => StoredPolicy::LocalUri(text(&fields.element(budget)?)?),
            _ => return Err(fields.malformed(fields.offset(), Reason::UnexpectedTag)),
        };
        fields.finish()?;
        Ok(Self {
            specification,
            document,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, ia5, octets, oid, read, sequence, utf8};
    use super::*;

    fn store(fields: &[Vec<u8>]) -> Option<SignaturePolicyStore> {
        read(sequence(fields), SignaturePolicyStore::read)
    }

    #[test]
    fn a_document_is_here_or_elsewhere() {
        let here = store(&[oid(TYPE), octets(b"rules")]).unwrap();
        assert!(matches!(here.document, StoredPolicy::Encoded(octets) if *octets == *b"rules"));
        let there = store(&[ia5("urn:test"), utf8("file:policy")]).unwrap();
        assert!(matches!(there.document, StoredPolicy::LocalUri(_)));
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        for fields in [
            vec![],
            vec![oid(TYPE)],
            vec![octets(b"rules")],
            vec![utf8("urn:test"), octets(b"rules")],
            vec![oid(TYPE), ia5("file:policy")],
            vec![oid(TYPE), octets(b"rules"), utf8("a")],
        ] {
            assert!(store(&fields).is_none());
        }
    }
}
