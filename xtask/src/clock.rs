//! Processor time of one thread: what others run meanwhile does not count.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A running measurement; to be read in the thread that started it.
#[derive(Clone, Copy, Debug)]
pub struct ThreadClock(Duration);

impl ThreadClock {
    /// Starts.
    pub fn start() -> Self {
        Self(now())
    }

    /// Processor time since the start.
    pub fn elapsed(self) -> Duration {
        now().saturating_sub(self.0)
    }
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}
