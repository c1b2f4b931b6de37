//! Work that must end in time, whatever others need for it.

use std::time::Duration;

use anyhow::Result;

use super::measure::Verdict;
use crate::clock::ThreadClock;

/// Turns of which the middle one counts.
const TURNS: usize = 3;

/// One piece of work and the processor time it may take.
pub struct Deadline {
    pub area: &'static str,
    pub what: String,
    pub goal: Duration,
    /// The work, which says what came out; or what is missing here.
    pub work: Result<Work, &'static str>,
}

/// Work that says what came out.
pub type Work = Box<dyn FnMut() -> Result<String>>;

impl Deadline {
    /// Area, what, time, what came out, goal and verdict, separated by tabs.
    pub fn line(&mut self) -> Result<(String, Verdict)> {
        let Self {
            area, what, goal, ..
        } = self;
        let goal = format!("<={} ms", goal.as_millis());
        let work = match &mut self.work {
            Ok(work) => work,
            Err(missing) => {
                let line = format!("{area}\t{what}\tneeds {missing}\t-\t{goal}\tnot_here");
                return Ok((line, Verdict::NotHere));
            }
        };
        let mut times = Vec::with_capacity(TURNS);
        let mut outcome = String::new();
        for _ in 0..TURNS {
            let clock = ThreadClock::start();
            outcome = work()?;
            times.push(clock.elapsed());
        }
        times.sort();
        let time = times.get(TURNS / 2).copied().unwrap_or_default();
        let verdict = if time <= self.goal {
            Verdict::Met
        } else {
            Verdict::Missed
        };
        let time = time.as_secs_f64() * 1000.0;
        let line = format!(
            "{area}\t{what}\t{time:.1} ms\t{outcome}\t{goal}\t{}",
            verdict.name()
        );
        Ok((line, verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline(goal: Duration, work: Result<Work, &'static str>) -> Deadline {
        Deadline {
            area: "path",
            what: "nothing".to_owned(),
            goal,
            work,
        }
    }

    #[test]
    fn work_meets_its_deadline_or_misses_it() {
        let work = || -> Result<Work, &'static str> {
            Ok(Box::new(|| {
                std::hint::black_box((0..10_000_u32).map(std::hint::black_box).sum::<u32>());
                Ok("done".to_owned())
            }))
        };
        let (line, verdict) = deadline(Duration::from_secs(60), work()).line().unwrap();
        assert_eq!(verdict, Verdict::Met);
        assert!(line.ends_with("done\t<=60000 ms\tmet"), "{line}");
        let (_, verdict) = deadline(Duration::ZERO, work()).line().unwrap();
        assert_eq!(verdict, Verdict::Missed);
    }

    #[test]
    fn what_is_missing_is_said() {
        let (line, verdict) = deadline(Duration::ZERO, Err("a folder")).line().unwrap();
        assert_eq!(verdict, Verdict::NotHere);
        assert!(line.contains("needs a folder"));
    }
}
