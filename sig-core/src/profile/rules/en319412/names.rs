//! Issuer and subject (EN 319 412-2 §4.2.3, §4.2.4; EN 319 412-1 §5.1).

use super::SINCE_EIDAS;
use crate::der::oids;
use crate::profile::check::{has, stated};
use crate::profile::holder::{Holder, ORGANIZATION_IDENTIFIER, PSEUDONYM};
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::{View, of_kind};
use crate::x509::extension::qc_statements::QcInfo;

rules! {
    "profile.issuer.country", Warn, Quoted, "EN 319 412-2 §4.2.3.1", SINCE_EIDAS, Holder::SUBJECTS,
        |view| stated(&view.certificate.issuer, oids::COUNTRY),
        "указана страна издателя", "the country of the issuer is stated";
    "profile.issuer.organization", Warn, Quoted, "EN 319 412-2 §4.2.3.1", SINCE_EIDAS, Holder::SUBJECTS,
        |view| stated(&view.certificate.issuer, oids::ORGANIZATION),
        "указана организация издателя", "the organisation of the issuer is stated";
    "profile.issuer.common_name", Warn, Quoted, "EN 319 412-2 §4.2.3.1", SINCE_EIDAS, Holder::SUBJECTS,
        |view| stated(&view.certificate.issuer, oids::COMMON_NAME),
        "указано общее имя издателя", "the common name of the issuer is stated";
    "profile.issuer.organization_identifier", Info, Quoted, "EN 319 412-2 §4.2.3.1", SINCE_EIDAS, Holder::SUBJECTS,
        |view| stated(&view.certificate.issuer, ORGANIZATION_IDENTIFIER),
        "указан идентификатор организации издателя", "the identifier of the issuer's organisation is stated";
    "profile.subject.country_of_person", Warn, Quoted, "EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| stated(&view.certificate.subject, oids::COUNTRY),
        "указана страна владельца", "the country of the subject is stated";
    "profile.subject.common_name_of_person", Warn, Quoted, "EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| stated(&view.certificate.subject, oids::COMMON_NAME),
        "указано общее имя владельца", "the common name of the subject is stated";
    "profile.subject.name_or_pseudonym", Warn, Quoted, "EN 319 412-2 §4.2.4", SINCE_EIDAS, Holder::WITH_PERSON,
        |view| {
            let names = [oids::SURNAME, oids::GIVEN_NAME, PSEUDONYM];
            Seen::present(names.into_iter().any(|name| has(&view.certificate.subject, name)))
        },
        "указаны имя и фамилия или псевдоним", "given name and surname or a pseudonym are stated";
    "profile.subject.name_without_pseudonym", Warn, Quoted, "EN 319 412-2 §4.2.4", SINCE_EIDAS, Holder::WITH_PERSON,
        |view| {
            let all = [oids::SURNAME, oids::GIVEN_NAME, PSEUDONYM];
            Seen::pass_if(!all.into_iter().all(|name| has(&view.certificate.subject, name)))
        },
        "вместе с именем и фамилией нет псевдонима", "no pseudonym stands beside given name and surname";
    "profile.subject.country_and_name_once", Warn, Quoted, "EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1", SINCE_EIDAS, Holder::SIGNERS,
        |view| {
            let twice = |attribute: &_| of_kind(&view.certificate.subject, *attribute).nth(1).is_some();
            match [oids::COUNTRY, oids::COMMON_NAME].iter().find(|it| twice(it)) {
                None => Seen::pass(),
                Some(attribute) => Seen::fail().oid("attribute", *attribute),
            }
        },
        "страна и общее имя указаны по одному разу", "country and common name are stated once";
    "profile.subject.serial_number", Info, Assumed, "EN 319 412-2 §4.2.4", SINCE_EIDAS, &[Holder::NaturalPerson],
        |view| stated(&view.certificate.subject, oids::SERIAL_NUMBER),
        "указан номер, по которому владельца отличают от тёзок", "a number tells the subject from others of the name";
    "profile.subject.semantics_of_person", Warn, Quoted, "EN 319 412-1 §5.1.3", SINCE_EIDAS, Holder::WITH_PERSON,
        |view| with_semantics(view, oids::SEMANTICS_NATURAL, || form_of(view, oids::SERIAL_NUMBER)),
        "номер владельца имеет вид по EN 319 412-1: тип, страна, дефис, номер",
        "the number of the person has the form of EN 319 412-1: type, country, hyphen, number";
    "profile.subject.semantics_of_organisation", Warn, Quoted, "EN 319 412-1 §5.1.4", SINCE_EIDAS, Holder::ORGANISATIONS,
        |view| with_semantics(view, oids::SEMANTICS_LEGAL, || form_of(view, ORGANIZATION_IDENTIFIER)),
        "идентификатор организации имеет вид по EN 319 412-1: тип, страна, дефис, номер",
        "the identifier of the organisation has the form of EN 319 412-1: type, country, hyphen, number";
}

/// Only names whose statements claim the semantics must have its form.
fn with_semantics(
    view: &View<'_>,
    claimed: crate::der::oid::Oid,
    check: impl FnOnce() -> Seen,
) -> Seen {
    let statements = view
        .qc_statements
        .value()
        .into_iter()
        .flat_map(|all| &all.statements);
    let mut semantics = statements.filter_map(|it| match it.info {
        QcInfo::Semantics { identifier } => identifier,
        _ => None,
    });
    if semantics.any(|it| it == claimed) {
        check()
    } else {
        Seen::not_applicable().word("seen", "absent")
    }
}

/// `PASSK-P3000180`, `VATBE-0876866142`, `EI:SE-200007292386`.
fn form_of(view: &View<'_>, attribute: crate::der::oid::Oid) -> Seen {
    let Some(text) = view.subject_text(attribute) else {
        return Seen::fail().word("seen", "absent");
    };
    let good = text.split_once('-').is_some_and(|(prefix, number)| {
        let (kind, country) = prefix.split_at_checked(3).unwrap_or_default();
        let is_kind = kind.bytes().all(|octet| octet.is_ascii_uppercase())
            || (kind.ends_with(':')
                && kind
                    .bytes()
                    .take(2)
                    .all(|octet| octet.is_ascii_alphanumeric()));
        let is_country =
            country.len() == 2 && country.bytes().all(|octet| octet.is_ascii_uppercase());
        is_kind && is_country && !number.is_empty()
    });
    Seen::pass_if(good).count("characters", text.chars().count())
}
