//! The rows of one worksheet, streamed, with absolute coordinates.

use super::{
    Part, damaged, drain, push_reference,
    strings::{decoded, read_rich_text},
};
use crate::intake::{
    limits,
    raw::{Fault, Interned, Raw, RowBuf, RowSource},
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{borrow::Cow, sync::Arc};

/// Rows and columns a worksheet can have.
const MAX_ROWS: u32 = 1 << 20;
pub(super) const MAX_COLUMNS: u32 = limits::COLUMNS;

/// The rows of a sheet.
pub(crate) struct CellRows<'a> {
    xml: Reader<Part<'a>>,
    strings: &'a [Arc<str>],
    dated: &'a [bool],
    /// The last row given, from 1.
    row: u32,
    ended: bool,
    buf: Vec<u8>,
    value: String,
    inline: Interned,
}

/// What a `<c>` says about itself.
pub(super) struct CellHead {
    pub col: u32,
    pub row: Option<u32>,
    pub kind: Kind,
    pub dated: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
}

impl Kind {
    /// What the attribute `t` says.
    pub fn of(word: &[u8]) -> Kind {
        match word {
            b"s" => Kind::Shared,
            b"str" | b"inlineStr" | b"is" | b"d" => Kind::Text,
            b"b" => Kind::Bool,
            b"e" => Kind::Error,
            _ => Kind::Number,
        }
    }
}

/// What stands inside a `<c>`.
pub(super) struct Made<'b> {
    /// Of `<v>` or `<is>`, whichever comes last.
    pub value: Cow<'b, str>,
    pub has_value: bool,
    pub formula: bool,
}

impl Made<'_> {
    /// The cell; `None` when it is empty.
    pub fn raw(&self, head: &CellHead, strings: &[Arc<str>], inline: &mut Interned) -> Option<Raw> {
        let value = &*self.value;
        let unsaved = self.formula && (!self.has_value || (value.is_empty() && head.kind != Kind::Text));
        if unsaved {
            return Some(Raw::NoCache);
        }
        if value.is_empty() {
            return None;
        }
        let mut text =
            || Raw::Text(if value.contains("_x") { inline.text(&decoded(value)) } else { inline.text(value) });
        Some(match head.kind {
            Kind::Shared => match value.trim().parse::<usize>().ok().and_then(|index| strings.get(index)) {
                Some(text) if text.is_empty() => return None,
                Some(text) => Raw::Text(text.clone()),
                None => Raw::Error("#STRING?".into()),
            },
            Kind::Bool => Raw::Bool(matches!(value.trim(), "1" | "true" | "TRUE")),
            Kind::Error => Raw::Error(value.trim().into()),
            Kind::Number => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Raw::Number { value: number, dated: head.dated },
                _ => text(),
            },
            Kind::Text => text(),
        })
    }
}

/// Rows have to ascend.
pub(super) fn row_in_order(row: u32, last: u32) -> Result<(), Fault> {
    if row <= last || row > MAX_ROWS { Err(Fault::Damaged(format!("row {row} after row {last}"))) } else { Ok(()) }
}

impl<'a> CellRows<'a> {
    pub(super) fn new(part: Part<'a>, strings: &'a [Arc<str>], dated: &'a [bool]) -> CellRows<'a> {
        let xml = Reader::from_reader(part);
        let (buf, value) = (Vec::with_capacity(1024), String::new());
        CellRows { xml, strings, dated, row: 0, ended: false, buf, value, inline: Interned::default() }
    }

    /// Reads the cells of a row up to its end. A row that is not `numbered` itself is numbered by its first cell.
    fn read_cells(&mut self, out: &mut RowBuf, mut numbered: bool) -> Result<(), Fault> {
        let mut next_col = 0;
        loop {
            self.buf.clear();
            let (head, empty) = match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::Start(e) if e.local_name().as_ref() == "c" => (head(&e, next_col, self.dated)?, false),
                Event::Empty(e) if e.local_name().as_ref() == "c" => (head(&e, next_col, self.dated)?, true),
                Event::End(e) if e.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => return Err(Fault::Truncated("</row>".to_owned())),
                _ => continue,
            };
            if let Some(row) = head.row.filter(|_| !numbered) {
                out.row = row;
                numbered = true;
            }
            if head.col >= MAX_COLUMNS {
                return Err(Fault::Damaged(format!("column {} of row {}", head.col + 1, out.row)));
            }
            next_col = head.col + 1;
            if !empty && let Some(raw) = self.read_value(&head)? {
                out.cells.push((head.col, raw));
            }
        }
    }

