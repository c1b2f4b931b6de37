//! Which octets of a policy's document its digest is over (EN 319 122-1 §5.2.9.1, RFC 5126 §5.8.1, RFC 3125 §3.1).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// A rule by which the digest of a document is computed (RFC 5126 §5.8.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyForm {
    /// Over the whole document, which is of any format.
    Document,
    /// Over signPolicyHashAlg and signPolicyInfo of an ASN.1 policy, without the outer tag and length and without
    /// signPolicyHash.
    Asn1WithoutHash,
    /// Over all that stands inside the outer tag and length of an ASN.1 policy.
    Asn1Contents,
}

impl PolicyForm {
    /// The name used in reports (RFC 5126 §5.8.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Asn1WithoutHash => "asn1-without-hash",
            Self::Asn1Contents => "asn1-contents",
        }
    }
}

/// A policy written in ASN.1 (RFC 3125 §3.1).
///
/// ```text
/// SignaturePolicy ::= SEQUENCE { signPolicyHashAlg AlgorithmIdentifier,
///     signPolicyInfo SEQUENCE { signPolicyIdentifier OBJECT IDENTIFIER, … }, signPolicyHash OCTET STRING OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct Asn1Policy {
    /// The name that it gives itself.
    pub id: Oid,
    without_hash: [Octets; 2],
    contents: Octets,
}

impl Asn1Policy {
    /// Reads a document; none when it is not a policy in ASN.1 (RFC 3125 §3.1).
    ///
    /// # Errors
    /// A limit.
    pub fn of(document: &Octets, budget: &mut Budget) -> Result<Option<Self>, Error> {
        match Self::read(document, budget) {
            Ok(policy) => Ok(Some(policy)),
            Err(Error::Malformed(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn read(document: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut outer = Reader::new(document, Encoding::Der, Structure::Object);
        let element = outer.expect(Tag::SEQUENCE, budget)?;
        outer.finish()?;
        let mut fields = element.reader(Structure::Object, budget)?;
        let algorithm = fields.expect(Tag::SEQUENCE, budget)?;
        algorithm.reader(Structure::Object, budget)?.oid(budget)?;
        let info = fields.expect(Tag::SEQUENCE, budget)?;
        let id = info.reader(Structure::Object, budget)?.oid(budget)?;
        fields.optional(Tag::OCTET_STRING, budget)?;
        fields.finish()?;
        Ok(Self {
            id,
            without_hash: [algorithm.octets(), info.octets()],
            contents: element.content(),
        })
    }

    /// The octets that the digest is over by the rules for ASN.1, in pieces (RFC 5126 §5.8.1).
    #[must_use]
    pub fn pieces(&self) -> [(PolicyForm, &[Octets]); 2] {
        [
            (PolicyForm::Asn1WithoutHash, &self.without_hash),
            (
                PolicyForm::Asn1Contents,
                std::slice::from_ref(&self.contents),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, octets, oid, read, sequence, utf8};
    use super::*;
    use crate::der::oids;

    #[test]
    fn the_hash_inside_is_left_out_by_one_rule_only() {
        let algorithm = sequence(&[oid(oids::SHA256)]);
        let info = sequence(&[oid(TYPE), utf8("rules")]);
        let hash = octets(&[7; 32]);
        let document = sequence(&[algorithm.clone(), info.clone(), hash.clone()]);
        let policy = read(document, Asn1Policy::of).unwrap().unwrap();
        assert_eq!(policy.id, TYPE);
        let pieces = policy.pieces().map(|(form, pieces)| {
            let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_vec()).collect();
            (form, joined)
        });
        assert_eq!(
            pieces,
            [
                (
                    PolicyForm::Asn1WithoutHash,
                    [&algorithm[..], &info].concat()
                ),
                (
                    PolicyForm::Asn1Contents,
                    [&algorithm[..], &info, &hash].concat()
                ),
            ]
        );
    }

    #[test]
    fn other_documents_are_no_asn1_policy() {
        for document in [
            b"%PDF-1.7".to_vec(),
            Vec::new(),
            sequence(&[]),
            sequence(&[oid(TYPE)]),
            sequence(&[sequence(&[oid(TYPE)]), sequence(&[utf8("a")])]),
        ] {
            assert!(read(document, Asn1Policy::of).unwrap().is_none());
        }
    }
}
