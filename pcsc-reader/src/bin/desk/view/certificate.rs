//! One certificate: whose it is, whose word that is, how long it holds, and how it is written.

use std::io::{self, Write};

use pcsc_reader::{CardCertificate, Language, Text};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sig_core::alg::strength::describe_key;
use sig_core::base::time::UnixTime;
use sig_core::der::oids;
use sig_core::profile::{self, Holder, Identity, Outcome, Set};
use sig_core::x509::certificate::Certificate;
use sig_core::x509::name::Name;

use crate::text::{BothLanguages, printable};

/// Said of a card without certificates.
pub(crate) const NONE_VISIBLE: Text = Text {
    ru: "сертификатов не видно",
    en: "no certificates are visible",
};

/// A certificate on a card.
#[derive(Serialize)]
pub(crate) struct CertificateView {
    id: String,
    label: Option<String>,
    /// The key is on the card.
    signs: bool,
    pin: Option<String>,
    sha256: String,
    /// None when the file is no certificate.
    certificate: Option<Decoded>,
}

#[derive(Serialize)]
struct Decoded {
    serial: String,
    owner: Owner,
    subject: String,
    issuer: String,
    issuer_name: String,
    not_before: String,
    not_after: String,
    validity: &'static str,
    key: String,
    profile: ProfileView,
}

#[derive(Serialize)]
struct Owner {
    kind: &'static str,
    name: String,
    surname: Option<String>,
    given_name: Option<String>,
    patronymic: Option<String>,
    snils: Option<String>,
    inn: Option<String>,
    ogrnip: Option<String>,
    organisation: Option<Organisation>,
}

#[derive(Serialize)]
struct Organisation {
    name: Option<String>,
    ogrn: Option<String>,
    inn: Option<String>,
}

/// How the certificate keeps the rules of qualified certificates. It says nothing of trust.
#[derive(Serialize)]
struct ProfileView {
    set: &'static str,
    holder: &'static str,
    passed: usize,
    broken: Vec<Broken>,
}

#[derive(Serialize)]
struct Broken {
    code: &'static str,
    level: &'static str,
    clause: &'static str,
    text: BothLanguages,
}

impl CertificateView {
    pub(crate) fn new(
        file: &CardCertificate,
        decoded: Option<&Certificate>,
        now: UnixTime,
    ) -> Self {
        CertificateView {
            id: file.id.clone(),
            label: file.label.clone(),
            signs: file.key.is_some(),
            pin: file.key.as_ref().and_then(|key| key.pin.clone()),
            sha256: hex::encode(Sha256::digest(&file.octets)),
            certificate: decoded.map(|certificate| Decoded::new(certificate, now)),
        }
    }

    /// Lines for people, indented.
    pub(crate) fn write(&self, out: &mut impl Write, language: Language) -> io::Result<()> {
        let word = |ru: &'static str, en: &'static str| match language {
            Language::Ru => ru,
            _ => en,
        };
        let label = self.label.as_deref().map(printable).unwrap_or_default();
        let label = if label.is_empty() {
            label
        } else {
            format!(" «{label}»")
        };
        writeln!(
            out,
            "  {} {}{label}",
            word("сертификат", "certificate"),
            printable(&self.id)
        )?;
        let key = if self.signs {
            word("можно подписывать", "it can sign")
        } else {
            word("подписать здесь нельзя", "it cannot sign here")
        };
        let Some(decoded) = &self.certificate else {
            let text = word(
                "файл не читается как сертификат",
                "the file cannot be read as a certificate",
            );
            return writeln!(out, "    {text}");
        };
        decoded.write(out, language, key)?;
        writeln!(out, "    SHA-256: {}", self.sha256)
    }
}

