//! Many calls at once, and how long each took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::measure::Verdict;
use crate::clock::WallClock;

/// How long all calls took together, and each of them.
pub struct Times {
    pub all: Duration,
    /// In the order of the calls.
    pub each: Vec<Duration>,
}

impl Times {
    /// Calls a second.
    pub fn rate(&self) -> f64 {
        self.each.len() as f64 / self.all.as_secs_f64()
    }
}

/// Makes `count` calls, `at_once` of them at any time: each begins when one has ended.
pub async fn closed<F, C>(at_once: usize, count: usize, call: F) -> Result<Times>
where
    F: Fn(usize) -> C + Clone + Send + 'static,
    C: Future<Output = Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    let begun = WallClock::start();
    for _ in 0..at_once {
        let (next, call) = (Arc::clone(&next), call.clone());
        callers.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<_, anyhow::Error>(taken);
                }
                let clock = WallClock::start();
                call(number).await?;
                taken.push((number, clock.elapsed()));
            }
        });
    }
    let mut each = vec![Duration::ZERO; count];
    while let Some(taken) = callers.join_next().await {
        for (number, time) in taken?? {
            *each.get_mut(number).context("a call of the run")? = time;
        }
    }
    let all = begun.elapsed();
    Ok(Times { all, each })
}

/// Makes `count` calls, one every `pause`, whether or not those before have ended; each is timed from when it was due.
///
/// A thread of its own waits for each moment: timers of the runtime wake once in a millisecond, which would send several
/// calls at once.
pub async fn paced<F, C>(pause: Duration, count: usize, call: F) -> Result<Vec<Duration>>
where
    F: Fn(usize) -> C,
    C: Future<Output = Result<()>> + Send + 'static,
{
    let (tell, mut due) = mpsc::unbounded_channel();
    let metronome = thread::spawn(move || {
        let begun = WallClock::start();
        for number in 0..count {
            let wanted = pause.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
            while let Some(rest) = wanted
                .checked_sub(begun.elapsed())
                .filter(|it| !it.is_zero())
            {
                thread::sleep(rest);
            }
            if tell.send((number, WallClock::start())).is_err() {
                return;
            }
        }
    });
    let mut calls = JoinSet::new();
    while let Some((number, clock)) = due.recv().await {
        let call = call(number);
        calls.spawn(async move { call.await.map(|()| clock.elapsed()) });
    }
    let mut each = Vec::with_capacity(count);
    while let Some(time) = calls.join_next().await {
        each.push(time??);
    }
    metronome.join().map_err(|_| anyhow!("the metronome"))?;
    Ok(each)
}

/// The time that so many of a hundred calls stay under.
pub fn percentile(times: &[Duration], percent: usize) -> Result<Duration> {
    ensure!(!times.is_empty(), "no calls");
    let mut times = times.to_vec();
    times.sort();
    let place = (times.len() * percent / 100).min(times.len() - 1);
    times.get(place).copied().context("a call")
}

/// A comparison of two rates, of which more is better.
pub struct Rate {
    pub area: &'static str,
    pub what: String,
    pub ours: f64,
    pub peer: f64,
    pub goal: f64,
}

impl Rate {
    /// The fields of a [`super::measure::Measure`]'s line.
    pub fn line(&self) -> (String, Verdict) {
        let Self {
            area,
            what,
            ours,
            peer,
            goal,
        } = self;
        let ratio = ours / peer;
        let verdict = Verdict::of(Some(ratio), *goal);
        let name = verdict.name();
        let line =
            format!("{area}\t{what}\t{ours:.0} 1/s\t{peer:.0} 1/s\t{ratio:.2}\t>={goal}\t{name}");
        (line, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_call_is_made_once() {
        let made = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&made);
        let call = move |number: usize| {
            counting.fetch_add(number, Ordering::Relaxed);
            async { Ok(()) }
        };
        let times = closed(7, 100, call.clone()).await.unwrap();
        assert_eq!(times.each.len(), 100);
        assert_eq!(made.load(Ordering::Relaxed), 99 * 100 / 2);
        let each = paced(Duration::ZERO, 100, call).await.unwrap();
        assert_eq!(each.len(), 100);
        assert_eq!(made.load(Ordering::Relaxed), 99 * 100);
    }

    #[tokio::test]
    async fn a_call_that_fails_fails_the_run() {
        let call = |number| async move {
            ensure!(number != 5, "refused");
            Ok(())
        };
        assert!(closed(2, 10, call).await.is_err());
        assert!(paced(Duration::ZERO, 10, call).await.is_err());
    }

    #[test]
    fn percentiles() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50).unwrap(), Duration::from_millis(101));
        assert_eq!(percentile(&times, 99).unwrap(), Duration::from_millis(199));
        assert!(percentile(&[], 50).is_err());
    }

    #[test]
    fn more_is_better() {
        let rate = |ours| Rate {
            area: "rpc",
            what: "Verify".into(),
            ours,
            peer: 100.0,
            goal: 0.4,
        };
        let (line, verdict) = rate(40.0).line();
        assert_eq!(line, "rpc\tVerify\t40 1/s\t100 1/s\t0.40\t>=0.4\tmet");
        assert_eq!(verdict, Verdict::Met);
        assert_eq!(rate(39.0).line().1, Verdict::Missed);
    }
}
