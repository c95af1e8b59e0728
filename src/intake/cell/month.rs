//! Calendar months and years, as cells and as titles.

use super::{
    Coerced, Surroundings, change,
    date::{full_day, nearest_year, of_bare_number, of_serial},
    plain, typed,
};
use crate::{
    arguments,
    catalog::CellType,
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Instant, Value},
};
use chrono::{Datelike, NaiveDate};
use std::ops::RangeInclusive;

/// Years that a record of this trade or a plan can be of.
const YEARS: RangeInclusive<i32> = 2000..=2100;

/// A month or year as it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A whole year.
    Year(i32),
    /// A month of a year.
    Month(i32, u32),
    /// A month whose year the surroundings tell.
    MonthAlone(u32),
}

impl Named {
    /// The month of a real date in a title, when it is a month's first day.
    pub(crate) fn of_day(serial: f64) -> Option<Named> {
        let at = of_serial(serial, false).filter(|at| at.date_only && at.date().day() == 1)?;
        YEARS.contains(&at.date().year()).then(|| Named::Month(at.date().year(), at.date().month()))
    }
}

/// Months in words.
const WORDS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

/// Reads a text (NFKC, trimmed): `2026-10`, `2026/10`, `2026.10`, `2026年10月`, `202610`, `10月份`, `十月`, `2026年`, or a
/// day of the month. The flag says that it is written in one of the usual ways.
pub(crate) fn named(text: &str) -> Option<(Named, bool)> {
    let text = text.trim();
    let bare = text.strip_suffix('份').unwrap_or(text);
    if let Some(month) = bare.strip_suffix('月') {
        let month = month.trim();
        if let Some(word) = WORDS.iter().position(|word| *word == month) {
            return Some((Named::MonthAlone(word as u32 + 1), false));
        }
        return match month.split_once('年') {
            Some((year, month)) => of_year(year, month).map(|named| (named, false)),
            None => number(month, 2).filter(|month| (1..=12).contains(month)).map(|m| (Named::MonthAlone(m), false)),
        };
    }
    if let Some(year) = text.strip_suffix("年度").or_else(|| text.strip_suffix('年')) {
        return whole_year(year).map(|named| (named, false));
    }
    for (separator, usual) in [('-', true), ('/', true), ('.', false)] {
        if let Some((year, month)) = text.split_once(separator)
            && let Some(named) = of_year(year, month)
        {
            return Some((named, usual));
        }
    }
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_year(&text[..4], &text[4..]).map(|named| (named, false));
    }
    whole_year(text).map(|named| (named, true)).or_else(|| {
        let day = full_day(text).filter(|day| YEARS.contains(&day.year()))?;
        Some((Named::Month(day.year(), day.month()), false))
    })
}

fn number(text: &str, longest: usize) -> Option<u32> {
    let text = text.trim();
    let plain = !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn year(text: &str) -> Option<i32> {
    let text = text.trim();
    let year = number(text, 4).filter(|_| text.len() == 4)?;
    i32::try_from(year).ok().filter(|year| YEARS.contains(year))
}

fn whole_year(text: &str) -> Option<Named> {
    year(text).map(Named::Year)
}

fn of_year(text: &str, month: &str) -> Option<Named> {
    let month = number(month, 2).filter(|month| (1..=12).contains(month))?;
    year(text).map(|year| Named::Month(year, month))
}

/// A number that stands for a month or year: a day's serial, `202610`, `2026`; `2026.11` as a month. `2026.1` is October
/// as often as January.
fn of_number(value: f64, dated: bool, around: Surroundings) -> Option<(Named, bool)> {
    let of_day = |at: Instant| {
        let first = at.date().day() == 1;
        YEARS.contains(&at.date().year()).then(|| (Named::Month(at.date().year(), at.date().month()), first))
    };
    if dated {
        return of_serial(value, around.from_1904).and_then(of_day);
    }
    let written = typed(value);
    if value.fract() == 0.0 {
        return named(&written)
            .or_else(|| of_bare_number(value, around.from_1904).and_then(of_day).map(|(n, _)| (n, false)));
    }
    let two_places = written.split_once('.').is_some_and(|(_, places)| places.len() == 2);
    if two_places { named(&written).map(|(named, _)| (named, false)) } else { None }
}

/// A cell of a column of months or periods.
pub(super) fn read(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> Coerced {
    let (written, found) = match raw {
        Raw::Number { value, dated } => (typed(*value), of_number(*value, *dated, around)),
        Raw::Text(written) => {
            let plain = plain(written);
            if let Some(nothing) = plain.nothing(column, written) {
                return nothing;
            }
            let found = named(&plain.text).map(|(named, usual)| (named, usual && !plain.seen_changed));
            (written.to_string(), found)
        }
        Raw::Bool(_) => ("TRUE".to_owned(), None),
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    let unreadable = || Coerced::unreadable("C003", column, &written);
    let Some((found, usual)) = found else { return unreadable() };
    let Some(value) = value(found, column.cell, around, column.may_be_future) else { return unreadable() };
    let after = match (&value, value.instant()) {
        (_, Some(at)) => at.date().format("%Y-%m").to_string(),
        _ => value.display(),
    };
    let coerced = Coerced::clean(value);
    match found {
        Named::MonthAlone(_) => coerced.noted("C002", arguments! { "change" => change(column, &written, &after) }),
        _ if usual => coerced,
        _ => coerced.noted("C001", arguments! { "change" => change(column, &written, &after) }),
    }
}

/// What a named month or year is in a column of this type; `None` where its year is not known, or a year is no month.
pub(crate) fn value(named: Named, cell: CellType, around: Surroundings, may_be_future: bool) -> Option<Value> {
    let first = match named {
        Named::Year(year) if cell == CellType::Period => return Some(Value::Text(year.to_string().into())),
        Named::Year(_) => return None,
        Named::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1)?,
        Named::MonthAlone(month) => nearest_year(month, 1, around.week_end?, may_be_future)?,
    };
    Some(match cell {
        CellType::Period => Value::Text(first.format("%Y-%m").to_string().into()),
        _ => Value::Instant(Instant::day(first)),
    })
}
