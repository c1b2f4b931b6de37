//! Cards with a directory of their keys, certificates and PINs: PKCS #15, ISO/IEC 7816-15.

mod application;
mod directory;
mod files;
mod object;
mod pin;
mod settings;
mod sign;

use sig_core::cms::build::ToBeSigned;

use self::application::Found;
use self::directory::{CardInfo, Class, Directory, PrivateKey, Source, read_entry};
use self::files::Files;
use self::object::{Path, entries};
use self::pin::PinObject;
use self::settings::Settings;
use super::contents::{
    Application, CardCertificate, CardContents, CardFact, CardKey, CardNote, CardPin, CardRoad,
    Progress,
};
use super::iso7816::{PinState, pin_state, verify_in_act};
use crate::apdu::{Channel, CommandApdu, MOST_OBJECTS, Tlv};
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;
use crate::secret::PinUse;

/// Name of the road, and the beginning of the identifiers of what is found on it.
const NAME: &str = "pkcs15";

/// The road to a card with PKCS #15.
#[derive(Debug)]
pub(super) struct Pkcs15 {
    settings: Settings,
}

impl Pkcs15 {
    /// The road that a table of a profile describes.
    ///
    /// # Errors
    /// What is wrong with the table.
    pub(super) fn from_table(table: toml::Table) -> Result<Self, String> {
        let settings = Settings::from_table(table)?;
        Ok(Pkcs15 { settings })
    }
}

impl CardRoad for Pkcs15 {
    fn name(&self) -> &'static str {
        NAME
    }

    /// # Limits
    /// 8 applications, 256 objects of each, 64 KiB an object, 1 MiB and 16 384 exchanges in all.
    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let mut files = Files::new(channel, self.settings.file_ids);
        let mut is_known = false;
        for (number, application) in application::find(&mut files, &self.settings)?
            .iter()
            .enumerate()
        {
            let mut reading = Reading {
                settings: &self.settings,
                files: &mut files,
                application,
                prefix: prefix(number),
                contents,
                progress,
            };
            is_known |= reading.run()?;
        }
        Ok(is_known)
    }

    fn sign(
        &self,
        channel: &mut Channel<'_>,
        key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        let mut files = Files::new(channel, self.settings.file_ids);
        let applications = application::find(&mut files, &self.settings)?;
        let no_key = || CardError::new(CardErrorKind::NoKey);
        let (number, application) = applications
            .iter()
            .enumerate()
            .find(|(_, application)| application.place.octets() == key.path)
            .ok_or_else(no_key)?;
        let wanted = [Class::PrivateKeys, Class::Authentication];
        let found = load(&mut files, application, &wanted, &mut ())?.ok_or_else(no_key)?;
        let own = found.keys.iter().find(|own| own.id == key.reference);
        let own = own.filter(|own| own.signs).ok_or_else(no_key)?;
        // What can be refused is refused before a PIN is sent.
        let unsupported = || CardError::new(CardErrorKind::Unsupported);
        let signing = self.settings.signing(own.kind).ok_or_else(unsupported)?;
        let data = sign::input(own, signing, &input)?;
        let algorithm = match own.algorithms.is_empty() {
            true => None,
            false => {
                read_card_info(&mut files, application)?.algorithm(own, signing.mechanism(own.kind))
            }
        };
        let algorithm = algorithm.or(signing.algorithm);
        let pin_id = own.auth_id.as_ref().map(|id| name(&prefix(number), id));
        if pin_id != key.pin {
            // Not the key that the person was asked about.
            return Err(no_key());
        }
        if let Some(id) = &own.auth_id {
            let pin = pin.ok_or(CardError::new(CardErrorKind::PinRequired))?;
            let object = found.pins.iter().find(|object| object.auth_id == *id);
            let object = object.filter(|object| object.is_of_user);
            self.verify(
                &mut files,
                application,
                object.ok_or_else(unsupported)?,
                pin,
            )?;
        }
        let file = select_key(&mut files, application, &own.path)?;
        let references = sign::References {
            algorithm,
            file: file.filter(|_| signing.file_reference),
            key: own.reference,
        };
        sign::sign(files.channel, signing, &references, data)
    }
}

