//! userNotice, a qualifier of certificatePolicies (RFC 5280 §4.2.1.4).

use crate::base::error::{Error, Reason, Structure};
use crate::base::limits::Budget;
use crate::der::element::Element;
use crate::der::oid::Oid;
use crate::der::tag::Tag;

/// A text that an issuer wants to be read by whoever relies on a certificate (RFC 5280 §4.2.1.4).
///
/// ```text
/// UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }
/// NoticeReference ::= SEQUENCE { organization DisplayText, noticeNumbers SEQUENCE OF INTEGER }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserNotice {
    /// The policy that it qualifies.
    pub policy: Oid,
    /// The text; none when it stands elsewhere or cannot be read.
    pub text: Option<String>,
}

impl UserNotice {
    /// Reads the qualifier of a policy. A notice that cannot be read is one without a text (RFC 5280 §4.2.1.4).
    ///
    /// # Errors
    /// A limit.
    pub(super) fn read(
        policy: Oid,
        qualifier: &Element<'_>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let text = match explicit_text(qualifier, budget) {
            Ok(text) => text,
            Err(Error::Malformed(_)) => None,
            Err(other) => return Err(other),
        };
        Ok(Self { policy, text })
    }
}

fn explicit_text(qualifier: &Element<'_>, budget: &mut Budget) -> Result<Option<String>, Error> {
    if qualifier.tag != Tag::SEQUENCE {
        return Err(qualifier.malformed(Reason::UnexpectedTag));
    }
    let mut fields = qualifier.reader(Structure::Extension, budget)?;
    let _reference = fields.optional(Tag::SEQUENCE, budget)?;
    if fields.is_empty() {
        return Ok(None);
    }
    let text = fields.element(budget)?.text();
    fields.finish()?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::Limits;
    use crate::der::octets::Octets;
    use crate::der::oids;
    use crate::der::reader::{Encoding, Reader};
    use crate::der::writer::element;

    fn text_of(qualifier: Vec<u8>) -> Option<String> {
        let source = Octets::from(qualifier);
        let mut budget = Budget::new(Limits::STANDARD);
        let mut reader = Reader::new(&source, Encoding::Der, Structure::Extension);
        let element = reader.element(&mut budget).unwrap();
        let notice = UserNotice::read(oids::ANY_POLICY, &element, &mut budget).unwrap();
        assert_eq!(notice.policy, oids::ANY_POLICY);
        notice.text
    }

    fn utf8(text: &str) -> Vec<u8> {
        element(Tag::UTF8_STRING, text.as_bytes())
    }

    #[test]
    fn the_explicit_text_is_read_with_and_without_a_reference() {
        let text = utf8("Только для торгов");
        let plain = element(Tag::SEQUENCE, &text);
        assert_eq!(text_of(plain).as_deref(), Some("Только для торгов"));
        let number = element(Tag::SEQUENCE, &element(Tag::INTEGER, &[1]));
        let reference = element(Tag::SEQUENCE, &[utf8("УЦ"), number].concat());
        let both = element(Tag::SEQUENCE, &[reference.clone(), text].concat());
        assert_eq!(text_of(both).as_deref(), Some("Только для торгов"));
        assert_eq!(text_of(element(Tag::SEQUENCE, &reference)), None);
    }

    #[test]
    fn what_is_no_notice_has_no_text() {
        let twice = element(Tag::SEQUENCE, &[utf8("а"), utf8("б")].concat());
        let broken = element(Tag::SEQUENCE, &element(Tag::UTF8_STRING, &[0xff]));
        for qualifier in [utf8("а"), twice, broken, element(Tag::SEQUENCE, &[])] {
            assert_eq!(text_of(qualifier), None);
        }
    }
}
