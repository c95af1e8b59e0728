//! How a text is cut into records and fields: its separator, how many fields most records have, and which fields lie across
//! lines that are records themselves.

use super::{limits, raw::Fault};
use crate::model::Message;
use std::collections::BTreeMap;

/// Separators, the likeliest first.
const SEPARATORS: [u8; 4] = *b",\t;|";
/// Lines that are looked at to find the separator.
const FIRST_LINES: usize = 30;

/// What a text is made of.
#[derive(Debug)]
pub(super) struct Shape {
    /// What stands between two fields.
    pub separator: u8,
    /// Where the first record begins: behind a line that names the separator.
    pub start: usize,
    /// How many fields most records have; the smaller number where as many have another.
    pub usual: u32,
    /// How many records have how many fields, and how many there are.
    widths: BTreeMap<u32, u32>,
    records: u32,
}

impl Shape {
    /// Looks through a whole text before it is read.
    ///
    /// # Errors
    /// When a quote that opens a field is never closed, which would make one cell of all that follows, or a record has more
    /// fields than a sheet has columns, which would take memory for each of them.
    pub fn of(text: &str) -> Result<Shape, Fault> {
        let (separator, start) = named(text).unwrap_or_else(|| (separator(text), 0));
        let mut shape = Shape { separator, start, usual: 0, widths: BTreeMap::new(), records: 0 };
        shape.look_through(&text[start..])?;
        let most = shape.widths.values().max();
        shape.usual = shape.widths.iter().find(|(_, count)| Some(*count) == most).map_or(0, |(width, _)| *width);
        Ok(shape)
    }

    /// Lines before the first record.
    pub fn lines_before(&self) -> usize {
        usize::from(self.start > 0)
    }

    fn look_through(&mut self, text: &str) -> Result<(), Fault> {
        let mut bytes = text.bytes().peekable();
        let (mut line, mut opened, mut separators) = (1 + self.lines_before(), None, 0);
        let (mut field_begins, mut blank) = (true, true);
        while let Some(byte) = bytes.next() {
            line += usize::from(byte == b'\n');
            match opened {
                Some(_) if byte == b'"' && bytes.peek() == Some(&b'"') => {
                    bytes.next();
                }
                Some(_) if byte == b'"' => opened = None,
                Some(_) => {}
                None if byte == b'"' && field_begins => (opened, blank) = (Some(line), false),
                None => {
                    let ends = byte == b'\n' || byte == b'\r';
                    field_begins = ends || byte == self.separator;
                    if ends {
                        self.count(separators, blank);
                        (separators, blank) = (0, true);
                    } else {
                        separators += u32::from(byte == self.separator);
                        blank = false;
                    }
                    if separators >= limits::COLUMNS {
                        let what = Message::new("fault.columns").with("line", line);
                        return Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) });
                    }
                }
            }
            if opened.is_some() {
                field_begins = false;
            }
        }
        self.count(separators, blank);
        match opened {
            Some(line) => Err(Fault::Told("W001", Message::new("fault.open_quote").with("line", line))),
            None => Ok(()),
        }
    }

    fn count(&mut self, separators: u32, blank: bool) {
        if !blank {
            *self.widths.entry(separators + 1).or_default() += 1;
            self.records += 1;
        }
    }

    /// The fields of a record. Programs that end some lines with a separator too many do so in many lines: empty fields beyond
    /// the usual ones are counted only where few records have them.
    pub fn fields(&self, record: &csv::StringRecord) -> u32 {
        let (fields, usual) = (u32::try_from(record.len()).unwrap_or(u32::MAX), self.usual);
        let count = self.widths.get(&fields).copied().unwrap_or(0);
        let surplus = record.iter().skip(usual as usize).all(|field| field.trim().is_empty());
        if fields > usual && surplus && count >= 3 && count > self.records / 10 { usual } else { fields }
    }

    /// How many lines lie inside the fields of a record that look like records themselves; 0 for none. A stray quote makes
    /// one field of all lines up to the next quote; what stood in them would be lost without a word.
    pub fn swallowed(&self, record: &csv::StringRecord) -> u32 {
        let usual = self.usual as usize;
        if usual < 3 {
            return 0;
        }
        let separators = |line: &str| line.bytes().filter(|byte| *byte == self.separator).count();
        for (at, field) in record.iter().enumerate().filter(|(_, field)| field.contains(['\n', '\r'])) {
            let lines: Vec<usize> = field.replace("\r\n", "\n").split(['\n', '\r']).map(separators).collect();
            let [first, inner @ .., last] = &lines[..] else { continue };
            let behind = record.len() - 1 - at;
            let (first, last) = (at + first + 1 == usual, last + behind + 1 == usual);
            let inner = inner.iter().any(|line| line + 1 == usual);
            if inner || (first && last && lines.iter().sum::<usize>() > 0) {
                return u32::try_from(lines.len() - 1).unwrap_or(u32::MAX);
            }
        }
        0
    }
}

