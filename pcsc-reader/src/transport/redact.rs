//! What was said between a reader and a card, without what must not be kept: PINs and personal data.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Answer, Protocol, ReaderService, ReaderStatus, Steps, Transport};
use crate::error::{CardError, CardErrorKind};

/// INS octets (ISO/IEC 7816-4 table 4).
mod ins {
    pub(super) const VERIFY: u8 = 0x20;
    pub(super) const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
    pub(super) const CHANGE_REFERENCE_DATA: u8 = 0x24;
    pub(super) const RESET_RETRY_COUNTER: u8 = 0x2C;
    pub(super) const SELECT: u8 = 0xA4;
    pub(super) const READ_BINARY_AT: u8 = 0xB1;
    pub(super) const GET_RESPONSE: u8 = 0xC0;
    pub(super) const GET_DATA: u8 = 0xCA;
    pub(super) const GET_DATA_BY_LIST: u8 = 0xCB;
}

/// A PIN is written as so many zeros, however long it is.
const PIN_BLOCK: usize = 8;

/// A service whose exchanges with cards are written down as a text that [`Transcript`](crate::Transcript) plays.
///
/// What is masked is masked before it is kept. The data of commands stays where it names something: a file, an object, a
/// key; else it becomes zeros, and of a PIN not even the length stays. Of answers only those to SELECT stay; all others
/// may be personal and become zeros of their length.
#[derive(Debug)]
pub struct Recorder<S> {
    service: S,
    text: String,
    has_atr: bool,
    /// The last command that was not GET RESPONSE was SELECT.
    selecting: bool,
}

impl<S> Recorder<S> {
    /// Begins with nothing written down.
    pub fn new(service: S) -> Self {
        Recorder {
            service,
            text: String::new(),
            has_atr: false,
            selecting: false,
        }
    }

    /// What was written down, in the form of a transcript.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<S: ReaderService> ReaderService for Recorder<S> {
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
        self.service.readers()
    }

    fn wait(&mut self, limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
        self.service.wait(limit)
    }

    fn transaction(&mut self, reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
        let Recorder {
            service,
            text,
            has_atr,
            selecting,
        } = self;
        service.transaction(reader, &mut |card| {
            if !*has_atr {
                *has_atr = true;
                let _ = writeln!(text, "atr {}", hex::encode_upper(card.atr()));
            }
            let mut tap = Tap {
                card,
                text: &mut *text,
                selecting: &mut *selecting,
            };
            steps(&mut tap)
        })
    }
}

/// A card whose exchanges are written down.
struct Tap<'a> {
    card: &'a mut dyn Transport,
    text: &'a mut String,
    selecting: &'a mut bool,
}

impl Transport for Tap<'_> {
    fn atr(&self) -> &[u8] {
        self.card.atr()
    }

    fn protocol(&self) -> Protocol {
        self.card.protocol()
    }

    fn reset_on_release(&mut self) {
        self.card.reset_on_release();
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError> {
        let instruction = command.get(1).copied();
        if instruction != Some(ins::GET_RESPONSE) {
            *self.selecting = instruction == Some(ins::SELECT);
        }
        self.command(command);
        let outcome = self.card.transmit(command);
        self.outcome(&outcome);
        outcome
    }
}

