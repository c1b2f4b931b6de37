//! Invented people with qualified certificates of the demonstration PKI, so that a daemon with its defaults trusts them.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use proto::v1;
use testdata::{Passport, Person, Pki, Timestamp};

use super::client::Prepared;
use crate::workspace;

const GIVEN_NAME: &str = "Евстафёр";
const PATRONYMIC: &str = "Нагрузович";

/// Certificates that state the first person wrongly, what stands in the place of the right attributes, and the reason.
/// `{snils}` and `{wrong}` are that person's number and the same with other check digits.
pub const MISTAKEN: [(&str, &[&str], &str); 4] = [
    (
        "soak-snils-in-title",
        &["SN={surname}", "G={given}", "T={snils}"],
        "CERTIFICATE_WITHOUT_SNILS",
    ),
    (
        "soak-snils-check-digits",
        &["SN={surname}", "G={given}", "SNILS={wrong}"],
        "PERSON_DIFFERS",
    ),
    (
        "soak-two-snils",
        &[
            "SN={surname}",
            "G={given}",
            "SNILS={snils}",
            "SNILS={wrong}",
        ],
        "PERSON_DIFFERS",
    ),
    (
        "soak-names-swapped",
        &["SN={given}", "G={surname}", "SNILS={snils}"],
        "PERSON_DIFFERS",
    ),
];

/// An organisation, and the certificate of its head.
pub struct Organisation {
    /// Its number.
    pub ogrn: &'static str,
    /// The id of the certificate.
    pub certificate: &'static str,
    /// The number of the person who is its head.
    head: usize,
}

/// Organisations whose heads are the twenty-first person and the one after.
pub const ORGANISATIONS: [Organisation; 2] = [
    Organisation {
        ogrn: "0000000000880",
        certificate: "soak-organisation-1",
        head: 20,
    },
    Organisation {
        ogrn: "0000000000990",
        certificate: "soak-organisation-2",
        head: 21,
    },
];

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
        for organisation in ORGANISATIONS.iter().filter(|it| it.head < count) {
            declare_organisation(&mut text, organisation)?;
        }
        for (id, attributes, _) in MISTAKEN {
            declare_mistaken(&mut text, id, attributes)?;
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

    /// The person of the demonstration, whose certificate is presented for others.
    pub fn stranger(&self) -> Result<&Person> {
        Ok(self.pki.person("citizen")?)
    }

    /// A detached signature of an application by any certificate of the PKI.
    pub fn sign_with(&self, certificate: &str, prepared: &Prepared) -> Result<Vec<u8>> {
        let token = self.pki.token(certificate)?;
        Ok(token.sign_detached(&prepared.content, Timestamp(prepared.at))?)
    }

    /// A detached signature of one of them.
    pub fn sign(&self, number: usize, content: &[u8], at: i64) -> Result<Vec<u8>> {
        let token = self.pki.token(&id(number % self.count))?;
        Ok(token.sign_detached(content, Timestamp(at))?)
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
         [[person]]\nid = \"{id}\"\nsurname = \"{surname}\"\ngiven_name = \"{GIVEN_NAME}\"\n\
         patronymic = \"{PATRONYMIC}\"\nsex = \"MALE\"\nbirth_date = \"1957-08-19\"\n\
         birth_place = \"пос. Испытательск-{number}\"\ncitizenship = \"RUS\"\nsnils = \"{snils}\"\n\
         passport = {{ series = \"7357\", number = \"{:06}\", issued_on = \"2003-09-17\", \
         issued_by = \"Отделом проверок Испытательска\", department_code = \"735-719\" }}\n\n\
         [[certificate]]\nid = \"{id}\"\nkey = \"{id}\"\nissuer = \"ca\"\nprofile = \"person\"\n\
         not_before = \"2024-01-01T00:00:00Z\"\nnot_after = \"2044-01-01T00:00:00Z\"\nperson = \"{id}\"",
        730_519 + 7 * number
    )?;
    Ok(())
}

/// A certificate of an organisation for the key of its head.
fn declare_organisation(text: &mut String, organisation: &Organisation) -> Result<()> {
    let Organisation {
        ogrn,
        certificate,
        head,
    } = organisation;
    let head = id(*head);
    writeln!(
        text,
        "\n[[certificate]]\nid = \"{certificate}\"\nkey = \"{head}\"\nissuer = \"ca\"\nprofile = \"person\"\n\
         not_before = \"2024-01-01T00:00:00Z\"\nnot_after = \"2044-01-01T00:00:00Z\"\nperson = \"{head}\"\n\
         subject = [\"O=ООО «Нагрузка»\", \"T=Генеральный директор\", \"OGRN={ogrn}\"]"
    )?;
    Ok(())
}

/// A certificate for the key of the first person.
fn declare_mistaken(text: &mut String, id: &str, attributes: &[&str]) -> Result<()> {
    let right = snils(0);
    let (digits, check) = right.split_at(9);
    let wrong = format!("{digits}{:02}", (check.parse::<u32>()? + 1) % 100);
    let fill = |attribute: &str| {
        let filled = attribute.replace("{surname}", &surname(0));
        let filled = filled.replace("{given}", &format!("{GIVEN_NAME} {PATRONYMIC}"));
        filled.replace("{snils}", &right).replace("{wrong}", &wrong)
    };
    let others = [
        "C=RU",
        "ST=77 г. Москва",
        "L=г. Москва",
        "CN={surname} {given}",
    ];
    let subject = attributes.iter().chain(&others);
    let subject: Vec<String> = subject.map(|it| format!("\"{}\"", fill(it))).collect();
    writeln!(
        text,
        "\n[[certificate]]\nid = \"{id}\"\nkey = \"soak-0\"\nissuer = \"ca\"\nprofile = \"person\"\n\
         not_before = \"2024-01-01T00:00:00Z\"\nnot_after = \"2044-01-01T00:00:00Z\"\nsubject = [{}]",
        subject.join(", ")
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
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
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
        assert!(
            !people
                .sign(3, b"content", 1_795_000_000)
                .unwrap()
                .is_empty()
        );
        let demo = testdata::demo::pki().unwrap();
        let root = |pki: &Pki| pki.certificate("root").unwrap().der.clone();
        assert_eq!(root(&people.pki), root(demo));
    }
}
