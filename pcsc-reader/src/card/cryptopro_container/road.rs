//! The road to certificates in CryptoPro containers.

use std::sync::Arc;

use sig_core::cms::build::ToBeSigned;
use sig_core::der::oid::Oid;
use sig_core::der::oids;

use super::layout::{FileState, Found, Layout};
use super::{ContainerHeader, ContainerKey, KeyBinding, container_name};
use crate::apdu::Channel;
use crate::card::contents::{
    Application, CardCertificate, CardContents, CardFact, CardKey, CardNote, CardRoad, Progress,
};
use crate::card::setting::settings;
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;
use crate::secret::PinUse;

/// Name of the road.
const NAME: &str = "cryptopro";

/// Containers of CryptoPro CSP on a token.
#[derive(Debug)]
struct Containers {
    layout: Layout,
}

/// The road of a table of a profile.
///
/// # Errors
/// What is wrong with the table.
pub(in crate::card) fn from_table(table: toml::Table) -> Result<Arc<dyn CardRoad>, String> {
    let layout = settings(table)?;
    Ok(Arc::new(Containers { layout }))
}

impl CardRoad for Containers {
    fn name(&self) -> &'static str {
        NAME
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let Some(found) = self.layout.containers(channel, progress)? else {
            return Ok(false);
        };
        for container in &found {
            add(container, contents);
        }
        Ok(true)
    }

    /// Keys of containers are never used: to sign with one, its masks and primary would have to be read.
    fn sign(
        &self,
        _: &mut Channel<'_>,
        _: &CardKey,
        _: Option<PinUse<'_>>,
        _: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        Err(CardError::new(CardErrorKind::Unsupported))
    }
}

fn note(code: &'static str, about: Option<String>, text: Text) -> CardNote {
    CardNote { code, about, text }
}

/// Adds a container: its name, and what its header says.
fn add(found: &Found, contents: &mut CardContents) {
    let place = hex::encode(&found.place);
    let written = match &found.name {
        FileState::Read(octets) => container_name(octets).ok(),
        _ => None,
    };
    let header = match &found.header {
        FileState::Read(octets) => ContainerHeader::from_der(octets).ok(),
        _ => None,
    };
    let in_header = header.as_ref().and_then(|header| header.name.clone());
    let name = written.or(in_header).unwrap_or_else(|| place.clone());
    contents.applications.push(Application {
        road: NAME,
        name: name.clone(),
        place: found.place.clone(),
    });
    let mut tell = |code, text| contents.notes.push(note(code, Some(name.clone()), text));
    match (&found.header, header) {
        (FileState::Closed, _) => tell(
            "cryptopro.header.pin-required",
            Text {
                ru: "сертификат контейнера откроется только после ввода ПИН-кода: экспортируйте его программой токена",
                en: "the certificate of the container opens only after the PIN: export it with the token's own program",
            },
        ),
        (FileState::Missing, _) => tell(
            "cryptopro.header.missing",
            Text {
                ru: "в контейнере нет заголовка",
                en: "the container has no header",
            },
        ),
        (_, None) => tell(
            "cryptopro.header.unreadable",
            Text {
                ru: "заголовок контейнера не читается",
                en: "the header of the container cannot be read",
            },
        ),
        (_, Some(header)) => add_header(&header, &name, &place, contents),
    }
}

