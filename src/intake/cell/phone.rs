//! Telephone numbers.

use super::{Coerced, plain};
use crate::{
    arguments,
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Message, Value},
};
use std::sync::Arc;

/// Why a phone cannot be known: the key of its words.
type Why = &'static str;

const DIGITS: Why = "phone.digits";
const LOST: Why = "phone.lost";
const TWO: Why = "phone.two";
const LETTERS: Why = "phone.letters";

/// A number as it was understood.
enum Number {
    /// A mobile number of the mainland, digits only.
    Mobile(String),
    /// A landline, a service line or a number abroad, as it is kept.
    Other(String),
}

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    match raw {
        Raw::Text(written) => {
            if is_mobile(written) {
                return Coerced::clean(Value::Text(written.clone()));
            }
            let plain = plain(written);
            if let Some(nothing) = plain.nothing(column, written) {
                return nothing;
            }
            finish(column, written, number(&plain.text), |kept| *kept != *plain.text || plain.seen_changed)
        }
        Raw::Number { value, .. } => {
            // As a program writes it, a whole number; of more than 15 digits a spreadsheet has lost the last.
            if *value >= 1e15 {
                return failed(LOST);
            }
            if value.fract() != 0.0 || *value < 0.0 {
                return failed(DIGITS);
            }
            let digits = (*value as u64).to_string();
            finish(column, &digits, number(&digits), |kept| *kept != *digits)
        }
        Raw::Bool(_) => failed(LETTERS),
        Raw::Error(_) | Raw::NoCache => Coerced::empty(),
    }
}

fn finish(column: &ColumnPlan, before: &str, number: Result<Number, Why>, repaired: impl Fn(&str) -> bool) -> Coerced {
    match number {
        Ok(Number::Mobile(digits)) => {
            let repaired = repaired(&digits);
            Coerced::repaired(column, before, Value::Text(digits.into()), repaired)
        }
        Ok(Number::Other(kept)) => Coerced::clean(Value::Text(Arc::from(kept))).noted("C014", Vec::new()),
        Err(why) => failed(why),
    }
}

fn failed(why: Why) -> Coerced {
    Coerced::failed("C005", arguments! { "why" => Message::new(why) })
}

/// `1[3-9]` and nine more digits.
pub(super) fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && bytes[1] >= b'3' && bytes.iter().all(u8::is_ascii_digit)
}

/// What a text that may be a number is.
pub(super) enum Known {
    /// A mobile number of the mainland, or one with its area or country: as it is kept.
    Number(String),
    /// Two numbers, or one that lost digits: nobody's.
    Failed(Coerced),
    /// None that could be told from a store's own number.
    Nothing,
}

/// What a text (already plain) is, however a number is written.
pub(super) fn known(text: &str) -> Known {
    match number(text) {
        Ok(Number::Mobile(kept)) => Known::Number(kept),
        Ok(Number::Other(kept)) if kept.starts_with(['0', '+']) => Known::Number(kept),
        Err(why) if why == LOST || why == TWO => Known::Failed(failed(why)),
        _ => Known::Nothing,
    }
}

/// The mainland mobile number that a text (already plain) is, however it is written.
pub(super) fn mobile(text: &str) -> Option<String> {
    match number(text) {
        Ok(Number::Mobile(digits)) => Some(digits),
        _ => None,
    }
}

fn number(text: &str) -> Result<Number, Why> {
    let text = text.trim_start_matches('\'').trim();
    if is_scientific(text) {
        return Err(LOST);
    }
    if holds_two(text) {
        return Err(TWO);
    }
    // A number that a program wrote as a decimal.
    let text = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    let foreign = text.starts_with('+');
    let mut digits = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_ascii_digit() => digits.push(c),
            ' ' | '\u{A0}' | '\t' | '\n' | '(' | ')' | '+' => {}
            _ if is_dash(c) => {}
            _ => return Err(LETTERS),
        }
    }
    let domestic = ["0086", "86", "0"].iter().find_map(|prefix| digits.strip_prefix(prefix).filter(|d| is_mobile(d)));
    // `+1 415 …` is a number abroad, however much its digits look like one of ours.
    let bare = Some(digits.as_str()).filter(|d| !foreign && is_mobile(d));
    let domestic = domestic.filter(|_| !foreign || digits.starts_with("86"));
    if let Some(mobile) = domestic.or(bare) {
        return Ok(Number::Mobile(mobile.to_owned()));
    }
    let length = digits.len();
    if foreign && !digits.starts_with("86") {
        return if (8..=15).contains(&length) { Ok(Number::Other(format!("+{digits}"))) } else { Err(DIGITS) };
    }
    let area = digits.strip_prefix("0086").or(digits.strip_prefix("86").filter(|_| foreign)).unwrap_or(&digits);
    let abroad = area.len() > 12 && area.starts_with("00");
    let with_area = area.starts_with('0') && !area.starts_with("00") && (10..=12).contains(&area.len());
    let service = (area.starts_with("400") || area.starts_with("800")) && area.len() == 10;
    let local = (7..=8).contains(&length) && !area.starts_with('0') && !area.starts_with('1');
    if with_area || service || local || abroad { Ok(Number::Other(area.to_owned())) } else { Err(DIGITS) }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '_')
}

/// `1.38E+10`: the digits beyond the last shown are gone.
fn is_scientific(text: &str) -> bool {
    let mut parts = text.splitn(2, ['e', 'E']);
    let (Some(mantissa), Some(exponent)) = (parts.next(), parts.next()) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits(mantissa) && digits(exponent.trim_start_matches(['+', '-']))
}

/// Two or more numbers, each long enough to be one, with something between them that a single number does not hold;
/// or the digits of two mobiles.
fn holds_two(text: &str) -> bool {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || is_dash(c) || matches!(c, '+' | '(' | ')' | '.')));
    let long = parts.filter(|part| part.bytes().filter(u8::is_ascii_digit).count() >= 7).count();
    let all: String = text.chars().filter(char::is_ascii_digit).collect();
    long > 1 || (all.len() == 22 && is_mobile(&all[..11]) && is_mobile(&all[11..]))
}
