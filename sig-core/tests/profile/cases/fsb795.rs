//! The rest of FSB order 795.

use sig_core::der::oid::Oid;
use sig_core::der::oids::*;
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;

use super::{Case, case};
use crate::bases::Base::{Authority, Organisation, Person, Service};
use crate::bases::{CRYPTOPRO_A, authority_key_identifier, gost_key, tools};
use crate::draft::{
    access, algorithm, distribution_points, integer, key_usage, oid, policies, sequence, text,
};

const TEST_SET: Oid = Oid::new(&[1, 2, 643, 2, 2, 35, 0]);
const TC26_512_A: Oid = Oid::new(&[1, 2, 643, 7, 1, 2, 1, 2, 1]);
const UNKNOWN_SET: Oid = Oid::new(&[1, 2, 643, 2, 2, 35, 9]);
const CIPHER_A: Oid = Oid::new(&[1, 2, 643, 2, 2, 31, 1]);
const GOST94_CRYPTOPRO: Oid = Oid::new(&[1, 2, 643, 2, 2, 30, 1]);
const AUTHORITY_KC1: Oid = Oid::new(&[1, 2, 643, 100, 114, 1]);
const POSTAL_ADDRESS: Oid = Oid::new(&[2, 5, 4, 16]);

pub static CASES: &[Case] = &[
    case(
        "profile.subject.common_name",
        Person,
        |it| it.remove(COMMON_NAME),
        &[],
    ),
    case(
        "profile.subject.country",
        Person,
        |it| it.remove(COUNTRY),
        &[],
    ),
    case(
        "profile.subject.country_russia",
        Person,
        |it| it.set(COUNTRY, "BY"),
        &[],
    ),
    case("profile.subject.region", Person, |it| it.remove(STATE), &[]),
    case(
        "profile.subject.locality",
        Organisation,
        |it| it.remove(LOCALITY),
        &[],
    ),
    case(
        "profile.subject.street",
        Organisation,
        |it| it.remove(STREET),
        &[],
    ),
    case(
        "profile.subject.title",
        Organisation,
        |it| it.remove(TITLE),
        &[],
    ),
    case(
        "profile.subject.inn_of_person",
        Person,
        |it| it.remove(INN),
        &[],
    ),
    case(
        "profile.subject.attributes_once",
        Person,
        |it| it.add(SNILS, Tag::NUMERIC_STRING, "08765430300"),
        &[],
    ),
    case(
        "profile.subject.no_outer_blanks",
        Person,
        |it| it.set(GIVEN_NAME, "Анна Петровна "),
        &[],
    ),
    case(
        "profile.subject.character_strings",
        Person,
        |it| {
            it.add(POSTAL_ADDRESS, Tag::SEQUENCE, "");
        },
        &[],
    ),
    case(
        "profile.key_usage.present",
        Person,
        |it| it.drop_extension(KEY_USAGE),
        &[],
    ),
    case(
        "profile.key_usage.signing",
        Person,
        |it| it.put(KEY_USAGE, key_usage(0x38)),
        &[],
    ),
    case(
        "profile.extended_key_usage.time_stamping_critical",
        Service,
        |it| it.set_critical(EXTENDED_KEY_USAGE, false),
        &[],
    ),
    case(
        "profile.certificate_policies.present",
        Person,
        |it| it.drop_extension(CERTIFICATE_POLICIES),
        &[],
    ),
    case(
        "profile.certificate_policies.tool_class",
        Person,
        |it| {
            it.put(CERTIFICATE_POLICIES, policies(&[ANY_POLICY]));
        },
        &[],
    ),
    case(
        "profile.certificate_policies.lower_classes",
        Person,
        |it| {
            it.put(CERTIFICATE_POLICIES, policies(&[SIGN_TOOL_CLASS_KC2]));
        },
        &[],
    ),
    case(
        "profile.certificate_policies.no_authority_class",
        Person,
        |it| {
            it.put(
                CERTIFICATE_POLICIES,
                policies(&[SIGN_TOOL_CLASS_KC1, AUTHORITY_KC1]),
            );
        },
        &[],
    ),
    case(
        "profile.certificate_policies.not_critical",
        Person,
        |it| it.set_critical(CERTIFICATE_POLICIES, true),
        &[],
    ),
    case(
        "profile.identification_kind.readable",
        Person,
        |it| it.put(IDENTIFICATION_KIND, oid(INN)),
        &[],
    ),
    case(
        "profile.identification_kind.known",
        Person,
        |it| it.put(IDENTIFICATION_KIND, integer(&[4])),
        &[],
    ),
    case(
        "profile.identification_kind.not_critical",
        Person,
        |it| it.set_critical(IDENTIFICATION_KIND, true),
        &[],
    ),
    case(
        "profile.authority_key_identifier.full",
        Person,
        |it| {
            it.put(AUTHORITY_KEY_IDENTIFIER, authority_key_identifier(false));
        },
        &[],
    ),
    case(
        "profile.crl_distribution_points.present",
        Person,
        |it| it.drop_extension(CRL_DISTRIBUTION_POINTS),
        &[],
    ),
    case(
        "profile.crl_distribution_points.http",
        Person,
        |it| {
            let places = ["http://crl.example.test/a.crl", "ldap://crl.example.test/a"];
            it.put(CRL_DISTRIBUTION_POINTS, distribution_points(&places));
        },
        &[],
    ),
    case(
        "profile.freshest_crl.absent",
        Person,
        |it| {
            it.extend(
                FRESHEST_CRL,
                false,
                distribution_points(&["http://crl.example.test/d.crl"]),
            );
        },
        &[],
    ),
    case(
        "profile.authority_information_access.present",
        Person,
        |it| it.drop_extension(AUTHORITY_INFO_ACCESS),
        &[],
    ),
    case(
        "profile.authority_information_access.issuer_certificate",
        Person,
        |it| {
            it.put(
                AUTHORITY_INFO_ACCESS,
                access(&[(AD_OCSP, "http://ocsp.example.test")]),
            );
        },
        &[],
    ),
    case(
        "profile.private_key_usage_period.present",
        Person,
        |it| it.drop_extension(PRIVATE_KEY_USAGE_PERIOD),
        &[],
    ),
    case(
        "profile.basic_constraints.path_length_zero",
        Authority,
        |it| {
            it.put(
                BASIC_CONSTRAINTS,
                sequence(&[element(Tag::BOOLEAN, &[0xff])]),
            );
        },
        &[],
    ),
    case(
        "profile.subject_sign_tool.readable",
        Person,
        |it| it.put(SUBJECT_SIGN_TOOL, vec![12, 9, b'a']),
        &[],
    ),
    case(
        "profile.subject_sign_tool.string_type",
        Person,
        |it| {
            it.put(SUBJECT_SIGN_TOOL, text(Tag::PRINTABLE_STRING, "CSP"));
        },
        &[],
    ),
    case(
        "profile.subject_sign_tool.not_empty",
        Person,
        |it| it.put(SUBJECT_SIGN_TOOL, text(Tag::UTF8_STRING, " ")),
        &[],
    ),
    case(
        "profile.subject_sign_tool.size",
        Person,
        |it| {
            it.put(SUBJECT_SIGN_TOOL, text(Tag::UTF8_STRING, &"я".repeat(201)));
        },
        &[],
    ),
    case(
        "profile.subject_sign_tool.not_critical",
        Person,
        |it| it.set_critical(SUBJECT_SIGN_TOOL, true),
        &[],
    ),
    case(
        "profile.issuer_sign_tool.readable",
        Person,
        |it| it.put(ISSUER_SIGN_TOOL, integer(&[1])),
        &[],
    ),
    case(
        "profile.issuer_sign_tool.four",
        Person,
        |it| it.put(ISSUER_SIGN_TOOL, tools(&["СКЗИ", "УЦ", "СФ/1"])),
        &[],
    ),
    case(
        "profile.issuer_sign_tool.string_type",
        Person,
        |it| {
            let mut names = ["CSP", "CA", "1"]
                .map(|name| text(Tag::UTF8_STRING, name))
                .to_vec();
            names.push(text(Tag::PRINTABLE_STRING, "2"));
            it.put(ISSUER_SIGN_TOOL, sequence(&names));
        },
        &[],
    ),
    case(
        "profile.issuer_sign_tool.not_empty",
        Person,
        |it| it.put(ISSUER_SIGN_TOOL, tools(&["СКЗИ", "УЦ", "", "СФ/2"])),
        &[],
    ),
    case(
        "profile.issuer_sign_tool.size",
        Person,
        |it| {
            it.put(
                ISSUER_SIGN_TOOL,
                tools(&["СКЗИ", "УЦ", "СФ/1", &"я".repeat(101)]),
            );
        },
        &[],
    ),
    case(
        "profile.issuer_sign_tool.not_critical",
        Person,
        |it| it.set_critical(ISSUER_SIGN_TOOL, true),
        &[],
    ),
    case(
        "profile.key.gost",
        Person,
        |it| it.key_algorithm = algorithm(EC, &oid(P256)),
        &[],
    ),
    case(
        "profile.key.gost_2012",
        Person,
        |it| {
            let parameters = crate::draft::oid_list(&[CRYPTOPRO_A, GOST94_CRYPTOPRO]);
            it.key_algorithm = algorithm(GOST2001, &parameters);
        },
        &[],
    ),
    case(
        "profile.key.parameters_present",
        Person,
        |it| it.key_algorithm = algorithm(GOST2012_256, &[]),
        &[],
    ),
    case(
        "profile.key.parameter_set_known",
        Person,
        |it| it.key_algorithm = gost_key(&[UNKNOWN_SET, STREEBOG256]),
        &[],
    ),
    case(
        "profile.key.parameter_set_not_for_tests",
        Person,
        |it| it.key_algorithm = gost_key(&[TEST_SET, STREEBOG256]),
        &[],
    ),
    case(
        "profile.key.parameter_set_size",
        Person,
        |it| it.key_algorithm = gost_key(&[TC26_512_A, STREEBOG256]),
        &[],
    ),
    case(
        "profile.key.digest_parameter",
        Person,
        |it| it.key_algorithm = gost_key(&[CRYPTOPRO_A]),
        &[],
    ),
    case(
        "profile.key.no_cipher_parameter",
        Person,
        |it| {
            it.key_algorithm = gost_key(&[CRYPTOPRO_A, STREEBOG256, CIPHER_A]);
        },
        &[],
    ),
    case("profile.key.size", Person, |it| it.key = vec![5; 64], &[]),
    case(
        "profile.signature.gost",
        Person,
        |it| it.sign_by(algorithm(ECDSA_SHA256, &[])),
        &[],
    ),
    case(
        "profile.signature.gost_2012",
        Person,
        |it| it.sign_by(algorithm(GOST2001_GOST94, &[])),
        &[],
    ),
    case(
        "profile.signature.no_parameters",
        Person,
        |it| it.sign_by(algorithm(GOST2012_256_STREEBOG, &[5, 0])),
        &[],
    ),
    case(
        "profile.signature.size",
        Person,
        |it| it.signature = vec![6; 63],
        &[],
    ),
];
