//! How cell styles show numbers.

use super::{attribute, damaged};
use crate::intake::{number_format::Look, raw::Fault};
use quick_xml::{Reader, events::Event};
use std::{collections::BTreeMap, io::BufRead};

/// For each cell style (`s` of a cell), how it shows a number.
pub(super) fn read(part: impl BufRead) -> Result<Vec<Look>, Fault> {
    let mut xml = Reader::from_reader(part);
    let (mut buf, mut looks) = (Vec::new(), Vec::new());
    let mut formats: BTreeMap<u32, Look> = BTreeMap::new();
    let mut in_cell_formats = false;
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(damaged)? {
            Event::Start(e) if e.local_name().as_ref() == "cellXfs" => in_cell_formats = true,
            // Formats of numbers stand before those of cells; what follows is colours and names.
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => {
                super::drain(&mut xml)?;
                return Ok(looks);
            }
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&e, "numFmtId")?.and_then(|id| id.parse().ok());
                    let code = attribute(&e, "formatCode")?;
                    if let (Some(id), Some(code)) = (id, code) {
                        formats.insert(id, Look::of_code(&code));
                    }
                }
                "xf" if in_cell_formats => {
                    let id: u32 = attribute(&e, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                    looks.push(formats.get(&id).cloned().unwrap_or_else(|| Look::of_built_in(id)));
                }
                _ => {}
            },
            Event::Eof => return Ok(looks),
            _ => {}
        }
    }
}
