//! SpreadsheetML 2003: a workbook as one XML document, as management systems export it under the ending .xls.

use super::{
    book::{ListedBook, SheetHead},
    limits,
    number_format::Look,
    raw::{Fault, Interned, Merge, Raw, RowBuf, iso_serial, text_or_error},
};
use crate::model::Message;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::BTreeMap;

/// Reads a document.
///
/// # Errors
/// When it is no well-formed XML or holds more than is read of a workbook.
pub(crate) fn open(text: &str) -> Result<ListedBook, Fault> {
    let mut document = Document::default();
    let mut xml = Reader::from_str(text);
    loop {
        match xml.read_event().map_err(|error| Fault::Damaged(error.to_string()))? {
            Event::Start(e) => document.start(&e)?,
            Event::Empty(e) => {
                document.start(&e)?;
                document.end(e.local_name().as_ref())?;
            }
            Event::End(e) => document.end(e.local_name().as_ref())?,
            Event::Text(piece) => document.text(&piece.xml10_content()),
            Event::CData(piece) => document.text(&piece.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                super::xlsx::push_reference(&reference, &mut text)?;
                document.text(&text);
            }
            Event::DocType(_) => return Err(Fault::Damaged("DOCTYPE".to_owned())),
            Event::Eof if document.whole => return Ok(document.book),
            Event::Eof => return Err(Fault::Truncated("</Workbook>".to_owned())),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Document {
    book: ListedBook,
    /// How each style shows numbers, and the style being described.
    looks: BTreeMap<String, Look>,
    style: String,
    row: u32,
    col: u32,
    across: u32,
    cell: Option<Cell>,
    /// What is being collected: a cell's data, or a word about the sheet.
    collected: Option<String>,
    texts: Interned,
    /// The document came to its end.
    whole: bool,
}

struct Cell {
    look: Look,
    kind: String,
    text: String,
    formula: bool,
    /// Its data were begun.
    data: bool,
}

impl Document {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        let value = |name: &str| super::xlsx::attribute(element, name);
        let number = |name: &str| Ok::<_, Fault>(value(name)?.and_then(|text| text.trim().parse::<u32>().ok()));
        match element.local_name().as_ref() {
            "Style" => self.style = value("ID")?.unwrap_or_default(),
            "NumberFormat" => {
                let format = value("Format")?.unwrap_or_default();
                self.looks.insert(self.style.clone(), look(&format));
            }
            "Worksheet" => {
                if self.book.sheets.len() == limits::SHEETS {
                    return Err(Fault::TooMuch { what: Message::new("fault.sheets"), limit: limits::SHEETS as u64 });
                }
                let name = value("Name")?.unwrap_or_default();
                let head = SheetHead { name: name.into(), hidden: false, worksheet: true };
                self.book.sheets.push((head, Vec::new()));
                self.book.merged.push(Vec::new());
                self.row = 0;
            }
            "Visible" => self.collected = Some(String::new()),
            "Row" => {
                self.row = number("Index")?.unwrap_or(self.row + 1).max(self.row + 1);
                self.col = 0;
                if u64::from(self.row) > 1 << 20 {
                    return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: limits::ROWS });
                }
                if let Some((_, rows)) = self.book.sheets.last_mut() {
                    rows.push(RowBuf { row: self.row, ..RowBuf::default() });
                }
            }
            "Cell" => {
                self.col = number("Index")?.map_or(self.col, |index| index.saturating_sub(1)).max(self.col);
                self.across = number("MergeAcross")?.unwrap_or(0).min(limits::COLUMNS);
                let down = number("MergeDown")?.unwrap_or(0).min(1 << 20);
                if let Some(merged) =
                    self.book.merged.last_mut().filter(|merged| down > 0 && merged.len() < limits::MERGED)
                {
                    merged.push(Merge {
                        first_row: self.row,
                        last_row: self.row + down,
                        first_col: self.col,
                        last_col: self.col + self.across,
                    });
                }
                if self.col >= limits::COLUMNS {
                    let what = Message::new("fault.columns").with("line", u64::from(self.row));
                    return Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) });
                }
                let look = value("StyleID")?.and_then(|style| self.looks.get(&style).cloned()).unwrap_or(Look::Number);
                let formula = value("Formula")?.is_some();
                self.cell = Some(Cell { look, kind: String::new(), text: String::new(), formula, data: false });
            }
            "Data" => {
                if let Some(cell) = &mut self.cell {
                    cell.kind = value("Type")?.unwrap_or_default();
                    cell.data = true;
                    self.collected = Some(String::new());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(collected) = &mut self.collected {
            collected.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Fault> {
        match name {
            "Workbook" => self.whole = true,
            "Visible" => {
                let hidden = self.collected.take().is_some_and(|word| word.trim() != "SheetVisible");
                if let Some((head, _)) = self.book.sheets.last_mut() {
                    head.hidden |= hidden;
                }
            }
            "Data" => {
                if let (Some(cell), Some(text)) = (&mut self.cell, self.collected.take()) {
                    cell.text = text;
                }
            }
            "Cell" => {
                if let Some(cell) = self.cell.take() {
                    self.add(&cell);
                }
                self.col += 1 + self.across;
            }
            "Worksheet" => {
                if let Some((_, rows)) = self.book.sheets.last_mut() {
                    rows.retain(|row| !row.cells.is_empty());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, cell: &Cell) {
        let Some(row) = self.book.sheets.last_mut().and_then(|(_, rows)| rows.last_mut()) else { return };
        let written = cell.text.as_str();
        let number = match cell.kind.as_str() {
            "Number" => written.trim().parse::<f64>().ok().filter(|number| number.is_finite()),
            // Days before 1900 are times of day.
            "DateTime" => {
                iso_serial(written.trim()).map(|serial| if serial < 0.0 { serial.rem_euclid(1.0) } else { serial })
            }
            _ => None,
        };
        let raw = match (number, cell.kind.as_str()) {
            (Some(value), kind) => {
                if let Some(shown) = cell.look.shown(value) {
                    row.shown.push((self.col, self.texts.text(&shown)));
                }
                Raw::Number { value, dated: kind == "DateTime" || cell.look.is_dated() }
            }
            (None, _) if !cell.data && cell.formula => Raw::NoCache,
            (None, _) if written.is_empty() => return,
            (None, "Boolean") => Raw::Bool(written.trim() == "1"),
            (None, "Error") => Raw::Error(written.trim().into()),
            (None, _) => text_or_error(self.texts.text(written)),
        };
        row.cells.push((self.col, raw));
    }
}

/// A format by its code, or by the name that the document gives to a common one.
fn look(format: &str) -> Look {
    match format {
        "General Date" | "Long Date" | "Medium Date" | "Short Date" => Look::Date,
        "Long Time" => Look::of_code("h:mm:ss"),
        "Medium Time" => Look::of_code("h:mm AM/PM"),
        "Short Time" => Look::of_code("h:mm"),
        "General" | "General Number" | "Currency" | "Euro Currency" | "Fixed" | "Standard" | "Percent"
        | "Scientific" | "Yes/No" | "True/False" | "On/Off" => Look::Number,
        code => Look::of_code(code),
    }
}

/// The encoding that the document's declaration names.
pub(crate) fn named_encoding(beginning: &str) -> Option<&str> {
    let declaration = beginning.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let rest = declaration.split_once("encoding")?.1.trim_start_matches([' ', '=']);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::book::Book;

    fn cells(body: &str) -> Vec<String> {
        let text = format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\
             <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
             <Styles><Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style>\
             <Style ss:ID=\"t\"><NumberFormat ss:Format=\"h:mm\"/></Style>\
             <Style ss:ID=\"i\"><NumberFormat ss:Format=\"&quot;QK&quot;0000\"/></Style></Styles>\
             <Worksheet ss:Name=\"潜客表\"><Table>{body}</Table></Worksheet>\
             <Worksheet ss:Name=\"藏\"><Table><Row><Cell><Data ss:Type=\"String\">x</Data></Cell></Row></Table>\
             <WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"
        );
        let mut book = open(&text).expect("read");
        let heads = book.sheets();
        assert_eq!((&*heads[0].name, heads[0].hidden, heads[1].hidden), ("潜客表", false, true));
        let mut source = book.rows(0).expect("a sheet");
        let (mut row, mut out) = (RowBuf::default(), Vec::new());
        while source.next_row(&mut row).expect("a row") {
            out.extend(row.cells.iter().map(|(col, raw)| format!("{},{col} {raw:?} {:?}", row.row, row.shown)));
        }
        out
    }

    #[test]
    fn cells_of_every_type() {
        assert_eq!(
            cells(
                "<Column/><Row><Cell><Data ss:Type=\"String\">a &amp; b&#10;c</Data></Cell>\
                 <Cell ss:Index=\"4\" ss:StyleID=\"d\"><Data ss:Type=\"DateTime\">2026-10-12T12:00:00.000</Data></Cell></Row>\
                 <Row ss:Index=\"5\"><Cell ss:MergeAcross=\"1\"><Data ss:Type=\"Number\">1.5</Data></Cell>\
                 <Cell><Data ss:Type=\"Boolean\">1</Data></Cell><Cell ss:Formula=\"=A1\"/><Cell/>\
                 <Cell><Data ss:Type=\"Error\">#N/A</Data></Cell></Row>"
            ),
            [
                "1,0 Text(\"a & b\\nc\") []",
                "1,3 Number { value: 46307.5, dated: true } []",
                "5,0 Number { value: 1.5, dated: false } []",
                "5,2 Bool(true) []",
                "5,3 NoCache []",
                "5,5 Error(\"#N/A\") []",
            ]
        );
        assert_eq!(
            cells(
                "<Row><Cell ss:StyleID=\"i\"><Data ss:Type=\"Number\">13</Data></Cell></Row>\
                 <Row><Cell ss:StyleID=\"t\"><Data ss:Type=\"DateTime\">1899-12-31T09:30:00.000</Data></Cell></Row>"
            ),
            [
                "1,0 Number { value: 13.0, dated: false } [(0, \"QK0013\")]",
                "2,0 Number { value: 0.3958333333333333, dated: true } [(0, \"9:30\")]",
            ]
        );
    }

    #[test]
    fn cells_over_several_rows_are_told() {
        let cell = "<Cell ss:Index=\"2\" ss:MergeDown=\"2\"><Data ss:Type=\"String\">a</Data></Cell>";
        let book = open(&format!(
            "<Workbook><Worksheet ss:Name=\"a\"><Table><Row ss:Index=\"3\">{cell}</Row></Table></Worksheet></Workbook>"
        ));
        assert_eq!(book.expect("read").merged, [[Merge { first_row: 3, last_row: 5, first_col: 1, last_col: 1 }]]);
    }

    #[test]
    fn a_document_cut_off_is_damaged() {
        assert!(matches!(open("<Workbook><Worksheet>"), Err(Fault::Truncated(_))));
        assert!(matches!(open("<Workbook><Worksheet></Workbook>"), Err(Fault::Damaged(_))));
    }
}
