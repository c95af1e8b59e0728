//! Whole numbers and decimals.

use super::{Coerced, Surroundings, decimal::Decimal, plain};
use crate::{
    arguments,
    catalog::CellType,
    intake::{plan::ColumnPlan, raw::Raw},
    model::Value,
};

/// Suffixes that say what is counted; they change nothing.
const UNITS: [&str; 10] = ["公里", "km", "KM", "Km", "人", "台", "次", "分", "条", "个"];

pub(super) fn read(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> Coerced {
    // A whole number within its limits, as most are, needs no writing out.
    if let Raw::Number { value, .. } = raw
        && around.scale <= 1
        && value.fract() == 0.0
        && value.abs() < 1e15
        && column.minimum.is_none_or(|minimum| *value >= minimum)
        && column.maximum.is_none_or(|maximum| *value <= maximum)
    {
        let whole = column.cell == CellType::Integer;
        return Coerced::clean(if whole { Value::Int(*value as i64) } else { Value::Number(*value) });
    }
    let (before, number, repaired) = match raw {
        Raw::Number { value, .. } => (value.to_string(), scaled(Decimal::of(*value), around.scale), false),
        Raw::Text(written) => {
            let plain = plain(written);
            if let Some(nothing) = plain.nothing(column, written) {
                return nothing;
            }
            let number = parse(&plain.text, around.scale);
            let repaired =
                plain.seen_changed || !plain.text.bytes().all(|b| b.is_ascii_digit() || b"-.,%".contains(&b));
            (written.to_string(), number, repaired)
        }
        Raw::Bool(flag) => (flag.to_string(), None, false),
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    let value = match (number, column.cell) {
        (Some(number), CellType::Integer) => number.whole().map(Value::Int),
        (Some(number), _) => Some(Value::Number(number.to_f64())),
        (None, _) => None,
    };
    let Some(value) = value else { return Coerced::unreadable("C004", column, &before) };
    if let Some(wrong) = out_of_range(column, number.map_or(0.0, Decimal::to_f64), &before) {
        return wrong;
    }
    Coerced::repaired(column, &before, value, repaired)
}

fn scaled(number: Option<Decimal>, scale: i64) -> Option<Decimal> {
    number.and_then(|number| number.times(scale.max(1)))
}

fn parse(text: &str, scale: i64) -> Option<Decimal> {
    if let Some(percent) = text.strip_suffix('%') {
        return Decimal::parse(percent).and_then(Decimal::hundredth);
    }
    let bare = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end();
    match bare.strip_suffix('万') {
        Some(tens_of_thousands) => scaled(Decimal::parse(tens_of_thousands), 10_000),
        None => scaled(Decimal::parse(bare), scale),
    }
}

/// The finding of a number outside the column's limits.
pub(super) fn out_of_range(column: &ColumnPlan, number: f64, before: &str) -> Option<Coerced> {
    let low = column.minimum.filter(|minimum| number < *minimum);
    let high = column.maximum.filter(|maximum| number > *maximum);
    if low.is_none() && high.is_none() {
        return None;
    }
    let range = match (column.minimum, column.maximum) {
        (Some(minimum), Some(maximum)) => format!("{minimum}–{maximum}"),
        (Some(minimum), None) => format!("≥ {minimum}"),
        (None, Some(maximum)) => format!("≤ {maximum}"),
        (None, None) => String::new(),
    };
    Some(Coerced::failed("C013", arguments! { "shown" => super::shown(column, before), "range" => range }))
}
