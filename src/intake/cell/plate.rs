//! Number plates. There are too many kinds to judge their signs: they are folded so that two writings of one plate agree, and
//! only the number of signs is looked at.

use super::{Coerced, plain, text};
use crate::{
    arguments,
    intake::{plan::ColumnPlan, raw::Raw},
    model::Value,
};

/// Signs of a plate, and of one of a car of new energy.
const SIGNS: [usize; 2] = [7, 8];

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let Raw::Text(written) = raw else { return text::read(raw, column) };
    let plain = plain(written);
    if let Some(nothing) = plain.nothing(column, written) {
        return nothing;
    }
    let upper = plain.text.chars().flat_map(char::to_uppercase);
    let plate: String = upper.filter(|c| !c.is_whitespace() && !matches!(c, '·' | '•' | '.' | '-')).collect();
    if plate.is_empty() {
        return Coerced::empty();
    }
    // The dot and the space are how plates are painted, not mistakes.
    let repaired = plain.seen_changed || plain.text.chars().any(char::is_lowercase);
    let signs = plate.chars().count();
    let coerced = Coerced::repaired(column, written, Value::Text(plate.into()), repaired);
    if SIGNS.contains(&signs) { coerced } else { coerced.noted("C023", arguments! { "signs" => signs }) }
}
