//! Texts with separators: csv and its like.

use super::{
    book::{Book, SheetHead},
    csv_shape::Shape,
    raw::{Fault, Interned, Record, RowBuf, RowSource, text_or_error},
};
use std::sync::Arc;

/// A text is a workbook of one sheet, called after the file.
pub(crate) struct CsvBook<'t> {
    name: Arc<str>,
    text: &'t str,
}

impl<'t> CsvBook<'t> {
    /// Of a file's text.
    pub fn new(name: &str, text: &'t str) -> CsvBook<'t> {
        CsvBook { name: name.into(), text }
    }
}

impl Book for CsvBook<'_> {
    fn sheets(&self) -> Vec<SheetHead> {
        vec![SheetHead { name: self.name.clone(), hidden: false, worksheet: true }]
    }

    fn rows(&mut self, _sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault> {
        Ok(Box::new(CsvRows::open(self.text)?))
    }
}

/// The rows of a csv file. A row is a record, as in the sheet that Excel makes of the file; line ends inside quotes
/// begin no row, and a line that names the separator is none.
struct CsvRows<'t> {
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    text: &'t str,
    shape: Shape,
    /// Where the last record began, how many lines began up to there, and how many of them inside quotes of a record.
    start: usize,
    lines: usize,
    inner_lines: usize,
    texts: Interned,
}

impl<'t> CsvRows<'t> {
    /// Opens a file's text.
    ///
    /// # Errors
    /// Those of [`Shape::of`]: nothing is read then.
    fn open(text: &'t str) -> Result<CsvRows<'t>, Fault> {
        let shape = Shape::of(text)?;
        let text = &text[shape.start..];
        let reader = csv::ReaderBuilder::new()
            .delimiter(shape.separator)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(text.as_bytes());
        let record = csv::StringRecord::new();
        Ok(CsvRows { reader, record, text, shape, start: 0, lines: 1, inner_lines: 0, texts: Interned::default() })
    }

    /// The row of the record just read, counted from 1, and its first line. Blank lines, which the reader passes over, are
    /// rows.
    fn row(&mut self) -> (u32, u32) {
        let from = self.record.position().map_or(0, |at| at.byte() as usize).min(self.text.len());
        let rest = self.text.as_bytes()[from..].iter();
        let start = from + rest.take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.lines += line_ends(&self.text.as_bytes()[self.start.min(start)..start]);
        self.start = start;
        let row = self.lines - self.inner_lines.min(self.lines);
        self.inner_lines += self.record.iter().map(|field| line_ends(field.as_bytes())).sum::<usize>();
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (number(row), number(self.lines + self.shape.lines_before()))
    }
}

impl RowSource for CsvRows<'_> {
    fn next_row(&mut self, out: &mut RowBuf) -> Result<bool, Fault> {
        loop {
            out.clear();
            if !self.reader.read_record(&mut self.record).map_err(|error| Fault::Damaged(error.to_string()))? {
                return Ok(false);
            }
            let (row, line) = self.row();
            out.row = row;
            for (col, field) in self.record.iter().enumerate() {
                let text = as_text(field);
                if text.trim().is_empty() {
                    continue;
                }
                out.cells.push((col as u32, text_or_error(self.texts.text(text))));
            }
            if !out.cells.is_empty() {
                let lines = self.shape.swallowed(&self.record);
                out.record = Some(Record {
                    fields: self.shape.fields(&self.record),
                    usual: self.shape.usual,
                    swallowed: (lines > 0).then(|| (line, line.saturating_add(lines))),
                });
                return Ok(true);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{encoding::decode, raw::Raw, tests::wide};
    use encoding_rs::GB18030;

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
                    Raw::Error(error) => format!("Error({error:?})"),
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
    fn encodings_and_separators() {
        let expected = ["1: 0=编号|1=姓名", "2: 0=1|1=欧阳"];
        let text = "编号;姓名\n1;欧阳\n";
        assert_eq!(read(text.as_bytes()), expected);
        assert_eq!(read(format!("\u{FEFF}{}", text.replace(';', "\t")).as_bytes()), expected);
        assert_eq!(read(&GB18030.encode(&text.replace(';', ",")).0), expected);
        assert_eq!(read(&wide(&format!("\u{FEFF}{text}"), true)), expected);
        assert_eq!(read(format!("sep=|\r\n{}", text.replace(';', "|")).as_bytes()), expected);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn errors_saved_as_text_are_errors() {
        assert_eq!(read(b"a,b\n#N/A,#1\n"), ["1: 0=a|1=b", "2: Error(\"#N/A\")|1=#1"]);
    }

    #[test]
    fn lines_inside_a_field_that_are_records_are_seen() {
        let swallowed = |text: &str| {
            let mut book = CsvBook::new("a", text);
            let mut source = book.rows(0).expect("a sheet");
            let (mut row, mut out) = (RowBuf::default(), Vec::new());
            while source.next_row(&mut row).expect("a row") {
                out.extend(row.record.and_then(|record| record.swallowed).map(|lines| (row.row, lines)));
            }
            out
        };
        let stray = "a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n1,2,3\n4,x\"y,6\n7,8,9\n";
        assert_eq!(swallowed(stray), [(3, (3, 6))]);
        assert_eq!(swallowed("a,b,c\n4,\"5,6\n7,8\",9\n1,2,3\n1,2,3\n"), [(2, (2, 3))], "two lines alone");
        assert_eq!(swallowed(&format!("sep=,\n{stray}")), [(3, (4, 7))]);
        for text in [
            "a,b,c\n1,\"two\nlines\",3\n",
            "a,b,c\n1,2,\"two\nlines, and more\nof them\"\n",
            "a,b,c\n\"first\nfield\",2,3\n1,2,3\n",
            "a,b\n1,\"2\n3,4\n5\"\n",
        ] {
            assert_eq!(swallowed(text), [], "{text:?}");
        }
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
        let wide = wide("\u{FEFF}编号", true);
        assert!(matches!(rows(&wide[..wide.len() - 1]), Err(Fault::Told("W003", _))));
    }
}
