//! The build checks its own sums: every row that intake saw is accepted or rejected, and every page counts the same rows.

use super::PublishError;
use crate::model::SheetTally;
use std::{collections::BTreeMap, sync::Arc};

/// Rows counted at two ends of the pipeline.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Data rows that intake handed on, by workbook and sheet.
    read: BTreeMap<(Arc<str>, Arc<str>), u64>,
    /// The same of sheets whose rows were parted, as a whole.
    parted: BTreeMap<(Arc<str>, Arc<str>), u64>,
}

/// The group's totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Data rows found.
    pub rows_read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Accepted with a repaired cell.
    pub repaired: u64,
    /// Kept out.
    pub rejected: u64,
}

impl Ledger {
    /// Notes the data rows of one sheet as intake found them.
    pub fn note(&mut self, workbook: &Arc<str>, sheet: &Arc<str>, rows: u64) {
        *self.read.entry((workbook.clone(), sheet.clone())).or_default() += rows;
    }

    /// Holds what was noted of some workbooks, part by part, against what intake found in each of their sheets: rows that
    /// are parted out to several stores all have to land somewhere.
    pub fn expect(&mut self, sheets: impl Iterator<Item = (Arc<str>, Arc<str>, u64)>) {
        for (workbook, sheet, rows) in sheets {
            *self.parted.entry((workbook, sheet)).or_default() += rows;
        }
    }

    /// Holds the tallies against what intake found, and the lines of `submissions.csv` against the tallies.
    ///
    /// # Errors
    /// The first sheet whose counts do not add up.
    pub fn settle(&self, tallies: &[SheetTally], board: &[[u64; 4]]) -> Result<Totals, PublishError> {
        let mut totals = Totals::default();
        let mut tallied: BTreeMap<(Arc<str>, Arc<str>), u64> = BTreeMap::new();
        for tally in tallies {
            if tally.rows_read != tally.accepted + tally.rejected || tally.repaired > tally.accepted {
                return Err(PublishError::Sums(format!(
                    "{} · {}: {} ≠ {} + {}",
                    tally.workbook, tally.sheet, tally.rows_read, tally.accepted, tally.rejected
                )));
            }
            *tallied.entry((tally.workbook.clone(), tally.sheet.clone())).or_default() += tally.rows_read;
            totals.rows_read += tally.rows_read;
            totals.accepted += tally.accepted;
            totals.repaired += tally.repaired;
            totals.rejected += tally.rejected;
        }
        for (sheet, rows) in &self.read {
            if tallied.get(sheet).copied().unwrap_or_default() != *rows {
                return Err(PublishError::Sums(format!("{} · {}: {rows} rows read", sheet.0, sheet.1)));
            }
        }
        for (sheet, rows) in &self.parted {
            if self.read.get(sheet).copied().unwrap_or_default() != *rows {
                return Err(PublishError::Sums(format!("{} · {}: {rows} rows to be parted", sheet.0, sheet.1)));
            }
        }
        if tallied.len() > self.read.len() {
            return Err(PublishError::Sums("a tally without a sheet".to_owned()));
        }
        let mut of_board = [0u64; 4];
        for line in board {
            for (sum, rows) in of_board.iter_mut().zip(line) {
                *sum += rows;
            }
        }
        if of_board != [totals.rows_read, totals.accepted, totals.repaired, totals.rejected] {
            return Err(PublishError::Sums(format!("submissions.csv: {of_board:?}, {totals:?}")));
        }
        Ok(totals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(read: u64, accepted: u64, rejected: u64) -> SheetTally {
        SheetTally {
            store: "S".into(),
            kind: "order".into(),
            workbook: "S/a.xlsx".into(),
            sheet: "订单".into(),
            week: None,
            submitted_at: None,
            rows_read: read,
            accepted,
            repaired: 0,
            rejected,
            clean: 0,
            rows: Default::default(),
        }
    }

    #[test]
    fn a_lost_row_stops_the_build() {
        let mut ledger = Ledger::default();
        ledger.note(&"S/a.xlsx".into(), &"订单".into(), 5);
        assert!(ledger.settle(&[tally(5, 4, 1)], &[[5, 4, 0, 1]]).is_ok());
        assert!(ledger.settle(&[tally(5, 4, 0)], &[[5, 4, 0, 0]]).is_err());
        assert!(ledger.settle(&[tally(4, 4, 0)], &[[4, 4, 0, 0]]).is_err());
        assert!(ledger.settle(&[tally(5, 4, 1)], &[[4, 4, 0, 0]]).is_err());
        assert!(ledger.settle(&[], &[]).is_err());
    }
}
