//! Extensions that the order asks for or that authorities write by custom (FSB order 795).

use super::ORDER_795;
use crate::der::oid::Oid;
use crate::der::oids;
use crate::profile::check::{criticality, extension_present, has_scheme};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;
use crate::x509::extension::identification_kind::IdentificationKind;

/// Classes of signature tools, the lowest first.
const CLASSES: [Oid; 6] = [
    oids::SIGN_TOOL_CLASS_KC1,
    oids::SIGN_TOOL_CLASS_KC2,
    oids::SIGN_TOOL_CLASS_KC3,
    oids::SIGN_TOOL_CLASS_KB1,
    oids::SIGN_TOOL_CLASS_KB2,
    oids::SIGN_TOOL_CLASS_KA1,
];

/// Classes of the tools of authorities, `1.2.643.100.114.1` to `.6`.
const AUTHORITY_CLASSES: [Oid; 6] = [
    Oid::new(&[1, 2, 643, 100, 114, 1]),
    Oid::new(&[1, 2, 643, 100, 114, 2]),
    Oid::new(&[1, 2, 643, 100, 114, 3]),
    Oid::new(&[1, 2, 643, 100, 114, 4]),
    Oid::new(&[1, 2, 643, 100, 114, 5]),
    Oid::new(&[1, 2, 643, 100, 114, 6]),
];

