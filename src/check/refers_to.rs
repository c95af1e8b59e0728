//! What a row names stands in another sheet of the store, where the rule says so at the row's own time.

use super::{
    across::{AcrossRule, first_day},
    history,
    judge::Judge,
    ledger::Ledger,
};
use crate::{
    arguments,
    model::{Instant, Value, text::normalized_key},
};
use chrono::NaiveDate;
use std::{collections::HashMap, sync::Arc};

/// From when until when a value holds; either may be open.
type During = (Option<NaiveDate>, Option<NaiveDate>);

/// The values of one column in the rows of a sheet, kept out or not, each with the times in which it holds; `None` where the
/// store never sent a row of the sheet: what is not there to be looked up is no mistake, and our template has every sheet.
pub(super) struct Named {
    values: Option<HashMap<String, Vec<During>>>,
    /// The first day that the sheet tells of.
    first: Option<NaiveDate>,
}

fn key(value: &Value) -> Option<String> {
    match value.text() {
        Some(text) => Some(normalized_key(text).into_owned()),
        None => Some(value.display()).filter(|_| !value.is_null()),
    }
}

impl Named {
    /// Those of a sheet's column. Where a value holds for a time only, the newest version of each row says for which.
    pub fn of(rows: &Ledger<'_>, field: &str, during: Option<&(Arc<str>, Arc<str>)>) -> Named {
        let Some(field) = rows.sheet.field(field).filter(|_| !rows.lines.is_empty()) else {
            return Named { values: None, first: None };
        };
        let days = during.map(|(from, until)| [from, until].map(|name| rows.sheet.field(name)));
        let mut named: HashMap<String, Vec<During>> = HashMap::new();
        for subject in &rows.subjects {
            // A row that is kept out for another mistake names its thing all the same.
            let newest = subject.history.versions.last().filter(|_| days.is_some());
            for line in newest.unwrap_or(&subject.lines) {
                let values = rows.values(*line);
                let Some(value) = key(&values[field]) else { continue };
                let day = |field: Option<usize>| values[field?].instant().map(|at| at.date());
                let during = days.map_or((None, None), |[from, until]| (day(from), day(until)));
                let known = named.entry(value).or_default();
                if !known.contains(&during) {
                    known.push(during);
                }
            }
        }
        Named { values: Some(named), first: first_day(rows) }
    }
}

/// Raises the rows that name what is not there, or not there at their time.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, named: &Named, judge: &Judge<'_>) {
    let Named { values: Some(named), first } = named else { return };
    let personal = rows.sheet.columns[rule.field].personal.is_some();
    let time = rows.sheet.time.as_deref().and_then(|time| rows.sheet.field(time));
    let holds = |own: &str, at: Option<Instant>| {
        let within = |(from, until): &During| {
            at.is_none_or(|at| {
                from.is_none_or(|from| at.date() >= from) && until.is_none_or(|until| at.date() <= until)
            })
        };
        named.get(own).is_some_and(|times| times.iter().any(within))
    };
    for subject in 0..rows.subjects.len() {
        let lines: Vec<usize> = rows.subjects[subject].history.versions.concat();
        let mut rejects = false;
        for line in lines {
            let values = rows.values(line);
            let at = time.and_then(|time| values[time].instant());
            let missing = |own: &String| rule.asks(values) && rule.is_kept(values, *first) && !holds(own, at);
            let Some(own) = key(&values[rule.field]).filter(missing) else { continue };
            let shown = if personal { "***" } else { &own };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), arguments! { "value" => shown });
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}
