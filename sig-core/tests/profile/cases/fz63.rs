//! 63-FZ art. 14 and 17.

use sig_core::der::oids::*;

use super::{Case, case};
use crate::bases::Base::{Authority, Organisation, Person, Trader};

pub static CASES: &[Case] = &[
    case(
        "profile.subject.surname",
        Person,
        |it| it.remove(SURNAME),
        &[],
    ),
    case(
        "profile.subject.given_name",
        Trader,
        |it| it.set(GIVEN_NAME, " "),
        &["profile.subject.no_outer_blanks"],
    ),
    case("profile.subject.snils", Person, |it| it.remove(SNILS), &[]),
    case(
        "profile.subject.snils_of_sole_trader",
        Trader,
        |it| it.remove(SNILS),
        &[],
    ),
    case(
        "profile.subject.organization",
        Organisation,
        |it| it.remove(ORGANIZATION),
        &[],
    ),
    case("profile.subject.ogrn", Authority, |it| it.remove(OGRN), &[]),
    case(
        "profile.subject.location",
        Organisation,
        |it| {
            for part in [STATE, LOCALITY, STREET] {
                it.remove(part);
            }
        },
        &[
            "profile.subject.region",
            "profile.subject.locality",
            "profile.subject.street",
        ],
    ),
    case(
        "profile.subject.organisation_inn",
        Organisation,
        |it| it.remove(INNLE),
        &["profile.innle.present"],
    ),
    case(
        "profile.subject.acting_person",
        Organisation,
        |it| it.remove(SURNAME),
        &[],
    ),
    case(
        "profile.subject.snils_of_acting_person",
        Organisation,
        |it| it.remove(SNILS),
        &[],
    ),
    case(
        "profile.issuer.name",
        Person,
        |it| {
            it.remove_from_issuer(ORGANIZATION);
            it.remove_from_issuer(COMMON_NAME);
        },
        &[],
    ),
    case(
        "profile.issuer.ogrn",
        Person,
        |it| it.remove_from_issuer(OGRN),
        &[],
    ),
    case(
        "profile.subject_sign_tool.present",
        Person,
        |it| it.drop_extension(SUBJECT_SIGN_TOOL),
        &[],
    ),
    case(
        "profile.issuer_sign_tool.present",
        Person,
        |it| it.drop_extension(ISSUER_SIGN_TOOL),
        &[],
    ),
    case(
        "profile.identification_kind.present",
        Person,
        |it| it.drop_extension(IDENTIFICATION_KIND),
        &[],
    ),
];
