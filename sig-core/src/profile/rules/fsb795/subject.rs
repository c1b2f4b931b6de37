//! Other attributes of the subject (FSB order 795).

use super::{ORDER_795, SINCE_ORDER_31};
use crate::der::oids;
use crate::profile::check::stated;
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.subject.common_name", Warn, Text, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| stated(&view.certificate.subject, oids::COMMON_NAME),
        "указано общее имя владельца", "the common name of the holder is stated";
    "profile.subject.country", Warn, Text, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| stated(&view.certificate.subject, oids::COUNTRY),
        "указана страна владельца", "the country of the holder is stated";
    "profile.subject.country_russia", Info, Measured, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| match view.subject_text(oids::COUNTRY) {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(country) => Seen::pass_if(country.eq_ignore_ascii_case("RU")),
        },
        "страна владельца — Россия", "the country of the holder is Russia";
    "profile.subject.region", Info, Text, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| stated(&view.certificate.subject, oids::STATE),
        "указан регион", "the region is stated";
    "profile.subject.locality", Info, Text, "FSB order 795", ORDER_795, Holder::LEGAL_ENTITIES,
        |view| stated(&view.certificate.subject, oids::LOCALITY),
        "указан населённый пункт", "the locality is stated";
    "profile.subject.street", Info, Text, "FSB order 795", ORDER_795, Holder::LEGAL_ENTITIES,
        |view| stated(&view.certificate.subject, oids::STREET),
        "указаны улица и дом", "street and house are stated";
    "profile.subject.title", Info, Assumed, "FSB order 795", ORDER_795, &[Holder::LegalEntity],
        |view| stated(&view.certificate.subject, oids::TITLE),
        "указана должность того, кто действует за организацию", "the position of the person acting for the organisation is stated";
    "profile.subject.inn_of_person", Info, Assumed, "FSB order 31", SINCE_ORDER_31, Holder::WITH_PERSON,
        |view| stated(&view.certificate.subject, oids::INN),
        "указан ИНН человека", "the INN of the person is stated";
    "profile.subject.attributes_once", Warn, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let mut once = ONCE.iter();
            match once.find(|attribute| view.subject(**attribute).nth(1).is_some()) {
                None => Seen::pass(),
                Some(attribute) => Seen::fail().oid("attribute", *attribute),
            }
        },
        "сведения о владельце не повторяются", "what identifies the holder is stated once";
    "profile.subject.no_outer_blanks", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let mut attributes = view.certificate.subject.attributes();
            let padded = |text: &str| text.trim().len() != text.len();
            match attributes.find(|it| it.text().is_some_and(padded)) {
                None => Seen::pass(),
                Some(attribute) => Seen::fail().oid("attribute", attribute.attribute),
            }
        },
        "вокруг сведений о владельце нет пробелов", "there are no blanks around what is said of the holder";
    "profile.subject.character_strings", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let mut attributes = view.certificate.subject.attributes();
            match attributes.find(|it| it.text().is_none()) {
                None => Seen::pass(),
                Some(attribute) => Seen::fail().oid("attribute", attribute.attribute),
            }
        },
        "все сведения о владельце записаны строками", "everything that is said of the holder is a character string";
}

/// Attributes by which people and organisations are told apart.
const ONCE: &[crate::der::oid::Oid] = &[
    oids::COMMON_NAME,
    oids::SURNAME,
    oids::GIVEN_NAME,
    oids::SNILS,
    oids::INN,
    oids::INNLE,
    oids::OGRN,
    oids::OGRNIP,
    oids::COUNTRY,
];
