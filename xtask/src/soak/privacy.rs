//! Nothing that a daemon says of itself holds a claim: logs, standard output, answers of commands and error texts of the
//! whole run.

use std::fs;
use std::sync::Arc;

use anyhow::{Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use proto::v1::{self, PersonalData};
use testdata::Person;

use super::World;
use super::claim::Figure;
use super::client::Client;
use super::people::{personal_data, snils};

/// Letters of Base64 that are no accident.
const SHORTEST: usize = 8;
/// A number that is too short.
const PHONE: &str = "+79995550";

/// Is refused in every way that echoes what was sent, then searches.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let refusals = provoke(world).await?;
    let mut values = spelled(PHONE);
    for number in 0..world.people.count() {
        values.extend(spellings(world.people.person(number)?));
    }
    values.extend(spellings(world.people.stranger()?));
    values.sort();
    values.dedup();
    values.retain(|value| !value.is_empty());
    for value in &values {
        ensure!(
            holds(&format!("planted={value};"), value),
            "a planted claim of {} characters is not found",
            value.chars().count()
        );
    }
    let mut octets = 0;
    let texts = texts(world)?;
    for (place, text) in &texts {
        octets += text.len();
        // Neither the value nor its line: this is printed.
        ensure!(!first_in(text, &values), "{place}: a claim is there");
        let planted = values.get(octets % values.len());
        let (before, after) = text.split_at(text.ceil_char_boundary(text.len() / 2));
        let planted = format!("{before} {} {after}", planted.map_or("", String::as_str));
        ensure!(
            first_in(&planted, &values),
            "{place}: a planted claim is not found"
        );
    }
    Ok(Figure(format!(
        "{} spellings of claims in {} texts of {octets} octets (logs and standard output of daemons, answers of commands, \
         error texts, the lines of this run; the daemon has no metrics), {refusals} refusals provoked: none found, every \
         planted one found",
        values.len(),
        texts.len()
    )))
}

/// Everything that was said, in lower case, with where.
fn texts(world: &World) -> Result<Vec<(String, String)>> {
    let mut texts = vec![(
        "answers and error texts".to_owned(),
        world.said.text().to_lowercase(),
    )];
    for log in world.logs()? {
        let text = String::from_utf8_lossy(&fs::read(&log)?).to_lowercase();
        ensure!(!text.is_empty(), "{}: nothing was said", log.display());
        texts.push((log.display().to_string(), text));
    }
    Ok(texts)
}

/// Whether a text in lower case holds a claim.
fn first_in(text: &str, values: &[String]) -> bool {
    holds_snils(text) || values.iter().any(|value| holds(text, value))
}

/// Every claim of a person as it might be written, in lower case.
fn spellings(person: &Person) -> Vec<String> {
    let data = personal_data(person);
    let document = data.document.clone().unwrap_or_default();
    let mut values = vec![
        data.surname,
        data.given_name,
        data.patronymic,
        data.birth_place,
        document.issued_by,
        document.department_code,
        data.inn,
        document.number.clone(),
        format!("{} {}", document.series, document.number),
        format!("{}{}", document.series, document.number),
        "ispytatelsk".to_owned(),
    ];
    if let [year, month, day] = data.birth_date.split('-').collect::<Vec<_>>()[..] {
        values.push(format!("{day}.{month}.{year}"));
        values.push(format!("{year}{month}{day}"));
    }
    values.push(data.birth_date);
    if let Some(number) = data.snils.get(..9).zip(data.snils.get(9..)) {
        let (number, check) = number;
        let groups: Vec<&str> = [0, 3, 6]
            .map(|at| number.get(at..at + 3).unwrap_or_default())
            .to_vec();
        values.push(format!("{} {check}", groups.join("-")));
        values.push(format!("{}-{check}", groups.join("-")));
        values.push(format!("{} {check}", groups.join(" ")));
    }
    values.push(data.snils);
    values.iter().flat_map(|value| spelled(value)).collect()
}

