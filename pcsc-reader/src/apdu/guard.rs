//! No PIN in the clear for a universal electronic card, whatever road or profile asks for it: such a card takes a PIN
//! inside secure messaging only, and whoever sends one without shows it to the reader for nothing.

use super::{Atr, CommandApdu};

/// Identifier of the application of a terminal's security module.
pub(crate) const SAM_AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x04, 0x32, 0x80, 0x80];

/// Registered identifier of every application of the card.
const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x04, 0x32];

/// Historical octets of the card, and which of them count.
const HISTORICAL: [u8; 12] = [0x80, 0x64, 0x11, 0, 0x01, 0, 0x73, 0, 0, 0, 0x81, 0x07];
const MASK: [u8; 12] = [0xFF, 0xFF, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0, 0, 0xFF, 0xFF];

const SELECT: u8 = 0xA4;
/// VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (ISO/IEC 7816-4 §11.6).
const PIN_COMMANDS: [u8; 4] = [0x20, 0x21, 0x24, 0x2C];

/// What is known of the card at the other end of a channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    has_atr: bool,
    selected: Selected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Selected {
    Other,
    Card,
    /// The module of a terminal: the same family, and its PIN is that of the terminal.
    SecurityModule,
}

impl Guard {
    pub(super) fn new(atr: &[u8]) -> Self {
        let has_atr = Atr::from_bytes(atr).is_ok_and(|atr| {
            let octets = atr.historical_bytes();
            let wanted = HISTORICAL.iter().zip(&MASK);
            octets.len() == HISTORICAL.len()
                && octets
                    .iter()
                    .zip(wanted)
                    .all(|(octet, (value, mask))| octet & mask == *value)
        });
        Guard {
            has_atr,
            selected: Selected::Other,
        }
    }

    /// The command must not be sent.
    pub(super) fn forbids(self, command: &CommandApdu) -> bool {
        let [class, instruction, ..] = command.header();
        // Secure messaging in the first interindustry class (ISO/IEC 7816-4 §5.4.1).
        let is_protected = class & 0x8C == 0x0C;
        let is_card = match self.selected {
            Selected::Card => true,
            Selected::SecurityModule => false,
            Selected::Other => self.has_atr,
        };
        is_card && !is_protected && PIN_COMMANDS.contains(&instruction)
    }

    /// The card did not refuse the command.
    pub(super) fn carried_out(&mut self, command: &CommandApdu) {
        let [_, instruction, p1, _] = command.header();
        if instruction != SELECT || p1 != 0x04 {
            return;
        }
        let aid = command.data();
        self.selected = if aid == SAM_AID {
            Selected::SecurityModule
        } else if aid.starts_with(&RID) {
            Selected::Card
        } else {
            Selected::Other
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATR: &str = "3B6C000080641134014873F741C08107";

    fn guard(atr: &str, aid: Option<&[u8]>) -> Guard {
        let mut guard = Guard::new(&hex::decode(atr).unwrap());
        if let Some(aid) = aid {
            guard.carried_out(&CommandApdu::new([0, 0xA4, 4, 0]).with_data(aid));
        }
        guard
    }

    #[test]
    fn no_pin_command_goes_to_the_card_in_the_clear() {
        let id = [&RID[..], &[0x90, 0, 1]].concat();
        let other = [0xA0, 0, 0, 0, 1];
        for (atr, aid, expected) in [
            (ATR, None, true),
            (ATR, Some(&other[..]), true),
            ("3B00", Some(&id[..]), true),
            ("3B00", Some(&RID[..]), true),
            ("3B00", Some(&[]), false),
            (ATR, Some(&SAM_AID[..]), false),
            ("3B00", Some(&other[..]), false),
            ("3B00", None, false),
            ("3B00", Some(&SAM_AID[..]), false),
        ] {
            let guard = guard(atr, aid);
            for instruction in PIN_COMMANDS {
                for class in [0x00, 0x04, 0x08, 0x10, 0x80, 0x8C] {
                    let command = CommandApdu::new([class, instruction, 0, 1]);
                    assert_eq!(
                        guard.forbids(&command),
                        expected,
                        "{atr} {aid:?} {class:02X}"
                    );
                }
                let protected = CommandApdu::new([0x0C, instruction, 0, 1]);
                assert!(!guard.forbids(&protected));
            }
            assert!(!guard.forbids(&CommandApdu::new([0, 0xB0, 0, 0])));
        }
    }
}
