//! Cells as the file holds them, before any meaning is given to them, and what can go wrong with a whole file.

use crate::{
    arguments,
    model::{Argument, Message},
};
use std::{collections::HashSet, sync::Arc};

/// One cell as written. Texts are shared: a workbook's repeated texts are stored once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// Text, never empty.
    Text(Arc<str>),
    /// A number; `dated` when its number format shows it as a date or time.
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

/// Texts up to this length are stored once; longer ones seldom repeat.
const INTERNED: usize = 48;

/// Repeated texts, each stored once.
#[derive(Default)]
pub(crate) struct Interned(HashSet<Arc<str>>);

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
        self.0.insert(text.clone());
        text
    }
}
