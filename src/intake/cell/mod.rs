//! Gives a raw cell the type of its column.
//!
//! **What is a repair.** A notation that is one of the normal ways of writing a thing is read without a word: a real
//! date cell, `2026-03-05`, `2026/3/5 9:05`, a phone or number typed as a number, a category or 是/否 written
//! exactly, money with `元`, `万`, `¥` or thousand separators, spaces around a text. Everything else that can be read
//! in one way only is read and noted (C001) with what it was and what it became: `2026年3月5日`, `20260305`,
//! full-width digits, `138-0000-1234`, `H级`, `√`, lower-case VINs. What could be read in two ways is an error.

mod category;
mod date;
mod decimal;
mod flag;
mod key;
mod money;
mod month;
mod number;
mod phone;
mod plate;
mod text;
mod vin;

pub(super) use date::read_day;
pub(super) use month::{Named, named, value as month_value};
pub(super) use text::tidy;

use super::{
    plan::ColumnPlan,
    raw::{Raw, is_error},
};
use crate::{
    arguments,
    catalog::CellType,
    model::{Argument, Message, Said, Value, personal, text::is_invisible},
};
use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// What a cell's meaning may depend on besides the cell and its column.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// The workbook counts days from 1904.
    pub from_1904: bool,
    /// The last day of the submission, for dates without a year.
    pub week_end: Option<NaiveDate>,
    /// What one unit of the column stands for, from its header (10 000 under `预算(万元)`).
    pub scale: i64,
}

/// Something to be said about a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Note {
    /// The rule's code.
    pub code: &'static str,
    /// The arguments of its message.
    pub args: Vec<Argument>,
}

/// A cell after coercion. A cell that cannot be read is `Null` with a note.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Coerced {
    /// The value.
    pub value: Value,
    /// What was repaired or is wrong.
    pub notes: Vec<Note>,
}

impl Coerced {
    fn clean(value: Value) -> Coerced {
        Coerced { value, notes: Vec::new() }
    }

    fn empty() -> Coerced {
        Coerced::default()
    }

    fn failed(code: &'static str, args: Vec<Argument>) -> Coerced {
        Coerced { value: Value::Null, notes: vec![Note { code, args }] }
    }

    /// `before` could not be read.
    fn unreadable(code: &'static str, column: &ColumnPlan, before: &str) -> Coerced {
        Coerced::failed(code, arguments! { "shown" => shown(column, before) })
    }

    fn noted(mut self, code: &'static str, args: Vec<Argument>) -> Coerced {
        self.notes.push(Note { code, args });
        self
    }

    /// The value, with a notice that it was written as `before` when `repaired`.
    fn repaired(column: &ColumnPlan, before: &str, value: Value, repaired: bool) -> Coerced {
        let after = if repaired { value.display() } else { String::new() };
        let coerced = Coerced::clean(value);
        if repaired {
            coerced.noted("C001", arguments! { "change" => change(column, before, &after) })
        } else {
            coerced
        }
    }
}

/// Coerces one cell.
pub(crate) fn coerce(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> Coerced {
    match raw {
        Raw::Error(error) => return Coerced::failed("C009", arguments! { "error" => error }),
        // As a csv, a web page or a paste of values has it.
        Raw::Text(text) if is_error(text) => {
            return Coerced::failed("C009", arguments! { "error" => text.trim() });
        }
        Raw::NoCache => return Coerced::failed("C010", Vec::new()),
        _ if lost_digits(raw, column.cell) => return Coerced::failed("C020", Vec::new()),
        _ => {}
    }
    match column.cell {
        CellType::Text => text::read(raw, column),
        CellType::Category => category::read(raw, column),
        CellType::Phone => phone::read(raw, column),
        CellType::Vin => vin::read(raw, column),
        CellType::Plate => plate::read(raw, column),
        CellType::CustomerKey => key::read(raw, column),
        CellType::Date | CellType::Instant => date::read(raw, column, around),
        CellType::Month | CellType::Period => month::read(raw, column, around),
        CellType::Integer | CellType::Number | CellType::Money if is_somebodys(raw) => {
            Coerced::failed("C004", arguments! { "shown" => "" })
        }
        CellType::Integer | CellType::Number => number::read(raw, column, around),
        CellType::Money => money::read(raw, column, around),
        CellType::Flag => flag::read(raw, column),
    }
}

/// The text as it is read: NFKC, without invisible characters, trimmed, and whether that changed what can be seen.
struct Plain {
    text: String,
    seen_changed: bool,
}

impl Plain {
    /// The cell of a text that is empty or only stands for an empty one; `None` where there is something to read.
    fn nothing(&self, column: &ColumnPlan, written: &str) -> Option<Coerced> {
        if self.text.is_empty() {
            return Some(Coerced::empty());
        }
        is_placeholder(&self.text).then(|| Coerced::repaired(column, written, Value::Null, true))
    }
}

fn plain(written: &str) -> Plain {
    let tidied = tidy(written);
    if tidied.is_ascii() {
        return Plain { text: tidied.into_owned(), seen_changed: false };
    }
    let text: String = tidied.nfkc().collect();
    let text = text.trim().to_owned();
    // A no-break space looks like a space.
    let seen_changed = tidied.replace('\u{A0}', " ") != text;
    Plain { text, seen_changed }
}

/// Signs that stand for an empty cell in a column that is not free text.
fn is_placeholder(text: &str) -> bool {
    is_dash(text) || matches!(text, "无" | "暂无" | "空" | "N/A" | "n/a" | "NA" | "N.A.")
}

/// A stroke in place of anything: nobody's text in any column.
fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "--" | "—" | "——" | "/" | "\\")
}

