//! What one verification asks of the allocator.

use anyhow::Result;

use super::allocator::{Allocations, measure};
use super::message::Message;
use super::sigcore::{Judge, Seen};
use super::{AREA, ROWS};
use crate::bench::figure::Figure;

/// How much larger the large content is.
const LARGE: usize = 10 << 20;
/// A verification of a large content may ask for this much more than one of a small.
const SLACK: f64 = 0.95;

/// Counts are printed; what is wanted is that octets do not grow with the content.
pub fn figures() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for row in ROWS {
        let small = Message::new(row.algorithm)?;
        for (seen, _) in row.goals {
            let counted = count(&small, *seen)?;
            println!(
                "{AREA}\t{}, {}: allocations of one verification\t{} times\t{} octets\t-\t-\t-",
                row.name,
                seen.text(),
                counted.times,
                counted.octets,
            );
        }
        let large = Message::with_content(row.algorithm, LARGE)?;
        let octets = |message| Ok::<_, anyhow::Error>(count(message, Seen::Nothing)?.octets);
        figures.push(Figure {
            area: AREA,
            what: format!(
                "{}, octets allocated for 10 MiB of content against 10 KB",
                row.name
            ),
            unit: "octets",
            ours: octets(&large)? as f64,
            peer: octets(&small)? as f64,
            goal: SLACK,
        });
    }
    Ok(figures)
}

/// Of a verification that is not the first, which fills tables of the program.
fn count(message: &Message, seen: Seen) -> Result<Allocations> {
    let judge = Judge::new(message, seen)?;
    judge.once()?;
    let (outcome, counted) = measure(|| judge.once());
    outcome?;
    Ok(counted)
}
