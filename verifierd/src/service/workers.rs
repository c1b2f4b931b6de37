//! The pool for work that is heavy on the processor.
//!
//! A job with little to read costs less than handing it to another thread and back: it runs where it arrived, by the
//! same turns. So that calls are still answered when every turn is taken, [`Workers::runtime`] has threads beyond them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::{
    runtime::{Builder, Handle, Runtime, RuntimeFlavor},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::refusal::Refusal;
use crate::domain::reason::Reason;

/// How long a job may hold up the thread that it runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As long as other work of a call does.
    Short,
    /// Longer: it has a thread of its own.
    Long,
}

impl Weight {
    /// Octets that are judged about as fast as a thread is woken.
    const SHORT: usize = 64 << 10;

    /// Of judging so many octets.
    pub fn of(octets: usize) -> Self {
        match octets {
            0..=Self::SHORT => Self::Short,
            _ => Self::Long,
        }
    }
}

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

    /// What a daemon with this many jobs at once runs on: a thread for each of them, and those that answer calls
    /// meanwhile.
    ///
    /// # Errors
    /// When threads cannot be made.
    pub fn runtime(running: usize) -> std::io::Result<Runtime> {
        let answering = std::thread::available_parallelism()?.get();
        Builder::new_multi_thread()
            .worker_threads(answering.saturating_add(running))
            .enable_all()
            .build()
    }

    /// A place for a file that arrives in parts: as many as jobs may run and wait.
    ///
    /// # Errors
    /// [`Reason::Busy`] when every place is taken.
    pub fn admit_stream(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = self.streams.clone().try_acquire_owned();
        place.map_err(|_| Refusal::from(Reason::Busy).with_retry_after(1))
    }

    /// Runs `job`.
    ///
    /// # Errors
    /// [`Reason::Busy`] when every place is taken; [`Reason::Internal`] when
    /// the job panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        weight: Weight,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Refusal::from(Reason::Busy).with_retry_after(1))?;
        // The permits go with the job: a caller who left does not free them.
        self.in_turn(weight, move || {
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
        weight: Weight,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.running.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Refusal::from(Reason::Internal))?;
        let job = move || {
            let answer = job();
            drop(turn);
            answer
        };
        // Where there is one thread, nothing would be answered meanwhile.
        let alone = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
        let done = match weight {
            Weight::Short if !alone => catch_unwind(AssertUnwindSafe(job)).ok(),
            Weight::Short | Weight::Long => {
                let call = tracing::Span::current();
                let done = tokio::task::spawn_blocking(move || call.in_scope(job));
                done.await.ok()
            }
        };
        done.ok_or_else(|| {
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
            pool.run(Weight::Long, move || {
                let _ = started.send(());
                wait.recv().is_ok()
            })
            .await
        });
        has_started.await.unwrap();
        for weight in [Weight::Short, Weight::Long] {
            let refused = workers.run(weight, || ()).await.unwrap_err();
            assert_eq!(
                (refused.reason, refused.retry_after),
                (Reason::Busy, Some(1))
            );
        }
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(workers.run(Weight::Long, || 7).await, Ok(7));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_internal_and_frees_the_place() {
        let workers = Workers::new(1, 0);
        for weight in [Weight::Short, Weight::Long] {
            let panicked = workers.run(weight, || -> () { panic!("on purpose") }).await;
            assert_eq!(panicked.unwrap_err().reason, Reason::Internal);
            assert_eq!(workers.run(weight, || 7).await, Ok(7));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_short_job_stays_on_its_thread() {
        let workers = Workers::new(1, 0);
        let here = std::thread::current().id();
        let thread = || std::thread::current().id();
        assert_eq!(workers.run(Weight::of(64 << 10), thread).await, Ok(here));
        assert_ne!(
            workers.run(Weight::of((64 << 10) + 1), thread).await,
            Ok(here)
        );
    }

    #[tokio::test]
    async fn a_short_job_leaves_an_only_thread_free() {
        let here = std::thread::current().id();
        let ran = Workers::new(1, 0).run(Weight::Short, || std::thread::current().id());
        assert_ne!(ran.await, Ok(here));
    }

    #[test]
    fn calls_are_answered_while_every_turn_is_taken() {
        let runtime = Workers::runtime(2).unwrap();
        let workers = Workers::new(2, 0);
        let (release, wait) = mpsc::channel::<()>();
        let wait = Arc::new(std::sync::Mutex::new(wait));
        let begun = Arc::new(std::sync::Barrier::new(3));
        for _ in 0..2 {
            let (pool, wait, begun) = (workers.clone(), Arc::clone(&wait), Arc::clone(&begun));
            runtime.spawn(async move {
                pool.run(Weight::Short, move || {
                    begun.wait();
                    let _ = wait.lock().unwrap().recv();
                })
                .await
            });
        }
        begun.wait();
        let answered = runtime.spawn(async { 7 });
        assert_eq!(runtime.block_on(answered).unwrap(), 7);
        drop(release);
    }
}
