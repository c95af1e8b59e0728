//! The zip package: its parts by name, what they relate to, and how large they may grow.

use super::{Part, attribute, damaged};
use crate::{
    intake::{limits, raw::Fault},
    model::Message,
};
use quick_xml::{Reader, events::Event};
use std::{
    collections::BTreeMap,
    io::{BufReader, Cursor, Read},
};
use zip::{ZipArchive, result::ZipError};

const MIB: u64 = 1 << 20;

pub(super) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Index in the archive and declared size by name, lower case with `/`.
    parts: BTreeMap<String, (usize, u64)>,
    limit_mb: u64,
}

/// A relation of a part to another.
pub(super) struct Relation {
    pub id: String,
    /// The last part of the type's address: `worksheet`, `sharedStrings`.
    pub kind: String,
    /// The part's name.
    pub target: String,
}

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8], limit_mb: u64) -> Result<Package<'b>, Fault> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| zip_fault(&error))?;
        if zip.len() > limits::PARTS {
            let what = Message::new("fault.parts");
            return Err(Fault::TooMuch { what, limit: limits::PARTS as u64 });
        }
        let mut parts = BTreeMap::new();
        let mut packed = 0_u64;
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index).map_err(|error| zip_fault(&error))?;
            packed = packed.saturating_add(file.compressed_size());
            parts.insert(folded(&String::from_utf8_lossy(file.name_raw())), (index, file.size()));
        }
        // Parts that share their bytes are how a small file is made to look huge.
        if packed > bytes.len() as u64 {
            return Err(Fault::Told("W001", Message::new("fault.overlap")));
        }
        Ok(Package { zip, parts, limit_mb })
    }

    /// A part inflated whole, in UTF-8; `None` when it is so large, or so much larger than it says, that it has to be read as
    /// a stream.
    pub fn whole(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let limit = limits::in_memory(self.limit_mb);
        let Some((index, size)) = self.parts.get(&folded(name)).copied().filter(|(_, size)| *size <= limit) else {
            return Ok(None);
        };
        let file = self.zip.by_index(index).map_err(|error| zip_fault(&error))?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        file.take(size + 1).read_to_end(&mut bytes).map_err(|error| damaged(quick_xml::Error::Io(error.into())))?;
        Ok(Some(bytes).filter(|bytes| bytes.len() as u64 == size).map(in_utf8))
    }

    pub fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&folded(name))
    }

    /// A part to be read. Its declared size is checked first; one that lies is cut at the limit.
    pub fn part(&mut self, name: &str) -> Result<Part<'_>, Fault> {
        let Some((index, size)) = self.parts.get(&folded(name)).copied() else {
            return Err(Fault::Damaged(format!("{name} is missing")));
        };
        if size > self.limit_mb * MIB {
            return Err(Fault::TooLarge { what: format!("{name}: {} MiB", size / MIB), limit: self.limit_mb });
        }
        let limit = self.limit_mb * MIB;
        let mut file = self.zip.by_index(index).map_err(|error| zip_fault(&error))?;
        let mut mark = Vec::with_capacity(2);
        (&mut file).take(2).read_to_end(&mut mark).map_err(|error| damaged(quick_xml::Error::Io(error.into())))?;
        // The parser knows UTF-8 alone. Hardly a program writes anything else, and never a large part.
        let file: Box<dyn Read + '_> = if mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] {
            let mut bytes = mark;
            let read = (&mut file).take(limits::in_memory(self.limit_mb)).read_to_end(&mut bytes);
            read.map_err(|error| damaged(quick_xml::Error::Io(error.into())))?;
            Box::new(Cursor::new(in_utf8(bytes)))
        } else {
            Box::new(Cursor::new(mark).chain(file))
        };
        Ok(BufReader::with_capacity(64 << 10, file.take(limit)))
    }

    /// The relations that a relations part lists; none when there is no such part.
    pub fn relations(&mut self, name: &str) -> Result<Vec<Relation>, Fault> {
        if !self.has(name) {
            return Ok(Vec::new());
        }
        // `xl/_rels/workbook.xml.rels` relates parts of `xl/`.
        let folder = name.rsplit_once("_rels/").map_or("", |(folder, _)| folder).to_owned();
        let mut xml = Reader::from_reader(self.part(name)?);
        let (mut buf, mut relations) = (Vec::new(), Vec::new());
        loop {
            buf.clear();
            match xml.read_event_into(&mut buf).map_err(damaged)? {
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Relationship" => {
                    let kind = attribute(&e, "Type")?.unwrap_or_default();
                    let target = attribute(&e, "Target")?.unwrap_or_default();
                    relations.push(Relation {
                        id: attribute(&e, "Id")?.unwrap_or_default(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: resolved(&folder, &target),
                    });
                }
                Event::Eof => return Ok(relations),
                _ => {}
            }
        }
    }
}

/// A part in UTF-8. What is no character in UTF-16 becomes a mark that no title or value has.
fn in_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding != encoding_rs::UTF_8 => {
            let text = encoding.decode_without_bom_handling(&bytes[mark..]).0;
            // The declaration speaks of bytes that are no more.
            let text = match text.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
                Some((_, rest)) => rest,
                None => &text,
            };
            text.as_bytes().to_vec()
        }
        _ => bytes,
    }
}

/// Looks at the parts of a package of another format before another parser opens it.
///
/// # Errors
/// When there are too many of them, they share their bytes, or one is larger than `limit_mb`.
pub(in crate::intake) fn check_package(bytes: &[u8], limit_mb: u64) -> Result<(), Fault> {
    let package = Package::open(bytes, limit_mb)?;
    match package.parts.iter().max_by_key(|(_, (_, size))| *size) {
        Some((name, (_, size))) if *size > limit_mb * MIB => {
            Err(Fault::TooLarge { what: format!("{name}: {} MiB", size / MIB), limit: limit_mb })
        }
        _ => Ok(()),
    }
}

/// A part of a package of another format, inflated whole under `limit_mb`; `None` when there is no such part.
///
/// # Errors
/// When the package or the part is damaged or too large.
pub(in crate::intake) fn part_of(bytes: &[u8], name: &str, limit_mb: u64) -> Result<Option<Vec<u8>>, Fault> {
    let mut package = Package::open(bytes, limit_mb)?;
    if !package.has(name) {
        return Ok(None);
    }
    let mut content = Vec::new();
    package.part(name)?.read_to_end(&mut content).map_err(|error| damaged(quick_xml::Error::Io(error.into())))?;
    Ok(Some(content))
}

/// The name of the part that lists a part's relations.
pub(super) fn relations_of(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').map_or(("", part), |(folder, file)| (folder, file));
    if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") }
}

/// A target relative to a folder, or from the package's root when it begins with `/`.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if target.starts_with('/') { "" } else { folder };
    for part in base.split('/').chain(target.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Parts are found whatever the case and the slash they were packed with.
fn folded(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

pub(super) fn zip_fault(error: &ZipError) -> Fault {
    match error {
        ZipError::Io(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => Fault::Truncated(error.to_string()),
        ZipError::UnsupportedArchive(what) if what.to_lowercase().contains("password") => Fault::Encrypted,
        _ => Fault::Damaged(error.to_string()),
    }
}
