//! How numbers of an xls look, which calamine leaves out: the number formats of its styles and the style of each cell,
//! [MS-XLS] 2.4.

use super::{
    limits,
    number_format::Look,
    ods_looks::{Looks, SheetLooks},
    raw::Merge,
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    sync::Arc,
};

const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const BOUND_SHEET: u16 = 0x0085;
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;
const FORMULA: u16 = 0x0006;
const MERGED: u16 = 0x00E5;
/// Records of a cell whose content is kept: row and column stand first in each.
const CELLS: [u16; 9] = [NUMBER, RK, MUL_RK, FORMULA, 0x0204, 0x0205, 0x0207, 0x00D6, 0x00FD];

/// What the records of a workbook say besides its cells.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// For each sheet in the workbook's order, what a number shows that is neither a number nor a date.
    pub sheets: Looks,
    /// Texts are in a code page: the workbook is older than Unicode.
    pub by_codepage: bool,
    /// Cells, empty ones as well, in the widest range of a sheet: calamine takes memory for each of them.
    pub area: u64,
}

/// Reads the records. A workbook whose records cannot be followed shows its numbers as they are.
pub(super) fn read(bytes: &[u8]) -> Said {
    let Some(stream) = stream(bytes) else { return Said::default() };
    let (sheets, area) = looks(&stream);
    Said { sheets, by_codepage: !is_wide(&stream), area }
}

/// Whether the first record says that the workbook is of BIFF8.
fn is_wide(stream: &[u8]) -> bool {
    short(stream, 0) != Some(BOF) || short(stream, 4) != Some(0x0500)
}

/// The stream that holds the workbook: `Workbook` since BIFF8, `Book` before.
fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
    let mut stream = Vec::new();
    file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut stream).ok()?;
    Some(stream)
}

fn looks(stream: &[u8]) -> (Looks, u64) {
    let mut formats: BTreeMap<u16, Look> = BTreeMap::new();
    let mut styles: Vec<u16> = Vec::new();
    let mut sheets: Vec<usize> = Vec::new();
    let wide = is_wide(stream);
    for (kind, data) in (Records { stream, at: 0 }) {
        match kind {
            FORMAT => formats.extend(short(data, 0).zip(code(data, wide)).map(|(id, code)| (id, Look::of_code(&code)))),
            XF => styles.extend(short(data, 2)),
            BOUND_SHEET => sheets.extend(long(data, 0).map(|at| at as usize)),
            EOF => break,
            _ => {}
        }
    }
    let of_style = |style: u16| {
        let format = styles.get(usize::from(style)).copied().unwrap_or(0);
        formats.get(&format).cloned().unwrap_or_else(|| Look::of_built_in(u32::from(format)))
    };
    let by_style: Vec<Look> = (0..styles.len()).map(|style| of_style(style as u16)).collect();
    let read: Vec<(SheetLooks, u64)> = sheets.into_iter().map(|at| of_sheet(stream, at, &by_style)).collect();
    let area = read.iter().map(|(_, area)| *area).max().unwrap_or(0);
    (read.into_iter().map(|(looks, _)| looks).collect(), area)
}

/// The range of cells seen so far.
#[derive(Default)]
struct Range(Option<[u64; 4]>);

impl Range {
    fn take(&mut self, row: u16, col: u16) {
        let (row, col) = (u64::from(row), u64::from(col));
        let [top, bottom, left, right] = self.0.unwrap_or([row, row, col, col]);
        self.0 = Some([top.min(row), bottom.max(row), left.min(col), right.max(col)]);
    }

    fn area(&self) -> u64 {
        self.0.map_or(0, |[top, bottom, left, right]| (bottom - top + 1) * (right - left + 1))
    }
}

/// What is said of the sheet whose records begin at a place, and the area of its range.
fn of_sheet(stream: &[u8], at: usize, looks: &[Look]) -> (SheetLooks, u64) {
    let (mut shown, mut merged) = (BTreeMap::<(u32, u32), Arc<str>>::new(), Vec::new());
    let (mut depth, mut range) = (0_usize, Range::default());
    let mut add = |row: u16, col: u16, style: Option<u16>, value: Option<f64>| {
        let look = style.and_then(|style| looks.get(usize::from(style)));
        if let Some(text) = look.zip(value).and_then(|(look, value)| look.shown(value)) {
            shown.insert((u32::from(row), u32::from(col)), text.into());
        }
    };
    for (kind, data) in (Records { stream, at }) {
        if let (true, Some(row), Some(col)) = (CELLS.contains(&kind), short(data, 0), short(data, 2)) {
            range.take(row, col);
            if kind == MUL_RK {
                range.take(row, data.len().checked_sub(2).and_then(|last| short(data, last)).unwrap_or(col));
            }
        }
        // Charts in a sheet are streams inside its own.
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth > 1 => {}
            NUMBER | RK | FORMULA => {
                let (Some(row), Some(col)) = (short(data, 0), short(data, 2)) else { continue };
                let value = match kind {
                    RK => long(data, 6).map(of_rk),
                    // A formula whose result is no number says so in its last bytes.
                    FORMULA if short(data, 12) == Some(0xFFFF) => None,
                    _ => data.get(6..14).and_then(|bytes| bytes.try_into().ok()).map(f64::from_le_bytes),
                };
                add(row, col, short(data, 4), value);
            }
            MERGED => {
                let ranges = data.get(2..).unwrap_or_default().chunks_exact(8);
                let part = |range: &[u8], at: usize| short(range, at).map_or(0, u32::from);
                merged.extend(ranges.take(limits::MERGED.saturating_sub(merged.len())).map(|range| Merge {
                    first_row: part(range, 0) + 1,
                    last_row: part(range, 2) + 1,
                    first_col: part(range, 4),
                    last_col: part(range, 6),
                }));
            }
            MUL_RK => {
                let (Some(row), Some(first)) = (short(data, 0), short(data, 2)) else { continue };
                let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
                for (col, cell) in (first..).zip(cells) {
                    add(row, col, short(cell, 0), long(cell, 2).map(of_rk));
                }
            }
            _ => {}
        }
    }
    (SheetLooks { shown, merged }, range.area())
}

