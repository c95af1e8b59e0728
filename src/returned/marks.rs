//! Which findings stand on which cell of which sheet.

use crate::{
    diagnostic::{Finding, Severity},
    model::CellRef,
};
use std::collections::{BTreeMap, BTreeSet};

/// Rows and columns of a sheet, as many as the format has.
pub(super) const MAX_ROW: u32 = 1_048_576;
pub(super) const MAX_COL: u32 = 16_383;

/// Findings with their position in the list of all findings.
pub(super) type Numbered<'f> = Vec<(usize, &'f Finding)>;

/// The findings of one sheet that name a row.
#[derive(Clone, Debug, Default)]
pub(super) struct SheetMarks<'f> {
    /// By row and column; column `None` where the whole row is meant.
    pub places: BTreeMap<(u32, Option<u32>), Numbered<'f>>,
}

impl<'f> SheetMarks<'f> {
    /// The rows where a finding names no column.
    pub fn whole_rows(&self) -> BTreeSet<u32> {
        self.places.keys().filter(|(_, col)| col.is_none()).map(|(row, _)| *row).collect()
    }

    /// The findings by the cell that is marked for them.
    pub fn settle(&self, cell: impl Fn(u32, Option<u32>) -> CellRef) -> BTreeMap<CellRef, Numbered<'f>> {
        let mut settled: BTreeMap<CellRef, Numbered<'f>> = BTreeMap::new();
        for ((row, col), findings) in &self.places {
            settled.entry(cell(*row, *col)).or_default().extend(findings);
        }
        for findings in settled.values_mut() {
            findings.sort_by_key(|(at, _)| *at);
        }
        settled
    }
}

/// The findings in the order of the workbook's sheets, then rows and columns; those about the workbook first.
pub(super) fn in_reading_order<'f>(findings: &[&'f Finding], sheets: &[&str]) -> Vec<&'f Finding> {
    let position = |finding: &Finding| match &*finding.place.sheet {
        "" => 0,
        name => 1 + sheets.iter().position(|sheet| *sheet == name).unwrap_or(sheets.len()),
    };
    let mut ordered = findings.to_vec();
    ordered.sort_by(|a, b| {
        let worst_first = b.severity.cmp(&a.severity);
        (position(a), &a.place)
            .cmp(&(position(b), &b.place))
            .then(worst_first)
            .then_with(|| a.order_key().cmp(&b.order_key()))
    });
    ordered
}

/// The marks of each sheet of the workbook, by its index. A place outside any sheet has none.
pub(super) fn by_sheet<'f>(ordered: &[&'f Finding], sheets: &[&str]) -> BTreeMap<usize, SheetMarks<'f>> {
    let mut marks: BTreeMap<usize, SheetMarks<'f>> = BTreeMap::new();
    for (at, finding) in ordered.iter().enumerate() {
        let Some(sheet) = sheets.iter().position(|name| **name == *finding.place.sheet) else { continue };
        let Some(row) = finding.place.row.filter(|row| (1..=MAX_ROW).contains(row)) else { continue };
        let col = finding.place.col;
        if col.is_some_and(|col| col > MAX_COL) {
            continue;
        }
        marks.entry(sheet).or_default().places.entry((row, col)).or_default().push((at, finding));
    }
    marks
}

/// The worst severity of a cell's findings.
pub(super) fn worst(findings: &[(usize, &Finding)]) -> Severity {
    findings.iter().map(|(_, finding)| finding.severity).max().unwrap_or(Severity::Notice)
}
