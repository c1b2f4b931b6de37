//! Algorithms and parameters of keys and signatures (FSB order 795, RFC 9215 §4, RFC 4491 §2.3.2).

use super::{ORDER_795, SINCE_GOST_2012};
use crate::alg::gost::parameters::{KeySize, ParameterSet, Purpose, by_oid};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;

/// `id-GostR3411-94-CryptoProParamSet`.
const GOST94_CRYPTOPRO: Oid = Oid::new(&[1, 2, 643, 2, 2, 30, 1]);
/// Parameter sets of RFC 4357.
const RFC_4357: Oid = Oid::new(&[1, 2, 643, 2, 2]);

rules! {
    "profile.key.gost", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let algorithm = view.certificate.spki.algorithm.algorithm;
            Seen::pass_if(key_size(view).is_some()).oid("seen", algorithm)
        },
        "ключ — ГОСТ Р 34.10", "the key is one of GOST R 34.10";
    "profile.key.gost_2012", Warn, Assumed, "GOST R 34.10-2012", SINCE_GOST_2012, Holder::ALL,
        |view| match key_size(view) {
            None => Seen::not_applicable().word("seen", "other"),
            Some(_) => {
                let algorithm = view.certificate.spki.algorithm.algorithm;
                Seen::pass_if(algorithm != oids::GOST2001).oid("seen", algorithm)
            }
        },
        "ключ — ГОСТ Р 34.10-2012", "the key is one of GOST R 34.10-2012";
    "profile.key.parameters_present", Warn, Assumed, "RFC 9215 §4.2", ORDER_795, Holder::ALL,
        |view| match key_size(view) {
            None => Seen::not_applicable().word("seen", "other"),
            Some(_) => Seen::present(view.gost_parameters.as_ref().is_some_and(|it| !it.is_empty())),
        },
        "параметры ключа указаны", "the parameters of the key are stated";
    "profile.key.parameter_set_known", Warn, Text, "RFC 9215 §4.2", ORDER_795, Holder::ALL,
        |view| match first_parameter(view) {
            None => Seen::not_applicable().word("seen", "absent"),
            Some(set) => Seen::pass_if(by_oid(&set).is_some()).oid("seen", set),
        },
        "параметры ключа известны", "the parameters of the key are known ones";
    "profile.key.parameter_set_not_for_tests", Warn, Text, "RFC 4357 §8.4", ORDER_795, Holder::ALL,
        |view| with_set(view, |set, _| Seen::pass_if(set.purpose == Purpose::Signature).oid("seen", set.oid)),
        "параметры ключа не тестовые", "the parameters of the key are not those of tests";
    "profile.key.parameter_set_size", Warn, Assumed, "RFC 9215 §4.2", ORDER_795, Holder::ALL,
        |view| with_set(view, |set, size| Seen::pass_if(set.size == size).oid("seen", set.oid)),
        "параметры ключа подходят к его длине", "the parameters of the key fit its size";
    "profile.key.digest_parameter", Info, Measured, "RFC 9215 §4.2", ORDER_795, Holder::ALL,
        |view| with_set(view, |set, size| {
            let stated = view.gost_parameters.as_ref().and_then(|it| it.get(1)).copied();
            let expected = match (view.certificate.spki.algorithm.algorithm, size) {
                (oids::GOST2001, _) => GOST94_CRYPTOPRO,
                (_, KeySize::Bits256) => oids::STREEBOG256,
                (_, KeySize::Bits512) => oids::STREEBOG512,
            };
            match stated {
                Some(stated) => Seen::pass_if(stated == expected).oid("seen", stated),
                None if set.oid.content().starts_with(RFC_4357.content()) => Seen::fail().word("seen", "absent"),
                None => Seen::pass().word("seen", "absent"),
            }
        }),
        "хэш в параметрах ключа подходит к ключу", "the digest in the parameters of the key fits it";
    "profile.key.no_cipher_parameter", Info, Measured, "RFC 9215 §4.2", ORDER_795, Holder::ALL,
        |view| with_set(view, |_, _| {
            let count = view.gost_parameters.as_ref().map_or(0, Vec::len);
            Seen::pass_if(count < 3).count("parameters", count)
        }),
        "в параметрах ключа нет параметров шифра", "the parameters of the key hold none of a cipher";
    "profile.key.size", Warn, Text, "RFC 9215 §4.3", ORDER_795, Holder::ALL,
        |view| match key_size(view) {
            None => Seen::not_applicable().word("seen", "other"),
            Some(size) => {
                let key = &view.certificate.spki.public_key;
                let expected = match size {
                    KeySize::Bits256 => &[4, 64][..],
                    KeySize::Bits512 => &[4, 0x81, 128],
                };
                let whole = expected.len().saturating_add(2 * size.octets());
                Seen::pass_if(key.starts_with(expected) && key.len() == whole).count("octets", key.len())
            }
        },
        "ключ записан двумя координатами своей длины", "the key is written as two coordinates of its size";
    "profile.signature.gost", Warn, Text, "FSB order 795", ORDER_795, Holder::ALL,
        |view| {
            let algorithm = view.certificate.signed.algorithm.algorithm;
            Seen::pass_if(is_gost_signature(algorithm)).oid("seen", algorithm)
        },
        "сертификат подписан по ГОСТ Р 34.10", "the certificate is signed by GOST R 34.10";
    "profile.signature.gost_2012", Warn, Assumed, "GOST R 34.10-2012", SINCE_GOST_2012, Holder::ALL,
        |view| {
            let algorithm = view.certificate.signed.algorithm.algorithm;
            if !is_gost_signature(algorithm) {
                return Seen::not_applicable().oid("seen", algorithm);
            }
            Seen::pass_if(algorithm != oids::GOST2001_GOST94).oid("seen", algorithm)
        },
        "сертификат подписан по ГОСТ Р 34.10-2012", "the certificate is signed by GOST R 34.10-2012";
    "profile.signature.no_parameters", Info, Measured, "RFC 9215 §2", ORDER_795, Holder::ALL,
        |view| {
            let algorithm = &view.certificate.signed.algorithm;
            if !is_gost_signature(algorithm.algorithm) {
                return Seen::not_applicable().oid("seen", algorithm.algorithm);
            }
            Seen::pass_if(algorithm.parameters.is_none())
        },
        "у алгоритма подписи нет параметров", "the signature algorithm has no parameters";
    "profile.signature.size", Warn, Text, "RFC 9215 §2", ORDER_795, Holder::ALL,
        |view| {
            let expected = match view.certificate.signed.algorithm.algorithm {
                oids::GOST2001_GOST94 | oids::GOST2012_256_STREEBOG => 64,
                oids::GOST2012_512_STREEBOG => 128,
                other => return Seen::not_applicable().oid("seen", other),
            };
            let octets = view.certificate.signed.signature.len();
            Seen::pass_if(octets == expected).count("octets", octets)
        },
        "подпись под сертификатом своей длины", "the signature on the certificate has its size";
}

fn key_size(view: &View<'_>) -> Option<KeySize> {
    match view.certificate.spki.algorithm.algorithm {
        oids::GOST2001 | oids::GOST2012_256 => Some(KeySize::Bits256),
        oids::GOST2012_512 => Some(KeySize::Bits512),
        _ => None,
    }
}

fn is_gost_signature(algorithm: Oid) -> bool {
    matches!(
        algorithm,
        oids::GOST2001_GOST94 | oids::GOST2012_256_STREEBOG | oids::GOST2012_512_STREEBOG
    )
}

/// `publicKeyParamSet` of a GOST key.
fn first_parameter(view: &View<'_>) -> Option<Oid> {
    key_size(view)?;
    view.gost_parameters.as_ref()?.first().copied()
}

fn with_set(view: &View<'_>, check: impl FnOnce(&ParameterSet, KeySize) -> Seen) -> Seen {
    let set = first_parameter(view).and_then(|oid| by_oid(&oid));
    match (set, key_size(view)) {
        (Some(set), Some(size)) => check(set, size),
        _ => Seen::not_applicable().word("seen", "other"),
    }
}
