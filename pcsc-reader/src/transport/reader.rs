//! What a card service tells about its readers.

use std::time::Duration;

use super::Transport;
use crate::error::CardError;

/// One reader at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderStatus {
    /// Name given by the service; its numeric suffix may change when readers are replugged.
    pub name: String,
    /// What is in the reader.
    pub slot: Slot,
    /// Who uses the card.
    pub sharing: Sharing,
    /// Counter of insertions and removals at this reader, wrapping. It goes on where the service is restarted, with a
    /// number that was never told.
    pub insertions: u16,
}

/// What is in a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slot {
    /// A card that answered with this ATR.
    Card(Vec<u8>),
    /// Nothing.
    Empty,
    /// A card that does not answer.
    Mute,
    /// The reader itself does not answer.
    Unavailable,
}

/// Who uses a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sharing {
    /// One program, for itself alone.
    Exclusive,
    /// No program.
    Free,
    /// One or more programs that let others in.
    Shared,
}

/// The commands of one transaction.
pub type Steps<'a> = &'a mut dyn FnMut(&mut dyn Transport) -> Result<(), CardError>;

/// A service that knows readers.
pub trait ReaderService {
    /// The readers as they are now, in the order of the service; none is an empty list.
    ///
    /// # Errors
    /// What keeps the service from telling.
    fn readers(&mut self) -> Result<Vec<ReaderStatus>, CardError>;

    /// Waits until something changed since the last look, at most for `limit`, and returns the
    /// readers as they are then. It may return early with nothing changed.
    ///
    /// # Errors
    /// What keeps the service from telling.
    fn wait(&mut self, limit: Duration) -> Result<Vec<ReaderStatus>, CardError>;

    /// Runs `steps` with the card of `reader` while no other program can send it a command.
    /// The card is left as it is afterwards, or reset where the steps asked for it.
    ///
    /// # Errors
    /// What kept the card from being reached, or the error of `steps`.
    fn transaction(&mut self, reader: &str, steps: Steps<'_>) -> Result<(), CardError>;
}
