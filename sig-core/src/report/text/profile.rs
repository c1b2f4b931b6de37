//! Who a certificate names, and the rules of the profile that it breaks.

use crate::finding::{Level, Value, displayable};
use crate::profile::identifiers::CheckDigits;
use crate::profile::identity::{Identifier, IdentityKind, OrganisationIdentity};
use crate::profile::{Identity, Outcome, RuleResult};

use super::{Detail, Language, Page, words};

impl Page {
    /// In which capacity he signs, the organisation, and numbers whose check digits do not fit.
    pub(super) fn identity(&mut self, identity: &Identity) {
        let label = self.say("кто", "acts as");
        let kind = match identity.kind {
            IdentityKind::Person => self.say("человек", "a person"),
            IdentityKind::Organisation => self.say("организация", "an organisation"),
            IdentityKind::PersonForOrganisation => self.say(
                "человек от имени организации",
                "a person for an organisation",
            ),
            IdentityKind::SoleTrader => self.say("индивидуальный предприниматель", "a sole trader"),
            IdentityKind::NotStated => self.say("не сказано", "not stated"),
        };
        self.line(2, label, kind);
        if let Some(organisation) = &identity.organisation {
            let label = self.say("организация", "organisation");
            let text = self.organisation(organisation);
            self.line(2, label, &text);
        }
        let person = identity.person.as_ref();
        let organisation = identity.organisation.as_ref();
        let numbers = [
            ("СНИЛС", "SNILS", person.and_then(|it| it.snils.as_ref())),
            ("ИНН", "INN", person.and_then(|it| it.inn.as_ref())),
            ("ОГРНИП", "OGRNIP", person.and_then(|it| it.ogrnip.as_ref())),
            ("ОГРН", "OGRN", organisation.and_then(|it| it.ogrn.as_ref())),
            ("ИНН", "INN", organisation.and_then(|it| it.inn.as_ref())),
        ];
        for (ru, en, number) in numbers {
            if let Some(advice) = number.and_then(|it| self.advice(it)) {
                let name = self.say(ru, en);
                self.put(2, &format!("! {name}: {advice}"));
            }
        }
    }

    fn organisation(&self, organisation: &OrganisationIdentity) -> String {
        let name = organisation.name.as_deref().map(displayable);
        let number = |label: &str, number: Option<&Identifier>| {
            number.map(|it| format!("{label} {}", displayable(&it.value)))
        };
        let parts = [
            name,
            number(self.say("ОГРН", "OGRN"), organisation.ogrn.as_ref()),
            number(self.say("ИНН", "INN"), organisation.inn.as_ref()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }

    fn advice(&self, number: &Identifier) -> Option<&'static str> {
        let pick = |ru, en| match self.language {
            Language::Ru => ru,
            Language::En => en,
        };
        match number.check {
            CheckDigits::Fit | CheckDigits::NotChecked => None,
            CheckDigits::DoNotFit => Some(pick(
                "контрольные цифры не сходятся",
                "the check digits do not fit",
            )),
            CheckDigits::OtherForm => Some(pick(
                "записан не так, как такой номер",
                "not written as such a number",
            )),
        }
    }

    /// Rules that are broken: those that matter, or all of them with what was seen.
    pub(super) fn profile(&mut self, rules: &[RuleResult]) {
        for result in rules {
            let rule = result.rule;
            let told = self.detail == Detail::Explain || rule.level > Level::Info;
            if result.outcome != Outcome::Fail || !told {
                continue;
            }
            let mark = match rule.level {
                Level::Fail => "✗",
                Level::Warn => "!",
                Level::Info => "·",
            };
            let label = self.say("не соблюдено", "not kept");
            let text = self.say(rule.ru, rule.en);
            self.put(2, &format!("{mark} {}: {label}: {text}", rule.code));
            if self.detail == Detail::Explain {
                let clause = words::clause(rule.clause, self.language);
                let seen: Vec<String> = result
                    .facts
                    .iter()
                    .map(|fact| format!("{}: {}", fact.name, value(&fact.value)))
                    .collect();
                self.put(6, &format!("{clause} — {}", seen.join(", ")));
            }
        }
    }

    /// How many rules say what.
    pub(super) fn profile_counts(&mut self, rules: &[RuleResult]) {
        let count = |outcome| rules.iter().filter(|it| it.outcome == outcome).count();
        let [kept, broken, others, not_in_force] = [
            Outcome::Pass,
            Outcome::Fail,
            Outcome::NotApplicable,
            Outcome::NotInForce,
        ]
        .map(count);
        let label = self.say("правила к сертификату", "rules for the certificate");
        let text = match self.language {
            Language::Ru => format!(
                "соблюдено {kept}, не соблюдено {broken}, не относится {others}, не действовало {not_in_force}"
            ),
            Language::En => format!(
                "kept {kept}, broken {broken}, not applicable {others}, not in force {not_in_force}"
            ),
        };
        self.line(2, label, &text);
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Time(time) => time.to_string(),
        Value::Oid(oid) => crate::der::oids::name(oid),
        Value::Count(count) => count.to_string(),
        Value::Word(text) | Value::Text(text) => displayable(text),
    }
}
