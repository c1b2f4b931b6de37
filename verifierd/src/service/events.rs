//! Telling what happened, in order, from any number on.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, watch};
use tokio_stream::Stream;

use super::{
    Context,
    ports::events::{Events, Told},
    reader::{self, Giver, Gone},
    refusal::Refusal,
};
use crate::domain::{
    claims::{FieldViolation, Rule},
    reason::Reason,
};

/// Events of a page when the caller names no number.
const PAGE: u32 = 100;
/// Most events of a page, and of one read for a stream.
const LARGEST_PAGE: u32 = 500;
/// Events that wait for a slow reader; what comes later stays in the store.
const WAITING: usize = 64;
/// Subscriptions at once: each asks the store, and keeps what a slow reader has not taken.
const SUBSCRIPTIONS: usize = 64;
/// Between two looks for new events. Other daemons write to the log as well, so that only the store knows.
const LOOK: Duration = Duration::from_millis(200);

/// Events of a page, from number `from` on.
///
/// # Errors
/// A page size out of bounds; [`Reason::EventNotYet`].
pub async fn list(context: &Context, from: u64, page_size: u32) -> Result<Vec<Told>, Refusal> {
    let most = match page_size {
        0 => PAGE,
        size if size <= LARGEST_PAGE => size,
        _ => {
            return Err(FieldViolation {
                field: "page_size",
                rule: Rule::PageSize,
            }
            .into());
        }
    };
    is_there(context, from).await?;
    Ok(context.store.events(from, most).await?)
}

/// Places for subscriptions.
#[derive(Clone, Debug)]
pub struct Subscribers(Arc<Semaphore>);

impl Default for Subscribers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SUBSCRIPTIONS)))
    }
}

/// Every event from number `from` on, and those that happen, until the reader
/// leaves or the daemon stops.
///
/// # Errors
/// [`Reason::EventNotYet`]; [`Reason::TooManySubscriptions`]; the stream ends
/// with a refusal when the store fails, and with [`Reason::ReaderStalled`]
/// when nobody reads it.
pub async fn subscribe(
    context: &Context,
    from: u64,
) -> Result<impl Stream<Item = Result<Told, Refusal>> + Send + 'static, Refusal> {
    let place = context.subscribers.0.clone().try_acquire_owned();
    let too_many = |_| Refusal::from(Reason::TooManySubscriptions).with_retry_after(1);
    let place = place.map_err(too_many)?;
    is_there(context, from).await?;
    let (giver, told) = reader::stream(WAITING, reader::PAUSE);
    let (context, stopping) = (context.clone(), context.stopping.clone());
    tokio::spawn(async move {
        let _place = place;
        let _ = tell(&*context.store, from, stopping, giver).await;
    });
    Ok(told)
}

/// The caller knows of no event that the log has not.
async fn is_there(context: &Context, from: u64) -> Result<(), Refusal> {
    let size = context.store.tree_head().await?.size;
    match from <= size {
        true => Ok(()),
        false => Err(Refusal::from(Reason::EventNotYet).with_fact("next", size)),
    }
}

async fn tell(
    events: &(impl Events + ?Sized),
    from: u64,
    mut stopping: watch::Receiver<bool>,
    to: Giver<Told>,
) -> Result<(), Gone> {
    let mut next = from;
    loop {
        let told = events.events(next, LARGEST_PAGE).await;
        let told = told.map_err(|error| to.end(error.into()))?;
        let is_all = told.is_empty();
        for event in told {
            next = event.sequence + 1;
            // The reader may have left, or stand still while the daemon stops.
            tokio::select! {
                given = to.give(event) => given?,
                _ = stopping.wait_for(|it| *it) => return Ok(()),
            }
        }
        if is_all {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = to.left() => return Err(Gone),
                _ = stopping.wait_for(|it| *it) => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt as _;

    use super::*;
    use crate::{
        domain::time::UnixSeconds,
        service::{change::EventKind, ports::StoreError},
    };

    fn event(sequence: u64) -> Told {
        Told {
            sequence,
            kind: EventKind::AccountRegistered,
            at: UnixSeconds::new(0),
            account: None,
            application_id: None,
            object: None,
            reasons: Vec::new(),
        }
    }

    struct Endless;

    #[async_trait::async_trait]
    impl Events for Endless {
        async fn events(&self, from: u64, _: u32) -> Result<Vec<Told>, StoreError> {
            Ok((from..from + 10).map(event).collect())
        }
    }

    #[tokio::test]
    async fn a_reader_who_stands_still_is_given_up() {
        let (giver, told) = reader::stream(WAITING, Duration::ZERO);
        let (_stop, stopping) = watch::channel(false);
        // Ends by itself, and nobody has read.
        assert_eq!(tell(&Endless, 7, stopping, giver).await, Err(Gone));
        let told: Vec<_> = told.collect().await;
        let (last, before) = told.split_last().unwrap();
        let numbers: Vec<_> = before
            .iter()
            .map(|it| it.as_ref().map(|it| it.sequence).unwrap())
            .collect();
        assert_eq!(numbers, (7..7 + WAITING as u64).collect::<Vec<_>>());
        let refusal = last.as_ref().err().unwrap();
        assert_eq!(refusal.reason, Reason::ReaderStalled);
    }
}
