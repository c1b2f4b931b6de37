//! How far reading a card has come, on a terminal only.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pcsc_reader::{Language, Progress, Text};

/// Time between two drawings of what turns while a card is slow.
const TICK: Duration = Duration::from_millis(120);

/// A line on standard error, gone when the work is.
pub(crate) struct Line {
    bar: ProgressBar,
    language: Language,
}

impl Line {
    pub(crate) fn new(language: Language) -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos}/{len}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Line { bar, language }
    }
}

impl Progress for Line {
    fn step(&mut self, what: Text, done: usize, total: usize) {
        self.bar.set_message(what.in_language(self.language));
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
