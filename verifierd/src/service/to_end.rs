//! Work that runs to its end whether or not its caller stays.

use tracing::Instrument as _;

use super::refusal::Refusal;
use crate::domain::reason::Reason;

/// Runs `work` on a task of its own: what it writes, a try that counts above
/// all, is written when the caller has left, too.
///
/// # Errors
/// Those of `work`; [`Reason::Internal`] when it panicked.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|_| {
        tracing::error!("a submission ended without an answer");
        Err(Reason::Internal.into())
    })
}
