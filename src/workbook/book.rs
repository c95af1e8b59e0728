//! A workbook in the making: its sheets' names, its contents page, and tables with everything a table needs.

use super::style::Style;
use crate::{
    model::{CellRef, Instant},
    project::Settings,
};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ColNum, DocProperties, Format, FormatAlign, Formula, RowNum, Table, TableColumn, TableStyle, Url, Workbook,
    Worksheet, XlsxError,
};
use std::{borrow::Cow, collections::BTreeSet};

/// Data rows a sheet holds at most; the format ends at 1,048,576.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// Characters of a cell at most; the format ends at 32,767 UTF-16 units.
const MOST_CHARACTERS: usize = 16_000;

/// What a formula gives where there is no value. The writer takes an empty cached result for 0.
pub(super) const NO_VALUE: &str = "–";

/// One line of the contents.
pub(super) struct Entry {
    /// The sheet's name.
    pub sheet: String,
    /// What it holds.
    pub about: String,
}

/// A workbook in the making.
pub(super) struct Book {
    workbook: Workbook,
    /// The formats in use.
    pub style: Style,
    /// The sheets so far, the cover left out.
    pub contents: Vec<Entry>,
    names: BTreeSet<String>,
    tables: u32,
    footer: String,
}

impl Book {
    /// A workbook whose first sheet is `cover`, empty so far. `title` and the cut-off stand in every footer.
    pub(super) fn new(
        title: &str,
        cover: &str,
        settings: &Settings,
        cutoff: Option<Instant>,
    ) -> Result<Book, XlsxError> {
        let style = Style::new();
        let mut workbook = Workbook::new();
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
        let until = cutoff.map(|cutoff| format!(" · 截止 {}", cutoff.display())).unwrap_or_default();
        let footer = format!("&L&9{}{until}&C&9第 &P / &N 页&R&9&A", short.replace('&', "&&"));
        let mut book = Book { workbook, style, contents: Vec::new(), names: BTreeSet::new(), tables: 0, footer };
        let name = book.free_name(cover);
        book.workbook.add_worksheet().set_name(name)?;
        Ok(book)
    }

    /// Adds a sheet. Its name is `name` as the format allows it; `about` is its line in the contents.
    pub(super) fn page(&mut self, name: &str, about: impl Into<String>) -> Result<Page<'_>, XlsxError> {
        let name = self.free_name(name);
        self.contents.push(Entry { sheet: name.clone(), about: about.into() });
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(&name)?;
        Ok(Page::set_up(sheet, &self.style, &self.footer, &mut self.tables, name))
    }

    /// The first sheet, to be written last: it lists the others.
    pub(super) fn cover(&mut self) -> Result<(Page<'_>, &[Entry]), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        let name = sheet.name();
        Ok((Page::set_up(sheet, &self.style, &self.footer, &mut self.tables, name), &self.contents))
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
        let plain = if plain.trim().is_empty() { "表".to_owned() } else { plain };
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

/// Width of a text in columns of a Latin digit: a Chinese character takes two.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum()
}

/// One sheet in the making. `row` is the next free one.
pub(super) struct Page<'b> {
    /// The sheet.
    pub sheet: &'b mut Worksheet,
    /// The formats in use.
    pub style: &'b Style,
    /// The sheet's name.
    pub name: String,
    /// The next free row, from 0.
    pub row: RowNum,
    tables: &'b mut u32,
}

