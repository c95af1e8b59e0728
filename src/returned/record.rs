//! A part of our own that says what we did to every other part. It undoes our edits exactly, as long as the parts
//! are as we wrote them; programs that save the workbook drop it.

use super::{
    ReturnedError,
    package::Package,
    relations::relations_part,
    splice::{Undo, revert},
};
use serde::{Deserialize, Serialize};

/// The type of the relationship from the workbook to the record.
pub(super) const RELATION: &str = "urn:foursight:marks";
pub(super) const CONTENT_TYPE: &str = "application/json";
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    version: u32,
    /// Parts with edits, in order of their names.
    edited: Vec<Edited>,
    /// Parts that were not there before.
    added: Vec<Added>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Edited {
    part: String,
    /// BLAKE3 of the part as written.
    hash: String,
    undo: Vec<Undo>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Added {
    part: String,
    hash: String,
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Adds the record of everything that was done to the package, under a name that its relationships have already.
pub(super) fn write(package: &mut Package<'_>, part: &str) -> Result<(), ReturnedError> {
    let edited = package
        .patches()
        .map(|(part, text, undo)| Edited { part: part.to_owned(), hash: hash(text), undo: undo.to_vec() })
        .collect();
    let added = package.additions().map(|(part, text)| Added { part: part.to_owned(), hash: hash(text) }).collect();
    let record = Record { version: VERSION, edited, added };
    let text = serde_json::to_string(&record).map_err(|error| ReturnedError::malformed(part, error))?;
    package.add(part, text);
    Ok(())
}

/// Undoes everything the record in `part` says. `None` when a part is not as we left it, or the record is not ours.
pub(super) fn undo(bytes: &[u8], part: &str) -> Result<Option<Vec<u8>>, ReturnedError> {
    let mut package = Package::open(bytes)?;
    let Some(text) = package.text(part)? else { return Ok(None) };
    let Ok(record) = serde_json::from_str::<Record>(&text) else { return Ok(None) };
    if record.version != VERSION {
        return Ok(None);
    }
    for added in &record.added {
        match package.text(&added.part)? {
            Some(text) if hash(&text) == added.hash => package.remove(&added.part),
            _ => return Ok(None),
        }
    }
    for edited in &record.edited {
        let Some(text) = package.text(&edited.part)?.filter(|text| hash(text) == edited.hash) else { return Ok(None) };
        let Some(before) = revert(&text, &edited.undo) else { return Ok(None) };
        let mut splices = super::splice::Splices::default();
        splices.replace(0..text.len(), before);
        package.patch(&edited.part, &text, splices)?;
    }
    package.remove(part);
    package.remove(&relations_part(part));
    package.finish().map(Some)
}
