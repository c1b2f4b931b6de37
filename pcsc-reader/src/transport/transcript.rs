//! A card played from a text of commands and answers.

use thiserror::Error;

use super::{Answer, Protocol, Transport};
use crate::apdu::Atr;
use crate::error::{CardError, CardErrorKind};

/// A scripted card. It accepts exactly the commands of its text, in their order.
///
/// ```text
/// # comment
/// atr 3B6C0000806411340148 73F741C08107
/// > 00A4040C08A000000432900001
/// < 9000
/// > 00CADF2C01
/// ! removed
/// ```
/// After `!` stands what happens instead of an answer: `removed`, `reset` or `silence` (an answer
/// without status word).
#[derive(Debug)]
pub struct Transcript {
    atr: Vec<u8>,
    exchanges: Vec<Exchange>,
    next: usize,
    unexpected: Option<TranscriptError>,
}

#[derive(Debug)]
struct Exchange {
    line: usize,
    command: Vec<u8>,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Outcome {
    Answer(Vec<u8>),
    Fault(CardErrorKind),
}

/// Why a transcript cannot be read or was not followed. Lines count from 1.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TranscriptError {
    /// A line is none of the known kinds or stands in the wrong place.
    #[error("transcript line {line}: expected `atr HEX`, `> HEX`, then `< HEX` or `! FAULT`")]
    Line {
        /// Line of the text.
        line: usize,
    },
    /// The text gives no ATR.
    #[error("transcript without an `atr` line")]
    NoAtr,
    /// The command sent differs from the one in the text.
    #[error("the command differs from transcript line {line}")]
    DifferentCommand {
        /// Line of the command expected.
        line: usize,
    },
    /// A command was sent after the last exchange.
    #[error("a command was sent after the end of the transcript")]
    PastTheEnd,
    /// Not all commands of the text were sent.
    #[error("transcript line {line} was never sent")]
    NotSent {
        /// Line of the first command left.
        line: usize,
    },
}

impl Transcript {
    /// Reads a transcript.
    ///
    /// # Errors
    /// [`TranscriptError::Line`] or [`TranscriptError::NoAtr`].
    pub fn parse(text: &str) -> Result<Self, TranscriptError> {
        let mut atr = None;
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut pending: Option<(usize, Vec<u8>)> = None;
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let malformed = TranscriptError::Line { line: line_number };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (mark, rest) = line.split_once(' ').ok_or(malformed)?;
            match (mark, pending.take()) {
                ("atr", None) if atr.is_none() => atr = Some(octets(rest).ok_or(malformed)?),
                (">", None) => pending = Some((line_number, octets(rest).ok_or(malformed)?)),
                ("<" | "!", Some((line, command))) => {
                    let outcome = match mark {
                        "<" => Outcome::Answer(octets(rest).ok_or(malformed)?),
                        _ => fault(rest.trim()).ok_or(malformed)?,
                    };
                    exchanges.push(Exchange {
                        line,
                        command,
                        outcome,
                    });
                }
                _ => return Err(malformed),
            }
        }
        if let Some((line, _)) = pending {
            return Err(TranscriptError::Line { line });
        }
        let atr = atr.ok_or(TranscriptError::NoAtr)?;
        Ok(Transcript {
            atr,
            exchanges,
            next: 0,
            unexpected: None,
        })
    }

    /// Confirms that every command of the text was sent and no other.
    ///
    /// # Errors
    /// The first deviation.
    pub fn finish(self) -> Result<(), TranscriptError> {
        if let Some(error) = self.unexpected {
            return Err(error);
        }
        match self.exchanges.get(self.next) {
            Some(exchange) => Err(TranscriptError::NotSent {
                line: exchange.line,
            }),
            None => Ok(()),
        }
    }
}

impl Transport for Transcript {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn protocol(&self) -> Protocol {
        let protocols = Atr::from_bytes(&self.atr).map(|atr| atr.protocols());
        if protocols.is_ok_and(|protocols| protocols.contains(&1)) {
            Protocol::T1
        } else {
            Protocol::T0
        }
    }

    fn reset_on_release(&mut self) {}

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError> {
        let deviation = match self.exchanges.get(self.next) {
            Some(exchange) if exchange.command == command => {
                self.next += 1;
                let answer = match exchange.outcome.clone() {
                    Outcome::Answer(bytes) => Answer::from_bytes(bytes),
                    Outcome::Fault(kind) => Err(CardError::new(kind)),
                };
                return answer.map_err(|error| error.with_command(command));
            }
            Some(exchange) => TranscriptError::DifferentCommand {
                line: exchange.line,
            },
            None => TranscriptError::PastTheEnd,
        };
        self.unexpected.get_or_insert(deviation);
        Err(CardError::new(CardErrorKind::Communication).with_command(command))
    }
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    hex::decode(digits).ok()
}

fn fault(name: &str) -> Option<Outcome> {
    match name {
        "removed" => Some(Outcome::Fault(CardErrorKind::Removed)),
        "reset" => Some(Outcome::Fault(CardErrorKind::Reset)),
        "silence" => Some(Outcome::Answer(Vec::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "# a card\natr 3B00\n> 00 A4 00 00\n< 6A82\n\n> 0084000008\n! removed\n> 0084000008\n! silence\n";

    #[test]
    fn a_followed_transcript_finishes() {
        let mut card = Transcript::parse(CARD).unwrap();
        assert_eq!(card.atr(), [0x3B, 0x00]);
        assert_eq!(card.transmit(&[0, 0xA4, 0, 0]).unwrap().sw1_sw2(), 0x6A82);
        let challenge = [0, 0x84, 0, 0, 8];
        let error = card.transmit(&challenge).unwrap_err();
        assert_eq!(
            (error.kind, error.instruction),
            (CardErrorKind::Removed, Some(0x84))
        );
        assert_eq!(
            card.transmit(&challenge).unwrap_err().kind,
            CardErrorKind::ShortResponse
        );
        card.finish().unwrap();
    }

    #[test]
    fn a_different_command_is_told_at_the_end() {
        let mut card = Transcript::parse(CARD).unwrap();
        card.transmit(&[0, 0x20, 0, 1]).unwrap_err();
        assert_eq!(
            card.finish(),
            Err(TranscriptError::DifferentCommand { line: 3 })
        );
    }

    #[test]
    fn a_command_left_out_is_told_at_the_end() {
        let card = Transcript::parse(CARD).unwrap();
        assert_eq!(card.finish(), Err(TranscriptError::NotSent { line: 3 }));
    }

    #[test]
    fn a_command_past_the_end_is_told() {
        let mut card = Transcript::parse("atr 3B00").unwrap();
        card.transmit(&[0, 0xA4, 0, 0]).unwrap_err();
        assert_eq!(card.finish(), Err(TranscriptError::PastTheEnd));
    }

    #[test]
    fn malformed_texts_name_the_line() {
        let line = |line| Err(TranscriptError::Line { line });
        for (text, expected) in [
            ("", Err(TranscriptError::NoAtr)),
            ("atr 3B0", line(1)),
            ("atr 3B00\n< 9000", line(2)),
            ("atr 3B00\n> 00A4\n> 00A4", line(3)),
            ("atr 3B00\n> 00A4", line(2)),
            ("atr 3B00\n> 00A4\n! burnt", line(3)),
            ("atr 3B00\natr 3B00", line(2)),
            ("hello", line(1)),
        ] {
            assert_eq!(Transcript::parse(text).map(|_| ()), expected, "{text:?}");
        }
    }
}
