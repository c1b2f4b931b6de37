//! Where the last head of the log that was vouched for is kept: outside of the database.

use async_trait::async_trait;

/// What went wrong with the place; in both languages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotKept(pub String);

/// The place.
#[async_trait]
pub trait KeptHead: Send + Sync {
    /// Keeps every other daemon of this place away until the answer is dropped.
    ///
    /// # Errors
    /// [`NotKept`] when it cannot be read.
    async fn hold(&self) -> Result<Box<dyn Held>, NotKept>;
}

/// The place, held.
#[async_trait]
pub trait Held: Send {
    /// The signed checkpoint that is there; none at the first start.
    fn last(&self) -> Option<&str>;

    /// Puts `checkpoint` in its place, on disk when this answers.
    ///
    /// # Errors
    /// [`NotKept`].
    async fn keep(self: Box<Self>, checkpoint: &str) -> Result<(), NotKept>;
}
