//! One comparison: two sides in turns.

use std::time::Duration;

use anyhow::Result;

use crate::clock::ThreadClock;

/// Processor time that a side takes in a round, at least.
const SLICE: Duration = Duration::from_millis(20);

/// One comparison.
pub struct Measure {
    pub area: &'static str,
    pub what: String,
    pub unit: &'static str,
    /// Units of work in one call of either side.
    pub units: f64,
    pub ours: Side,
    pub peer: Side,
    /// The ratio that is wanted: our rate to the peer's.
    pub goal: f64,
}

/// Work that is done once a call; it fails when the work came out wrong.
pub type Work = Box<dyn FnMut() -> Result<()>>;

/// One side of a comparison.
pub enum Side {
    Here(Work),
    /// It cannot be measured on this machine, and what it lacks.
    Missing(&'static str),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    Met,
    Missed,
    NotHere,
}

impl Measure {
    /// Area, what, ours, peer, ratio, goal and verdict, separated by tabs. The ratio is the median over the rounds
    /// of the ratio in a round.
    pub fn line(&mut self, rounds: usize) -> Result<(String, Verdict)> {
        let mut ours = Runner::new(&mut self.ours, self.units)?;
        let mut peer = Runner::new(&mut self.peer, self.units)?;
        let mut ratios = Vec::with_capacity(rounds);
        for round in 0..rounds {
            // Neither side profits from always being the second.
            let rates = if round % 2 == 0 {
                let first = ours.turn()?;
                (first, peer.turn()?)
            } else {
                let first = peer.turn()?;
                (ours.turn()?, first)
            };
            if let (Some(ours), Some(peer)) = rates {
                ratios.push(ours / peer);
            }
        }
        let ratio = median(&ratios);
        let verdict = Verdict::of(ratio, self.goal);
        let ratio = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        let line = format!(
            "{}\t{}\t{}\t{}\t{ratio}\t>={}\t{}",
            self.area,
            self.what,
            ours.figure(self.unit),
            peer.figure(self.unit),
            self.goal,
            verdict.name(),
        );
        Ok((line, verdict))
    }
}

impl Verdict {
    fn of(ratio: Option<f64>, goal: f64) -> Self {
        match ratio {
            None => Self::NotHere,
            Some(ratio) if ratio >= goal => Self::Met,
            Some(_) => Self::Missed,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::NotHere => "not_here",
        }
    }
}

/// A side with the rates that it reached.
struct Runner<'a> {
    side: &'a mut Side,
    units: f64,
    /// Calls that fill a slice of time.
    calls: u32,
    rates: Vec<f64>,
}

impl<'a> Runner<'a> {
    /// Warms the side up and finds how many calls a round takes.
    fn new(side: &'a mut Side, units: f64) -> Result<Self> {
        let mut calls = 1;
        if let Side::Here(work) = side {
            while time(work, calls)? < SLICE && calls < u32::MAX / 2 {
                calls *= 2;
            }
        }
        Ok(Self {
            side,
            units,
            calls,
            rates: Vec::new(),
        })
    }

    /// Units a second of processor time in one round.
    fn turn(&mut self) -> Result<Option<f64>> {
        let Side::Here(work) = self.side else {
            return Ok(None);
        };
        let spent = time(work, self.calls)?;
        let rate = self.units * f64::from(self.calls) / spent.as_secs_f64();
        self.rates.push(rate);
        Ok(Some(rate))
    }

    fn figure(&self, unit: &str) -> String {
        match (&self.side, median(&self.rates)) {
            (Side::Missing(what), _) => format!("needs {what}"),
            (Side::Here(_), None) => "-".to_owned(),
            (Side::Here(_), Some(rate)) if rate >= 100.0 => format!("{rate:.0} {unit}"),
            (Side::Here(_), Some(rate)) => format!("{rate:.1} {unit}"),
        }
    }
}

fn time(work: &mut Work, calls: u32) -> Result<Duration> {
    let clock = ThreadClock::start();
    for _ in 0..calls {
        work()?;
    }
    Ok(clock.elapsed())
}

fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;
    use std::hint::black_box;

    fn work() -> Side {
        Side::Here(Box::new(|| {
            black_box((0..1000_u32).map(black_box).fold(0, u32::wrapping_add));
            Ok(())
        }))
    }

    fn measure(ours: Side, peer: Side, goal: f64) -> Measure {
        Measure {
            area: "alg",
            what: "nothing".to_owned(),
            unit: "1/s",
            units: 1.0,
            ours,
            peer,
            goal,
        }
    }

    #[test]
    fn a_line_has_seven_fields_and_says_what_is_missing() {
        let missing = Side::Missing("a peer");
        let (line, verdict) = measure(work(), missing, 1.5).line(1).unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!((fields[0], fields[1]), ("alg", "nothing"));
        assert!(fields[2].ends_with(" 1/s"));
        assert_eq!(fields[3..], ["needs a peer", "-", ">=1.5", "not_here"]);
        assert_eq!(verdict, Verdict::NotHere);
    }

    #[test]
    fn a_goal_is_met_from_its_ratio_on() {
        assert_eq!(Verdict::of(Some(2.0), 2.0), Verdict::Met);
        assert_eq!(Verdict::of(Some(1.99), 2.0), Verdict::Missed);
        assert_eq!(Verdict::of(None, 2.0), Verdict::NotHere);
    }

    #[test]
    fn two_sides_have_a_ratio() {
        let (line, verdict) = measure(work(), work(), 0.0).line(2).unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(fields[4].parse::<f64>().unwrap() > 0.0);
        assert_eq!(verdict, Verdict::Met);
    }

    #[test]
    fn work_that_comes_out_wrong_is_an_error() {
        let wrong = Side::Here(Box::new(|| bail!("wrong")));
        assert!(measure(work(), wrong, 1.0).line(1).is_err());
    }

    #[test]
    fn medians_ignore_an_outlier() {
        assert_eq!(median(&[3.0, 1.0, 1000.0]), Some(3.0));
        assert_eq!(median(&[]), None);
    }
}
