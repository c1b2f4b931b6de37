//! How far reading a card has come, on a terminal only.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pcsc_reader::{Language, Progress, Text};

/// What is shown until the first step is known.
const READING: Text = Text {
    ru: "чтение карты",
    en: "reading the card",
};

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
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(READING.in_language(language));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Line { bar, language }
    }
}

impl Progress for Line {
    fn step(&mut self, what: Text, done: usize, total: usize) {
        // One message a step: apart, words and numbers of two steps would stand together for a moment.
        let what = what.in_language(self.language);
        self.bar.set_message(format!("{what} {done}/{total}"));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
