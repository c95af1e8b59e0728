//! Workbooks of forms that come back filled in: what they carry along says which worksheet is which form and how what is
//! filled in makes rows of sheets. Those rows are typed and judged as all others, at the cells of the form.
//!
//! A form may have been changed in shape: a worksheet is found by its name, else by its title, a table and its columns by
//! their titles, a row by what it shows. What is not found is told.

mod carried;
mod places;
mod row;

pub(super) use carried::{Carried, carried};

use super::{
    book::{Book, SheetHead},
    cell::Surroundings,
    columns::Collector,
    plan::Plan,
    raw::{Fault, Raw, RowBuf, RowSource},
    rows::{Remark, Remarks, is_blank},
};
use crate::{arguments, model::Message};
use carried::FormSheet;
use places::{Kind, Places};
use row::MadeRows;
use std::sync::Arc;

/// Rows of a form that are read.
const ROWS: usize = 50_000;

/// Which worksheets are forms: for each sheet of the workbook the form that it is.
pub(super) fn forms_among(
    book: &mut dyn Book,
    sheets: &[SheetHead],
    carried: &Carried,
) -> Result<Vec<Option<usize>>, Fault> {
    let mut forms: Vec<Option<usize>> = vec![None; sheets.len()];
    for (form, own) in carried.sheets.iter().enumerate() {
        if let Some(at) = sheets.iter().position(|sheet| sheet.worksheet && *sheet.name == *own.name) {
            forms[at] = Some(form);
        }
    }
    // One that was renamed still says its title in its first cell.
    for (at, sheet) in sheets.iter().enumerate() {
        if forms[at].is_some() || !sheet.worksheet || carried.at == at {
            continue;
        }
        let mut row = RowBuf::default();
        let first = match book.rows(at) {
            Ok(mut source) => source.next_row(&mut row)?,
            Err(Fault::NoSheet(_)) => false,
            Err(fault) => return Err(fault),
        };
        if !first {
            continue;
        }
        let says = |title: &str| matches!(row.cells.first(), Some((_, Raw::Text(text))) if text.trim() == title.trim());
        let missing = |form: &usize| !forms.contains(&Some(*form));
        let found = (0..carried.sheets.len()).filter(missing).find(|form| says(&carried.sheets[*form].title));
        forms[at] = found;
    }
    Ok(forms)
}

/// Says which forms are not in the workbook any more, of those that something could come back of.
pub(super) fn missing(carried: &Carried, forms: &[Option<usize>], remarks: &mut Remarks) {
    let gone = carried.sheets.iter().enumerate().filter(|(form, own)| own.is_missed() && !forms.contains(&Some(*form)));
    let names: Vec<Arc<str>> = gone.map(|(_, own)| own.name.as_str().into()).collect();
    if !names.is_empty() {
        remarks.push(Remark::new("H028", &"".into(), arguments! { "sheets" => names }));
    }
}

/// What a form is read with.
#[derive(Clone, Copy)]
pub(super) struct Reading<'p> {
    /// The worksheet's name.
    pub name: &'p Arc<str>,
    /// The sheets that rows are made of.
    pub plan: &'p Plan,
    /// What a cell's meaning may depend on.
    pub around: Surroundings,
    /// Whose the rows are, where the folder does not say: the store's id, or what the row says where that is empty.
    pub of_group: Option<&'p str>,
}

/// Reads a form: the rows that it makes go to `out`.
///
/// # Errors
/// When the sheet's data are damaged, or rows cannot be handed on.
pub(super) fn read(
    source: &mut dyn RowSource,
    form: &FormSheet,
    own: Reading<'_>,
    out: &mut Collector<'_>,
    remarks: &mut Remarks,
) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let mut row = RowBuf::default();
    while source.next_row(&mut row)? {
        if row.cells.iter().any(|(_, raw)| !is_blank(raw)) {
            rows.push(row.clone());
        }
        if rows.len() > ROWS {
            return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: ROWS as u64 });
        }
    }
    let places = Places::of(form, &rows);
    for (table, place) in form.tables.iter().zip(&places.tables).filter(|(table, _)| !table.made.is_empty()) {
        let heading = if table.heading.is_empty() { &form.title } else { &table.heading };
        let Some(place) = place else {
            remarks.push(Remark::new("H027", own.name, arguments! { "table" => heading.as_str() }));
            continue;
        };
        for (title, column) in table.titles.iter().zip(&place.columns) {
            let col = table.titles.iter().position(|known| known == title).unwrap_or_default() as u32;
            if column.is_none() && table.made.iter().any(|made| made.cells.iter().any(|cell| cell.col == col)) {
                let args = arguments! { "column" => title.as_str(), "table" => heading.as_str() };
                remarks.push(Remark::new("H026", own.name, args).at(place.header, None, &"".into()));
            }
        }
        let mut made: Vec<MadeRows<'_>> =
            table.made.iter().filter_map(|made| MadeRows::new(made, table.lists, place, own)).collect();
        let of_table = place.rows(table, form, &rows);
        let single = |kind: &Kind<'_>| matches!(kind, Kind::Known(known) if !known.sums) || matches!(kind, Kind::Added);
        let singles: Vec<&RowBuf> = of_table.iter().filter(|(_, kind)| single(kind)).map(|(row, _)| *row).collect();
        let not_read = |row: &RowBuf, col: Option<u32>| {
            Remark::new("H030", own.name, arguments! { "table" => heading.as_str() }).at(row.row, col, &"".into())
        };
        for (row, kind) in &of_table {
            match kind {
                Kind::Known(known) if known.sums => {
                    if let Some(col) = made.iter().find_map(|made| made.filled_in_sum(row, known, &singles)) {
                        remarks.push(not_read(row, Some(col)));
                    }
                }
                Kind::Known(known) => made.iter_mut().for_each(|made| made.read(row, Some(known), out, remarks)),
                Kind::Listed => made.iter_mut().for_each(|made| made.read(row, None, out, remarks)),
                Kind::Added => {
                    if made.iter().all(|made| made.filled(row, None).is_none()) {
                        remarks.push(not_read(row, None));
                    }
                    made.iter_mut().for_each(|made| made.read(row, None, out, remarks));
                }
                Kind::Other => {}
            }
        }
        for made in made {
            made.finish(place.header, out)?;
        }
    }
    Ok(())
}
