//! csv: UTF-8, GB18030 or UTF-16, with commas, tabs or semicolons.

use super::{
    limits,
    raw::{Fault, Interned, Raw, RowBuf, RowSource},
};
use crate::model::Message;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The rows of a csv file. A row is a record, as in the sheet that Excel makes of the file; line ends inside quotes
/// begin no row.
pub(crate) struct CsvRows<'t> {
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    text: &'t str,
    /// Where the last record began, how many lines began up to there, and how many of them inside quotes of a record.
    start: usize,
    lines: usize,
    inner_lines: usize,
    texts: Interned,
}

impl<'t> CsvRows<'t> {
    /// Opens a file's text, see [`decode`].
    ///
    /// # Errors
    /// When a quote is never closed, or a record has more cells than a sheet has columns: nothing is read then.
    pub fn open(text: &'t str) -> Result<CsvRows<'t>, Fault> {
        let delimiter = delimiter(text);
        look_through(text, delimiter)?;
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(text.as_bytes());
        let record = csv::StringRecord::new();
        Ok(CsvRows { reader, record, text, start: 0, lines: 1, inner_lines: 0, texts: Interned::default() })
    }

    /// The row of the record just read, counted from 1. Blank lines, which the reader passes over, are rows.
    fn row(&mut self) -> u32 {
        let from = self.record.position().map_or(0, |at| at.byte() as usize).min(self.text.len());
        let rest = self.text.as_bytes()[from..].iter();
        let start = from + rest.take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.lines += line_ends(&self.text.as_bytes()[self.start.min(start)..start]);
        self.start = start;
        let row = self.lines - self.inner_lines.min(self.lines);
        self.inner_lines += self.record.iter().map(|field| line_ends(field.as_bytes())).sum::<usize>();
        u32::try_from(row).unwrap_or(u32::MAX)
    }
}

impl RowSource for CsvRows<'_> {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        loop {
            out.cells.clear();
            if !self.reader.read_record(&mut self.record).map_err(|error| Fault::Damaged(error.to_string()))? {
                return Ok(false);
            }
            out.row = self.row();
            for (col, field) in self.record.iter().enumerate() {
                let text = as_text(field);
                if text.trim().is_empty() {
                    continue;
                }
                let text = self.texts.text(text);
                out.cells.push((col as u32, Raw::Text(text)));
            }
            if !out.cells.is_empty() {
                return Ok(true);
            }
        }
    }

    fn separated(&self) -> bool {
        true
    }
}

/// Looks through a file before it is read: a quote that opens a field and is never closed would make one cell of all that
/// follows, and a record of millions of empty cells would take memory for each of them.
fn look_through(text: &str, delimiter: u8) -> Result<(), Fault> {
    let mut bytes = text.bytes().peekable();
    let (mut line, mut opened, mut cells) = (1, None, 0);
    let mut field_begins = true;
    while let Some(byte) = bytes.next() {
        line += usize::from(byte == b'\n');
        match opened {
            Some(_) if byte == b'"' && bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            Some(_) if byte == b'"' => opened = None,
            Some(_) => {}
            None if byte == b'"' && field_begins => opened = Some(line),
            None => {
                let ends = byte == b'\n' || byte == b'\r';
                field_begins = ends || byte == delimiter;
                cells = if ends { 0 } else { cells + u32::from(byte == delimiter) };
                if cells >= limits::COLUMNS {
                    let what = Message::new("fault.columns").with("line", line);
                    return Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) });
                }
            }
        }
        if opened.is_some() {
            field_begins = false;
        }
    }
    match opened {
        Some(line) => Err(Fault::Told("W001", Message::new("fault.open_quote").with("line", line))),
        None => Ok(()),
    }
}

/// Line ends of all three kinds.
fn line_ends(bytes: &[u8]) -> usize {
    let lone = |(i, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|at| lone(*at)).count()
}

/// `="0012"` is how a csv says that 0012 is a text.
fn as_text(field: &str) -> &str {
    field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(field)
}

/// Decodes the file's bytes without ever putting a replacement for what cannot be read.
///
/// # Errors
/// When a byte belongs to no character of the file's encoding: nothing is read then.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let bytes = &bytes[mark..];
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return strict(encoding, bytes);
        }
        return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| bad_utf8(bytes, error));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) if is_utf8_so_far(bytes, error) => Err(bad_utf8(bytes, error)),
        Err(_) => strict(GB18030, bytes),
    }
}

