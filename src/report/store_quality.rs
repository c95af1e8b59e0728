//! Data quality of one store: what was read of each workbook and sheet, and each finding with its place, cause and fix.

use super::{
    coverage, digest, downloads,
    lookup::StoreLookup,
    page::{self, Draw, Link, Named, Page},
    quality::{self, Counts, RuleLine, SheetLine},
    store,
    submissions::{self, Matrix},
    table::{self, Cell, Column, Kind, Row, Table},
};
use crate::{
    diagnostic::{Finding, Severity},
    model::{IgnoredSheet, OrderBasis, RowSpans, SheetTally, sheet_shown},
    project::settings::slug,
};
use serde::Serialize;
use std::collections::BTreeMap;

const FINDINGS_A_PAGE: usize = 250;
/// Findings listed for one store; the rest is in `findings.csv` and marked in the returned workbooks.
const FINDINGS_A_STORE: usize = 5_000;
const WEEKS: usize = 12;
/// Workbooks of a store, and sheets of them, listed with their counts, newest first; `submissions.csv` has all.
const WORKBOOKS: usize = 200;
const SHEETS: usize = 500;
/// Runs of rows written out for one count.
const RUNS: usize = 40;

/// The id of the first finding of a severity on a store's page.
pub(super) fn anchor(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "errors",
        Severity::Warning => "warnings",
        Severity::Notice => "notices",
    }
}

/// The part that holds the finding after so many others.
pub(super) fn part_of(before: u64) -> usize {
    usize::try_from(before).unwrap_or(usize::MAX).min(FINDINGS_A_STORE - 1) / FINDINGS_A_PAGE + 1
}

/// Data quality of a store, part by part: errors first, then warnings, then notices.
#[derive(Debug, Serialize)]
pub(crate) struct StoreQualityView {
    pub store: Named,
    pub counts: Counts,
    pub sheets: Vec<SheetLine>,
    pub rules: Vec<RuleLine>,
    pub board: Option<Matrix>,
    /// For how many days the first missing sheet is owed.
    pub owed: Option<i64>,
    pub workbooks: Vec<WorkbookLine>,
    /// Its workbooks as they came back, where its readers may have them.
    pub returned: Vec<Named>,
    /// Which rows of each sheet became what, drawn; on the first part.
    pub tables: String,
    /// Sheets beyond those in `tables`.
    pub tables_cut: usize,
    pub ignored: Vec<IgnoredLine>,
    /// The findings of the part, drawn.
    pub findings: String,
    pub total: usize,
    pub cut: usize,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// One workbook that came in.
#[derive(Debug, Serialize)]
pub(crate) struct WorkbookLine {
    pub workbook: String,
    pub week: Option<String>,
    pub submitted: Option<String>,
    pub by: Option<String>,
    pub basis: String,
    pub counts: Counts,
}

/// Rows written out as a clerk would name them; a long list is cut.
fn runs(rows: &RowSpans) -> String {
    let shown = rows.first(RUNS);
    let more = rows.count() - shown.count();
    if more > 0 { format!("{shown} …(+{more})") } else { shown.to_string() }
}

/// Which rows of each sheet became what; the sheets of the newest workbooks first.
fn tables<'a>(store: &StoreLookup<'a>) -> Table<'a> {
    let word = |key: &str| store.words.word(key);
    let mut columns =
        vec![Column::new(word("place.workbook"), Kind::Code, 34.0), Column::new(word("place.sheet"), Kind::Code, 14.0)];
    let titles = ["quality.read", "quality.repaired", "quality.rejected", "quality.unclean"];
    columns.extend(titles.map(|title| Column::new(word(title), Kind::Prose, 14.0)));
    let rows = store.material.tallies.iter().rev().take(SHEETS).map(|tally| {
        let rows = &tally.rows;
        let mut cells = vec![Cell::text(&*tally.workbook), Cell::text(sheet_shown(&tally.sheet))];
        cells.extend([&rows.read, &rows.repaired, &rows.rejected, &rows.unclean].map(|rows| Cell::text(runs(rows))));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, ..Table::default() }
}

/// A sheet that was seen and not read.
#[derive(Debug, Serialize)]
pub(crate) struct IgnoredLine {
    pub workbook: String,
    pub sheet: String,
    pub why: String,
}

/// How many pages a store's findings take, at least one.
fn parts(store: &StoreLookup<'_>) -> usize {
    store.material.findings.len().min(FINDINGS_A_STORE).div_ceil(FINDINGS_A_PAGE).max(1)
}

/// The findings: errors first, then warnings, then notices.
fn ordered<'a>(store: &StoreLookup<'a>) -> Vec<&'a Finding> {
    let mut findings: Vec<&'a Finding> = store.material.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.truncate(FINDINGS_A_STORE);
    findings
}

/// The anchor of a finding: the first of a severity bears the severity's, else the first of a code one of its own.
fn anchor_of(ordered: &[&Finding], at: usize) -> String {
    let (before, own) = (&ordered[..at], ordered[at]);
    if before.last().is_none_or(|last| last.severity != own.severity) {
        anchor(own.severity).to_owned()
    } else if before.iter().all(|other| other.code != own.code) {
        format!("first-{}", own.code)
    } else {
        String::new()
    }
}

/// Where the first finding of each code stands.
fn firsts(store: &StoreLookup<'_>, ordered: &[&Finding]) -> BTreeMap<String, Link> {
    let mut firsts = BTreeMap::new();
    for (at, finding) in ordered.iter().enumerate() {
        if !firsts.contains_key(&*finding.code) {
            let link = link(store.id(), at / FINDINGS_A_PAGE + 1).at(anchor_of(ordered, at));
            firsts.insert(finding.code.to_string(), link);
        }
    }
    firsts
}

