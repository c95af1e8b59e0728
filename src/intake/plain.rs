//! A workbook as a clerk sees it, for the fresh one that she gets back in place of one that cannot be patched.

use super::{
    SourceFile,
    book::SheetHead,
    cell::{read_day, typed},
    limits,
    raw::{Fault, Raw, RowBuf},
    sniff::{Format, sniff},
    workbook::{ours, with_book},
};
use crate::model::{IgnoredSheet, Message, SeenSheet};

/// Whether a file is a package of the kind that can be patched. Looks at the names of its parts alone.
pub fn can_be_patched(bytes: &[u8]) -> bool {
    matches!(sniff(bytes), Ok(Format::Xlsx))
}

/// Whether a file that can be patched is called so that programs open it as what it is.
pub fn opens_by_its_name(file: &SourceFile) -> bool {
    let ending = file.shown.rsplit_once('.').map_or("", |(_, ending)| ending);
    Format::Xlsx.has_ending(&ending.to_lowercase())
}

/// The sheets of a workbook with what their cells show. Runs in a worker. `shown` is its path below the input folder.
///
/// # Errors
/// When it cannot be read, or holds more than a workbook that is made anew takes.
pub(super) fn seen_sheets(bytes: &[u8], shown: &str, limit_mb: u64) -> Result<Vec<SeenSheet>, Fault> {
    let file = shown.rsplit('/').next().unwrap_or(shown);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    with_book(sniff(bytes)?, bytes, stem, limit_mb, |book| {
        let mut sheets = Vec::new();
        let mut room = Room { cells: limits::SEEN_CELLS, bytes: limits::TEXT_BYTES };
        // The list of an earlier return is made anew.
        let hers = |head: &SheetHead| head.worksheet && ours(&head.name) != Some(IgnoredSheet::RESULTS);
        for (at, head) in book.sheets().into_iter().enumerate().filter(|(_, head)| hers(head)) {
            let mut source = match book.rows(at) {
                Ok(source) => source,
                Err(Fault::NoSheet(_)) => continue,
                Err(fault) => return Err(fault),
            };
            let mut seen = SeenSheet { name: head.name.to_string(), hidden: head.hidden, rows: Vec::new() };
            let mut row = RowBuf::default();
            while source.next_row(&mut row)? {
                let cells: Vec<(u32, String)> =
                    row.cells.iter().map(|(col, raw)| (*col, look(&row, *col, raw))).collect();
                room.take(&cells)?;
                seen.rows.push((row.row, cells));
            }
            sheets.push(seen);
        }
        Ok(sheets)
    })
}

/// How much more is taken.
struct Room {
    cells: u64,
    bytes: u64,
}

impl Room {
    fn take(&mut self, cells: &[(u32, String)]) -> Result<(), Fault> {
        let bytes: usize = cells.iter().map(|(_, text)| text.len()).sum();
        let left = self.cells.checked_sub(cells.len() as u64).zip(self.bytes.checked_sub(bytes as u64));
        let what = || Message::new("fault.text_bytes");
        (self.cells, self.bytes) = left.ok_or_else(|| Fault::TooMuch { what: what(), limit: limits::TEXT_BYTES })?;
        Ok(())
    }
}

/// What a cell shows.
fn look(row: &RowBuf, col: u32, raw: &Raw) -> String {
    if let Some((_, shown)) = row.shown.iter().find(|(at, _)| *at == col) {
        return shown.to_string();
    }
    match raw {
        Raw::Text(text) | Raw::Error(text) => text.to_string(),
        Raw::Number { value, dated: true } => read_day(raw, false).map_or_else(|| typed(*value), |at| at.display()),
        Raw::Number { value, dated: false } => typed(*value),
        Raw::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Raw::NoCache => String::new(),
    }
}
