//! `{name}` in words.

use std::borrow::Cow;

/// Words with each `{name}` replaced by its value; one without a value stays as it is.
pub(super) fn filled<'v>(words: &str, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
    let mut filled = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, name, after)) = next(rest) {
        filled.push_str(before);
        match value(name) {
            Some(value) => filled.push_str(&value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

/// The names that words leave open, in the order in which they stand.
pub fn placeholders(words: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = words;
    while let Some((_, name, after)) = next(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// What stands before the next `{name}`, the name, and what stands behind it.
fn next(words: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = words.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
