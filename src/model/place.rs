//! Where something stands: workbook, sheet, cell.

use super::{personal::mask_inside, text::visible};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, sync::Arc};

/// A cell in absolute sheet coordinates. Prints as `C17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellRef {
    /// Row as the user sees it, from 1.
    pub row: u32,
    /// Column from 0 (0 is `A`).
    pub col: u32,
}

impl CellRef {
    /// The letters of a column counted from 0: 0 → `A`, 26 → `AA`.
    pub fn column_letters(col: u32) -> String {
        if let Some(letter) = u8::try_from(col).ok().filter(|col| *col < 26) {
            return char::from(b'A' + letter).to_string();
        }
        let mut letters = Vec::new();
        let mut rest = u64::from(col) + 1;
        while rest > 0 {
            letters.push(b'A' + ((rest - 1) % 26) as u8);
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().map(|b| *b as char).collect()
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", CellRef::column_letters(self.col), self.row)
    }
}

impl std::str::FromStr for CellRef {
    type Err = String;

    /// Reads `C17` (letters, then a row from 1).
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("not a cell reference: {text:?}");
        let split = text.find(|c: char| c.is_ascii_digit()).ok_or_else(bad)?;
        let (letters, digits) = text.split_at(split);
        if letters.is_empty() || letters.len() > 3 {
            return Err(bad());
        }
        let mut col: u32 = 0;
        for letter in letters.bytes() {
            if !letter.is_ascii_alphabetic() {
                return Err(bad());
            }
            col = col * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        }
        let row: u32 = digits.parse().map_err(|_| bad())?;
        if row == 0 {
            return Err(bad());
        }
        Ok(CellRef { row, col: col - 1 })
    }
}

/// Where a finding or a row stands. Parts that do not apply are empty: a workbook that cannot be opened has
/// neither sheet nor cell; a missing column has a sheet but no cell.
///
/// The order is workbook, sheet, row, column: the order in which a clerk reads her file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path of the workbook below the input folder, with `/` between its parts.
    pub workbook: Arc<str>,
    /// Name of the sheet, empty where the whole workbook is meant.
    pub sheet: Arc<str>,
    /// Row from 1; `None` where the whole sheet is meant.
    pub row: Option<u32>,
    /// Column from 0; `None` where the whole row is meant.
    pub col: Option<u32>,
}

impl Place {
    /// A whole workbook.
    pub fn workbook(path: impl Into<Arc<str>>) -> Self {
        Place { workbook: path.into(), sheet: "".into(), row: None, col: None }
    }

    /// A whole sheet.
    pub fn sheet(path: impl Into<Arc<str>>, sheet: impl Into<Arc<str>>) -> Self {
        Place { workbook: path.into(), sheet: sheet.into(), row: None, col: None }
    }

    /// One row, or one cell of it.
    pub fn row(path: impl Into<Arc<str>>, sheet: impl Into<Arc<str>>, row: u32, col: Option<u32>) -> Self {
        Place { workbook: path.into(), sheet: sheet.into(), row: Some(row), col }
    }

    /// The sheet's name as it leaves its store, see [`sheet_shown`].
    pub fn sheet_shown(&self) -> Cow<'_, str> {
        sheet_shown(&self.sheet)
    }

    /// The cell as users write it: `C17`, or `17` for a whole row, or empty.
    pub fn cell(&self) -> String {
        match (self.row, self.col) {
            (Some(row), Some(col)) => CellRef { row, col }.to_string(),
            (Some(row), None) => row.to_string(),
            _ => String::new(),
        }
    }
}

/// A sheet's name as it leaves its store: without a number that somebody put into it, and with what cannot be seen in it
/// written out.
pub fn sheet_shown(name: &str) -> Cow<'_, str> {
    match mask_inside(name) {
        Cow::Borrowed(name) => visible(name),
        Cow::Owned(masked) => Cow::Owned(visible(&masked).into_owned()),
    }
}

impl fmt::Display for Place {
    /// `S01/潜客表.xlsx · 潜客表 · C17`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.workbook)?;
        if !self.sheet.is_empty() {
            write!(f, " · {}", self.sheet_shown())?;
        }
        let cell = self.cell();
        if !cell.is_empty() {
            write!(f, " · {cell}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_back() {
        for (col, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")] {
            assert_eq!(CellRef::column_letters(col), letters);
            let cell: CellRef = format!("{letters}9").parse().expect("valid");
            assert_eq!(cell, CellRef { row: 9, col });
        }
        assert!("9".parse::<CellRef>().is_err());
        assert!("A0".parse::<CellRef>().is_err());
    }
}
