//! The table of shared strings.

use super::{
    damaged, doctype, drain,
    package::Package,
    push_reference,
    scan::{Irregular, plain_strings},
};
use crate::intake::raw::Fault;
use quick_xml::{Reader, events::Event};
use std::{io::BufRead, sync::Arc};

/// Reads the table from a package. The counts it declares are not believed.
pub(super) fn of_package(package: &mut Package<'_>, name: &str) -> Result<Vec<Arc<str>>, Fault> {
    match package.whole(name)? {
        Some(bytes) => plain_strings(&bytes).or_else(|Irregular| read(bytes.as_slice())),
        None => read(package.part(name)?),
    }
}

fn read(part: impl BufRead) -> Result<Vec<Arc<str>>, Fault> {
    let mut xml = Reader::from_reader(part);
    let (mut buf, mut text, mut strings) = (Vec::new(), String::new(), Vec::new());
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(damaged)? {
            Event::Start(e) if e.local_name().as_ref() == "si" => {
                text.clear();
                read_rich_text(&mut xml, "si", &mut text)?;
                strings.push(Arc::from(decoded(&text).as_str()));
            }
            Event::Empty(e) if e.local_name().as_ref() == "si" => strings.push(Arc::from("")),
            Event::End(e) if e.local_name().as_ref() == "sst" => break,
            Event::DocType(_) => return Err(doctype()),
            // Some programs write an empty part.
            Event::Eof if strings.is_empty() => return Ok(strings),
            Event::Eof => return Err(Fault::Truncated("</sst>".to_owned())),
            _ => {}
        }
    }
    drain(&mut xml)?;
    Ok(strings)
}

/// Collects the `<t>` below an element up to its end, without phonetic readings.
pub(super) fn read_rich_text<R: BufRead>(xml: &mut Reader<R>, end: &str, text: &mut String) -> Result<(), Fault> {
    let mut buf = Vec::new();
    let (mut inside, mut phonetic) = (false, false);
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(damaged)? {
            Event::Start(e) => match e.local_name().as_ref() {
                "t" => inside = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "t" => inside = false,
                "rPh" => phonetic = false,
                name if name == end => return Ok(()),
                _ => {}
            },
            Event::Text(piece) if inside => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if inside => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if inside => push_reference(&reference, text)?,
            Event::Eof => return Err(Fault::Truncated(format!("<{end}>"))),
            _ => {}
        }
    }
}

/// `_x000D_` and its like are characters that XML cannot hold.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let closed = rest.as_bytes().get(at + 6) == Some(&b'_');
        match code.filter(|_| closed).and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}
