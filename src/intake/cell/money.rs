//! Amounts in yuan, kept in fen.

use super::{Coerced, Surroundings, decimal::Decimal, number::out_of_range, plain};
use crate::{
    arguments,
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Fen, Value},
};

pub(super) fn read(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> Coerced {
    match raw {
        Raw::Number { value, .. } => {
            // Whole yuan within the limits, as most are, need no writing out.
            if around.scale <= 1
                && value.fract() == 0.0
                && value.abs() < 1e13
                && out_of_range(column, *value, "").is_none()
            {
                return Coerced::clean(Value::Amount(Fen(*value as i64 * 100)));
            }
            let fen = Decimal::of(*value).and_then(|n| n.times(around.scale.max(1))).and_then(|n| n.rounded(2));
            finish(column, fen.map(|fen| (fen, around.scale > 1)), &value.to_string(), false)
        }
        Raw::Text(written) => {
            let plain = plain(written);
            if let Some(nothing) = plain.nothing(column, written) {
                return nothing;
            }
            finish(column, parse(&plain.text, around.scale), written, is_repair(written))
        }
        Raw::Bool(_) => Coerced::unreadable("C004", column, "TRUE"),
        Raw::Error(_) | Raw::NoCache => Coerced::empty(),
    }
}

/// The cell of an amount in fen, and whether it was written in tens of thousands.
fn finish(column: &ColumnPlan, amount: Option<(i64, bool)>, before: &str, repaired: bool) -> Coerced {
    let Some((fen, scaled)) = amount else { return Coerced::unreadable("C004", column, before) };
    if scaled && (fen as f64 / 100.0).abs() >= column.believable {
        let args = arguments! { "shown" => super::shown(column, before), "yuan" => (fen / 100).to_string() };
        return Coerced::failed("C021", args);
    }
    if let Some(wrong) = out_of_range(column, fen as f64 / 100.0, before) {
        return wrong;
    }
    Coerced::repaired(column, before, Value::Amount(Fen(fen)), repaired)
}

/// `358000`, `¥358,000.00`, `35.8万`, `35.8万元`, `35w`, `RMB 358000元`; never a range, never "about".
fn parse(text: &str, scale: i64) -> Option<(i64, bool)> {
    let (text, negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let prefixes = ["¥", "RMB", "rmb", "CNY", "人民币"];
    let text = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text).trim_start();
    let (text, in_yuan) = match text.strip_suffix("元").or(text.strip_suffix("圆")).or(text.strip_suffix("块")) {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let large = [("万", 10_000), ("W", 10_000), ("w", 10_000), ("千", 1_000)];
    let (text, factor) = match large.iter().find_map(|(word, n)| text.strip_suffix(word).map(|rest| (rest, *n))) {
        Some(found) => found,
        None => (text, if in_yuan { 1 } else { scale.max(1) }),
    };
    let amount = Decimal::parse(text.trim_end())?.times(if negative { -factor } else { factor })?;
    Some((amount.rounded(2)?, factor > 1))
}

/// Whether the writing is more than one of the normal ways to write an amount.
fn is_repair(written: &str) -> bool {
    let normal =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '元' | '万' | '¥' | '\u{FFE5}' | '(' | ')');
    !written.trim().chars().all(|c| normal(c) || c.is_whitespace())
}
