//! A column's cells, each coerced once: dates, names of staff, categories and models repeat from row to row.

use super::{
    cell::{Note, Surroundings, coerce},
    columns::{Cell, Collector, NumberMap},
    plan::ColumnPlan,
    raw::Raw,
};
use std::sync::Arc;

/// Cells that are remembered of a column, and after how many the remembering is judged.
const MOST: usize = 4096;
const TRIAL: u32 = 256;

/// What became of cells of one column that had nothing to be said about.
pub(crate) struct Memo {
    around: Surroundings,
    /// By the text's address, which means it as long as the text is kept here.
    texts: NumberMap<usize, (Arc<str>, Cell)>,
    /// By the number's bits, of plain numbers and of dates.
    numbers: NumberMap<u64, Cell>,
    dates: NumberMap<u64, Cell>,
    asked: u32,
    found: u32,
    /// Hardly a cell of this column comes twice.
    off: bool,
}

impl Memo {
    /// Of a column whose cells are read so.
    pub fn new(around: Surroundings) -> Memo {
        Memo {
            around,
            texts: NumberMap::default(),
            numbers: NumberMap::default(),
            dates: NumberMap::default(),
            asked: 0,
            found: 0,
            off: false,
        }
    }

    /// A cell of the column, and what is to be said about it.
    pub fn cell(&mut self, raw: &Raw, column: &ColumnPlan, out: &mut Collector<'_>) -> (Cell, Vec<Note>) {
        if self.off {
            let coerced = coerce(raw, column, self.around);
            return (out.cell(&coerced.value), coerced.notes);
        }
        let known = match raw {
            Raw::Text(text) => self.texts.get(&(text.as_ptr() as usize)).map(|(_, cell)| *cell),
            Raw::Number { value, dated: false } => self.numbers.get(&value.to_bits()).copied(),
            Raw::Number { value, dated: true } => self.dates.get(&value.to_bits()).copied(),
            _ => None,
        };
        self.asked += 1;
        if let Some(cell) = known {
            self.found += 1;
            return (cell, Vec::new());
        }
        let coerced = coerce(raw, column, self.around);
        let cell = out.cell(&coerced.value);
        if coerced.notes.is_empty() {
            match raw {
                Raw::Text(text) => {
                    self.texts.insert(text.as_ptr() as usize, (text.clone(), cell));
                }
                Raw::Number { value, dated: false } => {
                    self.numbers.insert(value.to_bits(), cell);
                }
                Raw::Number { value, dated: true } => {
                    self.dates.insert(value.to_bits(), cell);
                }
                _ => {}
            }
        }
        let full = self.texts.len() + self.numbers.len() + self.dates.len() >= MOST;
        if full || (self.asked >= TRIAL && self.found * 4 < self.asked) {
            (self.texts, self.numbers, self.dates) = Default::default();
            self.off = true;
        }
        (cell, coerced.notes)
    }
}
