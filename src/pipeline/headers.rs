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
        // Of a form several tables stand in one sheet.
        read.tables.iter().filter(|table| !table.of_form).map(|table| Header {
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
        if place.row.is_some()
            && let Some(col) = self.column(place, field)
        {
            place.col = col;
        }
    }

    /// The same for many places, each with its field; neighbours mostly share sheet and field.
    pub fn point_all<'p>(&self, places: impl Iterator<Item = (&'p mut Place, &'p str)>) {
        let mut last: Option<(Place, &str, Option<Option<u32>>)> = None;
        for (place, field) in places.filter(|(place, _)| place.row.is_some()) {
            let known = last
                .as_ref()
                .filter(|(of, name, _)| *name == field && of.workbook == place.workbook && of.sheet == place.sheet);
            let col = match known {
                Some((.., col)) => *col,
                None => self.column(place, field),
            };
            if known.is_none() {
                last = Some((place.clone(), field, col));
            }
            if let Some(col) = col {
                place.col = col;
            }
        }
    }

    /// The column of a place's sheet that a field stands in, if it has it; `None` where the sheet is not known.
    fn column(&self, place: &Place, field: &str) -> Option<Option<u32>> {
        let header = self.by_sheet.get(&(&*place.workbook, &*place.sheet))?;
        let sheet = self.catalog.sheet(&header.kind)?;
        let field = sheet.field(field).or_else(|| sheet.field(sheet.time.as_deref()?));
        Some(field.and_then(|field| header.columns.get(field).copied().flatten()))
    }
}
