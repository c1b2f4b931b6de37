//! Digests and signatures by themselves.

use anyhow::Result;

use super::measure::Measure;

mod digest;
mod foreign;
mod gost;
mod ours;

/// Every comparison of the area.
pub fn measures() -> Result<Vec<Measure>> {
    let mut measures = gost::measures()?;
    measures.extend(digest::measures()?);
    measures.extend(foreign::measures()?);
    Ok(measures)
}
