//! Workbooks of which nothing is taken: another store's (S006), and those whose cover is far ahead of everybody (S034). One
//! sentence each; S030 where a cover's code is no store's.

use super::judge::Judge;
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    model::{Instant, OrderBasis, Place, Said, WorkbookRead},
    project::{Settings, Store},
};
use std::sync::Arc;

/// Days by which a cover may be ahead of the cut-off.
const AHEAD: i64 = 31;

/// Empties the workbooks of a store that must not be read, whose findings are then one. `ids` are those of all stores.
pub fn set_aside(
    store: &Store,
    reads: &mut [WorkbookRead],
    ids: &[Arc<str>],
    catalog: &Catalog,
    settings: &Settings,
    cutoff: Instant,
) {
    let judge = Judge { store: &store.id, catalog, settings };
    for read in reads {
        let told = [told_store(read, store, ids, &judge), far_ahead(read, cutoff, &judge)];
        for finding in told.into_iter().flatten() {
            if finding.severity == Severity::Error {
                read.tables.clear();
                read.ignored.clear();
                read.findings = vec![finding];
                break;
            }
            read.findings.push(finding);
        }
    }
}

/// What is to be said of a cover that names another store than the folder. Intake knows no other stores.
fn told_store(read: &mut WorkbookRead, store: &Store, ids: &[Arc<str>], judge: &Judge<'_>) -> Option<Finding> {
    let at = read.findings.iter().position(|finding| &*finding.code == "S006")?;
    let finding = read.findings.remove(at);
    let code = finding.args.iter().find(|arg| arg.name == "code").map(|arg| &arg.value);
    let Some(Said::Text(code)) = code else { return None };
    if code.trim() == store.name {
        return None;
    }
    if ids.iter().any(|id| *id != store.id && id.eq_ignore_ascii_case(code)) {
        return Some(judge.adopt(&finding));
    }
    let args = finding.args.clone();
    judge.finding("S030", finding.place, &finding.field, args)
}

/// Where a workbook says its week, and how that is labelled; the workbook when its path does.
pub(super) fn week_cell(read: &WorkbookRead) -> (Place, &str) {
    match &read.week_at {
        Some(cell) => (cell.place.clone(), &cell.label),
        None => (Place::workbook(read.path.clone()), ""),
    }
}

fn far_ahead(read: &WorkbookRead, cutoff: Instant, judge: &Judge<'_>) -> Option<Finding> {
    let to = read.submission.to.filter(|_| read.submission.basis == OrderBasis::Cover)?;
    if (to - cutoff.date()).num_days() <= AHEAD {
        return None;
    }
    let args = arguments! { "to" => to.to_string(), "cutoff" => cutoff.date().to_string() };
    let (place, label) = week_cell(read);
    judge.finding("S034", place, label, args)
}
