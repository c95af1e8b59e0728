//! What was read of each sheet: rows_read = accepted + rejected.

use super::ledger::Ledger;
use crate::{
    diagnostic::Severity,
    model::{SheetTally, TalliedRows},
};
use std::sync::Arc;

/// One tally for each recognised sheet of each workbook, in the order of submission, then as in the workbook. A row
/// whose finding is reported in a newer submission only counts here all the same.
pub(super) fn tallies(store: &Arc<str>, ledgers: &[Ledger<'_>]) -> Vec<SheetTally> {
    let mut tallies: Vec<(usize, usize, SheetTally)> = Vec::new();
    for ledger in ledgers {
        let first = tallies.len();
        for held in &ledger.tables {
            let submission = &held.read.submission;
            let tally = SheetTally {
                store: store.clone(),
                kind: ledger.sheet.id.clone(),
                workbook: held.read.path.clone(),
                sheet: held.table.sheet.clone(),
                week: submission.week(),
                submitted_at: submission.submitted_at,
                rows_read: held.table.rows.len() as u64,
                accepted: 0,
                repaired: 0,
                rejected: 0,
                clean: 0,
                rows: TalliedRows::default(),
            };
            tallies.push((held.submission, held.position, tally));
        }
        let mut marked: Vec<bool> = ledger.lines.iter().map(|line| line.unlisted).collect();
        for raised in ledger.findings().filter(|raised| raised.finding.severity >= Severity::Warning) {
            marked[raised.line] = true;
        }
        for ((line, rejected), marked) in ledger.lines.iter().zip(ledger.rejected()).zip(marked) {
            let tally = &mut tallies[first + line.sheet].2;
            let row = line.row.row;
            tally.rows.read.insert(row);
            if rejected {
                tally.rejected += 1;
                tally.rows.rejected.insert(row);
                continue;
            }
            tally.accepted += 1;
            if line.row.repaired {
                tally.repaired += 1;
                tally.rows.repaired.insert(row);
            }
            if marked {
                tally.rows.unclean.insert(row);
            } else {
                tally.clean += 1;
            }
        }
    }
    tallies.sort_by_key(|(submission, position, _)| (*submission, *position));
    let tallies: Vec<SheetTally> = tallies.into_iter().map(|(.., tally)| tally).collect();
    debug_assert!(tallies.iter().all(|tally| tally.rows_read == tally.accepted + tally.rejected));
    tallies
}
