//! Data quality: what was read, repaired, rejected; findings by rule, and each with its place, cause and fix.

use super::{
    behind::{self, PlaceLine},
    digest::{self, RuleDigest, SheetDigest, StoreDigest},
    figure,
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::{Link, Named, Page},
    submissions::{self, Matrix},
    table,
};
use crate::{
    diagnostic::{Finding, Severity},
    model::{IgnoredSheet, OrderBasis, RowSpans, SheetTally, personal::mask_inside},
    project::Store,
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
    /// A store's counts, linked to its own page.
    pub(crate) fn of(digest: &StoreDigest) -> Counts {
        let mut counts = Counts::sum(&digest.rules, &digest.sheets);
        counts.workbooks = digest.workbooks;
        counts.unread = digest.unread;
        counts.links = Some(CountLinks::of_store(&digest.store, &counts));
        counts
    }

    fn sum<'d>(
        rules: impl IntoIterator<Item = &'d RuleDigest>,
        sheets: impl IntoIterator<Item = &'d SheetDigest>,
    ) -> Counts {
        let mut counts = Counts::default();
        for rule in rules {
            match rule.severity {
                Severity::Error => counts.errors += rule.count,
                Severity::Warning => counts.warnings += rule.count,
                Severity::Notice => counts.notices += rule.count,
            }
        }
        for sheet in sheets {
            counts.rows_read += sheet.rows_read;
            counts.accepted += sheet.accepted;
            counts.repaired += sheet.repaired;
            counts.rejected += sheet.rejected;
            counts.clean += sheet.clean;
        }
        let share = |n: u64| (counts.rows_read > 0).then(|| figure::percent(n as f64 / counts.rows_read as f64));
        counts.accepted_share = share(counts.accepted);
        counts.clean_share = share(counts.clean);
        counts.adds_up = counts.rows_read == counts.accepted + counts.rejected;
        counts
    }
}

/// A store's counts.
pub(crate) fn store_counts(store: &StoreLookup<'_>) -> Counts {
    Counts::of(&store.digest)
}

/// How often a rule was broken.
#[derive(Debug, Serialize)]
pub(crate) struct RuleLine {
    pub code: Named,
    pub title: String,
    #[serde(skip)]
    pub level: Severity,
    pub severity: &'static str,
    pub severity_word: String,
    pub count: u64,
    pub stores: usize,
    /// The store with most of them.
    pub most: Option<Named>,
}

/// How often a rule was broken, and by whom.
struct Broken<'a> {
    severity: Severity,
    count: u64,
    /// Stores with their counts; no store stands for the group's own findings.
    stores: Vec<(Option<&'a Store>, u64)>,
}

