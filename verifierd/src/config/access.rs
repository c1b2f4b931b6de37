//! Who may call: `[tls]` and `[[callers]]`.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::file::Faults;
use crate::{
    domain::caller::Role,
    listen::{
        callers::{Callers, Mark},
        tls::TlsFiles,
    },
};

/// Callers that may be named.
const MOST: usize = 1000;

/// Who may call.
#[derive(Clone, Debug)]
pub enum Access {
    /// Every program of this machine, without TLS.
    Local,
    /// Whoever shows a certificate that is named.
    Tls {
        /// Where the certificates are.
        files: TlsFiles,
        /// Who has which.
        callers: Callers,
    },
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TlsSection {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    clients: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CallerSection {
    name: String,
    role: String,
    subject: Option<String>,
    fingerprint: Option<String>,
}

/// Reads both sections; what is wrong is added to `faults`.
pub(super) fn read(
    listen: SocketAddr,
    tls: Option<TlsSection>,
    callers: Vec<CallerSection>,
    faults: &mut Faults<'_>,
) -> Access {
    let Some(tls) = tls else {
        if !listen.ip().is_loopback() {
            faults.add(
                "listen",
                &format!(
                    "{listen} is reachable from other machines, and without [tls] callers are not authenticated; give [tls] \
                     and [[callers]], or a loopback address such as 127.0.0.1:50051"
                ),
                "по этому адресу доступно с других машин, а без [tls] вызывающих не различить; укажите [tls] и [[callers]] или \
                 адрес этой машины, например 127.0.0.1:50051",
            );
        }
        if !callers.is_empty() {
            faults.add(
                "callers",
                "nobody can be told from others without [tls]; give it, or leave callers out",
                "без [tls] вызывающих не различить; укажите его или уберите callers",
            );
        }
        return Access::Local;
    };
    let files = match (tls.certificate, tls.key, tls.clients) {
        (Some(certificate), Some(key), Some(clients)) => TlsFiles {
            certificate,
            key,
            clients,
        },
        _ => {
            faults.add(
                "tls",
                "give all of certificate, key and clients",
                "укажите certificate, key и clients",
            );
            return Access::Local;
        }
    };
    if callers.is_empty() {
        faults.add(
            "callers",
            "with [tls] only those that are named may call; name one with [[callers]]",
            "с [tls] обращаться могут только внесённые; внесите хотя бы одного: [[callers]]",
        );
    }
    if callers.len() > MOST {
        faults.add(
            "callers",
            &format!("{} are more than {MOST}", callers.len()),
            &format!("{} больше предела {MOST}", callers.len()),
        );
        return Access::Local;
    }
    let mut known: Vec<Named> = Vec::new();
    for (number, caller) in callers.into_iter().enumerate() {
        let key = format!("callers[{number}]");
        match read_caller(caller) {
            Ok(caller) => match clash(&known, &caller) {
                None => known.push(caller),
                Some((en, ru)) => faults.add(&key, en, ru),
            },
            Err((field, en, ru)) => faults.add(&format!("{key}{field}"), &en, ru),
        }
    }
    let callers = Callers::new(known);
    Access::Tls { files, callers }
}

type Misfit = (&'static str, String, &'static str);

fn read_caller(caller: CallerSection) -> Result<Named, Misfit> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if !(1..=64).contains(&caller.name.len()) || !caller.name.bytes().all(allowed) {
        return Err((
            ".name",
            "give 1 to 64 of A-Z a-z 0-9 . _ -".to_owned(),
            "укажите от 1 до 64 знаков A-Z a-z 0-9 . _ -",
        ));
    }
    let role = Role::from_code(&caller.role).ok_or_else(|| {
        let roles: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        let roles = format!("give one of {}", roles.join(", "));
        (".role", roles, "укажите одну из этих ролей")
    })?;
    let mark = match (caller.subject, caller.fingerprint) {
        (Some(subject), None) if !subject.is_empty() => Mark::Subject(subject),
        (None, Some(fingerprint)) => {
            Mark::Fingerprint(read_fingerprint(&fingerprint).ok_or_else(|| {
                (
                    ".fingerprint",
                    "give the SHA-256 of the certificate, 64 hexadecimal digits; colons may stand between them".to_owned(),
                    "укажите SHA-256 сертификата: 64 шестнадцатеричные цифры, между ними могут стоять двоеточия",
                )
            })?)
        }
        _ => {
            return Err((
                "",
                "give subject (RFC 4514, as `verifierd inspect` shows it) or fingerprint".to_owned(),
                "укажите subject (RFC 4514, как его показывает `verifierd inspect`) или fingerprint",
            ));
        }
    };
    Ok((mark, caller.name, role))
}

/// As `openssl x509 -fingerprint -sha256` prints it, or without the colons.
fn read_fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits = match text.len() {
        95 if text.bytes().skip(2).step_by(3).all(|b| b == b':') => text.replace(':', ""),
        _ => text.to_owned(),
    };
    let mut fingerprint = [0; 32];
    hex::decode_to_slice(digits, &mut fingerprint).ok()?;
    Some(fingerprint)
}

