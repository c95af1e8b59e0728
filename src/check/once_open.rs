//! Open rows that must differ: within a store (R110: one phone, one open prospect; R410: one car, one order) and across stores (R111).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger, misfiled};
use crate::{
    arguments,
    catalog::{Across, AcrossTest, Catalog, SheetDef},
    diagnostic::Finding,
    model::{CheckedRow, Instant, Message, Place, Said, StoreRows},
    project::Settings,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Stores that one finding names.
const NAMED: usize = 3;

/// A value under which a store has an open row, where no two stores of the group should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenValue {
    /// The rule.
    pub code: Arc<str>,
    /// The column it stands in.
    pub field: Arc<str>,
    /// The value, in full.
    pub value: Arc<str>,
    /// The store's id.
    pub store: Arc<str>,
    /// The row.
    pub place: Place,
}

/// When what is open under a value came to its end by another sheet (R110: delivered or cancelled on the order sheet).
pub(super) struct Ends(HashMap<Arc<str>, Vec<Instant>>);

impl Ends {
    /// By the instants in columns of other sheets that have the value in the column `value`.
    pub fn of<'l>(columns: impl Iterator<Item = (&'l Ledger<'l>, &'l str)>, value: &str) -> Ends {
        let mut ends: HashMap<Arc<str>, Vec<Instant>> = HashMap::new();
        for (rows, column) in columns {
            let (Some(value), Some(column)) = (rows.sheet.field(value), rows.sheet.field(column)) else { continue };
            for line in rows.subjects.iter().flat_map(|subject| subject.history.versions.iter().flatten()) {
                let values = rows.values(*line);
                if let (Some(value), Some(at)) = (values[value].text(), values[column].instant()) {
                    ends.entry(value.into()).or_default().push(at);
                }
            }
        }
        Ends(ends)
    }

    /// Whether one of them lies between two instants, or may.
    fn between(&self, value: &str, first: Option<Instant>, second: Option<Instant>) -> bool {
        let (Some(first), Some(second)) = (first, second) else { return false };
        let inside = |end: &Instant| end.latest() >= first.earliest() && end.earliest() <= second.latest();
        self.0.get(value).is_some_and(|ends| ends.iter().any(inside))
    }
}

/// Of several open rows with one value the first keeps it: the one in the older submission (by 周止), then the one of
/// the earlier time, then the one with the smaller key. The others are kept out; where an earlier version of one had
/// another value or was not open, that version stays in force. What came to its end by another sheet before a row began is
/// not held against it.
pub(super) fn in_store(ledger: &mut Ledger<'_>, rule: &AcrossRule<'_>, ends: &Ends, judge: &Judge<'_>) {
    let field = rule.field;
    let time = ledger.sheet.time.as_deref().and_then(|time| ledger.sheet.field(time));
    let mut order: Vec<(Option<NaiveDate>, Option<Instant>, &str, usize)> = Vec::new();
    for (index, subject) in ledger.subjects.iter().enumerate() {
        if let Some(&first) = subject.history.versions.first().and_then(|version| version.first()) {
            let time = time.and_then(|time| ledger.values(first)[time].instant());
            order.push((ledger.submission(first).to, time, &subject.identity, index));
        }
    }
    order.sort();
    let order: Vec<usize> = order.into_iter().map(|(.., index)| index).collect();
    let mut holders: HashMap<Arc<str>, usize> = HashMap::new();
    for subject in order {
        // Ends because every turn but the last keeps out the lines of a version.
        while let Some(version) = ledger.subjects[subject].history.versions.last().cloned() {
            let newest = version[version.len() - 1];
            let Some(number) = ledger.values(newest)[field].text().filter(|_| rule.is_open(ledger, newest)) else {
                break;
            };
            let number: Arc<str> = number.into();
            let Some(&holder) = holders.get(&number) else {
                holders.insert(number, newest);
                break;
            };
            let began = |line: usize| time.and_then(|time| ledger.values(line)[time].instant());
            if ends.between(&number, began(holder), began(newest)) {
                holders.insert(number, newest);
                break;
            }
            let mut rejects = false;
            for line in version {
                let other = ledger.seen_from(line, nearest(ledger, line, holder));
                rejects |= ledger.raise(judge, rule.code, line, Some(field), arguments! { "other" => other });
            }
            if !rejects {
                break;
            }
            history::fold(ledger, judge, subject);
        }
    }
}