/// Rules by the stores that broke them; an empty store is the group's own findings.
pub(crate) fn rules<'d>(
    lookup: &Lookup<'_>,
    found: impl Iterator<Item = (Option<&'d Store>, &'d [RuleDigest])>,
) -> Vec<RuleLine> {
    let mut by_code: BTreeMap<&str, Broken<'_>> = BTreeMap::new();
    for (store, rules) in found {
        for rule in rules {
            let new = Broken { severity: rule.severity, count: 0, stores: Vec::new() };
            let entry = by_code.entry(&rule.code).or_insert(new);
            entry.severity = entry.severity.max(rule.severity);
            entry.count += rule.count;
            match entry.stores.last_mut() {
                Some((last, count)) if last.map(|last| &last.id) == store.map(|store| &store.id) => {
                    *count += rule.count
                }
                _ => entry.stores.push((store, rule.count)),
            }
        }
    }
    let mut lines: Vec<RuleLine> = by_code
        .into_iter()
        .map(|(code, Broken { severity, count, stores })| {
            let known = stores.iter().filter_map(|(store, count)| Some(((*store)?, *count)));
            let most = known.max_by_key(|(store, count)| (*count, std::cmp::Reverse(&store.id)));
            RuleLine {
                code: rule_link(lookup, code),
                title: lookup
                    .edition
                    .catalog
                    .rules
                    .get(code)
                    .map_or_else(String::new, |rule| lookup.words.text(&rule.title)),
                level: severity,
                severity: severity.word(),
                severity_word: lookup.words.word(&format!("severity.{}", severity.word())),
                count,
                stores: stores.len(),
                most: most.map(|(store, _)| {
                    let page = Page::StoreQuality { store: store.id.clone(), part: 1 };
                    Named::linked(store.name.clone(), Link::to(page))
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

fn rule_link(lookup: &Lookup<'_>, code: &str) -> Named {
    let known = lookup.edition.catalog.rules.contains_key(code);
    Named { text: code.to_owned(), link: known.then(|| Link::rule(code)) }
}

/// What was read of one kind of sheet.
#[derive(Debug, Serialize)]
pub(crate) struct SheetLine {
    pub sheet: String,
    pub counts: Counts,
}

fn sheets<'d>(lookup: &Lookup<'_>, digests: impl Iterator<Item = &'d StoreDigest>) -> Vec<SheetLine> {
    let mut kinds: BTreeMap<&str, Vec<&SheetDigest>> = BTreeMap::new();
    for sheet in digests.flat_map(|digest| &digest.sheets) {
        kinds.entry(&sheet.kind).or_default().push(sheet);
    }
    let order = |kind: &str| lookup.edition.catalog.sheets.iter().position(|sheet| &*sheet.id == kind);
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, _)| (order(kind).unwrap_or(usize::MAX), *kind));
    let lines = kinds
        .into_iter()
        .map(|(kind, sheets)| SheetLine { sheet: sheet_title(lookup, kind), counts: Counts::sum([], sheets) });
    lines.collect()
}

/// A sheet's title, or its id where no definition has it.
pub(crate) fn sheet_title(lookup: &Lookup<'_>, kind: &str) -> String {
    lookup.edition.catalog.sheet(kind).map_or_else(|| kind.to_owned(), |sheet| lookup.words.text(&sheet.title))
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
    pub(crate) fn new(group: &GroupLookup<'_>) -> QualityView {
        let own = digest::rules(group.material.findings);
        let digests = || group.stores().map(|(_, digest)| digest);
        let all = digests().flat_map(|digest| &digest.rules).chain(&own);
        let mut total = Counts::sum(all, digests().flat_map(|digest| &digest.sheets));
        total.workbooks = digests().map(|digest| digest.workbooks).sum();
        total.unread = digests().map(|digest| digest.unread).sum();
        total.links = Some(CountLinks::of_group());
        let by_store = group.stores().map(|(store, digest)| (Some(store), &*digest.rules));
        QualityView {
            counts: total,
            stores: group
                .stores()
                .map(|(store, digest)| StoreLine {
                    store: Named::linked(
                        store.name.clone(),
                        Link::to(Page::StoreQuality { store: store.id.clone(), part: 1 }),
                    ),
                    counts: Counts::of(digest),
                })
                .collect(),
            sheets: sheets(group, digests()),
            rules: rules(group, by_store.chain([(None, &*own)])),
            own: group.material.findings.iter().take(FINDINGS_A_PAGE).map(|finding| line(group, finding)).collect(),
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

fn line(lookup: &Lookup<'_>, finding: &Finding) -> FindingLine {
    FindingLine {
        anchor: None,
        code: rule_link(lookup, &finding.code),
        severity: finding.severity.word(),
        severity_word: lookup.words.word(&format!("severity.{}", finding.severity.word())),
        field: finding.field.to_string(),
        message: lookup.finding_words().message(finding),
        hint: lookup.finding_words().hint(finding),
        place: behind::place(lookup, &finding.place),
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
fn tables(store: &StoreLookup<'_>) -> Vec<TableLine> {
    let lines = store.material.tallies.iter().rev().take(SHEETS).map(|tally| TableLine {
        workbook: tally.workbook.to_string(),
        sheet: mask_inside(&tally.sheet).into_owned(),
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
pub(crate) fn parts(store: &StoreLookup<'_>) -> usize {
    store.material.findings.len().min(FINDINGS_A_STORE).div_ceil(FINDINGS_A_PAGE).max(1)
}

/// The findings of one part: errors first; the first of each severity bears its anchor.
pub(crate) fn part_table<'a>(store: &StoreLookup<'a>, part: usize) -> table::Table<'a> {
    let mut findings: Vec<&'a Finding> = store.material.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let from = (part.max(1) - 1) * FINDINGS_A_PAGE;
    let here: Vec<&Finding> =
        findings.iter().take(FINDINGS_A_STORE).skip(from).take(FINDINGS_A_PAGE).copied().collect();
    let mut table = table::findings::table(store, here.iter().copied(), None);
    for (at, (row, finding)) in (from..).zip(table.rows.iter_mut().zip(&here)) {
        if at == 0 || findings[at - 1].severity != finding.severity {
            row.anchor = anchor(finding.severity).into();
        }
    }
    table
}

impl StoreQualityView {
    pub(crate) fn new(store: &StoreLookup<'_>, part: usize) -> StoreQualityView {
        let first = part <= 1;
        let page = |part| Page::StoreQuality { store: store.id().clone(), part };
        let count = parts(store);
        let total = store.material.findings.len();
        StoreQualityView {
            store: store.named(),
            counts: store_counts(store),
            sheets: if first { sheets(store, std::iter::once(&store.digest)) } else { Vec::new() },
            rules: if first {
                rules(store, std::iter::once((Some(store.material.store), &*store.digest.rules)))
            } else {
                Vec::new()
            },
            board: submissions::store_matrix(store, WEEKS).filter(|_| first),
            workbooks: if first { workbooks(store) } else { Vec::new() },
            tables: if first { tables(store) } else { Vec::new() },
            tables_cut: store.material.tallies.len().saturating_sub(SHEETS),
            ignored: if first { ignored(store) } else { Vec::new() },
            total,
            cut: if part == count { total.saturating_sub(FINDINGS_A_STORE) } else { 0 },
            part,
            parts: (1..=count).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
        }
    }
}

/// The newest workbooks first.
fn workbooks(store: &StoreLookup<'_>) -> Vec<WorkbookLine> {
    let links = store_counts(store).links;
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
                OrderBasis::PathOrder => "basis.path_order",
            }),
            counts: Counts { links: links.clone(), ..Counts::sum(&rules, &sheets) },
        }
    });
    lines.collect()
}

fn ignored(store: &StoreLookup<'_>) -> Vec<IgnoredLine> {
    let untold = ["cover", IgnoredSheet::RESULTS];
    let lines = store.material.ignored.iter().filter(|(_, sheet)| !untold.contains(&&*sheet.why));
    lines
        .take(FINDINGS_A_PAGE)
        .map(|(workbook, sheet)| IgnoredLine {
            workbook: workbook.to_string(),
            sheet: mask_inside(&sheet.name).into_owned(),
            why: store.words.find(&format!("ignored.{}", sheet.why)).unwrap_or(&sheet.why).to_owned(),
        })
        .collect()
}
