//! What a store's forms are filled with: sums by period, row and column, and rows of facts.

use super::{Place, Quantity, Value};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The forms of one store, in the catalogue's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FormValues {
    /// One for each form.
    pub forms: Vec<FilledForm>,
}

/// What one form is filled with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilledForm {
    /// The form's id.
    pub form: Arc<str>,
    /// Sheets that the whole form needs and the store never sent.
    pub absent: Vec<Arc<str>>,
    /// One for each block.
    pub blocks: Vec<FilledBlock>,
}

/// What one block is filled with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilledBlock {
    /// One for each cube of a table of sums.
    pub cubes: Vec<CubeSums>,
    /// The rows of a list.
    pub rows: Vec<ListedRow>,
    /// So many rows are on the list; it shows the first of them.
    pub listed: usize,
    /// Sheets that a list needs and the store never sent.
    pub absent: Vec<Arc<str>>,
}

/// The sums of one cube.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CubeSums {
    /// Sheets that it needs and the store never sent: then nothing is known, which is not zero.
    pub absent: Vec<Arc<str>>,
    /// Every name in use, the empty one first.
    pub names: Vec<Arc<str>>,
    /// Sorted by period, row, column. Those in which nothing counts are left out.
    pub cells: Vec<CubeCell>,
}

/// The sums of one period, row and column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CubeCell {
    /// The period's first day; `None`: what counts in every period.
    pub period: Option<NaiveDate>,
    /// An index into [`CubeSums::names`].
    pub row: u32,
    /// Likewise.
    pub column: u32,
    /// One for each sum of the cube.
    pub sums: Vec<Quantity>,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedRow {
    /// One value for each column that shows one, in full: for the store's own eyes.
    pub cells: Vec<Value>,
    /// Where it comes from.
    pub place: Place,
}

impl FormValues {
    /// What fills a form.
    pub fn of(&self, form: &str) -> Option<&FilledForm> {
        self.forms.iter().find(|own| *own.form == *form)
    }
}

impl CubeSums {
    /// The same added up over what is dropped: rows, columns, or both. No row of a list and no name of a person that the
    /// group's forms do not show leaves its store.
    pub fn without(&self, rows: bool, columns: bool) -> CubeSums {
        let mut sums = CubeSums { absent: self.absent.clone(), names: vec!["".into()], cells: Vec::new() };
        let mut numbers: Vec<Option<u32>> = vec![None; self.names.len()];
        let mut named = |old: u32, names: &mut Vec<Arc<str>>| {
            let at = old as usize;
            let Some(name) = self.names.get(at).filter(|name| !name.is_empty()) else { return 0 };
            *numbers[at].get_or_insert_with(|| {
                names.push(name.clone());
                names.len() as u32 - 1
            })
        };
        let mut found = std::collections::BTreeMap::new();
        for cell in &self.cells {
            let row = if rows { 0 } else { named(cell.row, &mut sums.names) };
            let column = if columns { 0 } else { named(cell.column, &mut sums.names) };
            let own =
                found.entry((cell.period, row, column)).or_insert_with(|| vec![Quantity::default(); cell.sums.len()]);
            own.iter_mut().zip(&cell.sums).for_each(|(sum, more)| *sum += *more);
        }
        let cell = |((period, row, column), sums)| CubeCell { period, row, column, sums };
        sums.cells = found.into_iter().map(cell).collect();
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_added_up() {
        let cell = |row, column, n| CubeCell { period: None, row, column, sums: vec![Quantity::whole(n)] };
        let names = ["", "甲", "乙", "Q5"].map(Arc::from).to_vec();
        let sums = CubeSums { absent: Vec::new(), names, cells: vec![cell(1, 3, 2), cell(2, 0, 3), cell(2, 3, 5)] };
        let all = sums.without(true, true);
        assert_eq!((all.names.len(), all.cells.len(), all.cells[0].sums[0]), (1, 1, Quantity::whole(10)));
        // The people are gone, the models stay: 3 without one, 2 + 5 of Q5.
        let models = sums.without(true, false);
        assert_eq!(models.names, ["", "Q5"].map(Arc::from));
        let by: Vec<_> = models.cells.iter().map(|cell| (cell.column, cell.sums[0].0 / Quantity::SCALE)).collect();
        assert_eq!(by, [(0, 3), (1, 7)]);
    }
}
