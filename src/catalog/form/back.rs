//! How what is filled into a block comes back: which row of which sheet a row of the block makes, and what stands in it
//! besides what was filled in. `[block.back.target]` names the fields; a text of it may name, in braces, what the form
//! knows or another column of the block.

use super::super::source::{Problem, Source};
use crate::{catalog::Catalog, model::Message};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use toml::Spanned;

/// A row of a sheet that a row of a block makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Back {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The fields that are not filled in by hand.
    pub fields: Vec<BackField>,
    /// Those that the group's table of stores has otherwise.
    pub by_store: Vec<BackField>,
}

/// A field and what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct BackField {
    /// The sheet's field.
    pub field: Arc<str>,
    /// These, one after the other; nothing where all that is named in it is empty.
    pub of: Vec<BackPart>,
}

/// What a column adds to the row that it comes back in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldText {
    /// The sheet's field.
    pub field: Arc<str>,
    /// What stands in it.
    pub text: Arc<str>,
}

/// A part of what stands in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum BackPart {
    /// As it stands.
    Text(Arc<str>),
    /// What the form knows.
    Known(BackKnown),
    /// What a column of the block has in the row.
    Column(usize),
}

/// What a form knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackKnown {
    /// The name of the row: a person, a model, a month, the store.
    Row,
    /// The store's id.
    Store,
    /// The form's period, of a column that stands for several its own: `2026-11`; of a week the month of its Thursday.
    Period,
    /// The day of the cut-off.
    Cutoff,
    /// The month of the cut-off.
    CutoffMonth,
    /// The form's name.
    Form,
    /// The value of the cubes' columns that a table of its own is of.
    Apart,
}

impl BackKnown {
    const ALL: [(&'static str, BackKnown); 7] = [
        ("row", BackKnown::Row),
        ("store", BackKnown::Store),
        ("period", BackKnown::Period),
        ("cutoff", BackKnown::Cutoff),
        ("cutoff_month", BackKnown::CutoffMonth),
        ("form", BackKnown::Form),
        ("apart", BackKnown::Apart),
    ];
}

/// The fields of each sheet as they are written.
pub(super) type BackWritten = BTreeMap<String, Spanned<BTreeMap<String, Spanned<String>>>>;

/// Reads the two tables of a block. `columns` are the ids and titles by which its columns are named, in order.
pub(super) fn read_back(
    (source, catalog): (&Source, &Catalog),
    (written, by_store): (&BackWritten, &BackWritten),
    columns: &[[String; 2]],
) -> Result<Vec<Back>, Problem> {
    let sheets: BTreeSet<&String> = written.keys().chain(by_store.keys()).collect();
    let one = |sheet: &String| {
        let fields = |of: &BackWritten| match of.get(sheet) {
            Some(fields) => {
                let one = |(field, text): (&String, &Spanned<String>)| {
                    read_field(source, catalog, (sheet, field), text, columns)
                };
                fields.get_ref().iter().map(one).collect::<Result<Vec<_>, _>>()
            }
            None => Ok(Vec::new()),
        };
        if catalog.sheet(sheet).is_none() {
            let at = written.get(sheet).or_else(|| by_store.get(sheet)).map_or(0..0, Spanned::span);
            return Err(source.problem(&at, Message::new("definition.no_such_field").with("name", sheet)));
        }
        Ok(Back { sheet: sheet.as_str().into(), fields: fields(written)?, by_store: fields(by_store)? })
    };
    sheets.into_iter().map(one).collect()
}

/// The additions of a column: fields of the sheet that it comes back in, and their texts.
pub(super) fn read_with(
    source: &Source,
    catalog: &Catalog,
    sheet: Option<&str>,
    written: &BTreeMap<String, Spanned<String>>,
) -> Result<Vec<FieldText>, Problem> {
    let one = |(field, text): (&String, &Spanned<String>)| {
        known(source, catalog, (sheet.unwrap_or_default(), field), text)?;
        Ok(FieldText { field: field.as_str().into(), text: text.get_ref().as_str().into() })
    };
    written.iter().map(one).collect()
}

fn known(
    source: &Source,
    catalog: &Catalog,
    (sheet, field): (&str, &str),
    at: &Spanned<String>,
) -> Result<(), Problem> {
    if catalog.sheet(sheet).is_some_and(|sheet| sheet.field(field).is_some()) {
        return Ok(());
    }
    let what = Message::new("definition.no_such_field").with("name", format!("{sheet}.{field}"));
    Err(source.problem(&at.span(), what))
}

fn read_field(
    source: &Source,
    catalog: &Catalog,
    (sheet, field): (&str, &str),
    text: &Spanned<String>,
    columns: &[[String; 2]],
) -> Result<BackField, Problem> {
    known(source, catalog, (sheet, field), text)?;
    let mut of = Vec::new();
    let mut rest = text.get_ref().as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        if !before.is_empty() {
            of.push(BackPart::Text(before.into()));
        }
        of.push(part(name, columns).ok_or_else(|| {
            let names = columns.iter().map(|[id, title]| if id.is_empty() { title } else { id });
            let own = BackKnown::ALL.iter().map(|(name, _)| Arc::from(*name));
            let all: Vec<Arc<str>> = own.chain(names.map(|name| name.as_str().into())).collect();
            source.problem(&text.span(), Message::new("definition.no_name").with("name", name).with("known", all))
        })?);
        rest = after;
    }
    if !rest.is_empty() {
        of.push(BackPart::Text(rest.into()));
    }
    Ok(BackField { field: field.into(), of })
}

fn part(name: &str, columns: &[[String; 2]]) -> Option<BackPart> {
    let own = BackKnown::ALL.iter().find(|(known, _)| *known == name).map(|(_, known)| BackPart::Known(*known));
    own.or_else(|| columns.iter().position(|names| names.iter().any(|own| own == name)).map(BackPart::Column))
}
