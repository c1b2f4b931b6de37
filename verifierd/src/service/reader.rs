//! Giving a stream to a reader, who is not waited for without end.

use std::time::Duration;

use tokio::{sync::mpsc, time::timeout};
use tokio_stream::{Stream, StreamExt as _, wrappers::ReceiverStream};

use super::refusal::Refusal;
use crate::domain::reason::Reason;

/// How long a reader may leave what he is given: as long as a client may keep its stream waiting.
pub use super::stream::PAUSE;

/// The side that gives.
pub struct Giver<T> {
    items: mpsc::Sender<Result<T, Refusal>>,
    /// What a reader finds who comes back: in the queue there was no place for it.
    last: mpsc::Sender<Result<T, Refusal>>,
    pause: Duration,
}

/// The reader takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// A stream, and who fills it; `waiting` items wait for a reader who is slow.
pub fn stream<T: Send + 'static>(
    waiting: usize,
    pause: Duration,
) -> (
    Giver<T>,
    impl Stream<Item = Result<T, Refusal>> + Send + 'static,
) {
    let (items, taken) = mpsc::channel(waiting);
    let (last, at_last) = mpsc::channel(1);
    let giver = Giver { items, last, pause };
    let taken = ReceiverStream::new(taken);
    (giver, taken.chain(ReceiverStream::new(at_last)))
}

impl<T> Giver<T> {
    /// Gives an item, and waits until there is a place for it.
    ///
    /// # Errors
    /// The reader has left, or has taken nothing for the pause: his stream ends with [`Reason::ReaderStalled`].
    pub async fn give(&self, item: T) -> Result<(), Gone> {
        match timeout(self.pause, self.items.send(Ok(item))).await {
            Ok(sent) => sent.map_err(|_| Gone),
            Err(_) => {
                let stalled = Refusal::from(Reason::ReaderStalled);
                let stalled = stalled.with_fact("seconds", self.pause.as_secs());
                Err(self.end(stalled))
            }
        }
    }

    /// Ends the stream with a refusal, after what still waits.
    pub fn end(&self, refusal: Refusal) -> Gone {
        let _ = self.last.try_send(Err(refusal));
        Gone
    }

    /// Waits until the reader has left.
    pub async fn left(&self) {
        self.items.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_who_reads_gets_everything() {
        let (giver, stream) = stream(1, PAUSE);
        let giving = async move {
            for number in 0..5 {
                giver.give(number).await.unwrap();
            }
        };
        let ((), read) = tokio::join!(giving, stream.collect::<Vec<_>>());
        assert_eq!(read, [0, 1, 2, 3, 4].map(Ok));
    }

    #[tokio::test]
    async fn one_who_does_not_is_given_up_and_told() {
        let (giver, stream) = stream(2, Duration::ZERO);
        giver.give(0).await.unwrap();
        giver.give(1).await.unwrap();
        assert_eq!(giver.give(2).await, Err(Gone));
        drop(giver);
        let read: Vec<_> = stream.collect().await;
        let stalled = Refusal::from(Reason::ReaderStalled).with_fact("seconds", 0);
        assert_eq!(read, [Ok(0), Ok(1), Err(stalled)]);
    }

    #[tokio::test]
    async fn one_who_left_is_given_nothing() {
        let (giver, stream) = stream(1, PAUSE);
        drop(stream);
        giver.left().await;
        assert_eq!(giver.give(0).await, Err(Gone));
    }
}
