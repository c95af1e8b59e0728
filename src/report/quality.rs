//! Data quality: what was read, repaired, rejected; findings by rule, and each with its place, cause and fix.

use super::{
    behind::{self, PlaceLine},
    figure,
    ledger::Ledger,
    page::{Link, Named, Page},
    submissions::{self, Matrix},
};
use crate::{
    diagnostic::{Finding, Severity},
    model::{IgnoredSheet, OrderBasis, RowSpans, SheetTally},
    project::Store,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const FINDINGS_A_PAGE: usize = 250;
/// Findings listed for one store; the rest is in `findings.csv` and marked in the returned workbooks.
const FINDINGS_A_STORE: usize = 5_000;
const WEEKS: usize = 12;
/// Workbooks of a store, and sheets of them, listed with their counts, newest first; `submissions.csv` has all.
const WORKBOOKS: usize = 200;
const SHEETS: usize = 500;
/// Runs of rows written out for one count.
const RUNS: usize = 40;

/// What was read of a store (or all), and what was found.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Counts {
    pub errors: u64,
    pub warnings: u64,
    pub notices: u64,
    pub rows_read: u64,
    pub accepted: u64,
    pub repaired: u64,
    pub rejected: u64,
    pub clean: u64,
    /// Accepted of read.
    pub accepted_share: Option<String>,
    /// Accepted without error or warning, of read.
    pub clean_share: Option<String>,
    pub workbooks: u64,
    /// Of these, the ones of which nothing could be read.
    pub unread: u64,
    /// `rows_read = accepted + rejected`.
    pub adds_up: bool,
    /// Where what was counted is listed.
    pub links: Option<CountLinks>,
}

/// Where the rows and the findings behind counts are listed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CountLinks {
    pub rows: Link,
    pub errors: Link,
    pub warnings: Link,
    pub notices: Link,
}

impl CountLinks {
    /// To a store's own page, at the first finding of each severity.
    fn of_store(store: &str, counts: &Counts) -> CountLinks {
        let page = |part| Page::StoreQuality { store: store.into(), part };
        let at = |before: u64, severity: Severity| {
            let before = (before as usize).min(FINDINGS_A_STORE - 1);
            Link::at(page(before / FINDINGS_A_PAGE + 1), anchor(severity))
        };
        CountLinks {
            rows: Link::at(page(1), "rows"),
            errors: at(0, Severity::Error),
            warnings: at(counts.errors, Severity::Warning),
            notices: at(counts.errors + counts.warnings, Severity::Notice),
        }
    }

    /// To the tables of the group's page.
    fn of_group() -> CountLinks {
        let rules = Link::at(Page::Quality, "rules");
        CountLinks {
            rows: Link::at(Page::Quality, "stores"),
            errors: rules.clone(),
            warnings: rules.clone(),
            notices: rules,
        }
    }
}

/// The id of the first finding of a severity on a store's page.
fn anchor(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "errors",
        Severity::Warning => "warnings",
        Severity::Notice => "notices",
    }
}

impl Counts {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>, tallies: impl Iterator<Item = &'f SheetTally>) -> Counts {
        let mut counts = Counts::default();
        let mut unread: BTreeSet<&str> = BTreeSet::new();
        for finding in findings {
            if finding.is_of_unread() {
                unread.insert(&finding.place.workbook);
            }
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Notice => counts.notices += 1,
            }
        }
        counts.unread = unread.len() as u64;
        for tally in tallies {
            counts.rows_read += tally.rows_read;
            counts.accepted += tally.accepted;
            counts.repaired += tally.repaired;
            counts.rejected += tally.rejected;
            counts.clean += tally.clean;
        }
        let share = |n: u64| (counts.rows_read > 0).then(|| figure::percent(n as f64 / counts.rows_read as f64));
        counts.accepted_share = share(counts.accepted);
        counts.clean_share = share(counts.clean);
        counts.adds_up = counts.rows_read == counts.accepted + counts.rejected;
        counts
    }
}

