//! What an expression yields for one row, and how two of these compare when the record leaves an hour open.

use crate::{
    catalog::CellType,
    model::{Value, instant::add_months},
};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use std::{borrow::Cow, cmp::Ordering};

/// A value while an expression is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum<'a> {
    /// NULL.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A decimal with two places, in hundredths: money.
    Hundredths(i64),
    /// A float.
    Float(f64),
    /// True or false.
    Flag(bool),
    /// A calendar day, which has no hour to be missing.
    Day(NaiveDate),
    /// A point in time between two readings of the record, equal when the hour is known.
    Time(NaiveDateTime, NaiveDateTime),
    /// A length of time: months, and seconds between two readings.
    Span(i32, i64, i64),
}

/// Which orders of two values the record allows. Exact values allow one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Possible {
    pub less: bool,
    pub equal: bool,
    pub greater: bool,
}

impl From<Ordering> for Possible {
    fn from(order: Ordering) -> Self {
        Possible { less: order.is_lt(), equal: order.is_eq(), greater: order.is_gt() }
    }
}

impl Possible {
    fn of_ranges<T: Ord>((a_low, a_high): (T, T), (b_low, b_high): (T, T)) -> Self {
        Possible { less: a_low < b_high, equal: a_low <= b_high && b_low <= a_high, greater: a_high > b_low }
    }
}

impl<'a> Datum<'a> {
    /// A row's cell.
    pub fn of(value: &'a Value, cell: CellType) -> Datum<'a> {
        match value {
            Value::Null => Datum::Null,
            Value::Text(text) => Datum::Text(Cow::Borrowed(text)),
            Value::Int(n) => Datum::Int(*n),
            Value::Number(n) => Datum::Float(*n),
            Value::Amount(fen) => Datum::Hundredths(fen.0),
            Value::Flag(flag) => Datum::Flag(*flag),
            Value::Instant(at) if matches!(cell, CellType::Date | CellType::Month) => Datum::Day(at.date()),
            Value::Instant(at) => Datum::Time(at.earliest(), at.latest()),
        }
    }

    /// The truth of a condition; `None` for NULL.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Datum::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A truth as a value.
    pub fn from_truth(truth: Option<bool>) -> Datum<'static> {
        truth.map_or(Datum::Null, Datum::Flag)
    }

    /// The readings of a point in time; a day is open between its first and last second.
    fn readings(&self) -> Option<(NaiveDateTime, NaiveDateTime)> {
        match self {
            Datum::Day(day) => {
                let start = day.and_time(NaiveTime::MIN);
                Some((start, start + Duration::seconds(86_399)))
            }
            Datum::Time(low, high) => Some((*low, *high)),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self {
            Datum::Int(n) => Some(*n as f64),
            Datum::Hundredths(n) => Some(*n as f64 / 100.0),
            Datum::Float(n) => Some(*n),
            _ => None,
        }
    }

    /// Exact hundredths of a whole number or an amount.
    fn hundredths(&self) -> Option<i128> {
        match self {
            Datum::Int(n) => Some(i128::from(*n) * 100),
            Datum::Hundredths(n) => Some(i128::from(*n)),
            _ => None,
        }
    }

    /// The orders the record allows; `None` when either is NULL.
    pub fn compare(&self, other: &Datum<'_>) -> Option<Possible> {
        match (self, other) {
            (Datum::Text(a), Datum::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes()).into()),
            (Datum::Flag(a), Datum::Flag(b)) => Some(a.cmp(b).into()),
            (Datum::Day(a), Datum::Day(b)) => Some(a.cmp(b).into()),
            (Datum::Span(_, a_low, a_high), Datum::Span(_, b_low, b_high)) => {
                Some(Possible::of_ranges((*a_low, *a_high), (*b_low, *b_high)))
            }
            _ => match (self.hundredths(), other.hundredths(), self.readings(), other.readings()) {
                (Some(a), Some(b), ..) => Some(a.cmp(&b).into()),
                (_, _, Some(a), Some(b)) => Some(Possible::of_ranges(a, b)),
                _ => {
                    let (a, b) = (self.float()?, other.float()?);
                    Some(a.partial_cmp(&b).unwrap_or_else(|| a.total_cmp(&b)).into())
                }
            },
        }
    }

