//! Who the customer is: a prospect number, a phone or a VIN.

use super::{
    Coerced,
    phone::{self, Known},
    plain, text, vin,
};
use crate::{
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Value, text::normalized_key},
};

/// A phone becomes its digits and a VIN upper case, so that they agree with the other sheets; the store's own numbers are
/// written without spaces and in upper case, as keys are compared. Two numbers in one cell, or one that lost digits, name
/// nobody.
pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let Raw::Text(written) = raw else { return text::read(raw, column) };
    if phone::is_mobile(written) || vin::is_vin(written) {
        return Coerced::clean(Value::Text(written.clone()));
    }
    let plain = plain(written);
    let folded = vin::folded(&plain.text);
    let key = if vin::is_vin(&folded) {
        folded
    } else {
        match phone::known(&plain.text) {
            Known::Number(number) => number,
            Known::Failed(failed) => return failed,
            Known::Nothing => normalized_key(&plain.text).into_owned(),
        }
    };
    if key.is_empty() {
        return Coerced::empty();
    }
    let repaired = key != plain.text || plain.seen_changed;
    Coerced::repaired(column, written, Value::Text(key.into()), repaired)
}
