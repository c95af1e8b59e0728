//! `definitions/beside.toml`: columns that any sheet may bear beside its own. They say something of a row as such: whose
//! it is, and that somebody looked at it. They are in no fact and in no template.

use super::{
    ColumnDef,
    sheet::{ColumnWritten, read_columns},
    source::{Problem, Source},
};
use crate::model::Message;
use serde::Deserialize;
use toml::Spanned;

/// The column that names the row's store, as its place among those beside a sheet's own.
pub const STORE: usize = 0;
/// The column that says that a row was looked at: its warnings are notices then.
pub const VERIFIED: usize = 1;

/// Their fields, in the order of the numbers above.
const FIELDS: [&str; 2] = ["store_code", "verified"];

/// The field of the column that names the row's store.
pub const STORE_FIELD: &str = FIELDS[STORE];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideWritten {
    column: Vec<Spanned<ColumnWritten>>,
}

pub(super) fn read_beside(source: &Source) -> Result<Vec<ColumnDef>, Problem> {
    let written: BesideWritten = source.read()?;
    let columns = read_columns(source, &written.column, Vec::new())?;
    let found: Vec<&str> = columns.iter().map(|column| &*column.field).collect();
    if found != FIELDS || columns.iter().any(|column| column.required) {
        let known = FIELDS.map(std::sync::Arc::from).to_vec();
        return Err(Problem { line: 1, what: Message::new("definition.beside").with("fields", known).into() });
    }
    Ok(columns)
}
