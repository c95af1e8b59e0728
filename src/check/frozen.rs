//! S040: months that the config has frozen (`frozen_until`). Their rows stand as the submissions for weeks that began before
//! the end of the last frozen month had them. A later submission that changes what is on record of such a month, or adds to
//! it, keeps its row out and says old and new: the figures of the month stay as they were reported.

use super::{
    history::{Columns, same},
    judge::Judge,
    ledger::{Ledger, Raised},
};
use crate::{
    arguments,
    model::{Message, Said, Value},
};
use chrono::{Days, NaiveDate};

/// The day behind the last frozen month.
fn end(judge: &Judge<'_>) -> Option<NaiveDate> {
    judge.settings.frozen_until.map(|month| month.end())
}

/// Whether a line of a later submission changes the record of a frozen month, or is new in it (without `before`).
pub(super) fn restates(
    ledger: &Ledger<'_>,
    judge: &Judge<'_>,
    columns: &Columns<'_>,
    before: Option<usize>,
    line: usize,
) -> bool {
    let Some(end) = end(judge) else { return false };
    // The first day of the week that the submission is for.
    let begins = ledger.submission(line).to.and_then(|to| to.checked_sub_days(Days::new(6)));
    if begins.is_none_or(|begins| begins < end) {
        return false;
    }
    match before {
        Some(before) => changed(ledger, columns, end, before, line).next().is_some(),
        None => happened(ledger, line).is_some_and(|day| day < end),
    }
}

/// The day of a line.
fn happened(ledger: &Ledger<'_>, line: usize) -> Option<NaiveDate> {
    let time = ledger.sheet.time.as_deref().and_then(|time| ledger.sheet.field(time))?;
    ledger.values(line)[time].instant().map(|at| at.date())
}

/// The columns whose record of a frozen month differs: an instant that lies in one, before or now; anything else in a row of
/// one.
fn changed<'a>(
    ledger: &'a Ledger<'_>,
    columns: &'a Columns<'_>,
    end: NaiveDate,
    before: usize,
    line: usize,
) -> impl Iterator<Item = usize> + 'a {
    let (old, new) = (ledger.values(before), ledger.values(line));
    let of_frozen = happened(ledger, before).is_some_and(|day| day < end);
    let in_frozen = move |value: &Value| value.instant().is_some_and(|at| at.date() < end);
    let restated = move |index: &usize| {
        let (old, new) = (&old[*index], &new[*index]);
        let instants = old.instant().is_some() || new.instant().is_some();
        let touches = if instants { in_frozen(old) || in_frozen(new) } else { of_frozen && !old.is_null() };
        touches && !same(old, new)
    };
    columns.records.iter().copied().filter(restated)
}

/// The finding: each column with its old and its new value, personal ones masked.
pub(super) fn finding(
    ledger: &Ledger<'_>,
    judge: &Judge<'_>,
    columns: &Columns<'_>,
    before: Option<usize>,
    line: usize,
) -> Option<Raised> {
    let end = end(judge)?;
    let month = judge.settings.frozen_until.map(|month| month.to_string()).unwrap_or_default();
    let Some(before) = before else {
        let what: Said = Message::new("finding.frozen_new").into();
        return ledger.finding(judge, "S040", line, None, arguments! { "month" => month, "what" => what });
    };
    let fields: Vec<usize> = changed(ledger, columns, end, before, line).collect();
    let shown = |value: &Value, index: usize| match value {
        Value::Null => "∅".to_owned(),
        _ if ledger.sheet.columns[index].personal.is_some() => "***".to_owned(),
        value => value.display(),
    };
    let one = |index: &usize| {
        let (old, new) = (&ledger.values(before)[*index], &ledger.values(line)[*index]);
        format!("{} {} → {}", ledger.sheet.columns[*index].title.zh, shown(old, *index), shown(new, *index)).into()
    };
    let what = Said::List(fields.iter().map(one).collect());
    ledger.finding(judge, "S040", line, fields.first().copied(), arguments! { "month" => month, "what" => what })
}
