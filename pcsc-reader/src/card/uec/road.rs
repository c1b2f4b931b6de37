//! The road to what a universal electronic card holds.

use sig_core::cms::build::ToBeSigned;

use super::application::{Application, UecVersion};
use super::exchange::{Found, get_data, select_file};
use super::facts;
use super::field::{digits_left, masked, text};
use super::sectors::Closed;
use super::session::Session;
use super::settings::UecSettings;
use super::terminal::UecTerminal;
use crate::apdu::{Aid, Channel, CommandApdu, SelectAnswer, StatusWord, refused};
use crate::card::contents::{
    Application as Found_, CardContents, CardKey, CardNote, CardPin, CardRoad, Progress,
};
use crate::card::iso7816::PinState;
use crate::error::{CardError, CardErrorKind};
use crate::language::Text;
use crate::secret::{Pin, PinUse};

/// Octets of the card's number in the domain of the issuer, and of the payment number.
const CIN_OCTETS: usize = 10;
const PAN_OCTETS: usize = 10;
/// Characters of the greeting.
const MOST_GREETING: usize = 40;
/// The PIN that opens citizen's data.
pub(super) const CITIZEN_PIN: u8 = 0x01;
/// Steps of reading, beside the sectors.
pub(super) const STEPS: usize = 3;

/// The road `uec` of a profile.
#[derive(Clone, Debug)]
pub struct UecRoad {
    pub(super) settings: UecSettings,
}

impl UecRoad {
    /// The road that these settings describe.
    #[must_use]
    pub fn new(settings: UecSettings) -> Self {
        UecRoad { settings }
    }

