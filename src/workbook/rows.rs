//! All accepted rows of one sheet, of every store: what headquarters counts over. It holds no customer's data.

use super::{
    WorkbookError,
    book::{Book, put, put_day},
    cover, entry,
    style::{DATE, INSTANT},
};
use crate::{
    catalog::SheetDef,
    model::{FactColumn, Fen, Value},
    report::{Edition, words::Words},
};
use rust_xlsxwriter::{ColNum, Format, RowNum, XlsxError};
use std::path::Path;

/// Data rows of a worksheet below its header; the format ends there.
const MOST_ROWS: RowNum = 1_048_575;

/// A workbook of rows in the making. Its worksheets are written as they come, so that it takes no more memory than a row.
pub struct RowBook<'w> {
    book: Book<'w>,
    title: String,
    note: String,
    widths: Vec<f64>,
    titles: Vec<String>,
    /// The place of the worksheet being written among all of them, and its next row.
    at: usize,
    next: RowNum,
    /// The rows of the worksheets before.
    full: u64,
    day: Format,
    instant: Format,
    amount: Format,
}

impl<'w> RowBook<'w> {
    /// A workbook of a sheet; `columns` are those of its rows. What is on its way lies in `folder`.
    ///
    /// # Errors
    /// When the content breaks a limit of the format.
    pub fn new(
        edition: Edition<'_>,
        words: &'w Words,
        sheet: &SheetDef,
        columns: &[FactColumn],
        folder: &Path,
    ) -> Result<RowBook<'w>, WorkbookError> {
        let title = words.text(&sheet.title);
        let mut book = Book::new(&title, edition.settings, Some(edition.cutoff), words)?;
        book.spool_in(folder)?;
        let of = |column: &FactColumn| sheet.columns.iter().find(|own| own.field == column.name);
        let name = |column: &FactColumn| match &*column.name {
            "store" => words.word("nav.store"),
            "workbook" => words.word("place.workbook"),
            "sheet" => words.word("place.sheet"),
            "row" => words.word("table.row"),
            _ => of(column).map_or_else(|| column.name.to_string(), |own| words.text(&own.title)),
        };
        let format = |pattern: &str| book.style.base.clone().set_num_format(pattern);
        let (day, instant, amount) = (format(DATE), format(INSTANT), format("#,##0.00"));
        let mut rows = RowBook {
            title,
            note: words.text(&sheet.note),
            widths: columns.iter().map(|column| of(column).map_or(14.0, entry::width)).collect(),
            titles: columns.iter().map(name).collect(),
            book,
            at: 0,
            next: 0,
            full: 0,
            day,
            instant,
            amount,
        };
        rows.begin()?;
        Ok(rows)
    }

    /// Begins a worksheet.
    fn begin(&mut self) -> Result<(), XlsxError> {
        let header = self.book.style.header.clone();
        let (at, sheet) = self.book.spooled(&self.title, &self.note)?;
        for (col, (title, width)) in (0..).zip(self.titles.iter().zip(&self.widths)) {
            let col: ColNum = col;
            sheet.set_column_width(col, *width)?;
            put(sheet, 0, col, title, &header)?;
        }
        sheet.set_freeze_panes(1, 1)?.set_repeat_rows(0, 0)?;
        (self.at, self.next) = (at, 1);
        Ok(())
    }

    /// Adds a row: one value for each column.
    ///
    /// # Errors
    /// When the content breaks a limit of the format.
    pub fn add(&mut self, values: &[Value]) -> Result<(), WorkbookError> {
        if self.next > MOST_ROWS {
            self.end()?;
            self.full += u64::from(self.next) - 1;
            self.begin()?;
        }
        let (row, base) = (self.next, self.book.style.base.clone());
        let sheet = self.book.nth(self.at)?;
        for (col, value) in (0..).zip(values) {
            match value {
                Value::Null => {}
                Value::Int(number) => drop(sheet.write_number_with_format(row, col, *number as f64, &base)?),
                Value::Number(number) => drop(sheet.write_number_with_format(row, col, *number, &base)?),
                Value::Amount(Fen(fen)) => {
                    sheet.write_number_with_format(row, col, *fen as f64 / 100.0, &self.amount)?;
                }
                Value::Instant(at) if at.date_only => put_day(sheet, row, col, at.date(), &self.day)?,
                Value::Instant(at) if (1900..=9999).contains(&chrono::Datelike::year(&at.date())) => {
                    sheet.write_datetime_with_format(row, col, at.at, &self.instant)?;
                }
                other => put(sheet, row, col, &other.display(), &base)?,
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Ends the worksheet: its filter spans all its rows.
    fn end(&mut self) -> Result<(), XlsxError> {
        let last = ColNum::try_from(self.titles.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
        self.book.nth(self.at)?.autofilter(0, 0, self.next - 1, last)?;
        Ok(())
    }

    /// The finished file.
    ///
    /// # Errors
    /// When the content breaks a limit of the format.
    pub fn bytes(mut self, words: &Words) -> Result<Vec<u8>, WorkbookError> {
        self.end()?;
        let rows = self.full + u64::from(self.next) - 1;
        let (mut page, contents) = self.book.cover()?;
        let about = words.fill("pack.rows_about", &[("n", &crate::report::figure::tally(rows))]);
        cover::rows(&mut page, contents, &self.title, &about, words)?;
        Ok(self.book.bytes()?)
    }
}
