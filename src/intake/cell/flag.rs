//! 是/否.

use super::{Coerced, is_placeholder, plain};
use crate::{
    intake::{
        plan::ColumnPlan,
        raw::Raw,
        title::{normal, simplified},
    },
    model::Value,
};

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    match raw {
        Raw::Text(written) => {
            let text = plain(written);
            match text.text.as_str() {
                "" => return Coerced::empty(),
                "是" => return Coerced::repaired(column, written, Value::Flag(true), text.seen_changed),
                "否" => return Coerced::repaired(column, written, Value::Flag(false), text.seen_changed),
                _ => {}
            }
            let folded = normal(&text.text);
            match flag(&folded, column).or_else(|| flag(&simplified(&folded), column)) {
                Some(flag) => Coerced::repaired(column, written, Value::Flag(flag), true),
                None if is_placeholder(&text.text) => Coerced::repaired(column, written, Value::Null, true),
                None => Coerced::unreadable("C008", column, written),
            }
        }
        Raw::Bool(flag) => Coerced::clean(Value::Flag(*flag)),
        Raw::Number { value, .. } if *value == 1.0 => Coerced::repaired(column, "1", Value::Flag(true), true),
        Raw::Number { value, .. } if *value == 0.0 => Coerced::repaired(column, "0", Value::Flag(false), true),
        Raw::Number { value, .. } => Coerced::unreadable("C008", column, &value.to_string()),
        Raw::Error(_) | Raw::NoCache => Coerced::empty(),
    }
}

/// What a word (normalised) says: a general one, or the column's own name as in `接通` and `未接通`.
fn flag(word: &str, column: &ColumnPlan) -> Option<bool> {
    match word {
        "√" | "✓" | "✔" | "☑" | "v" | "y" | "yes" | "true" | "1" | "有" | "已" | "对" | "是的" | "○" => {
            Some(true)
        }
        "×" | "✗" | "✘" | "✕" | "x" | "n" | "no" | "false" | "0" | "无" | "未" | "不" | "没" | "没有" | "不是"
        | "错" => Some(false),
        _ => {
            let title = normal(&column.title);
            let own = |rest: &str| rest.chars().count() >= 2 && title.contains(rest);
            if own(word) {
                return Some(true);
            }
            let (yes, no) = (word.strip_prefix(['已', '有']), word.strip_prefix(['未', '不', '无', '没']));
            if yes.is_some_and(own) {
                Some(true)
            } else if no.is_some_and(own) {
                Some(false)
            } else {
                None
            }
        }
    }
}
