//! A comparison of two quantities that were measured once, of which less is better.

use super::measure::Verdict;

/// Ours against a peer's, or against a bound.
pub struct Figure {
    pub area: &'static str,
    pub what: String,
    pub unit: &'static str,
    pub ours: f64,
    pub peer: f64,
    /// How many times ours is to go into the peer's.
    pub goal: f64,
}

impl Figure {
    /// The fields of a [`super::measure::Measure`]'s line.
    pub fn line(&self) -> (String, Verdict) {
        let Self {
            area,
            what,
            unit,
            ours,
            peer,
            goal,
        } = self;
        let ratio = peer / ours;
        let verdict = Verdict::of(Some(ratio), *goal);
        let name = verdict.name();
        let line = format!(
            "{area}\t{what}\t{ours:.0} {unit}\t{peer:.0} {unit}\t{ratio:.2}\t>={goal}\t{name}"
        );
        (line, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_better() {
        let figure = |ours| Figure {
            area: "crl",
            what: "memory".to_owned(),
            unit: "KiB",
            ours,
            peer: 30.0,
            goal: 15.0,
        };
        let (line, verdict) = figure(2.0).line();
        assert_eq!(line, "crl\tmemory\t2 KiB\t30 KiB\t15.00\t>=15\tmet");
        assert_eq!(verdict, Verdict::Met);
        assert_eq!(figure(2.1).line().1, Verdict::Missed);
    }
}