    /// Reads a cell up to its end: `<v>`, `<f>` and `<is>` in any order.
    fn read_value(&mut self, head: &CellHead) -> Result<Option<Raw>, Fault> {
        let (mut formula, mut has_value) = (false, false);
        self.value.clear();
        loop {
            self.buf.clear();
            match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "v" => {
                        has_value = true;
                        self.value.clear();
                        self.read_plain("v")?;
                    }
                    "is" => {
                        has_value = true;
                        self.value.clear();
                        read_rich_text(&mut self.xml, "is", &mut self.value)?;
                    }
                    "f" => {
                        formula = true;
                        self.skip("f")?;
                    }
                    _ => {}
                },
                Event::Empty(e) => match e.local_name().as_ref() {
                    "f" => formula = true,
                    // A text formula whose result is empty; a number's result never is.
                    "v" => has_value = true,
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(Fault::Truncated("</c>".to_owned())),
                _ => {}
            }
        }
        let made = Made { value: Cow::Borrowed(&self.value), has_value, formula };
        Ok(made.raw(head, self.strings, &mut self.inline))
    }

    fn read_plain(&mut self, end: &str) -> Result<(), Fault> {
        loop {
            self.buf.clear();
            match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::Text(piece) => self.value.push_str(&piece.xml10_content()),
                Event::CData(piece) => self.value.push_str(&piece.xml10_content()),
                Event::GeneralRef(reference) => push_reference(&reference, &mut self.value)?,
                Event::End(e) if e.local_name().as_ref() == end => return Ok(()),
                Event::Eof => return Err(Fault::Truncated(format!("</{end}>"))),
                _ => {}
            }
        }
    }

    fn skip(&mut self, end: &str) -> Result<(), Fault> {
        loop {
            self.buf.clear();
            match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::End(e) if e.local_name().as_ref() == end => return Ok(()),
                Event::Eof => return Err(Fault::Truncated(format!("</{end}>"))),
                _ => {}
            }
        }
    }
}

impl RowSource for CellRows<'_> {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        while !self.ended {
            out.cells.clear();
            self.buf.clear();
            let (number, empty) = match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::Start(e) if e.local_name().as_ref() == "row" => (row_number(&e)?, false),
                Event::Empty(e) if e.local_name().as_ref() == "row" => (row_number(&e)?, true),
                Event::End(e) if e.local_name().as_ref() == "sheetData" => {
                    self.ended = true;
                    break;
                }
                Event::Empty(e) if e.local_name().as_ref() == "sheetData" => {
                    self.ended = true;
                    break;
                }
                Event::Eof => return Err(Fault::Truncated("</sheetData>".to_owned())),
                _ => continue,
            };
            out.row = number.unwrap_or(self.row.saturating_add(1));
            if !empty {
                self.read_cells(out, number.is_some())?;
            }
            row_in_order(out.row, self.row)?;
            self.row = out.row;
            if !out.cells.is_empty() {
                return Ok(true);
            }
        }
        drain(&mut self.xml)?;
        Ok(false)
    }
}

/// Reads the attributes of a `<c>`; one without `r` follows the cell before it.
fn head(element: &BytesStart<'_>, next_col: u32, dated: &[bool]) -> Result<CellHead, Fault> {
    let mut head = CellHead { col: next_col, row: None, kind: Kind::Number, dated: false };
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| Fault::Damaged(error.to_string()))?;
        match attribute.key.as_ref() {
            "r" => {
                if let Some((row, col)) = reference(attribute.value.as_bytes()) {
                    (head.row, head.col) = (Some(row), col);
                }
            }
            "s" => {
                let style: usize = attribute.value.parse().unwrap_or(0);
                head.dated = dated.get(style).copied().unwrap_or(false);
            }
            "t" => head.kind = Kind::of(attribute.value.as_bytes()),
            _ => {}
        }
    }
    Ok(head)
}

fn row_number(element: &BytesStart<'_>) -> Result<Option<u32>, Fault> {
    Ok(super::attribute(element, "r")?.and_then(|row| row.parse().ok()))
}

/// `C17` → (17, 2).
pub(super) fn reference(text: &[u8]) -> Option<(u32, u32)> {
    let (mut col, mut row) = (0_u32, 0_u32);
    for byte in text {
        match *byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                col = col.checked_mul(26)?.checked_add(u32::from(byte.to_ascii_uppercase() - b'A') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    (col > 0 && row > 0).then(|| (row, col - 1))
}