/// A store's counts.
pub(crate) fn counts(ledger: &Ledger<'_>, store: &str) -> Counts {
    let (findings, tallies) = (ledger.findings(store), ledger.tallies(store));
    let mut counts = Counts::of(findings.iter().copied(), tallies.iter().copied());
    counts.workbooks = ledger.submissions(store).len() as u64;
    counts.links = Some(CountLinks::of_store(store, &counts));
    counts
}

/// How often a rule was broken.
#[derive(Debug, Serialize)]
pub(crate) struct RuleLine {
    pub code: Named,
    pub title: String,
    pub severity: &'static str,
    pub severity_word: String,
    pub count: usize,
    pub stores: usize,
    /// The store with most of them.
    pub most: Option<Named>,
}

fn rules<'f>(ledger: &Ledger<'_>, findings: impl Iterator<Item = &'f Finding>) -> Vec<RuleLine> {
    let mut found: BTreeMap<&str, (Severity, usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for finding in findings {
        let entry = found.entry(&finding.code).or_insert((finding.severity, 0, BTreeMap::new()));
        entry.0 = entry.0.max(finding.severity);
        entry.1 += 1;
        *entry.2.entry(&finding.store).or_default() += 1;
    }
    let mut lines: Vec<RuleLine> = found
        .into_iter()
        .map(|(code, (severity, count, stores))| {
            let most = stores
                .iter()
                .filter(|(store, _)| !store.is_empty())
                .max_by_key(|(store, n)| (**n, std::cmp::Reverse(**store)));
            RuleLine {
                code: rule_link(ledger, code),
                title: ledger
                    .material
                    .catalog
                    .rules
                    .get(code)
                    .map_or_else(String::new, |rule| ledger.words.text(&rule.title)),
                severity: severity.word(),
                severity_word: ledger.words.word(&format!("severity.{}", severity.word())),
                count,
                stores: stores.len(),
                most: most.map(|(store, _)| {
                    let page = Page::StoreQuality { store: (*store).into(), part: 1 };
                    Named::linked(ledger.store_name(store), Link::to(page))
                }),
            }
        })
        .collect();
    let weight = |line: &RuleLine| match line.severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    };
    lines.sort_by_key(|line| (weight(line), std::cmp::Reverse(line.count)));
    lines
}

fn rule_link(ledger: &Ledger<'_>, code: &str) -> Named {
    let known = ledger.material.catalog.rules.contains_key(code);
    Named { text: code.to_owned(), link: known.then(|| Link::rule(code)) }
}

/// What was read of one kind of sheet.
#[derive(Debug, Serialize)]
pub(crate) struct SheetLine {
    pub sheet: String,
    pub counts: Counts,
}

fn sheets(ledger: &Ledger<'_>, tallies: &[&SheetTally]) -> Vec<SheetLine> {
    let kinds: BTreeSet<&str> = tallies.iter().map(|tally| &*tally.kind).collect();
    let order = |kind: &str| ledger.material.catalog.sheets.iter().position(|sheet| &*sheet.id == kind);
    let mut kinds: Vec<&str> = kinds.into_iter().collect();
    kinds.sort_by_key(|kind| (order(kind).unwrap_or(usize::MAX), *kind));
    kinds
        .into_iter()
        .map(|kind| SheetLine {
            sheet: sheet_title(ledger, kind),
            counts: Counts::of(std::iter::empty(), tallies.iter().filter(|tally| &*tally.kind == kind).copied()),
        })
        .collect()
}

/// A sheet's title, or its id where no definition has it.
pub(crate) fn sheet_title(ledger: &Ledger<'_>, kind: &str) -> String {
    ledger.material.catalog.sheet(kind).map_or_else(|| kind.to_owned(), |sheet| ledger.words.text(&sheet.title))
}

