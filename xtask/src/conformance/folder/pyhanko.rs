//! `pyhanko-ades`: paths, plain and with OCSP, and until when they could be relied upon (EN 319 102-1 §5.6.2).

use anyhow::{Context, Result};

use super::super::case::{Case, Expected, Path, Proof, Revocation, Task};
use super::super::table::Row;
use super::paths::verdict;
use super::{Folder, instant};

/// What the rows ask for.
struct Settings {
    revocation: Revocation,
    /// Revocation data that is no older is fresh, in days.
    fresh_days: Option<u32>,
    /// Since when the certificate that is judged is proven to exist.
    target: Option<&'static str>,
    /// Since when a file of revocation data is.
    data: Option<(&'static str, &'static str)>,
    /// A further certificate.
    other: Option<&'static str>,
}

const REQUIRED: Settings = Settings {
    revocation: Revocation::Required,
    fresh_days: None,
    target: None,
    data: None,
    other: None,
};

const PROVEN: &str = "2020-11-30T00:00:00Z";
const OLD_CRL: &str = "ades/time-slide/interm-2020-11-29.crl";

const SETTINGS: &[(&str, Settings)] = &[
    (
        "no revocation",
        Settings {
            revocation: Revocation::Off,
            ..REQUIRED
        },
    ),
    ("revocation hard-fail", REQUIRED),
    (
        "max diff 20 days",
        Settings {
            fresh_days: Some(20),
            ..REQUIRED
        },
    ),
    (
        "CRL or OCSP required; tolerance 10 min; other cert interm-ocsp.crt",
        Settings {
            other: Some("ades/time-slide/certs/interm-ocsp.crt"),
            ..REQUIRED
        },
    ),
    (
        "leaf POE 2020-11-30; CRL interm-2020-11-29 POE 2020-11-30; max diff revocation-validation 100 days",
        Settings {
            fresh_days: Some(100),
            target: Some(PROVEN),
            data: Some((OLD_CRL, PROVEN)),
            ..REQUIRED
        },
    ),
    (
        "only leaf POE 2020-11-30, no POE for the CRL",
        Settings {
            target: Some(PROVEN),
            ..REQUIRED
        },
    ),
    (
        "POE 2020-11-30 for leaf and CRL",
        Settings {
            target: Some(PROVEN),
            data: Some((OLD_CRL, PROVEN)),
            ..REQUIRED
        },
    ),
    ("no POE", REQUIRED),
];

/// `pyhanko-ades`.
pub fn cases(folder: &Folder<'_>) -> Result<Vec<Case>> {
    let rows = folder.rows(&[
        "path", "kind", "case", "chain", "crls", "ocsps", "time", "settings", "expected",
        "feature", "split", "evidence",
    ])?;
    rows.iter().map(|row| case(folder, row)).collect()
}

fn case(folder: &Folder<'_>, row: &Row) -> Result<Case> {
    let mut known = SETTINGS.iter();
    let Some((_, settings)) = known.find(|(text, _)| *text == row.get("settings")) else {
        return folder.unknown(row, "settings");
    };
    let target = folder.source(row.get("path"));
    let mut chain = folder.sources(row.list("chain")).into_iter();
    let anchor = chain.next().context("a chain without an anchor")?;
    let path = Box::new(Path {
        material: chain
            .chain(folder.sources(row.list("crls")))
            .chain(folder.sources(row.list("ocsps")))
            .chain(folder.sources(settings.other.into_iter()))
            .collect(),
        fresh_revocation_age_days: settings.fresh_days,
        anchors: vec![anchor],
        at: instant(row.get("time"))?,
        revocation: settings.revocation,
        ..folder.path(target.clone())
    });
    if !matches!(row.get("kind"), "time-slide" | "past-validation") {
        let ("path+ocsp" | "path" | "freshness") = row.get("kind") else {
            return folder.unknown(row, "kind");
        };
        return Ok(folder.case(&row.id, Task::Path(path), verdict(folder, row)?));
    }
    let of_target = settings.target.map(|at| (target, at));
    let of_data = settings.data.map(|(file, at)| (folder.source(file), at));
    let proofs = of_target.into_iter().chain(of_data);
    let proofs = proofs.map(|(object, at)| {
        let at = instant(at)?;
        Ok(Proof { object, at })
    });
    let task = Task::Past(path, proofs.collect::<Result<_>>()?);
    Ok(folder.case(&row.id, task, control(folder, row)?))
}

/// The time until which the chain is good, or that there is none.
fn control(folder: &Folder<'_>, row: &Row) -> Result<Expected> {
    let text = row.get("expected");
    let time = text
        .strip_prefix("control time ")
        .or_else(|| text.strip_prefix("last valid time "));
    match time {
        Some(time) => {
            let time = time.trim_end_matches(" (unchanged)");
            Ok(Expected::Control(instant(time)?))
        }
        None if text.starts_with("fail: ") => Ok(Expected::NoControl),
        None => folder.unknown(row, "expected"),
    }
}
