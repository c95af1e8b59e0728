//! The blank workbook clerks fill, from the sheet definitions.

use super::{
    WorkbookError,
    book::{Book, Cell, Page, text_width},
    cover, entry, guide, put,
    style::{DATE, INSTANT},
};
use crate::{
    catalog::{Catalog, SheetDef},
    project::Settings,
};
use rust_xlsxwriter::{DataValidation, DataValidationRule, Note, XlsxError};
use std::path::Path;

/// The last row, from 0, that has dropdowns and limits.
const LAST_ROW: u32 = 2000;

/// Writes the blank workbook: cover, one sheet for each definition, 填写说明. The data sheets hold a header and nothing
/// else, so that no example is ever counted.
///
/// # Errors
/// When the file cannot be written.
pub fn template(catalog: &Catalog, sheets: &[&SheetDef], path: &Path) -> Result<(), WorkbookError> {
    put(path, bytes(catalog, sheets))
}

fn bytes(catalog: &Catalog, sheets: &[&SheetDef]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new("客户关系周报模板", cover::SHEET, &Settings::default(), None)?;
    let ranges = guide::Ranges::of(sheets);
    for sheet in sheets {
        let mut page = book.page(&sheet.title.zh, sheet.note.zh.as_str())?;
        data_sheet(&mut page, sheet, &ranges)?;
    }
    let mut page = book.page(guide::SHEET, "每一列的含义、类型、允许值和示例")?;
    guide::write(&mut page, sheets, &ranges)?;
    let (mut page, _) = book.cover()?;
    cover_sheet(&mut page, catalog)?;
    book.bytes()
}

fn data_sheet(page: &mut Page<'_>, sheet: &SheetDef, ranges: &guide::Ranges) -> Result<(), XlsxError> {
    let style = page.style;
    page.sheet.set_row_height(0, 30)?;
    page.sheet.set_default_note_author("foursight");
    for (col, column) in (0..).zip(&sheet.columns) {
        let title = if column.required { format!("{}*", column.title.zh) } else { column.title.zh.clone() };
        let header = if column.required { &style.required } else { &style.header };
        page.text(0, col, &title, header)?;
        let text = entry::message(column);
        let lines = text.lines().map(|line| (text_width(line) / 30.0).ceil() as u32).sum::<u32>().max(1);
        let note = Note::new(text).add_author_prefix(false).set_width(230).set_height(24 + 20 * lines);
        page.sheet.insert_note(0, col, &note)?;
        page.sheet.set_column_width(col, entry::width(column))?;
        page.sheet.set_column_format(col, &entry::format(style, column))?;
        let range = ranges.of_column(sheet, column);
        page.sheet.add_data_validation(1, col, LAST_ROW, col, &entry::validation(column, range.as_deref())?)?;
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
fn cover_sheet(page: &mut Page<'_>, catalog: &Catalog) -> Result<(), XlsxError> {
    let style = page.style;
    page.sheet.set_column_width(0, 16)?.set_column_width(1, 26)?.set_print_fit_to_pages(1, 1);
    let text = style.to_fill(style.base.clone().set_num_format("@"));
    let day = style.to_fill(style.base.clone().set_num_format(DATE));
    let instant = style.to_fill(style.base.clone().set_num_format(INSTANT));
    let rows = [
        ("店代码", &text, "本店在 input 文件夹里的目录名。"),
        ("周起", &day, "所属周的周一，如 2026-11-16。"),
        ("周止", &day, "所属周的周日，如 2026-11-22；几次提交以它排先后。"),
        ("提交人", &text, "填表人姓名。"),
        ("提交时间", &instant, "写到分钟，如 2026-11-23 09:30；按它考核是否按时。"),
    ];
    let first_day = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    for (row, (label, format, note)) in (0..).zip(rows) {
        page.sheet.set_row_height(row, 24)?;
        page.text(row, 0, label, &style.label.clone().set_bold())?;
        page.cell(row, 1, &Cell::Blank, format)?;
        let kind = DataValidation::new().set_input_title(label)?.set_input_message(note)?;
        let kind = if format == &text {
            kind.allow_any_value()
        } else {
            kind.allow_date(DataValidationRule::GreaterThanOrEqualTo(first_day))
                .set_error_title(label)?
                .set_error_message("应为日期，如 2026-11-16。")?
        };
        page.sheet.add_data_validation(row, 1, row, 1, &kind)?;
        page.text(row + 8, 0, &format!("{label} — {note}"), &style.note)?;
    }
    page.text(5, 0, "模板版本", &style.label)?;
    page.text(5, 1, &cover::version(catalog), &style.fact)?;
    page.text(7, 0, "怎么填", &style.label.clone().set_bold())?;
    page.sheet.set_active(true).set_selection(0, 1, 0, 1)?;
    Ok(())
}
