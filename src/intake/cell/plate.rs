//! Number plates. There are too many kinds to judge them: they are folded so that two writings of one plate agree.

use super::{Coerced, plain, text};
use crate::{
    intake::{plan::ColumnPlan, raw::Raw},
    model::Value,
};

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let Raw::Text(written) = raw else { return text::read(raw, column) };
    let plain = plain(written);
    let upper = plain.text.chars().flat_map(char::to_uppercase);
    let plate: String = upper.filter(|c| !c.is_whitespace() && !matches!(c, '·' | '•' | '.' | '-')).collect();
    if plate.is_empty() {
        return Coerced::empty();
    }
    // The dot and the space are how plates are painted, not mistakes.
    let repaired = plain.seen_changed || plain.text.chars().any(char::is_lowercase);
    Coerced::repaired(column, written, Value::Text(plate.into()), repaired)
}
