//! The rows of a worksheet in the shape that programs write, read from its bytes: several times as quick as by events.
//! Whatever has another shape is left to [`CellRows`], from the row on where it turns up.

use super::{
    cells::{CellHead, CellRows, Kind, MAX_COLUMNS, Made, Shared, reference, row_in_order},
    scan::{Irregular, Scan},
};
use crate::intake::raw::{Fault, Interned, RowBuf, RowSource};
use std::{
    borrow::Cow,
    io::{BufReader, Cursor, Read},
};

/// The rows of a sheet whose part is in memory.
pub(crate) struct RegularRows<'a> {
    bytes: Vec<u8>,
    at: usize,
    shared: Shared<'a>,
    /// The last row given, from 1.
    row: u32,
    ended: bool,
    inline: Interned,
    /// What reads on since an irregular row.
    other: Option<CellRows<'a>>,
}

impl<'a> RegularRows<'a> {
    /// Begins with the rows of a part.
    pub fn new(bytes: Vec<u8>, shared: Shared<'a>) -> RegularRows<'a> {
        let begun = Scan::open(&bytes, "<sheetData", "<row").and_then(|mut scan| {
            let empty = scan.attributes(|_, _| Err(Irregular))?;
            // Counted from the end, whatever mark the part begins with.
            Ok((scan.at, empty))
        });
        let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut rows =
            RegularRows { bytes, at: 0, shared, row: 0, ended: false, inline: Interned::default(), other: None };
        match begun {
            Ok((at, empty)) => (rows.at, rows.ended) = (at + mark, empty),
            Err(Irregular) => rows.go_over(),
        }
        rows
    }

    /// Hands the part to the reader that knows all of XML.
    fn go_over(&mut self) {
        self.other = Some(CellRows::new(in_memory(std::mem::take(&mut self.bytes)), self.shared));
    }

    /// Reads a row; `false` when there is none any more.
    fn regular_row(&mut self, out: &mut RowBuf) -> Result<Result<bool, Fault>, Irregular> {
        let mut scan = Scan::at(&self.bytes, self.at);
        scan.blanks();
        if scan.take("</sheetData>") {
            return Ok(Ok(false));
        }
        if !scan.element("<row") {
            return Err(Irregular);
        }
        let mut number = None;
        let empty = scan.attributes(|name, value| {
            match name {
                b"r" if number.is_none() => number = Some(whole(value).ok_or(Irregular)?),
                b"r" => return Err(Irregular),
                _ if name.ends_with(b":r") => return Err(Irregular),
                _ => {}
            }
            Ok(())
        })?;
        out.row = number.unwrap_or(self.row.saturating_add(1));
        let mut numbered = number.is_some();
        let mut next_col = 0;
        if empty {
            self.at = scan.at;
            return Ok(Ok(true));
        }
        loop {
            scan.blanks();
            if scan.take("</row>") {
                break;
            }
            if !scan.element("<c") {
                return Err(Irregular);
            }
            let mut head = CellHead::new(next_col);
            let empty = scan.attributes(|name, value| {
                match name {
                    b"r" => {
                        if let Some((row, col)) = reference(value) {
                            (head.row, head.col) = (Some(row), col);
                        }
                    }
                    b"s" => head.style = Some(whole(value).ok_or(Irregular)?),
                    b"t" => head.kind = Kind::of(value),
                    _ => {}
                }
                Ok(())
            })?;
            if let Some(row) = head.row.filter(|_| !numbered) {
                out.row = row;
                numbered = true;
            }
            if head.col >= MAX_COLUMNS {
                return Ok(Err(Fault::Damaged(format!("column {} of row {}", head.col + 1, out.row))));
            }
            next_col = head.col + 1;
            if !empty {
                content(&mut scan)?.add(&head, &self.shared, &mut self.inline, out);
            }
        }
        self.at = scan.at;
        Ok(Ok(true))
    }
}

/// A part that was inflated whole.
pub(super) fn in_memory<'a>(bytes: Vec<u8>) -> super::Part<'a> {
    let length = bytes.len() as u64;
    let part: Box<dyn Read + 'a> = Box::new(Cursor::new(bytes));
    BufReader::new(part.take(length))
}

/// Whether the rows of a part stand in another order than their numbers, or twice. Rows without a number count on.
pub(super) fn out_of_order(bytes: &[u8]) -> bool {
    let mut last = 0;
    for at in memchr::memmem::find_iter(bytes, b"row") {
        let begins = at > 0 && matches!(bytes[at - 1], b'<' | b':') && (bytes[at - 1] == b'<' || starts_tag(bytes, at));
        let Some(rest) = bytes.get(at + 3..).filter(|_| begins) else { continue };
        let end = match rest.first() {
            Some(b' ' | b'\n' | b'\r' | b'\t') => memchr::memchr(b'>', rest).unwrap_or(rest.len()),
            Some(b'>' | b'/') => 0,
            _ => continue,
        };
        let row = number_of(&rest[..end]).unwrap_or(last + 1);
        if row <= last {
            return true;
        }
        last = row;
    }
    false
}

/// Whether the colon before `at` ends the prefix of a start tag.
fn starts_tag(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at - 1].iter().rev().take(32);
    before.skip_while(|byte| byte.is_ascii_alphanumeric()).copied().next() == Some(b'<')
}

/// The attribute `r` of a start tag.
fn number_of(tag: &[u8]) -> Option<u32> {
    let at = memchr::memmem::find_iter(tag, b"r=").find(|at| *at > 0 && tag[at - 1].is_ascii_whitespace())?;
    let rest = tag.get(at + 3..)?;
    whole(&rest[..rest.iter().position(|byte| !byte.is_ascii_digit())?])
}

/// Reads what a `<c>` holds, up to its end.
fn content<'b>(scan: &mut Scan<'b>) -> Result<Made<'b>, Irregular> {
    let mut made = Made { value: Cow::Borrowed(""), has_value: false, formula: false };
    loop {
        if scan.take("</c>") {
            return Ok(made);
        }
        if scan.take("<v>") {
            (made.value, made.has_value) = (scan.text("</v>")?, true);
        } else if scan.element("<v") {
            made.has_value = true;
            if !scan.attributes(|_, _| Ok(()))? {
                made.value = scan.text("</v>")?;
            }
        } else if scan.element("<f") {
            made.formula = true;
            if !scan.attributes(|_, _| Ok(()))? {
                scan.text("</f>")?;
            }
        } else if scan.take("<is>") {
            if !scan.element("<t") {
                return Err(Irregular);
            }
            let empty = scan.attributes(|_, _| Ok(()))?;
            (made.value, made.has_value) = (if empty { Cow::Borrowed("") } else { scan.text("</t>")? }, true);
            if !scan.take("</is>") {
                return Err(Irregular);
            }
        } else {
            let before = scan.at;
            scan.blanks();
            if scan.at == before {
                return Err(Irregular);
            }
        }
    }
}

/// A whole number of a few digits.
fn whole(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

impl RowSource for RegularRows<'_> {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        while self.other.is_none() && !self.ended {
            out.clear();
            match self.regular_row(out) {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => {
                    self.ended = true;
                    break;
                }
                Ok(Err(fault)) => return Err(fault),
                Err(Irregular) => {
                    self.go_over();
                    break;
                }
            }
            row_in_order(out.row, self.row)?;
            self.row = out.row;
            if !out.cells.is_empty() {
                return Ok(true);
            }
        }
        let Some(other) = &mut self.other else { return Ok(false) };
        while other.next_row(out)? {
            // It has begun anew; what was given is not given twice.
            if out.row > self.row {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
