//! What changes only with a row of another sheet (R116: a level that changed although nobody spoke with the customer).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    catalog::{SheetDef, rule::NeedsRow},
    model::{RowValues, Value, text::normalized_key},
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The days on which something is recorded of a customer, by each value that says who the customer is.
#[derive(Default)]
pub(super) struct Days {
    known: HashMap<String, BTreeSet<NaiveDate>>,
    /// Customers of whom a row was kept out: what it would have said is another mistake's.
    doubtful: BTreeSet<String>,
}

fn customers<'v>(sheet: &SheetDef, values: &'v RowValues) -> impl Iterator<Item = String> + use<'v> {
    let fields: Vec<usize> = sheet.customer.iter().filter_map(|field| sheet.field(field)).collect();
    fields.into_iter().filter_map(|field| values[field].text()).map(|key| normalized_key(key).into_owned())
}

/// Those of the other sheet; `None` where the store never sent it.
pub(super) fn days(rows: &Ledger<'_>, rule: &AcrossRule<'_>, needs: &NeedsRow) -> Option<Days> {
    let field = rows.sheet.field(&needs.other.field).filter(|_| !rows.tables.is_empty())?;
    let mut days = Days::default();
    for (line, rejected) in rows.rejected().into_iter().enumerate() {
        let values = rows.values(line);
        if rejected {
            days.doubtful.extend(customers(rows.sheet, values));
            continue;
        }
        let counts = rule.inner.as_ref().is_none_or(|inner| inner.truth(values) == Some(true));
        let Some(at) = values[field].instant().filter(|_| counts) else { continue };
        for key in customers(rows.sheet, values) {
            days.known.entry(key).or_default().insert(at.date());
        }
    }
    Some(days)
}

/// Raises the newest version of a row whose field has changed with nothing recorded between the two times since when the
/// old and the new value stand, the days of both counted in.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, needs: &NeedsRow, days: &Days, judge: &Judge<'_>) {
    let Some(since) = rows.sheet.field(&needs.since) else { return };
    let known =
        |value: &Value| value.text().is_some_and(|own| needs.among.iter().any(|word: &Arc<str>| **word == *own));
    for subject in 0..rows.subjects.len() {
        let [.., before, version] = rows.subjects[subject].history.versions.as_slice() else { continue };
        let (Some(&before), version) = (before.last(), version.clone()) else { continue };
        let Some(&newest) = version.last() else { continue };
        let (old, new) = (rows.values(before), rows.values(newest));
        let changed = old[rule.field] != new[rule.field] && known(&old[rule.field]) && known(&new[rule.field]);
        let (Some(from), Some(to)) = (old[since].instant(), new[since].instant()) else { continue };
        // A time that stands still is another finding.
        if !changed || to.date() <= from.date() {
            continue;
        }
        let spoken = |key: &String| {
            let between = |days: &BTreeSet<NaiveDate>| days.range(from.date()..=to.date()).next().is_some();
            days.doubtful.contains(key) || days.known.get(key).is_some_and(between)
        };
        if customers(rows.sheet, old).chain(customers(rows.sheet, new)).any(|key| spoken(&key)) {
            continue;
        }
        let args = arguments! {
            "from" => old[rule.field].display(), "to" => new[rule.field].display(),
            "since" => from.date().to_string(), "until" => to.date().to_string(),
        };
        let mut rejects = false;
        for line in version {
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args.clone());
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}
