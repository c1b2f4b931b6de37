//! Who signed, as a message.

use proto::v1;
use sig_core::{
    profile::{
        Identity, Outcome, RuleResult,
        identity::{Identifier, OrganisationIdentity, PersonIdentity},
    },
    report::{RepeatedAttribute, SignerReport},
};

use super::{facts, level, octets, text, timestamp};

pub(super) fn signer(signer: &SignerReport) -> v1::Signer {
    let subject = &signer.subject;
    let certificate = &signer.certificate;
    v1::Signer {
        subject: Some(v1::Subject {
            common_name: text(subject.cn.as_ref()),
            surname: text(subject.surname.as_ref()),
            given_name: text(subject.given_name.as_ref()),
            snils: text(subject.snils.as_ref()),
            inn: text(subject.inn.as_ref()),
            ogrn: text(subject.ogrn.as_ref()),
            repeated: subject.repeated.iter().map(repeated).collect(),
        }),
        certificate: Some(v1::Certificate {
            sha256: octets(&certificate.sha256),
            serial: certificate.serial.clone(),
            issuer: certificate.issuer.clone(),
            not_before: Some(timestamp(certificate.not_before)),
            not_after: Some(timestamp(certificate.not_after)),
        }),
        identity: Some(identity(signer.holder.identity())),
        profile: signer.holder.profile().iter().map(rule).collect(),
    }
}

fn repeated(repeated: &RepeatedAttribute) -> v1::RepeatedAttribute {
    v1::RepeatedAttribute {
        attribute: repeated.attribute.to_owned(),
        values: repeated.values.clone(),
    }
}

fn identity(identity: &Identity) -> v1::Identity {
    v1::Identity {
        kind: identity.kind.name().to_owned(),
        person: identity.person.as_ref().map(person),
        organisation: identity.organisation.as_ref().map(organisation),
    }
}

fn person(person: &PersonIdentity) -> v1::Person {
    v1::Person {
        surname: text(person.surname.as_ref()),
        name: text(person.name.as_ref()),
        patronymic: text(person.patronymic.as_ref()),
        pseudonym: text(person.pseudonym.as_ref()),
        snils: person.snils.as_ref().map(number),
        inn: person.inn.as_ref().map(number),
        ogrnip: person.ogrnip.as_ref().map(number),
    }
}

fn organisation(organisation: &OrganisationIdentity) -> v1::Organisation {
    v1::Organisation {
        name: text(organisation.name.as_ref()),
        ogrn: organisation.ogrn.as_ref().map(number),
        inn: organisation.inn.as_ref().map(number),
    }
}

fn number(number: &Identifier) -> v1::Number {
    v1::Number {
        value: number.value.clone(),
        check: number.check.name().to_owned(),
    }
}

fn rule(result: &RuleResult) -> v1::RuleResult {
    let outcome = match result.outcome {
        Outcome::Pass => v1::RuleOutcome::Pass,
        Outcome::Fail => v1::RuleOutcome::Fail,
        Outcome::NotApplicable => v1::RuleOutcome::NotApplicable,
        Outcome::NotInForce => v1::RuleOutcome::NotInForce,
    };
    v1::RuleResult {
        code: result.rule.code.to_owned(),
        result: outcome.into(),
        level: level(result.rule.level).into(),
        clause: result.rule.clause.to_owned(),
        facts: facts(&result.facts),
    }
}
