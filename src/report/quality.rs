//! Data quality of the group: what was read, repaired, rejected, by store and sheet; findings by rule.

use super::{
    dictionary,
    digest::{self, RuleDigest, SheetDigest, StoreDigest},
    figure,
    lookup::{GroupLookup, Lookup, Region, StoreLookup},
    page::{self, Draw, Link, Named, Page},
    rule, store_quality,
    table::{self, Cell, Column, Kind, Measure, Row, Table},
};
use crate::{diagnostic::Severity, project::Store};
use serde::Serialize;
use std::collections::BTreeMap;

/// Findings about definitions that are listed.
const OWN: usize = 250;

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
        let at = |before: u64, severity: Severity| {
            store_quality::link(store, store_quality::part_of(before)).at(store_quality::anchor(severity))
        };
        CountLinks {
            rows: store_quality::link(store, 1).at("rows"),
            errors: at(0, Severity::Error),
            warnings: at(counts.errors, Severity::Warning),
            notices: at(counts.errors + counts.warnings, Severity::Notice),
        }
    }

    /// To the tables of the group's page.
    fn of_group() -> CountLinks {
        let rules = link(1).at("rules");
        CountLinks { rows: link(1).at("stores"), errors: rules.clone(), warnings: rules.clone(), notices: rules }
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

    pub(super) fn sum<'d>(
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
    /// Of the lines of one rule, that of the worst severity.
    pub first: bool,
    pub severity: &'static str,
    pub severity_word: String,
    pub count: u64,
    /// Where they are listed: of the group the rule's own page, of a store the first of them.
    pub findings: Option<Link>,
    pub stores: usize,
    /// The store with most of them.
    pub most: Option<Named>,
}

/// How often a rule was broken, and by whom. What was put right later is milder than the rule itself: a line for each.
struct Broken<'a> {
    count: u64,
    /// Stores with their counts; no store stands for the group's own findings.
    stores: Vec<(Option<&'a Store>, u64)>,
}

/// Rules by the stores that broke them; an empty store is the group's own findings.
pub(crate) fn rules<'d>(
    lookup: &Lookup<'_>,
    found: impl Iterator<Item = (Option<&'d Store>, &'d [RuleDigest])>,
) -> Vec<RuleLine> {
    let mut by_rule: BTreeMap<(&str, std::cmp::Reverse<Severity>), Broken<'_>> = BTreeMap::new();
    for (store, rules) in found {
        for rule in rules {
            let new = Broken { count: 0, stores: Vec::new() };
            let entry = by_rule.entry((&rule.code, std::cmp::Reverse(rule.severity))).or_insert(new);
            entry.count += rule.count;
            match entry.stores.last_mut() {
                Some((last, count)) if last.map(|last| &last.id) == store.map(|store| &store.id) => {
                    *count += rule.count
                }
                _ => entry.stores.push((store, rule.count)),
            }
        }
    }
    let mut last = "";
    let mut lines: Vec<RuleLine> = by_rule
        .into_iter()
        .map(|((code, std::cmp::Reverse(severity)), Broken { count, stores })| {
            let first = std::mem::replace(&mut last, code) != code;
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
                first,
                severity: severity.word(),
                severity_word: lookup.words.word(&format!("severity.{}", severity.word())),
                count,
                findings: None,
                stores: stores.len(),
                most: most.map(|(store, _)| Named::linked(store.name.clone(), store_quality::link(&store.id, 1))),
            }
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse((line.level, line.count)));
    lines
}

fn with_page(line: RuleLine) -> RuleLine {
    RuleLine { findings: Some(rule::link(&line.code.text)), ..line }
}

fn rule_link(lookup: &Lookup<'_>, code: &str) -> Named {
    let known = lookup.edition.catalog.rules.contains_key(code);
    Named { text: code.to_owned(), link: known.then(|| dictionary::rule(code)) }
}

