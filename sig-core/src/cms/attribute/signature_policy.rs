//! signature-policy-identifier (EN 319 122-1 §5.2.9.1, RFC 5126 §5.8.1): the rules that the signer says he signed by.

use crate::alg::identifier::AlgorithmIdentifier;
use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::reader::Reader;
use crate::der::tag::Tag;

use super::{octet_string, reader, text};

/// The value (RFC 5126 §5.8.1).
///
/// ```text
/// SignaturePolicy ::= CHOICE { signaturePolicyId SignaturePolicyId, signaturePolicyImplied NULL }
/// SignaturePolicyId ::= SEQUENCE { sigPolicyId OBJECT IDENTIFIER,
///     sigPolicyHash SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING } OPTIONAL,
///     sigPolicyQualifiers SEQUENCE SIZE (1..MAX) OF SigPolicyQualifierInfo OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub enum SignaturePolicy {
    /// Both sides know the policy from elsewhere.
    Implied,
    /// The policy is named.
    Named(Box<SignaturePolicyId>),
}

/// A named policy (RFC 5126 §5.8.1).
#[derive(Clone, Debug)]
pub struct SignaturePolicyId {
    /// Its name.
    pub id: Oid,
    /// The digest of its document; none when it is absent.
    pub hash: Option<PolicyHash>,
    /// Where to find it, and what to tell.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// The digest of the document of a policy (RFC 5126 §5.8.1).
#[derive(Clone, Debug)]
pub struct PolicyHash {
    /// The digest algorithm.
    pub algorithm: AlgorithmIdentifier,
    /// The digest.
    pub value: Octets,
}

/// A qualifier (RFC 5126 §5.8.1, EN 319 122-1 §5.2.9.2).
#[derive(Clone, Debug)]
pub enum PolicyQualifier {
    /// Where the document is.
    Uri(String),
    /// What a reader should be shown.
    UserNotice {
        /// Who wrote the notice.
        organization: Option<String>,
        /// Its text.
        text: Option<String>,
    },
    /// The technical specification that the document follows.
    Specification(PolicySpecification),
    /// Another one.
    Other(Oid),
}

/// The technical specification of a policy's document (EN 319 122-1 §5.2.9.2).
///
/// ```text
/// SPDocSpecification ::= CHOICE { oid OBJECT IDENTIFIER, uri IA5String }
/// ```
#[derive(Clone, Debug)]
pub enum PolicySpecification {
    /// By object identifier.
    Oid(Oid),
    /// By address.
    Uri(String),
}

impl PolicyHash {
    /// Whether the signer left the digest out by writing zeros or nothing (EN 319 122-1 §5.2.9.1).
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.value.iter().all(|octet| *octet == 0)
    }
}

impl SignaturePolicy {
    /// Reads the value (RFC 5126 §5.8.1).
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut outer = reader(value);
        let element = outer.element(budget)?;
        outer.finish()?;
        if element.tag == Tag::NULL {
            element.null()?;
            return Ok(Self::Implied);
        }
        if element.tag != Tag::SEQUENCE {
            return Err(element.malformed(Reason::UnexpectedTag));
        }
        let mut fields = element.reader(Structure::Attribute, budget)?;
        let id = fields.oid(budget)?;
        let mut hash = None;
        let mut qualifiers = Vec::new();
        if !fields.is_empty() {
            let first = fields.expect(Tag::SEQUENCE, budget)?;
            if is_hash(&first, budget)? {
                hash = Some(read_hash(&first, budget)?);
                if !fields.is_empty() {
                    qualifiers = read_qualifiers(&fields.expect(Tag::SEQUENCE, budget)?, budget)?;
                }
            } else {
                qualifiers = read_qualifiers(&first, budget)?;
            }
        }
        fields.finish()?;
        Ok(Self::Named(Box::new(SignaturePolicyId {
            id,
            hash,
            qualifiers,
        })))
    }
}

/// A digest ends with an OCTET STRING, a list of qualifiers holds none.
fn is_hash(element: &Element<'_>, budget: &mut Budget) -> Result<bool, Error> {
    let mut fields = element.reader(Structure::Attribute, budget)?;
    fields.element(budget)?;
    Ok(fields.peek_tag().map(Tag::primitive) == Some(Tag::OCTET_STRING))
}

fn read_hash(element: &Element<'_>, budget: &mut Budget) -> Result<PolicyHash, Error> {
    let mut fields = element.reader(Structure::Attribute, budget)?;
    let algorithm = AlgorithmIdentifier::read(&mut fields, budget)?;
    let value = octet_string(&mut fields, budget)?;
    fields.finish()?;
    Ok(PolicyHash { algorithm, value })
}

