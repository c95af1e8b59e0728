//! How tables are put on paper.

use serde::Serialize;

/// How a table is put on paper.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Print {
    /// Sheets of paper side by side; 0 stands for one.
    pub pages_wide: u16,
    /// Columns from the left that are printed; 0: all.
    pub columns: usize,
}

/// What of a worksheet is put on paper. No format can say that a worksheet is not printed with its workbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) enum Printed {
    /// All of it.
    #[default]
    All,
    /// Its first table.
    FirstTable,
    /// Its title and what stands under it: it is read on the screen.
    Head,
}

/// Width of the columns on a worksheet that go on one sheet of paper and can still be read.
const PAPER: f64 = 190.0;

/// So many sheets of paper side by side hold columns of this width.
pub(crate) fn pages_wide(width: f64) -> u16 {
    (width / PAPER).ceil().clamp(1.0, 9.0) as u16
}
