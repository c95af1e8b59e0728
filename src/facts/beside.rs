//! Columns that stand beside those of a sheet: each file of `definitions/facts` with a `sheet` is filled by one function.

use crate::{
    catalog::{SheetDef, derived::Declared},
    model::{CheckedRow, Instant, Value},
};

/// The columns of one file, for the rows of its sheet; NULL where nothing was said.
pub(super) struct Beside<'s> {
    sheet: &'s SheetDef,
    rows: &'s [CheckedRow],
    declared: &'static Declared,
    cells: Vec<Value>,
}

impl<'s> Beside<'s> {
    /// No cell is filled.
    pub fn new(declared: &'static Declared, sheet: &'s SheetDef, rows: &'s [CheckedRow]) -> Beside<'s> {
        Beside { sheet, rows, declared, cells: vec![Value::Null; rows.len() * declared.columns.len()] }
    }

    /// The sheet's current rows.
    pub fn rows(&self) -> &'s [CheckedRow] {
        self.rows
    }

    /// Fills the cells of a row, named, in the order in which the file declares them.
    pub fn set(&mut self, row: usize, values: &[(&str, Value)]) {
        debug_assert!(
            self.declared.columns.iter().map(|column| &*column.name).eq(values.iter().map(|(name, _)| *name)),
            "{}: columns other than declared",
            self.declared.name
        );
        let width = self.declared.columns.len();
        for (cell, (_, value)) in self.cells[row * width..].iter_mut().take(width).zip(values) {
            *cell = value.clone();
        }
    }

    /// The cells of a row.
    pub fn cells(&self, row: usize) -> &[Value] {
        let width = self.declared.columns.len();
        &self.cells[row * width..(row + 1) * width]
    }

    /// The place of a field in the rows.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.sheet.field(name)
    }
}

/// The value of a field in a row; NULL where the sheet lacks it.
pub(super) fn cell(row: &CheckedRow, field: Option<usize>) -> &Value {
    field.and_then(|field| row.values.get(field)).unwrap_or(&Value::Null)
}

/// A flag's cell.
pub(super) fn flag(flag: Option<bool>) -> Value {
    flag.map_or(Value::Null, Value::Flag)
}

/// The instant of a field.
pub(super) fn instant(row: &CheckedRow, field: Option<usize>) -> Option<Instant> {
    cell(row, field).instant()
}
