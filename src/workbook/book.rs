//! A workbook in the making: its sheets' names, its contents page, its paper.

use super::style::{Formats, Style};
use crate::{
    model::{CellRef, Instant},
    project::Settings,
    report::words::Words,
};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{ColNum, DocProperties, Format, RowNum, Workbook, Worksheet, XlsxError};
use std::{borrow::Cow, collections::BTreeSet, path::Path};

/// Characters of a cell at most; the format ends at 32,767 UTF-16 units.
const MOST_CHARACTERS: usize = 16_000;

/// How hard the parts are packed: beyond this, time grows and files hardly shrink.
const COMPRESSION: u8 = 3;

/// One line of the contents.
pub(super) struct Entry {
    /// The sheet's name.
    pub sheet: String,
    /// What it holds.
    pub about: String,
}

/// A workbook in the making.
pub(super) struct Book<'w> {
    workbook: Workbook,
    words: &'w Words,
    /// The formats in use.
    pub style: Style,
    formats: Formats,
    /// The sheets so far, the cover left out.
    pub contents: Vec<Entry>,
    names: BTreeSet<String>,
    tables: u32,
    footer: String,
}

impl<'w> Book<'w> {
    /// A workbook whose first sheet is the cover, empty so far. `title` and the cut-off stand in every footer.
    pub(super) fn new(
        title: &str,
        settings: &Settings,
        cutoff: Option<Instant>,
        words: &'w Words,
    ) -> Result<Book<'w>, XlsxError> {
        let style = Style::new(words);
        let mut workbook = Workbook::new();
        workbook.set_zip_compression_level(COMPRESSION);
        workbook.set_default_format(&style.base, 22, 64)?;
        let made = cutoff.map_or_else(epoch, |cutoff| cutoff.latest().date());
        let made = if (1980..=9999).contains(&made.year()) { made } else { epoch() };
        let (year, month, day) = (made.year() as u16, made.month() as u8, made.day() as u8);
        let properties = DocProperties::new()
            .set_title(title)
            .set_company(&settings.group)
            .set_author("foursight")
            .set_creation_datetime(&rust_xlsxwriter::ExcelDateTime::from_ymd(year, month, day)?);
        workbook.set_properties(&properties);
        let short: String = title.chars().take(60).collect();
        let until = cutoff.map(|cutoff| format!(" · {} {}", words.word("banner.cutoff"), cutoff.display()));
        let pages = words.fill("pack.page_of", &[("page", "&P"), ("pages", "&N")]);
        let footer = format!("&L&9{}{}&C&9{pages}&R&9&A", short.replace('&', "&&"), until.unwrap_or_default());
        let (contents, names, formats) = (Vec::new(), BTreeSet::new(), Formats::default());
        let mut book = Book { workbook, words, style, formats, contents, names, tables: 0, footer };
        let name = book.free_name(&words.word("pack.cover"));
        book.workbook.add_worksheet().set_name(name)?;
        Ok(book)
    }

    /// Adds a sheet. Its name is `name` as the format allows it; `about` is its line in the contents.
    pub(super) fn page(&mut self, name: &str, about: impl Into<String>) -> Result<Page<'_>, XlsxError> {
        let name = self.free_name(name);
        self.contents.push(Entry { sheet: name.clone(), about: about.into() });
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(&name)?;
        Ok(Page::set_up(sheet, (self.words, &self.style), &mut self.formats, &self.footer, &mut self.tables, name))
    }

    /// Where the rows of spooled sheets lie until they are packed.
    pub(super) fn spool_in(&mut self, folder: &Path) -> Result<(), XlsxError> {
        self.workbook.set_tempdir(folder)?;
        Ok(())
    }

    /// Adds a sheet whose rows leave memory as they are written; gives its place too. Cells of a row that is behind are lost.
    pub(super) fn spooled(&mut self, name: &str, about: &str) -> Result<(usize, &mut Worksheet), XlsxError> {
        let name = self.free_name(name);
        self.contents.push(Entry { sheet: name.clone(), about: about.to_owned() });
        let at = self.contents.len();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer(&self.footer);
        Ok((at, sheet))
    }

    /// The sheet at a place, the cover being 0.
    pub(super) fn nth(&mut self, at: usize) -> Result<&mut Worksheet, XlsxError> {
        self.workbook.worksheet_from_index(at)
    }

    /// Adds a hidden sheet; it is in no contents.
    pub(super) fn hidden(&mut self, name: &str) -> Result<Page<'_>, XlsxError> {
        let name = self.free_name(name);
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(&name)?.set_hidden(true);
        Ok(Page::set_up(sheet, (self.words, &self.style), &mut self.formats, &self.footer, &mut self.tables, name))
    }

    /// Adds a sheet that programs do not show; it is in no contents.
    pub(super) fn unseen(&mut self, name: &str) -> Result<&mut Worksheet, XlsxError> {
        let name = self.free_name(name);
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(&name)?.set_very_hidden(true);
        Ok(sheet)
    }

    /// A sheet that was added empty, to be written now.
    pub(super) fn again(&mut self, name: &str) -> Result<Page<'_>, XlsxError> {
        let sheet = self.workbook.worksheet_from_name(name)?;
        let name = sheet.name();
        Ok(Page::set_up(sheet, (self.words, &self.style), &mut self.formats, &self.footer, &mut self.tables, name))
    }

    /// The first sheet, to be written last: it lists the others.
    pub(super) fn cover(&mut self) -> Result<(Page<'_>, &[Entry]), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        let name = sheet.name();
        let page =
            Page::set_up(sheet, (self.words, &self.style), &mut self.formats, &self.footer, &mut self.tables, name);
        Ok((page, &self.contents))
    }

    /// Names a cell for formulas.
    pub(super) fn define(&mut self, name: &str, sheet: &str, row: RowNum, col: ColNum) -> Result<(), XlsxError> {
        let cell = format!("${}${}", CellRef::column_letters(u32::from(col)), row + 1);
        self.workbook.define_name(name, &format!("='{sheet}'!{cell}"))?;
        Ok(())
    }

    /// The finished file.
    pub(super) fn bytes(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }

    /// A sheet name as the format allows it (31 characters, none of `[]:*?/\'`), used once.
    fn free_name(&mut self, wanted: &str) -> String {
        let plain: String =
            wanted.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { '·' } else { c }).collect();
        let plain = if plain.trim().is_empty() { "·".to_owned() } else { plain };
        let mut number = 1;
        loop {
            let tail = if number == 1 { String::new() } else { format!(" {number}") };
            let name = cut_utf16(&plain, 31 - tail.len()) + &tail;
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
            number += 1;
        }
    }
}

