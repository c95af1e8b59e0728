//! One open prospect, one phone: within a store (R110) and across stores (R111).

use super::{history, judge::Judge, ledger::Ledger};
use crate::{
    catalog::{Catalog, SheetDef},
    diagnostic::Finding,
    model::{CheckedRow, Instant, Place, StoreRows},
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

/// A phone under which a store follows an open prospect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPhone {
    /// The phone, in full.
    pub phone: Arc<str>,
    /// The store's id.
    pub store: Arc<str>,
    /// The prospect's row.
    pub place: Place,
}

/// R110: of several open prospects with one phone the first keeps it: the one in the older submission (by 周止), then
/// with the earlier first contact, then with the smaller key. The others are kept out; where an earlier version of
/// one had another phone or was not open, that version stays in force.
pub(super) fn once_in_store(ledger: &mut Ledger<'_>, judge: &Judge<'_>) {
    let Some(phone) = ledger.sheet.field("phone") else { return };
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
            let Some(number) = ledger.values(newest)[phone].text().filter(|_| ledger.is_open(newest)) else { break };
            let number: Arc<str> = number.into();
            let Some(&holder) = holders.get(&number) else {
                holders.insert(number, newest);
                break;
            };
            let mut rejects = false;
            for line in version {
                let other = ledger.seen_from(line, nearest(ledger, line, holder));
                rejects |= ledger.raise(judge, "R110", line, Some(phone), &[("other", &other)]);
            }
            if !rejects {
                break;
            }
            history::fold(ledger, judge, subject);
        }
    }
}

/// Of the rows of the prospect in `holder`, one in the same sheet as `line`, else `holder` itself.
fn nearest(ledger: &Ledger<'_>, line: usize, holder: usize) -> usize {
    let sheet = ledger.lines[line].sheet;
    let rows = &ledger.subjects[ledger.lines[holder].subject].lines;
    rows.iter().copied().find(|other| ledger.lines[*other].sheet == sheet).unwrap_or(holder)
}

/// The phones of a store's open prospects, in the order of rows.
pub fn open_phones(rows: &StoreRows, catalog: &Catalog) -> Vec<OpenPhone> {
    let Some((sheet, prospects)) = catalog.sheet("prospect").zip(rows.sheets.get("prospect")) else {
        return Vec::new();
    };
    let (Some(phone), Some(open)) = (sheet.field("phone"), open_condition(sheet)) else { return Vec::new() };
    let held = |row: &CheckedRow| {
        let number = row.values[phone].text().filter(|_| open.truth(&row.values) == Some(true))?;
        Some(OpenPhone { phone: number.into(), store: rows.store.clone(), place: row.place() })
    };
    prospects.current.iter().filter_map(held).collect()
}

/// The condition of an open row. It does not name the cut-off, so any will do.
fn open_condition(sheet: &SheetDef) -> Option<super::expression::Condition> {
    let cutoff = Instant::day(NaiveDate::default());
    super::expression::Condition::compile(sheet.open.as_ref()?, sheet, cutoff).ok()
}

/// R111: a phone under which several stores follow an open prospect: a finding at each of the rows, naming the other
/// stores. Sorted.
pub fn across_stores(phones: &[OpenPhone], catalog: &Catalog, settings: &Settings) -> Vec<Finding> {
    let mut stores: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for open in phones {
        stores.entry(&open.phone).or_default().insert(&open.store);
    }
    let sheet = catalog.sheet("prospect");
    let title = sheet.and_then(|sheet| sheet.columns.get(sheet.field("phone")?)).map_or("", |column| &column.title.zh);
    let mut findings = Vec::new();
    for open in phones {
        let others = stores[&*open.phone].iter().filter(|store| **store != &*open.store);
        let others: Vec<String> = others.map(|store| settings.store(store).name).collect();
        if others.is_empty() {
            continue;
        }
        let judge = Judge { store: &open.store, catalog, settings };
        let more = others.len().saturating_sub(NAMED);
        let named = others.into_iter().take(NAMED).collect::<Vec<_>>().join("、");
        let named = if more > 0 { format!("{named}…+{more}") } else { named };
        findings.extend(judge.finding("R111", open.place.clone(), title, &[("stores", &named)]));
    }
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    findings
}
