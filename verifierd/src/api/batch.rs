//! `VerifyBatch`: many files on one stream.
//!
//! A slot is held from the moment an item is read until its answer is taken, so that a client that does not read is not read
//! either, and no more than [`SLOTS`] items and answers are in memory.

use std::{sync::Arc, time::Duration};

use prost_types::Duration as Delay;
use proto::v1::{
    ItemError, LocalizedText, Reason as Named, VerifyBatchRequest, VerifyBatchResponse,
    VerifyRequest, VerifyResponse, verify_batch_response::Result as Answered,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
    time::sleep,
};
use tokio_stream::{Stream, StreamExt as _, wrappers::ReceiverStream};
use tonic::{Code, Status};
use tracing::Instrument as _;

use super::{convert, status::code, verification::answer};
use crate::{
    domain::{
        claims::{FieldViolation, Rule},
        reason::{Kind, Reason},
    },
    service::{Context, judge::judge_in_turn, refusal::Refusal},
};

/// Items that are held at once.
pub(super) const SLOTS: usize = 32;

/// An answer with the slot that it keeps until it is taken.
type Kept = (
    Option<OwnedSemaphorePermit>,
    Result<VerifyBatchResponse, Status>,
);

/// Answers the items of `messages` as they are ready.
///
/// `judge` never fails: what is wrong with an item is in its answer. `stalled` is what ends a stream on which nothing moves for
/// `pause`. `place` is given back when the last item is answered.
pub(super) fn answers<M, J, F>(
    messages: M,
    judge: J,
    pause: Duration,
    stalled: impl FnOnce() -> Status + Send + 'static,
) -> impl Stream<Item = Result<VerifyBatchResponse, Status>> + Send + 'static
where
    M: Stream<Item = Result<VerifyBatchRequest, Status>> + Send + Unpin + 'static,
    J: Fn(VerifyBatchRequest) -> F + Send + 'static,
    F: Future<Output = VerifyBatchResponse> + Send + 'static,
{
    // One more for the error that ends the stream.
    let (sender, receiver) = mpsc::channel::<Kept>(SLOTS + 1);
    let run = run(messages, judge, sender, (pause, stalled));
    tokio::spawn(run.in_current_span());
    ReceiverStream::new(receiver).map(|(slot, answer)| {
        drop(slot);
        answer
    })
}

async fn run<M, J, F>(
    mut messages: M,
    judge: J,
    answers: mpsc::Sender<Kept>,
    (pause, stalled): (Duration, impl FnOnce() -> Status),
) where
    M: Stream<Item = Result<VerifyBatchRequest, Status>> + Unpin,
    J: Fn(VerifyBatchRequest) -> F,
    F: Future<Output = VerifyBatchResponse> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(SLOTS));
    let mut running = JoinSet::new();
    loop {
        let next = async {
            let slot = slots.clone().acquire_owned().await;
            (slot, messages.next().await)
        };
        let (slot, message) = tokio::select! {
            biased;
            () = answers.closed() => return,
            next = next => next,
            Some(_) = running.join_next() => continue,
            // Nothing is being judged: the client neither sends nor reads.
            () = sleep(pause), if running.is_empty() => {
                let _ = answers.send((None, Err(stalled()))).await;
                return;
            }
        };
        match (slot, message) {
            (Ok(slot), Some(Ok(item))) => {
                let (judged, answers) = (judge(item), answers.clone());
                let answer = async move {
                    let answer = judged.await;
                    let _ = answers.send((Some(slot), Ok(answer))).await;
                };
                running.spawn(answer.in_current_span());
            }
            (_, Some(Err(status))) => {
                let _ = answers.send((None, Err(status))).await;
                return;
            }
            (_, _) => break,
        }
    }
    while running.join_next().await.is_some() {}
    // What it keeps for the stream is free before the client sees the end.
    drop(judge);
}

/// Judges one item.
pub(super) async fn judge_item(context: Context, item: VerifyBatchRequest) -> VerifyBatchResponse {
    let judged = match item_id(&item.item_id) {
        Ok(()) => judge_request(&context, item.request).await,
        Err(refusal) => Err(refusal),
    };
    let result = match judged {
        Ok(verdict) => Answered::Verdict(verdict),
        Err(refusal) => Answered::Error(item_error(&refusal)),
    };
    VerifyBatchResponse {
        item_id: item.item_id,
        result: Some(result),
    }
}

fn item_id(id: &str) -> Result<(), Refusal> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    let rule = match id.len() {
        0 => Rule::Required,
        1..=64 if id.bytes().all(allowed) => return Ok(()),
        _ => Rule::AccountId,
    };
    Err(FieldViolation {
        field: "item_id",
        rule,
    }
    .into())
}

