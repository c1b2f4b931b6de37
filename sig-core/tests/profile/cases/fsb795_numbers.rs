//! Numbers of FSB order 795.

use sig_core::der::oids::*;
use sig_core::der::tag::Tag;

use super::{Case, case};
use crate::bases::Base::{Organisation, OrganisationOf2020, Person, Trader};

pub static CASES: &[Case] = &[
    case(
        "profile.ogrn.string_type",
        Organisation,
        |it| it.retag(OGRN, Tag::UTF8_STRING),
        &[],
    ),
    case(
        "profile.ogrn.digits",
        Organisation,
        |it| it.set(OGRN, "104770703051"),
        &[],
    ),
    case(
        "profile.ogrn.check_digit",
        Organisation,
        |it| it.set(OGRN, "1047707030514"),
        &[],
    ),
    case(
        "profile.ogrnip.string_type",
        Trader,
        |it| it.retag(OGRNIP, Tag::PRINTABLE_STRING),
        &[],
    ),
    case(
        "profile.ogrnip.digits",
        Trader,
        |it| it.set(OGRNIP, "30450011600015"),
        &[],
    ),
    case(
        "profile.ogrnip.check_digit",
        Trader,
        |it| it.set(OGRNIP, "304500116000158"),
        &[],
    ),
    case(
        "profile.snils.string_type",
        Person,
        |it| it.retag(SNILS, Tag::UTF8_STRING),
        &[],
    ),
    case(
        "profile.snils.digits",
        Person,
        |it| it.set(SNILS, "1122334459"),
        &[],
    ),
    case(
        "profile.snils.check_digits",
        Person,
        |it| it.set(SNILS, "11223344594"),
        &[],
    ),
    case(
        "profile.inn.string_type",
        Person,
        |it| it.retag(INN, Tag::UTF8_STRING),
        &[],
    ),
    case(
        "profile.inn.digits",
        Person,
        |it| it.set(INN, "50010073225"),
        &[],
    ),
    case(
        "profile.inn.check_digits",
        Person,
        |it| it.set(INN, "500100732258"),
        &[],
    ),
    case(
        "profile.inn.of_organisation_padded",
        OrganisationOf2020,
        |it| it.set(INN, "7707329152"),
        &["profile.inn.digits", "profile.subject.organisation_inn"],
    ),
    case(
        "profile.inn.of_person_only",
        Organisation,
        |it| it.set(INN, "007707329152"),
        &[],
    ),
    case(
        "profile.innle.present",
        Organisation,
        |it| it.set(INNLE, ""),
        &["profile.subject.organisation_inn", "profile.innle.digits"],
    ),
    case(
        "profile.innle.string_type",
        Organisation,
        |it| it.retag(INNLE, Tag::UTF8_STRING),
        &[],
    ),
    case(
        "profile.innle.digits",
        Organisation,
        |it| it.set(INNLE, "770732915"),
        &[],
    ),
    case(
        "profile.innle.check_digit",
        Organisation,
        |it| it.set(INNLE, "7707329153"),
        &[],
    ),
    case(
        "profile.innle.not_before_order_31",
        OrganisationOf2020,
        |it| {
            it.add(INNLE, Tag::NUMERIC_STRING, "7707329152");
        },
        &[],
    ),
];
