//! The certificate as a whole (RFC 5280 §4.1).

use super::SINCE;
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::x509::certificate::significant;

rules! {
    "profile.certificate.version", Warn, Text, "RFC 5280 §4.1.2.1", SINCE, Holder::ALL,
        |view| Seen::pass_if(view.certificate.version == 3).count("version", view.certificate.version.into()),
        "сертификат версии 3", "the certificate is of version 3";
    "profile.serial.positive", Warn, Text, "RFC 5280 §4.1.2.2", SINCE, Holder::ALL,
        |view| {
            let serial = significant(&view.certificate.serial);
            let negative = serial.first().is_some_and(|octet| *octet >= 0x80);
            let seen = if negative { "negative" } else if serial == [0] { "zero" } else { "positive" };
            Seen::pass_if(seen == "positive").word("seen", seen)
        },
        "серийный номер — положительное число", "the serial number is positive";
    "profile.serial.length", Warn, Text, "RFC 5280 §4.1.2.2", SINCE, Holder::ALL,
        |view| {
            let octets = significant(&view.certificate.serial).len();
            Seen::pass_if(octets <= 20).count("octets", octets)
        },
        "серийный номер не длиннее 20 октетов", "the serial number has at most 20 octets";
    "profile.serial.shortest_form", Info, Text, "X.690 §8.3.2", SINCE, Holder::ALL,
        |view| {
            let serial = &view.certificate.serial;
            Seen::pass_if(significant(serial).len() == serial.len()).count("octets", serial.len())
        },
        "серийный номер записан без лишних нулей", "the serial number is written without needless zeros";
    "profile.signature.algorithms_agree", Warn, Text, "RFC 5280 §4.1.1.2", SINCE, Holder::ALL,
        |view| {
            let certificate = view.certificate;
            let outer = &certificate.signed.algorithm;
            Seen::pass_if(outer.octets == certificate.tbs_signature.octets).oid("seen", outer.algorithm)
        },
        "алгоритм подписи назван внутри и снаружи одинаково", "the signature algorithm is the same inside and outside";
    "profile.issuer.present", Warn, Text, "RFC 5280 §4.1.2.4", SINCE, Holder::ALL,
        |view| Seen::present(!view.certificate.issuer.is_empty()),
        "издатель назван", "the issuer is named";
    "profile.validity.order", Warn, Text, "RFC 5280 §4.1.2.5", SINCE, Holder::ALL,
        |view| {
            let certificate = view.certificate;
            Seen::pass_if(certificate.not_before <= certificate.not_after).time("not_after", certificate.not_after)
        },
        "срок действия не кончается раньше своего начала", "the validity does not end before it begins";
    "profile.extensions.unique", Warn, Text, "RFC 5280 §4.2", SINCE, Holder::ALL,
        |view| {
            let duplicates = &view.certificate.extensions.duplicates;
            Seen::pass_if(duplicates.is_empty()).count("repeated", duplicates.len())
        },
        "ни одно расширение не повторяется", "no extension occurs twice";
    "profile.extensions.readable", Warn, Text, "RFC 5280 §4.2", SINCE, Holder::ALL,
        |view| {
            let malformed = &view.certificate.extensions.malformed;
            match malformed.first() {
                None => Seen::pass(),
                Some(first) => Seen::fail().oid("extension", *first),
            }
        },
        "известные расширения читаются", "the known extensions can be read";
    "profile.extensions.der", Info, Text, "X.690 §11", SINCE, Holder::ALL,
        |view| {
            let deviations = &view.certificate.extensions.deviations;
            match deviations.first() {
                None => Seen::pass(),
                Some(first) => Seen::fail().word("seen", first.kind.word()),
            }
        },
        "расширения записаны в DER", "the extensions are written in DER";
}