impl Pkcs15 {
    fn verify(
        &self,
        files: &mut Files<'_, '_>,
        application: &Found,
        object: &PinObject,
        pin: PinUse<'_>,
    ) -> Result<(), CardError> {
        let encoding = object.encoding_of(pin.pin)?;
        let path = object.path.clone().unwrap_or_default();
        if files.select(&application.place, &path)?.is_none() {
            return Err(malformed());
        }
        if let Some(header) = self.settings.logout {
            files.channel.send(&CommandApdu::new(header))?;
        }
        let safe_query = self.settings.safe_query;
        verify_in_act(files.channel, object.reference, pin, encoding, safe_query)
    }
}

/// Selects the file of a key, else its directory; gives the identifier of the file.
fn select_key(
    files: &mut Files<'_, '_>,
    application: &Found,
    path: &Path,
) -> Result<Option<[u8; 2]>, CardError> {
    let file = path.octets.last_chunk::<2>().copied();
    if files.select(&application.place, path)?.is_some() {
        return Ok(file);
    }
    // Some cards keep keys outside their files and name only the directory for them.
    let directory = Path {
        octets: match path.octets.split_last_chunk::<2>() {
            Some((directory, _)) => directory.to_vec(),
            None => Vec::new(),
        },
        ..path.clone()
    };
    match files.select(&application.place, &directory)? {
        Some(_) => Ok(file),
        None => Err(CardError::new(CardErrorKind::NoKey)),
    }
}

/// Reads the directory of an application, and of what it leads to the classes that are wanted; none when there is no
/// directory.
fn load(
    files: &mut Files<'_, '_>,
    application: &Found,
    wanted: &[Class],
    progress: &mut dyn Progress,
) -> Result<Option<Directory>, CardError> {
    let read = files.read(&application.place, &application.directory);
    let Some(octets) = ignoring_refusal(read)?.flatten() else {
        return Ok(None);
    };
    let mut directory = Directory::default();
    let (list, is_whole) = entries(&octets);
    directory.is_damaged |= !is_whole;
    let mut sources = Vec::new();
    for entry in &list {
        match read_entry(entry) {
            // A card may name a file twice; what is read once is enough.
            Ok(Some(source)) if wanted.contains(&source.0) && !sources.contains(&source) => {
                sources.push(source);
            }
            Ok(_) => {}
            Err(_) => directory.is_damaged = true,
        }
    }
    if list.is_empty() {
        return Ok(None);
    }
    // Certificates last: a flood of them does not keep the keys from being read.
    sources.sort_by_key(|(class, _)| *class == Class::Certificates);
    for (number, (class, source)) in sources.iter().enumerate() {
        progress.step(READING_DIRECTORY, number, sources.len());
        let octets = match source {
            Source::Here(octets) => Some(octets.clone()),
            Source::File(path) => {
                let read = files.read(&application.place, path);
                ignoring_refusal(read)?.flatten()
            }
        };
        let Some(octets) = octets else {
            directory.is_damaged = true;
            continue;
        };
        let (objects, is_whole) = entries(&octets);
        directory.is_damaged |= !is_whole;
        for object in &objects {
            if directory.len() == MOST_OBJECTS {
                directory.is_damaged = true;
                break;
            }
            directory.add(*class, object);
        }
    }
    Ok(Some(directory))
}

/// What the card says of itself is for people, mostly: without it everything else holds.
fn read_card_info(files: &mut Files<'_, '_>, application: &Found) -> Result<CardInfo, CardError> {
    let read = files.read_object(&application.place, &application.card_info);
    let octets = ignoring_refusal(read)?.flatten();
    let info = octets.map(|octets| CardInfo::read(&octets).unwrap_or_default());
    Ok(info.unwrap_or_default())
}

