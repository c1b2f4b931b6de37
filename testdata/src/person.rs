//! Fictitious people: the claims of an account and the subject attributes that match them.

use serde::Deserialize;

use crate::error::Error;
use crate::name::Attribute;

/// A person as the registries know them. Every value is invented.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub id: String,
    pub surname: String,
    pub given_name: String,
    pub patronymic: Option<String>,
    pub sex: Sex,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    pub birth_place: String,
    /// ISO 3166-1 alpha-3.
    pub citizenship: String,
    /// 11 digits with valid check digits.
    pub snils: Option<String>,
    /// 12 digits with valid check digits.
    pub inn: Option<String>,
    pub passport: Option<Passport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sex {
    Female,
    Male,
}

/// A passport of the Russian Federation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passport {
    /// 4 digits.
    pub series: String,
    /// 6 digits.
    pub number: String,
    /// `YYYY-MM-DD`.
    pub issued_on: String,
    pub issued_by: String,
    /// `NNN-NNN`.
    pub department_code: String,
}

impl Person {
    /// Refuses a person whose identifiers have wrong check digits.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |field: &str| {
            Error::value(
                format!("person {}", self.id),
                format!("{field} check digits"),
            )
        };
        if self
            .snils
            .as_deref()
            .is_some_and(|snils| !snils_is_valid(snils))
        {
            return Err(wrong("snils"));
        }
        if self.inn.as_deref().is_some_and(|inn| !inn_is_valid(inn)) {
            return Err(wrong("inn"));
        }
        Ok(())
    }

    /// Given name and patronymic as one `givenName` value (FSB order 795).
    pub fn given_names(&self) -> String {
        match &self.patronymic {
            Some(patronymic) => format!("{} {patronymic}", self.given_name),
            None => self.given_name.clone(),
        }
    }

    /// Subject attributes of a natural person's qualified certificate.
    pub fn subject(&self) -> Result<Vec<Attribute>, Error> {
        let given_names = self.given_names();
        let full_name = format!("{} {given_names}", self.surname);
        let mut pairs = vec![
            ("CN", full_name.as_str()),
            ("SN", &self.surname),
            ("G", &given_names),
            ("C", "RU"),
            ("ST", "77 г. Москва"),
            ("L", "г. Москва"),
        ];
        pairs.extend(self.inn.as_deref().map(|inn| ("INN", inn)));
        pairs.extend(self.snils.as_deref().map(|snils| ("SNILS", snils)));
        let attribute = |(kind, value): (&str, &str)| {
            Attribute::new(kind, value)
                .map_err(|reason| Error::value(format!("person {}", self.id), reason))
        };
        pairs.into_iter().map(attribute).collect()
    }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|digit| digit.to_digit(10)).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

fn snils_is_valid(text: &str) -> bool {
    digits(text).is_some_and(|d| {
        d.len() == 11 && weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == d[9] * 10 + d[10]
    })
}

fn inn_is_valid(text: &str) -> bool {
    digits(text).is_some_and(|d| {
        d.len() == 12
            && weighted(&d, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == d[10]
            && weighted(&d, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == d[11]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        // The worked example of the Pension Fund and the specimen person INN of the tax service.
        assert!(snils_is_valid("11223344595"));
        assert!(!snils_is_valid("11223344594"));
        assert!(inn_is_valid("500100732259"));
        assert!(!inn_is_valid("500100732258"));
    }
}
