//! How numbers of an xlsb look and which of its cells are merged, which calamine leaves out, [MS-XLSB] 2.4.

use super::{
    limits,
    number_format::Look,
    ods_looks::{Looks, SheetLooks},
    raw::{Fault, Merge},
    xls_looks::{long, of_rk, short},
    xlsx::{attribute, part_of},
};
use quick_xml::{Reader, events::Event};
use std::collections::BTreeMap;

const ROW: u16 = 0;
const RK: u16 = 2;
const REAL: u16 = 5;
const FORMULA_NUMBER: u16 = 9;
const FORMAT: u16 = 44;
const XF: u16 = 47;
const BUNDLE_SHEET: u16 = 156;
const MERGED: u16 = 176;
const BEGIN_CELL_XFS: u16 = 617;
const END_CELL_XFS: u16 = 618;

/// Reads the parts of a package, in the workbook's order of sheets. One whose records cannot be followed shows its numbers as
/// they are.
///
/// # Errors
/// When a part is damaged or larger than `limit_mb`.
pub(super) fn read(bytes: &[u8], limit_mb: u64) -> Result<Looks, Fault> {
    let part = |name: &str| Ok::<_, Fault>(part_of(bytes, name, limit_mb)?.unwrap_or_default());
    let styles = styles(&part("xl/styles.bin")?);
    let targets = targets(&part("xl/_rels/workbook.bin.rels")?)?;
    let mut looks = Looks::new();
    for id in listed(&part("xl/workbook.bin")?) {
        let sheet = match targets.get(&id) {
            Some(target) => of_sheet(&part(&format!("xl/{target}"))?, &styles),
            None => SheetLooks::default(),
        };
        looks.push(sheet);
    }
    Ok(looks)
}

/// What relations lead to, by their ids.
fn targets(relations: &[u8]) -> Result<BTreeMap<String, String>, Fault> {
    let mut xml = Reader::from_reader(relations);
    let mut targets = BTreeMap::new();
    loop {
        match xml.read_event().map_err(|error| Fault::Damaged(error.to_string()))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Relationship" => {
                targets.extend(attribute(&e, "Id")?.zip(attribute(&e, "Target")?));
            }
            Event::Eof => return Ok(targets),
            _ => {}
        }
    }
}

/// The relations of the sheets; those without one are not in calamine's list either.
fn listed(workbook: &[u8]) -> Vec<String> {
    let sheets = Records { part: workbook, at: 0 }.filter(|(kind, _)| *kind == BUNDLE_SHEET);
    sheets.filter(|(_, data)| long(data, 8) != Some(u32::MAX)).filter_map(|(_, data)| wide(data, 8)).collect()
}

/// How the cells of each style show numbers.
fn styles(part: &[u8]) -> Vec<Look> {
    let mut formats: BTreeMap<u16, Look> = BTreeMap::new();
    let (mut styles, mut of_cells) = (Vec::new(), false);
    for (kind, data) in (Records { part, at: 0 }) {
        match kind {
            FORMAT => formats.extend(short(data, 0).zip(wide(data, 2)).map(|(id, code)| (id, Look::of_code(&code)))),
            BEGIN_CELL_XFS => of_cells = true,
            END_CELL_XFS => break,
            XF if of_cells => {
                let format = short(data, 2).unwrap_or(0);
                let own = formats.get(&format).cloned();
                styles.push(own.unwrap_or_else(|| Look::of_built_in(u32::from(format))));
            }
            _ => {}
        }
    }
    styles
}

