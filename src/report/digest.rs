//! What the group's pages say of one store beside its figures: counts, never rows.

use super::material::{BoardLine, StoreMaterial};
use crate::{
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    model::{Instant, KpiValue, Period, Scope, SheetTally},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Errors of a store that the group's pack lists.
pub const ERRORS: usize = 20;

/// One store's counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDigest {
    /// The store's id.
    pub store: Arc<str>,
    /// The people with a figure, by name.
    pub staff: Vec<Arc<str>>,
    /// Workbooks that came.
    pub workbooks: u64,
    /// Of these, the ones of which nothing could be read.
    pub unread: u64,
    /// How often each rule was broken, by code and severity.
    pub rules: Vec<RuleDigest>,
    /// The first errors, by place, at most [`ERRORS`].
    pub errors: Vec<Finding>,
    /// What was read, by sheet id.
    pub sheets: Vec<SheetDigest>,
    /// What is on each worklist, in the catalogue's order.
    pub lists: Vec<ListDigest>,
    /// The store's lines of the submission board.
    pub board: Vec<BoardLine>,
    /// Its channels, models and levels in the month that pages speak of.
    pub slices: Vec<KpiValue>,
}

/// How often a store broke a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDigest {
    /// The rule's code.
    pub code: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// How often.
    pub count: u64,
}

/// Rows of one kind of sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetDigest {
    /// The sheet's id.
    pub kind: Arc<str>,
    /// Data rows found.
    pub rows_read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Accepted rows with a repaired cell.
    pub repaired: u64,
    /// Rows kept out.
    pub rejected: u64,
    /// Accepted rows without error or warning.
    pub clean: u64,
}

/// How much is on a store's worklist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDigest {
    /// The list's id.
    pub list: Arc<str>,
    /// Rows.
    pub rows: usize,
    /// Of these, past their day.
    pub over: usize,
    /// Days by which the oldest is past its day.
    pub oldest: Option<i64>,
    /// Rows by stage, where the story makes the list its ladder.
    pub stages: BTreeMap<String, usize>,
}

impl StoreDigest {
    /// The counts of a store's material.
    pub fn of(material: &StoreMaterial<'_>, catalog: &Catalog, cutoff: Instant) -> StoreDigest {
        let month = Period::headline(cutoff.date());
        let of_month = |value: &&KpiValue| Scope::SLICES.contains(&value.scope) && value.period == month;
        StoreDigest {
            store: material.store.id.clone(),
            staff: staff(material),
            workbooks: material.submissions.len() as u64,
            unread: unread(material.findings),
            rules: rules(material.findings),
            errors: errors(material.findings),
            sheets: sheets(material.tallies),
            lists: lists(material, catalog),
            board: material.board.to_vec(),
            slices: material.kpis.iter().filter(of_month).cloned().collect(),
        }
    }

    /// The counts of a worklist; nothing where the store has no rows on it.
    pub fn list(&self, id: &str) -> Option<&ListDigest> {
        self.lists.iter().find(|list| *list.list == *id)
    }
}

/// The people with a value, by name.
fn staff(material: &StoreMaterial<'_>) -> Vec<Arc<str>> {
    let of_staff = material.kpis.iter().filter(|value| value.scope == Scope::Staff);
    let names: BTreeSet<&str> = of_staff.filter_map(|value| Some(value.scope_id.split_once('/')?.1)).collect();
    names.into_iter().map(Arc::from).collect()
}

/// Workbooks of which nothing could be read.
pub(super) fn unread<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> u64 {
    let of_unread = findings.into_iter().filter(|finding| finding.is_of_unread());
    of_unread.map(|finding| &*finding.place.workbook).collect::<BTreeSet<&str>>().len() as u64
}

/// The first errors.
fn errors(findings: &[Finding]) -> Vec<Finding> {
    findings.iter().filter(|finding| finding.severity == Severity::Error).take(ERRORS).cloned().collect()
}

/// Findings by code and severity.
pub(crate) fn rules<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<RuleDigest> {
    let mut counts: BTreeMap<(&Arc<str>, Severity), u64> = BTreeMap::new();
    for finding in findings {
        *counts.entry((&finding.code, finding.severity)).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts.map(|((code, severity), count)| RuleDigest { code: code.clone(), severity, count }).collect()
}

/// Rows by kind of sheet.
pub(super) fn sheets<'t>(tallies: impl IntoIterator<Item = &'t SheetTally>) -> Vec<SheetDigest> {
    let mut sheets: BTreeMap<&Arc<str>, SheetDigest> = BTreeMap::new();
    for tally in tallies {
        let sheet = sheets
            .entry(&tally.kind)
            .or_insert_with(|| SheetDigest { kind: tally.kind.clone(), ..SheetDigest::default() });
        sheet.rows_read += tally.rows_read;
        sheet.accepted += tally.accepted;
        sheet.repaired += tally.repaired;
        sheet.rejected += tally.rejected;
        sheet.clean += tally.clean;
    }
    sheets.into_values().collect()
}

fn lists(material: &StoreMaterial<'_>, catalog: &Catalog) -> Vec<ListDigest> {
    let mut lists = Vec::new();
    for list in &catalog.worklists {
        let mut digest = ListDigest { list: list.id.clone(), ..ListDigest::default() };
        let stage = catalog.ladder().filter(|ladder| ladder.list == list.id).map(|ladder| ladder.column);
        for row in material.worklists.iter().filter(|row| row.list == list.id) {
            digest.rows += 1;
            let days = row.days_over.filter(|days| *days > 0);
            digest.over += usize::from(days.is_some());
            digest.oldest = digest.oldest.max(days);
            if let Some(stage) = stage.and_then(|at| row.extra.get(at)) {
                *digest.stages.entry(stage.clone()).or_default() += 1;
            }
        }
        lists.push(digest);
    }
    lists
}