/// The findings of one part.
fn findings<'a>(store: &StoreLookup<'a>, ordered: &[&'a Finding], part: usize) -> Table<'a> {
    let here = page::part(part, FINDINGS_A_PAGE, ordered.len());
    let mut table = table::findings::table(store, ordered[here.clone()].iter().copied(), None);
    for (row, at) in table.rows.iter_mut().zip(here) {
        row.anchor = anchor_of(ordered, at).into();
    }
    table
}

/// Where a part of a store's data quality stands.
pub(crate) fn link(store: &str, part: usize) -> Link {
    Link::to(format!("stores/{}/quality{}", slug(store), page::ending(part)))
}

/// A part of a store's data quality.
pub(crate) struct StoreQualityPage {
    part: usize,
}

impl<'a> Page<StoreLookup<'a>> for StoreQualityPage {
    type View = StoreQualityView;
    const TEMPLATE: &'static str = "store_quality.html";
    const SECTION: &'static str = "stores";

    fn all(store: &StoreLookup<'a>) -> Vec<StoreQualityPage> {
        (1..=parts(store)).map(|part| StoreQualityPage { part }).collect()
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id(), self.part)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let mut way = store::way(store);
        way.push(Named::plain(store.words.word("nav.quality")));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> StoreQualityView {
        StoreQualityView::new(store, self.part, draw)
    }
}

impl StoreQualityView {
    fn new(store: &StoreLookup<'_>, part: usize, draw: &Draw<'_>) -> StoreQualityView {
        let first = part <= 1;
        let count = parts(store);
        let total = store.material.findings.len();
        let ordered = ordered(store);
        StoreQualityView {
            store: store.named(),
            counts: quality::store_counts(store),
            sheets: if first { quality::sheets(store, std::iter::once(&store.digest)) } else { Vec::new() },
            rules: if first { rules(store, &ordered) } else { Vec::new() },
            owed: coverage::owed_for(store, store.digest.board.iter()),
            board: submissions::store_matrix(store, WEEKS).filter(|_| first),
            workbooks: if first { workbooks(store) } else { Vec::new() },
            returned: if first { returned(store) } else { Vec::new() },
            tables: if first && !store.material.tallies.is_empty() { draw(&tables(store)) } else { String::new() },
            tables_cut: store.material.tallies.len().saturating_sub(SHEETS),
            ignored: if first { ignored(store) } else { Vec::new() },
            findings: draw(&findings(store, &ordered, part)),
            total,
            cut: if part == count { total.saturating_sub(FINDINGS_A_STORE) } else { 0 },
            part,
            parts: page::parts(count, |n| link(store.id(), n)),
        }
    }
}

/// How often each rule was broken, with the way to the first finding.
fn rules(store: &StoreLookup<'_>, ordered: &[&Finding]) -> Vec<RuleLine> {
    let firsts = firsts(store, ordered);
    let mut lines = quality::rules(store, std::iter::once((Some(store.material.store), &*store.digest.rules)));
    lines.iter_mut().for_each(|line| line.findings = firsts.get(&line.code.text).cloned());
    lines
}

/// The workbooks that came back, to be had, in the order of their names from the last: the newest week first.
fn returned(store: &StoreLookup<'_>) -> Vec<Named> {
    let offered = store.material.returned.iter().rev();
    offered.map(|path| Named::linked(path.clone(), Link::to(downloads::returned(path)))).collect()
}

/// The newest workbooks first.
fn workbooks(store: &StoreLookup<'_>) -> Vec<WorkbookLine> {
    let links = quality::store_counts(store).links;
    let mut tallies: BTreeMap<&str, Vec<&SheetTally>> = BTreeMap::new();
    for tally in store.material.tallies {
        tallies.entry(&tally.workbook).or_default().push(tally);
    }
    let mut findings: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in store.material.findings {
        findings.entry(&finding.place.workbook).or_default().push(finding);
    }
    let lines = store.material.submissions.iter().rev().take(WORKBOOKS).map(|submission| {
        let sheets = digest::sheets(tallies.get(&*submission.workbook).into_iter().flatten().copied());
        let rules = digest::rules(findings.get(&*submission.workbook).into_iter().flatten().copied());
        WorkbookLine {
            workbook: submission.workbook.to_string(),
            week: submission.week().map(|week| store.words.period(week)),
            submitted: submission.submitted_at.map(|at| at.display()),
            by: submission.submitted_by.clone(),
            basis: store.words.word(match submission.basis {
                OrderBasis::Cover => "basis.cover",
                OrderBasis::Path => "basis.path",
                OrderBasis::Form => "basis.form",
                OrderBasis::PathOrder => "basis.path_order",
            }),
            counts: Counts { links: links.clone(), ..Counts::sum(&rules, &sheets) },
        }
    });
    lines.collect()
}

fn ignored(store: &StoreLookup<'_>) -> Vec<IgnoredLine> {
    let untold = ["cover", IgnoredSheet::FORM, IgnoredSheet::RESULTS, IgnoredSheet::OF_A_PROGRAM];
    let lines = store.material.ignored.iter().filter(|(_, sheet)| !untold.contains(&&*sheet.why));
    lines
        .take(FINDINGS_A_PAGE)
        .map(|(workbook, sheet)| IgnoredLine {
            workbook: workbook.to_string(),
            sheet: sheet_shown(&sheet.name).into_owned(),
            why: store.words.find(&format!("ignored.{}", sheet.why)).unwrap_or(&sheet.why).to_owned(),
        })
        .collect()
}
