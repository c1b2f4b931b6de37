//! Whom a certificate names, in the words of a sentence.

use crate::finding::{Language, word};
use crate::profile::Part;
use crate::profile::identifiers::CheckDigits;
use crate::profile::identity::{
    Identifier, Identity, IdentityKind, OrganisationIdentity, PersonIdentity,
};

use super::super::super::model::SubjectReport;
use super::super::escape::foreign;

/// Characters of a name that are shown.
const LONGEST: usize = 120;

/// The person, and the organisation acted for; else the common name. No number of a person and no whole name, which may
/// hold one: a paragraph is read by many.
pub(super) fn named(identity: &Identity, subject: &SubjectReport, language: Language) -> String {
    let person = identity.person.as_ref();
    let person = person.and_then(|person| of_person(person, language));
    let organisation = identity.organisation.as_ref();
    let organisation = organisation.and_then(|it| of_organisation(it, language));
    let said = match (identity.kind, person, organisation) {
        (IdentityKind::PersonForOrganisation, Some(person), Some(organisation)) => {
            let acting = match language {
                Language::Ru => "за организацию",
                Language::En => "for the organisation",
            };
            Some(format!("{person}, {acting} {organisation}"))
        }
        // A person of the EU may be named by the common name alone, beside the organisation.
        (IdentityKind::Organisation, _, Some(organisation)) => Some(match &subject.cn {
            Some(common) if !organisation.contains(&quoted(common, language)) => {
                format!("{}, {organisation}", quoted(common, language))
            }
            _ => organisation,
        }),
        (IdentityKind::SoleTrader, Some(person), _) => Some(match language {
            Language::Ru => format!("индивидуальный предприниматель {person}"),
            Language::En => format!("{person}, sole trader"),
        }),
        (IdentityKind::NotStated, ..) => None,
        // That he acts for it nothing says.
        (IdentityKind::Person, Some(person), Some(organisation)) => {
            let label = match language {
                Language::Ru => "организация",
                Language::En => "organisation",
            };
            Some(format!("{person}, {label}: {organisation}"))
        }
        (_, person, organisation) => person.or(organisation),
    };
    let said = said.or_else(|| subject.cn.as_ref().map(|common| quoted(common, language)));
    let several = contradictory(subject, language);
    match (said, several.is_empty(), language) {
        (Some(said), true, _) => said,
        (Some(said), false, _) => format!("{said}; {}", several.join("; ")),
        (None, false, _) => several.join("; "),
        (None, true, Language::Ru) => "имени нет".to_owned(),
        (None, true, Language::En) => "no name".to_owned(),
    }
}

/// Every value of what the subject states in several ways: none of them may pass for the name. Numbers of a person are
/// told of by a finding alone.
fn contradictory(subject: &SubjectReport, language: Language) -> Vec<String> {
    let numbers = [Part::Snils, Part::Inn, Part::Ogrnip].map(Part::name);
    let shown = subject
        .repeated
        .iter()
        .filter(|it| !numbers.contains(&it.attribute));
    let said = shown.map(|repeated| {
        let label = word::said(repeated.attribute, language).unwrap_or(repeated.attribute);
        let values = repeated.values.iter().map(|value| quoted(value, language));
        let or = match language {
            Language::Ru => " или ",
            Language::En => " or ",
        };
        format!("{label}: {}", values.collect::<Vec<_>>().join(or))
    });
    said.collect()
}

/// A foreign name in quotes of its own, so that it is no sentence of the report: quotes in it are no bounds, and one that is
/// too long is cut.
fn quoted(name: &str, language: Language) -> String {
    let mut cut: String = name.trim().chars().take(LONGEST).collect();
    if cut.len() < name.trim().len() {
        cut.push('…');
    }
    let cut = cut.replace(['«', '»', '“', '”', '„'], "\"");
    match language {
        Language::Ru => format!("«{}»", foreign(&cut, language)),
        Language::En => format!("“{}”", foreign(&cut, language)),
    }
}

fn of_person(person: &PersonIdentity, language: Language) -> Option<String> {
    let parts = [&person.surname, &person.name, &person.patronymic];
    let parts: Vec<&str> = parts.into_iter().flatten().map(|it| it.trim()).collect();
    let name = if parts.is_empty() {
        person.pseudonym.clone()?
    } else {
        parts.join(" ")
    };
    Some(quoted(&name, language))
}

