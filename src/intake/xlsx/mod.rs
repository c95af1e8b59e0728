//! xlsx and xlsm: the parts of the package that hold cells, streamed.
//!
//! The reader is our own and not calamine's, which it is tested against: calamine gives up a whole sheet at an error
//! value it does not know (`#SPILL!`), a whole workbook at a lying `uniqueCount`, loses the value of a cell whose
//! `<v>` stands before its `<f>`, and does not tell an empty formula result from one that was never saved.

mod cells;
mod merged;
mod package;
mod regular;
mod scan;
mod strings;
mod styles;

use super::{
    limits,
    raw::{Fault, RowSource},
};
use crate::model::Message;
use cells::CellRows;
use package::{Package, Relation};
use quick_xml::{Reader, events::Event};
use regular::RegularRows;
use std::sync::Arc;

/// A part of the package, inflated while it is read.
type Part<'a> = std::io::BufReader<std::io::Take<Box<dyn std::io::Read + 'a>>>;

/// An opened workbook.
pub(crate) struct Book<'b> {
    package: Package<'b>,
    strings: Vec<Arc<str>>,
    dated: Vec<bool>,
    /// Days count from 1904.
    pub from_1904: bool,
    /// The sheets in workbook order.
    pub sheets: Vec<Sheet>,
}

/// A sheet as the workbook lists it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Hidden, or hidden from the user interface altogether.
    pub hidden: bool,
    /// A worksheet, not a chart or dialog.
    pub worksheet: bool,
    part: String,
}

impl<'b> Book<'b> {
    /// Opens a package. `limit_mb` bounds what its parts may inflate to, as they declare and as they are read.
    ///
    /// # Errors
    /// When the package or one of the parts every workbook has is damaged, too large, or of another format.
    pub fn open(bytes: &'b [u8], limit_mb: u64) -> Result<Book<'b>, Fault> {
        let mut package = Package::open(bytes, limit_mb)?;
        let main = package
            .relations("_rels/.rels")?
            .into_iter()
            .find(|relation| relation.kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        if main.ends_with(".bin") {
            return Err(Fault::Foreign("xlsb"));
        }
        let relations = package.relations(&package::relations_of(&main))?;
        let (from_1904, sheets) = read_workbook(&mut package, &main, &relations)?;
        let part = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
        let strings = match part("sharedStrings").filter(|name| package.has(name)) {
            Some(name) => strings::of_package(&mut package, &name)?,
            None => Vec::new(),
        };
        let dated = match part("styles").filter(|name| package.has(name)) {
            Some(name) => styles::read(package.part(&name)?)?,
            None => Vec::new(),
        };
        Ok(Book { package, strings, dated, from_1904, sheets })
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// When the sheet's part is missing.
    pub fn rows(&mut self, sheet: &Sheet) -> Result<Box<dyn RowSource + '_>, Fault> {
        if let Some(bytes) = self.package.whole(&sheet.part)? {
            return Ok(Box::new(RegularRows::new(bytes, &self.strings, &self.dated)));
        }
        self.streamed_rows(sheet)
    }

    /// The same, read by events from the first row on.
    pub(in crate::intake) fn streamed_rows(&mut self, sheet: &Sheet) -> Result<Box<dyn RowSource + '_>, Fault> {
        let part = self.package.part(&sheet.part)?;
        Ok(Box::new(CellRows::new(part, &self.strings, &self.dated)))
    }
}

fn read_workbook(package: &mut Package<'_>, main: &str, relations: &[Relation]) -> Result<(bool, Vec<Sheet>), Fault> {
    let mut xml = Reader::from_reader(package.part(main)?);
    let mut buf = Vec::new();
    let (mut from_1904, mut sheets) = (false, Vec::new());
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "workbookPr" => {
                if let Some(flag) = attribute(&e, "date1904")? {
                    from_1904 = matches!(&*flag, "1" | "true");
                }
            }
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "sheet" => {
                let name = attribute(&e, "name")?.unwrap_or_default();
                let state = attribute(&e, "state")?.unwrap_or_default();
                let id = attribute(&e, "id")?.unwrap_or_default();
                let Some(relation) = relations.iter().find(|relation| relation.id == id) else {
                    return Err(Fault::Damaged(format!("sheet without a part: {}", sheets.len() + 1)));
                };
                if sheets.len() == limits::SHEETS {
                    return Err(Fault::TooMuch { what: Message::new("fault.sheets"), limit: limits::SHEETS as u64 });
                }
                sheets.push(Sheet {
                    name: name.into(),
                    hidden: matches!(&*state, "hidden" | "veryHidden"),
                    worksheet: relation.kind == "worksheet",
                    part: relation.target.clone(),
                });
            }
            Event::End(e) if e.local_name().as_ref() == "workbook" => break,
            Event::DocType(_) => return Err(doctype()),
            Event::Eof => return Err(Fault::Truncated("</workbook>".to_owned())),
            _ => {}
        }
    }
    drain(&mut xml)?;
    Ok((from_1904, sheets))
}

/// Reads a part to its end, where its checksum is compared.
fn drain<R: std::io::BufRead>(xml: &mut Reader<R>) -> Result<(), Fault> {
    let rest = std::io::copy(xml.get_mut(), &mut std::io::sink());
    rest.map(|_| ()).map_err(|error| damaged(quick_xml::Error::Io(Arc::new(error))))
}

/// No program writes document types into workbooks; the entities they declare could stand for anything.
fn doctype() -> Fault {
    Fault::Damaged("DOCTYPE".to_owned())
}

/// An attribute by its name without namespace, its references resolved.
fn attribute(element: &quick_xml::events::BytesStart<'_>, name: &str) -> Result<Option<String>, Fault> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| Fault::Damaged(error.to_string()))?;
        if attribute.key.local_name().as_ref() == name {
            return Ok(Some(unescaped(&attribute.value)));
        }
    }
    Ok(None)
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

/// Adds the character or characters that `&name;` stands for.
///
/// # Errors
/// For names that XML does not know: what they stand for is lost.
fn push_reference(reference: &quick_xml::events::BytesRef<'_>, text: &mut String) -> Result<(), Fault> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        text.push(c);
    } else if let Some(known) = quick_xml::escape::resolve_predefined_entity(reference) {
        text.push_str(known);
    } else {
        return Err(Fault::Damaged("&?;".to_owned()));
    }
    Ok(())
}

fn damaged(error: quick_xml::Error) -> Fault {
    match error {
        quick_xml::Error::Io(io) => match io.kind() {
            std::io::ErrorKind::UnexpectedEof => Fault::Truncated(io.to_string()),
            _ => Fault::Damaged(io.to_string()),
        },
        other => Fault::Damaged(other.to_string()),
    }
}
