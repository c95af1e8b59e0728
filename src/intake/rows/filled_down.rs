//! Merged cells: a content that stands in the first of them is meant for the rows below it.

use crate::{
    intake::{
        header::Header,
        raw::{Merge, Raw, RowBuf},
    },
    model::CellRef,
};
use std::collections::BTreeMap;

/// The merged cells below a header that reach over more than one row, by their column.
pub(super) struct FilledDown {
    columns: BTreeMap<u32, Vec<Run>>,
}

/// The first column of some merged cells.
struct Run {
    first: u32,
    last: u32,
    /// What stands in the first row, once that is read.
    content: Option<Raw>,
    told: bool,
}

/// A column, what is to stand in it, and, the first time, the row in which it stands and the range it is meant for.
pub(super) type Filled = (u32, Raw, Option<(u32, String)>);

impl FilledDown {
    /// Those of a sheet.
    pub fn new(merged: &[Merge], header: &Header) -> FilledDown {
        let mut columns: BTreeMap<u32, Vec<Run>> = BTreeMap::new();
        let data = merged.iter().filter(|merge| merge.last_row > merge.first_row && merge.first_row > header.row);
        for Merge { first_row, last_row, first_col, .. } in data.copied() {
            let run = Run { first: first_row, last: last_row, content: None, told: false };
            columns.entry(first_col).or_default().push(run);
        }
        columns.values_mut().for_each(|runs| runs.sort_by_key(|run| run.first));
        FilledDown { columns }
    }

    /// Remembers a cell that others may be merged with.
    pub fn note(&mut self, row: u32, col: u32, raw: &Raw) {
        if self.columns.is_empty() {
            return;
        }
        let Some(runs) = self.columns.get_mut(&col) else { return };
        if let Ok(at) = runs.binary_search_by_key(&row, |run| run.first) {
            runs[at].content = Some(raw.clone());
        }
    }

    /// The cells that a row lacks because they are merged with one above.
    pub fn missing(&mut self, row: &RowBuf) -> Vec<Filled> {
        let mut filled = Vec::new();
        for (col, runs) in &mut self.columns {
            let at = runs.partition_point(|run| run.first < row.row);
            let Some(run) = at.checked_sub(1).and_then(|at| runs.get_mut(at)).filter(|run| run.last >= row.row) else {
                continue;
            };
            let own = row.cells.iter().any(|(own, raw)| own == col && !super::is_blank(raw));
            let Some(content) = run.content.clone().filter(|_| !own) else { continue };
            let cell = |row| CellRef { row, col: *col };
            let told = std::mem::replace(&mut run.told, true);
            let range = (!told).then(|| (run.first, format!("{}:{}", cell(run.first), cell(run.last))));
            filled.push((*col, content, range));
        }
        filled
    }
}
