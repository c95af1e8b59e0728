//! The blank workbook clerks fill, from the sheet definitions.

use super::{
    WorkbookError,
    book::{Book, Page},
    cover, entry, guide, put,
    style::{DATE, INSTANT},
};
use crate::{
    catalog::{Catalog, SheetDef},
    model::{CellRef, Lang},
    project::Settings,
    report::{table::text_width, words::Words},
};
use rust_xlsxwriter::{DataValidation, DataValidationRule, Note, XlsxError};
use std::path::Path;

/// The last row, from 0, that has dropdowns and limits.
const LAST_ROW: u32 = 2000;

/// Writes the blank workbook: cover, one sheet for each definition, the guide. The data sheets hold a header and nothing
/// else, so that no example is ever counted.
///
/// # Errors
/// When the file cannot be written.
pub fn template(catalog: &Catalog, sheets: &[&SheetDef], lang: Lang, path: &Path) -> Result<(), WorkbookError> {
    put(path, &bytes(catalog, sheets, Words::of(lang))?)
}

fn bytes(catalog: &Catalog, sheets: &[&SheetDef], words: &Words) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(&words.word("entry.template"), &Settings::default(), None, words)?;
    let ranges = guide::Ranges::of(sheets);
    for sheet in sheets {
        let mut page = book.page(&guide::sheet_name(sheet, words), words.text(&sheet.note))?;
        data_sheet(&mut page, sheet, &ranges, words)?;
    }
    let mut page = book.page(&words.word("entry.guide"), words.word("entry.guide_about"))?;
    guide::write(&mut page, sheets, &ranges, words)?;
    let (mut page, _) = book.cover()?;
    cover_sheet(&mut page, catalog, words)?;
    book.bytes()
}

fn data_sheet(page: &mut Page<'_>, sheet: &SheetDef, ranges: &guide::Ranges, words: &Words) -> Result<(), XlsxError> {
    let style = page.style;
    let guide = words.word("entry.guide");
    page.sheet.set_row_height(0, 30)?;
    page.sheet.set_default_note_author("foursight");
    for (col, column) in (0..).zip(&sheet.columns) {
        let title = guide::title(&column.title, words);
        let header = if column.required { &style.required } else { &style.header };
        page.text(0, col, &if column.required { format!("{title}*") } else { title.into_owned() }, header)?;
        let text = entry::message(column, words);
        let lines = text.lines().map(|line| (text_width(line) / 30.0).ceil() as u32).sum::<u32>().max(1);
        let note = Note::new(text).add_author_prefix(false).set_width(230).set_height(24 + 20 * lines);
        page.sheet.insert_note(0, col, &note)?;
        page.sheet.set_column_width(col, entry::width(column))?;
        page.sheet.set_column_format(col, &entry::format(style, column))?;
        let range = ranges.of_column(&guide, sheet, column);
        let validation = entry::validation(column, CellRef { row: 2, col: u32::from(col) }, range.as_deref(), words)?;
        page.sheet.add_data_validation(1, col, LAST_ROW, col, &validation)?;
    }
    // A sheet of thirty columns on one page's width cannot be read.
    let pages = (sheet.columns.iter().map(entry::width).sum::<f64>() / 190.0).ceil().clamp(1.0, 9.0);
    page.sheet.set_print_fit_to_pages(pages as u16, 0);
    page.sheet.set_freeze_panes(1, 1)?;
    page.sheet.set_repeat_rows(0, 0)?.set_repeat_columns(0, 0)?;
    page.sheet.set_screen_gridlines(true).set_print_gridlines(true);
    Ok(())
}

/// The cover: labels and cells to fill, and nothing beside them that could be taken for what is filled in.
fn cover_sheet(page: &mut Page<'_>, catalog: &Catalog, words: &Words) -> Result<(), XlsxError> {
    let style = page.style;
    page.sheet.set_column_width(0, 22)?.set_column_width(1, 26)?.set_print_fit_to_pages(1, 1);
    let text = style.to_fill(style.base.clone().set_num_format("@"));
    let day = style.to_fill(style.base.clone().set_num_format(DATE));
    let instant = style.to_fill(style.base.clone().set_num_format(INSTANT));
    let rows = [
        ("pack.store_code", &text, "entry.store_code"),
        ("pack.week_from", &day, "entry.week_from"),
        ("pack.week_to", &day, "entry.week_to"),
        ("pack.submitted_by", &text, "entry.submitted_by"),
        ("pack.submitted_at", &instant, "entry.submitted_at"),
    ];
    let first_day = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let bold = style.label.clone().set_bold();
    for (row, (key, format, note)) in (0..).zip(rows) {
        let (label, note) = (cover::label(words, key), words.word(note));
        page.sheet.set_row_height(row, 24)?;
        page.text(row, 0, &label, &bold)?;
        page.text(row, 1, "", format)?;
        let kind = DataValidation::new().set_input_title(&label)?.set_input_message(&note)?;
        let kind = if format == &text {
            kind.allow_any_value()
        } else {
            kind.allow_date(DataValidationRule::GreaterThanOrEqualTo(first_day))
                .set_error_title(&label)?
                .set_error_message(words.word("entry.date_like"))?
        };
        page.sheet.add_data_validation(row, 1, row, 1, &kind)?;
        page.text(row + 8, 0, &format!("{label} — {note}"), &style.note)?;
    }
    page.text(5, 0, &cover::label(words, "pack.version"), &style.label)?;
    page.text(5, 1, &cover::version(catalog), &style.fact)?;
    page.text(7, 0, &words.word("entry.how"), &bold)?;
    page.sheet.set_active(true).set_selection(0, 1, 0, 1)?;
    Ok(())
}
