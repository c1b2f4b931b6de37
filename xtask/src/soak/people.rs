//! Invented people with qualified certificates of the demonstration PKI, so that a daemon with its defaults trusts them.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use proto::v1;
use testdata::{Passport, Person, Pki, Timestamp};

use crate::workspace;

/// People of a run.
pub struct People {
    pki: Pki,
    count: usize,
}

impl People {
    /// Makes so many people, each with a key and a certificate.
    pub fn new(count: usize) -> Result<Self> {
        let file = workspace::root().join("testdata/pki/ru-demo.toml");
        let mut text = fs::read_to_string(&file).context("read the demonstration PKI")?;
        for number in 0..count {
            declare(&mut text, number)?;
        }
        let pki = Pki::from_toml("ru-demo", &text)?;
        Ok(Self { pki, count })
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// One of them; numbers beyond the last begin again.
    pub fn person(&self, number: usize) -> Result<&Person> {
        Ok(self.pki.person(&id(number % self.count))?)
    }

    /// A detached signature of one of them, or of a declared certificate.
    pub fn sign(&self, number: usize, content: &[u8], at: i64) -> Result<Vec<u8>> {
        let token = self.pki.token(&id(number % self.count))?;
        Ok(token.sign_detached(content, Timestamp(at))?)
    }

    /// The PKI that they belong to.
    pub const fn pki(&self) -> &Pki {
        &self.pki
    }
}

fn id(number: usize) -> String {
    format!("soak-{number}")
}

fn declare(text: &mut String, number: usize) -> Result<()> {
    let id = id(number);
    let snils = snils(number);
    let surname = surname(number);
    writeln!(
        text,
        "\n[[key]]\nid = \"{id}\"\nalgorithm = \"gost-2012-256\"\nparameter_set = \"cryptopro-xch-a\"\n\n\
         [[person]]\nid = \"{id}\"\nsurname = \"{surname}\"\ngiven_name = \"Евстафёр\"\n\
         patronymic = \"Нагрузович\"\nsex = \"MALE\"\nbirth_date = \"1957-08-19\"\n\
         birth_place = \"пос. Испытательск-{number}\"\ncitizenship = \"RUS\"\nsnils = \"{snils}\"\n\
         passport = {{ series = \"7357\", number = \"{:06}\", issued_on = \"2003-09-17\", \
         issued_by = \"Отделом проверок Испытательска\", department_code = \"735-719\" }}\n\n\
         [[certificate]]\nid = \"{id}\"\nkey = \"{id}\"\nissuer = \"ca\"\nprofile = \"person\"\n\
         not_before = \"2024-01-01T00:00:00Z\"\nnot_after = \"2044-01-01T00:00:00Z\"\nperson = \"{id}\"",
        730_519 + 7 * number
    )?;
    Ok(())
}

/// A surname of its own for each number.
fn surname(number: usize) -> String {
    let letters: Vec<char> = "абвгдежзиклмнопрстуфхцчшщэюя".chars().collect();
    let letter = |place: usize| letters.get(place % letters.len()).copied().unwrap_or('а');
    let mut surname = "Нагрузкин".to_owned();
    surname.extend([letter(number / letters.len()), letter(number)]);
    surname
}

/// A number of the range that belongs to nobody, with its check digits.
pub fn snils(number: usize) -> String {
    let digits = format!("0005{:05}", number % 100_000);
    let weighted = digits.bytes().zip((1..=9).rev());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{:02}", sum % 101 % 100)
}

/// A person as the personal data of an account.
pub fn personal_data(person: &Person) -> v1::PersonalData {
    let sex = match person.sex {
        testdata::Sex::Female => v1::Sex::Female,
        testdata::Sex::Male => v1::Sex::Male,
    };
    let document = |passport: &Passport| v1::IdentityDocument {
        kind: v1::IdentityDocumentKind::RfPassport.into(),
        series: passport.series.clone(),
        number: passport.number.clone(),
        issued_on: passport.issued_on.clone(),
        issued_by: passport.issued_by.clone(),
        department_code: passport.department_code.clone(),
    };
    v1::PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        sex: sex.into(),
        birth_date: person.birth_date.clone(),
        birth_place: person.birth_place.clone(),
        citizenship: person.citizenship.clone(),
        snils: person.snils.clone().unwrap_or_default(),
        inn: person.inn.clone().unwrap_or_default(),
        document: person.passport.as_ref().map(document),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_and_a_number_of_its_own() {
        let of = |make: fn(usize) -> String| {
            let all: std::collections::BTreeSet<String> = (0..500).map(make).collect();
            all.len()
        };
        assert_eq!((of(surname), of(snils)), (500, 500));
    }

    #[test]
    fn they_are_people_of_the_demonstration() {
        let people = People::new(2).unwrap();
        let person = people.person(3).unwrap();
        assert_eq!(person.id, "soak-1");
        assert!(!people.sign(3, b"content", 1_795_000_000).unwrap().is_empty());
        let demo = testdata::demo::pki().unwrap();
        let root = |pki: &Pki| pki.certificate("root").unwrap().der.clone();
        assert_eq!(root(people.pki()), root(demo));
    }
}