/// Of the rows of the subject in `holder`, one in the same sheet as `line`, else `holder` itself.
fn nearest(ledger: &Ledger<'_>, line: usize, holder: usize) -> usize {
    let sheet = ledger.lines[line].sheet;
    let rows = &ledger.subjects[ledger.lines[holder].subject].lines;
    rows.iter().copied().find(|other| ledger.lines[*other].sheet == sheet).unwrap_or(holder)
}

/// What a store has open that must be open in one store only, by rule, in the order of rows.
pub fn open_values(rows: &StoreRows, catalog: &Catalog) -> Vec<OpenValue> {
    let mut held = Vec::new();
    for (code, across) in in_group(catalog) {
        let Some((sheet, own)) = catalog.sheet(&across.sheet).zip(rows.sheets.get(&across.sheet)) else { continue };
        let (Some(field), Some(open)) = (sheet.field(&across.field), open_condition(sheet)) else { continue };
        let value = |row: &CheckedRow| {
            let value = row.values[field].text().filter(|_| open.truth(&row.values) == Some(true))?;
            Some(OpenValue {
                code: code.clone(),
                field: across.field.clone(),
                value: value.into(),
                store: rows.store.clone(),
                place: row.place(),
            })
        };
        held.extend(own.current.iter().filter_map(value));
    }
    held
}

fn in_group(catalog: &Catalog) -> impl Iterator<Item = (&Arc<str>, &Across)> {
    let across = catalog.rules.iter().filter_map(|(code, rule)| Some((code, rule.across.as_ref()?)));
    across.filter(|(_, across)| matches!(across.test, AcrossTest::OnceOpen { in_group: true, .. }))
}

/// The condition of an open row. It does not name the cut-off, so any will do.
fn open_condition(sheet: &SheetDef) -> Option<super::expression::Condition> {
    let cutoff = Instant::day(NaiveDate::default());
    super::expression::Condition::compile(sheet.open.as_ref()?, sheet, cutoff).ok()
}

/// The values that are open in several stores: a finding at each of the rows, naming the other stores; of a workbook that
/// looks like another store's one for all of them. Sorted.
pub fn across_stores(values: &[OpenValue], catalog: &Catalog, settings: &Settings) -> Vec<Finding> {
    let mut stores: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for open in values {
        stores.entry((&open.code, &open.value)).or_default().insert(&open.store);
    }
    let title = |open: &OpenValue| {
        let across = catalog.rules.get(&open.code)?.across.as_ref()?;
        let sheet = catalog.sheet(&across.sheet)?;
        Some(sheet.columns[sheet.field(&open.field)?].title.zh.as_str())
    };
    let (misfiled, mut findings) = misfiled::find(values, catalog, settings);
    let mut excused: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for open in values {
        if let Some(other) = misfiled.get(&(&*open.store, &*open.place.workbook)) {
            excused.extend([(&*open.value, &*open.store, *other), (&*open.value, *other, &*open.store)]);
        }
    }
    for open in values {
        let others = stores[&(&*open.code, &*open.value)].iter().filter(|store| **store != &*open.store);
        let others = others.filter(|store| !excused.contains(&(&*open.value, &*open.store, **store)));
        let others: Vec<Arc<str>> = others.map(|store| settings.store(store).name.into()).collect();
        if others.is_empty() {
            continue;
        }
        let judge = Judge { store: &open.store, catalog, settings };
        let more = others.len().saturating_sub(NAMED);
        let named = Said::List(others.into_iter().take(NAMED).collect());
        let named = match more {
            0 => named,
            more => Message::new("finding.and_more").with("names", named).with("n", more).into(),
        };
        let title = title(open).unwrap_or_default();
        findings.extend(judge.finding(&open.code, open.place.clone(), title, arguments! { "stores" => named }));
    }
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    findings
}