type Named = (Mark, String, Role);

/// What a caller has that another has already.
fn clash(known: &[Named], (mark, name, _): &Named) -> Option<(&'static str, &'static str)> {
    if known.iter().any(|(_, known, _)| known == name) {
        return Some((
            "another caller has the same name; give each its own",
            "такое имя уже есть; дайте каждому своё",
        ));
    }
    known.iter().any(|(known, ..)| known == mark).then_some((
        "another caller has the same certificate; give each its own",
        "такой сертификат уже внесён; у каждого должен быть свой",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const TLS: &str = "[tls]\ncertificate = 'c'\nkey = 'k'\nclients = 'a'\n";
    const FINGERPRINT: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

    fn parse(listen: &str, text: &str) -> Result<Access, Vec<String>> {
        let config = Config::parse(text, listen.parse().ok());
        config.map(|config| config.access).map_err(|error| error.0)
    }

    fn caller(fields: &str) -> String {
        format!("{TLS}[[callers]]\nname = 'portal'\nrole = 'portal'\n{fields}\n")
    }

    #[test]
    fn without_tls_only_this_machine_is_listened_to() {
        for local in ["127.0.0.1:1", "[::1]:1"] {
            assert!(matches!(parse(local, ""), Ok(Access::Local)));
        }
        for open in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1"] {
            assert!(
                parse(open, "").unwrap_err()[0].contains("listen:"),
                "{open}"
            );
        }
        let callers = "[[callers]]\nname = 'a'\nrole = 'desk'\nsubject = 'CN=a'";
        let faults = parse("127.0.0.1:1", callers).unwrap_err();
        assert!(faults[0].contains("callers: nobody"), "{faults:?}");
    }

    #[test]
    fn with_tls_every_address_is_listened_to_and_callers_are_named() {
        let colons: Vec<_> = (0..32).map(|at| &FINGERPRINT[2 * at..2 * at + 2]).collect();
        for mark in [
            "subject = 'CN=portal,C=RU'".to_owned(),
            format!("fingerprint = '{FINGERPRINT}'"),
            format!("fingerprint = '{}'", colons.join(":")),
        ] {
            let access = parse("0.0.0.0:1", &caller(&mark)).unwrap();
            let Access::Tls { files, callers } = access else {
                panic!("{mark}");
            };
            assert_eq!((files.key, callers.len()), ("k".into(), 1));
        }
    }

    #[test]
    fn every_fault_of_a_caller_is_told() {
        let twice = |second: &str| {
            let first = caller("subject = 'CN=a'");
            format!("{first}[[callers]]\nrole = 'desk'\n{second}")
        };
        let table = [
            (TLS.to_owned(), "callers: with [tls]"),
            ("[tls]\nkey = 'k'".to_owned(), "tls: give all"),
            (caller(""), "callers[0]: give subject"),
            (caller("subject = ''"), "callers[0]: give subject"),
            (
                caller("subject = 'CN=a'\nfingerprint = '00'"),
                "callers[0]: give subject",
            ),
            (caller("fingerprint = '00'"), "callers[0].fingerprint:"),
            (twice("name = 'b c'\nsubject = 'CN=b'"), "callers[1].name:"),
            (
                twice("name = 'b'\nsubject = 'CN=a'"),
                "callers[1]: another caller has the same certificate",
            ),
            (
                twice("name = 'portal'\nsubject = 'CN=b'"),
                "callers[1]: another caller has the same name",
            ),
            (
                caller("subject = 'CN=a'").replace("role = 'portal'", "role = 'root'"),
                "callers[0].role: give one of portal, desk",
            ),
        ];
        for (text, fault) in table {
            let faults = parse("0.0.0.0:1", &text).unwrap_err();
            assert_eq!(faults.len(), 1, "{text}");
            assert!(faults[0].contains(fault), "{faults:?}");
        }
    }
}
