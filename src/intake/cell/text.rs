//! Free text, names, numbers of the store's own.

use super::{Coerced, change, is_dash, typed};
use crate::{
    arguments,
    intake::{cell::date, plan::ColumnPlan, raw::Raw},
    model::{Value, personal, text::is_invisible},
};
use std::{borrow::Cow, sync::Arc};

pub(super) fn read(raw: &Raw, column: &ColumnPlan) -> Coerced {
    let text: Arc<str> = match raw {
        Raw::Text(written) => match tidy(written) {
            Cow::Borrowed("") => return Coerced::empty(),
            Cow::Borrowed(same) if same.len() == written.len() => written.clone(),
            tidied => tidied.into(),
        },
        Raw::Number { value, dated: true } => {
            let clock = || date::of_clock(*value).map(|time| time.format("%-H:%M").to_string());
            let day = || date::of_serial(*value, false).map(|at| at.display());
            clock().or_else(day).unwrap_or_else(|| typed(*value)).into()
        }
        Raw::Number { value, dated: false } => typed(*value).into(),
        Raw::Bool(true) => "TRUE".into(),
        Raw::Bool(false) => "FALSE".into(),
        Raw::Error(_) | Raw::NoCache => return Coerced::empty(),
    };
    if text.is_empty() {
        return Coerced::empty();
    }
    if column.no_names.holds(&text) {
        // One of a list of such texts, and nobody's name.
        return Coerced::failed("C022", arguments! { "text" => &*text });
    }
    // What identifies a row is never taken for nothing.
    if !column.identifies && is_dash(&text) {
        return Coerced::repaired(column, &text, Value::Null, true);
    }
    let text = match without_spaces(&text) {
        Some(folded) if column.folds_spaces => {
            let (before, after) = (text, Arc::from(folded));
            return finish(column, &after, Some(&before));
        }
        _ => text,
    };
    let noisy = match raw {
        Raw::Text(written) if text.len() < written.len() && written.chars().any(is_noise) => Some(&**written),
        _ => None,
    };
    finish(column, &text, noisy)
}

/// The cell of a text, with a notice when it was written as `before`.
fn finish(column: &ColumnPlan, text: &Arc<str>, before: Option<&str>) -> Coerced {
    let mut coerced = Coerced::clean(Value::Text(text.clone()));
    if let Some(before) = before {
        coerced = coerced.noted("C001", arguments! { "change" => change(column, before, text) });
    }
    if column.personal.is_none()
        && let Cow::Owned(masked) = personal::mask_inside(text)
    {
        // What identifies the row stays as it is, or two rows may become one; it is masked where it leaves the store.
        if !column.identifies {
            coerced.value = Value::Text(masked.into());
        }
        coerced = coerced.noted("C018", Vec::new());
    }
    // A character takes at least one byte.
    if let Some(limit) = column.max_length
        && text.len() > limit as usize
    {
        let length = text.chars().count();
        if length > limit as usize {
            let args = arguments! { "length" => length, "limit" => u64::from(limit) };
            coerced = coerced.noted("C012", args);
        }
    }
    coerced
}

/// A name without the spaces beside a Chinese character, others as one space; `None` when that changes nothing.
fn without_spaces(text: &str) -> Option<String> {
    if !text.chars().skip(1).any(char::is_whitespace) {
        return None;
    }
    let mut folded = String::with_capacity(text.len());
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        folded.push_str(word);
        let alphabetic = |c: Option<char>| c.is_some_and(|c| (c as u32) < 0x2E80);
        if alphabetic(word.chars().next_back()) && words.peek().is_some_and(|next| alphabetic(next.chars().next())) {
            folded.push(' ');
        }
    }
    (folded != text).then_some(folded)
}

/// Control characters that a reader sees as boxes; line ends and tabs are not among them.
pub(super) fn is_noise(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The text without spaces around it, invisible characters and control characters; line ends become `\n`.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII: bytes are quicker to look at than characters.
    if text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return Cow::Borrowed(text.trim_ascii());
    }
    let wanted = |c: char| !(is_invisible(c) || is_noise(c) || c == '\r');
    if text.chars().all(wanted) {
        return Cow::Borrowed(text.trim());
    }
    let kept: String = text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| wanted(*c)).collect();
    Cow::Owned(kept.trim().to_owned())
}