/// The creation time of what has no cut-off.
fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
}

/// The first `units` UTF-16 units of a text, at a character's edge.
fn cut_utf16(text: &str, units: usize) -> String {
    let mut left = units;
    text.chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect()
}

/// One sheet in the making. `row` is the next free one.
pub(super) struct Page<'b> {
    /// The sheet.
    pub sheet: &'b mut Worksheet,
    /// The words in use.
    pub words: &'b Words,
    /// The formats in use.
    pub style: &'b Style,
    /// Those of cells of tables.
    pub formats: &'b mut Formats,
    /// The sheet's name.
    pub name: String,
    /// The next free row, from 0.
    pub row: RowNum,
    tables: &'b mut u32,
}

impl<'b> Page<'b> {
    fn set_up(
        sheet: &'b mut Worksheet,
        (words, style): (&'b Words, &'b Style),
        formats: &'b mut Formats,
        footer: &str,
        tables: &'b mut u32,
        name: String,
    ) -> Page<'b> {
        sheet
            .set_paper_size(9)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_screen_gridlines(false)
            .set_footer(footer);
        Page { sheet, words, style, formats, name, row: 0, tables }
    }

    /// The title, and lines under it.
    pub(super) fn head<T: AsRef<str>>(&mut self, title: &str, notes: &[T]) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, 28)?;
        put(self.sheet, self.row, 0, title, &self.style.title)?;
        self.row += 1;
        for note in notes.iter().map(AsRef::as_ref).filter(|note: &&str| !note.is_empty()) {
            put(self.sheet, self.row, 0, note, &self.style.note)?;
            self.row += 1;
        }
        Ok(())
    }

    /// One cell of text.
    pub(super) fn text(&mut self, row: RowNum, col: ColNum, text: &str, format: &Format) -> Result<(), XlsxError> {
        put(self.sheet, row, col, text, format)
    }

    /// A name for a table, used once in the workbook.
    pub(super) fn table_name(&mut self) -> String {
        *self.tables += 1;
        format!("table_{:02}", *self.tables)
    }
}

/// Writes text as text, whatever it looks like; nothing as a blank.
pub(super) fn put(
    sheet: &mut Worksheet,
    row: RowNum,
    col: ColNum,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        sheet.write_blank(row, col, format)?;
        return Ok(());
    }
    let text = if text.len() > MOST_CHARACTERS { Cow::Owned(cut_utf16(text, MOST_CHARACTERS)) } else { text.into() };
    sheet.write_string_with_format(row, col, text.as_ref(), format)?;
    Ok(())
}

/// Writes a day.
pub(super) fn put_day(
    sheet: &mut Worksheet,
    row: RowNum,
    col: ColNum,
    day: NaiveDate,
    format: &Format,
) -> Result<(), XlsxError> {
    // Excel's calendar begins in 1900 and ends in 9999.
    if (1900..=9999).contains(&day.year()) {
        sheet.write_datetime_with_format(row, col, day, format)?;
        Ok(())
    } else {
        put(sheet, row, col, &day.to_string(), format)
    }
}