rules! {
    "profile.key_usage.present", Warn, Text, "FSB order 795", ORDER_795, Holder::SIGNERS,
        |view| extension_present(view, oids::KEY_USAGE),
        "назначение ключа указано", "the use of the key is stated";
    "profile.key_usage.signing", Warn, Assumed, "FSB order 795", ORDER_795, Holder::SIGNERS,
        |view| match view.certificate.extensions.key_usage {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(usage) => Seen::pass_if(usage.digital_signature() || usage.non_repudiation())
                .words("seen", usage.names()),
        },
        "ключом можно подписывать документы", "the key may sign documents";
    "profile.extended_key_usage.time_stamping_critical", Warn, Assumed, "RFC 3161 §2.3", ORDER_795, &[Holder::Service],
        |view| match &view.certificate.extensions.extended_key_usage {
            Some(usage) if usage.purposes.contains(&oids::TIME_STAMPING) => {
                criticality(view, oids::EXTENDED_KEY_USAGE, true)
            }
            _ => Seen::not_applicable().word("seen", "absent"),
        },
        "назначение службы штампов времени критично", "the purpose of a time-stamping service is critical";
    "profile.certificate_policies.present", Warn, Text, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| extension_present(view, oids::CERTIFICATE_POLICIES),
        "политики сертификата указаны", "the certificate policies are stated";
    "profile.certificate_policies.tool_class", Warn, Text, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| with_policies(view, |policies| {
            let highest = CLASSES.iter().rev().find(|class| policies.contains(class));
            match highest {
                Some(class) => Seen::pass().oid("class", *class),
                None => Seen::fail().word("seen", "absent"),
            }
        }),
        "указан класс средства электронной подписи", "the class of the signature tool is stated";
    "profile.certificate_policies.lower_classes", Info, Measured, "FSB order 795", ORDER_795, Holder::SUBJECTS,
        |view| with_policies(view, |policies| {
            let stated = CLASSES.map(|class| policies.contains(&class));
            match stated.iter().rposition(|stated| *stated) {
                None => Seen::not_applicable().word("seen", "absent"),
                Some(highest) => {
                    let count = stated.iter().filter(|stated| **stated).count();
                    Seen::pass_if(count == highest + 1).count("classes", count)
                }
            }
        }),
        "вместе с классом указаны все классы ниже него", "every class below the highest is stated, too";
    "profile.certificate_policies.no_authority_class", Info, Assumed, "FSB order 795", ORDER_795, Holder::SIGNERS,
        |view| with_policies(view, |policies| {
            let class = AUTHORITY_CLASSES.iter().find(|class| policies.contains(class));
            match class {
                None => Seen::pass(),
                Some(class) => Seen::fail().oid("class", *class),
            }
        }),
        "класс средств удостоверяющего центра не указан в сертификате владельца",
        "the class of an authority's tools does not stand in the certificate of a signer";
    "profile.certificate_policies.not_critical", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| criticality(view, oids::CERTIFICATE_POLICIES, false),
        "политики сертификата не критичны", "the certificate policies are not critical";
    "profile.identification_kind.readable", Warn, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| view.identification_kind.readable(),
        "способ установления личности читается", "the kind of identification can be read";
    "profile.identification_kind.known", Warn, Text, "FSB order 31", ORDER_795, Holder::ALL,
        |view| view.identification_kind.check(|kind| {
            let known = !matches!(kind, IdentificationKind::Unknown(_));
            Seen::pass_if(known).word("seen", kind.word())
        }),
        "способ установления личности — один из известных", "the kind of identification is a known one";
    "profile.identification_kind.not_critical", Info, Measured, "FSB order 31", ORDER_795, Holder::ALL,
        |view| criticality(view, oids::IDENTIFICATION_KIND, false),
        "расширение identificationKind не критично", "identificationKind is not critical";
    "profile.authority_key_identifier.full", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| match &view.certificate.extensions.authority_key_identifier {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(identifier) => Seen::pass_if(!identifier.issuer.is_empty() && identifier.serial.is_some()),
        },
        "ключ издателя назван вместе с издателем и номером его сертификата",
        "issuer and serial number of the authority's certificate stand beside its key identifier";
    "profile.crl_distribution_points.present", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| if view.is_self_issued() {
            Seen::not_applicable().word("seen", "self-issued")
        } else {
            extension_present(view, oids::CRL_DISTRIBUTION_POINTS)
        },
        "указано, где лежит список отзыва", "it is stated where the revocation list is";
    "profile.crl_distribution_points.http", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let mut uris = view.crl_uris().peekable();
            if uris.peek().is_none() {
                return Seen::not_applicable().word("seen", "absent");
            }
            Seen::pass_if(uris.all(|uri| has_scheme(uri, "http")))
        },
        "все адреса списков отзыва — http", "every address of a revocation list is http";
    "profile.freshest_crl.absent", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let present = view.extension(oids::FRESHEST_CRL).is_some();
            Seen::pass_if(!present).word("seen", if present { "present" } else { "absent" })
        },
        "дополнения к спискам отзыва не указаны", "no delta lists are named";
    "profile.authority_information_access.present", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| if view.is_self_issued() {
            Seen::not_applicable().word("seen", "self-issued")
        } else {
            extension_present(view, oids::AUTHORITY_INFO_ACCESS)
        },
        "указано, где лежит сертификат издателя", "it is stated where the issuer's certificate is";
    "profile.authority_information_access.issuer_certificate", Info, Measured, "FSB order 795", ORDER_795, Holder::ALL,
        |view| view.authority_information_access.check(|access| {
            let count = access.uris(oids::AD_CA_ISSUERS).count();
            Seen::pass_if(count > 0).count("addresses", count)
        }),
        "среди сведений об издателе есть адрес его сертификата", "an address of the issuer's certificate is among what is said of the issuer";
    "profile.private_key_usage_period.present", Info, Measured, "FSB order 795", ORDER_795, Holder::SIGNERS,
        |view| extension_present(view, oids::PRIVATE_KEY_USAGE_PERIOD),
        "указан срок действия закрытого ключа", "the period of the private key is stated";
    "profile.basic_constraints.path_length_zero", Info, Measured, "FSB order 795", ORDER_795, &[Holder::Authority],
        |view| match view.certificate.extensions.basic_constraints {
            _ if view.is_self_issued() => Seen::not_applicable().word("seen", "self-issued"),
            None => Seen::not_applicable().word("seen", "absent"),
            Some(constraints) => match constraints.path_length {
                None => Seen::fail().word("seen", "unlimited"),
                Some(length) => Seen::pass_if(length == 0).count("length", usize::try_from(length).unwrap_or(usize::MAX)),
            },
        },
        "аккредитованный центр выдаёт сертификаты только владельцам", "an accredited authority certifies holders only";
}

fn with_policies(view: &View<'_>, check: impl FnOnce(&[Oid]) -> Seen) -> Seen {
    match &view.certificate.extensions.certificate_policies {
        None => Seen::not_applicable().word("seen", "absent"),
        Some(policies) => check(&policies.policies),
    }
}
