//! What a daemon may have signed: an application to confirm the account that was asked for, and nothing else.

use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::failure::Failure;

/// Most octets of an application: more cannot be read before a PIN is typed.
const MOST_OCTETS: usize = 16 * 1024;

/// Value of `schema`; challenges and attestations have others.
const SCHEMA: &str = "qes.application/1";

/// What an application asks for, before the account.
const STATEMENT: &str = "Прошу подтвердить учётную запись ";

/// The members of an application, in the order of RFC 8785 §3.2.3.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Content {
    account_id: String,
    applicant: Applicant,
    application_id: String,
    audience: String,
    challenge: String,
    channel: String,
    expires_at: String,
    issued_at: String,
    schema: String,
    statement: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Applicant {
    birth_date: String,
    given_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patronymic: Option<String>,
    snils: String,
    surname: String,
}

/// Refuses octets that are not the application of this account: whoever answers for the daemon would have a challenge, an
/// attestation or any other text signed in its place. The text is canonical (RFC 8785), so that what is read is what is
/// meant: no member twice, no letter written as a number.
pub(crate) fn check(octets: &[u8], account: &str, application: &str) -> Result<(), Failure> {
    let is_short = octets.len() <= MOST_OCTETS;
    let content = is_short.then(|| serde_json::from_slice::<Content>(octets).ok());
    let is_it = content.flatten().is_some_and(|content| {
        let is_canonical = serde_json::to_vec(&content).is_ok_and(|written| written == octets);
        is_canonical
            && content.schema == SCHEMA
            && content.account_id == account
            && content.application_id == application
            && content.statement.strip_prefix(STATEMENT) == Some(account)
    });
    if is_it {
        return Ok(());
    }
    Err(Failure::told(
        Exit::Refused,
        "desk.application.foreign",
        [
            format!(
                "Служба прислала на подпись не заявление о подтверждении учётной записи {account}"
            ),
            format!(
                "What the daemon wants signed is no application to confirm the account {account}"
            ),
        ],
        [
            "Ничего не подписано. Проверьте адрес службы.",
            "Nothing was signed. Check the address of the daemon.",
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2345-7890-abcd-ef0123456789";

    /// Specification of accounts, section 4.
    fn issued() -> String {
        concat!(
            r#"{"account_id":"acc-1","applicant":{"birth_date":"1980-01-31","given_name":"Анна","#,
            r#""patronymic":"Петровна","snils":"11223344595","surname":"Семёнова"},"#,
            r#""application_id":"0192f0c1-2345-7890-abcd-ef0123456789","audience":"test.instance","#,
            r#""challenge":"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s","channel":"OWN_SIGNATURE","#,
            r#""expires_at":"2026-11-18T12:06:40Z","issued_at":"2026-11-18T11:06:40Z","#,
            r#""schema":"qes.application/1","statement":"Прошу подтвердить учётную запись acc-1"}"#
        )
        .to_owned()
    }

    fn code(text: &str) -> Option<&'static str> {
        match check(text.as_bytes(), "acc-1", ID) {
            Ok(()) => None,
            Err(Failure::Told(told)) => Some(told.code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_application_of_the_account_is_signed() {
        assert_eq!(code(&issued()), None);
        let without = issued().replace(r#""patronymic":"Петровна","#, "");
        assert_eq!(code(&without), None);
    }

    #[test]
    fn nothing_else_that_a_daemon_sends_is_signed() {
        let foreign = Some("desk.application.foreign");
        for (from, to) in [
            ("qes.application/1", "qes.challenge/1"),
            (r#""account_id":"acc-1""#, r#""account_id":"acc-2""#),
            ("запись acc-1", "запись acc-2"),
            ("Прошу подтвердить", "Прошу передать"),
            ("ef0123456789", "ef0123456780"),
            (r#""audience""#, r#""attested_by":"x","audience""#),
            (r#""audience":"test.instance","#, ""),
            (
                r#""account_id":"acc-1","#,
                r#""account_id":"acc-2","account_id":"acc-1","#,
            ),
            ("Анна", "\\u0410нна"),
            (r#""Петровна""#, "null"),
            (r#","audience""#, r#", "audience""#),
        ] {
            let changed = issued().replacen(from, to, 1);
            assert_ne!(changed, issued());
            assert_eq!(code(&changed), foreign, "{to}");
        }
        for text in ["", "{}", "Я передаю своё имущество.", &"[".repeat(1 << 20)]
        {
            assert_eq!(code(text), foreign);
        }
        let long = issued().replace("Анна", &"А".repeat(MOST_OCTETS / 2));
        assert_eq!(code(&long), foreign);
    }
}
