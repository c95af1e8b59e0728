//! What a row is about: its key, or its content when it has none.

use crate::{catalog::SheetDef, model::Value};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// The identity of each row of one kind of sheet, in the order given. Rows are about the same thing exactly when
/// their identities are equal.
///
/// A row is known by the first key whose fields are all filled in. When that is not the best key (a prospect without
/// 潜客编号, known by the phone), and all rows that have this value beside a better key agree on which, the row is
/// known by the better one: a number given later does not make a second prospect of the first. Without any key the
/// whole content is the identity.
pub(super) fn identities<'a>(sheet: &SheetDef, rows: impl Iterator<Item = &'a [Value]> + Clone) -> Vec<String> {
    let mut better: HashMap<String, Option<String>> = HashMap::new();
    if sheet.keys.len() > 1 {
        for row in rows.clone() {
            let mut keys = complete_keys(sheet, row);
            let Some(best) = keys.next() else { continue };
            for lesser in keys {
                let known = better.entry(lesser).or_insert_with(|| Some(best.clone()));
                if known.as_ref().is_some_and(|known| *known != best) {
                    *known = None;
                }
            }
        }
    }
    rows.map(|row| {
        let Some(key) = complete_keys(sheet, row).next() else { return content(row) };
        match better.get(&key) {
            Some(Some(best)) => best.clone(),
            _ => key,
        }
    })
    .collect()
}

/// The keys whose fields are all filled in, best first, as text that begins with the key's number.
fn complete_keys(sheet: &SheetDef, row: &[Value]) -> impl Iterator<Item = String> {
    sheet.keys.iter().enumerate().filter_map(|(number, fields)| {
        let mut key = number.to_string();
        for field in fields {
            let value = row.get(*field).filter(|value| !value.is_null())?;
            key.push('\u{1f}');
            match value.text() {
                Some(text) => key.push_str(&normalized(text)),
                None => key.push_str(&value.display()),
            }
        }
        Some(key)
    })
}

/// A key as it is compared: NFKC, without spaces, letters in upper case.
pub(super) fn normalized(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_lowercase()) {
        return text.to_owned();
    }
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

fn content(row: &[Value]) -> String {
    let mut all = String::from("=");
    for value in row {
        all.push('\u{1f}');
        all.push_str(&value.display());
    }
    all
}