/// Data quality of the group.
#[derive(Debug, Serialize)]
pub(crate) struct QualityView {
    pub counts: Counts,
    pub stores: Vec<StoreLine>,
    pub sheets: Vec<SheetLine>,
    pub rules: Vec<RuleLine>,
    /// Findings about definitions and other things of no store.
    pub own: Vec<FindingLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub counts: Counts,
}

impl QualityView {
    pub(crate) fn new(ledger: &Ledger<'_>) -> QualityView {
        let material = ledger.material;
        let mut total = Counts::of(material.findings.iter(), material.tallies.iter());
        total.workbooks = material.submissions.len() as u64;
        total.links = Some(CountLinks::of_group());
        let tallies: Vec<&SheetTally> = material.tallies.iter().collect();
        QualityView {
            counts: total,
            stores: material
                .stores
                .iter()
                .map(|store| StoreLine {
                    store: Named::linked(
                        store.name.clone(),
                        Link::to(Page::StoreQuality { store: store.id.clone(), part: 1 }),
                    ),
                    counts: counts(ledger, &store.id),
                })
                .collect(),
            sheets: sheets(ledger, &tallies),
            rules: rules(ledger, material.findings.iter()),
            own: ledger.findings("").iter().take(FINDINGS_A_PAGE).map(|finding| line(ledger, finding)).collect(),
        }
    }
}

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct FindingLine {
    /// Where it is the first of its severity.
    pub anchor: Option<&'static str>,
    pub code: Named,
    pub severity: &'static str,
    pub severity_word: String,
    pub field: String,
    pub message: String,
    pub hint: String,
    pub place: PlaceLine,
}

fn line(ledger: &Ledger<'_>, finding: &Finding) -> FindingLine {
    FindingLine {
        anchor: None,
        code: rule_link(ledger, &finding.code),
        severity: finding.severity.word(),
        severity_word: ledger.words.word(&format!("severity.{}", finding.severity.word())),
        field: finding.field.to_string(),
        message: ledger.words.text(&finding.message),
        hint: ledger.words.text(&finding.hint),
        place: behind::place(ledger, &finding.place),
    }
}

