//! How cells of an OpenDocument look, which stands beside their values and which calamine leaves out: ids under a number
//! format, times of day and elapsed.

use super::{
    cell::typed,
    limits,
    raw::{Fault, Merge},
    xlsx::{attribute, push_reference},
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{collections::BTreeMap, sync::Arc};

/// A cell that repeats further than this is a filling, not a value.
const REPEATED: u32 = 1024;

/// What is said of one sheet beside its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SheetLooks {
    /// By row and column from 0, what a number shows that is neither a number nor a date.
    pub shown: BTreeMap<(u32, u32), Arc<str>>,
    /// Cells over several rows.
    pub merged: Vec<Merge>,
}

/// Those of each sheet in the workbook's order.
pub(super) type Looks = Vec<SheetLooks>;

/// Reads `content.xml`.
///
/// # Errors
/// When it is no well-formed XML.
pub(super) fn read(content: &[u8]) -> Result<Looks, Fault> {
    let mut xml = Reader::from_reader(content);
    let (mut buf, mut looks) = (Vec::new(), Looks::new());
    let (mut row, mut col, mut rows) = (0_u32, 0_u32, 1_u32);
    let mut cell: Option<Cell> = None;
    let mut depth = 0_usize;
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(|error| Fault::Damaged(error.to_string()))? {
            Event::Start(e) => match e.name().as_ref() {
                // A table in a cell is none of the workbook's.
                "table:table" => {
                    depth += 1;
                    if depth == 1 {
                        looks.push(SheetLooks::default());
                        row = 0;
                    }
                }
                "table:table-row" if depth == 1 => (col, rows) = (0, repeats(&e, "number-rows-repeated")?),
                "table:table-cell" | "table:covered-table-cell" if depth == 1 => cell = Some(Cell::of(&e)?),
                "text:p" => {
                    if let Some(cell) = &mut cell {
                        cell.paragraphs += 1;
                    }
                }
                _ => {}
            },
            Event::Empty(e) => match e.name().as_ref() {
                "table:table-row" if depth == 1 => row = row.saturating_add(repeats(&e, "number-rows-repeated")?),
                "table:table-cell" | "table:covered-table-cell" if depth == 1 => {
                    col = col.saturating_add(repeats(&e, "number-columns-repeated")?);
                }
                _ => {}
            },
            Event::Text(piece) => {
                if let Some(cell) = cell.as_mut().filter(|cell| cell.paragraphs == 1) {
                    cell.text.push_str(&piece.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(cell) = cell.as_mut().filter(|cell| cell.paragraphs == 1) {
                    push_reference(&reference, &mut cell.text)?;
                }
            }
            Event::End(e) => match e.name().as_ref() {
                "table:table" => depth = depth.saturating_sub(1),
                "table:table-row" if depth == 1 => row = row.saturating_add(rows),
                "table:table-cell" | "table:covered-table-cell" if depth == 1 => {
                    let Some(ended) = cell.take() else { continue };
                    let Some(look) = looks.last_mut() else { continue };
                    if ended.down > 1 && look.merged.len() < limits::MERGED {
                        let (first_row, last_row) = (row + 1, row.saturating_add(ended.down));
                        look.merged.push(Merge { first_row, last_row, first_col: col, last_col: col });
                    }
                    if let Some(shown) = ended.shown()
                        && ended.repeated <= REPEATED
                        && rows <= REPEATED
                    {
                        let look = &mut look.shown;
                        for at in row..row.saturating_add(rows) {
                            look.extend(
                                (col..col.saturating_add(ended.repeated)).map(|col| ((at, col), shown.clone())),
                            );
                        }
                    }
                    col = col.saturating_add(ended.repeated);
                }
                _ => {}
            },
            Event::Eof => return Ok(looks),
            _ => {}
        }
    }
}

fn repeats(element: &BytesStart<'_>, name: &str) -> Result<u32, Fault> {
    Ok(attribute(element, name)?.and_then(|count| count.parse().ok()).unwrap_or(1))
}

struct Cell {
    repeated: u32,
    /// Rows that it covers.
    down: u32,
    kind: String,
    value: Option<f64>,
    text: String,
    paragraphs: usize,
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Cell, Fault> {
        Ok(Cell {
            repeated: repeats(element, "number-columns-repeated")?,
            down: repeats(element, "number-rows-spanned")?,
            kind: attribute(element, "value-type")?.unwrap_or_default(),
            value: attribute(element, "value")?.and_then(|value| value.parse().ok()),
            text: String::new(),
            paragraphs: 0,
        })
    }

    /// What it shows, where that is another way of writing its number: with zeros before it or letters around it. Amounts,
    /// shares and rounded numbers are numbers.
    fn shown(&self) -> Option<Arc<str>> {
        let text = self.text.trim();
        match (self.kind.as_str(), self.value) {
            ("time", _) if text.chars().any(|c| c.is_ascii_digit()) => Some(text.into()),
            ("float", Some(value)) if value.fract() == 0.0 && !text.contains(['.', ',', '%', '¥', '￥']) => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let own = typed(value.abs());
                let same = digits.trim_start_matches('0') == own.trim_start_matches('0') && !digits.is_empty();
                (same && text != typed(value)).then(|| text.into())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_as_it_stands_is_told() {
        let content = "<office:spreadsheet><table:table><table:table-row table:number-rows-repeated=\"2\"/>\
            <table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>\
            <table:table-cell office:value-type=\"float\" office:value=\"12\" table:number-rows-spanned=\"3\"><text:p>0012</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"13\"><text:p>QK0013</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"time\" office:time-value=\"PT32H30M00S\"><text:p>32:30</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"1200\"><text:p>1,200.00</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"7\" table:number-columns-repeated=\"2\"><text:p>7</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"0\"><text:p>000</text:p></table:table-cell>\
            </table:table-row></table:table></office:spreadsheet>";
        let looks = read(content.as_bytes()).expect("read");
        let listed: Vec<(u32, u32, &str)> =
            looks[0].shown.iter().map(|((row, col), text)| (*row, *col, &**text)).collect();
        assert_eq!(listed, [(2, 2, "0012"), (2, 3, "QK0013"), (2, 4, "32:30"), (2, 8, "000")]);
        assert_eq!(looks[0].merged, [Merge { first_row: 3, last_row: 5, first_col: 2, last_col: 2 }]);
    }
}
