//! Who the customer is: a prospect number, a phone or a VIN.

use super::{Coerced, phone, plain, text, vin};
use crate::{
    intake::{plan::ColumnPlan, raw::Raw},
    model::Value,
};

/// A phone becomes its digits and a VIN upper case, so that they agree with the other sheets; anything else is the
/// store's own number and stays as it is.
pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let Raw::Text(written) = raw else { return text::read(raw, column) };
    if phone::is_mobile(written) || vin::is_vin(written) {
        return Coerced::clean(Value::Text(written.clone()));
    }
    let plain = plain(written);
    let folded = vin::folded(&plain.text);
    let known = phone::mobile(&plain.text).or(vin::is_vin(&folded).then_some(folded));
    match known {
        Some(key) => {
            let repaired = key != plain.text || plain.seen_changed;
            Coerced::repaired(column, written, Value::Text(key.into()), repaired)
        }
        None => text::read(raw, column),
    }
}
