//! xls, xlsb and ods, whose cells calamine reads. It does not say how a number looks beyond whether it is a date: of xls and ods
//! that is read beside it, in an xlsb an id under the format `0000` is the bare number.

use super::{
    book::{Book, SheetHead},
    limits,
    number_format::plain_time,
    ods_looks::{self, Looks},
    raw::{DAYS_1904, Fault, Interned, Raw, RowBuf, RowSource, iso_serial, text_or_error},
    xls_looks,
    xlsx::{check_package, part_of},
};
use crate::model::Message;
use calamine::{
    Data, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
};
use std::{collections::BTreeMap, fmt::Display, io::Cursor, sync::Arc};

type Bytes<'b> = Cursor<&'b [u8]>;

/// A workbook that calamine opened.
pub(crate) enum CalamineBook<'b> {
    /// BIFF5 and BIFF8, with what its numbers show.
    Xls(Box<Xls<Bytes<'b>>>, Looks),
    /// The binary twin of xlsx.
    Xlsb(Box<Xlsb<Bytes<'b>>>),
    /// OpenDocument, with what its numbers show.
    Ods(Box<Ods<Bytes<'b>>>, Looks),
}

impl<'b> CalamineBook<'b> {
    /// Opens an xls.
    ///
    /// # Errors
    /// When it is damaged or protected with a password.
    pub fn xls(bytes: &'b [u8]) -> Result<CalamineBook<'b>, Fault> {
        match Xls::new(Cursor::new(bytes)) {
            Ok(book) => Ok(CalamineBook::Xls(Box::new(book), xls_looks::read(bytes))),
            Err(XlsError::Password) => Err(Fault::Encrypted),
            Err(error) => Err(damaged(&error)),
        }
    }

    /// Opens an xlsb whose parts inflate to `limit_mb` each at most.
    ///
    /// # Errors
    /// When it is damaged, too large or protected with a password.
    pub fn xlsb(bytes: &'b [u8], limit_mb: u64) -> Result<CalamineBook<'b>, Fault> {
        check_package(bytes, limit_mb)?;
        match Xlsb::new(Cursor::new(bytes)) {
            Ok(book) => Ok(CalamineBook::Xlsb(Box::new(book))),
            Err(XlsbError::Password) => Err(Fault::Encrypted),
            Err(error) => Err(damaged(&error)),
        }
    }

    /// Opens an ods whose parts inflate to `limit_mb` each at most.
    ///
    /// # Errors
    /// When it is damaged, too large or protected with a password.
    pub fn ods(bytes: &'b [u8], limit_mb: u64) -> Result<CalamineBook<'b>, Fault> {
        check_package(bytes, limit_mb)?;
        match Ods::new(Cursor::new(bytes)) {
            Ok(book) => {
                let content = part_of(bytes, "content.xml", limit_mb)?.unwrap_or_default();
                Ok(CalamineBook::Ods(Box::new(book), ods_looks::read(&content)?))
            }
            Err(OdsError::Password) => Err(Fault::Encrypted),
            Err(error) => Err(damaged(&error)),
        }
    }

    fn listed(&self) -> &[calamine::Sheet] {
        match self {
            CalamineBook::Xls(book, _) => book.sheets_metadata(),
            CalamineBook::Xlsb(book) => book.sheets_metadata(),
            CalamineBook::Ods(book, _) => book.sheets_metadata(),
        }
    }
}

fn damaged(error: &impl Display) -> Fault {
    Fault::Damaged(error.to_string())
}

impl Book for CalamineBook<'_> {
    fn counts_from_1904(&self) -> bool {
        match self {
            CalamineBook::Xls(book, _) => book.has_1904_epoch(),
            CalamineBook::Xlsb(book) => book.has_1904_epoch(),
            CalamineBook::Ods(..) => false,
        }
    }

    fn sheets(&self) -> Vec<SheetHead> {
        let head = |sheet: &calamine::Sheet| SheetHead {
            name: sheet.name.as_str().into(),
            hidden: sheet.visible != SheetVisible::Visible,
            worksheet: sheet.typ == SheetType::WorkSheet,
        };
        self.listed().iter().map(head).collect()
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault> {
        let from_1904 = self.counts_from_1904();
        let Some(name) = self.listed().get(sheet).map(|sheet| sheet.name.clone()) else {
            return Err(Fault::NoSheet(Message::new("fault.no_part")));
        };
        let (range, looks) = match self {
            CalamineBook::Xls(book, looks) => (book.worksheet_range(&name).map_err(|error| damaged(&error))?, looks),
            CalamineBook::Ods(book, looks) => (book.worksheet_range(&name).map_err(|error| damaged(&error))?, looks),
            // By the cell: one in the farthest corner would take the memory of all between.
            CalamineBook::Xlsb(book) => return Ok(Box::new(listed_cells(book, &name)?)),
        };
        let looks = looks.get(sheet).cloned().unwrap_or_default();
        Ok(Box::new(RangeRows { range, at: 0, from_1904, looks, texts: Interned::default() }))
    }
}

/// The rows of a sheet that calamine holds in memory.
struct RangeRows {
    range: Range<Data>,
    at: usize,
    from_1904: bool,
    /// What numbers show, by row and column from 0.
    looks: BTreeMap<(u32, u32), Arc<str>>,
    texts: Interned,
}

impl RowSource for RangeRows {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        let Some((first_row, first_col)) = self.range.start() else { return Ok(false) };
        let width = self.range.width();
        while self.at < self.range.height() {
            out.clear();
            out.row = first_row.saturating_add(u32::try_from(self.at).unwrap_or(u32::MAX)).saturating_add(1);
            for col in 0..width {
                let Some(data) = self.range.get((self.at, col)) else { continue };
                let col = first_col.saturating_add(u32::try_from(col).unwrap_or(u32::MAX));
                add(data, col, self.from_1904, &mut self.texts, out);
                if let Some(look) = self.looks.get(&(out.row - 1, col)) {
                    out.shown.retain(|(at, _)| *at != col);
                    out.shown.push((col, look.clone()));
                }
            }
            self.at += 1;
            if out.cells.iter().any(|(col, _)| *col >= limits::COLUMNS) {
                let what = Message::new("fault.columns").with("line", u64::from(out.row));
                return Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) });
            }
            if !out.cells.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Rows that own what they give.
struct OwnedRows(std::vec::IntoIter<RowBuf>);

impl RowSource for OwnedRows {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        let Some(row) = self.0.next() else { return Ok(false) };
        *out = row;
        Ok(true)
    }
}

fn listed_cells(book: &mut Xlsb<Bytes<'_>>, name: &str) -> Result<OwnedRows, Fault> {
    let from_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    let (mut rows, mut texts) = (Vec::<RowBuf>::new(), Interned::default());
    while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
        let (row, col) = cell.get_position();
        let row = row.saturating_add(1);
        match rows.last().map(|last| last.row) {
            Some(last) if last == row => {}
            Some(last) if last > row => {
                let what = Message::new("fault.row_order").with("row", u64::from(row)).with("last", u64::from(last));
                return Err(Fault::Told("W001", what));
            }
            _ if rows.len() as u64 > limits::ROWS => {
                return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: limits::ROWS });
            }
            _ => rows.push(RowBuf { row, ..RowBuf::default() }),
        }
        if let Some(out) = rows.last_mut() {
            add(&Data::from(cell.get_value().clone()), col, from_1904, &mut texts, out);
        }
    }
    rows.retain(|row| !row.cells.is_empty());
    Ok(OwnedRows(rows.into_iter()))
}

