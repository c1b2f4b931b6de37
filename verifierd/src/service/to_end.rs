//! Work that runs to its end whether or not its caller stays.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tracing::Instrument as _;

use super::{Context, refusal::Refusal};
use crate::domain::reason::Reason;

/// More submissions than are ever in progress.
const MOST: u32 = 1 << 20;

/// Submissions in progress, those whose callers have left among them.
#[derive(Clone, Debug)]
pub struct InProgress(Arc<Semaphore>);

impl Default for InProgress {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }
}

impl InProgress {
    /// Waits until none is left; what begins meanwhile waits in its turn.
    pub(crate) async fn ended(&self) {
        let _ = self.0.acquire_many(MOST).await;
    }
}

/// Runs `work` on a task of its own: what it writes, a try that counts above
/// all, is written when the caller has left, too.
///
/// # Errors
/// Those of `work`; [`Reason::Internal`] when it panicked.
pub(super) async fn to_its_end<T: Send + 'static>(
    context: &Context,
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    let place = context.submissions.0.clone().acquire_owned().await;
    let place = place.map_err(|_| Refusal::from(Reason::Internal))?;
    let work = async move {
        let _place = place;
        work.await
    };
    let done = tokio::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|_| {
        tracing::error!("a submission ended without an answer");
        Err(Reason::Internal.into())
    })
}
