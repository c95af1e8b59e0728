//! What check hands on: a store's accepted rows, newest version of each, with the versions they replaced.

use super::{OrderBasis, Place, RowValues, SheetTally, Submission};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// One accepted row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckedRow {
    /// The workbook it stands in.
    #[serde(deserialize_with = "super::shared_text::text")]
    pub workbook: Arc<str>,
    /// The sheet's name in that workbook.
    #[serde(deserialize_with = "super::shared_text::text")]
    pub sheet: Arc<str>,
    /// Row from 1.
    pub row: u32,
    /// Index into [`StoreRows::submissions`].
    pub submission: u32,
    /// One value for each column of the sheet definition, in its order.
    pub values: RowValues,
}

impl CheckedRow {
    /// The row's place.
    pub fn place(&self) -> Place {
        Place { workbook: self.workbook.clone(), sheet: self.sheet.clone(), row: Some(self.row), col: None }
    }
}

/// The accepted rows of one kind of sheet in one store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetRows {
    /// The newest accepted version of each row, in the order of first appearance.
    pub current: Vec<CheckedRow>,
    /// For each current row, the earlier accepted versions that differ from their successor, oldest first.
    /// Same length as `current`.
    pub earlier: Vec<Vec<CheckedRow>>,
}

impl SheetRows {
    /// Every version of the `i`-th row, oldest first, the current one last.
    pub fn versions(&self, i: usize) -> impl Iterator<Item = &CheckedRow> {
        self.earlier.get(i).into_iter().flatten().chain(self.current.get(i))
    }
}

/// Everything accepted from one store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoreRows {
    /// The store's id.
    pub store: Arc<str>,
    /// Its submissions, oldest first.
    pub submissions: Vec<Submission>,
    /// Accepted rows by sheet id. A sheet that no submission holds has no entry.
    pub sheets: BTreeMap<Arc<str>, SheetRows>,
    /// The tally of each sheet of each workbook, in submission order.
    pub tallies: Vec<SheetTally>,
}

impl StoreRows {
    /// Whether a tally's rows were filled into a form or a list of the tool: they are rows of the sheet, and not the sheet.
    pub fn is_of_form(&self, tally: &SheetTally) -> bool {
        let own = self.submissions.iter().find(|own| own.workbook == tally.workbook);
        own.is_some_and(|own| own.basis == OrderBasis::Form)
    }
}
