//! Other extensions (RFC 5280 §4.2.1, §4.2.2).

use super::SINCE;
use crate::der::oids;
use crate::profile::check::criticality;
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;

rules! {
    "profile.key_usage.states_a_use", Warn, Text, "RFC 5280 §4.2.1.3", SINCE, Holder::ALL,
        |view| match view.certificate.extensions.key_usage {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(usage) => Seen::pass_if(usage.names().next().is_some()).words("seen", usage.names()),
        },
        "keyUsage называет хотя бы одно назначение", "keyUsage states a use at least";
    "profile.key_usage.critical", Info, Text, "RFC 5280 §4.2.1.3", SINCE, Holder::ALL,
        |view| criticality(view, oids::KEY_USAGE, true),
        "keyUsage критично", "keyUsage is critical";
    "profile.extended_key_usage.any_not_critical", Info, Text, "RFC 5280 §4.2.1.12", SINCE, Holder::ALL,
        |view| match &view.certificate.extensions.extended_key_usage {
            Some(usage) if usage.purposes.contains(&oids::ANY_EXTENDED_KEY_USAGE) => {
                criticality(view, oids::EXTENDED_KEY_USAGE, false)
            }
            _ => Seen::not_applicable().word("seen", "absent"),
        },
        "extKeyUsage с любым назначением не критично", "extKeyUsage with any purpose is not critical";
    "profile.subject_alternative_name.not_empty", Info, Text, "RFC 5280 §4.2.1.6", SINCE, Holder::ALL,
        |view| match &view.certificate.extensions.subject_alternative_names {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(names) => Seen::pass_if(!names.names.is_empty()).count("names", names.names.len()),
        },
        "в subjectAltName есть имя", "subjectAltName has a name";
    "profile.crl_distribution_points.place", Warn, Text, "RFC 5280 §4.2.1.13", SINCE, Holder::ALL,
        |view| match &view.certificate.extensions.crl_distribution_points {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(points) => {
                let mut points = points.points.iter();
                Seen::pass_if(points.all(|point| point.name.is_some() || !point.crl_issuer.is_empty()))
            }
        },
        "каждая точка распространения названа или указан её издатель", "every distribution point has a name or an issuer";
    "profile.crl_distribution_points.not_critical", Info, Text, "RFC 5280 §4.2.1.13", SINCE, Holder::ALL,
        |view| criticality(view, oids::CRL_DISTRIBUTION_POINTS, false),
        "cRLDistributionPoints не критично", "cRLDistributionPoints is not critical";
    "profile.freshest_crl.not_critical", Info, Text, "RFC 5280 §4.2.1.15", SINCE, Holder::ALL,
        |view| criticality(view, oids::FRESHEST_CRL, false),
        "freshestCRL не критично", "freshestCRL is not critical";
    "profile.authority_information_access.not_critical", Warn, Text, "RFC 5280 §4.2.2.1", SINCE, Holder::ALL,
        |view| criticality(view, oids::AUTHORITY_INFO_ACCESS, false),
        "authorityInfoAccess не критично", "authorityInfoAccess is not critical";
    "profile.authority_information_access.readable", Warn, Text, "RFC 5280 §4.2.2.1", SINCE, Holder::ALL,
        |view| view.authority_information_access.readable(),
        "authorityInfoAccess читается", "authorityInfoAccess can be read";
    "profile.private_key_usage_period.readable", Info, Text, "RFC 3280 §4.2.1.4", SINCE, Holder::ALL,
        |view| view.private_key_usage_period.readable(),
        "срок действия закрытого ключа читается", "the period of the private key can be read";
    "profile.private_key_usage_period.order", Info, Text, "RFC 3280 §4.2.1.4", SINCE, Holder::ALL,
        |view| view.private_key_usage_period.check(|period| match (period.not_before, period.not_after) {
            (Some(from), Some(to)) => Seen::pass_if(from <= to).time("not_after", to),
            _ => Seen::not_applicable().word("seen", "open"),
        }),
        "срок действия закрытого ключа не кончается раньше своего начала",
        "the period of the private key does not end before it begins";
}