/// Whether a cell of numbers holds a phone or a document number that slipped there: no amount, count or mileage has as many
/// digits.
fn is_somebodys(raw: &Raw) -> bool {
    match raw {
        Raw::Text(written) => personal::looks_personal(written),
        Raw::Number { value, dated: false } => *value >= 1e10 && personal::looks_personal(&typed(*value)),
        _ => false,
    }
}

/// Whether a number of the store's own has lost digits: a spreadsheet keeps the first 15 of it.
fn lost_digits(raw: &Raw, cell: CellType) -> bool {
    if !matches!(cell, CellType::Text | CellType::CustomerKey | CellType::Plate) {
        return false;
    }
    match raw {
        Raw::Number { value, .. } => value.abs() >= 1e15,
        // `2.0261E+16`; a key reads it as a phone that lost its digits.
        Raw::Text(text) if cell == CellType::Text => {
            let (mantissa, exponent) = text.trim().split_once("E+").unwrap_or_default();
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
            whole.len() == 1 && digits(whole) && digits(fraction) && exponent.len() == 2 && digits(exponent)
        }
        _ => false,
    }
}

/// The number as a person would type it.
pub(crate) fn typed(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 9e15 { (value as i64).to_string() } else { value.to_string() }
}

/// `before → after` for a message; where the column holds personal data, what kind of change it was.
fn change(column: &ColumnPlan, before: &str, after: &str) -> Said {
    if column.personal.is_some() {
        return Message::new(kind_of_change(before, after)).into();
    }
    // What was taken out would not be seen in the text before either.
    if kind_of_change(before, after) == UNSEEN {
        return Message::new(UNSEEN).into();
    }
    format!(": {} → {}", excerpt(before), if after.is_empty() { "∅".to_owned() } else { excerpt(after) }).into()
}

/// The key of a change that took out characters nobody sees, and nothing else.
const UNSEEN: &str = "change.unseen";

/// The key of what was changed in a cell that must not be shown.
fn kind_of_change(before: &str, after: &str) -> &'static str {
    if after.is_empty() {
        return "change.emptied";
    }
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect() };
    let plain = |text: &str| -> String { bare(&text.nfkc().collect::<String>()) };
    let signs = |text: &str| -> String { plain(text).chars().filter(|c| c.is_alphanumeric()).collect() };
    let noise = |c: char| is_invisible(c) || text::is_noise(c);
    let without = |text: &str| text.chars().filter(|c| !noise(*c)).collect::<String>();
    match () {
        () if before.chars().any(noise) && without(before).trim() == after => UNSEEN,
        () if bare(before) == bare(after) => "change.spaces",
        () if plain(before) == plain(after) => "change.width",
        () if signs(before).to_uppercase() == signs(after).to_uppercase() && signs(before) != signs(after) => {
            "change.case"
        }
        () if signs(before) == signs(after) => "change.signs",
        () => "change.form",
    }
}

/// What was written, for a message; empty when the column holds personal data, or when the text may be a name, a phone or
/// a plate that slipped into the wrong column: the cell is named anyway.
fn shown(column: &ColumnPlan, written: &str) -> String {
    if column.personal.is_some() || !quotable(written) { String::new() } else { format!(" “{}”", excerpt(written)) }
}

/// Whether a text is made of numbers, dates and short codes alone, and no phone can be read out of it.
fn quotable(written: &str) -> bool {
    let text: String = tidy(written).nfkc().collect();
    let plain = |c: char| c.is_ascii() || "年月日时分秒点上下午早晚中凌晨清傍夜间半整级卡号万元¥%,。:、".contains(c);
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let somebodys = personal::holds_mobile(&digits) || personal::looks_personal(written);
    text.chars().all(plain) && letters <= 6 && !somebodys
}

/// At most 24 characters of a text on one line, with whatever looks like a phone, a VIN or a document number masked:
/// a clerk may have slipped a column.
pub(super) fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut masked = false;
    let mut flush = |word: &mut String, out: &mut String| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        masked |= (word.len() == 17 && digits > 0) || (digits == word.len() && word.len() > 8);
        if word.len() == 17 && digits > 0 {
            out.push_str(&personal::mask_vin(word));
        } else if digits == word.len() && word.len() > 8 {
            out.push_str(&personal::mask_phone(word));
        } else {
            out.push_str(word);
        }
        word.clear();
    };
    let written = tidy(&personal::mask_inside(text)).into_owned();
    let text: String = written.nfkc().collect();
    if let Some(mobile) = phone::mobile(&text) {
        return personal::mask_phone(&mobile);
    }
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(if c.is_whitespace() || c.is_control() { ' ' } else { c });
        }
    }
    flush(&mut word, &mut out);
    if !masked {
        // As the clerk wrote it, full-width and all.
        out = written.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).collect();
    }
    if out.chars().count() > 24 { format!("{}…", out.chars().take(23).collect::<String>()) } else { out }
}

#[cfg(test)]
mod tests;