/// A value as it is, as a log writes what it does not print, and as octets are written; in lower case.
fn spelled(value: &str) -> Vec<String> {
    if value.is_empty() {
        return Vec::new();
    }
    let plain = value.to_lowercase();
    let mut all = vec![plain.replace('ё', "е")];
    for value in [value.to_owned(), value.to_uppercase(), plain.clone()] {
        let octets = value.as_bytes();
        all.push(value.escape_unicode().to_string());
        all.push(octets.escape_ascii().to_string());
        all.push(hex::encode(octets));
        let list: Vec<String> = octets.iter().map(u8::to_string).collect();
        all.push(list.join(", "));
        let percent: Vec<String> = octets.iter().map(|octet| format!("%{octet:02x}")).collect();
        all.push(percent.concat());
        all.extend(json_escaped(&value));
        all.extend((0..3).map(|skipped| base64_within(octets, skipped)));
    }
    all.push(plain);
    all.iter().map(|it| it.to_lowercase()).collect()
}

/// Letters beyond ASCII as a careful JSON writer escapes them.
fn json_escaped(value: &str) -> Option<String> {
    let units = value.encode_utf16();
    (!value.is_ascii()).then(|| units.map(|unit| format!("\\u{unit:04x}")).collect())
}

/// What Base64 of something longer holds of these octets after `skipped` others; what neighbours change is left out.
fn base64_within(octets: &[u8], skipped: usize) -> String {
    let mut whole = vec![0; skipped];
    whole.extend_from_slice(octets);
    let text = STANDARD_NO_PAD.encode(&whole);
    let first = (skipped * 8).div_ceil(6);
    let last = whole.len() * 8 / 6;
    let inner = text.get(first..last).unwrap_or_default();
    // Shorter ones are found in any Base64.
    match inner.len() < SHORTEST {
        true => String::new(),
        false => inner.to_owned(),
    }
}

/// Whether a text holds a value: digits only where they stand alone, since digests are full of digits.
fn holds(text: &str, value: &str) -> bool {
    let is_number = value.bytes().all(|octet| octet.is_ascii_digit());
    let is_inside = |c: Option<char>| is_number && c.is_some_and(char::is_alphanumeric);
    text.match_indices(value).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + value.len()..)
            .and_then(|after| after.chars().next());
        !is_inside(before) && !is_inside(after)
    })
}

/// Whether a text holds a SNILS of those that the run takes, in one piece or in groups.
fn holds_snils(text: &str) -> bool {
    let is_alone = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices("000").any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut rest = text.get(at..).unwrap_or_default().chars().peekable();
        let mut digits = String::new();
        while digits.len() < 11 {
            if matches!(digits.len(), 3 | 6 | 9) {
                rest.next_if(|c| "- ".contains(*c));
            }
            match rest.next_if(char::is_ascii_digit) {
                Some(digit) => digits.push(digit),
                None => return false,
            }
        }
        let number = digits.get(4..9).and_then(|number| number.parse().ok());
        is_alone(before) && is_alone(rest.next()) && number.map(snils) == Some(digits)
    })
}

