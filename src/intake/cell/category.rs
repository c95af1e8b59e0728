//! One of a column's allowed values.

use super::{Coerced, is_placeholder, plain, shown, text, typed};
use crate::{
    arguments,
    intake::{
        plan::ColumnPlan,
        raw::Raw,
        title::{normal, simplified},
    },
    model::{Said, Value},
};

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let number;
    let written: &str = match raw {
        Raw::Text(text) => text,
        Raw::Number { value, .. } => {
            number = typed(*value);
            &number
        }
        Raw::Bool(flag) => {
            if *flag {
                "是"
            } else {
                "否"
            }
        }
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    let trimmed = written.trim();
    if let Some(value) = column.values.iter().find(|value| ***value == *trimmed) {
        return Coerced::clean(Value::Text(value.clone()));
    }
    let folded = normal(written);
    if folded.is_empty() {
        return Coerced::empty();
    }
    let known = |text: &str| column.spellings.get(text).copied();
    if let Some(value) = known(&folded).or_else(|| known(&simplified(&folded))) {
        let value = column.values[value].clone();
        // `Ａ ` for `A` is a repair to be seen, an invisible character in `A` is not.
        let seen = *plain(written).text != *value || plain(written).seen_changed;
        return Coerced::repaired(column, written, Value::Text(value), seen);
    }
    if is_placeholder(trimmed) {
        return Coerced::repaired(column, written, Value::Null, true);
    }
    if column.or_kpi {
        return text::read(raw, column);
    }
    let allowed = Said::List(column.values.to_vec());
    Coerced::failed("C006", arguments! { "shown" => shown(column, written), "allowed" => allowed })
}