/// One application that is read.
struct Reading<'r, 'c, 't> {
    settings: &'r Settings,
    files: &'r mut Files<'c, 't>,
    application: &'r Found,
    prefix: String,
    contents: &'r mut CardContents,
    progress: &'r mut dyn Progress,
}

impl Reading<'_, '_, '_> {
    fn run(&mut self) -> Result<bool, CardError> {
        let wanted = [
            Class::PrivateKeys,
            Class::Certificates,
            Class::Authentication,
        ];
        let loaded = load(self.files, self.application, &wanted, self.progress)?;
        let Some(directory) = loaded else {
            return Ok(false);
        };
        let info = read_card_info(self.files, self.application)?;
        let label = self.application.label.clone().or(info.label.clone());
        self.contents.applications.push(Application {
            road: NAME,
            name: label.unwrap_or_else(|| "PKCS #15".to_owned()),
            place: self.application.place.octets(),
        });
        self.add_info(info);
        if directory.is_damaged {
            self.note("pkcs15.directory.damaged", None, DAMAGED_DIRECTORY);
        }
        for pin in &directory.pins {
            self.add_pin(pin)?;
        }
        let total = directory.certificates.len();
        for (number, object) in directory.certificates.iter().enumerate() {
            self.progress.step(READING_CERTIFICATES, number, total);
            let source = &object.source;
            let octets = match self.certificate(source) {
                Ok(octets) => octets,
                Err(error) if is_of_object(&error) => {
                    let (code, text) = match error.kind {
                        CardErrorKind::PinRequired => {
                            ("pkcs15.certificate.protected", PROTECTED_CERTIFICATE)
                        }
                        _ => ("pkcs15.certificate.unreadable", UNREADABLE_CERTIFICATE),
                    };
                    self.note(code, Some(name(&self.prefix, &object.id)), text);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let certificate = CardCertificate {
                id: self.unused_id(&object.id),
                label: object.label.clone(),
                octets,
                key: self.key_of(&object.id, &directory),
            };
            self.contents.certificates.push(certificate);
        }
        self.note_keys(&directory);
        Ok(true)
    }

    fn add_info(&mut self, info: CardInfo) {
        let contents = &mut *self.contents;
        contents.serial = contents.serial.take().or(info.serial);
        contents.label = contents.label.take().or(info.label);
        if let Some(value) = info.manufacturer {
            contents.facts.push(CardFact {
                key: "manufacturer",
                name: MANUFACTURER,
                value,
                is_assumed: false,
            });
        }
    }

    fn add_pin(&mut self, pin: &PinObject) -> Result<(), CardError> {
        let place = &self.application.place;
        let state = match &pin.path {
            _ if !self.settings.safe_query => PinState::Unknown,
            Some(path)
                if ignoring_refusal(self.files.select(place, path))?
                    .flatten()
                    .is_none() =>
            {
                PinState::Unknown
            }
            _ => pin_state(self.files.channel, pin.reference)?,
        };
        let id = name(&self.prefix, &pin.auth_id);
        self.contents.pins.push(CardPin {
            label: pin.label.clone().unwrap_or_else(|| id.clone()),
            id,
            state,
        });
        Ok(())
    }

    fn certificate(&mut self, source: &Source) -> Result<Vec<u8>, CardError> {
        let octets = match source {
            Source::Here(octets) => Some(octets.clone()),
            Source::File(path) => self.files.read_object(&self.application.place, path)?,
        };
        let octets = octets.ok_or_else(malformed)?;
        match Tlv::first(&octets) {
            Ok((object, _)) if object.tag == object::SEQUENCE => Ok(object.octets.to_vec()),
            _ => Err(malformed()),
        }
    }

    /// The key with the identifier of a certificate, when it signs and its PIN is known.
    fn key_of(&self, id: &[u8], directory: &Directory) -> Option<CardKey> {
        let key = directory.keys.iter().find(|key| key.id == id)?;
        let can_sign = key.signs && self.settings.signing(key.kind).is_some();
        (can_sign && has_pin(key, directory)).then(|| CardKey {
            pin: key.auth_id.as_ref().map(|id| name(&self.prefix, id)),
            reference: key.id.clone(),
            path: self.application.place.octets(),
        })
    }

    fn note_keys(&mut self, directory: &Directory) {
        for key in &directory.keys {
            let about = Some(name(&self.prefix, &key.id));
            if !has_pin(key, directory) {
                self.note("pkcs15.key.pin_unknown", about.clone(), KEY_WITHOUT_PIN);
            }
            let mut certificates = directory.certificates.iter();
            if !certificates.any(|certificate| certificate.id == key.id) {
                self.note("pkcs15.key.no_certificate", about, KEY_WITHOUT_CERTIFICATE);
            }
        }
    }

    /// The name of a certificate; a second one with the same identifier gets a number.
    fn unused_id(&self, id: &[u8]) -> String {
        let first = name(&self.prefix, id);
        let others = self.contents.certificates.iter();
        let mut taken =
            others.filter(|other| other.id == first || other.id.starts_with(&format!("{first}/")));
        match taken.by_ref().count() {
            0 => first,
            others => format!("{first}/{}", others + 1),
        }
    }

    fn note(&mut self, code: &'static str, about: Option<String>, text: Text) {
        self.contents.notes.push(CardNote { code, about, text });
    }
}

/// The key needs no PIN, or the directory describes the one it needs.
fn has_pin(key: &PrivateKey, directory: &Directory) -> bool {
    let mut pins = directory.pins.iter().filter(|pin| pin.is_of_user);
    key.auth_id
        .as_ref()
        .is_none_or(|id| pins.any(|pin| pin.auth_id == *id))
}

fn prefix(number: usize) -> String {
    match number {
        0 => NAME.to_owned(),
        number => format!("{NAME}.{}", number + 1),
    }
}

fn name(prefix: &str, id: &[u8]) -> String {
    format!("{prefix}:{}", hex::encode(id))
}

fn malformed() -> CardError {
    CardError::new(CardErrorKind::Malformed)
}

/// One object is at fault and not the card or the way to it.
fn is_of_object(error: &CardError) -> bool {
    matches!(
        error.kind,
        CardErrorKind::Refused | CardErrorKind::PinRequired | CardErrorKind::Malformed
    )
}

/// None where one object is at fault.
fn ignoring_refusal<T>(result: Result<T, CardError>) -> Result<Option<T>, CardError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_of_object(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

const READING_DIRECTORY: Text = Text {
    ru: "чтение оглавления карты",
    en: "reading the card's directory",
};
const READING_CERTIFICATES: Text = Text {
    ru: "чтение сертификатов",
    en: "reading certificates",
};
const MANUFACTURER: Text = Text {
    ru: "Изготовитель",
    en: "Manufacturer",
};
const DAMAGED_DIRECTORY: Text = Text {
    ru: "Часть оглавления карты не читается: сертификаты и ключи могут быть показаны не все.",
    en: "Part of the card's directory cannot be read: certificates and keys may be missing here.",
};
const PROTECTED_CERTIFICATE: Text = Text {
    ru: "Сертификат закрыт ПИН-кодом и не прочитан.",
    en: "The certificate is closed by a PIN and was not read.",
};
const UNREADABLE_CERTIFICATE: Text = Text {
    ru: "Сертификат назван в оглавлении карты, но прочитать его не удалось.",
    en: "The card's directory names this certificate, but it could not be read.",
};
const KEY_WITHOUT_PIN: Text = Text {
    ru: "Ключ открывается ПИН-кодом, которого нет в оглавлении карты: подписать им нельзя.",
    en: "The key is opened by a PIN that the card's directory does not describe: it cannot sign.",
};
const KEY_WITHOUT_CERTIFICATE: Text = Text {
    ru: "У ключа нет сертификата на карте.",
    en: "The key has no certificate on the card.",
};

#[cfg(test)]
mod tests;
