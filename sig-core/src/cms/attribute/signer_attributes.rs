//! signer-attributes and signer-attributes-v2 (RFC 5126 §5.11.3, EN 319 122-1 §5.2.6): what the signer says he is.

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::der::tag::Tag;

use super::{Attribute, Attributes, sequence};

/// Claimed, certified and asserted attributes of the signer; those that are certified or asserted are kept as
/// octets, their signatures are not checked (EN 319 122-1 §5.2.6).
///
/// ```text
/// SignerAttribute ::= SEQUENCE OF CHOICE { claimedAttributes [0] ClaimedAttributes,
///     certifiedAttributes [1] AttributeCertificate }
/// SignerAttributeV2 ::= SEQUENCE { claimedAttributes [0] ClaimedAttributes OPTIONAL,
///     certifiedAttributesV2 [1] CertifiedAttributesV2 OPTIONAL, signedAssertions [2] SignedAssertions OPTIONAL }
/// ClaimedAttributes ::= SEQUENCE OF Attribute
/// CertifiedAttributesV2 ::= SEQUENCE OF CHOICE { attributeCertificate [0] AttributeCertificate,
///     otherAttributeCertificate [1] OtherAttributeCertificate }
/// ```
#[derive(Clone, Debug, Default)]
pub struct SignerAttributes {
    /// What the signer claims; nobody confirms it.
    pub claimed: Vec<Attribute>,
    /// Attribute certificates.
    pub certified: Vec<CertifiedAttributes>,
    /// Assertions that somebody signed, such as in SAML.
    pub assertions: Vec<SignedAssertion>,
}

/// Attributes that somebody certifies (EN 319 122-1 §5.2.6.1).
#[derive(Clone, Debug)]
pub enum CertifiedAttributes {
    /// A whole `AttributeCertificate` of X.509.
    AttributeCertificate(Octets),
    /// Another form.
    Other {
        /// Which form.
        id: Oid,
        /// The whole encoded value.
        value: Option<Octets>,
    },
}

/// An assertion that somebody signed (EN 319 122-1 §5.2.6.1).
#[derive(Clone, Debug)]
pub struct SignedAssertion {
    /// The form.
    pub id: Oid,
    /// The whole encoded value.
    pub value: Option<Octets>,
}

impl SignerAttributes {
    /// Reads signer-attributes (RFC 5126 §5.11.3).
    ///
    /// # Errors
    /// It is malformed or empty; a limit.
    ///
    /// # Limits
    /// One node for each element.
    ///
    /// # Deviation
    /// Contents under an implicit tag are read too, here and in version 2: widespread software writes them so.
    pub fn read(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut list = sequence(value, budget)?;
        if list.is_empty() {
            return Err(list.malformed(list.offset(), Reason::Missing));
        }
        let mut all = Self::default();
        while !list.is_empty() {
            let element = list.element(budget)?;
            match element.tag.context_number() {
                Some(0) => all.claimed.extend(claimed(&element, budget)?),
                Some(1) => {
                    let certificate = only(&element, budget)?.octets();
                    let certified = CertifiedAttributes::AttributeCertificate(certificate);
                    all.certified.push(certified);
                }
                _ => return Err(element.malformed(Reason::UnexpectedTag)),
            }
        }
        Ok(all)
    }

    /// Reads signer-attributes-v2 (EN 319 122-1 §5.2.6.1).
    ///
    /// # Errors
    /// It is malformed or empty; a limit.
    pub fn read_v2(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut fields = sequence(value, budget)?;
        if fields.is_empty() {
            return Err(fields.malformed(fields.offset(), Reason::Missing));
        }
        let mut all = Self::default();
        if let Some(element) = fields.optional(Tag::context(0).constructed(), budget)? {
            all.claimed = claimed(&element, budget)?;
        }
        if let Some(element) = fields.optional(Tag::context(1).constructed(), budget)? {
            all.certified = certified(&element, budget)?;
        }
        if let Some(element) = fields.optional(Tag::context(2).constructed(), budget)? {
            all.assertions = assertions(&element, budget)?;
        }
        fields.finish()?;
        Ok(all)
    }
}

/// The one element inside a tag.
fn only<'a>(element: &Element<'a>, budget: &mut Budget) -> Result<Element<'a>, Error> {
    let mut inside = element.reader(Structure::Attribute, budget)?;
    let found = inside.expect(Tag::SEQUENCE, budget)?;
    inside.finish()?;
    Ok(found)
}

/// The SEQUENCE OF under a tag, whether the tag stands before or in place of its own. Each of its members begins with
/// a tag that `is_member` knows.
fn list<'a>(
    element: &Element<'a>,
    is_member: fn(Tag) -> bool,
    budget: &mut Budget,
) -> Result<Element<'a>, Error> {
    let mut inside = element.reader(Structure::Attribute, budget)?;
    let first = inside.element(budget)?;
    let begins = first.tag == Tag::SEQUENCE
        && first
            .reader(Structure::Attribute, budget)?
            .peek_tag()
            .is_some_and(is_member);
    if begins {
        inside.finish()?;
        return Ok(first);
    }
    if is_member(first.tag) {
        return Ok(*element);
    }
    Err(element.malformed(Reason::UnexpectedTag))
}

