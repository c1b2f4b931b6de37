//! Signature containers on the command line (EN 319 162-1).

use std::path::Path;

use container::{Bounds, Container, Inside, Refused};
use sig_core::Limits;

use super::Exit;

/// A file to judge and what it is of: as they were given, or out of a container.
pub(super) struct Opened<'a> {
    file: &'a [u8],
    given: Option<&'a [u8]>,
    container: Option<Container>,
}

impl Opened<'_> {
    pub(super) fn file(&self) -> &[u8] {
        let inside = self.container.as_ref().map(|it| it.inside.file());
        inside.unwrap_or(self.file)
    }

    pub(super) fn content(&self) -> Option<&[u8]> {
        let inside = self.container.as_ref().map(Container::content);
        inside.or(self.given)
    }
}

/// Opens a file if it is a container. What is refused is said on standard error and is no verdict.
pub(super) fn open<'a>(
    path: &Path,
    file: &'a [u8],
    given: Option<&'a [u8]>,
    limits: &Limits,
) -> Result<Opened<'a>, Exit> {
    let plain = Opened {
        file,
        given,
        container: None,
    };
    if !container::is_likely(file) {
        return Ok(plain);
    }
    let bounds = Bounds {
        octets: limits.bytes.min(Bounds::STANDARD.octets),
        ..Bounds::STANDARD
    };
    let path = path.display();
    let container = container::read(file, bounds).map_err(|refused| {
        super::say(&format_args!("{path}: {refused}"));
        match refused {
            Refused::TooMuch(_) => Exit::Limit,
            _ => Exit::NoSignature,
        }
    })?;
    if given.is_some_and(|given| given != container.document.as_slice()) {
        super::say(&format_args!(
            "{path}: the document in the container is not that of --content / документ в контейнере не тот, что дан"
        ));
        return Err(Exit::Usage);
    }
    if let Inside::Renewed { older, .. } = &container.inside {
        super::say(&format_args!(
            "{path}: judged by the newest time-stamp; older ones, which it covers: {} / проверен новейший штамп; он охватывает более ранние",
            older.join(", ")
        ));
    }
    Ok(Opened {
        container: Some(container),
        ..plain
    })
}
