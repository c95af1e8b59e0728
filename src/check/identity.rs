//! What a row is about: its key, or its content when it has none.

use crate::{
    catalog::{CellType, SheetDef},
    model::{RowValues, text::normalized_key},
};
use std::collections::HashMap;

/// The identity of each row of one kind of sheet, in the order given. Rows are about the same thing exactly when
/// their identities are equal.
///
/// A row is known by the first key whose fields are all filled in. When that is not the best key (a prospect without
/// 潜客编号, known by the phone), and all rows that have this value beside a better key agree on which, the row is
/// known by the better one: a number given later does not make a second prospect of the first.
///
/// A row without any key continues the row of an earlier sheet that has the same `likeness` (for a complaint customer,
/// category and time of receipt) and every date that was already there; it is another one where a date differs, as of a
/// second attempt for the same day. Without likeness the whole content is the identity.
///
/// `rows` come sheet by sheet in the order of submission, each with its sheet's number.
pub(super) fn identities<'a>(
    sheet: &SheetDef,
    rows: impl Iterator<Item = (usize, &'a RowValues)> + Clone,
) -> Vec<String> {
    let mut better: HashMap<String, Option<String>> = HashMap::new();
    if sheet.keys.len() > 1 {
        for (_, row) in rows.clone() {
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
    let mut alike = Alike::new(sheet);
    rows.map(|(table, row)| {
        let Some(key) = complete_keys(sheet, row).next() else { return alike.identity(table, row) };
        match better.get(&key) {
            Some(Some(best)) => best.clone(),
            _ => key,
        }
    })
    .collect()
}

/// What a row is known by: its best key, else its likeness.
pub(super) fn known_by(sheet: &SheetDef, row: &RowValues) -> Option<String> {
    let alike = Some(&sheet.likeness).filter(|fields| !fields.is_empty());
    let alike = || alike.and_then(|fields| filled(sheet, "~".to_owned(), fields, row));
    complete_keys(sheet, row).next().or_else(alike)
}

/// The keys whose fields are all filled in, best first, as text that begins with the key's number.
fn complete_keys(sheet: &SheetDef, row: &RowValues) -> impl Iterator<Item = String> {
    sheet.keys.iter().enumerate().filter_map(|(number, fields)| filled(sheet, number.to_string(), fields, row))
}

/// `key` with the values of these fields, all of which must be filled in, but for those in which blank is a value.
fn filled(sheet: &SheetDef, mut key: String, fields: &[usize], row: &RowValues) -> Option<String> {
    for field in fields {
        let value = row.get(*field).filter(|value| !value.is_null() || sheet.blank_in_key.contains(field))?;
        key.push('\u{1f}');
        match value.text() {
            Some(text) => key.push_str(&normalized_key(text)),
            None => key.push_str(&value.display()),
        }
    }
    Some(key)
}

/// Rows without a key, chained from submission to submission.
struct Alike<'s, 'a> {
    sheet: &'s SheetDef,
    /// The columns with dates of what has happened.
    dates: Vec<usize>,
    /// By likeness: the newest row of each chain and its sheet.
    chains: HashMap<String, Vec<(usize, &'a RowValues)>>,
}

impl<'s, 'a> Alike<'s, 'a> {
    fn new(sheet: &'s SheetDef) -> Self {
        let dates = sheet.columns.iter().enumerate().filter(|(_, column)| {
            matches!(column.cell, CellType::Date | CellType::Instant) && !column.may_be_future && !column.moves
        });
        Alike { sheet, dates: dates.map(|(index, _)| index).collect(), chains: HashMap::new() }
    }

    fn identity(&mut self, table: usize, row: &'a RowValues) -> String {
        let likeness = Some(&self.sheet.likeness).filter(|fields| !fields.is_empty());
        let Some(key) = likeness.and_then(|fields| filled(self.sheet, "~".to_owned(), fields, row)) else {
            // What stands beside the sheet's own columns is said of the row, not by it.
            return content(row, self.sheet.columns.len());
        };
        let continues = |(held, before): &(usize, &RowValues)| {
            let kept = |index: &usize| before[*index].is_null() || before[*index] == row[*index];
            if *held == table { *before == row } else { self.dates.iter().all(kept) }
        };
        let chains = self.chains.entry(key.clone()).or_default();
        let at = chains.iter().position(continues).unwrap_or_else(|| {
            chains.push((table, row));
            chains.len() - 1
        });
        chains[at] = (table, row);
        format!("{key}\u{1f}#{at}")
    }
}

fn content(row: &RowValues, columns: usize) -> String {
    let mut all = String::from("=");
    for value in row.iter().take(columns) {
        all.push('\u{1f}');
        all.push_str(&value.display());
    }
    all
}
