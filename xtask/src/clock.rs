//! Processor time of one thread, where what others run meanwhile does not count, and time on the wall.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A running measurement; to be read in the thread that started it.
#[derive(Clone, Copy, Debug)]
pub struct ThreadClock(Duration);

impl ThreadClock {
    /// Starts.
    pub fn start() -> Self {
        Self(now(ClockId::ThreadCPUTime))
    }

    /// Processor time since the start.
    pub fn elapsed(self) -> Duration {
        now(ClockId::ThreadCPUTime).saturating_sub(self.0)
    }
}

/// A running measurement of what one who waits sees.
#[derive(Clone, Copy, Debug)]
pub struct WallClock(Duration);

impl WallClock {
    /// Starts.
    pub fn start() -> Self {
        Self(now(ClockId::Monotonic))
    }

    /// Time since the start.
    pub fn elapsed(self) -> Duration {
        now(ClockId::Monotonic).saturating_sub(self.0)
    }
}

/// Unix time in seconds.
pub fn unix_seconds() -> i64 {
    i64::try_from(now(ClockId::Realtime).as_secs()).unwrap_or(i64::MAX)
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}
