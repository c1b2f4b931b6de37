//! commitment-type-indication (EN 319 122-1 §5.2.3, RFC 5126 §5.11.1): what the signer takes upon himself.

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::reader::Reader;
use crate::der::tag::Tag;
use crate::finding::Language;

use super::sequence;

/// One commitment (RFC 5126 §5.11.1).
///
/// ```text
/// CommitmentTypeIndication ::= SEQUENCE { commitmentTypeId OBJECT IDENTIFIER,
///     commitmentTypeQualifier SEQUENCE SIZE (1..MAX) OF
///         SEQUENCE { commitmentTypeIdentifier OBJECT IDENTIFIER, qualifier ANY OPTIONAL } OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommitmentType {
    /// Which commitment.
    pub id: Oid,
    /// What narrows it.
    pub qualifiers: Vec<CommitmentQualifier>,
}

/// A qualifier of a commitment (RFC 5126 §5.11.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommitmentQualifier {
    /// Its type.
    pub id: Oid,
    /// The whole encoded value; not interpreted.
    pub value: Option<Octets>,
}

/// The commitments that RFC 5126 §5.11.1 names, id-cti-ets under 1.2.840.113549.1.9.16.6.
const KNOWN: [(Oid, &str, &str, &str); 6] = [
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 1]),
        "proof-of-origin",
        "подтверждение происхождения: подписант создал, утвердил и отправил документ",
        "proof of origin: the signer created, approved and sent the document",
    ),
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 2]),
        "proof-of-receipt",
        "подтверждение получения документа",
        "proof of receipt of the document",
    ),
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 3]),
        "proof-of-delivery",
        "подтверждение доставки документа получателю",
        "proof of delivery of the document to its recipient",
    ),
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 4]),
        "proof-of-sender",
        "подтверждение отправки: отправитель не обязательно автор",
        "proof of sender, who need not be the author",
    ),
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 5]),
        "proof-of-approval",
        "подтверждение утверждения содержания документа",
        "proof of approval of the content of the document",
    ),
    (
        Oid::new(&[1, 2, 840, 113549, 1, 9, 16, 6, 6]),
        "proof-of-creation",
        "подтверждение создания документа, не обязательно его утверждения",
        "proof of creation of the document, not necessarily of its approval",
    ),
];

impl CommitmentType {
    /// Reads one value (RFC 5126 §5.11.1).
    ///
    /// # Errors
    /// It is malformed; a limit.
    ///
    /// # Limits
    /// One node for each element.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        let id = fields.oid(budget)?;
        let mut qualifiers = Vec::new();
        if let Some(list) = fields.optional(Tag::SEQUENCE, budget)? {
            let mut list = list.reader(Structure::Attribute, budget)?;
            if list.is_empty() {
                return Err(list.malformed(list.offset(), Reason::Missing));
            }
            while !list.is_empty() {
                qualifiers.push(CommitmentQualifier::read(&mut list, budget)?);
            }
        }
        fields.finish()?;
        Ok(Self { id, qualifiers })
    }

    /// The name in reports, when the commitment is one of RFC 5126 §5.11.1.
    #[must_use]
    pub fn name(id: Oid) -> Option<&'static str> {
        let mut known = KNOWN.iter();
        known.find(|row| row.0 == id).map(|row| row.1)
    }

    /// What a commitment of RFC 5126 §5.11.1 means, for people.
    #[must_use]
    pub fn meaning(name: &str, language: Language) -> Option<&'static str> {
        let row = KNOWN.iter().find(|row| row.1 == name)?;
        Some(match language {
            Language::Ru => row.2,
            Language::En => row.3,
        })
    }
}

impl CommitmentQualifier {
    fn read(list: &mut Reader<'_>, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = list.enter(Tag::SEQUENCE, budget)?;
        let id = fields.oid(budget)?;
        let value = if fields.is_empty() {
            None
        } else {
            Some(fields.element(budget)?.octets())
        };
        fields.finish()?;
        Ok(Self { id, value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, oid, read, sequence, utf8};
    use super::*;

    #[test]
    fn qualifiers_are_kept_as_octets() {
        let qualifier = sequence(&[oid(TYPE), utf8("a")]);
        let plain = sequence(&[oid(TYPE)]);
        let value = sequence(&[oid(KNOWN[4].0), sequence(&[qualifier, plain])]);
        let commitment = read(value, CommitmentType::read).unwrap();
        assert_eq!(
            CommitmentType::name(commitment.id),
            Some("proof-of-approval")
        );
        let values: Vec<Option<usize>> = commitment
            .qualifiers
            .iter()
            .map(|it| it.value.as_ref().map(|value| value.len()))
            .collect();
        assert_eq!(values, [Some(3), None]);
    }

    #[test]
    fn every_named_commitment_has_its_words() {
        for (id, name, _, _) in KNOWN {
            assert_eq!(CommitmentType::name(id), Some(name));
            let words = [Language::Ru, Language::En].map(|it| CommitmentType::meaning(name, it));
            assert!(words[0].is_some() && words[0] != words[1], "{name}");
        }
        assert_eq!(CommitmentType::name(TYPE), None);
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        let twice = sequence(&[oid(TYPE), utf8("a"), utf8("b")]);
        for fields in [
            vec![],
            vec![utf8("a")],
            vec![oid(TYPE), sequence(&[])],
            vec![oid(TYPE), sequence(&[utf8("a")])],
            vec![oid(TYPE), sequence(&[twice])],
            vec![oid(TYPE), oid(TYPE)],
        ] {
            assert_eq!(read(sequence(&fields), CommitmentType::read), None);
        }
    }
}
