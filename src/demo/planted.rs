//! What was planted where: the answer sheet that the build is held against.

use crate::diagnostic::Severity;
use serde::{Deserialize, Serialize};

/// Every planted mistake of a group, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// The mistakes, by workbook, sheet, cell and code.
    pub mistakes: Vec<PlantedMistake>,
}

/// One planted mistake: the finding that must be raised, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedMistake {
    /// Code of the finding.
    pub code: String,
    /// Its severity.
    pub severity: Severity,
    /// The store's id.
    pub store: String,
    /// Path below the input folder, `/` between its parts.
    pub workbook: String,
    /// The sheet's name; empty for a whole workbook.
    pub sheet: String,
    /// `C17`, the row's number alone where the whole row is meant, or empty.
    pub cell: String,
    /// Chinese title of the definition's column, or empty.
    pub field: String,
    /// What was done.
    pub note: String,
}

impl Planted {
    /// Sorts by workbook, sheet, row, cell and code.
    pub(super) fn sort(&mut self) {
        let row = |cell: &str| cell.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().unwrap_or(0);
        self.mistakes.sort_by(|a, b| {
            let key = |m: &PlantedMistake| {
                (m.workbook.clone(), m.sheet.clone(), row(&m.cell), m.cell.clone(), m.code.clone())
            };
            key(a).cmp(&key(b))
        });
    }
}