fn add_header(header: &ContainerHeader, name: &str, place: &str, contents: &mut CardContents) {
    let mut tell = |code, text| contents.notes.push(note(code, Some(name.to_owned()), text));
    if header.is_scanned {
        tell(
            "cryptopro.header.scanned",
            Text {
                ru: "заголовок контейнера необычен: в нём найдены только сертификаты",
                en: "the header of the container is unusual: only certificates were found in it",
            },
        );
    }
    if header.is_whole == Some(false) {
        tell(
            "cryptopro.header.checksum",
            Text {
                ru: "контрольная сумма заголовка контейнера не сошлась: контейнер мог быть повреждён",
                en: "the checksum of the container's header is another: the container may be damaged",
            },
        );
    }
    if header.is_key_absent {
        tell(
            "cryptopro.key.absent",
            Text {
                ru: "в контейнере нет закрытого ключа",
                en: "the container holds no private key",
            },
        );
    }
    let mut certificates = Vec::new();
    let mut has_certificate = false;
    for (number, key) in header.keys() {
        add_key_facts(number, key, name, &mut contents.facts);
        let Some(certificate) = &key.certificate else {
            continue;
        };
        has_certificate = true;
        if certificate.binding == KeyBinding::Contradicts {
            tell(
                "cryptopro.certificate.other-key",
                Text {
                    ru: "сертификат в контейнере не от ключа этого контейнера: он не показан",
                    en: "the certificate in the container is not that of its key: it is left out",
                },
            );
            continue;
        }
        certificates.push(CardCertificate {
            id: format!("{NAME}:{place}.{number}"),
            label: Some(name.to_owned()),
            octets: certificate.octets.clone(),
            key: None,
        });
    }
    if !has_certificate {
        tell(
            "cryptopro.certificate.missing",
            Text {
                ru: "в контейнере нет сертификата",
                en: "the container holds no certificate",
            },
        );
    }
    contents.certificates.extend(certificates);
    let times = [
        (
            "container_key_not_before",
            "Ключ контейнера действует с",
            "Key of the container is in use from",
            header.not_before,
        ),
        (
            "container_key_not_after",
            "Ключ контейнера действует до",
            "Key of the container is in use until",
            header.not_after,
        ),
    ];
    for (key, ru, en, time) in times {
        if let Some(time) = time {
            contents
                .facts
                .push(fact(key, Text { ru, en }, format!("{name}: {time}")));
        }
    }
}

fn add_key_facts(number: u8, key: &ContainerKey, name: &str, facts: &mut Vec<CardFact>) {
    let about = match number {
        1 => name.to_owned(),
        number => format!("{name}, {number}"),
    };
    if let Some(algorithm) = &key.algorithm {
        let text = Text {
            ru: "Алгоритм ключа контейнера",
            en: "Algorithm of the container's key",
        };
        let set = key.parameter_set.as_ref().map(shown);
        let set = set.map_or_else(String::new, |set| format!(", {set}"));
        let value = format!("{about}: {}{set}", shown(algorithm));
        facts.push(fact("container_key_algorithm", text, value));
    }
    if let Some(is_exportable) = key.is_exportable {
        let text = if is_exportable {
            Text {
                ru: "Ключ контейнера можно скопировать",
                en: "Key of the container may be copied",
            }
        } else {
            Text {
                ru: "Ключ контейнера нельзя скопировать средствами CSP",
                en: "Key of the container may not be copied by the CSP",
            }
        };
        facts.push(fact("container_key_exportable", text, about));
    }
}

/// Keys of containers are named as keys of key agreement, with parameter sets for it; a person reads the names that keys
/// of signatures have.
const SHOWN: [(Oid, &str); 5] = [
    (Oid::new(&[1, 2, 643, 7, 1, 1, 6, 1]), "gost2012-256"),
    (Oid::new(&[1, 2, 643, 7, 1, 1, 6, 2]), "gost2012-512"),
    (Oid::new(&[1, 2, 643, 2, 2, 98]), "gost2001"),
    (Oid::new(&[1, 2, 643, 2, 2, 36, 0]), "xcha"),
    (Oid::new(&[1, 2, 643, 2, 2, 36, 1]), "xchb"),
];

fn shown(oid: &Oid) -> String {
    let known = SHOWN.iter().find(|(known, _)| known == oid);
    known.map_or_else(|| oids::name(oid), |(_, name)| (*name).to_owned())
}

fn fact(key: &'static str, name: Text, value: String) -> CardFact {
    CardFact {
        key,
        name,
        value,
        is_assumed: false,
    }
}
