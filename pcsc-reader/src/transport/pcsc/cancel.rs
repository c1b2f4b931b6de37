//! Ending waits from another thread.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pcsc::Context;

/// Time between two calls of `SCardCancel` for one wait, and how many there are at most.
const CANCEL_PAUSE: Duration = Duration::from_millis(10);
const CANCELS: u32 = 300;

/// Ends the waits of a [`PcscService`] from any thread.
#[derive(Clone, Debug)]
pub struct Canceller {
    pub(super) waiting: Arc<Waiting>,
}

impl Canceller {
    /// Ends the wait that goes on now, and every later one at once, with [`CardErrorKind::Cancelled`]. Returns when no
    /// wait goes on any more.
    ///
    /// `SCardCancel` reaches only a wait that has begun at the service, and pcsc-lite up to 2.0.0 may lose it: it is
    /// called until the wait has ended.
    pub fn cancel(&self) {
        let mut state = self.waiting.lock();
        state.is_cancelled = true;
        self.waiting.changed.notify_all();
        for _ in 0..CANCELS {
            let Some(context) = &state.context else {
                return;
            };
            // What it says depends on the race that the loop is for.
            let _ = context.cancel();
            state = self.waiting.wait(state, CANCEL_PAUSE);
        }
    }
}

/// Whether the owner of a context waits, and whether it shall.
#[derive(Default)]
pub(super) struct Waiting {
    state: Mutex<WaitState>,
    changed: Condvar,
}

#[derive(Default)]
struct WaitState {
    /// The context that waits.
    context: Option<Context>,
    is_cancelled: bool,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, WaitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(
        &self,
        state: MutexGuard<'g, WaitState>,
        limit: Duration,
    ) -> MutexGuard<'g, WaitState> {
        let waited = self.changed.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A wait begins; `false` when it must not.
    pub(super) fn begin(&self, context: &Context) -> bool {
        let mut state = self.lock();
        if !state.is_cancelled {
            state.context = Some(context.clone());
        }
        !state.is_cancelled
    }

    /// It has ended; `true` when it was cancelled.
    pub(super) fn end(&self) -> bool {
        let mut state = self.lock();
        let was_waiting = state.context.take().is_some();
        self.changed.notify_all();
        was_waiting && state.is_cancelled
    }

    /// Waits without the service; `true` when that was cancelled.
    pub(super) fn pause(&self, limit: Duration) -> bool {
        let state = self.lock();
        if state.is_cancelled {
            return true;
        }
        self.wait(state, limit).is_cancelled
    }
}
