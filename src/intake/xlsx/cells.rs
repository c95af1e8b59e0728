//! The rows of one worksheet, streamed, with absolute coordinates.

use super::{
    Part, damaged, drain, push_reference,
    strings::{decoded, read_rich_text},
};
use crate::{
    intake::{
        limits,
        number_format::Look,
        raw::{DAYS_1904, Fault, Interned, Raw, RowBuf, RowSource, iso_serial, text_or_error},
    },
    model::Message,
};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// Rows and columns a worksheet can have.
const MAX_ROWS: u32 = 1 << 20;
pub(super) const MAX_COLUMNS: u32 = limits::COLUMNS;

/// What cells refer to.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    /// The table of shared strings.
    pub strings: &'a [Arc<str>],
    /// For each cell style, how it shows a number.
    pub looks: &'a [Look],
    /// Days count from 1904.
    pub from_1904: bool,
}

/// The rows of a sheet.
pub(crate) struct CellRows<'a> {
    xml: Reader<Part<'a>>,
    shared: Shared<'a>,
    /// The last row given, from 1.
    row: u32,
    /// Rows may come in any order, and twice.
    any_order: bool,
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
    /// Its style; none for one that is no number.
    pub style: Option<u32>,
}

impl CellHead {
    /// A cell of which nothing is said yet.
    pub fn new(col: u32) -> CellHead {
        CellHead { col, row: None, kind: Kind::Number, style: Some(0) }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    /// A day or a time in the words of ISO 8601.
    Iso,
}

impl Kind {
    /// What the attribute `t` says.
    pub fn of(word: &[u8]) -> Kind {
        match word {
            b"s" => Kind::Shared,
            b"str" | b"inlineStr" | b"is" => Kind::Text,
            b"d" => Kind::Iso,
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
    /// Adds the cell to a row, unless it is empty.
    pub fn add(&self, head: &CellHead, shared: &Shared<'_>, inline: &mut Interned, row: &mut RowBuf) {
        if let Some(raw) = self.raw(head, shared, inline, row) {
            row.cells.push((head.col, raw));
        }
    }

    fn raw(&self, head: &CellHead, shared: &Shared<'_>, inline: &mut Interned, row: &mut RowBuf) -> Option<Raw> {
        let value = &*self.value;
        let unsaved = self.formula && (!self.has_value || (value.is_empty() && head.kind != Kind::Text));
        if unsaved {
            return Some(Raw::NoCache);
        }
        if value.is_empty() {
            return None;
        }
        let mut text = |value: &str| {
            text_or_error(if value.contains("_x") { inline.text(&decoded(value)) } else { inline.text(value) })
        };
        Some(match head.kind {
            Kind::Shared => match value.trim().parse::<usize>().ok().and_then(|index| shared.strings.get(index)) {
                Some(text) if text.is_empty() => return None,
                Some(text) => text_or_error(text.clone()),
                None => Raw::Error("#STRING?".into()),
            },
            Kind::Bool => Raw::Bool(matches!(value.trim(), "1" | "true" | "TRUE")),
            Kind::Error => Raw::Error(value.trim().into()),
            Kind::Number => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let look = head.style.and_then(|style| shared.looks.get(style as usize)).unwrap_or(&Look::Number);
                    if let Some(shown) = look.shown(number) {
                        row.shown.push((head.col, inline.text(&shown)));
                    }
                    Raw::Number { value: from_1900(number, look, shared.from_1904), dated: look.is_dated() }
                }
                _ => text(value),
            },
            Kind::Iso => match iso_serial(value.trim()) {
                Some(serial) => {
                    let look = head.style.and_then(|style| shared.looks.get(style as usize));
                    if let Some(shown) = look.and_then(|look| look.shown(serial)) {
                        row.shown.push((head.col, inline.text(&shown)));
                    }
                    Raw::Number { value: serial, dated: true }
                }
                None => text(value),
            },
            Kind::Text => text(value),
        })
    }
}

/// A date's number counted from 1900. Times of day have no day to be counted.
fn from_1900(number: f64, look: &Look, from_1904: bool) -> f64 {
    let counts = from_1904 && (*look == Look::Date || (look.is_dated() && number >= 1.0));
    if counts { number + DAYS_1904 } else { number }
}

/// Rows have to ascend.
pub(super) fn row_in_order(row: u32, last: u32) -> Result<(), Fault> {
    if row > last && row <= MAX_ROWS {
        return Ok(());
    }
    Err(Fault::Told("W001", Message::new("fault.row_order").with("row", u64::from(row)).with("last", u64::from(last))))
}

impl<'a> CellRows<'a> {
    pub(super) fn new(part: Part<'a>, shared: Shared<'a>) -> CellRows<'a> {
        let xml = Reader::from_reader(part);
        let (buf, value) = (Vec::with_capacity(1024), String::new());
        let inline = Interned::default();
        CellRows { xml, shared, row: 0, any_order: false, ended: false, buf, value, inline }
    }

    /// All rows of a sheet that has them in any order, sorted. Of two cells in one place the later one counts, as it does to
    /// the programs that open such a sheet.
    pub(super) fn sorted(part: Part<'a>, shared: Shared<'a>) -> Result<Vec<RowBuf>, Fault> {
        let mut source = CellRows { any_order: true, ..CellRows::new(part, shared) };
        let mut rows: BTreeMap<u32, RowBuf> = BTreeMap::new();
        let mut row = RowBuf::default();
        while source.next_row(&mut row)? {
            if rows.len() as u64 > limits::ROWS {
                return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: limits::ROWS });
            }
            let known = rows.entry(row.row).or_insert_with(|| RowBuf { row: row.row, ..RowBuf::default() });
            for (col, _) in &row.cells {
                known.cells.retain(|(at, _)| at != col);
                known.shown.retain(|(at, _)| at != col);
            }
            known.cells.append(&mut row.cells);
            known.shown.append(&mut row.shown);
            known.cells.sort_by_key(|(col, _)| *col);
        }
        Ok(rows.into_values().collect())
    }

    /// Reads the cells of a row up to its end. A row that is not `numbered` itself is numbered by its first cell.
    fn read_cells(&mut self, out: &mut RowBuf, mut numbered: bool) -> Result<(), Fault> {
        let mut next_col = 0;
        loop {
            self.buf.clear();
            let (head, empty) = match self.xml.read_event_into(&mut self.buf).map_err(damaged)? {
                Event::Start(e) if e.local_name().as_ref() == "c" => (head(&e, next_col)?, false),
                Event::Empty(e) if e.local_name().as_ref() == "c" => (head(&e, next_col)?, true),
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
            if !empty {
                self.read_value(&head, out)?;
            }
        }
    }

    /// Reads a cell up to its end: `<v>`, `<f>` and `<is>` in any order.
    fn read_value(&mut self, head: &CellHead, out: &mut RowBuf) -> Result<(), Fault> {
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
        made.add(head, &self.shared, &mut self.inline, out);
        Ok(())
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
            out.clear();
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
            row_in_order(out.row, if self.any_order { 0 } else { self.row })?;
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
fn head(element: &BytesStart<'_>, next_col: u32) -> Result<CellHead, Fault> {
    let mut head = CellHead::new(next_col);
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| Fault::Damaged(error.to_string()))?;
        match attribute.key.as_ref() {
            "r" => {
                if let Some((row, col)) = reference(attribute.value.as_bytes()) {
                    (head.row, head.col) = (Some(row), col);
                }
            }
            "s" => head.style = attribute.value.parse().ok(),
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
