//! One command and its whole answer, by the rules of ISO/IEC 7816-3 §12 and 7816-4 §5.1.

use zeroize::Zeroizing;

use super::guard::Guard;
use super::{ApduError, CommandApdu, Response, StatusWord};
use crate::error::{CardError, CardErrorKind};
use crate::transport::{Protocol, Transport};

/// Most octets of one answer, over all pieces of it (ISO/IEC 7816-4 §5.1).
const MOST_ANSWER: usize = 65_536;

/// Most commands that fetch the rest of one answer: a card may hand out single octets, but not for ever.
const MOST_FETCHES: usize = 512;

/// Most exchanges of one channel: no card has so much to tell, and one that hands it out by single octets is left.
const MOST_EXCHANGES: u32 = 65_536;

/// Octets of data in one command of a chain.
const PIECE: usize = 255;

/// Bits of CLA that number the logical channel in the first interindustry class (ISO/IEC 7816-4 §5.4.1).
const CHANNEL_BITS: u8 = 0x03;

/// Bit of CLA that says more of the command follows (ISO/IEC 7816-4 §5.4.1).
const CHAINING: u8 = 0x10;

/// Which length fields a card takes (ISO/IEC 7816-4 §12.1.1.9, third software function octet).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lengths {
    /// One octet; longer data goes in a chain of commands.
    Short,
    /// Two octets, because the card says that it takes them.
    Extended,
}

/// A card that is given whole commands and gives whole answers: continued answers (`61xx`), wrong lengths (`6Cxx`),
/// chains of commands and the forms that T=0 asks for are dealt with here.
///
/// # Limits
/// An answer has at most 65 536 octets in at most 512 pieces; a wrong length is mended once. A channel has at most 65 536
/// exchanges.
pub struct Channel<'t> {
    transport: &'t mut dyn Transport,
    lengths: Lengths,
    exchanges: u32,
    guard: Guard,
}

impl<'t> Channel<'t> {
    /// A channel with short lengths.
    pub fn new(transport: &'t mut dyn Transport) -> Self {
        let guard = Guard::new(transport.atr());
        Channel {
            transport,
            lengths: Lengths::Short,
            exchanges: 0,
            guard,
        }
    }

    /// From now on longer commands go with these length fields. T=0 has no extended ones.
    pub fn set_lengths(&mut self, lengths: Lengths) {
        self.lengths = match self.transport.protocol() {
            Protocol::T0 => Lengths::Short,
            Protocol::T1 => lengths,
        };
    }

    /// Answer to reset of the card.
    pub fn atr(&self) -> &[u8] {
        self.transport.atr()
    }

    /// How many exchanges there were with the card.
    pub fn exchanges(&self) -> u32 {
        self.exchanges
    }

    /// Whoever uses the card next finds it reset: call before anything that changes its security state.
    pub fn reset_on_release(&mut self) {
        self.transport.reset_on_release();
    }

    /// Sends a command and collects its answer. The status is the last one of the card.
    ///
    /// # Errors
    /// The failed exchange; [`CardErrorKind::ResponseTooLong`] for an answer without an end;
    /// [`CardErrorKind::Unsupported`] for a command that cannot be written;
    /// [`CardErrorKind::TerminalCredentialMissing`] for a PIN in the clear to a universal electronic card, which is not
    /// sent.
    pub fn send(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        if self.guard.forbids(command) {
            let [_, instruction, ..] = command.header();
            let missing = CardError::new(CardErrorKind::TerminalCredentialMissing);
            return Err(missing.with_instruction(instruction));
        }
        let first = self.first_answer(command)?;
        let response = self.rest(command, first)?;
        if response.status.is_success() || response.status == StatusWord::DEACTIVATED {
            self.guard.carried_out(command);
        }
        Ok(response)
    }

    /// Sends a command that the card must carry out.
    ///
    /// # Errors
    /// As [`Self::send`], and [`CardErrorKind::Refused`] with the status word for any other than 9000.
    pub fn require(&mut self, command: &CommandApdu) -> Result<Vec<u8>, CardError> {
        let response = self.send(command)?;
        match response.status {
            StatusWord::SUCCESS => Ok(response.data),
            status => Err(refused(command, status)),
        }
    }

