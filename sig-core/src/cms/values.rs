//! Certificates and revocation data inside unsigned attributes (RFC 5126 §6.3.3, §6.3.4, EN 319 122-1 §A.1.1).

use crate::base::error::{Error, Structure};
use crate::base::limits::Budget;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;

/// Objects as they were sent: hints (RFC 5126 §6.3.3, §6.3.4).
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Certificates.
    pub certificates: Vec<Octets>,
    /// CRLs.
    pub crls: Vec<Octets>,
    /// OCSP responses: `BasicOCSPResponse` without its envelope, or with it.
    pub ocsp: Vec<Octets>,
    /// Whether there is revocation data of another kind, which is not read.
    pub has_other: bool,
}

impl Values {
    /// Reads certificate-values (RFC 5126 §6.3.3).
    ///
    /// ```text
    /// CertificateValues ::= SEQUENCE OF Certificate
    /// ```
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read_certificates(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(value, Encoding::Ber, Structure::Attribute);
        let list = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        Ok(Self {
            certificates: read_members(list, budget)?,
            ..Self::default()
        })
    }

    /// Reads revocation-values (RFC 5126 §6.3.4).
    ///
    /// ```text
    /// RevocationValues ::= SEQUENCE { crlVals [0] EXPLICIT SEQUENCE OF CertificateList OPTIONAL,
    ///     ocspVals [1] EXPLICIT SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] EXPLICIT OtherRevVals OPTIONAL }
    /// ```
    ///
    /// # Errors
    /// It is malformed; a limit.
    pub fn read_revocation(value: &Octets, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = Reader::new(value, Encoding::Ber, Structure::Attribute);
        let mut fields = reader.enter(Tag::SEQUENCE, budget)?;
        reader.finish()?;
        let crls = read_list(&mut fields, 0, budget)?;
        let ocsp = read_list(&mut fields, 1, budget)?;
        let other = fields.optional(Tag::context(2).constructed(), budget)?;
        fields.finish()?;
        Ok(Self {
            certificates: Vec::new(),
            crls,
            ocsp,
            has_other: other.is_some(),
        })
    }
}

/// `[n] EXPLICIT SEQUENCE OF … OPTIONAL`.
fn read_list(
    fields: &mut Reader<'_>,
    number: u32,
    budget: &mut Budget,
) -> Result<Vec<Octets>, Error> {
    let Some(wrapper) = fields.optional(Tag::context(number).constructed(), budget)? else {
        return Ok(Vec::new());
    };
    let mut inside = wrapper.reader(Structure::Attribute, budget)?;
    let list = inside.enter(Tag::SEQUENCE, budget)?;
    inside.finish()?;
    read_members(list, budget)
}

fn read_members(mut list: Reader<'_>, budget: &mut Budget) -> Result<Vec<Octets>, Error> {
    let mut members = Vec::new();
    while !list.is_empty() {
        members.push(list.expect(Tag::SEQUENCE, budget)?.octets());
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::writer;

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        writer::element(Tag::SEQUENCE, &parts.concat())
    }

    fn explicit(number: u32, content: &[u8]) -> Vec<u8> {
        writer::element(Tag::context(number).constructed(), content)
    }

    #[test]
    fn each_kind_of_value_has_its_place() {
        let (one, two) = (sequence(&[&[2, 1, 1]]), sequence(&[&[2, 1, 2]]));
        let mut budget = Budget::new(Limits::STANDARD);
        let budget = &mut budget;
        let both = sequence(&[&one, &two]).into();
        let values = Values::read_certificates(&both, budget).unwrap();
        assert_eq!(*values.certificates[0], *one);
        assert_eq!(*values.certificates[1], *two);
        let crls = explicit(0, &sequence(&[&one]));
        let ocsp = explicit(1, &sequence(&[&two]));
        let other = explicit(2, &sequence(&[]));
        let all = sequence(&[&crls, &ocsp, &other]).into();
        let values = Values::read_revocation(&all, budget).unwrap();
        assert_eq!((&*values.crls[0], &*values.ocsp[0]), (&*one, &*two));
        assert!(values.has_other && values.certificates.is_empty());
        let none = Values::read_revocation(&sequence(&[]).into(), budget).unwrap();
        assert!(none.crls.is_empty() && none.ocsp.is_empty() && !none.has_other);
        // In another order they are malformed.
        for value in [
            sequence(&[&ocsp, &crls]),
            sequence(&[&one]),
            sequence(&[&explicit(0, &one)]),
        ] {
            let read = Values::read_revocation(&value.into(), budget);
            assert!(matches!(read, Err(Error::Malformed(_))));
        }
    }
}
