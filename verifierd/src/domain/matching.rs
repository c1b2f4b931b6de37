//! Whether a certificate names the person of an account.

use super::{
    application::OutcomeReason,
    claims::Claims,
    identifiers::{PersonInn, Snils},
    names::folded,
    reason::Reason,
};

/// What a certificate says of its holder.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct CertificatePerson<'a> {
    pub surname: Option<&'a str>,
    /// "given patronymic" in one text.
    pub given_name: Option<&'a str>,
    pub snils: Option<&'a str>,
    pub inn: Option<&'a str>,
    /// Of these it states several different values.
    pub contradictory: &'a [&'static str],
}

/// Compares a certificate with the account's personal data.
///
/// SNILS and names must be there and equal; INN is compared when both sides
/// have that of a person. What the certificate states in several different ways
/// is nobody's, even where one of them is the account's.
///
/// # Errors
/// [`Reason::CertificateWithoutSnils`]; [`Reason::PersonDiffers`] with the
/// names of the fields that differ.
pub fn check_person(
    claims: &Claims,
    certificate: &CertificatePerson<'_>,
) -> Result<(), OutcomeReason> {
    let is_contradictory = certificate.contradictory.contains(&"snils");
    let snils = certificate.snils.filter(|text| !text.trim().is_empty());
    let Some(snils) = snils.or(is_contradictory.then_some("")) else {
        return Err(OutcomeReason {
            reason: Reason::CertificateWithoutSnils,
            fields: vec!["snils"],
        });
    };
    let mut fields = Vec::new();
    if !certificate
        .surname
        .is_some_and(|text| claims.surname.is_same_as(text))
    {
        fields.push("surname");
    }
    fields.extend(given_name_difference(claims, certificate.given_name));
    if Snils::parse_printed(snils).ok().as_ref() != Some(&claims.snils) {
        fields.push("snils");
    }
    if inn_differs(claims.inn.as_ref(), certificate.inn) {
        fields.push("inn");
    }
    for field in certificate.contradictory {
        if !fields.contains(field) {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    Err(OutcomeReason {
        reason: Reason::PersonDiffers,
        fields,
    })
}

/// Which of given name and patronymic the certificate's one text contradicts.
pub(super) fn given_name_difference(
    claims: &Claims,
    certificate: Option<&str>,
) -> Vec<&'static str> {
    let given_name = claims.given_name.as_str();
    let expected = match &claims.patronymic {
        Some(patronymic) => format!("{given_name} {}", patronymic.as_str()),
        None => given_name.to_owned(),
    };
    let stated = certificate.map(folded).unwrap_or_default();
    if stated == folded(&expected) {
        return Vec::new();
    }
    let given_name = folded(given_name);
    let starts_alike = stated
        .strip_prefix(&given_name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    match (starts_alike, claims.patronymic.is_some()) {
        (true, _) => vec!["patronymic"],
        (false, true) => vec!["given_name", "patronymic"],
        (false, false) => vec!["given_name"],
    }
}

/// Old certificates of organisations carry the organisation's INN, padded by
/// `00`, in the same attribute; that one is nobody's personal number.
pub(super) fn inn_differs(account: Option<&PersonInn>, certificate: Option<&str>) -> bool {
    match (account, certificate) {
        (Some(account), Some(stated)) => {
            let stated = stated.trim();
            let organisation = stated.len() == 12 && stated.starts_with("00");
            stated != account.as_str() && !(stated.is_empty() || organisation)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claims::tests::claims;

    const PERSON: CertificatePerson<'_> = CertificatePerson {
        surname: Some("СЕМЕНОВА"),
        given_name: Some("Анна  Петровна"),
        snils: Some("11223344595"),
        inn: Some("500100732259"),
        contradictory: &[],
    };

    fn differing(person: &CertificatePerson<'_>) -> Vec<&'static str> {
        match check_person(&claims(), person) {
            Ok(()) => Vec::new(),
            Err(reason) => {
                assert_eq!(reason.reason, Reason::PersonDiffers);
                reason.fields
            }
        }
    }

    #[test]
    fn the_same_person() {
        assert_eq!(differing(&PERSON), [""; 0]);
        let printed = Some("112-233-445 95");
        assert_eq!(
            differing(&CertificatePerson {
                snils: printed,
                ..PERSON
            }),
            [""; 0]
        );
    }

    #[test]
    fn a_certificate_without_snils_proves_nobody() {
        for snils in [None, Some(""), Some(" ")] {
            let reason = check_person(&claims(), &CertificatePerson { snils, ..PERSON });
            assert_eq!(reason.unwrap_err().reason, Reason::CertificateWithoutSnils);
        }
    }

    #[test]
    fn each_difference_is_named() {
        let other = |person: CertificatePerson<'_>| differing(&person);
        assert_eq!(
            other(CertificatePerson {
                surname: Some("Иванова"),
                ..PERSON
            }),
            ["surname"]
        );
        assert_eq!(
            other(CertificatePerson {
                surname: None,
                ..PERSON
            }),
            ["surname"]
        );
        assert_eq!(
            other(CertificatePerson {
                given_name: Some("Анна"),
                ..PERSON
            }),
            ["patronymic"]
        );
        assert_eq!(
            other(CertificatePerson {
                given_name: Some("Анна Ивановна"),
                ..PERSON
            }),
            ["patronymic"]
        );
        assert_eq!(
            other(CertificatePerson {
                given_name: Some("Аннабель Петровна"),
                ..PERSON
            }),
            ["given_name", "patronymic"]
        );
        assert_eq!(
            other(CertificatePerson {
                given_name: None,
                ..PERSON
            }),
            ["given_name", "patronymic"]
        );
        assert_eq!(
            other(CertificatePerson {
                snils: Some("08765430300"),
                ..PERSON
            }),
            ["snils"]
        );
        assert_eq!(
            other(CertificatePerson {
                snils: Some("11223344594"),
                ..PERSON
            }),
            ["snils"]
        );
        assert_eq!(
            other(CertificatePerson {
                inn: Some("671742358830"),
                ..PERSON
            }),
            ["inn"]
        );
    }

    #[test]
    fn what_contradicts_itself_is_nobodys() {
        for field in ["surname", "given_name", "snils", "inn"] {
            let contradictory = CertificatePerson {
                contradictory: &[field],
                ..PERSON
            };
            assert_eq!(differing(&contradictory), [field]);
        }
        let unstated = CertificatePerson {
            snils: None,
            inn: None,
            contradictory: &["snils", "inn"],
            ..PERSON
        };
        assert_eq!(differing(&unstated), ["snils", "inn"]);
        let mut without = claims();
        without.inn = None;
        assert!(check_person(&without, &unstated).is_err());
    }

    #[test]
    fn without_patronymic_the_given_name_stands_alone() {
        let mut claims = claims();
        claims.patronymic = None;
        let person = CertificatePerson {
            given_name: Some("Анна"),
            ..PERSON
        };
        assert_eq!(check_person(&claims, &person), Ok(()));
        assert_eq!(
            check_person(&claims, &PERSON).unwrap_err().fields,
            ["patronymic"]
        );
    }

    #[test]
    fn inn_is_compared_when_both_have_a_persons() {
        for inn in [None, Some(""), Some("007707329152")] {
            assert_eq!(differing(&CertificatePerson { inn, ..PERSON }), [""; 0]);
        }
        let mut without = claims();
        without.inn = None;
        let person = CertificatePerson {
            inn: Some("671742358830"),
            ..PERSON
        };
        assert_eq!(check_person(&without, &person), Ok(()));
    }
}