fn of_sheet(part: &[u8], styles: &[Look]) -> SheetLooks {
    let mut looks = SheetLooks::default();
    let mut row = 0;
    for (kind, data) in (Records { part, at: 0 }) {
        match kind {
            ROW => row = long(data, 0).unwrap_or(row),
            RK | REAL | FORMULA_NUMBER => {
                let value = match kind {
                    RK => long(data, 8).map(of_rk),
                    _ => data.get(8..16).and_then(|bytes| bytes.try_into().ok()).map(f64::from_le_bytes),
                };
                // The style takes three of the four bytes.
                let style = long(data, 4).and_then(|style| styles.get((style & 0x00FF_FFFF) as usize));
                let text = style.zip(value).and_then(|(look, value)| look.shown(value));
                looks.shown.extend(long(data, 0).zip(text).map(|(col, text)| ((row, col), text.into())));
            }
            MERGED if looks.merged.len() < limits::MERGED => {
                let at = |at: usize| long(data, at).unwrap_or_default();
                let (first_row, last_row) = (at(0).saturating_add(1), at(4).saturating_add(1));
                looks.merged.push(Merge { first_row, last_row, first_col: at(8), last_col: at(12) });
            }
            _ => {}
        }
    }
    looks
}

/// A text of UTF-16 behind its length.
fn wide(data: &[u8], at: usize) -> Option<String> {
    let length = (long(data, at)? as usize).checked_mul(2)?;
    let units = data.get(at + 4..(at + 4).checked_add(length)?)?.chunks_exact(2);
    let units: Vec<u16> = units.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

/// The records of a part, each with its kind: both kind and length in groups of seven bits.
struct Records<'p> {
    part: &'p [u8],
    at: usize,
}

impl Records<'_> {
    fn number(&mut self, bytes: usize) -> Option<u32> {
        let mut number = 0;
        for place in 0..bytes {
            let byte = *self.part.get(self.at)?;
            self.at += 1;
            number |= u32::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

impl<'p> Iterator for Records<'p> {
    type Item = (u16, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16::try_from(self.number(2)?).ok()?;
        let length = self.number(4)? as usize;
        let data = self.part.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some((kind, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let head = if kind < 128 { vec![kind as u8] } else { vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8] };
        [&head[..], &[data.len() as u8], data].concat()
    }

    #[test]
    fn numbers_look_as_their_formats_say() {
        let format = |id: u16, code: &str| {
            let text: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
            record(FORMAT, &[&id.to_le_bytes()[..], &(code.len() as u32).to_le_bytes(), &text].concat())
        };
        let style = |format: u16| record(XF, &[&[0, 0][..], &format.to_le_bytes(), &[0; 12]].concat());
        let part = [
            format(164, "0000"),
            // Of the styles that cells' styles rest upon.
            style(164),
            record(BEGIN_CELL_XFS, &4_u32.to_le_bytes()),
            style(0),
            style(164),
            style(20),
            record(END_CELL_XFS, &[]),
        ]
        .concat();
        let styles = styles(&part);
        assert_eq!(styles.len(), 3);
        let cell = |col: u32, style: u32| [col.to_le_bytes(), style.to_le_bytes()].concat();
        let real = |col, style, value: f64| record(REAL, &[&cell(col, style)[..], &value.to_le_bytes()].concat());
        let sheet = [
            record(ROW, &[0; 17]),
            real(0, 1, 12.0),
            record(ROW, &[&1_u32.to_le_bytes()[..], &[0; 13]].concat()),
            record(RK, &[&cell(2, 1)[..], &((7 << 2) | 2_u32).to_le_bytes()].concat()),
            real(3, 2, 9.5 / 24.0),
            real(4, 0, 5.0),
            record(MERGED, &[1_u32, 3, 0, 0].map(u32::to_le_bytes).concat()),
        ]
        .concat();
        let looks = of_sheet(&sheet, &styles);
        let shown: Vec<(u32, u32, &str)> = looks.shown.iter().map(|((row, col), text)| (*row, *col, &**text)).collect();
        assert_eq!(shown, [(0, 0, "0012"), (1, 2, "0007"), (1, 3, "9:30")]);
        assert_eq!(looks.merged, [Merge { first_row: 2, last_row: 4, first_col: 0, last_col: 0 }]);
        for cut in 0..sheet.len() {
            let _ = of_sheet(&sheet[..cut], &styles);
        }
    }
}
