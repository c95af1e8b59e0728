//! Writing to the terminal. A closed pipe (`foursight check | head`) is no failure; what cannot be written for another reason,
//! such as a full disk behind `>`, is one, and [`failure`] says so at the end.

use crate::{
    messages::Messages,
    model::{Lang, Message, Told},
};
use std::{
    io::{self, Write},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

/// The language of what is said, as an index into [`LANGS`].
static SPOKEN: AtomicU8 = AtomicU8::new(0);
const LANGS: [Lang; 3] = [Lang::ZhCn, Lang::ZhTw, Lang::En];

/// Says everything from now on in a language.
pub(super) fn speak(lang: Lang) {
    let at = LANGS.iter().position(|known| *known == lang).unwrap_or_default();
    SPOKEN.store(at as u8, Ordering::Relaxed);
}

/// The language that is spoken.
pub(super) fn lang() -> Lang {
    LANGS[usize::from(SPOKEN.load(Ordering::Relaxed)).min(LANGS.len() - 1)]
}

/// The messages of the language that is spoken.
pub(super) fn words() -> &'static Messages {
    Messages::of(lang())
}

/// Nobody reads any more.
static CLOSED: AtomicBool = AtomicBool::new(false);
/// Why something could not be written.
static UNWRITTEN: OnceLock<Message> = OnceLock::new();

fn note(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => CLOSED.store(true, Ordering::Relaxed),
        Err(error) => drop(UNWRITTEN.set(error.told())),
    }
}

/// Whether whoever read the output has gone.
pub(super) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Why some of the output is missing, if any is; asked last.
pub(super) fn failure() -> Option<Message> {
    note(io::stdout().lock().flush());
    UNWRITTEN.get().map(|what| Message::new("command.unwritten").with("what", what.clone()))
}

/// Writes text and a line end to standard output.
pub(super) fn say(text: &str) {
    note(writeln!(io::stdout().lock(), "{text}"));
}

/// Writes a message and a line end to standard output, in the language that is spoken.
pub(super) fn tell(message: &Message) {
    say(&words().say(message));
}

/// Writes a complaint to standard error.
pub(super) fn complain(message: &Message) {
    warn(&words().say(message));
}

/// Writes text to standard error.
pub(super) fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "foursight: {text}");
}

/// Writes lines to standard error, set in from a complaint above them.
pub(super) fn list(lines: &[String]) {
    for line in lines {
        let _ = writeln!(io::stderr().lock(), "  {line}");
    }
}

/// Writes bytes to standard output as they are.
pub(super) fn pour(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    note(out.write_all(bytes).and_then(|()| out.flush()));
}

/// Rows under a header, columns in line. A Chinese character takes two places.
pub(super) fn table(header: &[String], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().map(|c| if c as u32 >= 0x2E80 { 2 } else { 1 }).sum::<usize>();
    let mut widths: Vec<usize> = header.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell));
        }
    }
    let line = |cells: &[String]| {
        let padded =
            cells.iter().zip(&widths).map(|(cell, column)| format!("{cell}{}", " ".repeat(column - width(cell))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rule = widths.iter().map(|column| "─".repeat(*column)).collect::<Vec<_>>().join("  ");
    let mut text = vec![line(header), rule];
    text.extend(rows.iter().map(|row| line(row)));
    text.join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn chinese_columns_stay_in_line() {
        let text = super::table(&["店".to_owned(), "n".to_owned()], &[vec!["S01".to_owned(), "12".to_owned()]]);
        assert_eq!(text, "店   n\n───  ──\nS01  12");
    }
}