/// Data quality of a store, part by part: errors first, then warnings, then notices.
#[derive(Debug, Serialize)]
pub(crate) struct StoreQualityView {
    pub store: Named,
    pub counts: Counts,
    pub sheets: Vec<SheetLine>,
    pub rules: Vec<RuleLine>,
    pub board: Option<Matrix>,
    pub workbooks: Vec<WorkbookLine>,
    pub tables: Vec<TableLine>,
    /// Sheets beyond those in `tables`.
    pub tables_cut: usize,
    pub ignored: Vec<IgnoredLine>,
    pub findings: Vec<FindingLine>,
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

/// One sheet of one workbook: which of its rows became what.
#[derive(Debug, Serialize)]
pub(crate) struct TableLine {
    pub workbook: String,
    pub sheet: String,
    pub read: String,
    pub repaired: String,
    pub rejected: String,
    pub unclean: String,
}

/// Rows written out as a clerk would name them; a long list is cut.
fn runs(rows: &RowSpans) -> String {
    let shown = rows.first(RUNS);
    let more = rows.count() - shown.count();
    if more > 0 { format!("{shown} …(+{more})") } else { shown.to_string() }
}

/// The sheets of the newest workbooks first.
fn tables(ledger: &Ledger<'_>, store: &Store) -> Vec<TableLine> {
    let lines = ledger.tallies(&store.id).iter().rev().take(SHEETS).map(|tally| TableLine {
        workbook: tally.workbook.to_string(),
        sheet: tally.sheet.to_string(),
        read: runs(&tally.rows.read),
        repaired: runs(&tally.rows.repaired),
        rejected: runs(&tally.rows.rejected),
        unclean: runs(&tally.rows.unclean),
    });
    lines.collect()
}

/// A sheet that was seen and not read.
#[derive(Debug, Serialize)]
pub(crate) struct IgnoredLine {
    pub workbook: String,
    pub sheet: String,
    pub why: String,
}

/// How many pages a store's findings take, at least one.
pub(crate) fn parts(ledger: &Ledger<'_>, store: &Store) -> usize {
    ledger.findings(&store.id).len().min(FINDINGS_A_STORE).div_ceil(FINDINGS_A_PAGE).max(1)
}

impl StoreQualityView {
    pub(crate) fn new(ledger: &Ledger<'_>, store: &Store, part: usize) -> StoreQualityView {
        let mut findings: Vec<&Finding> = ledger.findings(&store.id).to_vec();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let from = (part.max(1) - 1) * FINDINGS_A_PAGE;
        let first = part <= 1;
        let page = |part| Page::StoreQuality { store: store.id.clone(), part };
        let count = parts(ledger, store);
        let mut lines: Vec<FindingLine> = Vec::new();
        for (at, finding) in findings.iter().enumerate().take(FINDINGS_A_STORE).skip(from).take(FINDINGS_A_PAGE) {
            let first_of_kind = at == 0 || findings[at - 1].severity != finding.severity;
            lines
                .push(FindingLine { anchor: first_of_kind.then(|| anchor(finding.severity)), ..line(ledger, finding) });
        }
        StoreQualityView {
            store: Named::linked(store.name.clone(), Link::store(&store.id)),
            counts: counts(ledger, &store.id),
            sheets: if first { sheets(ledger, ledger.tallies(&store.id)) } else { Vec::new() },
            rules: if first { rules(ledger, findings.iter().copied()) } else { Vec::new() },
            board: submissions::store_matrix(ledger, store, WEEKS).filter(|_| first),
            workbooks: if first { workbooks(ledger, store) } else { Vec::new() },
            tables: if first { tables(ledger, store) } else { Vec::new() },
            tables_cut: ledger.tallies(&store.id).len().saturating_sub(SHEETS),
            ignored: if first { ignored(ledger, store) } else { Vec::new() },
            total: findings.len(),
            cut: if part == count { findings.len().saturating_sub(FINDINGS_A_STORE) } else { 0 },
            findings: lines,
            part,
            parts: (1..=count).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
        }
    }
}

/// The newest workbooks first.
fn workbooks(ledger: &Ledger<'_>, store: &Store) -> Vec<WorkbookLine> {
    let all = counts(ledger, &store.id);
    let lines = ledger.submissions(&store.id).iter().rev().take(WORKBOOKS).map(|submission| {
        let own = ledger.tallies(&store.id).iter().filter(|tally| tally.workbook == submission.workbook).copied();
        let findings = ledger.findings(&store.id).iter().filter(|f| f.place.workbook == submission.workbook).copied();
        WorkbookLine {
            workbook: submission.workbook.to_string(),
            week: submission.week().map(|week| ledger.words.period(week)),
            submitted: submission.submitted_at.map(|at| at.display()),
            by: submission.submitted_by.clone(),
            basis: ledger.words.word(match submission.basis {
                OrderBasis::Cover => "basis.cover",
                OrderBasis::Path => "basis.path",
                OrderBasis::PathOrder => "basis.path_order",
            }),
            counts: Counts { links: all.links.clone(), ..Counts::of(findings, own) },
        }
    });
    lines.collect()
}

fn ignored(ledger: &Ledger<'_>, store: &Store) -> Vec<IgnoredLine> {
    let own: BTreeSet<&str> = ledger.submissions(&store.id).iter().map(|submission| &*submission.workbook).collect();
    let lines = ledger.material.ignored.iter().filter(|(workbook, sheet)| {
        own.contains(&**workbook) && !["cover", IgnoredSheet::RESULTS].contains(&&*sheet.why)
    });
    lines
        .take(FINDINGS_A_PAGE)
        .map(|(workbook, sheet)| IgnoredLine {
            workbook: workbook.to_string(),
            sheet: sheet.name.clone(),
            why: ledger.words.find(&format!("ignored.{}", sheet.why)).unwrap_or(&sheet.why).to_owned(),
        })
        .collect()
}
