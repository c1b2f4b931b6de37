//! Nothing that a daemon says of itself holds a claim: logs, standard output and error texts of the whole run.

use std::fs;
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use proto::v1::{self, PersonalData};
use testdata::Person;

use super::World;
use super::claim::Figure;
use super::client::Client;
use super::people::personal_data;

/// Is refused in every way that echoes what was sent, then searches.
pub async fn claim(world: &Arc<World>) -> Result<Figure> {
    let refusals = provoke(world).await?;
    let mut values = Vec::new();
    for number in 0..world.people.count() {
        values.extend(spellings(world.people.person(number)?));
    }
    values.sort();
    values.dedup();
    let mut octets = 0;
    let mut texts = vec![("error texts".to_owned(), world.said.text())];
    for log in world.logs()? {
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        texts.push((log.display().to_string(), text));
    }
    for (place, text) in &texts {
        octets += text.len();
        let text = text.to_lowercase();
        if let Some(value) = values.iter().find(|value| holds(&text, value)) {
            // Neither the value nor its line: this is printed.
            bail!(
                "{place}: a claim of {} characters is there",
                value.chars().count()
            );
        }
        ensure!(!holds_snils(&text), "{place}: a SNILS is there");
    }
    Ok(Figure(format!(
        "{} values in {} texts of {octets} octets, {refusals} refusals provoked: none found",
        values.len(),
        texts.len()
    )))
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
    let mut all = Vec::new();
    for value in values.iter().filter(|value| !value.is_empty()) {
        let plain = value.to_lowercase();
        all.push(plain.replace('ё', "е"));
        // As a log writes what it does not print, and as octets are written.
        for value in [value.clone(), value.to_uppercase(), plain.clone()] {
            all.push(value.escape_unicode().to_string().to_lowercase());
            all.push(hex::encode(&value));
        }
        all.push(plain);
    }
    all
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

/// Whether a text holds a SNILS of the range that the run takes them from.
fn holds_snils(text: &str) -> bool {
    let is_alone = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices("0005").any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let rest = text.get(at..).unwrap_or_default();
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let next = rest.chars().nth(number.len());
        number.len() == 11 && is_alone(before) && is_alone(next)
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
        phone: "+79995550".into(),
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
        let snils = person.snils.clone().unwrap();
        let grouped = format!(
            "{}-{}-{} {}",
            &snils[..3],
            &snils[3..6],
            &snils[6..9],
            &snils[9..]
        );
        let surname = &person.surname;
        for text in [
            surname.clone(),
            surname.to_uppercase(),
            surname.escape_unicode().to_string(),
            hex::encode(surname),
            "Евстафер".into(),
            format!("snils={snils}"),
            grouped,
            "number 730519, series".into(),
            "born 19.08.1957".into(),
            "mail to kill-1@ispytatelsk.example".into(),
        ] {
            assert!(found(&text), "{text}");
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
