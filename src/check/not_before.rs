//! Nothing happens before another sheet's first mention of the customer (R205: a contact before the first contact).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{arguments, catalog::SheetDef, model::RowValues, model::text::normalized_key};
use chrono::NaiveDateTime;
use std::collections::HashMap;

/// The earliest instant that can be meant, by each value that says who the customer is. Of several versions, or several
/// rows of one customer, the earliest counts.
pub(super) struct Earliest(HashMap<String, NaiveDateTime>);

/// The values of a row that say who the customer is.
fn customers<'v>(sheet: &SheetDef, values: &'v RowValues) -> impl Iterator<Item = String> + use<'v> {
    let fields: Vec<usize> = sheet.customer.iter().filter_map(|field| sheet.field(field)).collect();
    fields.into_iter().filter_map(|field| values[field].text()).map(|key| normalized_key(key).into_owned())
}

impl Earliest {
    /// Those of the accepted rows of a sheet, by one of its columns.
    pub fn of(rows: &Ledger<'_>, field: &str) -> Earliest {
        let mut earliest = HashMap::new();
        let Some(field) = rows.sheet.field(field) else { return Earliest(earliest) };
        for line in rows.subjects.iter().flat_map(|subject| subject.history.versions.iter().flatten()) {
            let values = rows.values(*line);
            let Some(at) = values[field].instant() else { continue };
            for key in customers(rows.sheet, values) {
                let known = earliest.entry(key).or_insert(at.earliest());
                *known = (*known).min(at.earliest());
            }
        }
        Earliest(earliest)
    }
}

/// Raises the rows that are earlier under every reading.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, earliest: &Earliest, judge: &Judge<'_>) {
    for subject in 0..rows.subjects.len() {
        let lines: Vec<usize> = rows.subjects[subject].history.versions.concat();
        let mut rejects = false;
        for line in lines {
            let values = rows.values(line);
            let Some(at) = values[rule.field].instant().filter(|_| rule.asks(values)) else { continue };
            let known = customers(rows.sheet, values).filter_map(|key| earliest.0.get(&key)).min();
            if let Some(known) = known
                && at.latest() < *known
            {
                let args = arguments! { "value" => at.display(), "first" => known.format("%Y-%m-%d").to_string() };
                rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args);
            }
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}