fn read_qualifiers(
    element: &Element<'_>,
    budget: &mut Budget,
) -> Result<Vec<PolicyQualifier>, Error> {
    let mut list = element.reader(Structure::Attribute, budget)?;
    if list.is_empty() {
        return Err(element.malformed(Reason::Missing));
    }
    let mut all = Vec::new();
    while !list.is_empty() {
        let mut fields = list.enter(Tag::SEQUENCE, budget)?;
        let id = fields.oid(budget)?;
        all.push(match id {
            oids::POLICY_URI => {
                let uri = fields.expect(Tag::IA5_STRING, budget)?;
                PolicyQualifier::Uri(text(&uri)?)
            }
            oids::POLICY_USER_NOTICE => read_notice(&mut fields, budget)?,
            oids::POLICY_SPECIFICATION => {
                PolicyQualifier::Specification(PolicySpecification::read(&mut fields, budget)?)
            }
            other => {
                fields.element(budget)?;
                PolicyQualifier::Other(other)
            }
        });
        fields.finish()?;
    }
    Ok(all)
}

/// `SPUserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }`.
fn read_notice(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<PolicyQualifier, Error> {
    let mut notice = fields.enter(Tag::SEQUENCE, budget)?;
    let organization = match notice.optional(Tag::SEQUENCE, budget)? {
        Some(reference) => {
            let mut reference = reference.reader(Structure::Attribute, budget)?;
            let organization = text(&reference.element(budget)?)?;
            reference.expect(Tag::SEQUENCE, budget)?;
            reference.finish()?;
            Some(organization)
        }
        None => None,
    };
    let explicit = if notice.is_empty() {
        None
    } else {
        Some(text(&notice.element(budget)?)?)
    };
    notice.finish()?;
    Ok(PolicyQualifier::UserNotice {
        organization,
        text: explicit,
    })
}

impl PolicySpecification {
    /// Reads the next element (EN 319 122-1 §5.2.9.2).
    ///
    /// # Errors
    /// It is neither an object identifier nor an address; a limit.
    pub fn read(fields: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let element = fields.element(budget)?;
        match element.tag {
            Tag::OID => element.oid().map(Self::Oid),
            Tag::IA5_STRING => text(&element).map(Self::Uri),
            _ => Err(element.malformed(Reason::UnexpectedTag)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, ia5, octets, oid, read, sequence, utf8};
    use super::*;

    fn hash(value: &[u8]) -> Vec<u8> {
        sequence(&[sequence(&[oid(oids::SHA256)]), octets(value)])
    }

    fn uri() -> Vec<u8> {
        sequence(&[oid(oids::POLICY_URI), ia5("https://policy.test.invalid/")])
    }

    fn named(fields: &[Vec<u8>]) -> Option<SignaturePolicyId> {
        match read(sequence(fields), SignaturePolicy::read)? {
            SignaturePolicy::Named(named) => Some(*named),
            SignaturePolicy::Implied => None,
        }
    }

    #[test]
    fn the_digest_and_the_qualifiers_may_each_be_absent() {
        let number = crate::der::writer::element(Tag::INTEGER, &[1]);
        let reference = sequence(&[utf8("Издатель"), sequence(&[number])]);
        let notice = sequence(&[reference, utf8("Только для договоров")]);
        let qualifiers = sequence(&[
            uri(),
            sequence(&[oid(oids::POLICY_USER_NOTICE), notice]),
            sequence(&[oid(oids::POLICY_SPECIFICATION), oid(TYPE)]),
            sequence(&[oid(TYPE), utf8("other")]),
        ]);
        let all = named(&[oid(TYPE), hash(&[1; 32]), qualifiers.clone()]).unwrap();
        assert!(!all.hash.unwrap().is_zero());
        assert_eq!(all.qualifiers.len(), 4);
        let unbound = named(&[oid(TYPE), qualifiers]).unwrap();
        assert!(unbound.hash.is_none() && unbound.qualifiers.len() == 4);
        let plain = named(&[oid(TYPE), hash(&[1; 32])]).unwrap();
        assert!(plain.hash.is_some() && plain.qualifiers.is_empty());
        assert!(named(&[oid(TYPE)]).unwrap().hash.is_none());
    }

    #[test]
    fn zeros_and_nothing_are_no_digest() {
        for zeros in [&[][..], &[0], &[0; 32]] {
            assert!(
                named(&[oid(TYPE), hash(zeros)])
                    .unwrap()
                    .hash
                    .unwrap()
                    .is_zero()
            );
        }
    }

    #[test]
    fn null_is_an_implied_policy() {
        let implied = read(vec![5, 0], SignaturePolicy::read);
        assert!(matches!(implied, Some(SignaturePolicy::Implied)));
        assert!(read(vec![5, 1, 0], SignaturePolicy::read).is_none());
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        let long_uri = sequence(&[oid(oids::POLICY_URI), utf8("https://a.invalid/")]);
        for fields in [
            vec![],
            vec![utf8("a")],
            vec![oid(TYPE), sequence(&[])],
            vec![oid(TYPE), octets(&[1])],
            vec![oid(TYPE), hash(&[1]), sequence(&[])],
            vec![oid(TYPE), hash(&[1]), hash(&[1])],
            vec![oid(TYPE), sequence(&[long_uri])],
            vec![oid(TYPE), hash(&[1]), sequence(&[uri()]), utf8("a")],
        ] {
            assert!(named(&fields).is_none());
        }
    }
}
