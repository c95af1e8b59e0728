//! A workbook of any format as its sheets.

use super::raw::{Fault, ListedRows, Merge, RowBuf, RowSource};
use std::sync::Arc;

/// A sheet as the workbook lists it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SheetHead {
    /// Its name.
    pub name: Arc<str>,
    /// Hidden, or hidden from the user interface altogether.
    pub hidden: bool,
    /// A worksheet, not a chart or dialog.
    pub worksheet: bool,
}

/// An opened workbook.
pub(crate) trait Book {
    /// Numbers that no format shows as dates count days from 1904.
    fn counts_from_1904(&self) -> bool {
        false
    }

    /// The sheets in workbook order.
    fn sheets(&self) -> Vec<SheetHead>;

    /// The rows of the sheet at a place of that list.
    ///
    /// # Errors
    /// [`Fault::NoSheet`] when this sheet cannot be read and the others can; every other fault is the whole workbook's.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault>;
}

/// A workbook whose rows are in memory.
#[derive(Default)]
pub(crate) struct ListedBook {
    /// Each sheet with its rows in ascending order.
    pub sheets: Vec<(SheetHead, Vec<RowBuf>)>,
    /// The merged cells of each sheet.
    pub merged: Vec<Vec<Merge>>,
}

impl Book for ListedBook {
    fn sheets(&self) -> Vec<SheetHead> {
        self.sheets.iter().map(|(head, _)| head.clone()).collect()
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault> {
        let merged = self.merged.get(sheet).cloned().unwrap_or_default();
        Ok(Box::new(ListedRows::new(&self.sheets[sheet].1, merged)))
    }
}

/// Sheets of files that give them no names are called after the file, the second and further ones with their number.
pub(crate) fn numbered(stem: &str, number: usize) -> Arc<str> {
    if number == 0 { stem.into() } else { format!("{stem} ({})", number + 1).into() }
}
