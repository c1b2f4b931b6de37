//! String types, sizes and check digits of numbers (FSB order 795). Check digits are advice.

use super::{BEFORE_ORDER_31, ORDER_795, SINCE_ORDER_31};
use crate::der::oids;
use crate::profile::check::{NUMERIC, check_digits, digits, stated, string_type};
use crate::profile::holder::Holder;
use crate::profile::identifiers::{Kind, organisation_in_twelve};
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.ogrn.string_type", Info, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| string_type(view, oids::OGRN, NUMERIC),
        "ОГРН записан как NumericString", "OGRN is a NumericString";
    "profile.ogrn.digits", Warn, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| digits(view, oids::OGRN, Kind::Ogrn),
        "в ОГРН 13 цифр", "OGRN has 13 digits";
    "profile.ogrn.check_digit", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| check_digits(view, oids::OGRN, Kind::Ogrn),
        "контрольная цифра ОГРН сходится", "the check digit of OGRN fits";
    "profile.ogrnip.string_type", Info, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| string_type(view, oids::OGRNIP, NUMERIC),
        "ОГРНИП записан как NumericString", "OGRNIP is a NumericString";
    "profile.ogrnip.digits", Warn, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| digits(view, oids::OGRNIP, Kind::Ogrnip),
        "в ОГРНИП 15 цифр", "OGRNIP has 15 digits";
    "profile.ogrnip.check_digit", Info, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| check_digits(view, oids::OGRNIP, Kind::Ogrnip),
        "контрольная цифра ОГРНИП сходится", "the check digit of OGRNIP fits";
    "profile.snils.string_type", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| string_type(view, oids::SNILS, NUMERIC),
        "СНИЛС записан как NumericString", "SNILS is a NumericString";
    "profile.snils.digits", Warn, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| digits(view, oids::SNILS, Kind::Snils),
        "в СНИЛС 11 цифр", "SNILS has 11 digits";
    "profile.snils.check_digits", Info, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| check_digits(view, oids::SNILS, Kind::Snils),
        "контрольные цифры СНИЛС сходятся", "the check digits of SNILS fit";
    "profile.inn.string_type", Info, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| string_type(view, oids::INN, NUMERIC),
        "ИНН записан как NumericString", "INN is a NumericString";
    "profile.inn.digits", Warn, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| digits(view, oids::INN, Kind::PersonInn),
        "в ИНН 12 цифр", "INN has 12 digits";
    "profile.inn.check_digits", Info, Assumed, "FSB order 795", ORDER_795, Holder::ALL,
        |view| check_digits(view, oids::INN, Kind::PersonInn),
        "контрольные цифры ИНН сходятся", "the check digits of INN fit";
    "profile.inn.of_organisation_padded", Info, Measured, "FSB order 795", BEFORE_ORDER_31, Holder::LEGAL_ENTITIES,
        |view| match view.subject_text(oids::INN) {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(inn) => {
                let padded = organisation_in_twelve(inn).is_some();
                Seen::pass_if(padded).word("seen", if padded { "padded" } else { "other" })
            }
        },
        "ИНН организации дополнен нулями до 12 цифр", "the INN of the organisation is padded with zeros to 12 digits";
    "profile.inn.of_person_only", Warn, Text, "FSB order 31", SINCE_ORDER_31, Holder::ALL,
        |view| match view.subject_text(oids::INN) {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(inn) => {
                let padded = organisation_in_twelve(inn).is_some();
                Seen::pass_if(!padded).word("seen", if padded { "padded" } else { "other" })
            }
        },
        "в ИНН стоит номер человека, а не организации", "INN holds the number of a person, not of an organisation";
    "profile.innle.present", Warn, Text, "FSB order 31", SINCE_ORDER_31, Holder::LEGAL_ENTITIES,
        |view| stated(&view.certificate.subject, oids::INNLE),
        "ИНН организации стоит в INNLE", "the INN of the organisation stands in INNLE";
    "profile.innle.string_type", Info, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| string_type(view, oids::INNLE, NUMERIC),
        "INNLE записан как NumericString", "INNLE is a NumericString";
    "profile.innle.digits", Warn, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| digits(view, oids::INNLE, Kind::OrganisationInn),
        "в INNLE 10 цифр", "INNLE has 10 digits";
    "profile.innle.check_digit", Info, Measured, "FSB order 31", ORDER_795, Holder::ALL,
        |view| check_digits(view, oids::INNLE, Kind::OrganisationInn),
        "контрольная цифра INNLE сходится", "the check digit of INNLE fits";
    "profile.innle.not_before_order_31", Info, Text, "FSB order 31", BEFORE_ORDER_31, Holder::ALL,
        |view| {
            let present = view.subject(oids::INNLE).next().is_some();
            Seen::pass_if(!present).word("seen", if present { "present" } else { "absent" })
        },
        "INNLE не встречается раньше приказа, который его ввёл", "INNLE does not occur before the order that introduced it";
}
