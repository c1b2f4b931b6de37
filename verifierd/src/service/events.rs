//! Telling what happened, in order, from any number on.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Context, ports::events::Told, refusal::Refusal};
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

/// Every event from number `from` on, and those that happen, until the reader
/// leaves or the daemon stops.
///
/// # Errors
/// [`Reason::EventNotYet`]; the stream ends with a refusal when the store
/// fails.
pub async fn subscribe(
    context: &Context,
    from: u64,
) -> Result<ReceiverStream<Result<Told, Refusal>>, Refusal> {
    is_there(context, from).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(tell(context.clone(), from, sender));
    Ok(ReceiverStream::new(receiver))
}

/// The caller knows of no event that the log has not.
async fn is_there(context: &Context, from: u64) -> Result<(), Refusal> {
    let size = context.store.tree_head().await?.size;
    match from <= size {
        true => Ok(()),
        false => Err(Refusal::from(Reason::EventNotYet).with_fact("next", size)),
    }
}

async fn tell(context: Context, from: u64, to: mpsc::Sender<Result<Told, Refusal>>) {
    let mut next = from;
    let mut stopping = context.stopping.clone();
    loop {
        let told = match context.store.events(next, LARGEST_PAGE).await {
            Ok(told) => told,
            Err(error) => {
                let _ = to.send(Err(error.into())).await;
                return;
            }
        };
        let is_all = told.is_empty();
        for event in told {
            next = event.sequence + 1;
            // The reader may have left, or stand still while the daemon stops.
            tokio::select! {
                sent = to.send(Ok(event)) => if sent.is_err() { return },
                _ = stopping.wait_for(|it| *it) => return,
            }
        }
        if is_all {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = to.closed() => return,
                _ = stopping.wait_for(|it| *it) => return,
            }
        }
    }
}