impl<'b> Page<'b> {
    fn set_up(sheet: &'b mut Worksheet, style: &'b Style, footer: &str, tables: &'b mut u32, name: String) -> Page<'b> {
        sheet
            .set_paper_size(9)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
            .set_screen_gridlines(false)
            .set_footer(footer);
        Page { sheet, style, name, row: 0, tables }
    }

    /// The title, and lines under it.
    pub(super) fn head(&mut self, title: &str, notes: &[&str]) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, 28)?;
        put(self.sheet, self.row, 0, title, &self.style.title)?;
        self.row += 1;
        for note in notes.iter().filter(|note| !note.is_empty()) {
            put(self.sheet, self.row, 0, note, &self.style.note)?;
            self.row += 1;
        }
        Ok(())
    }

    /// One cell of text.
    pub(super) fn text(&mut self, row: RowNum, col: ColNum, text: &str, format: &Format) -> Result<(), XlsxError> {
        put(self.sheet, row, col, text, format)
    }

    /// One cell of any kind.
    pub(super) fn cell(&mut self, row: RowNum, col: ColNum, cell: &Cell<'_>, format: &Format) -> Result<(), XlsxError> {
        write(self.sheet, row, col, cell, format)
    }

    /// Begins a table at the next free row: its header, repeated on every printed page and frozen with the first
    /// `frozen` columns.
    pub(super) fn table(&mut self, columns: Vec<Column>, frozen: ColNum) -> Result<TableWriter<'_, 'b>, XlsxError> {
        let header = self.row;
        let lines = columns.iter().map(|column| column.header_lines()).fold(1.0, f64::max);
        self.sheet.set_row_height(header, 8.0 + 15.0 * lines)?;
        for (col, column) in (0..).zip(&columns) {
            self.sheet.set_column_width(col, column.width)?;
        }
        self.sheet.set_freeze_panes(header + 1, frozen)?;
        self.sheet.set_repeat_rows(header, header)?;
        self.row += 1;
        Ok(TableWriter { page: self, columns, header })
    }
}

fn put(sheet: &mut Worksheet, row: RowNum, col: ColNum, text: &str, format: &Format) -> Result<(), XlsxError> {
    let text = if text.len() > MOST_CHARACTERS { Cow::Owned(cut_utf16(text, MOST_CHARACTERS)) } else { text.into() };
    sheet.write_string_with_format(row, col, text.as_ref(), format)?;
    Ok(())
}

/// A column of a table: title, width in Latin digits, the format of its cells.
pub(super) struct Column {
    title: String,
    width: f64,
    format: Format,
    header: Option<Format>,
    figures: bool,
}

impl Column {
    /// A column.
    pub(super) fn new(title: impl Into<String>, width: f64, format: &Format) -> Column {
        Column { title: title.into(), width, format: format.clone(), header: None, figures: false }
    }

    /// A column of KPI values, whose cells bring their own formats.
    pub(super) fn figures(title: impl Into<String>, width: f64, format: &Format) -> Column {
        Column { figures: true, ..Column::new(title, width, format) }
    }

    /// The same with another header format.
    pub(super) fn headed(mut self, header: &Format) -> Column {
        self.header = Some(header.clone());
        self
    }

    /// The format of its header: in the middle over figures, dates and marks, at the left over text.
    fn header_format(&self, style: &Style) -> Format {
        let own = self.header.as_ref().unwrap_or(&style.header);
        let is_text = [&style.text, &style.wrap, &style.muted, &style.link].contains(&&self.format);
        if self.figures || (self.header.is_none() && !is_text) {
            own.clone().set_align(FormatAlign::Center)
        } else {
            own.clone()
        }
    }

    /// Lines its title takes; the filter's button takes some width too.
    fn header_lines(&self) -> f64 {
        (text_width(&self.title) / (self.width - 3.0).max(2.0)).ceil().clamp(1.0, 4.0)
    }
}

/// What a cell of a table holds.
pub(super) enum Cell<'a> {
    /// Nothing; the column's format shows.
    Blank,
    /// Text, written as text whatever it looks like.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A formula with the result a reader would recompute; `None` is [`NO_VALUE`], which the formula then gives.
    Formula(String, Option<f64>),
    /// A link to another sheet.
    Link(String),
    /// Another cell in another format than the column's.
    Styled(Box<Cell<'a>>, Format),
}

impl<'a> Cell<'a> {
    /// Text.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
        Cell::Text(text.into())
    }

    /// Lines the cell takes when its text wraps at `width`.
    fn lines(&self, width: f64) -> f64 {
        match self {
            Cell::Text(text) => {
                text.lines().map(|line| (text_width(line) * 0.94 / (width - 0.5)).ceil().max(1.0)).sum()
            }
            Cell::Styled(cell, _) => cell.lines(width),
            _ => 1.0,
        }
    }

    /// The same in another format than the column's.
    pub(super) fn styled(self, format: Format) -> Cell<'a> {
        Cell::Styled(Box::new(self), format)
    }

    /// A number, or nothing.
    pub(super) fn number_or_blank(number: Option<f64>) -> Cell<'a> {
        number.map_or(Cell::Blank, Cell::Number)
    }
}

