//! EN 319 412-2 and -5.

use sig_core::der::oid::Oid;
use sig_core::der::oids::*;
use sig_core::der::tag::Tag;

use super::{Case, case};
use crate::bases::Base::{European, EuropeanOrganisation};
use crate::bases::{ORGANIZATION_IDENTIFIER, disclosure, limit};
use crate::draft::{
    access, distribution_points, integer, key_usage, oid_list, sequence, statement, text,
};

const PSEUDONYM: Oid = Oid::new(&[2, 5, 4, 65]);

pub static CASES: &[Case] = &[
    case(
        "profile.qc_statements.present",
        European,
        |it| it.drop_extension(QC_STATEMENTS),
        &[],
    ),
    case(
        "profile.qc_statements.readable",
        European,
        |it| it.put(QC_STATEMENTS, sequence(&[])),
        &[],
    ),
    case(
        "profile.qc_statements.not_critical",
        European,
        |it| it.set_critical(QC_STATEMENTS, true),
        &[],
    ),
    case(
        "profile.qc_statements.unique",
        European,
        |it| {
            let twice = [statement(QC_COMPLIANCE, &[]), statement(QC_COMPLIANCE, &[])];
            let others = [
                statement(QC_TYPE, &oid_list(&[QC_TYPE_ESIGN])),
                statement(QC_SSCD, &[]),
                statement(
                    QC_PDS,
                    &sequence(&[disclosure("https://example.test/en", "en")]),
                ),
            ];
            it.put(QC_STATEMENTS, sequence(&[twice.concat(), others.concat()]));
        },
        &[],
    ),
    case(
        "profile.qc_statements.information_readable",
        European,
        |it| it.state(QC_TYPE, Some(&integer(&[1]))),
        &[],
    ),
    case(
        "profile.qc_compliance.present",
        European,
        |it| it.state(QC_COMPLIANCE, None),
        &[],
    ),
    case(
        "profile.qc_compliance.bare",
        European,
        |it| it.state(QC_COMPLIANCE, Some(&[5, 0])),
        &[],
    ),
    case(
        "profile.qc_sscd.present",
        European,
        |it| it.state(QC_SSCD, None),
        &[],
    ),
    case(
        "profile.qc_sscd.bare",
        European,
        |it| it.state(QC_SSCD, Some(&[5, 0])),
        &[],
    ),
    case(
        "profile.qc_type.present",
        European,
        |it| it.state(QC_TYPE, None),
        &[],
    ),
    case(
        "profile.qc_type.single",
        European,
        |it| {
            it.state(QC_TYPE, Some(&oid_list(&[QC_TYPE_ESIGN, QC_TYPE_ESEAL])));
        },
        &[],
    ),
    case(
        "profile.qc_type.known",
        EuropeanOrganisation,
        |it| it.state(QC_TYPE, Some(&oid_list(&[INN]))),
        &["profile.qc_type.of_person"],
    ),
    case(
        "profile.qc_type.of_person",
        European,
        |it| it.state(QC_TYPE, Some(&oid_list(&[QC_TYPE_ESEAL]))),
        &[],
    ),
    case(
        "profile.qc_cc_legislation.countries",
        EuropeanOrganisation,
        |it| {
            it.state(
                QC_CC_LEGISLATION,
                Some(&sequence(&[text(Tag::PRINTABLE_STRING, "GBR")])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_cc_legislation.outside_the_eu",
        EuropeanOrganisation,
        |it| {
            it.state(
                QC_CC_LEGISLATION,
                Some(&sequence(&[text(Tag::PRINTABLE_STRING, "FR")])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_limit_value.currency",
        European,
        |it| {
            it.state(
                QC_LIMIT_VALUE,
                Some(&limit(text(Tag::PRINTABLE_STRING, "eur"), &[5])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_limit_value.alphabetic",
        European,
        |it| {
            it.state(QC_LIMIT_VALUE, Some(&limit(integer(&[3, 0xd2]), &[5])));
        },
        &[],
    ),
    case(
        "profile.qc_limit_value.amount",
        European,
        |it| {
            it.state(
                QC_LIMIT_VALUE,
                Some(&limit(text(Tag::PRINTABLE_STRING, "EUR"), &[0xff])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_retention_period.positive",
        European,
        |it| it.state(QC_RETENTION_PERIOD, Some(&integer(&[0xfe]))),
        &[],
    ),
    case(
        "profile.qc_pds.present",
        European,
        |it| it.state(QC_PDS, None),
        &[],
    ),
    case(
        "profile.qc_pds.not_empty",
        European,
        |it| it.state(QC_PDS, Some(&sequence(&[]))),
        &["profile.qc_pds.english"],
    ),
    case(
        "profile.qc_pds.english",
        European,
        |it| {
            it.state(
                QC_PDS,
                Some(&sequence(&[disclosure("https://example.test/et", "et")])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_pds.https",
        European,
        |it| {
            it.state(
                QC_PDS,
                Some(&sequence(&[disclosure("http://example.test/en", "en")])),
            );
        },
        &[],
    ),
    case(
        "profile.qc_pds.languages",
        European,
        |it| {
            let places = [
                disclosure("https://example.test/en", "en"),
                disclosure("https://example.test/et", "est"),
            ];
            it.state(QC_PDS, Some(&sequence(&places)));
        },
        &[],
    ),
    case(
        "profile.issuer.country",
        European,
        |it| it.remove_from_issuer(COUNTRY),
        &[],
    ),
    case(
        "profile.issuer.organization",
        European,
        |it| it.remove_from_issuer(ORGANIZATION),
        &[],
    ),
    case(
        "profile.issuer.common_name",
        European,
        |it| it.remove_from_issuer(COMMON_NAME),
        &[],
    ),
    case(
        "profile.issuer.organization_identifier",
        European,
        |it| it.remove_from_issuer(ORGANIZATION_IDENTIFIER),
        &[],
    ),
    case(
        "profile.subject.country_of_person",
        European,
        |it| it.remove(COUNTRY),
        &[],
    ),
    case(
        "profile.subject.common_name_of_person",
        European,
        |it| it.remove(COMMON_NAME),
        &[],
    ),
    case(
        "profile.subject.name_or_pseudonym",
        European,
        |it| {
            it.remove(SURNAME);
            it.remove(GIVEN_NAME);
        },
        &[],
    ),
    case(
        "profile.subject.name_without_pseudonym",
        European,
        |it| it.add(PSEUDONYM, Tag::UTF8_STRING, "Maasikas"),
        &[],
    ),
    case(
        "profile.subject.country_and_name_once",
        European,
        |it| it.add(COMMON_NAME, Tag::UTF8_STRING, "Mari"),
        &[],
    ),
    case(
        "profile.subject.serial_number",
        European,
        |it| it.remove(SERIAL_NUMBER),
        &["profile.subject.semantics_of_person"],
    ),
    case(
        "profile.subject.semantics_of_person",
        European,
        |it| it.set(SERIAL_NUMBER, "47101010033"),
        &[],
    ),
    case(
        "profile.subject.semantics_of_organisation",
        EuropeanOrganisation,
        |it| {
            it.set(ORGANIZATION_IDENTIFIER, "12345678");
        },
        &[],
    ),
    case(
        "profile.key_usage.of_person",
        European,
        |it| it.drop_extension(KEY_USAGE),
        &[],
    ),
    case(
        "profile.key_usage.one_setting",
        European,
        |it| it.put(KEY_USAGE, key_usage(0xd0)),
        &[],
    ),
    case(
        "profile.certificate_policies.of_person",
        European,
        |it| it.drop_extension(CERTIFICATE_POLICIES),
        &[],
    ),
    case(
        "profile.certificate_policies.should_not_be_critical",
        European,
        |it| {
            it.set_critical(CERTIFICATE_POLICIES, true);
        },
        &[],
    ),
    case(
        "profile.policy_mappings.absent",
        European,
        |it| {
            it.extend(
                POLICY_MAPPINGS,
                false,
                sequence(&[oid_list(&[SIGN_TOOL_CLASS_KC1, SIGN_TOOL_CLASS_KC2])]),
            );
        },
        &[],
    ),
    case(
        "profile.subject_alternative_name.not_critical",
        European,
        |it| it.set_critical(SUBJECT_ALT_NAME, true),
        &[],
    ),
    case(
        "profile.issuer_alternative_name.not_critical",
        European,
        |it| it.set_critical(ISSUER_ALT_NAME, true),
        &[],
    ),
    case(
        "profile.policy_constraints.absent",
        European,
        |it| {
            it.extend(POLICY_CONSTRAINTS, true, sequence(&[vec![0x80, 1, 0]]));
        },
        &[],
    ),
    case(
        "profile.extended_key_usage.not_critical",
        European,
        |it| it.set_critical(EXTENDED_KEY_USAGE, true),
        &[],
    ),
    case(
        "profile.crl_distribution_points.or_ocsp",
        European,
        |it| {
            it.drop_extension(CRL_DISTRIBUTION_POINTS);
            it.put(
                AUTHORITY_INFO_ACCESS,
                access(&[(AD_CA_ISSUERS, "http://example.test/a.cer")]),
            );
        },
        &["profile.authority_information_access.ocsp"],
    ),
    case(
        "profile.crl_distribution_points.http_or_ldap",
        European,
        |it| {
            it.put(
                CRL_DISTRIBUTION_POINTS,
                distribution_points(&["ftp://crl.example.test/a.crl"]),
            );
        },
        &[],
    ),
    case(
        "profile.inhibit_any_policy.absent",
        European,
        |it| it.extend(INHIBIT_ANY_POLICY, true, integer(&[0])),
        &[],
    ),
    case(
        "profile.authority_information_access.of_person",
        European,
        |it| it.drop_extension(AUTHORITY_INFO_ACCESS),
        &[],
    ),
    case(
        "profile.authority_information_access.ca_issuers",
        European,
        |it| {
            it.put(
                AUTHORITY_INFO_ACCESS,
                access(&[(AD_OCSP, "http://ocsp.example.test")]),
            );
        },
        &[],
    ),
    case(
        "profile.authority_information_access.ca_issuers_http",
        European,
        |it| {
            let places = [
                (AD_CA_ISSUERS, "ldap://example.test/a"),
                (AD_OCSP, "http://ocsp.example.test"),
            ];
            it.put(AUTHORITY_INFO_ACCESS, access(&places));
        },
        &[],
    ),
    case(
        "profile.authority_information_access.ocsp",
        European,
        |it| {
            it.put(
                AUTHORITY_INFO_ACCESS,
                access(&[(AD_CA_ISSUERS, "http://example.test/a.cer")]),
            );
        },
        &[],
    ),
];
