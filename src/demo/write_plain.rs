//! Rows as a system exports them: the definition's own titles, real dates, numbers as numbers.

use super::{more::Sheet, more::laid_out, sheets::Cell, write_xlsx::workbook};
use crate::catalog::Catalog;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// A workbook of the sheets, each of its rows with the store it is of, where that is to be said.
pub fn bytes(catalog: &Catalog, sheets: &[(Sheet, Vec<String>)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = workbook()?;
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let minute = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (sheet, stores) in sheets {
        let Some((def, columns, rows)) = laid_out(catalog, sheet) else { continue };
        let page = workbook.add_worksheet();
        page.set_name(&def.title.zh)?;
        let left = u16::from(!stores.is_empty());
        if let Some(store) = catalog.beside.first().filter(|_| left > 0) {
            page.write_string(0, 0, &store.title.zh)?;
        }
        for (col, field) in (left..).zip(&columns) {
            page.write_string(0, col, &def.columns[*field].title.zh)?;
        }
        for (at, row) in (1..).zip(&rows) {
            if let Some(store) = stores.get(at as usize - 1) {
                page.write_string(at, 0, store)?;
            }
            for (col, field) in (left..).zip(&columns) {
                write(page, (at, col), &row.cells[*field], (&day, &minute))?;
            }
        }
    }
    workbook.save_to_buffer()
}

fn write(
    page: &mut Worksheet,
    (row, col): (u32, u16),
    cell: &Cell,
    (day, minute): (&Format, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => page,
        Cell::Text(text) | Cell::Phone(text) | Cell::Literal(text) => page.write_string(row, col, text)?,
        Cell::Fault(text) => page.write_string(row, col, *text)?,
        Cell::Level(level) => page.write_string(row, col, level.word())?,
        Cell::Day(at) => page.write_datetime_with_format(row, col, at, day)?,
        Cell::Minute(at) => page.write_datetime_with_format(row, col, at, minute)?,
        Cell::Whole(number) | Cell::Money(number) => page.write_number(row, col, *number as f64)?,
        Cell::Flag(flag) => page.write_string(row, col, if *flag { "是" } else { "否" })?,
    };
    Ok(())
}
