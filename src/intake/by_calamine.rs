//! xls, xlsb and ods, whose cells calamine reads. It does not say how a number looks beyond whether it is a date, nor which cells
//! of an xls or xlsb are merged: that is read beside it.

use super::{
    book::{Book, SheetHead},
    limits,
    number_format::plain_time,
    ods_looks::{self, Looks, SheetLooks},
    raw::{DAYS_1904, Fault, Interned, Merge, Raw, RowBuf, RowSource, iso_serial, text_or_error},
    xls_looks, xlsb_looks,
    xlsx::{check_package, part_of},
};
use crate::model::Message;
use calamine::{
    Data, DataType, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, XlsOptions,
    Xlsb, XlsbError,
};
use std::{fmt::Display, io::Cursor};

type Bytes<'b> = Cursor<&'b [u8]>;

/// A workbook that calamine opened.
pub(crate) enum CalamineBook<'b> {
    /// BIFF5 and BIFF8, with what its numbers show.
    Xls(Box<Xls<Bytes<'b>>>, Looks),
    /// The binary twin of xlsx, with what its numbers show.
    Xlsb(Box<Xlsb<Bytes<'b>>>, Looks),
    /// OpenDocument, with what its numbers show.
    Ods(Box<Ods<Bytes<'b>>>, Looks),
}

impl<'b> CalamineBook<'b> {
    /// Opens an xls.
    ///
    /// # Errors
    /// When it is damaged or protected with a password.
    pub fn xls(bytes: &'b [u8]) -> Result<CalamineBook<'b>, Fault> {
        let open = |codepage: Option<u16>| {
            let mut options = XlsOptions::default();
            options.force_codepage = codepage;
            Xls::new_with_options(Cursor::new(bytes), options).map_err(|error| match error {
                XlsError::Password => Fault::Encrypted,
                error => damaged(&error),
            })
        };
        unharmed(|| {
            let looks = xls_looks::read(bytes);
            if looks.area > limits::SEEN_CELLS {
                return Err(Fault::TooMuch { what: Message::new("fault.area"), limit: limits::SEEN_CELLS });
            }
            let mut book = open(None)?;
            if looks.by_codepage && is_garbled(&mut book) {
                book = open(Some(GBK))?;
            }
            Ok(CalamineBook::Xls(Box::new(book), looks.sheets))
        })
    }

    /// Opens an xlsb whose parts inflate to `limit_mb` each at most.
    ///
    /// # Errors
    /// When it is damaged, too large or protected with a password.
    pub fn xlsb(bytes: &'b [u8], limit_mb: u64) -> Result<CalamineBook<'b>, Fault> {
        check_package(bytes, limit_mb)?;
        unharmed(|| match Xlsb::new(Cursor::new(bytes)) {
            Ok(book) => Ok(CalamineBook::Xlsb(Box::new(book), xlsb_looks::read(bytes, limit_mb)?)),
            Err(XlsbError::Password) => Err(Fault::Encrypted),
            Err(error) => Err(damaged(&error)),
        })
    }

    /// Opens an ods whose parts inflate to `limit_mb` each at most.
    ///
    /// # Errors
    /// When it is damaged, too large or protected with a password.
    pub fn ods(bytes: &'b [u8], limit_mb: u64) -> Result<CalamineBook<'b>, Fault> {
        check_package(bytes, limit_mb)?;
        unharmed(|| match Ods::new(Cursor::new(bytes)) {
            Ok(book) => {
                let content = part_of(bytes, "content.xml", limit_mb)?.unwrap_or_default();
                Ok(CalamineBook::Ods(Box::new(book), ods_looks::read(&content)?))
            }
            Err(OdsError::Password) => Err(Fault::Encrypted),
            Err(error) => Err(damaged(&error)),
        })
    }

    fn listed(&self) -> &[calamine::Sheet] {
        match self {
            CalamineBook::Xls(book, _) => book.sheets_metadata(),
            CalamineBook::Xlsb(book, _) => book.sheets_metadata(),
            CalamineBook::Ods(book, _) => book.sheets_metadata(),
        }
    }
}

/// What a foreign parser gives; over bytes that contradict each other it may give up with a panic, which costs the workbook
/// a finding and not the reader its life.
fn unharmed<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    read.unwrap_or_else(|_| Err(Fault::Told("W001", Message::new("fault.inconsistent"))))
}

/// The code page of GBK.
const GBK: u16 = 936;

/// Whether texts of a workbook from before Unicode were taken for Latin ones: programs wrote Chinese under whatever code page
/// the machine had.
fn is_garbled(book: &mut Xls<Bytes<'_>>) -> bool {
    let names = book.sheet_names();
    let mut texts = names.clone();
    for name in &names {
        let Ok(range) = book.worksheet_range(name) else { continue };
        texts.extend(range.used_cells().filter_map(|(_, _, data)| data.get_string().map(str::to_owned)).take(1000));
    }
    let count = |of: fn(char) -> bool| texts.iter().flat_map(|text| text.chars()).filter(|c| of(*c)).count();
    let latin = count(|c| ('\u{80}'..'\u{250}').contains(&c));
    latin >= 4 && count(|c| c >= '\u{2E80}') == 0
}

fn damaged(error: &impl Display) -> Fault {
    Fault::Damaged(error.to_string())
}

impl Book for CalamineBook<'_> {
    fn counts_from_1904(&self) -> bool {
        match self {
            CalamineBook::Xls(book, _) => book.has_1904_epoch(),
            CalamineBook::Xlsb(book, _) => book.has_1904_epoch(),
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
        let of_sheet = |looks: &Looks| looks.get(sheet).cloned().unwrap_or_default();
        let ranged = |range: Range<Data>, looks: &Looks| -> Box<dyn RowSource> {
            let looks = of_sheet(looks);
            Box::new(RangeRows { range, at: 0, from_1904, looks, texts: Interned::default() })
        };
        unharmed(|| {
            Ok(match self {
                CalamineBook::Xls(book, looks) => {
                    ranged(book.worksheet_range(&name).map_err(|error| damaged(&error))?, looks)
                }
                CalamineBook::Ods(book, looks) => {
                    ranged(book.worksheet_range(&name).map_err(|error| damaged(&error))?, looks)
                }
                // By the cell: one in the farthest corner would take the memory of all between.
                CalamineBook::Xlsb(book, looks) => Box::new(listed_cells(book, &name, of_sheet(looks))?),
            })
        })
    }
}

/// The rows of a sheet that calamine holds in memory.
struct RangeRows {
    range: Range<Data>,
    at: usize,
    from_1904: bool,
    looks: SheetLooks,
    texts: Interned,
}

impl RowSource for RangeRows {
    fn merged(&self) -> Vec<Merge> {
        self.looks.merged.clone()
    }

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
                show(col, &self.looks, out);
            }
            self.at += 1;
            out.cells.iter().try_for_each(|(col, _)| in_a_sheet(out.row, *col))?;
            if !out.cells.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a cell stands where a sheet has columns; memory is taken for each of them.
fn in_a_sheet(row: u32, col: u32) -> Result<(), Fault> {
    if col < limits::COLUMNS {
        return Ok(());
    }
    let what = Message::new("fault.columns").with("line", u64::from(row));
    Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) })
}

/// Rows that own what they give.
struct OwnedRows {
    rows: std::vec::IntoIter<RowBuf>,
    merged: Vec<Merge>,
}

impl RowSource for OwnedRows {
    fn merged(&self) -> Vec<Merge> {
        self.merged.clone()
    }

    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        let Some(row) = self.rows.next() else { return Ok(false) };
        *out = row;
        Ok(true)
    }
}