/// The records of a stream, each with its kind.
struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (short(self.stream, self.at)?, short(self.stream, self.at + 2)?);
        let start = self.at + 4;
        let data = self.stream.get(start..start + usize::from(length))?;
        self.at = start + data.len();
        Some((kind, data))
    }
}

pub(super) fn short(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at.checked_add(2)?).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes)
}

pub(super) fn long(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at.checked_add(4)?).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
}

/// A number in four bytes: whole or the upper half of a double, perhaps of its hundredth.
pub(super) fn of_rk(rk: u32) -> f64 {
    let number = if rk & 2 != 0 { f64::from((rk as i32) >> 2) } else { f64::from_bits(u64::from(rk & !3) << 32) };
    if rk & 1 != 0 { number / 100.0 } else { number }
}

/// The code of a format: since BIFF8 in characters of one byte or two, before that in those of a code page, of which only
/// ASCII decides how a number looks.
fn code(data: &[u8], wide: bool) -> Option<String> {
    if !wide {
        let text = data.get(3..)?;
        return Some(text.iter().take(usize::from(*data.get(2)?)).map(|byte| char::from(*byte)).collect());
    }
    let (length, two_bytes) = (usize::from(short(data, 2)?), data.get(4)? & 1 != 0);
    let text = data.get(5..)?;
    if two_bytes {
        let units: Vec<u16> =
            text.chunks_exact(2).take(length).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return Some(String::from_utf16_lossy(&units));
    }
    Some(text.iter().take(length).map(|byte| char::from(*byte)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    #[test]
    fn numbers_look_as_their_formats_say() {
        let format = |id: u16, code: &str| {
            let data = [&id.to_le_bytes()[..], &(code.len() as u16).to_le_bytes(), &[0], code.as_bytes()].concat();
            record(FORMAT, &data)
        };
        let style = |format: u16| record(XF, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
        let cell = |col: u16, style: u16, value: f64| {
            record(NUMBER, &[&[1, 0][..], &col.to_le_bytes(), &style.to_le_bytes(), &value.to_le_bytes()].concat())
        };
        let globals = [
            record(BOF, &[0, 6, 5, 0]),
            format(164, "0000"),
            format(165, "\"QK\"0000"),
            style(0),
            style(164),
            style(165),
            style(20),
        ]
        .concat();
        // Its one sheet begins behind the list of sheets and the end of the globals.
        let at = (globals.len() + 4 + 8 + 4) as u32;
        let listed = record(BOUND_SHEET, &[&at.to_le_bytes()[..], &[0, 0, 1, 0]].concat());
        let rk = |number: i32| ((number << 2) as u32 | 2).to_le_bytes();
        let several = [&[2, 0, 0, 0][..], &[1, 0], &rk(7), &[0, 0], &rk(8), &[1, 0]].concat();
        let sheet = [
            record(BOF, &[0, 6, 16, 0]),
            cell(0, 0, 12.0),
            cell(1, 1, 12.0),
            cell(2, 2, 13.0),
            cell(3, 3, 9.5 / 24.0),
            record(MUL_RK, &several),
            record(MERGED, &[1, 0, 1, 0, 3, 0, 0, 0, 0, 0]),
            record(EOF, &[]),
        ]
        .concat();
        let stream = [globals, listed, record(EOF, &[]), sheet].concat();
        let (looks, area) = looks(&stream);
        assert_eq!(area, 8, "four columns, two rows");
        let listed: Vec<(u32, u32, &str)> =
            looks[0].shown.iter().map(|((row, col), text)| (*row, *col, &**text)).collect();
        assert_eq!(listed, [(1, 1, "0012"), (1, 2, "QK0013"), (1, 3, "9:30"), (2, 0, "0007")]);
        assert_eq!(looks[0].merged, [Merge { first_row: 2, last_row: 4, first_col: 0, last_col: 0 }]);
        for cut in 0..stream.len() {
            let _ = super::looks(&stream[..cut]);
        }
        assert!(read(b"no compound file").sheets.is_empty());
    }
}
