//! JaCarta PKI, read by its own commands: certificates lie open in files of attributes.

mod attributes;

use serde::Deserialize;
use sig_core::cms::build::ToBeSigned;
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits};

use self::attributes::Attributes;
use super::contents::{
    Application, CardCertificate, CardContents, CardKey, CardNote, CardPin, CardRoad, Progress,
};
use super::iso7816::{self, FileControl};
use super::setting::{FilePath, HexAid, HexPair, settings};
use crate::apdu::{Channel, CommandApdu, MOST_OBJECTS, StatusWord, Tag, Tlv, refused};
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;
use crate::secret::PinUse;

/// Name of the road, and the beginning of the identifiers of what is found on it.
const NAME: &str = "jacarta";

/// Largest file that is read.
const MOST_OCTETS: usize = 16 * 1024;

/// What is common to the identifiers of files of one sort.
const SORT: u16 = 0x7F00;

/// The road; its data is in the profile.
#[derive(Debug)]
pub(super) struct JacartaPki {
    table: Table,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    aid: HexAid,
    /// P1 and P2 of the command that tells the serial number.
    serial: HexPair,
    /// Path of the directory with public objects, with `3F00`.
    directory: FilePath,
    /// Identifiers of certificate files, without the bit and the octet that number them.
    certificates: Vec<u16>,
    /// Reference of the owner's PIN, where the card may be asked for its tries.
    user_pin: Option<u8>,
}

impl JacartaPki {
    /// The road that a table of a profile describes.
    ///
    /// # Errors
    /// What is wrong with the table.
    pub(super) fn from_table(table: toml::Table) -> Result<Self, String> {
        let table: Table = settings(table)?;
        if !table.directory.as_bytes().starts_with(&[0x3F, 0x00]) {
            return Err("`directory` begins with 3F00".to_owned());
        }
        // The other sorts are keys and data.
        let is_sort = |sort: &u16| matches!(sort, 0x0400 | 0x0500);
        if table.certificates.is_empty() || !table.certificates.iter().all(is_sort) {
            return Err("`certificates` are 0x0400 and 0x0500".to_owned());
        }
        Ok(JacartaPki { table })
    }

    /// The identifiers of certificate files in the selected directory: `80 30 01 00` gives `D1 count` and one `D2` a
    /// file.
    fn certificate_files(&self, channel: &mut Channel<'_>) -> Result<Vec<u16>, CardError> {
        let list = CommandApdu::new([0x80, 0x30, 0x01, 0x00]).expecting(CommandApdu::ALL);
        let answer = channel.require(&list)?;
        let malformed = |_| CardError::new(CardErrorKind::Malformed).with_instruction(0x30);
        let objects = Tlv::all(&answer).map_err(malformed)?;
        let files = objects.iter().filter(|object| object.tag == Tag(0xD2));
        let identifiers = files.filter_map(|file| file.value.first_chunk::<2>());
        Ok(identifiers
            .map(|octets| u16::from_be_bytes(*octets))
            .filter(|identifier| self.table.certificates.contains(&(identifier & SORT)))
            .take(MOST_OBJECTS)
            .collect())
    }

    /// A certificate, or the note that says why there is none.
    fn certificate(
        &self,
        channel: &mut Channel<'_>,
        identifier: u16,
    ) -> Result<Result<CardCertificate, CardNote>, CardError> {
        let id = format!("{NAME}:{identifier:04x}");
        let note = |code, text| {
            Err(CardNote {
                code,
                about: Some(id.clone()),
                text,
            })
        };
        let path = [self.table.directory.as_bytes(), &identifier.to_be_bytes()].concat();
        let octets = match read(channel, &path) {
            Ok(Some(octets)) => octets,
            Ok(None) => return Ok(note("jacarta.certificate.unreadable", UNREADABLE)),
            Err(error) => match error.kind {
                CardErrorKind::PinRequired => {
                    return Ok(note("jacarta.certificate.protected", PROTECTED));
                }
                CardErrorKind::Refused | CardErrorKind::Malformed => {
                    return Ok(note("jacarta.certificate.unreadable", UNREADABLE));
                }
                _ => return Err(error),
            },
        };
        let Some(attributes) = Attributes::read(&octets) else {
            return Ok(note("jacarta.certificate.unreadable", UNREADABLE));
        };
        if !attributes.is_whole(&octets) {
            return Ok(note("jacarta.certificate.damaged", DAMAGED));
        }
        let value = attributes.value(attributes::VALUE).unwrap_or_default();
        let mut budget = Budget::new(Limits::STANDARD);
        if Certificate::from_der(&Octets::from(value), &mut budget).is_err() {
            return Ok(note("jacarta.certificate.unreadable", UNREADABLE));
        }
        Ok(Ok(CardCertificate {
            id,
            label: attributes.label(),
            octets: value.to_vec(),
            key: None,
        }))
    }
}

