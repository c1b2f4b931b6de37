//! Identifiers of keys (RFC 5280 §4.2.1.1, §4.2.1.2).

use super::SINCE;
use crate::der::oids;
use crate::profile::check::{criticality, extension_present};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.subject_key_identifier.authority", Warn, Text, "RFC 5280 §4.2.1.2", SINCE, &[Holder::Authority],
        |view| extension_present(view, oids::SUBJECT_KEY_IDENTIFIER),
        "в сертификате центра есть subjectKeyIdentifier", "the certificate of an authority has subjectKeyIdentifier";
    "profile.subject_key_identifier.end_entity", Info, Text, "RFC 5280 §4.2.1.2", SINCE, Holder::END_ENTITIES,
        |view| extension_present(view, oids::SUBJECT_KEY_IDENTIFIER),
        "в сертификате есть subjectKeyIdentifier", "the certificate has subjectKeyIdentifier";
    "profile.subject_key_identifier.not_critical", Warn, Text, "RFC 5280 §4.2.1.2", SINCE, Holder::ALL,
        |view| criticality(view, oids::SUBJECT_KEY_IDENTIFIER, false),
        "subjectKeyIdentifier не критично", "subjectKeyIdentifier is not critical";
    "profile.authority_key_identifier.present", Warn, Text, "RFC 5280 §4.2.1.1", SINCE, Holder::ALL,
        |view| if view.is_self_issued() {
            Seen::not_applicable().word("seen", "self-issued")
        } else {
            extension_present(view, oids::AUTHORITY_KEY_IDENTIFIER)
        },
        "ключ издателя назван в authorityKeyIdentifier", "authorityKeyIdentifier names the issuer's key";
    "profile.authority_key_identifier.key_identifier", Warn, Text, "RFC 5280 §4.2.1.1", SINCE, Holder::ALL,
        |view| match &view.certificate.extensions.authority_key_identifier {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(identifier) => Seen::present(identifier.key_identifier.is_some()),
        },
        "в authorityKeyIdentifier есть keyIdentifier", "authorityKeyIdentifier has a keyIdentifier";
    "profile.authority_key_identifier.issuer_with_serial", Warn, Text, "RFC 5280 §4.2.1.1", SINCE, Holder::ALL,
        |view| match &view.certificate.extensions.authority_key_identifier {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(identifier) => {
                let named = !identifier.issuer.is_empty();
                let seen = match (named, identifier.serial.is_some()) {
                    (true, true) => "both",
                    (true, false) => "issuer",
                    (false, true) => "serial",
                    (false, false) => "neither",
                };
                Seen::pass_if(named == identifier.serial.is_some()).word("seen", seen)
            }
        },
        "издатель и номер сертификата центра названы вместе", "issuer and serial number of the authority's certificate stand together";
    "profile.authority_key_identifier.not_critical", Warn, Text, "RFC 5280 §4.2.1.1", SINCE, Holder::ALL,
        |view| criticality(view, oids::AUTHORITY_KEY_IDENTIFIER, false),
        "authorityKeyIdentifier не критично", "authorityKeyIdentifier is not critical";
}
