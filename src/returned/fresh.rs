//! A new workbook for rows whose file cannot be patched, such as a csv.

use super::{
    RESULT_SHEET, ReturnedError,
    annotate::annotate,
    marks::{MAX_COL, MAX_ROW},
};
use crate::{diagnostic::Finding, messages::FindingWords, model::SeenSheet, project::Store};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

/// What Excel holds in a cell, in UTF-16 units.
const MAX_TEXT: usize = 32_767;

/// An xlsx with the same rows as text, each cell where it was, hidden sheets hidden, and the marks, comments and sheet
/// 检查结果 of [`annotate`]. Sheet names that Excel would refuse are changed, also in the list.
///
/// # Errors
/// [`ReturnedError::TooLarge`] when a sheet or a cell does not fit the format: nothing is cut off.
pub fn fresh(
    sheets: &[SeenSheet],
    findings: &[&Finding],
    store: &Store,
    words: &FindingWords<'_>,
) -> Result<Vec<u8>, ReturnedError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let text = Format::new().set_num_format("@");
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let active = sheets.iter().position(|sheet| !sheet.hidden);
    for (at, SeenSheet { name, hidden, rows }) in sheets.iter().enumerate() {
        let title = sheet_title(name, &names);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&title)?;
        if active == Some(at) {
            sheet.set_active(true);
        }
        sheet.set_hidden(*hidden && active.is_some());
        let too_large = || ReturnedError::TooLarge { what: name.clone() };
        for (row, cells) in rows {
            let row = row.checked_sub(1).filter(|row| *row < MAX_ROW).ok_or_else(too_large)?;
            for (col, cell) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
                let col = u16::try_from(*col).ok().filter(|col| u32::from(*col) <= MAX_COL).ok_or_else(too_large)?;
                if cell.encode_utf16().count() > MAX_TEXT {
                    return Err(too_large());
                }
                sheet.write_string_with_format(row, col, cell, &text)?;
            }
        }
        for (col, width) in widths(rows) {
            sheet.set_column_width(u16::try_from(col).unwrap_or(0), width)?;
        }
        names.insert(name, title);
    }
    if sheets.is_empty() {
        workbook.add_worksheet();
    }
    let plain = workbook.save_to_buffer()?;
    let moved: Vec<Finding> = findings
        .iter()
        .map(|finding| {
            let mut finding = (*finding).clone();
            if let Some(title) = names.get(&*finding.place.sheet) {
                finding.place.sheet = title.as_str().into();
            }
            finding
        })
        .collect();
    annotate(&plain, &moved.iter().collect::<Vec<_>>(), store, words)
}

/// A width for each column that its first rows fill.
fn widths(rows: &[(u32, Vec<(u32, String)>)]) -> BTreeMap<u32, f64> {
    let mut widths: BTreeMap<u32, f64> = BTreeMap::new();
    for (col, cell) in rows.iter().take(50).flat_map(|(_, cells)| cells) {
        let units: f64 = cell.chars().take(60).map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum();
        let width = widths.entry(*col).or_insert(8.0);
        *width = width.max((units + 2.0).min(40.0));
    }
    widths
}

/// A sheet name that Excel takes: no forbidden characters, at most 31 units, none twice, and not that of our sheet.
fn sheet_title(name: &str, taken: &BTreeMap<&str, String>) -> String {
    let forbidden = |c: char| matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control();
    let clean: String = name.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let cut = |text: &str, room: usize| {
        let mut units = 0;
        text.chars()
            .take_while(|c| {
                units += c.len_utf16();
                units <= room
            })
            .collect::<String>()
    };
    let base = cut(clean.trim_matches('\''), 31);
    let base = if base.trim().is_empty() { "Sheet".to_owned() } else { base };
    let is_taken = |title: &str| {
        title.to_lowercase() == RESULT_SHEET || taken.values().any(|known| known.to_lowercase() == title.to_lowercase())
    };
    let mut title = base.clone();
    let mut number = 2u32;
    while is_taken(&title) {
        let ending = format!(" ({number})");
        title = format!("{}{ending}", cut(&base, 31 - ending.len()));
        number += 1;
    }
    title
}