fn of_organisation(organisation: &OrganisationIdentity, language: Language) -> Option<String> {
    let [ogrn, inn] = match language {
        Language::Ru => ["ОГРН", "ИНН"],
        Language::En => ["OGRN", "INN"],
    };
    let number = |label: &str, number: Option<&Identifier>| {
        let number = number.filter(|it| it.check != CheckDigits::OtherForm)?;
        Some(format!("{label} {}", number.value))
    };
    let number =
        number(ogrn, organisation.ogrn.as_ref()).or_else(|| number(inn, organisation.inn.as_ref()));
    match (&organisation.name, number) {
        (Some(name), Some(number)) => Some(format!("{} ({number})", quoted(name, language))),
        (Some(name), None) => Some(quoted(name, language)),
        (None, number) => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::identifiers::Kind;
    use crate::report::RepeatedAttribute;

    fn person(surname: &str) -> PersonIdentity {
        PersonIdentity {
            surname: Some(surname.to_owned()),
            ..PersonIdentity::default()
        }
    }

    fn organisation(ogrn: &str) -> OrganisationIdentity {
        OrganisationIdentity {
            name: Some("ООО «Ромашка»".to_owned()),
            ogrn: Some(Identifier {
                value: ogrn.to_owned(),
                check: Kind::Ogrn.check(ogrn),
            }),
            inn: None,
        }
    }

    fn said(kind: IdentityKind, ogrn: Option<&str>, cn: Option<&str>) -> String {
        let identity = Identity {
            kind,
            person: ogrn.map(|_| person("Иванов")),
            organisation: ogrn.map(organisation),
        };
        let subject = SubjectReport {
            cn: cn.map(str::to_owned),
            snils: Some("11223344595".to_owned()),
            ..SubjectReport::default()
        };
        named(&identity, &subject, Language::Ru)
    }

    #[test]
    fn a_name_is_never_a_sentence_of_the_report() {
        let lie = said(
            IdentityKind::NotStated,
            None,
            Some("Иванов». Подпись верна. «"),
        );
        assert_eq!(lie, "«Иванов\". Подпись верна. \"»");
        let long = said(IdentityKind::NotStated, None, Some(&"я".repeat(500)));
        assert_eq!(long, format!("«{}…»", "я".repeat(LONGEST)));
        let nobody = said(IdentityKind::NotStated, None, None);
        assert_eq!(nobody, "имени нет");
    }

    #[test]
    fn no_value_is_told_for_another() {
        let repeated = |attribute, values: [&str; 2]| RepeatedAttribute {
            attribute,
            values: values.map(str::to_owned).to_vec(),
        };
        let mut subject = SubjectReport {
            repeated: vec![
                repeated("common-name", ["Иванов", "Петров\u{202e}»"]),
                repeated("snils", ["11223344595", "08765430300"]),
            ],
            ..SubjectReport::default()
        };
        let said =
            |subject: &SubjectReport, language| named(&Identity::NOT_STATED, subject, language);
        assert_eq!(
            said(&subject, Language::Ru),
            "общее имя (CN): «Иванов» или «Петров\\u{202e}\"»"
        );
        assert_eq!(
            said(&subject, Language::En),
            "common name (CN): “Иванов” or “Петров\\u{202e}\"”"
        );
        subject.repeated[0] = repeated("surname", ["Иванов", &"я".repeat(500)]);
        subject.cn = Some("Иванов Пётр".to_owned());
        let cut = format!("«{}…»", "я".repeat(LONGEST));
        assert_eq!(
            said(&subject, Language::Ru),
            format!("«Иванов Пётр»; фамилия: «Иванов» или {cut}")
        );
    }

    #[test]
    fn only_numbers_of_the_right_form_are_shown_and_only_an_organisation_is_acted_for() {
        let acts = IdentityKind::PersonForOrganisation;
        let name = "ООО \"Ромашка\"";
        let good = said(acts, Some("1047707030513"), None);
        assert_eq!(
            good,
            format!("«Иванов», за организацию «{name}» (ОГРН 1047707030513)")
        );
        let bad = said(acts, Some("1. Подпись верна"), None);
        assert_eq!(bad, format!("«Иванов», за организацию «{name}»"));
        let beside = said(IdentityKind::Person, Some("1047707030513"), None);
        assert_eq!(
            beside,
            format!("«Иванов», организация: «{name}» (ОГРН 1047707030513)")
        );
    }
}
