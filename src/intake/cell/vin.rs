//! Vehicle identification numbers.

use super::{Coerced, is_placeholder, plain, typed};
use crate::{
    intake::{plan::ColumnPlan, raw::Raw},
    model::Value,
};

/// Places of a VIN.
const PLACES: usize = 17;

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let written: std::borrow::Cow<'_, str> = match raw {
        Raw::Text(text) if is_vin(text) => return Coerced::clean(Value::Text(text.clone())),
        Raw::Text(text) => (&**text).into(),
        // A number keeps 15 digits only.
        Raw::Number { value, .. } if value.abs() >= 1e15 => {
            let args = vec![
                ("why", "按数字保存，末几位已丢失".to_owned()),
                ("why_en", "it was saved as a number and lost its last digits".to_owned()),
            ];
            return Coerced::failed("C011", args);
        }
        Raw::Number { value, .. } => typed(*value).into(),
        Raw::Bool(_) => "TRUE".into(),
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    let plain = plain(&written);
    if plain.text.is_empty() {
        return Coerced::empty();
    }
    if is_placeholder(&plain.text) {
        return Coerced::repaired(column, &written, Value::Null, true);
    }
    let vin = folded(&plain.text);
    if is_vin(&vin) {
        let repaired = vin != plain.text || plain.seen_changed;
        return Coerced::repaired(column, &written, Value::Text(vin.into()), repaired);
    }
    let length = vin.chars().count();
    let (why, why_en) = if length != PLACES {
        (format!("应为 17 位，现为 {length} 位"), format!("17 characters expected, {length} found"))
    } else if vin.contains(['I', 'O', 'Q']) {
        ("不会含有字母 I、O、Q".to_owned(), "never holds the letters I, O, Q".to_owned())
    } else {
        ("只能是字母和数字".to_owned(), "letters and digits only".to_owned())
    };
    Coerced::failed("C011", vec![("why", why), ("why_en", why_en)])
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