    /// `self + other`, or `self - other`; NULL when either is, or when the result is out of range.
    pub fn add(&self, other: &Datum<'_>, minus: bool) -> Datum<'static> {
        let result = match (self, other) {
            (Datum::Span(..), Datum::Day(_) | Datum::Time(..)) if !minus => return other.add(self, false),
            (Datum::Span(m1, low1, high1), Datum::Span(m2, low2, high2)) => match minus {
                false => {
                    Some(Datum::Span(m1.saturating_add(*m2), low1.saturating_add(*low2), high1.saturating_add(*high2)))
                }
                true => {
                    Some(Datum::Span(m1.saturating_sub(*m2), low1.saturating_sub(*high2), high1.saturating_sub(*low2)))
                }
            },
            (Datum::Day(_) | Datum::Time(..), Datum::Span(months, low, high)) => match minus {
                false => self.shifted(*months, *low, *high),
                true => self.shifted(months.saturating_neg(), high.saturating_neg(), low.saturating_neg()),
            },
            (Datum::Day(a), Datum::Day(b)) => {
                let seconds = (*a - *b).num_seconds();
                Some(Datum::Span(0, seconds, seconds))
            }
            _ => match (self.readings(), other.readings()) {
                (Some(a), Some(b)) => Some(Datum::Span(0, (a.0 - b.1).num_seconds(), (a.1 - b.0).num_seconds())),
                _ => self.add_numbers(other, minus),
            },
        };
        result.unwrap_or(Datum::Null)
    }

    fn add_numbers(&self, other: &Datum<'_>, minus: bool) -> Option<Datum<'static>> {
        match (self, other) {
            (Datum::Int(a), Datum::Int(b)) => if minus { a.checked_sub(*b) } else { a.checked_add(*b) }.map(Datum::Int),
            _ => match (self.hundredths(), other.hundredths()) {
                (Some(a), Some(b)) => i64::try_from(if minus { a - b } else { a + b }).ok().map(Datum::Hundredths),
                _ => {
                    let (a, b) = (self.float()?, other.float()?);
                    Some(Datum::Float(if minus { a - b } else { a + b }))
                }
            },
        }
    }

    fn shifted(&self, months: i32, low: i64, high: i64) -> Option<Datum<'static>> {
        let shift = |at: NaiveDateTime, seconds: i64| {
            let moved = add_months(at.date(), months)?.and_time(at.time());
            moved.checked_add_signed(Duration::try_seconds(seconds)?)
        };
        match self {
            Datum::Day(day) if low == high && low % 86_400 == 0 => {
                let moved = shift(day.and_time(NaiveTime::MIN), low)?;
                Some(Datum::Day(moved.date()))
            }
            _ => {
                let (first, last) = self.readings()?;
                Some(Datum::Time(shift(first, low)?, shift(last, high)?))
            }
        }
    }

    /// `self * other` for numbers; NULL when either is, or when the result is out of range.
    pub fn times(&self, other: &Datum<'_>) -> Datum<'static> {
        let result = match (self, other) {
            (Datum::Int(a), Datum::Int(b)) => a.checked_mul(*b).map(Datum::Int),
            (Datum::Int(a), Datum::Hundredths(b)) | (Datum::Hundredths(b), Datum::Int(a)) => {
                a.checked_mul(*b).map(Datum::Hundredths)
            }
            _ => self.float().zip(other.float()).map(|(a, b)| Datum::Float(a * b)),
        };
        result.unwrap_or(Datum::Null)
    }

    /// The absolute value of a number.
    pub fn abs(&self) -> Datum<'static> {
        let result = match self {
            Datum::Int(n) => n.checked_abs().map(Datum::Int),
            Datum::Hundredths(n) => n.checked_abs().map(Datum::Hundredths),
            Datum::Float(n) => Some(Datum::Float(n.abs())),
            _ => None,
        };
        result.unwrap_or(Datum::Null)
    }

    /// Its calendar day.
    pub fn day(&self) -> Datum<'static> {
        match self {
            Datum::Day(day) => Datum::Day(*day),
            Datum::Time(low, high) if low.date() == high.date() => Datum::Day(low.date()),
            _ => Datum::Null,
        }
    }
}
