//! Where the columns of each sheet stand, so that the place of a row can be made the place of a cell.

use crate::{
    catalog::Catalog,
    model::{Place, WorkbookRead},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Where the columns of one sheet of one workbook stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Header {
    workbook: Arc<str>,
    sheet: Arc<str>,
    kind: Arc<str>,
    columns: Vec<Option<u32>>,
}

impl Header {
    /// The headers of a workbook's sheets.
    pub fn of(read: &WorkbookRead) -> impl Iterator<Item = Header> {
        read.tables.iter().map(|table| Header {
            workbook: read.path.clone(),
            sheet: table.sheet.clone(),
            kind: table.kind.clone(),
            columns: table.columns.clone(),
        })
    }
}

/// Headers by workbook and sheet.
pub(super) struct Headers<'a> {
    catalog: &'a Catalog,
    by_sheet: BTreeMap<(&'a str, &'a str), &'a Header>,
}

impl<'a> Headers<'a> {
    pub fn new(catalog: &'a Catalog, headers: impl IntoIterator<Item = &'a Header>) -> Headers<'a> {
        let by_sheet = headers.into_iter().map(|header| ((&*header.workbook, &*header.sheet), header)).collect();
        Headers { catalog, by_sheet }
    }

    /// Points the place of a row at one cell of it: the cell of the column that `field` names for the row's kind of
    /// sheet, else of the sheet's own time. A sheet that lacks the column leaves the place at its row.
    pub fn point(&self, place: &mut Place, field: &str) {
        let Some(header) = self.by_sheet.get(&(&*place.workbook, &*place.sheet)) else { return };
        let Some(sheet) = self.catalog.sheet(&header.kind) else { return };
        let field = sheet.field(field).or_else(|| sheet.field(sheet.time.as_deref()?));
        if place.row.is_some() {
            place.col = field.and_then(|field| header.columns.get(field).copied().flatten());
        }
    }
}
