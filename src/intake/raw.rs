//! Cells as the file holds them, before any meaning is given to them, and what can go wrong with a whole file.

use crate::{
    arguments,
    catalog::CellType,
    model::{Argument, Message},
};
use chrono::{NaiveDate, NaiveTime, Timelike};
use foldhash::fast::FixedState;
use std::{borrow::Cow, collections::HashSet, sync::Arc};

/// One cell as written. Texts are shared: a workbook's repeated texts are stored once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// Text, never empty.
    Text(Arc<str>),
    /// A number; `dated` when its number format shows it as a date or time. It counts days from 1900 then, whatever the
    /// workbook does.
    Number { value: f64, dated: bool },
    /// A truth value.
    Bool(bool),
    /// An error value such as `#N/A`.
    Error(Arc<str>),
    /// A formula whose result was not saved.
    NoCache,
}

/// One row of a sheet: the cells that are not empty, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RowBuf {
    /// Row from 1.
    pub row: u32,
    /// Column from 0, and its cell.
    pub cells: Vec<(u32, Raw)>,
    /// Numbers that look like something else: `0012` under the format `0000`, `9:30` under `h:mm`. By column.
    pub shown: Vec<(u32, Arc<str>)>,
    /// How the row was cut out of a text; `None` in a workbook, where cells have places of their own.
    pub record: Option<Record>,
}

/// How a record of a text is cut into fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Record {
    /// Its fields, empty ones too, without empty ones at its end that other records have as well.
    pub fields: u32,
    /// As many as most records of the file have.
    pub usual: u32,
    /// The lines, from 1, that lie inside one field and look like records themselves.
    pub swallowed: Option<(u32, u32)>,
}

impl RowBuf {
    /// A row to be filled anew.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.shown.clear();
        self.record = None;
    }

    /// A cell as a column of this type takes it: columns of texts and keys take a number as it is shown.
    pub fn seen<'r>(&self, col: u32, raw: &'r Raw, cell: CellType) -> Cow<'r, Raw> {
        let Some((_, text)) = self.shown.iter().find(|(at, _)| *at == col) else { return Cow::Borrowed(raw) };
        let mobile = || matches!(raw, Raw::Number { value, .. } if (1e10..1e11).contains(value));
        let as_shown = match cell {
            CellType::Text | CellType::Category | CellType::Vin | CellType::Plate => true,
            // A mobile that a format cuts into groups is a mobile.
            CellType::Phone | CellType::CustomerKey => !mobile(),
            _ => false,
        };
        if as_shown { Cow::Owned(Raw::Text(text.clone())) } else { Cow::Borrowed(raw) }
    }
}

/// Days between the 1900 and the 1904 way of counting.
pub(crate) const DAYS_1904: f64 = 1462.0;

/// The number, counted from 1900, of a day or time in ISO 8601: `2026-10-12`, `2026-10-12T09:30:00Z`, `09:30:00`.
pub(crate) fn iso_serial(text: &str) -> Option<f64> {
    let text = text.trim_end_matches('Z');
    if text.is_empty() {
        return None;
    }
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, time),
        None if text.contains(':') => ("", text),
        None => (text, ""),
    };
    let days = match day {
        "" => 0.0,
        day => {
            let days =
                (NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()? - NaiveDate::from_ymd_opt(1899, 12, 30)?).num_days();
            // 1900 counts a 29 February that never was.
            (if days <= 60 { days - 1 } else { days }) as f64
        }
    };
    let time = match time {
        "" => NaiveTime::MIN,
        time => {
            NaiveTime::parse_from_str(time, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M")).ok()?
        }
    };
    let seconds = f64::from(time.num_seconds_from_midnight());
    Some(days + seconds / 86_400.0)
}

/// What programs write for a result that is none; also the signs that a page shows for a number that did not fit its column.
const ERRORS: [&str; 18] = [
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#GETTING_DATA",
    "#PYTHON!",
    "#EXTERNAL!",
    "#STRING?",
];

/// A text as it stands in a file, or the error value that it says: an error saved as text is as wrong as one in a cell.
pub(crate) fn text_or_error(text: Arc<str>) -> Raw {
    if is_error(&text) { Raw::Error(text.trim().into()) } else { Raw::Text(text) }
}

/// Whether a text says an error value.
pub(crate) fn is_error(text: &str) -> bool {
    let first = text.bytes().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'#') => {
            let text = text.trim();
            ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
                || (text.len() >= 3 && text.bytes().all(|byte| byte == b'#'))
        }
        // LibreOffice's own.
        Some(b'E') => text
            .trim()
            .strip_prefix("Err:5")
            .is_some_and(|rest| rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit())),
        _ => false,
    }
}

/// Rows in ascending order, blank ones left out.
pub(crate) trait RowSource {
    /// Puts the next row that has a cell into `row`; `false` after the last.
    ///
    /// # Errors
    /// When the rest of the file cannot be read: nothing of it may be used then.
    fn next_row(&mut self, row: &mut RowBuf) -> Result<bool, Fault>;

    /// The cells that are merged into one, as far as that is known before the rows are read.
    fn merged(&self) -> Vec<Merge> {
        Vec::new()
    }

    /// Whether separators part the cells: one too many shifts all cells behind it.
    fn separated(&self) -> bool {
        false
    }
}

/// Cells that are merged into one, whose content stands in the first. Rows from 1, columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    pub first_row: u32,
    pub last_row: u32,
    pub first_col: u32,
    pub last_col: u32,
}