/// The separator that a first line `sep=;` names, and where the text goes on.
fn named(text: &str) -> Option<(u8, usize)> {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (word, sign) = text[..end].trim_matches('"').split_once('=')?;
    let &[sign] = sign.as_bytes() else { return None };
    if !word.eq_ignore_ascii_case("sep") || sign == b'"' || !sign.is_ascii() {
        return None;
    }
    let rest = &text[end..];
    let line_end = if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) };
    Some((sign, end + line_end))
}

/// The sign that stands as often in most of the first lines, outside quotes; a comma when none does. A tab behind every value
/// is in no header.
fn separator(text: &str) -> u8 {
    let mut lines: Vec<[usize; 4]> = Vec::new();
    let (mut quoted, mut counts, mut blank) = (false, [0_usize; 4], true);
    for byte in text.bytes().take(1 << 16).chain([b'\n']) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if !blank {
                    lines.push(counts);
                }
                (counts, blank) = ([0; 4], true);
                if lines.len() >= FIRST_LINES {
                    break;
                }
            }
            _ if !quoted => {
                blank = false;
                if let Some(at) = SEPARATORS.iter().position(|sign| *sign == byte) {
                    counts[at] += 1;
                }
            }
            _ => blank = false,
        }
    }
    let score = |at: usize| {
        let mut often: BTreeMap<usize, usize> = BTreeMap::new();
        lines
            .iter()
            .map(|counts| counts[at])
            .filter(|count| *count > 0)
            .for_each(|count| *often.entry(count).or_default() += 1);
        often.into_iter().map(|(count, lines)| (lines, count)).max().unwrap_or((0, 0))
    };
    let best = (0..SEPARATORS.len()).max_by_key(|at| (score(*at), std::cmp::Reverse(*at))).unwrap_or(0);
    SEPARATORS[best]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_in_every_line_alike() {
        for (text, sign) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a,b,c\n1\t,2\t,3\t\n4\t,5\t,6\t\n", b','),
            ("a\tb\n\"1,2,3\"\t2\n1,5\t2\n", b'\t'),
            ("a;b;c\n1,5;2,5;3\n", b';'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("标题\n\na\tb\tc\n1\t2\t3\n", b'\t'),
            ("alone\n", b','),
            ("", b','),
        ] {
            assert_eq!(separator(text) as char, sign as char, "{text:?}");
        }
    }

    #[test]
    fn a_first_line_may_name_the_separator() {
        assert_eq!(named("sep=|\r\na|b"), Some((b'|', 7)));
        assert_eq!(named("SEP=\t\na\tb"), Some((b'\t', 6)));
        assert_eq!(named("\"sep=;\"\na;b"), Some((b';', 8)));
        assert_eq!(named("sep=;"), Some((b';', 5)));
        for text in ["sep=", "sep=||\n", "sepa=;\n", "a,b\n", ""] {
            assert_eq!(named(text), None, "{text:?}");
        }
    }

    #[test]
    fn empty_fields_that_many_records_have_are_no_surplus() {
        let fields = |text: &str| {
            let shape = Shape::of(text).expect("a shape");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let records = reader.records().map(|record| shape.fields(&record.expect("a record")));
            records.collect::<Vec<_>>()
        };
        assert_eq!(fields("a,b\n1,2\n3,4,5\n"), [2, 2, 3]);
        assert_eq!(fields("a,b\n1,2\n3,4,\n"), [2, 2, 3], "one that is shifted and ends empty");
        assert_eq!(
            fields("a,b\n1,2\n1,2\n1,2\n3,4,\n3,4,\n3,4,\n"),
            [2, 2, 2, 2, 2, 2, 2],
            "a program's way of ending lines"
        );
    }
}
