//! What a row names stands in another sheet of the store.

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    model::{Value, text::normalized_key},
};
use std::collections::HashSet;

/// The values of one column in the accepted rows of a sheet; `None` where the store never sent it: what is not there
/// to be looked up is no mistake.
pub(super) struct Named(Option<HashSet<String>>);

fn key(value: &Value) -> Option<String> {
    match value.text() {
        Some(text) => Some(normalized_key(text).into_owned()),
        None => Some(value.display()).filter(|_| !value.is_null()),
    }
}

impl Named {
    /// Those of a sheet's column.
    pub fn of(rows: &Ledger<'_>, field: &str) -> Named {
        let field = rows.sheet.field(field).filter(|_| !rows.tables.is_empty());
        Named(field.map(|field| {
            let lines = rows.subjects.iter().flat_map(|subject| subject.history.versions.iter().flatten());
            lines.filter_map(|line| key(&rows.values(*line)[field])).collect()
        }))
    }
}

/// Raises the rows that name what is not there.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, named: &Named, judge: &Judge<'_>) {
    let Some(named) = &named.0 else { return };
    let personal = rows.sheet.columns[rule.field].personal.is_some();
    for subject in 0..rows.subjects.len() {
        let lines: Vec<usize> = rows.subjects[subject].history.versions.concat();
        let mut rejects = false;
        for line in lines {
            let values = rows.values(line);
            let Some(own) = key(&values[rule.field]).filter(|own| rule.asks(values) && !named.contains(own)) else {
                continue;
            };
            let shown = if personal { "***" } else { &own };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), arguments! { "value" => shown });
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}