impl Tap<'_> {
    fn command(&mut self, command: &[u8]) {
        let (written, is_masked) = masked_command(command);
        if is_masked {
            self.line("# data masked");
        }
        self.line(&format!("> {}", hex::encode_upper(written)));
    }

    fn outcome(&mut self, outcome: &Result<Answer, CardError>) {
        match outcome {
            Ok(answer) => {
                let [sw1, sw2] = answer.sw1_sw2().to_be_bytes();
                let mut octets = answer.data().to_vec();
                if !octets.is_empty() && !*self.selecting {
                    self.line(&format!("# {} octets masked", octets.len()));
                    octets.fill(0);
                }
                octets.extend([sw1, sw2]);
                self.line(&format!("< {}", hex::encode_upper(octets)));
            }
            Err(error) => {
                let fault = match error.kind {
                    CardErrorKind::Reset => "reset",
                    CardErrorKind::ShortResponse => "silence",
                    CardErrorKind::Removed => "removed",
                    _ => {
                        self.line(&format!("# {}", error.diagnosis().code));
                        "removed"
                    }
                };
                self.line(&format!("! {fault}"));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The command as it may be kept, and whether it differs from the one that was sent.
fn masked_command(command: &[u8]) -> (Vec<u8>, bool) {
    let Some((header, body)) = command.split_first_chunk::<4>() else {
        return (vec![0; command.len()], !command.is_empty());
    };
    let [class, instruction, ..] = *header;
    // Bits of secure messaging and of proprietary classes say nothing of what the data is.
    let is_plain = class & 0x0C == 0;
    let names_something = matches!(
        instruction,
        ins::SELECT
            | ins::READ_BINARY_AT
            | ins::GET_DATA
            | ins::GET_DATA_BY_LIST
            | ins::MANAGE_SECURITY_ENVIRONMENT
    );
    // No data: nothing or Le alone, of one octet or of three.
    let has_no_data = body.len() < 2 || matches!(body, [0, _, _]);
    if has_no_data || (is_plain && names_something) {
        return (command.to_vec(), false);
    }
    let mut written = header.to_vec();
    match instruction {
        ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER => {
            written.push(8);
            written.extend([0; PIN_BLOCK]);
        }
        _ => {
            let length = match body {
                [0, _, _, ..] => 3,
                _ => 1,
            };
            written.extend(body.iter().take(length));
            written.extend(std::iter::repeat_n(0, body.len().saturating_sub(length)));
        }
    }
    (written, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transcript;
    use crate::transport::{Sharing, Slot};

    /// A service with one scripted card.
    struct One(Transcript);

    impl ReaderService for One {
        fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError> {
            Ok(vec![ReaderStatus {
                name: "R".into(),
                slot: Slot::Card(self.0.atr().to_vec()),
                sharing: Sharing::Free,
                insertions: 1,
            }])
        }

        fn wait(&mut self, _limit: Duration) -> Result<Vec<ReaderStatus>, CardError> {
            self.readers()
        }

        fn transaction(&mut self, _reader: &str, steps: Steps<'_>) -> Result<(), CardError> {
            steps(&mut self.0)
        }
    }

    /// What is written of these exchanges.
    fn recorded(text: &str, commands: &[&str]) -> String {
        let mut recorder = Recorder::new(One(Transcript::parse(text).unwrap()));
        for command in commands {
            let command = hex::decode(command).unwrap();
            let _ = recorder.transaction("R", &mut |card| card.transmit(&command).map(drop));
        }
        recorder.text().to_owned()
    }

    fn check(command: &str, answer: &str, expected: &str) {
        let text = format!("atr 3B00\n> {command}\n< {answer}\n");
        let written = recorded(&text, &[command]);
        assert_eq!(written, format!("atr 3B00\n{expected}"), "{command}");
    }

    #[test]
    fn no_octet_of_a_pin_and_not_its_length_is_kept() {
        for (pin, header) in [
            ("0431323334", "00200081"),
            ("083132333435363738", "00200081"),
            ("0831323334FFFFFFFF", "00240001"),
            ("0631323334FFFF", "002C0001"),
            ("00000431323334", "00200081"),
        ] {
            check(
                &format!("{header}{pin}"),
                "63C2",
                &format!("# data masked\n> {header}080000000000000000\n< 63C2\n"),
            );
        }
    }

    #[test]
    fn data_blocks_become_zeros_in_both_directions() {
        check(
            "00B0000004",
            "D0A1D0B09000",
            "> 00B0000004\n# 4 octets masked\n< 000000009000\n",
        );
        check(
            "00CADF2700",
            "0011229000",
            "> 00CADF2700\n# 3 octets masked\n< 0000009000\n",
        );
        check(
            "00DA010002ABCD",
            "9000",
            "# data masked\n> 00DA0100020000\n< 9000\n",
        );
        check(
            "00DA0100000003ABCDEF",
            "9000",
            "# data masked\n> 00DA0100000003000000\n< 9000\n",
        );
        check(
            "0C20008102ABCD",
            "9000",
            "# data masked\n> 0C200081080000000000000000\n< 9000\n",
        );
        check(
            "0CA4040002ABCD",
            "9000",
            "# data masked\n> 0CA40400020000\n< 9000\n",
        );
    }

    #[test]
    fn what_names_a_file_stays_and_plays_again() {
        let text = "atr 3B00\n> 00A40400023F00\n< 6105\n> 00C0000005\n< 6F0384013F9000\n\
                    > 00B0000004\n< 6A82\n";
        let commands = ["00A40400023F00", "00C0000005", "00B0000004"];
        let written = recorded(text, &commands);
        assert_eq!(written, text);
        let mut again = Transcript::parse(&written).unwrap();
        for command in commands {
            again.transmit(&hex::decode(command).unwrap()).unwrap();
        }
        again.finish().unwrap();
    }

    #[test]
    fn an_answer_continued_after_a_read_is_masked() {
        let text = "atr 3B00\n> 00B0000000\n< 6102\n> 00C0000002\n< ABCD9000\n";
        let written = recorded(text, &["00B0000000", "00C0000002"]);
        assert!(!written.contains("ABCD"), "{written}");
        assert!(
            written.contains("> 00C0000002\n# 2 octets masked\n< 00009000\n"),
            "{written}"
        );
    }

    #[test]
    fn faults_are_told() {
        for fault in ["removed", "reset", "silence"] {
            let text = format!("atr 3B00\n> 00B0000000\n! {fault}\n");
            assert_eq!(recorded(&text, &["00B0000000"]), text);
        }
    }
}
