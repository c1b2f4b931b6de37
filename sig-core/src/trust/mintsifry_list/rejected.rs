//! Why a list is not accepted (63-FZ art. 8, XMLDSig §3.2).

use std::fmt;

use super::super::xml::{Position, XmlRejected};
use super::super::xml_signature::{EnvelopedRejected, SignatureRejected};
use crate::base::error::{Disagreement, LimitExceeded};
use crate::finding::Language;

/// Why a list is not accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ListRejected {
    /// A limit was reached: the list was not judged.
    Limit(LimitExceeded),
    /// Two implementations of an algorithm disagree: the list was not judged.
    BackEndsDisagree(Disagreement),
    /// It is not an XML document that is read here.
    Xml(XmlRejected),
    /// Its signature is not accepted.
    Signature(SignatureRejected),
    /// Its signature verified, by a certificate that may not sign it.
    SignerNotNamed,
    /// Its signature verified, but its elements are not those of the schema.
    Content {
        /// The element, from the root: names and places among elements of the same name.
        path: String,
        /// Where the element begins.
        at: Position,
        /// What is wrong with it.
        reason: ContentReason,
    },
}

/// What is wrong with an element of a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ContentReason {
    /// The root element is not that of the schema.
    UnexpectedRoot,
    /// This element inside it is absent or nil.
    Missing(&'static str),
    /// This element inside it is there more than once.
    Duplicate(&'static str),
    /// It may only hold text.
    NotText,
    /// It is not a whole number below 2⁶⁴.
    NotANumber,
    /// It is not a date or an instant of RFC 3339.
    NotATime,
    /// It is a list of a version that is not read here.
    OtherVersion,
}

impl From<XmlRejected> for ListRejected {
    fn from(rejected: XmlRejected) -> Self {
        match rejected {
            XmlRejected::Limit(limit) => Self::Limit(limit),
            other => Self::Xml(other),
        }
    }
}

impl From<SignatureRejected> for ListRejected {
    fn from(rejected: SignatureRejected) -> Self {
        match rejected {
            SignatureRejected::BackEndsDisagree(what, id) => Self::BackEndsDisagree(Disagreement {
                what,
                algorithm: id.to_string(),
            }),
            other => Self::Signature(other),
        }
    }
}

impl From<EnvelopedRejected> for ListRejected {
    fn from(rejected: EnvelopedRejected) -> Self {
        match rejected {
            EnvelopedRejected::Xml(rejected) => rejected.into(),
            EnvelopedRejected::Signature(rejected) => rejected.into(),
        }
    }
}

impl ListRejected {
    /// The stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Limit(_) => "list.limit.reached",
            Self::BackEndsDisagree(_) => "list.not_judged.back_ends_disagree",
            Self::Xml(XmlRejected::DocumentType { .. }) => "list.xml.document_type",
            Self::Xml(XmlRejected::NotUtf8 { .. }) => "list.xml.not_utf8",
            Self::Xml(XmlRejected::Declaration) => "list.xml.declaration",
            Self::Xml(_) => "list.xml.not_well_formed",
            Self::Signature(rejected) => rejected.code(),
            Self::SignerNotNamed => "list.signer.not_named",
            Self::Content { reason, .. } => match reason {
                ContentReason::UnexpectedRoot => "list.content.unexpected_root",
                ContentReason::Missing(_) => "list.content.missing",
                ContentReason::Duplicate(_) => "list.content.duplicate",
                ContentReason::NotText => "list.content.not_text",
                ContentReason::NotANumber => "list.content.not_a_number",
                ContentReason::NotATime => "list.content.not_a_time",
                ContentReason::OtherVersion => "list.content.other_version",
            },
        }
    }

    /// What is wrong and where, in words.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let pick = |ru: String, en: String| match language {
            Language::Ru => ru,
            Language::En => en,
        };
        match self {
            Self::Limit(LimitExceeded { which, bound }) => pick(
                format!("список больше допустимого ({which:?}: не больше {bound})"),
                format!("the list is larger than allowed ({which:?}: at most {bound})"),
            ),
            Self::BackEndsDisagree(Disagreement { algorithm, .. }) => pick(
                format!(
                    "список не проверен: две реализации алгоритма {algorithm} дали разный результат; сообщите разработчикам и приложите список"
                ),
                format!(
                    "the list was not judged: two implementations of {algorithm} disagree; report it with the list"
                ),
            ),
            Self::Xml(XmlRejected::Limit(limit)) => Self::Limit(*limit).text(language),
            Self::Xml(XmlRejected::NotUtf8 { offset }) => pick(
                format!("список не в кодировке UTF-8: байт {offset}"),
                format!("the list is not UTF-8: byte {offset}"),
            ),
            Self::Xml(XmlRejected::Declaration) => pick(
                "принимается только XML 1.0 в кодировке UTF-8".to_owned(),
                "only XML 1.0 in UTF-8 is accepted".to_owned(),
            ),
            Self::Xml(XmlRejected::DocumentType { at }) => pick(
                format!("в списке есть DTD ({at}), такие документы не принимаются"),
                format!("the list has a DTD ({at}); such documents are not accepted"),
            ),
            Self::Xml(XmlRejected::NotWellFormed { at }) => pick(
                format!("это не правильный документ XML: ошибка в строке:столбце {at}"),
                format!("not well-formed XML: error at line:column {at}"),
            ),
            Self::Signature(rejected) => rejected.text(language).to_owned(),
            Self::SignerNotNamed => pick(
                "список подписан не тем сертификатом, который назван для этого; проверьте --anchors или список списков"
                    .to_owned(),
                "the list is signed by another certificate than those named for it; check --anchors or the list of lists"
                    .to_owned(),
            ),
            Self::Content { path, at, reason } => {
                let (ru, en) = reason.texts();
                pick(
                    format!("{ru}: {path} ({at})"),
                    format!("{en}: {path} ({at})"),
                )
            }
        }
    }
}

impl ContentReason {
    fn texts(self) -> (String, String) {
        match self {
            Self::UnexpectedRoot => (
                "это не список аккредитованных удостоверяющих центров".to_owned(),
                "not a list of accredited authorities".to_owned(),
            ),
            Self::Missing(name) => (format!("нет элемента {name}"), format!("{name} is absent")),
            Self::Duplicate(name) => (
                format!("элемент {name} повторяется"),
                format!("{name} is repeated"),
            ),
            Self::NotText => (
                "элемент должен содержать только текст".to_owned(),
                "the element must hold text only".to_owned(),
            ),
            Self::NotANumber => (
                "здесь должно быть целое число".to_owned(),
                "a whole number is required".to_owned(),
            ),
            Self::NotATime => (
                "здесь должна быть дата".to_owned(),
                "a date is required".to_owned(),
            ),
            Self::OtherVersion => (
                "читаются только списки версий 5 и 6 по ETSI TS 119 612".to_owned(),
                "only lists of versions 5 and 6 of ETSI TS 119 612 are read".to_owned(),
            ),
        }
    }
}

impl fmt::Display for ListRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for ListRejected {}