/// A table in the making.
pub(super) struct TableWriter<'p, 'b> {
    page: &'p mut Page<'b>,
    columns: Vec<Column>,
    header: RowNum,
}

impl TableWriter<'_, '_> {
    /// The row that [`TableWriter::push`] writes next, as formulas name it.
    pub(super) fn excel_row(&self) -> u32 {
        self.page.row + 1
    }

    /// The formats in use.
    pub(super) fn style(&self) -> &Style {
        self.page.style
    }

    /// The sheet, for what is not a cell.
    pub(super) fn sheet(&mut self) -> &mut Worksheet {
        self.page.sheet
    }

    /// Appends a row.
    pub(super) fn push(&mut self, cells: Vec<Cell<'_>>) -> Result<(), XlsxError> {
        let row = self.page.row;
        let mut lines = 1.0_f64;
        for ((col, column), cell) in (0..).zip(&self.columns).zip(&cells) {
            write(self.page.sheet, row, col, cell, &column.format)?;
            if column.format == self.page.style.wrap {
                lines = lines.max(cell.lines(column.width));
            }
        }
        // Wrapped text makes no row higher by itself in every program that opens the file.
        if lines > 1.0 {
            self.page.sheet.set_row_height(row, (4.0 + 14.5 * lines).min(400.0))?;
        }
        self.page.row += 1;
        Ok(())
    }

    /// Ends the table: the first and last data row, from 0. An empty one gets a line that says so.
    pub(super) fn finish(self, when_empty: &str) -> Result<Option<(RowNum, RowNum)>, XlsxError> {
        let page = self.page;
        let last_col = ColNum::try_from(self.columns.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
        let mut titles = BTreeSet::new();
        let mut headers = Vec::new();
        for column in &self.columns {
            let mut title = column.title.replace(['\n', '\r'], " ");
            while !titles.insert(title.to_lowercase()) {
                title.push('·');
            }
            headers.push(TableColumn::new().set_header(title).set_header_format(column.header_format(page.style)));
        }
        if page.row == self.header + 1 {
            for (col, column) in (0..).zip(&self.columns) {
                put(page.sheet, self.header, col, &column.title, &column.header_format(page.style))?;
            }
            put(page.sheet, page.row, 0, when_empty, &page.style.note)?;
            page.row += 1;
            return Ok(None);
        }
        *page.tables += 1;
        let table = Table::new()
            .set_name(format!("table_{:02}", *page.tables))
            .set_style(TableStyle::Light1)
            .set_columns(&headers);
        page.sheet.add_table(self.header, 0, page.row - 1, last_col, &table)?;
        Ok(Some((self.header + 1, page.row - 1)))
    }
}

fn write(sheet: &mut Worksheet, row: RowNum, col: ColNum, cell: &Cell<'_>, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => {
            sheet.write_blank(row, col, format)?;
        }
        Cell::Text(text) if text.is_empty() => {
            sheet.write_blank(row, col, format)?;
        }
        Cell::Text(text) => put(sheet, row, col, text, format)?,
        Cell::Number(number) => {
            sheet.write_number_with_format(row, col, *number, format)?;
        }
        // Excel's calendar begins in 1900 and ends in 9999.
        Cell::Date(day) if (1900..=9999).contains(&day.year()) => {
            sheet.write_datetime_with_format(row, col, *day, format)?;
        }
        Cell::Date(day) => put(sheet, row, col, &day.to_string(), format)?,
        Cell::Formula(formula, result) => {
            let result = result.map_or_else(|| NO_VALUE.to_owned(), |number| number.to_string());
            sheet.write_formula_with_format(row, col, Formula::new(formula).set_result(result), format)?;
        }
        Cell::Link(target) => {
            let url = Url::new(format!("internal:'{target}'!A1")).set_text(target);
            sheet.write_url_with_format(row, col, url, format)?;
        }
        Cell::Styled(cell, format) => write(sheet, row, col, cell, format)?,
    }
    Ok(())
}
