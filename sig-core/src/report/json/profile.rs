//! Who signed, and the rules of the profile, in `qes.report/1`.

use crate::profile::identity::{Identifier, OrganisationIdentity, PersonIdentity};
use crate::profile::{Identity, RuleResult};

use super::super::model::SignerReport;
use super::{Object, array, facts, null, object, subject, summary};

pub(super) fn signer(signer: &SignerReport) -> String {
    object(|o| {
        o.raw("subject", &subject(&signer.subject));
        o.raw("certificate", &object(|o| summary(o, &signer.certificate)));
        o.raw("identity", &identity(signer.holder.identity()));
        o.raw("profile", &rules(signer.holder.profile()));
    })
}

pub(super) fn identity(identity: &Identity) -> String {
    object(|o| {
        o.text("kind", identity.kind.name());
        let person = identity.person.as_ref().map(person);
        o.raw("person", &person.unwrap_or_else(null));
        let organisation = identity.organisation.as_ref().map(organisation);
        o.raw("organisation", &organisation.unwrap_or_else(null));
    })
}

fn person(person: &PersonIdentity) -> String {
    object(|o| {
        o.optional("surname", person.surname.as_deref());
        o.optional("name", person.name.as_deref());
        o.optional("patronymic", person.patronymic.as_deref());
        o.optional("pseudonym", person.pseudonym.as_deref());
        number(o, "snils", person.snils.as_ref());
        number(o, "inn", person.inn.as_ref());
        number(o, "ogrnip", person.ogrnip.as_ref());
    })
}

fn organisation(organisation: &OrganisationIdentity) -> String {
    object(|o| {
        o.optional("name", organisation.name.as_deref());
        number(o, "ogrn", organisation.ogrn.as_ref());
        number(o, "inn", organisation.inn.as_ref());
    })
}

fn number(o: &mut Object, key: &str, number: Option<&Identifier>) {
    let number = number.map(|number| {
        object(|o| {
            o.text("value", &number.value);
            o.text("check", number.check.name());
        })
    });
    o.raw(key, &number.unwrap_or_else(null));
}

pub(super) fn rules(rules: &[RuleResult]) -> String {
    array(rules.iter().map(|result| {
        object(|o| {
            o.text("code", result.rule.code);
            o.text("result", result.outcome.name());
            o.text("level", result.rule.level.name());
            o.text("clause", result.rule.clause);
            o.raw("facts", &facts(&result.facts));
        })
    }))
}
