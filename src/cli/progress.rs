//! Progress of long work: a bar on a terminal, plain lines elsewhere, nothing when quiet.

use super::terminal;
use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How progress is shown.
pub(super) struct Display {
    mode: Mode,
    bar: Mutex<ProgressBar>,
    /// When each stage began, by the key of its name; at last the end of the work, under no name.
    begun: Mutex<Vec<(String, Instant)>>,
}

enum Mode {
    Quiet,
    Lines,
    Bar,
}

impl Display {
    /// A bar when standard error is a terminal that can show one.
    pub(super) fn new(quiet: bool) -> Display {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let mode = match quiet {
            true => Mode::Quiet,
            false if std::io::stderr().is_terminal() && !dumb => Mode::Bar,
            false => Mode::Lines,
        };
        Display { mode, bar: Mutex::new(ProgressBar::hidden()), begun: Mutex::default() }
    }

    /// How long each stage took, in their order, under its shown name.
    pub(super) fn timings(&self) -> Vec<(String, Duration)> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).map(|(_, at)| *at);
        begun.iter().zip(ends).map(|((key, at), end)| (shown(key), end - *at)).collect()
    }

    fn note(&self, key: &str) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push((key.to_owned(), Instant::now()));
    }
}

/// A stage's name, in the language that is spoken.
fn shown(key: &str) -> String {
    terminal::words().word(key)
}

impl Progress for Display {
    fn stage(&self, key: &str, steps: u64) {
        self.note(key);
        match self.mode {
            Mode::Quiet => {}
            Mode::Lines => terminal::warn(&match steps {
                0 => shown(key),
                steps => format!("{} ({steps})", shown(key)),
            }),
            Mode::Bar => {
                // NO_COLOR is honoured by the bar's own library.
                let style = ProgressStyle::with_template("{msg:<24} {bar:32} {pos}/{len} {elapsed}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
                let next =
                    ProgressBar::with_draw_target(Some(steps.max(1)), ProgressDrawTarget::stderr()).with_style(style);
                next.set_message(shown(key));
                if let Ok(mut bar) = self.bar.lock() {
                    bar.finish_and_clear();
                    *bar = next;
                }
            }
        }
    }

    fn step(&self) {
        if let (Mode::Bar, Ok(bar)) = (&self.mode, self.bar.lock()) {
            bar.inc(1);
        }
    }

    fn done(&self) {
        self.note("");
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }
}
