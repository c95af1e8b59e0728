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
    model::{OrderBasis, SheetTally},
    project::Store,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const FINDINGS_A_PAGE: usize = 250;
/// Findings listed for one store; the rest is in `findings.csv` and marked in the returned workbooks.
const FINDINGS_A_STORE: usize = 5_000;
const WEEKS: usize = 12;

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
    /// `rows_read = accepted + rejected`.
    pub adds_up: bool,
}

impl Counts {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>, tallies: impl Iterator<Item = &'f SheetTally>) -> Counts {
        let mut counts = Counts::default();
        for finding in findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Notice => counts.notices += 1,
            }
        }
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
        StoreQualityView {
            store: Named::linked(store.name.clone(), Link::store(&store.id)),
            counts: counts(ledger, &store.id),
            sheets: if first { sheets(ledger, ledger.tallies(&store.id)) } else { Vec::new() },
            rules: if first { rules(ledger, findings.iter().copied()) } else { Vec::new() },
            board: submissions::store_matrix(ledger, store, WEEKS).filter(|_| first),
            workbooks: if first { workbooks(ledger, store) } else { Vec::new() },
            ignored: if first { ignored(ledger, store) } else { Vec::new() },
            total: findings.len(),
            cut: if part == count { findings.len().saturating_sub(FINDINGS_A_STORE) } else { 0 },
            findings: findings
                .iter()
                .take(FINDINGS_A_STORE)
                .skip(from)
                .take(FINDINGS_A_PAGE)
                .map(|finding| line(ledger, finding))
                .collect(),
            part,
            parts: (1..=count).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
        }
    }
}

/// The newest workbooks first.
fn workbooks(ledger: &Ledger<'_>, store: &Store) -> Vec<WorkbookLine> {
    const MOST: usize = 400;
    let lines = ledger.submissions(&store.id).iter().rev().take(MOST).map(|submission| {
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
            counts: Counts::of(findings, own),
        }
    });
    lines.collect()
}

fn ignored(ledger: &Ledger<'_>, store: &Store) -> Vec<IgnoredLine> {
    let own: BTreeSet<&str> = ledger.submissions(&store.id).iter().map(|submission| &*submission.workbook).collect();
    let lines =
        ledger.material.ignored.iter().filter(|(workbook, sheet)| own.contains(&**workbook) && sheet.why != "cover");
    lines
        .take(FINDINGS_A_PAGE)
        .map(|(workbook, sheet)| IgnoredLine {
            workbook: workbook.to_string(),
            sheet: sheet.name.clone(),
            why: ledger.words.find(&format!("ignored.{}", sheet.why)).unwrap_or(&sheet.why).to_owned(),
        })
        .collect()
}
