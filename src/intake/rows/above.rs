//! Rows above the header that read like data: a clerk sorted the sheet, titles and all, or put new rows on top.

use super::{
    is_blank,
    reader::{Source, TableReader},
};
use crate::{
    catalog::CellType,
    intake::{
        cell::{Surroundings, coerce},
        columns::Cell,
        raw::{Fault, RowBuf},
    },
};

impl TableReader<'_, '_, '_> {
    /// Looks at a row above the header: one that reads like data is counted as rejected.
    ///
    /// # Errors
    /// When rows cannot be handed on.
    pub fn read_above(&mut self, row: &RowBuf) -> Result<(), Fault> {
        if !self.reads_like_data(row) {
            return Ok(());
        }
        self.above.push(row.row);
        let nothing = vec![Cell::Null; self.sheet.columns.len()];
        self.out.row(row.row, &nothing, false, true)
    }

    /// Whether at least half as many cells as the sheet needs can be read under the titles, one of them of a type that is
    /// told from a word, such as a date or a phone.
    fn reads_like_data(&self, row: &RowBuf) -> bool {
        let (mut readable, mut typed) = (0, 0);
        for (col, raw) in row.cells.iter().filter(|(_, raw)| !is_blank(raw)) {
            let Some(Some(Source { field, .. })) = self.columns.get(*col as usize) else { continue };
            let column = &self.sheet.columns[*field];
            let coerced = coerce(raw, column, Surroundings { scale: 1, ..Surroundings::default() });
            let read = !coerced.value.is_null() && !coerced.notes.iter().any(|note| self.plan.is_error(note.code));
            readable += usize::from(read);
            typed += usize::from(read && !matches!(column.cell, CellType::Text | CellType::CustomerKey));
        }
        let needed = self.sheet.columns.iter().filter(|column| column.needed).count();
        typed >= 1 && readable >= needed.div_ceil(2).max(2)
    }
}

/// Row numbers in ascending order as a person says them: `1–3, 7`.
pub(super) fn spans(rows: &[u32]) -> String {
    let runs = rows.chunk_by(|a, b| a + 1 == *b).filter_map(|run| Some((*run.first()?, *run.last()?)));
    let said = runs.map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") });
    said.collect::<Vec<_>>().join(", ")
}
