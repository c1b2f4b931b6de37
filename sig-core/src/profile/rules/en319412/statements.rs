//! Statements of qualified certificates (EN 319 412-5).

use super::{SINCE_2020, SINCE_EIDAS};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::profile::check::{criticality, extension_present, has_scheme, is_country};
use crate::profile::holder::Holder;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;
use crate::x509::extension::qc_statements::{Currency, PdsLocation, QcInfo};

rules! {
    "profile.qc_statements.present", Warn, Quoted, "EN 319 412-5 §5", SINCE_EIDAS, Holder::SIGNERS,
        |view| extension_present(view, oids::QC_STATEMENTS),
        "сертификат заявляет о себе как о квалифицированном", "the certificate states that it is a qualified one";
    "profile.qc_statements.readable", Warn, Text, "RFC 3739 §3.2.6", SINCE_EIDAS, Holder::ALL,
        |view| view.qc_statements.readable(),
        "заявления о квалификации читаются", "the statements can be read";
    "profile.qc_statements.not_critical", Warn, Quoted, "EN 319 412-5 §4.1", SINCE_EIDAS, Holder::ALL,
        |view| criticality(view, oids::QC_STATEMENTS, false),
        "расширение qcStatements не критично", "qcStatements is not critical";
    "profile.qc_statements.unique", Warn, Assumed, "EN 319 412-5 §4.1", SINCE_EIDAS, Holder::ALL,
        |view| view.qc_statements.check(|all| {
            let mut ids: Vec<Oid> = all.statements.iter().map(|it| it.id).collect();
            ids.sort_unstable();
            match ids.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[Oid]>::first) {
                None => Seen::pass().count("statements", ids.len()),
                Some(repeated) => Seen::fail().oid("statement", *repeated),
            }
        }),
        "ни одно заявление не повторяется", "no statement occurs twice";
    "profile.qc_statements.information_readable", Warn, Assumed, "EN 319 412-5 §4", SINCE_EIDAS, Holder::ALL,
        |view| view.qc_statements.check(|all| {
            let mut statements = all.statements.iter();
            match statements.find(|it| matches!(it.info, QcInfo::Malformed(_))) {
                None => Seen::pass(),
                Some(statement) => Seen::fail().oid("statement", statement.id),
            }
        }),
        "содержание заявлений читается", "what the statements say can be read";
    "profile.qc_compliance.present", Warn, Quoted, "EN 319 412-5 §4.2.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.qc_statements.check(|all| Seen::present(all.find(oids::QC_COMPLIANCE).is_some())),
        "заявлено соответствие законодательству ЕС", "compliance with the law of the EU is stated";
    "profile.qc_compliance.bare", Warn, Assumed, "EN 319 412-5 §4.2.1", SINCE_EIDAS, Holder::ALL,
        |view| bare(view, oids::QC_COMPLIANCE),
        "заявление о соответствии ничего не добавляет", "the statement of compliance adds nothing";
    "profile.qc_sscd.present", Info, Quoted, "EN 319 412-5 §4.2.2", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.qc_statements.check(|all| Seen::present(all.find(oids::QC_SSCD).is_some())),
        "заявлено, что ключ хранится в устройстве создания подписи", "the key is said to reside in a signature creation device";
    "profile.qc_sscd.bare", Warn, Assumed, "EN 319 412-5 §4.2.2", SINCE_EIDAS, Holder::ALL,
        |view| bare(view, oids::QC_SSCD),
        "заявление об устройстве ничего не добавляет", "the statement on the device adds nothing";
    "profile.qc_type.present", Info, Quoted, "EN 319 412-5 §4.2.3", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.qc_statements.check(|all| Seen::present(all.find(oids::QC_TYPE).is_some())),
        "указано назначение квалифицированного сертификата", "the purpose of the qualified certificate is stated";
    "profile.qc_type.single", Warn, Quoted, "EN 319 412-5 §4.2.3", SINCE_EIDAS, Holder::ALL,
        |view| types(view, |types| Seen::pass_if(types.len() == 1).count("types", types.len())),
        "назначение одно", "there is one purpose";
    "profile.qc_type.known", Warn, Assumed, "EN 319 412-5 §4.2.3", SINCE_EIDAS, Holder::ALL,
        |view| types(view, |types| {
            let known = |it: &Oid| matches!(*it, oids::QC_TYPE_ESIGN | oids::QC_TYPE_ESEAL | oids::QC_TYPE_WEB);
            match types.iter().find(|it| !known(it)) {
                None => Seen::pass(),
                Some(other) => Seen::fail().oid("type", *other),
            }
        }),
        "назначение — подпись, печать или сайт", "the purpose is signature, seal or web site";
    "profile.qc_type.of_person", Info, Assumed, "EN 319 412-5 §4.2.3", SINCE_EIDAS, Holder::WITH_PERSON,
        |view| types(view, |types| Seen::pass_if(types.contains(&oids::QC_TYPE_ESIGN))),
        "сертификат человека выдан для подписи", "the certificate of a person is for signatures";
    "profile.qc_cc_legislation.countries", Warn, Quoted, "EN 319 412-5 §4.2.4", SINCE_2020, Holder::ALL,
        |view| statement(view, oids::QC_CC_LEGISLATION, |info| match info {
            QcInfo::Countries(countries) => {
                let good = !countries.is_empty() && countries.iter().all(|it| is_country(it));
                Seen::pass_if(good).count("countries", countries.len())
            }
            _ => unread(),
        }),
        "страны чужого законодательства названы кодами из двух букв", "countries of other legislations are named by two letters";
    "profile.qc_cc_legislation.outside_the_eu", Info, Assumed, "EN 319 412-5 §4.2.4", SINCE_2020, Holder::ALL,
        |view| statement(view, oids::QC_CC_LEGISLATION, |info| match info {
            QcInfo::Countries(countries) => {
                Seen::pass_if(!countries.iter().any(|it| MEMBERS.contains(&it.as_str())))
            }
            _ => unread(),
        }),
        "чужое законодательство — не законодательство страны ЕС", "another legislation is not that of a member of the EU";
    "profile.qc_limit_value.currency", Warn, Quoted, "EN 319 412-5 §4.3.2", SINCE_EIDAS, Holder::ALL,
        |view| statement(view, oids::QC_LIMIT_VALUE, |info| match info {
            QcInfo::Limit(limit) => match &limit.currency {
                Currency::Alphabetic(letters) => {
                    let good = letters.len() == 3 && letters.bytes().all(|octet| octet.is_ascii_uppercase());
                    Seen::pass_if(good).word("seen", "alphabetic")
                }
                Currency::Numeric(number) => Seen::pass_if((1..=999).contains(number)).word("seen", "numeric"),
            },
            _ => unread(),
        }),
        "валюта предельной суммы названа по ISO 4217", "the currency of the limit is one of ISO 4217";
    "profile.qc_limit_value.alphabetic", Info, Quoted, "EN 319 412-5 §4.3.2", SINCE_EIDAS, Holder::ALL,
        |view| statement(view, oids::QC_LIMIT_VALUE, |info| match info {
            QcInfo::Limit(limit) => Seen::pass_if(matches!(limit.currency, Currency::Alphabetic(_))),
            _ => unread(),
        }),
        "валюта предельной суммы названа буквами", "the currency of the limit is written in letters";
    "profile.qc_limit_value.amount", Warn, Assumed, "EN 319 412-5 §4.3.2", SINCE_EIDAS, Holder::ALL,
        |view| statement(view, oids::QC_LIMIT_VALUE, |info| match info {
            QcInfo::Limit(limit) => Seen::pass_if([limit.amount, limit.exponent].iter().all(|it| it.is_some_and(|it| it >= 0))),
            _ => unread(),
        }),
        "предельная сумма не отрицательна", "the limit is not negative";
    "profile.qc_retention_period.positive", Warn, Assumed, "EN 319 412-5 §4.3.3", SINCE_EIDAS, Holder::ALL,
        |view| statement(view, oids::QC_RETENTION_PERIOD, |info| match info {
            QcInfo::Retention(years) => Seen::pass_if(years.is_some_and(|years| years > 0)),
            _ => unread(),
        }),
        "срок хранения сведений — положительное число лет", "the retention period is a positive number of years";
    "profile.qc_pds.present", Info, Assumed, "EN 319 412-5 §4.3.4", SINCE_EIDAS, Holder::SIGNERS,
        |view| view.qc_statements.check(|all| Seen::present(all.find(oids::QC_PDS).is_some())),
        "указано, где лежит заявление о раскрытии", "it is stated where the disclosure statement is";
    "profile.qc_pds.not_empty", Warn, Assumed, "EN 319 412-5 §4.3.4", SINCE_EIDAS, Holder::ALL,
        |view| disclosures(view, |all| Seen::pass_if(!all.is_empty()).count("places", all.len())),
        "список заявлений о раскрытии не пуст", "the list of disclosure statements is not empty";
    "profile.qc_pds.english", Info, Assumed, "EN 319 412-5 §4.3.4", SINCE_EIDAS, Holder::ALL,
        |view| disclosures(view, |all| Seen::pass_if(all.iter().any(|it| it.language.eq_ignore_ascii_case("en")))),
        "есть заявление о раскрытии на английском", "a disclosure statement is in English";
    "profile.qc_pds.https", Warn, Quoted, "EN 319 412-5 §4.3.4", SINCE_EIDAS, Holder::ALL,
        |view| disclosures(view, |all| Seen::pass_if(all.iter().all(|it| has_scheme(&it.url, "https")))),
        "адреса заявлений о раскрытии — https", "the addresses of disclosure statements are https";
    "profile.qc_pds.languages", Warn, Quoted, "EN 319 412-5 §4.3.4", SINCE_EIDAS, Holder::ALL,
        |view| disclosures(view, |all| {
            let is_language = |text: &str| text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic());
            Seen::pass_if(all.iter().all(|it| is_language(&it.language)))
        }),
        "языки заявлений о раскрытии названы двумя буквами", "the languages of disclosure statements are named by two letters";
}

/// Members of the European Union since 2020-02-01.
const MEMBERS: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The statement, where it is made, has no information.
fn bare(view: &View<'_>, id: Oid) -> Seen {
    statement(view, id, |info| {
        Seen::pass_if(matches!(info, QcInfo::Absent))
    })
}

fn statement(view: &View<'_>, id: Oid, check: impl FnOnce(&QcInfo) -> Seen) -> Seen {
    let found = view.qc_statements.value().and_then(|all| all.find(id));
    found.map_or_else(|| Seen::not_applicable().word("seen", "absent"), check)
}

fn types(view: &View<'_>, check: impl FnOnce(&[Oid]) -> Seen) -> Seen {
    statement(view, oids::QC_TYPE, |info| match info {
        QcInfo::Types(types) => check(types),
        _ => unread(),
    })
}

fn disclosures(view: &View<'_>, check: impl FnOnce(&[PdsLocation]) -> Seen) -> Seen {
    statement(view, oids::QC_PDS, |info| match info {
        QcInfo::Disclosures(all) => check(all),
        _ => unread(),
    })
}

/// That information is not of its syntax is another rule's.
fn unread() -> Seen {
    Seen::not_applicable().word("seen", "malformed")
}
