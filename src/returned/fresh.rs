//! A new workbook for rows whose file cannot be patched, such as a csv.

use super::{
    RESULT_SHEET, ReturnedError,
    annotate::annotate,
    marks::{MAX_COL, MAX_ROW},
};
use crate::{diagnostic::Finding, messages::FindingWords, project::Store};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

/// What Excel holds in a cell, in UTF-16 units.
const MAX_TEXT: usize = 32_767;

/// An xlsx with the same rows as text, each cell where it was (the first row of a sheet is row 1, the first cell
/// column A), and the marks, comments and sheet 检查结果 of [`annotate`]. `rows` gives for each sheet its name, as the
/// findings' places have it, and its rows. Sheet names that Excel would refuse are changed, also in the list.
///
/// # Errors
/// [`ReturnedError::TooLarge`] when a sheet or a cell does not fit the format: nothing is cut off.
pub fn fresh(
    rows: &[(String, Vec<Vec<String>>)],
    findings: &[&Finding],
    store: &Store,
    words: &FindingWords<'_>,
) -> Result<Vec<u8>, ReturnedError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let text = Format::new().set_num_format("@");
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for (name, rows) in rows {
        let title = sheet_title(name, &names);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&title)?;
        let too_large = || ReturnedError::TooLarge { what: name.clone() };
        if rows.len() > MAX_ROW as usize {
            return Err(too_large());
        }
        for (row, cells) in rows.iter().enumerate() {
            if cells.len() > MAX_COL as usize + 1 {
                return Err(too_large());
            }
            for (col, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                if cell.encode_utf16().count() > MAX_TEXT {
                    return Err(too_large());
                }
                sheet.write_string_with_format(row as u32, col as u16, cell, &text)?;
            }
        }
        for (col, width) in widths(rows).into_iter().enumerate() {
            sheet.set_column_width(col as u16, width)?;
        }
        names.insert(name, title);
    }
    if rows.is_empty() {
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

/// A width for each column, from its first rows.
fn widths(rows: &[Vec<String>]) -> Vec<f64> {
    let columns = rows.iter().take(50).map(Vec::len).max().unwrap_or(0);
    let units = |cell: &String| cell.chars().take(60).map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    let widest = |col: usize| rows.iter().take(50).filter_map(|row| row.get(col)).map(units).fold(0.0, f64::max);
    (0..columns).map(|col| (widest(col) + 2.0).clamp(8.0, 40.0)).collect()
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