fn listed_cells(book: &mut Xlsb<Bytes<'_>>, name: &str, looks: SheetLooks) -> Result<OwnedRows, Fault> {
    let from_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    let (mut rows, mut texts) = (Vec::<RowBuf>::new(), Interned::default());
    while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
        let (row, col) = cell.get_position();
        let row = row.saturating_add(1);
        in_a_sheet(row, col)?;
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
            show(col, &looks, out);
        }
    }
    rows.retain(|row| !row.cells.is_empty());
    Ok(OwnedRows { rows: rows.into_iter(), merged: looks.merged })
}

/// What a cell of a row shows by its format stands over what calamine made of it.
fn show(col: u32, looks: &SheetLooks, out: &mut RowBuf) {
    if let Some(look) = looks.shown.get(&(out.row - 1, col)) {
        out.shown.retain(|(at, _)| *at != col);
        out.shown.push((col, look.clone()));
    }
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
    use encoding_rs::GB18030;
    use std::io::Write;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    /// A workbook of BIFF5 with one sheet, whose texts are GBK under this code page: 编号, 日期 and a row below them.
    fn of_1995(codepage: u16) -> Vec<u8> {
        let gbk = |text: &str| GB18030.encode(text).0.into_owned();
        let label = |row: u16, col: u16, text: &str| {
            let text = gbk(text);
            let head = [row, col, 0, text.len() as u16].map(u16::to_le_bytes).concat();
            record(0x0204, &[head, text].concat())
        };
        let style = |format: u16| record(0x00E0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 12]].concat());
        let bof = |kind: u16| record(0x0809, &[&0x0500_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 4]].concat());
        let head = [bof(5), record(0x0042, &codepage.to_le_bytes()), style(0), style(14)].concat();
        let name = gbk("潜客表");
        let at = (head.len() + 4 + 7 + name.len() + 4) as u32;
        let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, name.len() as u8], &name].concat());
        let number = |col: u16, style: u16, value: f64| {
            record(0x0203, &[&[1, 0][..], &col.to_le_bytes(), &style.to_le_bytes(), &value.to_le_bytes()].concat())
        };
        let sheet = [bof(16), label(0, 0, "编号"), label(0, 1, "日期"), label(1, 0, "欧阳"), number(1, 1, 46_307.0)];
        let end = record(0x000A, &[]);
        let stream = [head, listed, end.clone(), sheet.concat(), end].concat();
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a compound file");
        file.create_stream("/Book").expect("a stream").write_all(&stream).expect("written");
        file.into_inner().into_inner()
    }

    fn cells(bytes: &[u8]) -> Result<Vec<String>, Fault> {
        let mut book = CalamineBook::xls(bytes)?;
        let name = book.sheets()[0].name.clone();
        let mut source = book.rows(0)?;
        let (mut row, mut out) = (RowBuf::default(), vec![name.to_string()]);
        while source.next_row(&mut row)? {
            out.extend(row.cells.iter().map(|(col, raw)| match raw {
                Raw::Text(text) => format!("{},{col} {text}", row.row),
                other => format!("{},{col} {other:?}", row.row),
            }));
        }
        Ok(out)
    }

    #[test]
    fn an_xls_from_before_unicode_is_read_under_a_wrong_code_page_too() {
        let expected = ["潜客表", "1,0 编号", "1,1 日期", "2,0 欧阳", "2,1 Number { value: 46307.0, dated: true }"]
            .map(str::to_owned);
        for codepage in [936, 1252] {
            assert_eq!(cells(&of_1995(codepage)).expect("read"), expected, "{codepage}");
        }
    }

    #[test]
    fn a_damaged_xls_is_no_panic() {
        let whole = of_1995(936);
        for at in (0..whole.len()).step_by(37) {
            let _ = cells(&whole[..at]);
            let mut other = whole.clone();
            other[at] ^= 0x5A;
            let _ = std::hint::black_box(cells(&other));
        }
    }

    #[test]
    fn durations_of_opendocument() {
        assert_eq!(elapsed("PT09H30M00S"), Some(9.5 / 24.0));
        assert_eq!(elapsed("PT32H30M00.5S"), Some((32.5 * 3600.0 + 0.5) / 86_400.0));
        assert_eq!(elapsed("P1D"), None);
        assert_eq!(elapsed("PT9"), None);
    }
}
