//! Answers on standard output and words on standard error.

use std::{
    fmt::Display,
    io::{self, Write as _},
    sync::atomic::{AtomicBool, Ordering},
};

use super::Exit;
use crate::shown::fault;
use sig_core::finding::Language;

/// Set once an answer could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// A line of the answer, as `println!` takes it.
macro_rules! answer {
    ($($part:tt)*) => {
        $crate::cli::output::tell(&format!("{}\n", format_args!($($part)*)))
    };
}
pub(super) use answer;

/// Answers on standard output. A reader that went away changes nothing about the outcome; an answer that is lost for
/// another reason, as on a full disk, is told by [`outcome`].
pub(super) fn tell(text: &str) {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        let [en, ru] = [Language::En, Language::Ru].map(|it| fault(error.kind(), it));
        say(&format_args!(
            "the answer could not be written: {en} / ответ записать не удалось: {ru}"
        ));
    }
}

/// Tells the one who called. A reader that went away changes nothing about the outcome.
pub(super) fn say(text: &dyn Display) {
    let _ = writeln!(io::stderr(), "verifierd: {text}");
}

/// The exit code of a command whose answer was told: nobody takes half an answer for a whole one.
pub(super) fn outcome(exit: Exit) -> Exit {
    if LOST.load(Ordering::Relaxed) {
        exit.worse(Exit::Internal)
    } else {
        exit
    }
}