/// Why a whole workbook cannot be read. One finding each.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// W001
    #[error("damaged: {0}")]
    Damaged(String),
    /// W002
    #[error("encrypted")]
    Encrypted,
    /// W003
    #[error("cut off: {0}")]
    Truncated(String),
    /// W005
    #[error("empty")]
    Empty,
    /// W006; what is too large, and the limit in MiB
    #[error("too large: {what} (limit {limit} MiB)")]
    TooLarge { what: String, limit: u64 },
    /// W001 or W003, where it is not the parser that says what is wrong
    #[error("{0}: {1}")]
    Told(&'static str, Message),
    /// W015; what there is too much of, and how much is read
    #[error("too much: {what} (limit {limit})")]
    TooMuch { what: Message, limit: u64 },
    /// W010; the format's name
    #[error("format not read: {0}")]
    Foreign(&'static str),
    /// W017; why one sheet cannot be read while the others can
    #[error("no sheet: {0}")]
    NoSheet(Message),
}

impl Fault {
    /// The finding's code and arguments.
    pub fn remark(&self) -> (&'static str, Vec<Argument>) {
        match self {
            Fault::Damaged(what) => ("W001", arguments! { "what" => what }),
            Fault::Encrypted => ("W002", vec![]),
            Fault::Truncated(what) => ("W003", arguments! { "what" => what }),
            Fault::Empty => ("W005", vec![]),
            Fault::TooLarge { what, limit } => ("W006", arguments! { "what" => what, "limit" => *limit }),
            Fault::Told(code, what) => (*code, arguments! { "what" => what.clone() }),
            Fault::TooMuch { what, limit } => ("W015", arguments! { "what" => what.clone(), "limit" => *limit }),
            Fault::Foreign(format) => ("W010", arguments! { "format" => *format }),
            Fault::NoSheet(what) => ("W017", arguments! { "what" => what.clone() }),
        }
    }
}

impl From<std::io::Error> for Fault {
    /// Reading from memory fails only when the packed data do: a part that ends early or whose checksum is wrong.
    fn from(error: std::io::Error) -> Fault {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Fault::Truncated(error.to_string()),
            _ => Fault::Damaged(error.to_string()),
        }
    }
}

/// Rows that are in memory already.
pub(crate) struct ListedRows<'r> {
    rows: std::slice::Iter<'r, RowBuf>,
    merged: Vec<Merge>,
}

impl<'r> ListedRows<'r> {
    /// Of rows in ascending order.
    pub fn new(rows: &'r [RowBuf], merged: Vec<Merge>) -> ListedRows<'r> {
        ListedRows { rows: rows.iter(), merged }
    }
}

impl RowSource for ListedRows<'_> {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        let Some(row) = self.rows.find(|row| !row.cells.is_empty()) else { return Ok(false) };
        out.clone_from(row);
        Ok(true)
    }

    fn merged(&self) -> Vec<Merge> {
        self.merged.clone()
    }
}

/// Texts up to this length are stored once; longer ones seldom repeat.
const INTERNED: usize = 48;

/// Texts that are looked for again. What repeats does so soon; numbers and names that never come twice would only fill memory.
const KNOWN: usize = 1 << 15;

/// Repeated texts, each stored once.
#[derive(Default)]
pub(crate) struct Interned(HashSet<Arc<str>, FixedState>);

impl Interned {
    /// The text, shared with those that were the same.
    pub fn text(&mut self, text: &str) -> Arc<str> {
        if text.len() > INTERNED {
            return text.into();
        }
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        if self.0.len() < KNOWN {
            self.0.insert(text.clone());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_texts_are_errors() {
        for text in ["#N/A", " #REF! ", "#value!", "#DIV/0!", "####", "Err:502"] {
            assert!(matches!(text_or_error(text.into()), Raw::Error(_)), "{text}");
        }
        for text in ["#1", "#", "##", "N/A", "#N/A 待查", "Err", "Error", "Err:5x2", ""] {
            assert!(matches!(text_or_error(text.into()), Raw::Text(_)), "{text}");
        }
    }

    #[test]
    fn iso_days_have_numbers() {
        assert_eq!(iso_serial("2026-10-12"), Some(46_307.0));
        assert_eq!(iso_serial("2026-10-12T12:00:00.000"), Some(46_307.5));
        assert_eq!(iso_serial("2026-10-12T06:00Z"), Some(46_307.25));
        assert_eq!(iso_serial("09:30:00"), Some(9.5 / 24.0));
        assert_eq!(iso_serial("1900-01-01"), Some(1.0));
        assert_eq!(iso_serial("10-12"), None);
        assert_eq!(iso_serial(""), None);
    }

    #[test]
    fn a_number_that_looks_like_a_text_is_one_in_a_column_of_texts() {
        let number = Raw::Number { value: 12.0, dated: false };
        let row = RowBuf { shown: vec![(1, "0012".into())], ..RowBuf::default() };
        assert_eq!(*row.seen(1, &number, CellType::Text), Raw::Text("0012".into()));
        assert_eq!(*row.seen(1, &number, CellType::CustomerKey), Raw::Text("0012".into()));
        assert_eq!(*row.seen(1, &number, CellType::Integer), number);
        assert_eq!(*row.seen(0, &number, CellType::Text), number);
        let mobile = Raw::Number { value: 13_800_000_001.0, dated: false };
        let row = RowBuf { shown: vec![(1, "138-0000-0001".into())], ..RowBuf::default() };
        assert_eq!(*row.seen(1, &mobile, CellType::Phone), mobile);
    }
}
