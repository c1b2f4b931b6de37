//! What many rules ask (FSB order 795, RFC 5280 §4, EN 319 412-2 §4).

use crate::der::oid::Oid;
use crate::x509::name::Name;

use super::identifiers::{CheckDigits, Kind, organisation_in_twelve};
use super::rule::Seen;
use super::view::{View, of_kind, tag_of};

/// Octets of the tags of strings (X.680 §8.6).
pub(super) const NUMERIC: u8 = 18;
pub(super) const IA5: u8 = 22;
const UTF8: u8 = 12;
const PRINTABLE: u8 = 19;
const TELETEX: u8 = 20;
const BMP: u8 = 30;
const UNIVERSAL: u8 = 28;

pub(super) const fn string_name(tag: u8) -> &'static str {
    match tag {
        UTF8 => "UTF8String",
        NUMERIC => "NumericString",
        PRINTABLE => "PrintableString",
        TELETEX => "TeletexString",
        IA5 => "IA5String",
        BMP => "BMPString",
        UNIVERSAL => "UniversalString",
        _ => "other",
    }
}

pub(super) const fn is_utf8_or_printable(tag: u8) -> bool {
    matches!(tag, UTF8 | PRINTABLE)
}

/// The name has the attribute, and it says something.
pub(super) fn stated(name: &Name, attribute: Oid) -> Seen {
    Seen::present(has(name, attribute))
}

pub(super) fn has(name: &Name, attribute: Oid) -> bool {
    of_kind(name, attribute).any(|it| it.text().is_some_and(|text| !text.trim().is_empty()))
}

/// Every value of the attribute is of a string type.
pub(super) fn string_type(view: &View<'_>, attribute: Oid, tag: u8) -> Seen {
    let mut values = view
        .subject(attribute)
        .map(|it| tag_of(&it.value))
        .peekable();
    if values.peek().is_none() {
        return Seen::not_applicable().word("seen", "absent");
    }
    match values.find(|it| *it != Some(tag)) {
        None => Seen::pass().word("seen", string_name(tag)),
        Some(other) => Seen::fail().word("seen", other.map_or("other", string_name)),
    }
}

/// Every value of the attribute has the form of a number, whatever its check digits are. An organisation's INN in a
/// field of 12 digits has the form of that field.
pub(super) fn digits(view: &View<'_>, attribute: Oid, kind: Kind) -> Seen {
    let mut values = view.subject(attribute).peekable();
    if values.peek().is_none() {
        return Seen::not_applicable().word("seen", "absent");
    }
    let wrong = values.find_map(|it| {
        let text = it.text().unwrap_or_default();
        let fits = text.len() == kind.digits() && text.bytes().all(|octet| octet.is_ascii_digit());
        (!fits).then(|| text.chars().count())
    });
    match wrong {
        None => Seen::pass().count("characters", kind.digits()),
        Some(characters) => Seen::fail().count("characters", characters),
    }
}

/// Check digits of the first value fit: advice. What has not the form of the number is another rule's.
pub(super) fn check_digits(view: &View<'_>, attribute: Oid, kind: Kind) -> Seen {
    let Some(text) = view.subject_text(attribute) else {
        return Seen::not_applicable().word("seen", "absent");
    };
    let check = match organisation_in_twelve(text).filter(|_| kind == Kind::PersonInn) {
        Some(ten) => Kind::OrganisationInn.check(ten),
        None => kind.check(text),
    };
    let seen = match check {
        CheckDigits::Fit => Seen::pass(),
        CheckDigits::DoNotFit => Seen::fail(),
        CheckDigits::NotChecked | CheckDigits::OtherForm => Seen::not_applicable(),
    };
    seen.word("seen", check.name())
}

/// The extension, where it is there, is critical or is not.
pub(super) fn criticality(view: &View<'_>, id: Oid, critical: bool) -> Seen {
    match view.extension(id) {
        None => Seen::not_applicable().word("seen", "absent"),
        Some(extension) => {
            let word = if extension.critical {
                "critical"
            } else {
                "not-critical"
            };
            Seen::pass_if(extension.critical == critical).word("seen", word)
        }
    }
}

/// The extension is there.
pub(super) fn extension_present(view: &View<'_>, id: Oid) -> Seen {
    Seen::present(view.extension(id).is_some())
}

/// The extension is not there.
pub(super) fn extension_absent(view: &View<'_>, id: Oid) -> Seen {
    let present = view.extension(id).is_some();
    Seen::pass_if(!present).word("seen", if present { "present" } else { "absent" })
}

/// Whether a resource identifier is of a scheme, in any case of letters.
pub(super) fn has_scheme(uri: &str, scheme: &str) -> bool {
    let start = uri.get(..scheme.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        && uri
            .get(scheme.len()..)
            .is_some_and(|rest| rest.starts_with("://"))
}

/// Two capital letters, as ISO 3166-1 writes countries.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_uppercase())
}
