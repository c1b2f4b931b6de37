//! The pool for work that is heavy on the processor.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;
use crate::domain::reason::Reason;

/// A bounded pool: so many jobs run, so many more wait, the rest is refused.
#[derive(Clone, Debug)]
pub struct Workers {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Workers {
    /// A pool that runs `running` jobs at once and lets `waiting` more wait.
    pub fn new(running: usize, waiting: usize) -> Self {
        let running = running.max(1);
        Self {
            places: Arc::new(Semaphore::new(running.saturating_add(waiting))),
            running: Arc::new(Semaphore::new(running)),
            streams: Arc::new(Semaphore::new(running.saturating_add(waiting))),
        }
    }

    /// A place for a file that arrives in parts: as many as jobs may run and wait.
    ///
    /// # Errors
    /// [`Reason::Busy`] when every place is taken.
    pub fn admit_stream(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = self.streams.clone().try_acquire_owned();
        place.map_err(|_| Refusal::from(Reason::Busy).with_retry_after(1))
    }

    /// Runs `job` on a thread of its own.
    ///
    /// # Errors
    /// [`Reason::Busy`] when every place is taken; [`Reason::Internal`] when
    /// the job panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Refusal::from(Reason::Busy).with_retry_after(1))?;
        // The permits go with the job: a caller who left does not free them.
        self.in_turn(move || {
            let answer = job();
            drop(place);
            answer
        })
        .await
    }

    /// Runs `job` for a stream that was admitted, when its turn comes.
    ///
    /// # Errors
    /// [`Reason::Internal`] when the job panicked.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.running.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Refusal::from(Reason::Internal))?;
        let call = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let answer = call.in_scope(job);
            drop(turn);
            answer
        });
        done.await.map_err(|_| {
            tracing::error!("a job on the worker pool panicked");
            Reason::Internal.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_pool_refuses_and_recovers() {
        let workers = Workers::new(1, 0);
        let (release, wait) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let pool = workers.clone();
        let first = tokio::spawn(async move {
            pool.run(move || {
                let _ = started.send(());
                wait.recv().is_ok()
            })
            .await
        });
        has_started.await.unwrap();
        let refused = workers.run(|| ()).await.unwrap_err();
        assert_eq!(
            (refused.reason, refused.retry_after),
            (Reason::Busy, Some(1))
        );
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(workers.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_is_internal_and_frees_the_place() {
        let workers = Workers::new(1, 0);
        let panicked = workers.run(|| -> () { panic!("on purpose") }).await;
        assert_eq!(panicked.unwrap_err().reason, Reason::Internal);
        assert_eq!(workers.run(|| 7).await, Ok(7));
    }
}