/// Requests that are refused for what they hold; answers how many were.
async fn provoke(world: &Arc<World>) -> Result<usize> {
    let place = world.place("privacy", &world.sqlite("privacy"), "")?;
    let daemon = place.start()?;
    let client = Client::connect(daemon.endpoint(), &world.said).await?;
    let data = personal_data(world.people.person(0)?);
    client.standard("privacy-1", &data).await?;
    let mut refused = 0;
    for (number, wrong) in wrong_data(&data).enumerate() {
        let answer = client.submit_data("privacy-1", &wrong).await;
        ensure!(answer.is_err(), "wrong personal data {number} were taken");
        refused += 1;
    }
    client.register("privacy-2", &data).await?;
    let check = client.submit_data("privacy-2", &data).await?;
    refused += usize::from(client.pass_check("privacy-2", check).await.is_err());
    let taken = v1::RegisterAccountRequest {
        account_id: "privacy-3".into(),
        surname: format!("{}7", data.surname),
        given_name: data.given_name.clone(),
        phone: PHONE.into(),
        email: super::client::email("privacy-1"),
    };
    let mut accounts = client.accounts.clone();
    refused += usize::from(
        client
            .noted(accounts.register_account(taken.clone()).await)
            .is_err(),
    );
    let taken = v1::RegisterAccountRequest {
        surname: data.surname.clone(),
        ..taken
    };
    refused += usize::from(
        client
            .noted(accounts.register_account(taken).await)
            .is_err(),
    );
    ensure!(
        refused == 3 + wrong_data(&data).count(),
        "a wrong request was taken"
    );
    let prepared = client.prepare("privacy-1").await?;
    let garbage = [
        data.surname.as_bytes().to_vec(),
        prepared.content.clone(),
        vec![0x30, 0x80],
    ];
    for signature in garbage {
        refused += usize::from(client.submit(&prepared, signature).await.is_err());
    }
    // The signature of somebody else.
    let signature = world.people.sign(1, &prepared.content, prepared.at)?;
    let answer = client.submit(&prepared, signature).await?;
    let state = answer.application.map(|application| application.state());
    ensure!(
        state == Some(v1::ApplicationState::Rejected),
        "somebody else's signature: {state:?}"
    );
    drop((client, accounts));
    daemon.stop()?;
    Ok(refused + 1)
}

/// Personal data with one fault each.
fn wrong_data(data: &PersonalData) -> impl Iterator<Item = PersonalData> {
    let faults: [fn(&mut PersonalData); 8] = [
        |data| data.surname.push('7'),
        |data| data.given_name.push('1'),
        |data| data.patronymic.push('@'),
        |data| data.birth_date.push('0'),
        |data| data.citizenship.push('X'),
        |data| data.snils.push('0'),
        |data| data.inn = "1".repeat(12),
        |data| {
            if let Some(document) = &mut data.document {
                document.number.push('1');
            }
        },
    ];
    let data = data.clone();
    faults.into_iter().map(move |fault| {
        let mut wrong = data.clone();
        fault(&mut wrong);
        wrong
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::people::People;

    #[test]
    fn a_claim_is_found_however_it_is_written() {
        let people = People::new(1).unwrap();
        let person = people.person(0).unwrap();
        let values = spellings(person);
        let found = |text: &str| {
            let text = text.to_lowercase();
            holds_snils(&text) || values.iter().any(|value| holds(&text, value))
        };
        let number = person.snils.clone().unwrap();
        let surname = &person.surname;
        for text in [
            surname.clone(),
            surname.to_uppercase(),
            surname.escape_unicode().to_string(),
            hex::encode(surname),
            format!("{:?}", surname.as_bytes()),
            STANDARD_NO_PAD.encode(format!("a name is {surname}.")),
            STANDARD_NO_PAD.encode(format!("name is {surname}.")),
            STANDARD_NO_PAD.encode(format!("the name is {surname}.")),
            "Евстафер".into(),
            format!("snils={number}"),
            "number 730519, series".into(),
            "born 19.08.1957".into(),
            "mail to kill-1@ispytatelsk.example".into(),
        ] {
            assert!(found(&text), "{text}");
        }
        // Of anybody, not of these people alone.
        let other = snils(54_321);
        let [a, b, c, check] = [0..3, 3..6, 6..9, 9..11].map(|part| &other[part]);
        for text in [
            format!("snils={other}."),
            format!("{a}-{b}-{c} {check}"),
            format!("({a}-{b}-{c}-{check})"),
            format!("{a} {b} {c} {check}\n"),
        ] {
            assert!(holds_snils(&text), "{text}");
        }
        for text in [
            format!("{other}0"),
            format!("a{other}"),
            format!("{a}-{b}-{c}  {check}"),
            format!("{a}{b}{c}{:02}", (check.parse::<u32>().unwrap() + 1) % 100),
        ] {
            assert!(!holds_snils(&text), "{text}");
        }
        for text in [
            "a7305190",
            "digest 00050000000f1",
            "2026-11-21T10:00:00Z INFO answered",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
