//! How a command reaches a card: the traits, the PC/SC adapter, the scripted card.

mod answer;
mod pcsc;
mod reader;
mod redact;
mod transcript;

pub use answer::Answer;
pub use pcsc::{Canceller, PcscService};
pub use reader::{ReaderService, ReaderStatus, Sharing, Slot, Steps};
pub use redact::Recorder;
pub use transcript::{Transcript, TranscriptError};

use crate::error::CardError;

/// How a reader speaks to a card (ISO/IEC 7816-3 §10, §11). Contactless cards speak as with T=1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Octet by octet: no command carries data both ways.
    T0,
    /// In blocks.
    T1,
}

/// A card one can send commands to.
pub trait Transport {
    /// Answer to reset, as the reader delivered it (ISO/IEC 7816-3 §8).
    fn atr(&self) -> &[u8];

    /// How the reader speaks to the card.
    fn protocol(&self) -> Protocol;

    /// Whoever uses the card next finds it reset, so that nobody inherits a verified PIN. It holds also when what
    /// follows fails.
    fn reset_on_release(&mut self);

    /// Sends one command APDU and returns the card's answer.
    ///
    /// Nothing is repeated: whether a failed command may be sent again is the caller's decision.
    ///
    /// # Errors
    /// [`CardErrorKind::ShortResponse`](crate::CardErrorKind::ShortResponse) when fewer than two
    /// octets came back, else the reason of the failed exchange.
    fn transmit(&mut self, command: &[u8]) -> Result<Answer, CardError>;
}
