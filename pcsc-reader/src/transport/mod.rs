//! How a command reaches a card: the traits, the PC/SC adapter, the scripted card.

mod answer;
mod pcsc;
mod reader;
mod transcript;

pub use answer::Answer;
pub use pcsc::PcscService;
pub use reader::{ReaderService, ReaderStatus, Sharing, Slot, Steps};
pub use transcript::{Transcript, TranscriptError};

use crate::error::CardError;

/// A card one can send commands to.
pub trait Transport {
    /// Answer to reset, as the reader delivered it (ISO/IEC 7816-3 §8).
    fn atr(&self) -> &[u8];

    /// Sends one command APDU and returns the card's answer.
    ///
    /// Nothing is repeated: whether a failed command may be sent again is the caller's decision.
    ///
    /// # Errors
    /// [`CardErrorKind::ShortResponse`](crate::CardErrorKind::ShortResponse) when fewer than two
    /// octets came back, else the reason of the failed exchange.
    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError>;
}
