//! `definitions/facts/<fact>.toml`: the columns that `facts` fills per store, in a fact of their own or beside those of a
//! sheet. This is the contract between `facts` and the definitions that name the columns.
//!
//! They are ours alone: a group's folder cannot add to them, because what fills them is Rust.

use super::load::EMBEDDED;
use crate::model::{ColumnKind, FactColumn, PersonalClass, Text, fact::ORIGIN};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// What one file declares.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The file's name without ending; of a fact of its own the name in SQL.
    pub name: Arc<str>,
    /// What one row is, or what the columns say of the sheet's row.
    pub title: Text,
    /// The sheet whose rows the columns stand beside; `None` for a fact of its own.
    pub sheet: Option<Arc<str>>,
    /// In the order in which they are filled.
    pub columns: Vec<DeclaredColumn>,
}

/// A declared column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredColumn {
    /// Name in SQL.
    pub name: Arc<str>,
    /// Its type.
    pub kind: ColumnKind,
    /// Personal data it holds.
    pub personal: Option<PersonalClass>,
    /// What a table calls it; empty where the meaning is short enough.
    #[serde(default)]
    pub title: Text,
    /// What it says.
    pub meaning: Text,
    /// The words of the codes that `facts` gives.
    #[serde(default)]
    pub values: BTreeMap<Arc<str>, Arc<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: Text,
    sheet: Option<Arc<str>>,
    column: Vec<DeclaredColumn>,
}

/// Of facts of their own, then of sheets; each by name.
static DECLARED: LazyLock<Vec<Declared>> = LazyLock::new(|| {
    let files = EMBEDDED.get_dir("facts").into_iter().flat_map(|folder| folder.files());
    let mut all: Vec<Declared> = files
        .filter_map(|file| {
            let written: Written = toml::from_str(file.contents_utf8()?).ok()?;
            let name = file.path().file_stem()?.to_str()?.into();
            Some(Declared { name, title: written.title, sheet: written.sheet, columns: written.column })
        })
        .collect();
    all.sort_by(|a, b| (a.sheet.is_some(), &a.name).cmp(&(b.sheet.is_some(), &b.name)));
    all
});

/// Everything declared: facts of their own first.
pub fn declared() -> &'static [Declared] {
    &DECLARED
}

/// Every derived fact.
pub fn facts() -> impl Iterator<Item = &'static Declared> {
    DECLARED.iter().filter(|declared| declared.sheet.is_none())
}

/// What stands beside a sheet's own columns, in order.
pub fn beside(sheet: &str) -> impl Iterator<Item = &'static Declared> {
    let of = |declared: &&Declared| declared.sheet.as_deref() == Some(sheet);
    DECLARED.iter().filter(of)
}

/// The columns that a file declares, in the order in which they are filled.
pub fn own_columns(name: &str) -> &'static [DeclaredColumn] {
    DECLARED.iter().find(|declared| &*declared.name == name).map_or(&[], |declared| &declared.columns)
}

/// What tables call a column of a fact, or one that stands beside a sheet's own: its title, else what it means.
pub fn title(fact: &str, column: &str) -> Option<&'static Text> {
    let of_fact = declared().iter().filter(|own| **own.sheet.as_ref().unwrap_or(&own.name) == *fact);
    let column = of_fact.flat_map(|own| &own.columns).find(|own| &*own.name == column)?;
    Some(if column.title.zh.is_empty() { &column.meaning } else { &column.title })
}

/// The word of a code in a declared column; the code itself where the file has none.
pub fn word(name: &str, column: &str, code: &'static str) -> &'static str {
    let column = own_columns(name).iter().find(|own| &*own.name == column);
    column.and_then(|column| column.values.get(code)).map_or(code, |word| word)
}

fn declare(column: &DeclaredColumn) -> FactColumn {
    FactColumn { name: column.name.clone(), kind: column.kind, personal: column.personal }
}

/// The columns of a derived fact, origin columns first.
pub fn columns(fact: &str) -> Option<Vec<FactColumn>> {
    let fact = facts().find(|declared| &*declared.name == fact)?;
    let origin = ORIGIN.iter().map(|(name, kind)| FactColumn { name: (*name).into(), kind: *kind, personal: None });
    Some(origin.chain(fact.columns.iter().map(declare)).collect())
}

/// The columns added to a sheet's fact.
pub fn sheet_columns(sheet: &str) -> Vec<FactColumn> {
    beside(sheet).flat_map(|declared| declared.columns.iter().map(declare)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_reads_and_names_each_column_once() {
        let files = EMBEDDED.get_dir("facts").unwrap().files().count();
        assert_eq!(DECLARED.len(), files);
        let mut names = BTreeSet::new();
        for declared in declared() {
            assert!(!declared.title.zh.is_empty() && !declared.title.en.is_empty(), "{}", declared.name);
            for column in &declared.columns {
                let meaning = &column.meaning;
                assert!(!meaning.zh.is_empty() && !meaning.en.is_empty(), "{}.{}", declared.name, column.name);
                let fact = declared.sheet.as_ref().unwrap_or(&declared.name);
                assert!(names.insert((fact, &column.name)), "{fact}.{} twice", column.name);
            }
        }
    }
}