fn is_sequence(tag: Tag) -> bool {
    tag == Tag::SEQUENCE
}

fn claimed(element: &Element<'_>, budget: &mut Budget) -> Result<Vec<Attribute>, Error> {
    let attributes = Attributes::read(&list(element, is_sequence, budget)?, budget)?;
    Ok(attributes.all)
}

fn certified(
    element: &Element<'_>,
    budget: &mut Budget,
) -> Result<Vec<CertifiedAttributes>, Error> {
    let list = list(element, |tag| tag.context_number().is_some(), budget)?;
    let mut list = list.reader(Structure::Attribute, budget)?;
    let mut all = Vec::new();
    while !list.is_empty() {
        let element = list.element(budget)?;
        all.push(match element.tag.context_number() {
            Some(0) => {
                let certificate = only(&element, budget)?;
                CertifiedAttributes::AttributeCertificate(certificate.octets())
            }
            Some(1) => {
                let (id, value) = named(&only(&element, budget)?, budget)?;
                CertifiedAttributes::Other { id, value }
            }
            _ => return Err(element.malformed(Reason::UnexpectedTag)),
        });
    }
    Ok(all)
}

fn assertions(element: &Element<'_>, budget: &mut Budget) -> Result<Vec<SignedAssertion>, Error> {
    let list = list(element, is_sequence, budget)?;
    let mut list = list.reader(Structure::Attribute, budget)?;
    let mut all = Vec::new();
    while !list.is_empty() {
        let element = list.expect(Tag::SEQUENCE, budget)?;
        let (id, value) = named(&element, budget)?;
        all.push(SignedAssertion { id, value });
    }
    Ok(all)
}

/// `SEQUENCE { OBJECT IDENTIFIER, ANY OPTIONAL }`.
fn named(element: &Element<'_>, budget: &mut Budget) -> Result<(Oid, Option<Octets>), Error> {
    let mut fields = element.reader(Structure::Attribute, budget)?;
    let id = fields.oid(budget)?;
    let value = if fields.is_empty() {
        None
    } else {
        Some(fields.element(budget)?.octets())
    };
    fields.finish()?;
    Ok((id, value))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TYPE, attribute, oid, read, sequence, tagged, utf8};
    use super::*;

    type Counts = (usize, usize, usize);

    fn counts(value: Option<SignerAttributes>) -> Option<Counts> {
        let value = value?;
        Some((
            value.claimed.len(),
            value.certified.len(),
            value.assertions.len(),
        ))
    }

    fn first(fields: &[Vec<u8>]) -> Option<Counts> {
        counts(read(sequence(fields), SignerAttributes::read))
    }

    fn second(fields: &[Vec<u8>]) -> Option<Counts> {
        counts(read(sequence(fields), SignerAttributes::read_v2))
    }

    fn roles() -> Vec<u8> {
        sequence(&[attribute(utf8("директор")), attribute(utf8("автор"))])
    }

    #[test]
    fn claims_and_certificates_are_counted_apart() {
        let certificate = tagged(1, &[sequence(&[utf8("certificate")])]);
        assert_eq!(first(&[tagged(0, &[roles()])]), Some((2, 0, 0)));
        let both = [tagged(0, &[roles()]), certificate.clone(), certificate];
        assert_eq!(first(&both), Some((2, 2, 0)));
        let implicit = tagged(0, &[attribute(utf8("директор"))]);
        assert_eq!(first(&[implicit]), Some((1, 0, 0)));
    }

    #[test]
    fn version_2_knows_other_forms_and_assertions() {
        let certificate = tagged(0, &[sequence(&[utf8("certificate")])]);
        let other = tagged(1, &[sequence(&[oid(TYPE), utf8("other")])]);
        let assertion = sequence(&[oid(TYPE), utf8("assertion")]);
        let all = [
            tagged(0, &[roles()]),
            tagged(1, &[sequence(&[certificate, other])]),
            tagged(2, &[sequence(&[assertion])]),
        ];
        assert_eq!(second(&all), Some((2, 2, 1)));
        for (at, expected) in [(0, (2, 0, 0)), (1, (0, 2, 0)), (2, (0, 0, 1))] {
            assert_eq!(second(&all[at..=at]), Some(expected));
        }
    }

    #[test]
    fn values_of_another_shape_are_refused() {
        for fields in [
            vec![],
            vec![utf8("a")],
            vec![tagged(0, &[])],
            vec![tagged(0, &[sequence(&[])])],
            vec![tagged(0, &[utf8("a")])],
            vec![tagged(1, &[])],
            vec![tagged(1, &[utf8("a")])],
            vec![tagged(3, &[roles()])],
        ] {
            assert_eq!((first(&fields), second(&fields)), (None, None));
        }
        assert_eq!(
            second(&[tagged(0, &[roles()]), tagged(0, &[roles()])]),
            None
        );
        assert_eq!(second(&[tagged(2, &[sequence(&[utf8("a")])])]), None);
    }
}
