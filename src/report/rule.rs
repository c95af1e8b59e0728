//! What was found of one rule: how often in which store, with the way to each store's own findings.

use super::{
    dictionary,
    digest::RuleDigest,
    lookup::{GroupLookup, Lookup},
    page::{self, Draw, Link, Named, Page},
    quality, store_quality,
    table::{self, Cell, Column, Kind, Measure, Row, Table},
};
use crate::{
    diagnostic::{Finding, Severity},
    project::{Store, settings::slug},
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// Stores on one page.
const STORES_A_PAGE: usize = 1_000;
/// Findings of no store that are listed.
const OWN: usize = 250;

/// In the order of their numbers, from mild to bad.
const SEVERITIES: [Severity; 3] = [Severity::Notice, Severity::Warning, Severity::Error];

/// A rule of which something was found.
pub(crate) struct Found<'a> {
    pub code: &'a str,
    severity: Severity,
    count: u64,
    /// The stores with their counts by severity, those with most first.
    stores: Vec<(&'a Store, [u64; SEVERITIES.len()])>,
    /// Findings of no store.
    own: Vec<&'a Finding>,
}

impl Found<'_> {
    /// What the rule is about; empty for one that no definition has.
    pub(crate) fn title(&self, of: &Lookup<'_>) -> String {
        of.edition.catalog.rules.get(self.code).map_or_else(String::new, |rule| of.words.text(&rule.title))
    }

    fn parts(&self) -> usize {
        self.stores.len().div_ceil(STORES_A_PAGE).max(1)
    }
}

/// Every rule of which something was found, by code.
pub(crate) fn all<'a>(group: &GroupLookup<'a>) -> Vec<Found<'a>> {
    let mut by_code: BTreeMap<&'a str, Found<'a>> = BTreeMap::new();
    fn at<'m, 'a>(map: &'m mut BTreeMap<&'a str, Found<'a>>, code: &'a str, severity: Severity) -> &'m mut Found<'a> {
        let new = Found { code, severity, count: 0, stores: Vec::new(), own: Vec::new() };
        let found = map.entry(code).or_insert(new);
        found.severity = found.severity.max(severity);
        found
    }
    for (store, digest) in group.stores() {
        for RuleDigest { code, severity, count } in &digest.rules {
            let found = at(&mut by_code, code, *severity);
            found.count += count;
            if found.stores.last().is_none_or(|(last, _)| last.id != store.id) {
                found.stores.push((store, Default::default()));
            }
            if let Some((_, counts)) = found.stores.last_mut() {
                counts[*severity as usize] += count;
            }
        }
    }
    for finding in group.material.findings {
        let found = at(&mut by_code, &finding.code, finding.severity);
        found.count += 1;
        found.own.push(finding);
    }
    let mut all: Vec<Found<'a>> = by_code.into_values().collect();
    all.iter_mut()
        .for_each(|found| found.stores.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>())));
    all
}

/// Where the findings of a rule stand.
pub(crate) fn link(code: &str) -> Link {
    part_link(code, 1)
}

fn part_link(code: &str, part: usize) -> Link {
    Link::to(format!("quality/{}{}", slug(code), page::ending(part)))
}

/// The findings of one rule, part by part of its stores.
#[derive(Debug, Serialize)]
pub(crate) struct RuleView {
    pub code: String,
    pub title: String,
    pub severity: &'static str,
    pub severity_word: String,
    pub count: u64,
    /// To what the dictionary says of the rule, if it does.
    pub definition: Option<Link>,
    pub cause: String,
    pub fix: String,
    /// The stores, drawn; empty where there are none.
    pub stores: String,
    /// Findings of no store, drawn; empty where there are none.
    pub own: String,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// A part of the findings of one rule.
pub(crate) struct RulePage<'a> {
    found: Arc<Found<'a>>,
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for RulePage<'a> {
    type View = RuleView;
    const TEMPLATE: &'static str = "rule.html";
    const SECTION: &'static str = "quality";

    fn all(group: &GroupLookup<'a>) -> Vec<RulePage<'a>> {
        let pages = all(group).into_iter().map(Arc::new);
        pages.flat_map(|found| (1..=found.parts()).map(move |part| RulePage { found: found.clone(), part })).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        part_link(self.found.code, self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![
            Named::linked(group.words.word("nav.quality"), quality::link(1)),
            Named::plain(format!("{} {}", self.found.code, self.found.title(group))),
        ]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> RuleView {
        let found = &*self.found;
        let rule = group.edition.catalog.rules.get(found.code);
        let said = |text| dictionary::open_places(group, &group.words.text(text));
        let own = || table::findings::table(group, found.own.iter().copied().take(OWN), None);
        RuleView {
            code: found.code.to_owned(),
            title: found.title(group),
            severity: found.severity.word(),
            severity_word: group.words.word(&format!("severity.{}", found.severity.word())),
            count: found.count,
            definition: rule.map(|_| dictionary::rule(found.code)),
            cause: rule.map_or_else(String::new, |rule| said(&rule.cause)),
            fix: rule.map_or_else(String::new, |rule| said(&rule.fix)),
            stores: if found.stores.is_empty() { String::new() } else { draw(&stores(group, found, self.part)) },
            own: if found.own.is_empty() || self.part > 1 { String::new() } else { draw(&own()) },
            part: self.part,
            parts: page::parts(found.parts(), |part| part_link(found.code, part)),
        }
    }
}

/// The stores, each with the way to its findings of the rule.
fn stores<'a>(group: &GroupLookup<'a>, found: &Found<'a>, part: usize) -> Table<'a> {
    let word = |key: &str| group.words.word(key);
    let whole = Kind::Number(Measure::WHOLE);
    let mut columns = vec![
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("scope.region"), Kind::Text, 14.0),
        Column::new(word("quality.count"), whole, 10.0),
    ];
    // How bad they are is said of each store only where it is not the same of all.
    let occurs = |at: &usize| found.stores.iter().any(|(_, counts)| counts[*at] > 0);
    let occurring: Vec<usize> = (0..SEVERITIES.len()).rev().filter(occurs).collect();
    let apart: &[usize] = if occurring.len() > 1 { &occurring } else { &[] };
    let severity = |at: &usize| word(&format!("severity.{}", SEVERITIES[*at].word()));
    columns.extend(apart.iter().map(|at| Column::new(severity(at), whole, 10.0)));
    let rows = found.stores.iter().map(|(store, counts)| {
        let findings = store_quality::link(&store.id, 1).at(found.code);
        let mut cells = vec![
            Cell::linked(&*store.name, Some(findings)),
            Cell::text(&*store.region),
            Cell::Number(counts.iter().sum::<u64>() as f64),
        ];
        cells.extend(apart.iter().map(|at| Cell::Number(counts[*at] as f64)));
        Row::from(cells)
    });
    let part = Some(page::part(part, STORES_A_PAGE, found.stores.len()));
    Table { title: word("quality.by_store").into(), columns, rows: rows.collect(), lead: 1, part, ..Table::default() }
}
