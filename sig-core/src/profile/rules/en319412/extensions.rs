//! Extensions (EN 319 412-2 §4.3, §4.4).

use super::SINCE_EIDAS;
use crate::der::oids;
use crate::profile::check::{criticality, extension_absent, extension_present, has_scheme};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;

rules! {
    "profile.key_usage.of_person", Warn, Quoted, "EN 319 412-2 §4.3.2", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_present(view, oids::KEY_USAGE),
        "keyUsage есть", "keyUsage is there";
    "profile.key_usage.one_setting", Warn, Quoted, "EN 319 412-2 §4.3.2", SINCE_EIDAS, Holder::WITH_PERSON,
        |view| match view.certificate.extensions.key_usage {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(usage) => {
                let uses: Vec<&str> = usage.names().collect();
                Seen::pass_if(SETTINGS.contains(&uses.as_slice())).words("seen", usage.names())
            }
        },
        "keyUsage — одно из сочетаний стандарта", "keyUsage is one of the settings of the standard";
    "profile.certificate_policies.of_person", Warn, Quoted, "EN 319 412-2 §4.3.3", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_present(view, oids::CERTIFICATE_POLICIES),
        "политики сертификата указаны", "the certificate policies are stated";
    "profile.certificate_policies.should_not_be_critical", Info, Quoted, "EN 319 412-2 §4.3.3", SINCE_EIDAS, Holder::SIGNERS,
        |view| criticality(view, oids::CERTIFICATE_POLICIES, false),
        "политики сертификата не критичны", "the certificate policies are not critical";
    "profile.policy_mappings.absent", Warn, Quoted, "EN 319 412-2 §4.3.4", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_absent(view, oids::POLICY_MAPPINGS),
        "соответствий политик нет", "there are no policy mappings";
    "profile.subject_alternative_name.not_critical", Warn, Quoted, "EN 319 412-2 §4.3.5", SINCE_EIDAS, Holder::SIGNERS,
        |view| criticality(view, oids::SUBJECT_ALT_NAME, false),
        "subjectAltName не критично", "subjectAltName is not critical";
    "profile.issuer_alternative_name.not_critical", Warn, Quoted, "EN 319 412-2 §4.3.6", SINCE_EIDAS, Holder::SIGNERS,
        |view| criticality(view, oids::ISSUER_ALT_NAME, false),
        "issuerAltName не критично", "issuerAltName is not critical";
    "profile.policy_constraints.absent", Warn, Quoted, "EN 319 412-2 §4.3.9", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_absent(view, oids::POLICY_CONSTRAINTS),
        "политики не ограничены", "policies are not constrained";
    "profile.extended_key_usage.not_critical", Warn, Quoted, "EN 319 412-2 §4.3.10", SINCE_EIDAS, Holder::SIGNERS,
        |view| criticality(view, oids::EXTENDED_KEY_USAGE, false),
        "extKeyUsage не критично", "extKeyUsage is not critical";
    "profile.crl_distribution_points.or_ocsp", Warn, Quoted, "EN 319 412-2 §4.3.11", SINCE_EIDAS, Holder::SIGNERS,
        |view| {
            let has_list = view.extension(oids::CRL_DISTRIBUTION_POINTS).is_some();
            let seen = match (has_list, answers(view)) {
                (true, true) => "both",
                (true, false) => "crl",
                (false, true) => "ocsp",
                (false, false) => "neither",
            };
            Seen::pass_if(seen != "neither").word("seen", seen)
        },
        "указано, где узнать об отзыве", "it is stated where revocation is told";
    "profile.crl_distribution_points.http_or_ldap", Warn, Quoted, "EN 319 412-2 §4.3.11", SINCE_EIDAS, Holder::SIGNERS,
        |view| if view.extension(oids::CRL_DISTRIBUTION_POINTS).is_none() {
            Seen::not_applicable().word("seen", "absent")
        } else {
            Seen::pass_if(view.crl_uris().any(|uri| has_scheme(uri, "http") || has_scheme(uri, "ldap")))
        },
        "один из адресов списка отзыва — http или ldap", "an address of the revocation list is http or ldap";
    "profile.inhibit_any_policy.absent", Warn, Quoted, "EN 319 412-2 §4.3.12", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_absent(view, oids::INHIBIT_ANY_POLICY),
        "любая политика не запрещена", "any-policy is not inhibited";
    "profile.authority_information_access.of_person", Warn, Quoted, "EN 319 412-2 §4.4.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_present(view, oids::AUTHORITY_INFO_ACCESS),
        "authorityInfoAccess есть", "authorityInfoAccess is there";
    "profile.authority_information_access.ca_issuers", Warn, Quoted, "EN 319 412-2 §4.4.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.authority_information_access.check(|access| {
            let named = access.descriptions.iter().any(|it| it.method == oids::AD_CA_ISSUERS);
            Seen::present(named)
        }),
        "указано, где лежит сертификат издателя", "it is stated where the issuer's certificate is";
    "profile.authority_information_access.ca_issuers_http", Warn, Quoted, "EN 319 412-2 §4.4.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.authority_information_access.check(|access| {
            if !access.descriptions.iter().any(|it| it.method == oids::AD_CA_ISSUERS) {
                return Seen::not_applicable().word("seen", "absent");
            }
            Seen::pass_if(access.uris(oids::AD_CA_ISSUERS).any(is_web))
        }),
        "один из адресов сертификата издателя — http или https", "an address of the issuer's certificate is http or https";
    "profile.authority_information_access.ocsp", Info, Assumed, "EN 319 412-2 §4.4.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.authority_information_access.check(|_| Seen::present(answers(view))),
        "указана служба OCSP", "an OCSP responder is named";
}

/// Types A to F: signatures, with or without commitment, or encryption.
const SETTINGS: &[&[&str]] = &[
    &["nonRepudiation"],
    &["digitalSignature", "nonRepudiation"],
    &["digitalSignature"],
    &["digitalSignature", "keyEncipherment"],
    &["digitalSignature", "keyAgreement"],
    &["keyEncipherment"],
    &["keyAgreement"],
    &["digitalSignature", "nonRepudiation", "keyEncipherment"],
    &["digitalSignature", "nonRepudiation", "keyAgreement"],
];

fn answers(view: &View<'_>) -> bool {
    let access = view.authority_information_access.value();
    access.is_some_and(|access| access.uris(oids::AD_OCSP).any(is_web))
}

fn is_web(uri: &str) -> bool {
    has_scheme(uri, "http") || has_scheme(uri, "https")
}
