//! Fills `event_line`: an event counts once, by its total (顾问 blank), else by the lines of its consultants.

use super::{beside::Beside, ledger::Ledger, record::word};
use crate::model::Value;
use std::collections::HashSet;

pub(super) fn fill(_: &Ledger<'_>, beside: &mut Beside<'_>) {
    let (number, consultant) = (beside.field("event_no"), beside.field("consultant"));
    let rows = beside.rows();
    let totals: HashSet<&str> = rows
        .iter()
        .filter(|row| word(row, consultant).is_none())
        .filter_map(|row| word(row, number))
        .map(|number| &**number)
        .collect();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut lines: Vec<(usize, bool, bool)> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let total = word(row, consultant).is_none();
        let has_total = word(row, number).is_some_and(|number| totals.contains(&**number));
        let counted = total || !has_total;
        let first = counted && word(row, number).is_none_or(|number| seen.insert(number));
        lines.push((i, counted, first));
    }
    for (i, counted, first) in lines {
        beside.set(i, &[("counted", Value::Flag(counted)), ("first", Value::Flag(first))]);
    }
}
