//! What facts and their columns mean, for `query` (SHOW TABLES, DESCRIBE) and `explain`.

use super::terminal;
use crate::{
    catalog::{Catalog, derived},
    model::{ColumnKind, FactColumn},
};
use std::sync::Arc;

/// Every fact with what one row of it is.
pub(super) fn tables(catalog: &Catalog) -> (Vec<String>, Vec<Vec<String>>) {
    let header = ["facts.fact", "facts.meaning"].map(|key| terminal::words().word(key)).to_vec();
    let rows = catalog.facts().into_iter().map(|fact| {
        let meaning = meaning(catalog, &fact);
        vec![fact.to_string(), meaning]
    });
    (header, rows.collect())
}

/// What one row of a fact is.
pub(super) fn meaning(catalog: &Catalog, fact: &str) -> String {
    let words = terminal::words();
    match catalog.sheet(fact) {
        Some(sheet) => words.fill("facts.sheet", &[("title", &words.text(&sheet.title))]),
        None => derived::facts().find(|own| *own.name == *fact).map_or_else(String::new, |own| words.text(&own.title)),
    }
}

/// The columns of a fact: name, type, whether they are personal and what leaves the store of them, meaning. `None` where there
/// is no such fact.
pub(super) fn columns(catalog: &Catalog, fact: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let words = terminal::words();
    let header = ["facts.column", "facts.type", "facts.personal", "facts.meaning"].map(|key| words.word(key)).to_vec();
    let mut rows = Vec::new();
    for column in catalog.fact_columns(fact)? {
        rows.push(row(catalog, fact, &column));
        if column.kind == ColumnKind::Instant {
            let name = format!("{}_date_only", column.name);
            let meaning = words.fill("facts.date_only", &[("column", &column.name)]);
            rows.push(vec![name, kind(ColumnKind::Flag).to_owned(), String::new(), meaning]);
        }
    }
    Some((header, rows))
}

/// One column: name, type, whether it is personal, meaning.
pub(super) fn row(catalog: &Catalog, fact: &str, column: &FactColumn) -> Vec<String> {
    let words = terminal::words();
    let personal = match (column.personal, column.leaving()) {
        (None, _) => "",
        (Some(_), Some(_)) => "facts.masked",
        (Some(_), None) => "facts.withheld",
    };
    let personal = if personal.is_empty() { String::new() } else { words.word(personal) };
    vec![column.name.to_string(), kind(column.kind).to_owned(), personal, of_column(catalog, fact, &column.name)]
}

/// What a column says.
fn of_column(catalog: &Catalog, fact: &str, name: &str) -> String {
    let words = terminal::words();
    let sheet = catalog.sheet(fact);
    let own = sheet.and_then(|sheet| sheet.columns.iter().find(|column| *column.field == *name));
    if let Some(column) = own {
        let (title, note) = (words.text(&column.title), words.text(&column.note));
        return if note.is_empty() { title } else { words.fill("facts.noted", &[("title", &title), ("note", &note)]) };
    }
    let of_fact = |own: &&derived::Declared| **own.sheet.as_ref().unwrap_or(&own.name) == *fact;
    let declared = derived::declared().iter().filter(of_fact).flat_map(|own| &own.columns);
    if let Some(column) = declared.into_iter().find(|column| *column.name == *name) {
        let codes: Vec<String> =
            column.values.iter().map(|(code, word)| format!("{code}={}", words.zh(word))).collect();
        let meaning = words.text(&column.meaning);
        let list = codes.join(", ");
        return if codes.is_empty() {
            meaning
        } else {
            words.fill("facts.noted", &[("title", &meaning), ("note", &list)])
        };
    }
    words.find(&format!("facts.origin_{name}")).unwrap_or_default().to_owned()
}

/// The type of a column in SQL.
fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Int => "int",
        ColumnKind::Number => "float",
        ColumnKind::Amount => "decimal(18,2)",
        ColumnKind::Flag => "boolean",
        ColumnKind::Instant => "timestamp",
        ColumnKind::Date => "date",
    }
}

/// A fact by its name, or the sheet whose title it is.
pub(super) fn find(catalog: &Catalog, wanted: &str) -> Option<Arc<str>> {
    let wanted = wanted.trim().to_lowercase();
    let by_name = catalog.facts().into_iter().find(|fact| **fact == *wanted);
    let titled = || {
        catalog
            .sheets
            .iter()
            .find(|sheet| [&sheet.title.zh, &sheet.title.en].iter().any(|own| own.to_lowercase() == wanted))
    };
    by_name.or_else(|| titled().map(|sheet| sheet.id.clone()))
}
