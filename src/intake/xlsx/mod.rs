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
    book::{Book, SheetHead},
    limits,
    number_format::Look,
    raw::{Fault, ListedRows, RowBuf, RowSource},
};
use crate::model::Message;
use cells::{CellRows, Shared};
use package::{Package, Relation};
use quick_xml::{Reader, events::Event};
use regular::RegularRows;
use std::{io::BufRead, sync::Arc};

pub(in crate::intake) use package::{check_package, part_of};

/// A part of the package, inflated while it is read.
type Part<'a> = std::io::BufReader<std::io::Take<Box<dyn std::io::Read + 'a>>>;

/// An opened workbook.
pub(crate) struct XlsxBook<'b> {
    package: Package<'b>,
    strings: Vec<Arc<str>>,
    looks: Vec<Look>,
    from_1904: bool,
    sheets: Vec<Sheet>,
    /// The rows of the sheet at hand, where they had to be sorted.
    sorted: Vec<RowBuf>,
}

#[derive(Clone, Debug, PartialEq)]
struct Sheet {
    head: SheetHead,
    /// Its part; `None` when the workbook names none.
    part: Option<String>,
}

impl<'b> XlsxBook<'b> {
    /// Opens a package. `limit_mb` bounds what its parts may inflate to, as they declare and as they are read.
    ///
    /// # Errors
    /// When the package or one of the parts every workbook has is damaged, too large, or of another format.
    pub fn open(bytes: &'b [u8], limit_mb: u64) -> Result<XlsxBook<'b>, Fault> {
        let mut package = Package::open(bytes, limit_mb)?;
        let main = package
            .relations("_rels/.rels")?
            .into_iter()
            .find(|relation| relation.kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        let relations = package.relations(&package::relations_of(&main))?;
        let (from_1904, sheets) = read_workbook(&mut package, &main, &relations)?;
        let part = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
        let strings = match part("sharedStrings").filter(|name| package.has(name)) {
            Some(name) => strings::of_package(&mut package, &name)?,
            None => Vec::new(),
        };
        let looks = match part("styles").filter(|name| package.has(name)) {
            Some(name) => styles::read(package.part(&name)?)?,
            None => Vec::new(),
        };
        Ok(XlsxBook { package, strings, looks, from_1904, sheets, sorted: Vec::new() })
    }

    /// The part of a sheet.
    fn part_of(&self, sheet: usize) -> Result<String, Fault> {
        let part = self.sheets[sheet].part.clone().filter(|part| self.package.has(part));
        part.ok_or_else(|| Fault::NoSheet(Message::new("fault.no_part")))
    }

    /// The rows of a sheet, read by events from the first one on.
    #[cfg(test)]
    pub(in crate::intake) fn streamed_rows(&mut self, sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault> {
        let part = self.part_of(sheet)?;
        let shared = Shared { strings: &self.strings, looks: &self.looks, from_1904: self.from_1904 };
        Ok(Box::new(CellRows::new(self.package.part(&part)?, shared)))
    }
}

impl Book for XlsxBook<'_> {
    fn counts_from_1904(&self) -> bool {
        self.from_1904
    }

    fn sheets(&self) -> Vec<SheetHead> {
        self.sheets.iter().map(|sheet| sheet.head.clone()).collect()
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn RowSource + '_>, Fault> {
        let part = self.part_of(sheet)?;
        let shared = Shared { strings: &self.strings, looks: &self.looks, from_1904: self.from_1904 };
        let Some(bytes) = self.package.whole(&part)? else {
            return Ok(Box::new(CellRows::new(self.package.part(&part)?, shared)));
        };
        if !is_worksheet(&bytes) {
            return Err(Fault::NoSheet(Message::new("fault.no_worksheet")));
        }
        if regular::out_of_order(&bytes) {
            let merged = merged::merged(&bytes);
            self.sorted = CellRows::sorted(regular::in_memory(bytes), shared)?;
            return Ok(Box::new(ListedRows::new(&self.sorted, merged)));
        }
        Ok(Box::new(RegularRows::new(bytes, shared)))
    }
}

/// Whether a part's first element is that of a worksheet. Parts that are damaged before it are for the reader to tell.
fn is_worksheet(bytes: &[u8]) -> bool {
    let mut xml = Reader::from_reader(bytes);
    let mut buf = Vec::new();
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf) {
            Ok(Event::Start(e) | Event::Empty(e)) => return e.local_name().as_ref() == "worksheet",
            Ok(Event::Eof) => return false,
            Ok(_) => {}
            Err(_) => return true,
        }
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
                // Modules of old macros are listed as sheets without a part.
                let relation = relations.iter().find(|relation| relation.id == id);
                if sheets.len() == limits::SHEETS {
                    return Err(Fault::TooMuch { what: Message::new("fault.sheets"), limit: limits::SHEETS as u64 });
                }
                let head = SheetHead {
                    name: name.into(),
                    hidden: matches!(&*state, "hidden" | "veryHidden"),
                    worksheet: relation.is_none_or(|relation| relation.kind == "worksheet"),
                };
                sheets.push(Sheet { head, part: relation.map(|relation| relation.target.clone()) });
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
fn drain<R: BufRead>(xml: &mut Reader<R>) -> Result<(), Fault> {
    let rest = std::io::copy(xml.get_mut(), &mut std::io::sink());
    rest.map(|_| ()).map_err(|error| damaged(quick_xml::Error::Io(Arc::new(error))))
}

/// No program writes document types into workbooks; the entities they declare could stand for anything.
fn doctype() -> Fault {
    Fault::Damaged("DOCTYPE".to_owned())
}

/// An attribute by its name without namespace, its references resolved.
pub(in crate::intake) fn attribute(
    element: &quick_xml::events::BytesStart<'_>,
    name: &str,
) -> Result<Option<String>, Fault> {
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
pub(in crate::intake) fn push_reference(
    reference: &quick_xml::events::BytesRef<'_>,
    text: &mut String,
) -> Result<(), Fault> {
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
