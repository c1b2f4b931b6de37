//! The pool for work that is heavy on the processor.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::refusal::Refusal;
use crate::domain::reason::Reason;

/// A bounded pool: so many jobs run, so many more wait, the rest is refused.
#[derive(Clone, Debug)]
pub struct Workers {
    places: Arc<Semaphore>,
    threads: Arc<Threads>,
    streams: Arc<Semaphore>,
}

type Job = Box<dyn FnOnce() + Send>;

/// Jobs in the order of their arrival. A thread that has ended one takes the next itself: under load none goes to sleep
/// and is woken again between two jobs.
struct Queue {
    /// Threads at once.
    most: usize,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    threads: usize,
    /// Threads that wait for a job.
    idle: usize,
    waiting: VecDeque<Job>,
    is_closed: bool,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state();
        f.debug_struct("Queue")
            .field("threads", &state.threads)
            .field("waiting", &state.waiting.len())
            .finish()
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job at the end, for a thread that waits or for a new one, while there may be more.
    ///
    /// # Errors
    /// There is no thread for it.
    fn put(self: &Arc<Self>, job: Job) -> Result<(), std::io::Error> {
        let mut state = self.state();
        state.waiting.push_back(job);
        if state.idle >= state.waiting.len() {
            drop(state);
            self.arrived.notify_one();
            return Ok(());
        }
        if state.threads == self.most {
            return Ok(());
        }
        let queue = Arc::clone(self);
        let thread = std::thread::Builder::new().name("judge".to_owned());
        match thread.spawn(move || queue.work()) {
            Ok(_) => state.threads += 1,
            // Those that run take it.
            Err(_) if state.threads > 0 => {}
            Err(why) => {
                state.waiting.pop_back();
                return Err(why);
            }
        }
        Ok(())
    }

    /// Does jobs until the pool is gone.
    fn work(&self) {
        let mut state = self.state();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                drop(state);
                // Its caller learns it from the answer that does not come.
                let _ = catch_unwind(AssertUnwindSafe(job));
                state = self.state();
                continue;
            }
            if state.is_closed {
                state.threads -= 1;
                return;
            }
            state.idle += 1;
            let woken = self.arrived.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

/// The threads end when nobody can bring them jobs.
#[derive(Debug)]
struct Threads(Arc<Queue>);

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.arrived.notify_all();
    }
}

impl Workers {
    /// A pool that runs `running` jobs at once and lets `waiting` more wait.
    pub fn new(running: usize, waiting: usize) -> Self {
        let running = running.max(1);
        Self {
            places: Arc::new(Semaphore::new(running.saturating_add(waiting))),
            threads: Arc::new(Threads(Arc::new(Queue {
                most: running,
                state: Mutex::default(),
                arrived: Condvar::new(),
            }))),
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

    /// Runs `job` on a thread of the pool.
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
        let (tell, told) = oneshot::channel();
        let call = tracing::Span::current();
        let job = Box::new(move || {
            // Nobody waits for an answer any more.
            if !tell.is_closed() {
                let _ = tell.send(call.in_scope(job));
            }
        });
        if let Err(error) = self.threads.0.put(job) {
            tracing::error!(%error, "no thread for the worker pool");
            return Err(Refusal::from(Reason::Busy).with_retry_after(1));
        }
        told.await.map_err(|_| {
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
        let (started, has_started) = oneshot::channel();
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

    #[tokio::test(flavor = "multi_thread")]
    async fn as_many_run_as_may_and_the_rest_in_their_order() {
        const RUNNING: usize = 2;
        let workers = Workers::new(RUNNING, 100);
        let (release, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let (start, mut started) = tokio::sync::mpsc::unbounded_channel();
        let mut jobs = Vec::new();
        for number in 0..10 {
            let (wait, start) = (Arc::clone(&wait), start.clone());
            let mut job = Box::pin(workers.run(move || {
                start.send(number).unwrap();
                wait.lock().unwrap().recv().unwrap();
            }));
            // Polled once: it stands in the queue.
            tokio::select! {
                biased;
                _ = &mut job => unreachable!("nothing was released"),
                () = std::future::ready(()) => {}
            }
            jobs.push(job);
        }
        let mut order = Vec::new();
        for _ in 0..RUNNING {
            order.push(started.recv().await.unwrap());
        }
        order.sort_unstable();
        assert_eq!(order, [0, 1]);
        assert_eq!(workers.threads.0.state().threads, RUNNING);
        assert_eq!(workers.threads.0.state().waiting.len(), 8);
        jobs.pop();
        for _ in 0..10 {
            let _ = release.send(());
        }
        for job in jobs {
            job.await.unwrap();
        }
        let mut rest = Vec::new();
        drop(start);
        while let Ok(number) = started.try_recv() {
            rest.push(number);
        }
        rest.sort_unstable();
        assert_eq!(
            rest,
            [2, 3, 4, 5, 6, 7, 8],
            "the one whose caller left is not run"
        );
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
