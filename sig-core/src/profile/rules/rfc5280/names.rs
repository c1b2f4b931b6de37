//! Attributes of names (RFC 5280 §4.1.2.4, appendix A).

use super::SINCE;
use crate::der::oids;
use crate::profile::check::{IA5, is_country, is_utf8_or_printable, string_name, string_type};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::{View, tag_of};

/// `ub-common-name`, `ub-organization-name`, `ub-organizational-unit-name`.
const BOUND: usize = 64;

rules! {
    "profile.country.form", Warn, Text, "RFC 5280 appendix A.1", SINCE, Holder::ALL,
        |view| match view.subject_text(oids::COUNTRY) {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(country) => Seen::pass_if(is_country(country)).count("characters", country.chars().count()),
        },
        "страна записана двумя заглавными буквами", "the country is written in two capital letters";
    "profile.name.bounds", Info, Text, "RFC 5280 appendix A.1", SINCE, Holder::ALL,
        |view| {
            let longest = longest(view);
            Seen::pass_if(longest <= BOUND).count("characters", longest)
        },
        "имена не длиннее 64 знаков", "names have at most 64 characters";
    "profile.name.string_type", Info, Text, "RFC 5280 §4.1.2.4", SINCE, Holder::ALL,
        |view| {
            let tags = DIRECTORY_STRINGS.iter().flat_map(|attribute| view.subject(*attribute));
            let mut tags = tags.filter_map(|attribute| tag_of(&attribute.value)).peekable();
            if tags.peek().is_none() {
                return Seen::not_applicable().word("seen", "absent");
            }
            match tags.find(|tag| !is_utf8_or_printable(*tag)) {
                None => Seen::pass(),
                Some(other) => Seen::fail().word("seen", string_name(other)),
            }
        },
        "имена записаны как UTF8String или PrintableString", "names are UTF8String or PrintableString";
    "profile.email.string_type", Info, Text, "RFC 5280 appendix A.1", SINCE, Holder::ALL,
        |view| string_type(view, oids::EMAIL, IA5),
        "адрес электронной почты записан как IA5String", "the electronic mail address is an IA5String";
}

/// Attributes of type `DirectoryString`.
const DIRECTORY_STRINGS: &[crate::der::oid::Oid] = &[
    oids::COMMON_NAME,
    oids::SURNAME,
    oids::GIVEN_NAME,
    oids::LOCALITY,
    oids::STATE,
    oids::STREET,
    oids::ORGANIZATION,
    oids::ORGANIZATIONAL_UNIT,
    oids::TITLE,
];

/// Characters of the longest of the names that have a bound.
fn longest(view: &View<'_>) -> usize {
    let bounded = [
        oids::COMMON_NAME,
        oids::ORGANIZATION,
        oids::ORGANIZATIONAL_UNIT,
    ];
    let values = bounded
        .into_iter()
        .flat_map(|attribute| view.subject(attribute));
    let lengths = values.filter_map(|attribute| attribute.text().map(|text| text.chars().count()));
    lengths.max().unwrap_or(0)
}
