//! Who the certificate names (63-FZ art. 14(3), 17(2) items 2 and 3).

use super::SINCE;
use crate::der::oids;
use crate::profile::check::{has, stated};
use crate::profile::holder::Holder;
use crate::profile::identifiers::organisation_in_twelve;
use crate::profile::rule::Seen;
use crate::profile::rules::rules;
use crate::profile::view::View;

rules! {
    "profile.subject.surname", Fail, Text, "63-FZ art. 17(2) item 2", SINCE, Holder::PERSONS,
        |view| stated(&view.certificate.subject, oids::SURNAME),
        "указана фамилия владельца", "the surname of the holder is stated";
    "profile.subject.given_name", Fail, Text, "63-FZ art. 17(2) item 2", SINCE, Holder::PERSONS,
        |view| stated(&view.certificate.subject, oids::GIVEN_NAME),
        "указано имя владельца", "the given name of the holder is stated";
    "profile.subject.snils", Fail, Text, "63-FZ art. 17(2) item 3", SINCE, &[Holder::NaturalPerson],
        |view| stated(&view.certificate.subject, oids::SNILS),
        "указан СНИЛС владельца", "the SNILS of the holder is stated";
    "profile.subject.snils_of_sole_trader", Warn, Assumed, "63-FZ art. 17(2) item 3", SINCE, &[Holder::SoleTrader],
        |view| stated(&view.certificate.subject, oids::SNILS),
        "указан СНИЛС индивидуального предпринимателя", "the SNILS of the sole trader is stated";
    "profile.subject.organization", Fail, Text, "63-FZ art. 17(2) item 2", SINCE, Holder::LEGAL_ENTITIES,
        |view| stated(&view.certificate.subject, oids::ORGANIZATION),
        "указано наименование организации", "the name of the organisation is stated";
    "profile.subject.ogrn", Fail, Text, "63-FZ art. 17(2) item 2", SINCE, Holder::LEGAL_ENTITIES,
        |view| stated(&view.certificate.subject, oids::OGRN),
        "указан ОГРН организации", "the OGRN of the organisation is stated";
    "profile.subject.location", Warn, Text, "63-FZ art. 17(2) item 2", SINCE, Holder::LEGAL_ENTITIES,
        |view| {
            let parts = [oids::STATE, oids::LOCALITY, oids::STREET];
            let stated = parts.into_iter().filter(|part| has(&view.certificate.subject, *part)).count();
            Seen::pass_if(stated > 0).count("parts", stated)
        },
        "указано место нахождения организации", "the location of the organisation is stated";
    "profile.subject.organisation_inn", Warn, Assumed, "63-FZ art. 17(2) item 3", SINCE, Holder::LEGAL_ENTITIES,
        |view| {
            let seen = organisation_inn(view);
            Seen::pass_if(seen != "absent").word("seen", seen)
        },
        "указан ИНН организации", "the INN of the organisation is stated";
    "profile.subject.acting_person", Info, Text, "63-FZ art. 14(3)", SINCE, Holder::ORGANISATIONS,
        |view| {
            let name = &view.certificate.subject;
            let seen = match (has(name, oids::SURNAME), has(name, oids::GIVEN_NAME)) {
                (true, true) => "both",
                (true, false) => "surname",
                (false, true) => "given-name",
                (false, false) => "neither",
            };
            Seen::pass_if(seen == "both").word("seen", seen)
        },
        "вместе с организацией назван человек, который за неё действует (кроме автоматической подписи)",
        "a person acting for the organisation is named (but for automatic signatures)";
    "profile.subject.snils_of_acting_person", Info, Assumed, "63-FZ art. 17(2) item 3", SINCE, &[Holder::LegalEntity],
        |view| stated(&view.certificate.subject, oids::SNILS),
        "указан СНИЛС того, кто действует за организацию", "the SNILS of the person acting for the organisation is stated";
}

/// Where the number stands: INNLE, or INN in certificates before FSB order 31.
fn organisation_inn(view: &View<'_>) -> &'static str {
    if has(&view.certificate.subject, oids::INNLE) {
        return "INNLE";
    }
    let mut numbers = view.subject(oids::INN).filter_map(|it| it.text());
    if numbers.any(|text| organisation_in_twelve(text.trim()).is_some()) {
        return "INN";
    }
    "absent"
}
