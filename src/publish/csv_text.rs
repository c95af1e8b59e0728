//! CSV as the contract wants it: UTF-8 with BOM, RFC 4180, and no cell that a spreadsheet would run.

use crate::diagnostic::render::csv::inert;

/// A CSV file in the making.
pub struct CsvText {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvText {
    /// A file with its header.
    pub fn new(header: &[&str]) -> CsvText {
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
        let mut text = CsvText { writer };
        text.row(header);
        text
    }

    /// Rows without mark and header, to be put after others.
    pub fn bare() -> CsvText {
        CsvText { writer: csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new()) }
    }

    /// Appends one row. Text that a spreadsheet would take for a formula gets an apostrophe before it; plain numbers
    /// stay as they are.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        cells.iter().for_each(|cell| self.cell(cell.as_ref()));
        self.end();
    }

    /// Appends one cell to the row in the making.
    pub fn cell(&mut self, cell: &str) {
        self.writer.write_field(inert(cell).as_bytes()).expect("a Vec takes every write");
    }

    /// Appends one cell that is a number or a word of ours: it begins like no formula.
    pub(super) fn plain(&mut self, cell: &str) {
        self.writer.write_field(cell).expect("a Vec takes every write");
    }

    /// Ends the row in the making.
    pub fn end(&mut self) {
        self.writer.write_record(None::<&[u8]>).expect("a Vec takes every write");
    }

    /// The finished text.
    pub(super) fn text(self) -> String {
        String::from_utf8(self.finish()).expect("cells and what sets them apart are text")
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("a Vec takes every write")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text_and_numbers_are_numbers() {
        let mut text = CsvText::new(&["a", "b"]);
        text.row(&["=1+1", "-0.25"]);
        text.row(&["甲,乙\n丙", "@x"]);
        let bytes = text.finish();
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), "\u{feff}a,b\r\n'=1+1,-0.25\r\n\"甲,乙\n丙\",'@x\r\n");
    }
}