impl Decoded {
    fn new(certificate: &Certificate, now: UnixTime) -> Self {
        let set = Set::of(certificate);
        let results = profile::report(certificate, set);
        let passed = results
            .iter()
            .filter(|it| it.outcome == Outcome::Pass)
            .count();
        let broken = profile::broken(certificate, set);
        let validity = match now {
            now if now < certificate.not_before => "not_yet_valid",
            now if now > certificate.not_after => "expired",
            _ => "valid",
        };
        Decoded {
            serial: hex::encode_upper(&certificate.serial),
            owner: Owner::of(&certificate.subject),
            subject: certificate.subject.to_string(),
            issuer: certificate.issuer.to_string(),
            issuer_name: short_name(&certificate.issuer),
            not_before: certificate.not_before.to_string(),
            not_after: certificate.not_after.to_string(),
            validity,
            key: describe_key(&certificate.spki).to_string(),
            profile: ProfileView {
                set: set.name(),
                holder: Holder::of(certificate).name(),
                passed,
                broken: broken
                    .iter()
                    .map(|result| Broken {
                        code: result.rule.code,
                        level: result.rule.level.name(),
                        clause: result.rule.clause,
                        text: BothLanguages {
                            ru: result.rule.ru.to_owned(),
                            en: result.rule.en.to_owned(),
                        },
                    })
                    .collect(),
            },
        }
    }

    fn write(&self, out: &mut impl Write, language: Language, key: &str) -> io::Result<()> {
        let word = |ru: &'static str, en: &'static str| match language {
            Language::Ru => ru,
            _ => en,
        };
        let mut line =
            |label: &str, value: &str| writeln!(out, "    {label}: {}", printable(value));
        line(word("владелец", "owner"), &self.owner.name)?;
        let numbers = [
            ("СНИЛС", "SNILS", &self.owner.snils),
            ("ИНН", "INN", &self.owner.inn),
        ];
        for (ru, en, value) in numbers {
            if let Some(value) = value {
                line(word(ru, en), value)?;
            }
        }
        if let Some(organisation) = &self.owner.organisation {
            let name = organisation.name.as_deref().unwrap_or("-");
            let ogrn = organisation.ogrn.as_deref();
            let ogrn = ogrn.map(|it| format!(", {} {it}", word("ОГРН", "OGRN")));
            let text = format!("{name}{}", ogrn.unwrap_or_default());
            line(word("организация", "organisation"), &text)?;
        }
        line(word("издатель", "issuer"), &self.issuer_name)?;
        let state = match self.validity {
            "valid" => word("действует", "valid"),
            "expired" => word("истёк", "expired"),
            _ => word("ещё не действует", "not yet valid"),
        };
        let text = format!(
            "{} – {} ({state})",
            day(&self.not_before),
            day(&self.not_after)
        );
        line(word("срок", "validity"), &text)?;
        line(word("ключ", "key"), &format!("{}, {key}", self.key))?;
        let profile = &self.profile;
        let text = match (profile.set, profile.broken.len()) {
            ("rfc5280", _) => {
                word("не квалифицированный", "not a qualified certificate").to_owned()
            }
            (set, 0) => format!("{set}: {}", word("правила соблюдены", "the rules are kept")),
            (set, count) => format!(
                "{set}: {} {count}",
                word("нарушено правил:", "rules broken:")
            ),
        };
        line(word("профиль", "profile"), &text)?;
        for broken in &profile.broken {
            let text = broken.text.in_language(language);
            writeln!(out, "      - {} ({})", printable(text), broken.clause)?;
        }
        Ok(())
    }
}

impl Owner {
    fn of(subject: &Name) -> Self {
        let identity = Identity::of(subject);
        let person = identity.person.unwrap_or_default();
        let value = |number: Option<profile::identity::Identifier>| number.map(|it| it.value);
        Owner {
            kind: identity.kind.name(),
            name: owner_name(subject),
            surname: person.surname,
            given_name: person.name,
            patronymic: person.patronymic,
            snils: value(person.snils),
            inn: value(person.inn),
            ogrnip: value(person.ogrnip),
            organisation: identity.organisation.map(|it| Organisation {
                name: it.name,
                ogrn: value(it.ogrn),
                inn: value(it.inn),
            }),
        }
    }
}

/// The person's names, else what the subject is commonly called.
pub(crate) fn owner_name(subject: &Name) -> String {
    let person = Identity::of(subject).person.unwrap_or_default();
    let parts = [person.surname, person.name, person.patronymic];
    let names: Vec<String> = parts.into_iter().flatten().collect();
    if names.is_empty() {
        short_name(subject)
    } else {
        names.join(" ")
    }
}

fn short_name(name: &Name) -> String {
    match name.text_of(oids::COMMON_NAME) {
        Some(text) => text.to_owned(),
        None => name.to_string(),
    }
}

/// The day of an RFC 3339 time.
pub(crate) fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}