/// What was read of one kind of sheet.
#[derive(Debug, Serialize)]
pub(crate) struct SheetLine {
    pub sheet: String,
    pub counts: Counts,
}

pub(super) fn sheets<'d>(lookup: &Lookup<'_>, digests: impl Iterator<Item = &'d StoreDigest>) -> Vec<SheetLine> {
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
    /// The regions, drawn; on the first of several parts.
    pub regions: String,
    pub part: usize,
    pub parts: Vec<Named>,
    pub stores: Vec<StoreLine>,
    pub sheets: Vec<SheetLine>,
    pub rules: Vec<RuleLine>,
    /// Findings about definitions and other things of no store.
    /// Drawn; empty where there are none.
    pub own: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub counts: Counts,
}

/// Where the group's data quality stands.
pub(crate) fn link(part: usize) -> Link {
    Link::to(format!("quality{}", page::ending(part)))
}

/// Data quality of the group.
pub(crate) struct QualityPage {
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for QualityPage {
    type View = QualityView;
    const TEMPLATE: &'static str = "quality.html";
    const SECTION: &'static str = "quality";

    fn all(group: &GroupLookup<'a>) -> Vec<QualityPage> {
        (1..=group.parts().len()).map(|part| QualityPage { part }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::linked(group.words.word("nav.quality"), link(1))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> QualityView {
        QualityView::new(group, self.part, draw)
    }
}

impl QualityView {
    fn new(group: &GroupLookup<'_>, part: usize, draw: &Draw<'_>) -> QualityView {
        let all = group.parts();
        let here = all.get(part - 1).map_or(&[][..], Vec::as_slice);
        let regions = group.regions();
        let own = digest::rules(group.material.findings);
        let digests = || group.stores().map(|(_, digest)| digest);
        let broken = digests().flat_map(|digest| &digest.rules).chain(&own);
        let mut total = Counts::sum(broken, digests().flat_map(|digest| &digest.sheets));
        total.workbooks = digests().map(|digest| digest.workbooks).sum();
        total.unread = digests().map(|digest| digest.unread).sum();
        total.links = Some(CountLinks::of_group());
        let by_store = group.stores().map(|(store, digest)| (Some(store), &*digest.rules));
        QualityView {
            counts: total,
            regions: if part == 1 && regions.len() > 1 { draw(&by_region(group, &regions)) } else { String::new() },
            part,
            parts: page::parts(all.len(), link),
            stores: here
                .iter()
                .map(|(store, digest)| StoreLine {
                    store: Named::linked(store.name.clone(), store_quality::link(&store.id, 1)),
                    counts: Counts::of(digest),
                })
                .collect(),
            sheets: sheets(group, digests()),
            rules: rules(group, by_store.chain([(None, &*own)])).into_iter().map(with_page).collect(),
            own: if group.material.findings.is_empty() {
                String::new()
            } else {
                draw(&table::findings::table(group, group.material.findings.iter().take(OWN), None))
            },
        }
    }
}

/// What was read and found by region.
fn by_region<'a>(group: &GroupLookup<'a>, regions: &[Region<'a>]) -> Table<'a> {
    let titles = ["quality.read", "quality.accepted", "quality.rejected", "severity.error", "severity.warning"];
    let mut columns = Region::columns(group.words);
    let whole = Kind::Number(Measure::WHOLE);
    columns.extend(titles.map(|title| Column::new(group.words.word(title), whole, 10.0)));
    let rows = regions.iter().map(|region| {
        let digests = || region.stores.iter().map(|(_, digest)| digest);
        let counts =
            Counts::sum(digests().flat_map(|digest| &digest.rules), digests().flat_map(|digest| &digest.sheets));
        let numbers = [counts.rows_read, counts.accepted, counts.rejected, counts.errors, counts.warnings];
        let mut cells = region.cells(group.words, link(region.part));
        cells.extend(numbers.map(|number| Cell::Number(number as f64)));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}
