//! Judging one signature over content that arrives in parts.

use std::time::Duration;

use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{
    Context,
    judge::{DEFAULT_POLICY, check_size},
    ports::{Arriving, StreamRequest, Verdict},
    refusal::Refusal,
};
use crate::domain::{reason::Reason, time::UnixSeconds};

/// Largest chunk, in octets.
pub const CHUNK_OCTETS: usize = 1 << 20;
/// Most octets of one stream: 16 GiB.
const STREAM_OCTETS: u64 = 16 << 30;

/// How long a client may keep its stream waiting for the next message.
pub const PAUSE: Duration = Duration::from_secs(30);

/// What a client sends next. It is not waited for without end: others want the
/// place of the stream.
///
/// # Errors
/// [`Reason::StreamStalled`].
pub async fn in_time<T>(next: impl Future<Output = T>, pause: Duration) -> Result<T, Refusal> {
    let came = timeout(pause, next).await;
    came.map_err(|_| Refusal::from(Reason::StreamStalled).with_fact("seconds", pause.as_secs()))
}

/// What a stream begins with.
#[derive(Clone)]
pub struct Header {
    /// The detached signature over the chunks; none when they are a signature
    /// with its content inside.
    pub detached_signature: Option<Vec<u8>>,
    /// Policy id; the default one when empty.
    pub policy: String,
    /// When to judge; now when absent.
    pub at: Option<UnixSeconds>,
}

/// A stream of which a part has arrived. The pool is held only while it works.
pub struct Arrival {
    context: Context,
    /// Nothing once a job failed.
    arriving: Option<Box<dyn Arriving>>,
    octets: u64,
    _place: OwnedSemaphorePermit,
}

impl Arrival {
    /// Begins a stream.
    ///
    /// # Errors
    /// [`Reason::SignatureEmpty`], [`Reason::SignatureTooLarge`],
    /// [`Reason::Busy`]; why the signature could not be judged.
    pub async fn begin(context: &Context, header: Header) -> Result<Self, Refusal> {
        if let Some(signature) = &header.detached_signature {
            check_size(context, signature)?;
        }
        let place = context.workers.admit_stream()?;
        let policy = match header.policy.is_empty() {
            true => DEFAULT_POLICY.to_owned(),
            false => header.policy,
        };
        let request = StreamRequest {
            detached_signature: header.detached_signature,
            held_octets: context.settings.signature_octets,
            policy,
        };
        let at = header.at.unwrap_or_else(|| context.clock.now());
        let verify = context.verify.clone();
        let begun = context.workers.in_turn(move || verify.begin(request, at));
        Ok(Self {
            context: context.clone(),
            arriving: Some(begun.await??),
            octets: 0,
            _place: place,
        })
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    /// [`Reason::ChunkSize`], [`Reason::StreamTooLarge`]; why the rest is of no
    /// use.
    pub async fn push(&mut self, chunk: Vec<u8>) -> Result<(), Refusal> {
        if chunk.is_empty() || chunk.len() > CHUNK_OCTETS {
            return Err(Refusal::from(Reason::ChunkSize)
                .with_fact("limit", CHUNK_OCTETS)
                .with_fact("size", chunk.len()));
        }
        self.octets += chunk.len() as u64;
        if self.octets > STREAM_OCTETS {
            return Err(Refusal::from(Reason::StreamTooLarge).with_fact("limit", STREAM_OCTETS));
        }
        let mut arriving = self.arriving.take().ok_or(Reason::Internal)?;
        let pushed = self.context.workers.in_turn(move || {
            let pushed = arriving.push(&chunk);
            (arriving, pushed)
        });
        let (arriving, pushed) = pushed.await?;
        self.arriving = Some(arriving);
        pushed.map_err(Refusal::from)
    }

    /// Judges what has arrived.
    ///
    /// # Errors
    /// [`Reason::StreamEmpty`]; why the octets could not be judged.
    pub async fn finish(mut self) -> Result<Verdict, Refusal> {
        if self.octets == 0 {
            return Err(Reason::StreamEmpty.into());
        }
        let arriving = self.arriving.take().ok_or(Reason::Internal)?;
        let verdict = self.context.workers.in_turn(move || arriving.finish());
        verdict.await?.map_err(Refusal::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_that_sends_nothing_loses_its_place() {
        let never = in_time(std::future::pending::<()>(), Duration::ZERO);
        assert_eq!(never.await.unwrap_err().reason, Reason::StreamStalled);
        assert_eq!(in_time(async { 7 }, Duration::ZERO).await, Ok(7));
    }
}
