//! What intake hands on: a workbook's recognised sheets as typed rows.

use super::{CellRef, Place, RowValues, Submission, Value};
use crate::diagnostic::Finding;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything read from one workbook. Depends on the workbook's bytes, its path and the sheet definitions alone:
/// never on the cut-off, on other workbooks or on the clock, so that it can be cached by their hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkbookRead {
    /// Path below the input folder, `/` between its parts.
    pub path: Arc<str>,
    /// BLAKE3 of the file's bytes, in hex; empty when the file could not be read at all.
    pub hash: String,
    /// Who sent it, for which week.
    pub submission: Submission,
    /// Where the cover says the week's last day, when the week is known from there.
    pub week_at: Option<CoverCell>,
    /// The recognised sheets, in workbook order.
    pub tables: Vec<Table>,
    /// Sheets that were listed, not read.
    pub ignored: Vec<IgnoredSheet>,
    /// What was wrong or repaired while reading. A row with an error finding has `rejected` set.
    pub findings: Vec<Finding>,
}

/// A cell of a cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverCell {
    /// Where it stands.
    pub place: Place,
    /// What it is, as our template labels it.
    pub label: Arc<str>,
}

/// A sheet that was seen and not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredSheet {
    /// Its name.
    pub name: String,
    /// Why: `hidden`, `unknown`, `cover`, `empty`, `header`, `unreadable`, [`IgnoredSheet::FORM`],
    /// [`IgnoredSheet::RESULTS`] or [`IgnoredSheet::OF_A_PROGRAM`].
    pub why: String,
}

impl IgnoredSheet {
    /// A form: what was filled into it makes rows of sheets; also what forms carry along unseen.
    pub const FORM: &str = "form";
    /// The list that a returned workbook bears: what was sent is one, perhaps corrected.
    pub const RESULTS: &str = "results";
    /// The reason of a sheet that a program brought along.
    pub const OF_A_PROGRAM: &str = "program";
}

/// A sheet with what its cells show, for a workbook that is made anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenSheet {
    /// Its name, as the findings' places have it.
    pub name: String,
    /// It is hidden.
    pub hidden: bool,
    /// The rows from 1 that have cells, and the cells by their columns from 0.
    pub rows: Vec<(u32, Vec<(u32, String)>)>,
}

/// One recognised sheet of one workbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Id of the sheet definition, such as `prospect`.
    pub kind: Arc<str>,
    /// The sheet's name in the workbook.
    pub sheet: Arc<str>,
    /// For each column of the definition and each that any sheet may bear beside them, the sheet column (from 0) that
    /// holds it; `None` when absent.
    pub columns: Vec<Option<u32>>,
    /// The header's row, from 1 (the lower one of a two-level header).
    pub header_row: u32,
    /// Data rows in sheet order. Blank rows, repeated headers and 合计/小计 rows are not data.
    pub rows: Vec<TableRow>,
    /// It was filled into a form: what the form has no place for stays as the row had it.
    pub of_form: bool,
}

impl Table {
    /// The place of one cell (`field` = index of the definition's column), or of the row when the column is absent.
    pub fn place(&self, workbook: &Arc<str>, row: u32, field: Option<usize>) -> Place {
        let col = field.and_then(|f| self.columns.get(f).copied().flatten());
        Place { workbook: workbook.clone(), sheet: self.sheet.clone(), row: Some(row), col }
    }

    /// Whether other tables stand in the same sheet: of one with months across each month is a table.
    pub fn shares_sheet(&self, read: &WorkbookRead) -> bool {
        read.tables.iter().filter(|table| table.sheet == self.sheet).count() > 1
    }

    /// Whether nothing of it is known: its header leaves open what stands where.
    pub fn is_unread(&self) -> bool {
        let unread = |row: &TableRow| row.rejected && row.values.iter().all(Value::is_null);
        !self.rows.is_empty() && self.rows.iter().all(unread)
    }

    /// The header cell of a column, when it is present.
    pub fn header_cell(&self, field: usize) -> Option<CellRef> {
        let col = self.columns.get(field).copied().flatten()?;
        Some(CellRef { row: self.header_row, col })
    }
}

/// One data row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRow {
    /// Row in the sheet, from 1.
    pub row: u32,
    /// One value for each column of the definition, in its order, then for those beside them.
    pub values: RowValues,
    /// A cell was repaired with a notice.
    pub repaired: bool,
    /// A cell could not be read; the row stays out of the facts.
    pub rejected: bool,
}