impl CardRoad for JacartaPki {
    fn name(&self) -> &'static str {
        NAME
    }

    /// # Limits
    /// 256 files of 16 KiB.
    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        // The answer has no data, yet the token wants Le.
        let select = CommandApdu::new([0x00, 0xA4, 0x04, 0x0C])
            .with_data(self.table.aid.0.as_bytes())
            .expecting(CommandApdu::ALL);
        let response = channel.send(&select)?;
        match response.status {
            StatusWord::SUCCESS => {}
            status if iso7816::lacks_application(status) => return Ok(false),
            status => return Err(refused(&select, status)),
        }
        contents.applications.push(Application {
            road: NAME,
            name: "JaCarta PKI".to_owned(),
            place: self.table.aid.0.as_bytes().to_vec(),
        });
        let HexPair([p1, p2]) = self.table.serial;
        let serial = CommandApdu::new([0x80, 0xCB, p1, p2]).expecting(CommandApdu::ALL);
        let response = channel.send(&serial)?;
        if response.status == StatusWord::SUCCESS && (1..=32).contains(&response.data.len()) {
            contents.serial = Some(response.data);
        }
        if let Some(reference) = self.table.user_pin {
            contents.pins.push(CardPin {
                id: format!("{NAME}:{reference:02x}"),
                label: "User PIN".to_owned(),
                state: iso7816::pin_state(channel, reference)?,
            });
        }
        if selected(channel, self.table.directory.as_bytes())?.is_none() {
            return Ok(true);
        }
        let files = self.certificate_files(channel)?;
        for (done, identifier) in files.iter().enumerate() {
            let what = Text {
                ru: "сертификаты",
                en: "certificates",
            };
            progress.step(what, done, files.len());
            match self.certificate(channel, *identifier)? {
                Ok(certificate) => contents.certificates.push(certificate),
                Err(note) => contents.notes.push(note),
            }
        }
        Ok(true)
    }

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

const UNREADABLE: Text = Text {
    ru: "файл сертификата не читается",
    en: "the file of a certificate cannot be read",
};

const PROTECTED: Text = Text {
    ru: "сертификат откроется только после ввода ПИН-кода",
    en: "a certificate opens only after the PIN",
};

const DAMAGED: Text = Text {
    ru: "файл сертификата повреждён: контрольная сумма не сходится",
    en: "the file of a certificate is damaged: its checksum is another",
};

/// Selects by path from the master file, `3F00` included: with P2 0C this token does answer.
fn selected(channel: &mut Channel<'_>, path: &[u8]) -> Result<Option<FileControl>, CardError> {
    let command = CommandApdu::new([0x80, 0xA4, 0x08, 0x0C])
        .with_data(path)
        .expecting(CommandApdu::ALL);
    let response = channel.send(&command)?;
    match response.status {
        StatusWord::SUCCESS => Ok(Some(FileControl::read(&response.data))),
        StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

/// A whole file; none when it is not there or tells no size.
fn read(channel: &mut Channel<'_>, path: &[u8]) -> Result<Option<Vec<u8>>, CardError> {
    let Some(control) = selected(channel, path)? else {
        return Ok(None);
    };
    match control.size {
        Some(size) if size <= MOST_OCTETS => {
            let octets = iso7816::read_binary(channel, 0, Some(size))?;
            Ok((octets.len() == size).then_some(octets))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