    /// Reads what is open, then lets the terminal open the rest with the citizen's PIN, and reads it, too. The PIN is sent
    /// at most once, and only inside the session that the terminal makes. Gives the photograph, if there is one.
    ///
    /// # Errors
    /// [`CardErrorKind::TerminalCredentialMissing`] without a terminal; as [`Session::establish`] and
    /// [`Session::verify`]. What was read before is in `contents`.
    pub fn read_protected(
        &self,
        channel: &mut Channel<'_>,
        terminal: Option<&mut dyn UecTerminal>,
        pin: &Pin,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<Option<Photo>, CardError> {
        let Some((application, left)) = self.read_open(channel, contents, progress)? else {
            return Err(CardError::new(CardErrorKind::Unsupported));
        };
        let missing = CardError::new(CardErrorKind::TerminalCredentialMissing);
        let terminal = terminal.ok_or(missing)?;
        let mut session = Session::establish(channel, terminal, &application, &self.settings)?;
        session.verify(CITIZEN_PIN, PinUse::new(pin))?;
        contents
            .notes
            .retain(|note| note.code != facts::PROTECTED.code);
        let total = left.len();
        let mut photo = None;
        for (done, sector) in left.into_iter().enumerate() {
            progress.step(BLOCKS_STEP, done, total);
            let images = self.read_sector(&mut session, &application, sector, contents)?;
            photo = photo.or(images.into_iter().next().map(Photo));
        }
        Ok(photo)
    }

    /// The application, and the blocks that only a terminal opens; none when this is no such card.
    fn read_open(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<Option<(Application, Vec<Closed>)>, CardError> {
        progress.step(APPLICATION_STEP, 0, STEPS);
        let applications = &self.settings.applications;
        let aid = &applications.identification.0;
        let Some((answer, status)) = select(channel, aid, SelectAnswer::Fci)? else {
            return self.read_others(channel, contents);
        };
        contents.applications.push(found("ID", aid));
        contents.notes.push(facts::legacy());
        if status == StatusWord::DEACTIVATED {
            contents.notes.push(facts::DEACTIVATED);
        }
        let application = Application::read(&answer, &self.settings)
            .map_err(|error| CardError::from(error).with_instruction(0xA4))?;
        facts::add_application(contents, &application);
        if application.is_from_template {
            contents.notes.push(facts::TEMPLATE);
        }
        for pin in &self.settings.pin {
            contents.pins.push(CardPin {
                id: format!("uec:{:02X}", pin.r#ref.0),
                label: pin.label.clone(),
                state: PinState::Unknown,
            });
        }
        let steps = STEPS + application.sectors.len();
        progress.step(NUMBERS_STEP, 1, steps);
        self.read_state(channel, &application, contents)?;
        self.read_cin(channel, contents)?;
        self.select_application_again(channel)?;
        self.read_numbers(channel, &application, contents)?;
        progress.step(FILES_STEP, 2, steps);
        self.read_files(channel, &application, contents)?;
        let left = self.read_sectors(channel, &application, contents, progress)?;
        Ok(Some((application, left)))
    }

    /// Selects the application without an answer.
    ///
    /// # Errors
    /// The failed exchange; [`CardErrorKind::Malformed`] when the application is gone.
    pub(super) fn select_application_again(
        &self,
        channel: &mut Channel<'_>,
    ) -> Result<(), CardError> {
        let aid = &self.settings.applications.identification.0;
        match select(channel, aid, SelectAnswer::Nothing)? {
            Some(_) => Ok(()),
            None => Err(CardError::new(CardErrorKind::Malformed).with_instruction(0xA4)),
        }
    }

    /// What else of the family is on a card without the application of identification.
    fn read_others(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
    ) -> Result<Option<(Application, Vec<Closed>)>, CardError> {
        let applications = &self.settings.applications;
        let issuer = &applications.issuer.0;
        let payment = &applications.payment.0;
        if select(channel, issuer, SelectAnswer::Nothing)?.is_some() {
            contents.applications.push(found("UECISD", issuer));
            self.add_cin(channel, contents)?;
        } else if select(channel, payment, SelectAnswer::Nothing)?.is_some() {
            contents.applications.push(found("PRO100", payment));
        } else {
            return Ok(None);
        }
        contents.notes.push(facts::legacy());
        contents.notes.push(facts::NO_APPLICATION);
        Ok(None)
    }

    fn read_state(
        &self,
        channel: &mut Channel<'_>,
        application: &Application,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        if application.version != UecVersion::V11 {
            return Ok(());
        }
        let objects = &self.settings.objects;
        // Chips without contacts take this Le and no other.
        let Found::There(value) = get_data(channel, objects.state.0, 1)? else {
            return Ok(());
        };
        let text = match value.as_slice() {
            [octet] if *octet == objects.state_consistent.0 => "согласовано / consistent",
            [octet] if *octet == objects.state_inconsistent.0 => {
                contents.notes.push(facts::INCONSISTENT);
                "не согласовано / inconsistent"
            }
            _ => "неизвестно / unknown",
        };
        facts::add(contents, facts::STATE, text.to_owned());
        Ok(())
    }

    fn read_cin(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        let issuer = &self.settings.applications.issuer.0;
        match select(channel, issuer, SelectAnswer::Nothing)? {
            Some(_) => self.add_cin(channel, contents),
            None => Ok(()),
        }
    }

    /// The number of the card, from the domain of the issuer that is selected.
    fn add_cin(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        match get_data(channel, self.settings.objects.cin.0, CommandApdu::ALL)? {
            Found::There(cin) if cin.len() == CIN_OCTETS => {
                let shown = masked(&hex::encode_upper(cin));
                facts::add(contents, facts::CIN, shown);
            }
            Found::There(_) | Found::Refused(_) => unreadable(contents, "CIN"),
            Found::Absent | Found::Protected => {}
        }
        Ok(())
    }

    fn read_numbers(
        &self,
        channel: &mut Channel<'_>,
        application: &Application,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        let objects = &self.settings.objects;
        let read = |channel: &mut Channel<'_>, file, tag| {
            select_file(channel, file)?.then(|()| get_data(channel, tag, CommandApdu::ALL))
        };
        match read(channel, objects.pan_file.0, objects.pan.0)? {
            Found::There(octets) => match digits_left(&octets) {
                Some(pan) if octets.len() == PAN_OCTETS && pan.starts_with('7') => {
                    facts::add(contents, facts::PAN, masked(&pan));
                }
                _ => unreadable(contents, "PAN"),
            },
            Found::Refused(_) => unreadable(contents, "PAN"),
            // Without contacts it is closed; the number of the card stands for it.
            Found::Absent | Found::Protected => {}
        }
        if application.version == UecVersion::V11 {
            let greeting = read(channel, objects.greeting_file.0, objects.greeting.0)?.value();
            let value = greeting.filter(|octets| octets.len() <= MOST_GREETING);
            if let Some(value) = value.and_then(|octets| text(&octets)) {
                facts::add(contents, facts::GREETING, value);
            }
        }
        Ok(())
    }
}

impl CardRoad for UecRoad {
    fn name(&self) -> &'static str {
        ROAD
    }

    fn read(
        &self,
        channel: &mut Channel<'_>,
        contents: &mut CardContents,
        progress: &mut dyn Progress,
    ) -> Result<bool, CardError> {
        let before = contents.applications.len();
        self.read_open(channel, contents, progress)?;
        Ok(contents.applications.len() > before)
    }

    /// The card signs only for a terminal with a certificate of its own, what it then answers is not published, and its
    /// certificates were revoked in 2017.
    fn sign(
        &self,
        _: &mut Channel<'_>,
        _: &CardKey,
        _: Option<PinUse<'_>>,
        _: ToBeSigned<'_>,
    ) -> Result<Vec<u8>, CardError> {
        Err(CardError::new(CardErrorKind::TerminalCredentialMissing))
    }
}

/// The citizen's photograph: the octets of the card, in the format that the fact `photo` names. Debug shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo(pub Vec<u8>);

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({} octets)", self.0.len())
    }
}

const ROAD: &str = "uec";

const APPLICATION_STEP: Text = Text {
    ru: "ИД-приложение",
    en: "ID application",
};
const NUMBERS_STEP: Text = Text {
    ru: "Номера карты",
    en: "Card numbers",
};
const FILES_STEP: Text = Text {
    ru: "Сертификаты и ключи",
    en: "Certificates and keys",
};
pub(super) const BLOCKS_STEP: Text = Text {
    ru: "Секторы данных",
    en: "Sectors of data",
};

/// Selects an application; none when the card does not have it.
fn select(
    channel: &mut Channel<'_>,
    aid: &Aid,
    answer: SelectAnswer,
) -> Result<Option<(Vec<u8>, StatusWord)>, CardError> {
    let command = CommandApdu::select_application(aid, answer);
    let response = channel.send(&command)?;
    match response.status {
        StatusWord::SUCCESS | StatusWord::DEACTIVATED => Ok(Some((response.data, response.status))),
        StatusWord::NOT_FOUND => Ok(None),
        status => Err(refused(&command, status)),
    }
}

fn found(name: &str, aid: &Aid) -> Found_ {
    Found_ {
        road: ROAD,
        name: name.to_owned(),
        place: aid.as_bytes().to_vec(),
    }
}

pub(super) fn unreadable(contents: &mut CardContents, part: &str) {
    let note: CardNote = facts::about(facts::UNREADABLE, part.to_owned());
    contents.notes.push(note);
}

#[cfg(test)]
mod tests;
