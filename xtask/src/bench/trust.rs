//! The list of a country becomes a stored snapshot: time and memory of the program that imports it.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::cold::Desk;
use super::figure::Figure;

const AREA: &str = "trust";
/// Milliseconds of one core.
const GOAL: f64 = 3_000.0;
/// How many times the file the process may hold.
const FILES: f64 = 3.0;
/// Between two looks at the process: what it held at most is kept by the system.
const LOOK: Duration = Duration::from_millis(4);
/// Ticks of processor time a second, as /proc counts them on every Linux.
const TICK: f64 = 10.0;

/// Processor time and resident memory of one import.
pub fn figures() -> Result<Vec<Figure>> {
    let Some(desk) = Desk::new()? else {
        return Ok(Vec::new());
    };
    let mut child = desk.command(&desk.import(&[])).spawn()?;
    let folder = format!("/proc/{}", child.id());
    let (mut memory, mut time) = (0.0, 0.0);
    let status = loop {
        memory = resident(&folder).unwrap_or(memory);
        time = processor(&folder).unwrap_or(time);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(LOOK);
    };
    ensure!(status.success(), "the import failed: {status}");
    ensure!(memory > 0.0 && time > 0.0, "the process was not seen");
    let stored = fs::read_dir(desk.path("store/snapshots"))?.count();
    ensure!(stored == 1, "{stored} snapshots");
    let size = desk.list_size as f64 / 1024.0;
    let figure = |what: &str, unit, ours, peer| Figure {
        area: AREA,
        what: format!(
            "import of {} certificates in {:.1} MB, {what}",
            desk.certificates,
            desk.list_size as f64 / 1e6
        ),
        unit,
        ours,
        peer,
        goal: 1.0,
    };
    Ok(vec![
        figure("processor time, at most", "ms", time, GOAL),
        figure("resident memory, at most", "KiB", memory, size * FILES),
    ])
}

/// What the process held at most so far, in KiB.
fn resident(folder: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("{folder}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(digits.context("VmHWM")?.parse()?)
}

/// Milliseconds that the process computed so far, in all its threads.
fn processor(folder: &str) -> Result<f64> {
    let stat = fs::read_to_string(format!("{folder}/stat"))?;
    // Behind the name in brackets: utime and stime are the 14th and 15th field of all.
    let fields = stat.rsplit_once(')').context("a name")?.1;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("a field")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) * TICK)
}
