//! Files of any size: what is small is read whole, the rest passes by.

use std::{
    fs::{self, File},
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use container::Container;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sig_core::{
    Error, Evidence, Limits,
    alg::{digest::DigestId, provider::Algorithms},
    cms::stream::{
        CmsStream, KEPT,
        content::{ContentDigests, StreamedContent},
        wanted::missing_digests,
    },
    der::octets::Octets,
};

use super::{
    Exit, containers,
    material::{STANDARD_INPUT, Stopped, unreadable},
};

/// Octets that are read at once.
const PART: usize = 256 << 10;

/// A signature file, read.
pub(super) struct Signature {
    pub(super) evidence: Evidence,
    /// The container it stood in.
    pub(super) container: Option<Container>,
}

/// The document beside a signature.
pub(super) enum Document {
    /// It is at hand.
    Octets(Octets),
    /// It passed by.
    Passed(StreamedContent),
}

impl Document {
    pub(super) fn beside(&self, evidence: Evidence) -> Evidence {
        match self {
            Self::Octets(octets) => evidence.with_content(octets.clone()),
            Self::Passed(content) => evidence.with_streamed_content(content.clone()),
        }
    }
}

/// Why a file is not there to be judged.
pub(super) enum Trouble {
    /// It is no verdict, and why was said.
    Said(Exit),
    /// It cannot be read.
    Stopped(Stopped),
    /// A limit; two implementations of an algorithm disagree.
    Error(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Reads files, and shows on a terminal how far it got.
pub(super) struct Files {
    algorithms: &'static Algorithms,
    limits: Limits,
    bars: MultiProgress,
}

impl Files {
    pub(super) fn new(algorithms: &'static Algorithms, limits: Limits) -> Self {
        let target = if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            algorithms,
            limits,
            bars: MultiProgress::with_draw_target(target),
        }
    }

    /// Shows how many of several files are done.
    pub(super) fn count(&self, files: usize) -> ProgressBar {
        if files > 1 {
            self.bars.add(ProgressBar::new(files as u64))
        } else {
            ProgressBar::hidden()
        }
    }

    /// Prints without disturbing what is shown.
    pub(super) fn quietly<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bars.suspend(print)
    }

    /// A signature file; one that can be read again is, when its list of digests named too few.
    pub(super) fn signature(&self, path: &Path) -> Result<Signature, Trouble> {
        let size = size_of(path).map_err(|error| stopped(path, &error))?;
        let is_small = size.is_some_and(|size| size <= KEPT as u64);
        if is_small || (size.is_some() && is_container(path)) {
            let file = read_within(path, size.unwrap_or(0), self.limits.bytes)?;
            let container = containers::open(path, &file, &self.limits).map_err(Trouble::Said)?;
            let signature = container.as_ref().map_or(&*file, |it| it.inside.file());
            let evidence = Evidence::parse(signature, &self.limits)?;
            return Ok(Signature {
                evidence,
                container,
            });
        }
        let evidence = self.passing_signature(path, size)?;
        Ok(Signature {
            evidence,
            container: None,
        })
    }

    fn passing_signature(&self, path: &Path, size: Option<u64>) -> Result<Evidence, Trouble> {
        let evidence = self.signature_once(path, size, &[])?;
        let missing = match evidence.message() {
            Some(message) => missing_digests(message, self.algorithms, &self.limits)?,
            None => Vec::new(),
        };
        if missing.is_empty() || size.is_none() {
            return Ok(evidence);
        }
        self.signature_once(path, size, &missing)
    }

    fn signature_once(
        &self,
        path: &Path,
        size: Option<u64>,
        digests: &[DigestId],
    ) -> Result<Evidence, Trouble> {
        let mut stream = CmsStream::new(self.algorithms, self.limits).with_digests(digests);
        self.each_part(path, size, |part| stream.push(part))?;
        Ok(Evidence::from_stream(stream.finish()?)?)
    }

    /// The document beside a signature: at hand when it is small, else hashed in one pass.
    pub(super) fn document(&self, path: &Path, wanted: &[DigestId]) -> Result<Document, Trouble> {
        let size = size_of(path).map_err(|error| stopped(path, &error))?;
        if size.is_some_and(|size| size <= KEPT as u64) {
            return Ok(Document::Octets(
                read_within(path, size.unwrap_or(0), KEPT as u64)?.into(),
            ));
        }
        let mut digests = ContentDigests::new(self.algorithms, wanted.iter().copied());
        self.each_part(path, size, |part| {
            digests.update(part);
            Ok(())
        })?;
        Ok(Document::Passed(digests.finish().map_err(Error::from)?))
    }

    fn each_part(
        &self,
        path: &Path,
        size: Option<u64>,
        mut take: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Trouble> {
        let mut file: Box<dyn Read> = if is_standard_input(path) {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(|error| stopped(path, &error))?)
        };
        let bar = self.bar(path, size);
        let mut part = vec![0; PART];
        loop {
            let count = match file.read(&mut part) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    bar.finish_and_clear();
                    return Err(stopped(path, &error));
                }
            };
            let taken = take(part.get(..count).unwrap_or_default());
            bar.inc(count as u64);
            if let Err(error) = taken {
                bar.finish_and_clear();
                return Err(error.into());
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn bar(&self, path: &Path, size: Option<u64>) -> ProgressBar {
        let (bar, template) = match size {
            Some(size) => (
                ProgressBar::new(size),
                "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{msg} {spinner} {binary_bytes} {binary_bytes_per_sec}",
            ),
        };
        // Among the others first: alone it would draw for itself.
        let bar = self.bars.add(bar);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(super::named(path));
        bar
    }
}

fn is_container(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && container::is_likely(&start)
}

/// The octets of a file that may have grown since it was measured: one more than the bound is refused later.
fn read_within(path: &Path, size: u64, bound: u64) -> Result<Vec<u8>, Trouble> {
    let mut octets =
        Vec::with_capacity(usize::try_from(size.min(KEPT as u64)).map_or(0, |size| size + 1));
    File::open(path)
        .and_then(|file| file.take(bound.saturating_add(1)).read_to_end(&mut octets))
        .map_err(|error| stopped(path, &error))?;
    Ok(octets)
}

/// Whether standard input is meant.
pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// The size of a file that can be read again; none of standard input and of what is no regular file.
fn size_of(path: &Path) -> io::Result<Option<u64>> {
    if is_standard_input(path) {
        return Ok(None);
    }
    let metadata = fs::metadata(path)?;
    Ok(metadata.is_file().then_some(metadata.len()))
}

fn stopped(path: &Path, error: &io::Error) -> Trouble {
    Trouble::Stopped(unreadable(path, error))
}
