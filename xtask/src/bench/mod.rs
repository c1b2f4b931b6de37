//! Ratios to peers in one run. Absolute figures of a shared machine mean little; ratios hold when both
//! sides are measured in turns, in processor time, and medians are compared.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::clock::ThreadClock;
use peer::Speed;

mod alg;
mod peer;

const AREAS: &[&str] = &["alg", "path", "cms", "trust", "daemon"];
/// Turns taken by each side.
const ROUNDS: usize = 7;
const OURS_PER_ROUND: Duration = Duration::from_millis(300);

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// One of alg, path, cms, trust, daemon; all when it is left out.
    area: Option<String>,
}

/// One comparison.
struct Measure {
    area: &'static str,
    what: &'static str,
    unit: &'static str,
    /// Does the work once and returns how many units that was.
    ours: Box<dyn FnMut() -> Result<f64>>,
    /// What the peer is asked for; nothing when no peer can be measured here.
    peer: Option<Speed>,
    /// The ratio that is wanted.
    goal: f64,
}

/// Measures and prints a line a comparison.
pub fn run(options: &Options) -> Result<ExitCode> {
    if let Some(area) = &options.area
        && !AREAS.contains(&area.as_str())
    {
        bail!("there is no area {area}; there are {}", AREAS.join(", "));
    }
    let wanted = |area: &str| options.area.as_deref().is_none_or(|named| named == area);
    let mut measured = 0;
    let measures = alg::measures()?;
    for mut measure in measures.into_iter().filter(|measure| wanted(measure.area)) {
        println!("{}", line(&mut measure)?);
        measured += 1;
    }
    if measured == 0 {
        eprintln!("nothing is measured in this area yet");
    }
    Ok(ExitCode::SUCCESS)
}

fn line(measure: &mut Measure) -> Result<String> {
    let mut ours = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(rate(&mut measure.ours)?);
        if let Some(speed) = &measure.peer
            && let Some(rate) = speed.rate()
        {
            peers.push(rate);
        }
    }
    let ours = median(ours);
    let (peer, ratio, verdict) = match peers.is_empty() {
        true => ("-".to_owned(), "-".to_owned(), "not_here"),
        false => {
            let peer = median(peers);
            let ratio = ours / peer;
            let verdict = if ratio >= measure.goal {
                "met"
            } else {
                "missed"
            };
            (number(peer, measure.unit), format!("{ratio:.2}"), verdict)
        }
    };
    let ours = number(ours, measure.unit);
    Ok(format!(
        "{}\t{}\t{ours}\t{peer}\t{ratio}\t>={}\t{verdict}",
        measure.area, measure.what, measure.goal
    ))
}

/// Units a second of processor time.
fn rate(work: &mut dyn FnMut() -> Result<f64>) -> Result<f64> {
    let clock = ThreadClock::start();
    let mut units = 0.0;
    loop {
        units += work()?;
        let spent = clock.elapsed();
        if spent >= OURS_PER_ROUND {
            return Ok(units / spent.as_secs_f64());
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn number(value: f64, unit: &str) -> String {
    if value >= 100.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(peer: Option<Speed>, goal: f64) -> Measure {
        Measure {
            area: "alg",
            what: "nothing",
            unit: "1/s",
            ours: Box::new(|| Ok(1e9)),
            peer,
            goal,
        }
    }

    #[test]
    fn a_line_has_seven_fields_and_says_what_is_missing() {
        let line = line(&mut measure(None, 1.5)).unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 7);
        assert_eq!(
            (fields[3], fields[5], fields[6]),
            ("-", ">=1.5", "not_here")
        );
    }

    #[test]
    fn medians_ignore_an_outlier() {
        assert_eq!(median(vec![3.0, 1.0, 1000.0]), 3.0);
    }
}
