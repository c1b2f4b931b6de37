//! RFC 5280 §4.

use sig_core::der::oids::*;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;

use super::{Case, case};
use crate::bases::Base::{Organisation, Person, Plain, PlainAuthority};
use crate::bases::{permitted, private_key_period};
use crate::draft::{algorithm, at, context, integer, key_usage, sequence};

pub static CASES: &[Case] = &[
    case(
        "profile.certificate.version",
        Plain,
        |it| {
            it.version = 0;
            it.extensions.clear();
        },
        &[
            "profile.authority_key_identifier.present",
            "profile.subject_key_identifier.end_entity",
        ],
    ),
    case(
        "profile.serial.positive",
        Plain,
        |it| it.serial = vec![0x80, 1],
        &[],
    ),
    case(
        "profile.serial.length",
        Plain,
        |it| it.serial = vec![1; 21],
        &[],
    ),
    case(
        "profile.serial.shortest_form",
        Plain,
        |it| it.serial = vec![0, 1],
        &[],
    ),
    case(
        "profile.signature.algorithms_agree",
        Plain,
        |it| {
            it.outer = algorithm(ECDSA_SHA384, &[]);
        },
        &[],
    ),
    case("profile.issuer.present", Plain, |it| it.issuer.clear(), &[]),
    case(
        "profile.validity.order",
        Plain,
        |it| it.not_after = at("2020-01-01T00:00:00Z"),
        &[],
    ),
    case(
        "profile.extensions.unique",
        Plain,
        |it| {
            let again = it.extensions[0].clone();
            it.extensions.push(again);
        },
        &[],
    ),
    case(
        "profile.extensions.readable",
        Plain,
        |it| it.put(KEY_USAGE, integer(&[1])),
        &[],
    ),
    case(
        "profile.extensions.der",
        Plain,
        |it| {
            it.put(BASIC_CONSTRAINTS, sequence(&[element(Tag::BOOLEAN, &[0])]));
        },
        &[],
    ),
    case(
        "profile.subject.present",
        PlainAuthority,
        |it| it.subject.clear(),
        &[],
    ),
    case(
        "profile.basic_constraints.present",
        PlainAuthority,
        |it| it.drop_extension(BASIC_CONSTRAINTS),
        &[],
    ),
    case(
        "profile.basic_constraints.critical",
        PlainAuthority,
        |it| it.set_critical(BASIC_CONSTRAINTS, false),
        &[],
    ),
    case(
        "profile.basic_constraints.path_length_of_authority",
        Plain,
        |it| {
            it.put(BASIC_CONSTRAINTS, sequence(&[integer(&[0])]));
        },
        &[],
    ),
    case(
        "profile.key_usage.authority",
        PlainAuthority,
        |it| it.drop_extension(KEY_USAGE),
        &[],
    ),
    case(
        "profile.key_usage.certificate_signing",
        PlainAuthority,
        |it| it.put(KEY_USAGE, key_usage(0x02)),
        &[],
    ),
    case(
        "profile.key_usage.list_signing",
        PlainAuthority,
        |it| it.put(KEY_USAGE, key_usage(0x04)),
        &[],
    ),
    case(
        "profile.name_constraints.authority_only",
        Plain,
        |it| {
            it.extend(NAME_CONSTRAINTS, true, permitted());
        },
        &[],
    ),
    case(
        "profile.name_constraints.critical",
        PlainAuthority,
        |it| {
            it.set_critical(NAME_CONSTRAINTS, false);
        },
        &[],
    ),
    case(
        "profile.policy_constraints.critical",
        PlainAuthority,
        |it| {
            it.set_critical(POLICY_CONSTRAINTS, false);
        },
        &[],
    ),
    case(
        "profile.inhibit_any_policy.critical",
        PlainAuthority,
        |it| {
            it.set_critical(INHIBIT_ANY_POLICY, false);
        },
        &[],
    ),
    case(
        "profile.subject_key_identifier.authority",
        PlainAuthority,
        |it| it.drop_extension(SUBJECT_KEY_IDENTIFIER),
        &[],
    ),
    case(
        "profile.subject_key_identifier.end_entity",
        Plain,
        |it| it.drop_extension(SUBJECT_KEY_IDENTIFIER),
        &[],
    ),
    case(
        "profile.subject_key_identifier.not_critical",
        Plain,
        |it| it.set_critical(SUBJECT_KEY_IDENTIFIER, true),
        &[],
    ),
    case(
        "profile.authority_key_identifier.present",
        Plain,
        |it| it.drop_extension(AUTHORITY_KEY_IDENTIFIER),
        &[],
    ),
    case(
        "profile.authority_key_identifier.key_identifier",
        Plain,
        |it| {
            let named = sequence(&[
                context(1, &context(4, &sequence(&[]))),
                element(Tag::context(2), &[1]),
            ]);
            it.put(AUTHORITY_KEY_IDENTIFIER, named);
        },
        &[],
    ),
    case(
        "profile.authority_key_identifier.issuer_with_serial",
        Plain,
        |it| {
            let serial = sequence(&[
                element(Tag::context(0), &[7; 20]),
                element(Tag::context(2), &[1]),
            ]);
            it.put(AUTHORITY_KEY_IDENTIFIER, serial);
        },
        &[],
    ),
    case(
        "profile.authority_key_identifier.not_critical",
        Plain,
        |it| it.set_critical(AUTHORITY_KEY_IDENTIFIER, true),
        &[],
    ),
    case(
        "profile.key_usage.states_a_use",
        Plain,
        |it| {
            it.put(KEY_USAGE, element(Tag::BIT_STRING, &[0]));
        },
        &[],
    ),
    case(
        "profile.key_usage.critical",
        Plain,
        |it| it.set_critical(KEY_USAGE, false),
        &[],
    ),
    case(
        "profile.extended_key_usage.any_not_critical",
        Plain,
        |it| it.set_critical(EXTENDED_KEY_USAGE, true),
        &[],
    ),
    case(
        "profile.subject_alternative_name.not_empty",
        Plain,
        |it| {
            it.put(SUBJECT_ALT_NAME, sequence(&[]));
        },
        &["profile.extensions.der"],
    ),
    case(
        "profile.crl_distribution_points.place",
        Plain,
        |it| {
            // Reasons alone say nothing of a place.
            let reasons = sequence(&[element(Tag::context(1), &[6, 0x40])]);
            it.put(CRL_DISTRIBUTION_POINTS, sequence(&[reasons]));
        },
        &[],
    ),
    case(
        "profile.crl_distribution_points.not_critical",
        Plain,
        |it| it.set_critical(CRL_DISTRIBUTION_POINTS, true),
        &[],
    ),
    case(
        "profile.freshest_crl.not_critical",
        PlainAuthority,
        |it| it.set_critical(FRESHEST_CRL, true),
        &[],
    ),
    case(
        "profile.authority_information_access.not_critical",
        Plain,
        |it| it.set_critical(AUTHORITY_INFO_ACCESS, true),
        &[],
    ),
    case(
        "profile.authority_information_access.readable",
        Plain,
        |it| it.put(AUTHORITY_INFO_ACCESS, integer(&[1])),
        &[],
    ),
    case(
        "profile.private_key_usage_period.readable",
        Person,
        |it| {
            it.put(
                PRIVATE_KEY_USAGE_PERIOD,
                private_key_period("20240301090000.876Z", "20250601090000Z"),
            );
        },
        &[],
    ),
    case(
        "profile.private_key_usage_period.order",
        Person,
        |it| {
            it.put(
                PRIVATE_KEY_USAGE_PERIOD,
                private_key_period("20240301090000Z", "20240201090000Z"),
            );
        },
        &[],
    ),
    case(
        "profile.country.form",
        Plain,
        |it| it.set(COUNTRY, "ee"),
        &[],
    ),
    case(
        "profile.name.bounds",
        Organisation,
        |it| it.set(ORGANIZATION, &"я".repeat(65)),
        &[],
    ),
    case(
        "profile.name.string_type",
        Organisation,
        |it| it.retag(ORGANIZATION, Tag::BMP_STRING),
        &[],
    ),
    case(
        "profile.email.string_type",
        Person,
        |it| it.retag(EMAIL, Tag::UTF8_STRING),
        &[],
    ),
];
