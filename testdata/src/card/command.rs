//! Command APDUs as a card sees them.

/// How the reader speaks to the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A command carries data one way only; answers to commands with data wait for GET RESPONSE.
    T0,
    /// Commands come whole.
    T1,
}

/// One command (ISO/IEC 7816-4 §5.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    pub class: u8,
    pub instruction: u8,
    pub p1: u8,
    pub p2: u8,
    pub data: Vec<u8>,
    /// Octets expected, when the command says so.
    pub expected: Option<usize>,
    /// The lengths have two octets.
    pub is_extended: bool,
}

impl Command {
    /// Reads a command; none where its lengths do not fit, which a card answers with 6700.
    pub fn read(octets: &[u8], protocol: Protocol) -> Option<Self> {
        let (&[class, instruction, p1, p2], body) = octets.split_first_chunk()?;
        let command = |data: &[u8], expected, is_extended| {
            Some(Self {
                class,
                instruction,
                p1,
                p2,
                data: data.to_vec(),
                expected,
                is_extended,
            })
        };
        let short = |le: u8| if le == 0 { 256 } else { usize::from(le) };
        let long = |le: [u8; 2]| match u16::from_be_bytes(le) {
            0 => 65_536,
            le => usize::from(le),
        };
        match *body {
            [] => command(&[], None, false),
            // With T=0 the same octet is P3 of a command without data and without answer.
            [le] => command(&[], Some(short(le)), false),
            [0, high, low] if protocol == Protocol::T1 => {
                command(&[], Some(long([high, low])), true)
            }
            [0, high, low, ref rest @ ..] if protocol == Protocol::T1 => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                match rest.split_at_checked(length)? {
                    (data, []) => command(data, None, true),
                    (data, &[high, low]) => command(data, Some(long([high, low])), true),
                    _ => None,
                }
            }
            [lc, ref rest @ ..] => match rest.split_at_checked(usize::from(lc))? {
                (data, []) => command(data, None, false),
                (data, &[le]) if protocol == Protocol::T1 => command(data, Some(short(le)), false),
                _ => None,
            },
        }
    }

    /// CLA, INS, P1 and P2.
    pub fn header(&self) -> [u8; 4] {
        [self.class, self.instruction, self.p1, self.p2]
    }
}

/// An answer that waits for GET RESPONSE, and a command that comes in a chain.
#[derive(Clone, Default)]
pub struct Waiting {
    answer: Vec<u8>,
    status: u16,
    chain: Vec<u8>,
}

impl Waiting {
    /// Forgets all.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Puts the pieces of a chain together: the whole command, or none while more of it follows. The links of a chain
    /// have bit 5 of CLA set; the whole command has it not.
    pub fn chained(&mut self, mut command: Command) -> Option<Command> {
        if command.class & 0x10 != 0 {
            self.chain.extend_from_slice(&command.data);
            return None;
        }
        if !self.chain.is_empty() {
            self.chain.extend_from_slice(&command.data);
            command.data = std::mem::take(&mut self.chain);
        }
        Some(command)
    }

    /// The response APDU to a command: at once, or announced by `61xx` where the protocol or the length asks for it.
    pub fn respond(
        &mut self,
        command: &Command,
        protocol: Protocol,
        data: &[u8],
        status: u16,
    ) -> Vec<u8> {
        let waits = protocol == Protocol::T0 && !command.data.is_empty();
        let room = match (waits, command.expected) {
            (true, _) => 0,
            (false, expected) => expected.unwrap_or(0),
        };
        if data.is_empty() || data.len() <= room {
            self.answer.clear();
            return response(data, status);
        }
        if !waits && command.expected.is_none() {
            // Nobody asked for the data.
            return response(&[], status);
        }
        let (now, later) = data.split_at(room);
        self.answer = later.to_vec();
        self.status = status;
        response(now, announced(later.len()))
    }

    /// The answer to GET RESPONSE.
    pub fn fetch(&mut self, command: &Command) -> Vec<u8> {
        let wanted = command.expected.unwrap_or(256);
        if self.answer.is_empty() {
            return response(&[], 0x6985);
        }
        if wanted > self.answer.len() {
            let length = u16::try_from(self.answer.len()).unwrap_or(0xFF);
            return response(&[], 0x6C00 | length);
        }
        let now: Vec<u8> = self.answer.drain(..wanted).collect();
        match self.answer.len() {
            0 => response(&now, self.status),
            more => response(&now, announced(more)),
        }
    }
}

fn announced(octets: usize) -> u16 {
    // 00 stands for 256 and more.
    0x6100
        | u16::try_from(octets)
            .ok()
            .filter(|octets| *octets < 256)
            .unwrap_or(0)
}

fn response(data: &[u8], status: u16) -> Vec<u8> {
    [data, &status.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(hex: &str, protocol: Protocol) -> Option<(usize, Option<usize>, bool)> {
        let command = Command::read(&hex::decode(hex).unwrap(), protocol)?;
        Some((command.data.len(), command.expected, command.is_extended))
    }

    #[test]
    fn lengths_are_read_by_case() {
        use Protocol::{T0, T1};
        for (hex, protocol, expected) in [
            ("00A40000", T1, Some((0, None, false))),
            ("00B0000000", T1, Some((0, Some(256), false))),
            ("00A40000023F00", T0, Some((2, None, false))),
            ("00A40000023F0000", T0, None),
            ("00A40000023F0000", T1, Some((2, Some(256), false))),
            ("00B00000000100", T1, Some((0, Some(256), true))),
            ("00B00000000000", T1, Some((0, Some(65_536), true))),
            ("002A9E9A000002AABB0000", T1, Some((2, Some(65_536), true))),
            ("002A9E9A03AABB", T1, None),
            ("00A400", T1, None),
        ] {
            assert_eq!(read(hex, protocol), expected, "{hex}");
        }
    }

    #[test]
    fn an_answer_waits_where_the_protocol_cannot_carry_it() {
        let mut waiting = Waiting::default();
        let select = Command::read(&[0, 0xA4, 0, 0, 2, 0x3F, 0], Protocol::T0).unwrap();
        let answer = waiting.respond(&select, Protocol::T0, &[1, 2, 3], 0x9000);
        assert_eq!(answer, [0x61, 3]);
        let fetch = |le| Command::read(&[0, 0xC0, 0, 0, le], Protocol::T0).unwrap();
        assert_eq!(waiting.fetch(&fetch(0)), [0x6C, 3]);
        assert_eq!(waiting.fetch(&fetch(2)), [1, 2, 0x61, 1]);
        assert_eq!(waiting.fetch(&fetch(1)), [3, 0x90, 0]);
        assert_eq!(waiting.fetch(&fetch(1)), [0x69, 0x85]);
    }

    #[test]
    fn a_chain_is_one_command() {
        let mut waiting = Waiting::default();
        let link = Command::read(&[0x10, 0x2A, 0, 0, 1, 0xAA], Protocol::T1).unwrap();
        let last = Command::read(&[0x00, 0x2A, 0, 0, 1, 0xBB], Protocol::T1).unwrap();
        assert!(waiting.chained(link).is_none());
        assert_eq!(waiting.chained(last).unwrap().data, [0xAA, 0xBB]);
    }
}
