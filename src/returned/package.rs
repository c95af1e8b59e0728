//! The zip package: bounded reading, patched parts, raw copies of everything else.

use super::{
    ReturnedError,
    splice::{Splices, Undo},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read, Write},
};
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// No part that is patched may inflate beyond this.
const PART_LIMIT: u64 = 256 << 20;
/// All parts that are read together.
const TOTAL_LIMIT: u64 = 512 << 20;

/// A part after its edits.
struct Patched {
    text: String,
    undo: Vec<Undo>,
}

/// A workbook's package and the edits to it.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Index in the archive, by canonical name.
    index: BTreeMap<String, usize>,
    patched: BTreeMap<usize, Patched>,
    removed: BTreeSet<usize>,
    added: Vec<(String, String)>,
    read: u64,
}

/// Part names compare without case; some writers begin them with a slash or separate them with backslashes.
fn canonical(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// Unpatchable when it is no zip, is encrypted or signed, or has two entries of one name.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ReturnedError> {
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            return Err(ReturnedError::unpatchable("encrypted, or an old xls"));
        }
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| ReturnedError::unpatchable("not a complete xlsx package"))?;
        let twice = || ReturnedError::unpatchable("two entries of one name");
        if archive.has_duplicate_names() {
            return Err(twice());
        }
        let mut index = BTreeMap::new();
        for at in 0..archive.len() {
            let entry = archive.by_index_data(at)?;
            if entry.encrypted() {
                return Err(ReturnedError::unpatchable("encrypted"));
            }
            let name = canonical(&entry.name()?);
            if name.starts_with("_xmlsignatures/") {
                return Err(ReturnedError::unpatchable("digitally signed"));
            }
            if name.ends_with("revisions/revisionheaders.xml") {
                return Err(ReturnedError::unpatchable("a shared workbook with revisions"));
            }
            if index.insert(name, at).is_some() {
                return Err(twice());
            }
        }
        Ok(Package { archive, index, patched: BTreeMap::new(), removed: BTreeSet::new(), added: Vec::new(), read: 0 })
    }

    /// Whether the package as opened holds the part.
    pub fn has(&self, part: &str) -> bool {
        self.index.contains_key(&canonical(part))
    }

    /// The names of all parts as opened, canonical.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    /// The text of a part as opened; `None` when there is no such part.
    ///
    /// # Errors
    /// When it is damaged, too large, or not UTF-8.
    pub fn text(&mut self, part: &str) -> Result<Option<String>, ReturnedError> {
        let Some(at) = self.index.get(&canonical(part)).copied() else { return Ok(None) };
        let room = PART_LIMIT.min(TOTAL_LIMIT.saturating_sub(self.read));
        let mut bytes = Vec::new();
        let entry = self.archive.by_index(at).map_err(|error| ReturnedError::malformed(part, error))?;
        entry.take(room + 1).read_to_end(&mut bytes).map_err(|error| ReturnedError::malformed(part, error))?;
        if bytes.len() as u64 > room {
            return Err(ReturnedError::TooLarge { what: part.to_owned() });
        }
        self.read += bytes.len() as u64;
        let text = String::from_utf8(bytes).map_err(|_| ReturnedError::malformed(part, "not UTF-8"))?;
        Ok(Some(text))
    }

    /// The text of a part that must be there.
    pub fn required(&mut self, part: &str) -> Result<String, ReturnedError> {
        self.text(part)?.ok_or_else(|| ReturnedError::malformed(part, "missing"))
    }

    /// Applies edits to `text`, the part's text as opened. Each part is patched once.
    pub fn patch(&mut self, part: &str, text: &str, splices: Splices) -> Result<(), ReturnedError> {
        if splices.is_empty() {
            return Ok(());
        }
        let at = *self.index.get(&canonical(part)).ok_or_else(|| ReturnedError::malformed(part, "missing"))?;
        let (text, undo) = splices.apply(text).ok_or_else(|| ReturnedError::malformed(part, "edits overlap"))?;
        match self.patched.insert(at, Patched { text, undo }) {
            None => Ok(()),
            Some(_) => Err(ReturnedError::malformed(part, "used for two purposes")),
        }
    }

    /// Adds a new part at the end of the package.
    pub fn add(&mut self, part: &str, text: String) {
        self.added.push((part.to_owned(), text));
    }

    /// Leaves a part out.
    pub fn remove(&mut self, part: &str) {
        if let Some(at) = self.index.get(&canonical(part)) {
            self.removed.insert(*at);
        }
    }

    /// Whether a part is left out.
    pub fn is_removed(&self, part: &str) -> bool {
        self.index.get(&canonical(part)).is_some_and(|at| self.removed.contains(at))
    }

    /// A part name that is free: `stem`, a number from 1, `ending`.
    pub fn free_name(&self, stem: &str, ending: &str) -> String {
        let mut number = 1u32;
        loop {
            let name = format!("{stem}{number}{ending}");
            let taken = self.has(&name) || self.added.iter().any(|(added, _)| canonical(added) == canonical(&name));
            if !taken {
                return name;
            }
            number += 1;
        }
    }

    /// Every patched part: its canonical name, its new text, and how to undo its edits.
    pub fn patches(&self) -> impl Iterator<Item = (&str, &str, &[Undo])> {
        self.index.iter().filter_map(|(name, at)| {
            self.patched.get(at).map(|patch| (name.as_str(), patch.text.as_str(), patch.undo.as_slice()))
        })
    }

    /// Every added part.
    pub fn additions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.added.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Writes the package: entries in their order, untouched ones as raw copies, new ones last.
    pub fn finish(mut self) -> Result<Vec<u8>, ReturnedError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.set_raw_comment(self.archive.comment().into())?;
        for at in 0..self.archive.len() {
            if self.removed.contains(&at) {
                continue;
            }
            let entry = self.archive.by_index_raw(at)?;
            match self.patched.get(&at) {
                None => writer.raw_copy_file(entry)?,
                Some(patch) => {
                    let name = entry.name()?.into_owned();
                    let options = entry.options().large_file(false);
                    let method = match entry.compression() {
                        CompressionMethod::Stored => CompressionMethod::Stored,
                        _ => CompressionMethod::Deflated,
                    };
                    drop(entry);
                    writer.start_file(name, options.compression_method(method))?;
                    writer.write_all(patch.text.as_bytes()).map_err(zip::result::ZipError::from)?;
                }
            }
        }
        let fixed = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .system(System::Unix)
            .unix_permissions(0o644)
            .last_modified_time(DateTime::default());
        for (name, text) in &self.added {
            writer.start_file(name, fixed)?;
            writer.write_all(text.as_bytes()).map_err(zip::result::ZipError::from)?;
        }
        Ok(writer.finish()?.into_inner())
    }
}
