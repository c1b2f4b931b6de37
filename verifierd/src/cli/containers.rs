//! Signature containers on the command line (EN 319 162-1).

use std::path::Path;

use container::{Bounds, Container, Inside, Refused};
use sig_core::{Limits, finding::displayable};

use super::Exit;

/// Opens a file if it is a container. What is refused is said on standard error and is no verdict.
pub(super) fn open(path: &Path, file: &[u8], limits: &Limits) -> Result<Option<Container>, Exit> {
    if !container::is_likely(file) {
        return Ok(None);
    }
    let bounds = Bounds {
        octets: limits.bytes.min(Bounds::STANDARD.octets),
        ..Bounds::STANDARD
    };
    let path = super::named(path);
    let container = container::read(file, bounds).map_err(|refused| {
        super::say(&format_args!("{path}: {refused}"));
        match refused {
            Refused::TooMuch(_) => Exit::Limit,
            _ => Exit::NoSignature,
        }
    })?;
    if let Inside::Renewed { older, .. } = &container.inside {
        super::say(&format_args!(
            "{path}: judged by the newest time-stamp; older ones, which it covers: {} / проверен новейший штамп; он охватывает более ранние",
            displayable(&older.join(", "))
        ));
    }
    Ok(Some(container))
}

/// Whether a document that was given is the one of the container.
pub(super) fn check_given(path: &Path, container: &Container, given: &Path) -> Result<(), Exit> {
    let path = super::named(path);
    let same = std::fs::metadata(given).is_ok_and(|it| it.len() == container.document.len() as u64)
        && std::fs::read(given).is_ok_and(|given| given == container.document);
    if same {
        return Ok(());
    }
    super::say(&format_args!(
        "{path}: the document in the container is not that of --content / документ в контейнере не тот, что дан"
    ));
    Err(Exit::Usage)
}
