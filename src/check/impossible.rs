//! C015: dates that cannot be, by the kind of column: what has happened lies between 2000 and the cut-off, nobody is older
//! than a hundred and ten, plans may lie ahead.

use super::judge::Judge;
use crate::{
    arguments,
    catalog::{Catalog, CellType, ColumnDef},
    model::{Argument, Instant, Message, PersonalClass, Value, WorkbookRead},
};
use chrono::{Months, NaiveDate};

/// The first day that a record of this trade can be from.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2000, 1, 1);
/// Months that a customer can be old.
const OLDEST: Months = Months::new(110 * 12);

/// The first and the last day that a column's date can be; `None` where there is none.
fn bounds(column: &ColumnDef, cutoff: Instant) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let last = (!column.may_be_future).then(|| cutoff.date());
    let first = match (column.personal, column.may_be_future) {
        (Some(PersonalClass::Birthday), false) => cutoff.date().checked_sub_months(OLDEST),
        // A document of somebody's may have run out long ago.
        (Some(PersonalClass::Birthday), true) => None,
        _ => FIRST_DAY,
    };
    (first, last)
}

/// Whether a column holds dates.
pub(super) fn is_dated(column: &ColumnDef) -> bool {
    matches!(column.cell, CellType::Date | CellType::Instant | CellType::Month)
}

/// Whether a column's date is before its first day, or wholly after the cut-off where it records the past.
pub(super) fn is_impossible(column: &ColumnDef, at: Instant, cutoff: Instant) -> bool {
    let (first, last) = bounds(column, cutoff);
    first.is_some_and(|first| at.date() < first) || (last.is_some() && at.earliest() > cutoff.latest())
}

/// What the finding says of such a date.
pub(super) fn said(column: &ColumnDef, at: Instant, cutoff: Instant) -> Vec<Argument> {
    let shown = if column.personal.is_some() { "***".to_owned() } else { at.display() };
    let day = |day: Option<NaiveDate>| day.unwrap_or_default().to_string();
    let range = match bounds(column, cutoff) {
        (first, Some(_)) => Message::new("date.between").with("first", day(first)).with("last", cutoff.display()),
        (first, None) => Message::new("date.from").with("first", day(first)),
    };
    arguments! { "value" => shown, "range" => range }
}

/// Takes such dates out of columns that only describe, with the finding that reading would have raised: the row counts without
/// them.
pub(super) fn empty(reads: &mut [WorkbookRead], catalog: &Catalog, cutoff: Instant, judge: &Judge<'_>) {
    for read in reads {
        for table in &mut read.tables {
            let Some(sheet) = catalog.sheet(&table.kind) else { continue };
            let of_kind = sheet.columns.iter().enumerate().filter(|(_, own)| own.describes && is_dated(own));
            let columns: Vec<(usize, &ColumnDef)> = of_kind.collect();
            for at in 0..table.rows.len() {
                for (index, column) in &columns {
                    let value = table.rows[at].values.get(*index).and_then(Value::instant);
                    let Some(when) = value.filter(|when| is_impossible(column, *when, cutoff)) else { continue };
                    let place = table.place(&read.path, table.rows[at].row, Some(*index));
                    table.rows[at].values.clear(*index);
                    read.findings.extend(judge.finding("C015", place, &column.title.zh, said(column, when, cutoff)));
                }
            }
        }
    }
}