async fn judge_request(
    context: &Context,
    request: Option<VerifyRequest>,
) -> Result<VerifyResponse, Refusal> {
    let request = request.ok_or(FieldViolation {
        field: "request",
        rule: Rule::Required,
    })?;
    let at = request.at.as_ref().map(convert::time_field).transpose()?;
    let request = convert::verify_request(request)?;
    let verdict = judge_in_turn(context, request, at).await?;
    Ok(answer(&verdict))
}

fn item_error(refusal: &Refusal) -> ItemError {
    let reason = match refusal.reason.kind() {
        Kind::Internal | Kind::Outcome => {
            tracing::error!(
                rpc = "VerifyBatch",
                reason = refusal.reason.code(),
                "failed"
            );
            Reason::Internal
        }
        _ => refusal.reason,
    };
    let seconds = refusal.retry_after;
    ItemError {
        status_code: i32::from(match reason.kind() {
            Kind::Outcome => Code::Internal,
            kind => code(kind),
        }),
        reason: Some(Named {
            code: reason.code().to_owned(),
            fields: refusal
                .violations
                .iter()
                .map(|it| it.field.to_owned())
                .collect(),
            text: Some(LocalizedText {
                ru: reason.ru().to_owned(),
                en: reason.en().to_owned(),
            }),
        }),
        facts: refusal
            .facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        retry_delay: seconds.map(|seconds| Delay { seconds, nanos: 0 }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn item(id: usize) -> Result<VerifyBatchRequest, Status> {
        Ok(VerifyBatchRequest {
            item_id: id.to_string(),
            request: None,
        })
    }

    async fn echo(item: VerifyBatchRequest) -> VerifyBatchResponse {
        VerifyBatchResponse {
            item_id: item.item_id,
            result: None,
        }
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_read_no_further() {
        let judged = Arc::new(AtomicUsize::new(0));
        let counted = judged.clone();
        let judge = move |item| {
            counted.fetch_add(1, Ordering::SeqCst);
            echo(item)
        };
        let endless = tokio_stream::iter((0..).map(item));
        let stalled = || Status::resource_exhausted("stalled");
        // The stream ends by itself once nothing moves: with no patience, when every slot is held.
        let (sender, mut receiver) = mpsc::channel(SLOTS + 1);
        run(endless, judge, sender, (Duration::ZERO, stalled)).await;
        assert_eq!(judged.load(Ordering::SeqCst), SLOTS);
        let mut answered = Vec::new();
        while let Some((_, answer)) = receiver.recv().await {
            answered.push(answer.map(|it| it.item_id).map_err(|it| it.code()));
        }
        assert_eq!(answered.len(), SLOTS + 1);
        assert_eq!(answered.pop(), Some(Err(Code::ResourceExhausted)));
        assert!(answered.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn answers_come_as_they_are_ready_and_each_once() {
        let (first, waits) = tokio::sync::oneshot::channel::<()>();
        let waits = Arc::new(std::sync::Mutex::new(Some(waits)));
        let judge = move |item: VerifyBatchRequest| {
            let waits = waits.lock().unwrap().take();
            async move {
                if let Some(waits) = waits {
                    waits.await.unwrap();
                }
                echo(item).await
            }
        };
        let messages = tokio_stream::iter((0..1000).map(item));
        let answers = answers(messages, judge, LONG, || Status::internal(""));
        let mut answers = Box::pin(answers);
        let mut first = Some(first);
        let mut ids = Vec::new();
        while let Some(answer) = answers.next().await {
            ids.push(answer.unwrap().item_id.parse::<usize>().unwrap());
            if ids.len() == 999 {
                first.take().unwrap().send(()).unwrap();
            }
        }
        assert_eq!(ids.last(), Some(&0), "the first waits for all others");
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..1000));
    }

    #[tokio::test]
    async fn a_broken_stream_ends_with_its_error() {
        let messages = tokio_stream::iter([Err(Status::out_of_range("large"))]);
        let answers = answers(messages, echo, LONG, || Status::internal(""));
        let all: Vec<_> = Box::pin(answers).collect().await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].as_ref().unwrap_err().code(), Code::OutOfRange);
    }

    #[tokio::test]
    async fn nobody_works_for_a_client_that_left() {
        let (sender, receiver) = mpsc::channel(SLOTS + 1);
        drop(receiver);
        let endless = tokio_stream::iter((0..).map(item));
        run(endless, echo, sender, (LONG, || Status::internal(""))).await;
    }
}
