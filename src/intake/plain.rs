//! A csv as plain rows, for the fresh workbook that a clerk gets back in place of one that can be patched.

use super::{
    SourceFile,
    csv::{CsvRows, decode},
    raw::{Raw, RowBuf, RowSource},
    sniff::{Format, sniff},
};

/// The sheet name that findings give the file, and its rows by their row numbers, cells by their columns; `None` when
/// the bytes are no csv or cannot be decoded.
pub fn csv_rows(bytes: &[u8], file: &SourceFile) -> Option<(String, Vec<Vec<String>>)> {
    if !matches!(sniff(bytes), Ok(Format::Csv)) {
        return None;
    }
    let text = decode(bytes).ok()?;
    let mut source = CsvRows::open(&text).ok()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = RowBuf::default();
    while source.next_row(&mut row).ok()? {
        let number = row.row as usize;
        if rows.len() < number {
            rows.resize(number, Vec::new());
        }
        for (col, cell) in &row.cells {
            let cells = &mut rows[number - 1];
            if cells.len() <= *col as usize {
                cells.resize(*col as usize + 1, String::new());
            }
            if let Raw::Text(text) = cell {
                cells[*col as usize] = text.to_string();
            }
        }
    }
    let name = file.shown.rsplit('/').next().unwrap_or(&file.shown);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Some((stem.to_owned(), rows))
}
