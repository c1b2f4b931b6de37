//! Why a card could not be used.

use std::fmt;

use crate::apdu::StatusWord;
use crate::diagnosis::Diagnosis;
use crate::language::Language;

/// What went wrong between this program and a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CardErrorKind {
    /// Another program holds the card for itself alone.
    Busy,
    /// Waiting was ended by this program.
    Cancelled,
    /// The reader and the card lost each other's signal.
    Communication,
    /// The service refuses this user.
    Denied,
    /// The card does not answer to power.
    Mute,
    /// The reader holds no card.
    NoCard,
    /// The service knows no reader.
    NoReader,
    /// The card service is not running or stopped.
    NoService,
    /// The card holds something that cannot be read as what it should be.
    Malformed,
    /// The file is no PKCS #11 module that this program can load.
    ModuleUnusable,
    /// Nothing on the card signs with the key asked for.
    NoKey,
    /// The PIN is blocked.
    PinBlocked,
    /// One wrong PIN more would block it, and nobody said that this one shall be tried.
    PinLastTry,
    /// The PIN has not the form that the card takes; none was sent.
    PinRejected,
    /// The card wants a PIN first.
    PinRequired,
    /// The PIN is wrong.
    PinWrong {
        /// Tries left, when the card told.
        left: Option<u8>,
    },
    /// Card and reader share no transmission protocol.
    ProtocolMismatch,
    /// The reader was unplugged.
    ReaderDetached,
    /// The card answered with a status word that refuses the command.
    Refused,
    /// The card left the reader during the exchange.
    Removed,
    /// Another program reset the card: selected file and verified PIN are lost.
    Reset,
    /// The answer exceeds the largest one ISO/IEC 7816-4 allows; the command was executed.
    ResponseTooLong,
    /// The service failed in a way only its number tells.
    Service,
    /// The answer has no status word; whether the command was executed is unknown.
    ShortResponse,
    /// The card opens its data to a terminal with a certificate of its own only, and there is none.
    TerminalCredentialMissing,
    /// The service or the card did not answer in time.
    Timeout,
    /// This program does not know how to do it with this card.
    Unsupported,
}

/// A failure of a card operation: what, where, and (through [`CardError::diagnosis`]) what to do.
///
/// It never holds a byte of a command's or an answer's data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardError {
    /// What went wrong.
    pub kind: CardErrorKind,
    /// Reader it happened at.
    pub reader: Option<String>,
    /// INS octet of the command that failed.
    pub instruction: Option<u8>,
    /// SW1 SW2 of the refusing answer (ISO/IEC 7816-4 §5.6).
    pub status_word: Option<u16>,
    /// Number of the PC/SC error, when the service gave one.
    pub service_code: Option<u32>,
}

impl CardError {
    /// An error of this kind with nothing else known.
    pub fn new(kind: CardErrorKind) -> Self {
        CardError {
            kind,
            reader: None,
            instruction: None,
            status_word: None,
            service_code: None,
        }
    }

    /// Adds the reader it happened at.
    #[must_use]
    pub fn with_reader(mut self, reader: &str) -> Self {
        self.reader = Some(reader.to_owned());
        self
    }

    /// Adds the command that failed, of which only INS (octet 2) is kept.
    #[must_use]
    pub fn with_command(mut self, command: &[u8]) -> Self {
        self.instruction = command.get(1).copied();
        self
    }

    /// Adds the INS octet of the command that failed.
    #[must_use]
    pub fn with_instruction(mut self, instruction: u8) -> Self {
        self.instruction = Some(instruction);
        self
    }

    /// Adds the status word of the refusing answer.
    #[must_use]
    pub fn with_status_word(mut self, status_word: u16) -> Self {
        self.status_word = Some(status_word);
        self
    }

    /// Adds the number of the PC/SC error.
    #[must_use]
    pub fn with_service_code(mut self, code: u32) -> Self {
        self.service_code = Some(code);
        self
    }

    /// What to tell the person at the desk.
    pub fn diagnosis(&self) -> Diagnosis {
        Diagnosis::of(self.kind)
    }

    /// One line: what, where and what to do.
    pub fn render(&self, language: Language) -> String {
        let diagnosis = self.diagnosis();
        let mut line = String::new();
        if let Some(reader) = &self.reader {
            line.push_str(&format!("{reader}: "));
        }
        line.push_str(diagnosis.what.in_language(language));
        if let CardErrorKind::PinWrong { left: Some(left) } = self.kind {
            let label = match language {
                Language::Ru => "осталось попыток",
                Language::En => "tries left",
            };
            line.push_str(&format!(" ({label}: {left})"));
        }
        if let Some(status_word) = self.status_word {
            match StatusWord(status_word).meaning() {
                Some(text) => {
                    let meaning = text.in_language(language);
                    line.push_str(&format!(" (SW {status_word:04X}: {meaning})"));
                }
                None => line.push_str(&format!(" (SW {status_word:04X})")),
            }
        }
        if let Some(instruction) = self.instruction {
            line.push_str(&format!(" (INS {instruction:02X})"));
        }
        if let Some(code) = self.service_code {
            line.push_str(&format!(" (PC/SC {code:08X})"));
        }
        line.push_str(". ");
        line.push_str(diagnosis.advice.in_language(language));
        line
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Language::En))
    }
}

impl std::error::Error for CardError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_what_to_do_and_no_data() {
        let error = CardError::new(CardErrorKind::Refused)
            .with_reader("Reader 1")
            .with_command(&[0x00, 0x20, 0x00, 0x01, 0x04, 0x31, 0x32, 0x33, 0x34])
            .with_status_word(0x6982);
        assert_eq!(
            error.to_string(),
            "Reader 1: The card refused the command (SW 6982: access is closed: a PIN is wanted) (INS 20). \
             Check that it is the right card; if it is, tell support the status word."
        );
        assert!(!format!("{error:?}").contains("49"), "{error:?}");
        assert!(
            error
                .render(Language::Ru)
                .contains("Карта отклонила команду (SW 6982: доступ закрыт: нужен ПИН-код)")
        );
    }
}
