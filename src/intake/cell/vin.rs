//! Vehicle identification numbers.

use super::{Coerced, plain, typed};
use crate::{
    arguments,
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Message, Value},
};

/// Places of a VIN.
const PLACES: usize = 17;

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let written: std::borrow::Cow<'_, str> = match raw {
        Raw::Text(text) if is_vin(text) => return Coerced::clean(Value::Text(text.clone())),
        Raw::Text(text) => (&**text).into(),
        // A number keeps 15 digits only.
        Raw::Number { value, .. } if value.abs() >= 1e15 => {
            return Coerced::failed("C011", arguments! { "why" => Message::new("vin.lost") });
        }
        Raw::Number { value, .. } => typed(*value).into(),
        Raw::Bool(_) => "TRUE".into(),
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    let plain = plain(&written);
    if let Some(nothing) = plain.nothing(column, &written) {
        return nothing;
    }
    let vin = folded(&plain.text);
    if is_vin(&vin) {
        let repaired = vin != plain.text || plain.seen_changed;
        return Coerced::repaired(column, &written, Value::Text(vin.into()), repaired);
    }
    let length = vin.chars().count();
    let why = if length != PLACES {
        Message::new("vin.length").with("length", length)
    } else if vin.contains(['I', 'O', 'Q']) {
        Message::new("vin.letters")
    } else {
        Message::new("vin.signs")
    };
    Coerced::failed("C011", arguments! { "why" => why })
}

/// Upper case, without spaces and dashes.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// 17 upper-case letters and digits without I, O and Q.
pub(super) fn is_vin(text: &str) -> bool {
    text.len() == PLACES
        && text.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !matches!(b, b'I' | b'O' | b'Q')))
}