    /// The answer to the command, or to the last one of its chain.
    fn first_answer(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        let long = command.data().len() > PIECE || command.expected() > Some(CommandApdu::ALL);
        if !long {
            return self.with_length(command);
        }
        if self.lengths == Lengths::Extended {
            let octets = command
                .extended()
                .map_err(|error| unwritable(command, error))?;
            return self.exchange(command, &octets);
        }
        // More than 256 octets come as `61xx` of a card with short lengths.
        let expected = command
            .expected()
            .map(|octets| octets.min(CommandApdu::ALL));
        let mut pieces = command.data().chunks(PIECE).peekable();
        let [class, instruction, p1, p2] = command.header();
        while let Some(piece) = pieces.next() {
            let is_last = pieces.peek().is_none();
            let class = if is_last { class } else { class | CHAINING };
            let part = CommandApdu::new([class, instruction, p1, p2]).with_data(piece);
            if is_last {
                let part = part.with_expected(expected);
                let part = if command.is_repeatable() {
                    part
                } else {
                    part.never_repeated()
                };
                return self.with_length(&part);
            }
            let response = self.once(&part)?;
            if response.status != StatusWord::SUCCESS {
                return Ok(response);
            }
        }
        self.with_length(&command.with_expected(expected))
    }

    /// Sends a short command; when the card says that Le is wrong, once more with its own (ISO/IEC 7816-3 §12.2.1.3).
    fn with_length(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        let response = self.once(command)?;
        match response.status.wrong_length() {
            Some(right) if command.is_repeatable() => {
                self.once(&command.with_expected(Some(right)))
            }
            _ => Ok(response),
        }
    }

    /// Fetches what `61xx` announces until the card has no more (ISO/IEC 7816-4 §11.8.1).
    fn rest(&mut self, command: &CommandApdu, first: Response) -> Result<Response, CardError> {
        let mut whole = first;
        let class = command.header()[0] & CHANNEL_BITS;
        for _ in 0..MOST_FETCHES {
            let Some(more) = whole.status.more() else {
                return Ok(whole);
            };
            let fetch = CommandApdu::new([class, 0xC0, 0x00, 0x00]).expecting(more);
            let piece = self.with_length(&fetch)?;
            if whole.data.len() + piece.data.len() > MOST_ANSWER {
                break;
            }
            whole.data.extend_from_slice(&piece.data);
            whole.status = piece.status;
        }
        if whole.status.more().is_none() {
            return Ok(whole);
        }
        let [_, instruction, ..] = command.header();
        Err(CardError::new(CardErrorKind::ResponseTooLong).with_instruction(instruction))
    }

    /// One exchange with a short command, in the form that the protocol asks for.
    fn once(&mut self, command: &CommandApdu) -> Result<Response, CardError> {
        let mut octets = command
            .short()
            .map_err(|error| unwritable(command, error))?;
        if self.transport.protocol() == Protocol::T0 {
            match (command.data().is_empty(), command.expected()) {
                // Case 1 is sent with P3 = 00, case 4 without Le (ISO/IEC 7816-3 §12.2).
                (true, None) => octets.push(0),
                (false, Some(_)) => {
                    octets.pop();
                }
                _ => {}
            }
        }
        self.exchange(command, &octets)
    }

    fn exchange(
        &mut self,
        command: &CommandApdu,
        octets: &Zeroizing<Vec<u8>>,
    ) -> Result<Response, CardError> {
        let [_, instruction, ..] = command.header();
        if self.exchanges == MOST_EXCHANGES {
            let endless = CardError::new(CardErrorKind::ResponseTooLong);
            return Err(endless.with_instruction(instruction));
        }
        self.exchanges += 1;
        let answer = self.transport.transmit(octets);
        answer
            .map(Response::from)
            .map_err(|error| error.with_instruction(instruction))
    }
}

/// The card refused a command.
pub(crate) fn refused(command: &CommandApdu, status: StatusWord) -> CardError {
    let [_, instruction, ..] = command.header();
    let kind = match status {
        StatusWord::SECURITY => CardErrorKind::PinRequired,
        _ => CardErrorKind::Refused,
    };
    CardError::new(kind)
        .with_instruction(instruction)
        .with_status_word(status.0)
}

fn unwritable(command: &CommandApdu, _: ApduError) -> CardError {
    let [_, instruction, ..] = command.header();
    CardError::new(CardErrorKind::Unsupported).with_instruction(instruction)
}

#[cfg(test)]
mod tests;