/// Adds what calamine says of a cell to a row.
fn add(data: &Data, col: u32, from_1904: bool, texts: &mut Interned, out: &mut RowBuf) {
    let raw = match data {
        Data::Empty => return,
        Data::String(text) if text.is_empty() => return,
        Data::String(text) => text_or_error(texts.text(text)),
        Data::Int(number) => Raw::Number { value: *number as f64, dated: false },
        Data::Float(number) => Raw::Number { value: *number, dated: false },
        Data::Bool(flag) => Raw::Bool(*flag),
        Data::Error(error) => Raw::Error(error.to_string().into()),
        Data::DateTime(at) => dated(at, col, from_1904, texts, out),
        Data::DateTimeIso(text) => match iso_serial(text) {
            Some(value) => Raw::Number { value, dated: true },
            None => Raw::Text(texts.text(text)),
        },
        Data::DurationIso(text) => match elapsed(text) {
            Some(value) => {
                out.shown.extend(plain_time(value, true).map(|shown| (col, texts.text(&shown))));
                Raw::Number { value, dated: true }
            }
            None => Raw::Text(texts.text(text)),
        },
    };
    out.cells.push((col, raw));
}

fn dated(at: &ExcelDateTime, col: u32, from_1904: bool, texts: &mut Interned, out: &mut RowBuf) -> Raw {
    let value = at.as_f64();
    // Whether a format shows the day is not told; a number below one has none.
    let time = at.is_duration() || (0.0..1.0).contains(&value);
    if time {
        out.shown.extend(plain_time(value, at.is_duration()).map(|shown| (col, texts.text(&shown))));
    }
    Raw::Number { value: if from_1904 && value >= 1.0 { value + DAYS_1904 } else { value }, dated: true }
}

/// The days of a duration in ISO 8601, as `PT09H30M00S`.
fn elapsed(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text.trim().strip_prefix("PT")?;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let number: f64 = rest[..end].replace(',', ".").parse().ok()?;
        seconds += match rest.as_bytes()[end] {
            b'H' => number * 3600.0,
            b'M' => number * 60.0,
            b'S' => number,
            _ => return None,
        };
        rest = &rest[end + 1..];
    }
    Some(seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_opendocument() {
        assert_eq!(elapsed("PT09H30M00S"), Some(9.5 / 24.0));
        assert_eq!(elapsed("PT32H30M00.5S"), Some((32.5 * 3600.0 + 0.5) / 86_400.0));
        assert_eq!(elapsed("P1D"), None);
        assert_eq!(elapsed("PT9"), None);
    }
}
