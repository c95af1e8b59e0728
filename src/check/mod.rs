//! Holds rows against the rules, upserts them across submissions, counts what was accepted and rejected.
//!
//! **What a row is about.** A row's subject is its key ([`identity`]): the first key of the sheet's definition whose
//! fields are all filled in, else its whole content. The rows of one subject, in the order of submission, are its
//! history ([`history`]): an accepted row that differs from the one before is a new version, an identical one a copy.
//! A rejected row never takes the place of an accepted one. Workbooks of another store, and those whose cover is far ahead
//! of everybody, are set aside before ([`set_aside`]).
//!
//! A row that was filled into a form says only what the form has a place for; the rest is as the newest earlier row of the same
//! thing has it ([`of_forms`]).
//!
//! **What is rejected.** A row with a finding of severity error, after the config's own severities are applied, or one
//! that intake rejected (a cell it could not read stays unread however mild the finding is made). A cell that cannot be read
//! in a column that only describes (`describes`) is empty and keeps no row out: the row is accepted with an error, and not
//! clean. A rule that looks at a cell which already has an error of its own is not asked: one mistake, one finding.
//!
//! **What is reported once.** Weekly sheets repeat their rows, and a mistake with them. The same finding (subject,
//! code, column) is reported only in the newest submission that still has it; in older ones the row is counted as
//! rejected or unclean, and nothing more is said. A mistake whose row is not in the newest submission, or was put
//! right there, keeps its finding in the last workbook that has it: the rejected row there has its reason. A
//! restatement (S002) is an event of one submission, not a state, and is never dropped. Findings about a whole
//! workbook, sheet or header belong to that file and stay.
//!
//! **Order.** Only [`crate::model::Submission::order_key`], the rows' positions and their content decide; the order of
//! `reads` does not, nor does any clock or thread.

mod across;
mod aside;
mod closed_by_order;
pub mod expression;
mod figures;
mod frozen;
mod history;
mod identity;
mod impossible;
mod judge;
mod known_customer;
mod ledger;
mod misfiled;
mod moves_with;
mod namesakes;
mod needs_row;
mod never_falls;
mod not_before;
mod of_forms;
mod once;
mod once_open;
mod order;
mod plans;
mod refers_to;
mod row_rules;
mod share;
mod shared;
mod tally;
#[cfg(test)]
mod tests;
mod unread;
mod vanished;
mod within_history;

pub use aside::set_aside;
pub use figures::{NamedFigure, named_figures, unknown_figures};
pub use once_open::{OpenValue, across_stores, open_values};
pub use shared::{of_no_store, share_of};

use crate::{
    catalog::{Catalog, Refusal},
    diagnostic::Finding,
    model::{Instant, StoreRows, WorkbookRead},
    project::{Settings, Store},
};
use judge::Judge;
use ledger::Ledger;
use row_rules::RowRules;
use unread::Unread;

/// Checks everything one store sent. `cutoff` decides what lies in the future.
///
/// Returns the accepted rows with their earlier versions and the tallies, and all findings of the store: those of
/// `reads` and those raised here, with the config's severities, sorted. A rule whose condition cannot be evaluated is
/// left out and costs one finding D001 without a store; it is the same for every store of a run.
pub fn check_store(
    store: &Store,
    mut reads: Vec<WorkbookRead>,
    catalog: &Catalog,
    settings: &Settings,
    cutoff: Instant,
) -> (StoreRows, Vec<Finding>) {
    // What came for the store from the group first: what it sent itself stands over that.
    reads.sort_by_cached_key(|read| (!shared::is_of_group(read), read.submission.order_key()));
    let judge = Judge { store: &store.id, catalog, settings };
    impossible::empty(&mut reads, catalog, cutoff, &judge);
    of_forms::complete(&mut reads, catalog);
    let mut refused: Vec<Refusal> = Vec::new();
    let mut ledgers: Vec<Ledger<'_>> = Vec::new();
    for sheet in &catalog.sheets {
        let rules = RowRules::compile(sheet, catalog, cutoff, &mut refused);
        let mut ledger = Ledger::new(sheet, &reads, rules.open.clone());
        ledger.take_over(&judge);
        of_forms::required(&mut ledger, &judge);
        rules.apply(&mut ledger, &judge);
        history::fold_all(&mut ledger, &judge);
        ledgers.push(ledger);
    }
    let rules = across::rules(catalog, cutoff, &mut refused);
    let of_groups = across::hold(&mut ledgers, &rules, &Unread::of(&reads, catalog), cutoff, &judge);
    if let Some((prospects, orders)) = pair(&mut ledgers, "prospect", "order") {
        closed_by_order::still_open(prospects, orders, &judge);
    }
    namesakes::near(&mut ledgers, &judge);
    let mut findings: Vec<Finding> = refused.iter().map(|refusal| refusal.finding(catalog)).collect();
    findings.extend(of_groups);
    for ledger in &mut ledgers {
        findings.extend(vanished::report(ledger, &judge));
    }
    let own: Vec<&WorkbookRead> = reads.iter().filter(|read| !shared::is_of_group(read)).collect();
    findings.extend(order::report(&own, &judge));
    findings.extend(order::after_the_cutoff(&own, cutoff, &judge));
    for read in &reads {
        let of_the_file = read.findings.iter().filter(|f| !ledger::stands_in_a_row(f, read, catalog));
        findings.extend(of_the_file.map(|f| judge.adopt(f)));
    }
    findings.extend(ledgers.iter().flat_map(once::newest_only));
    findings.extend(ledgers.iter().flat_map(|ledger| ledger.more(&judge)));
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    // Tables that share their rows' cells say it of a shared cell once each.
    findings.dedup();
    let tallies = tally::tallies(&store.id, &ledgers);
    let held = ledgers.iter().filter(|ledger| !ledger.tables.is_empty());
    let accepted: Vec<_> = held.map(|ledger| (ledger.sheet.id.clone(), ledger.accepted())).collect();
    drop(ledgers);
    let rows = StoreRows {
        store: store.id.clone(),
        submissions: reads.iter().map(|read| read.submission.clone()).collect(),
        sheets: accepted.into_iter().map(|(sheet, rows)| (sheet, ledger::taken(&mut reads, rows))).collect(),
        tallies,
    };
    (rows, findings)
}

/// The conditions of rules and sheets that read well and that this stage cannot hold against rows.
pub fn refusals(catalog: &Catalog) -> Vec<Refusal> {
    // Whether a condition fits does not depend on the cut-off.
    let any = Instant::day(chrono::NaiveDate::default());
    let mut refused = Vec::new();
    for sheet in &catalog.sheets {
        RowRules::compile(sheet, catalog, any, &mut refused);
    }
    across::rules(catalog, any, &mut refused);
    refused
}

/// Two kinds of sheet at once: the first to be judged by the second.
fn pair<'l, 'a>(ledgers: &'l mut [Ledger<'a>], own: &str, other: &str) -> Option<(&'l mut Ledger<'a>, &'l Ledger<'a>)> {
    let at = |kind: &str| ledgers.iter().position(|ledger| *ledger.sheet.id == *kind);
    let [own, other] = ledgers.get_disjoint_mut([at(own)?, at(other)?]).ok()?;
    Some((own, other))
}