/// Whether a file that fails as UTF-8 is UTF-8 all the same, damaged or cut off: so much Chinese text before the
/// failure is never valid UTF-8 by chance.
fn is_utf8_so_far(bytes: &[u8], error: std::str::Utf8Error) -> bool {
    let valid = &bytes[..error.valid_up_to()];
    let chinese = valid.iter().filter(|byte| **byte >= 0xE0).count();
    chinese >= 4
}

fn bad_utf8(bytes: &[u8], error: std::str::Utf8Error) -> Fault {
    let what = bad_byte(bytes, error.valid_up_to());
    Fault::Told(if error.error_len().is_none() { "W003" } else { "W001" }, what)
}

fn bad_byte(bytes: &[u8], at: usize) -> Message {
    let line = bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count() + 1;
    Message::new("fault.bad_byte").with("line", line)
}

fn strict<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Cow<'b, str>, Fault> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let what = bad_byte(bytes, read);
    match result {
        // Everything was consumed when the last character turned out to be half of one.
        encoding_rs::DecoderResult::Malformed(..) if read == bytes.len() => Err(Fault::Told("W003", what)),
        _ => Err(Fault::Told("W001", what)),
    }
}

/// The sign that stands most often outside quotes in the first lines; a comma when none does.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in text.bytes().take(1 << 16) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if !quoted => counts.iter_mut().filter(|(sign, _)| *sign == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
        if lines > 20 {
            break;
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    counts.iter().find(|(_, n)| *n == most).map_or(b',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<String>, Fault> {
        let text = decode(bytes)?;
        let mut source = CsvRows::open(&text)?;
        let (mut row, mut out) = (RowBuf::default(), Vec::new());
        while source.next_row(&mut row)? {
            let cells: Vec<String> = row
                .cells
                .iter()
                .map(|(col, raw)| match raw {
                    Raw::Text(text) => format!("{col}={text}"),
                    other => format!("{other:?}"),
                })
                .collect();
            out.push(format!("{}: {}", row.row, cells.join("|")));
        }
        Ok(out)
    }

    fn read(bytes: &[u8]) -> Vec<String> {
        rows(bytes).expect("readable")
    }

    #[test]
    fn rows_are_records_and_blank_lines_count() {
        let text = "编号,姓名,备注\r\n\r\n=\"0012\",张三,\"两行\r\n内容\"\r\n0013,,x\r\n";
        assert_eq!(
            read(text.as_bytes()),
            ["1: 0=编号|1=姓名|2=备注", "3: 0=0012|1=张三|2=两行\r\n内容", "4: 0=0013|2=x"]
        );
    }

    #[test]
    fn encodings_and_delimiters() {
        let expected = ["1: 0=编号|1=姓名", "2: 0=1|1=欧阳"];
        let text = "编号;姓名\n1;欧阳\n";
        assert_eq!(read(text.as_bytes()), expected);
        assert_eq!(read(format!("\u{FEFF}{}", text.replace(';', "\t")).as_bytes()), expected);
        assert_eq!(read(&GB18030.encode(&text.replace(';', ",")).0), expected);
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&wide), expected);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn millions_of_empty_cells_are_refused() {
        let commas = ",".repeat(20_000);
        assert!(matches!(rows(commas.as_bytes()), Err(Fault::TooMuch { .. })));
        let quoted = format!("a,\"{commas}\"\n");
        assert_eq!(read(quoted.as_bytes()).len(), 1, "commas inside quotes are no cells");
    }

    #[test]
    fn bad_bytes_are_never_replaced() {
        let gbk = GB18030.encode("编号,姓名\n1,欧阳\n").0.into_owned();
        assert!(matches!(rows(&gbk[..gbk.len() - 2]), Err(Fault::Told("W003", _))), "cut inside the last character");
        let mut bad = gbk.clone();
        bad[2] = 0xFF;
        assert!(matches!(rows(&bad), Err(Fault::Told("W001", _))));
        let utf8 = "编号,姓名\n1,欧阳".as_bytes();
        assert!(matches!(rows(&utf8[..utf8.len() - 1]), Err(Fault::Told("W003", _))));
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("编号".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(matches!(rows(&wide[..wide.len() - 1]), Err(Fault::Told("W003", _))));
    }
}
