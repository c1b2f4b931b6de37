//! What certificates of authorities have and others have not (RFC 5280 §4.2.1.2, §4.2.1.3, §4.2.1.9, §4.2.1.10).

use super::SINCE;
use crate::der::oids;
use crate::profile::check::{criticality, extension_present};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.subject.present", Warn, Text, "RFC 5280 §4.1.2.6", SINCE, &[Holder::Authority],
        |view| Seen::present(!view.certificate.subject.is_empty()),
        "центр назван в своём сертификате", "the authority is named in its certificate";
    "profile.basic_constraints.present", Warn, Text, "RFC 5280 §4.2.1.9", SINCE, &[Holder::Authority],
        |view| {
            let constraints = view.certificate.extensions.basic_constraints;
            Seen::present(constraints.is_some_and(|it| it.ca))
        },
        "сертификат центра говорит, что он сертификат центра", "the certificate of an authority says that it is one";
    "profile.basic_constraints.critical", Warn, Text, "RFC 5280 §4.2.1.9", SINCE, &[Holder::Authority],
        |view| criticality(view, oids::BASIC_CONSTRAINTS, true),
        "basicConstraints центра критично", "basicConstraints of an authority is critical";
    "profile.basic_constraints.path_length_of_authority", Warn, Text, "RFC 5280 §4.2.1.9", SINCE, Holder::END_ENTITIES,
        |view| match view.certificate.extensions.basic_constraints {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(constraints) => Seen::pass_if(constraints.path_length.is_none()),
        },
        "длина цепочки ограничена только в сертификате центра", "only an authority limits the length of a path";
    "profile.key_usage.authority", Warn, Text, "RFC 5280 §4.2.1.3", SINCE, &[Holder::Authority],
        |view| extension_present(view, oids::KEY_USAGE),
        "в сертификате центра есть keyUsage", "the certificate of an authority has keyUsage";
    "profile.key_usage.certificate_signing", Warn, Text, "RFC 5280 §4.2.1.3", SINCE, &[Holder::Authority],
        |view| match view.certificate.extensions.key_usage {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(usage) => Seen::pass_if(usage.key_cert_sign()).words("seen", usage.names()),
        },
        "ключом центра можно подписывать сертификаты", "the key of an authority may sign certificates";
    "profile.key_usage.list_signing", Info, Measured, "RFC 5280 §4.2.1.3", SINCE, &[Holder::Authority],
        |view| match view.certificate.extensions.key_usage {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(usage) => Seen::pass_if(usage.crl_sign()).words("seen", usage.names()),
        },
        "ключом центра можно подписывать списки отзыва", "the key of an authority may sign revocation lists";
    "profile.name_constraints.authority_only", Warn, Text, "RFC 5280 §4.2.1.10", SINCE, Holder::END_ENTITIES,
        |view| {
            let present = view.extension(oids::NAME_CONSTRAINTS).is_some();
            Seen::pass_if(!present).word("seen", if present { "present" } else { "absent" })
        },
        "имена ограничены только в сертификате центра", "only an authority constrains names";
    "profile.name_constraints.critical", Info, Text, "RFC 5280 §4.2.1.10", SINCE, &[Holder::Authority],
        |view| criticality(view, oids::NAME_CONSTRAINTS, true),
        "nameConstraints критично", "nameConstraints is critical";
    "profile.policy_constraints.critical", Info, Text, "RFC 5280 §4.2.1.11", SINCE, Holder::ALL,
        |view| criticality(view, oids::POLICY_CONSTRAINTS, true),
        "policyConstraints критично", "policyConstraints is critical";
    "profile.inhibit_any_policy.critical", Info, Text, "RFC 5280 §4.2.1.14", SINCE, Holder::ALL,
        |view| criticality(view, oids::INHIBIT_ANY_POLICY, true),
        "inhibitAnyPolicy критично", "inhibitAnyPolicy is critical";
}
