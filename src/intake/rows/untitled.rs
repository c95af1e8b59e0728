//! What stands under no title: texts of a column that has none, and cells shifted beyond the last title.

use super::{Remark, is_blank};
use crate::{
    arguments,
    intake::{
        header::Header,
        raw::{Raw, RowBuf},
    },
    model::{CellRef, Message, Said},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Columns without a title that are told one by one.
const TOLD: usize = 16;

/// Texts of the last column that are remembered.
const REMEMBERED: usize = 64;

/// What was seen under no title.
pub(super) struct Untitled {
    titled: Vec<bool>,
    /// By column, the first row with a cell and how many there are.
    seen: BTreeMap<u32, (u32, u64)>,
    /// Further columns.
    more: u64,
    /// Separators part the cells, and none of the first rows has one behind the last title.
    separated: bool,
    /// Texts of the last titled column: one of them behind it was shifted there.
    tail: BTreeSet<Arc<str>>,
}

impl Untitled {
    /// Under a header whose titled columns are these. Where most of the first rows have a cell behind the last title, that is
    /// a column without a title and no row was shifted.
    pub fn new(titled: Vec<bool>, header: &Header, first: &[RowBuf], separated: bool) -> Untitled {
        let behind = |row: &&RowBuf| row.cells.iter().any(|(col, raw)| *col as usize >= titled.len() && !is_blank(raw));
        let below: Vec<&RowBuf> = first.iter().filter(|row| row.row > header.row).collect();
        let regular = below.iter().copied().filter(behind).count() * 2 > below.len();
        Untitled { titled, seen: BTreeMap::new(), more: 0, separated: separated && !regular, tail: BTreeSet::new() }
    }

    /// How many columns the header has.
    pub fn titles(&self) -> usize {
        self.titled.len()
    }

    /// A cell of a known column.
    pub fn known(&mut self, col: u32, raw: &Raw) {
        if col as usize + 1 == self.titled.len()
            && self.tail.len() < REMEMBERED
            && let Raw::Text(text) = raw
            && !self.tail.contains(text)
        {
            self.tail.insert(text.clone());
        }
    }

    /// A cell that holds something in a column without a field; whether it was shifted there.
    pub fn note(&mut self, row: u32, col: u32, raw: &Raw) -> bool {
        if self.titled.get(col as usize).copied().unwrap_or(false) {
            return false;
        }
        let behind = col as usize >= self.titled.len();
        let known = matches!(raw, Raw::Text(text) if self.tail.contains(text));
        if behind && (self.separated || (known && col as usize == self.titled.len())) {
            return true;
        }
        if self.seen.len() < TOLD || self.seen.contains_key(&col) {
            let (_, count) = self.seen.entry(col).or_insert((row, 0));
            *count += 1;
        } else {
            self.more += 1;
        }
        false
    }

    /// What is to be said of the columns, at the cells where their titles are missing.
    pub fn remarks(&self, sheet: &Arc<str>, header: u32) -> Vec<Remark> {
        let last = self.seen.keys().next_back().copied();
        let one = |(col, (row, count)): (&u32, &(u32, u64))| {
            let more: Said = match (self.more, Some(*col) == last) {
                (1.., true) => Message::new("header.more_untitled").with("count", self.more).into(),
                _ => "".into(),
            };
            let args = arguments! {
                "column" => CellRef::column_letters(*col), "row" => u64::from(*row), "count" => *count, "more" => more,
            };
            Remark::new("H018", sheet, args).at(header, Some(*col), &"".into())
        };
        self.seen.iter().map(one).collect()
    }
}
