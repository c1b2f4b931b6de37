//! Who signed, and the rules of the profile, in `qes.report/1`.

use crate::profile::identity::{Identifier, OrganisationIdentity, PersonIdentity};
use crate::profile::{Identity, RuleResult};

use super::super::model::SignerReport;
use super::{Object, facts, subject, summary};

pub(super) fn signer(o: &mut Object<'_>, signer: &SignerReport) {
    o.object("subject", |o| subject(o, &signer.subject));
    o.object("certificate", |o| summary(o, &signer.certificate));
    o.object("identity", |o| identity(o, signer.holder.identity()));
    o.objects("profile", signer.holder.profile(), rule);
}

pub(super) fn identity(o: &mut Object<'_>, identity: &Identity) {
    o.text("kind", identity.kind.name());
    o.optional_object("person", identity.person.as_ref(), person);
    let organisation = identity.organisation.as_ref();
    o.optional_object("organisation", organisation, self::organisation);
}

fn person(o: &mut Object<'_>, person: &PersonIdentity) {
    o.optional("surname", person.surname.as_deref());
    o.optional("name", person.name.as_deref());
    o.optional("patronymic", person.patronymic.as_deref());
    o.optional("pseudonym", person.pseudonym.as_deref());
    o.optional_object("snils", person.snils.as_ref(), number);
    o.optional_object("inn", person.inn.as_ref(), number);
    o.optional_object("ogrnip", person.ogrnip.as_ref(), number);
}

fn organisation(o: &mut Object<'_>, organisation: &OrganisationIdentity) {
    o.optional("name", organisation.name.as_deref());
    o.optional_object("ogrn", organisation.ogrn.as_ref(), number);
    o.optional_object("inn", organisation.inn.as_ref(), number);
}

fn number(o: &mut Object<'_>, number: &Identifier) {
    o.text("value", &number.value);
    o.text("check", number.check.name());
}

pub(super) fn rule(o: &mut Object<'_>, result: &RuleResult) {
    o.text("code", result.rule.code);
    o.text("result", result.outcome.name());
    o.text("level", result.rule.level.name());
    o.text("clause", result.rule.clause);
    o.object("facts", |o| facts(o, &result.facts));
}
