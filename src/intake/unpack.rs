//! The files inside an archive, each as a file to be read, with a place of its own: `周报.zip/潜客表.xlsx`.

use super::{
    SourceFile,
    archive::Member,
    discover::{Kind, shown_name, told_apart},
};
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::Finding,
    model::{Argument, Message, Place},
};
use std::{collections::BTreeSet, fs::File, io::Read, sync::Arc};

/// What came out of an archive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unpacked {
    /// The files to be read.
    pub files: Vec<SourceFile>,
    /// What was left out, and the archive itself when nothing in it is to be read.
    pub findings: Vec<Finding>,
}

/// Whether a file may be an archive of files: by its ending, or by the first name inside, which is a workbook's or a folder's
/// and none of a package's parts. A reader tells for sure.
pub fn may_be_archive(file: &SourceFile) -> bool {
    if ending(file) == "zip" {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(&file.path).and_then(|file| file.take(512).read_to_end(&mut head));
    let (Ok(_), true) = (read, head.starts_with(b"PK\x03\x04")) else { return false };
    let length = head.get(26..28).map_or(0, |bytes| usize::from(bytes[0]) | usize::from(bytes[1]) << 8);
    let name = String::from_utf8_lossy(head.get(30..30 + length).unwrap_or_default()).to_lowercase();
    let parts = ["xl/", "_rels/", "docprops/", "meta-inf/", "customxml/", "thumbnails/", "configurations2/", "theme/"];
    if parts.iter().any(|part| name.starts_with(part)) {
        return false;
    }
    let last = name.rsplit('/').next().unwrap_or_default();
    last.is_empty() || (last.contains('.') && last != "[content_types].xml" && Kind::of(last) == Kind::Table)
}

fn ending(file: &SourceFile) -> String {
    file.shown.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

/// Lists the files to be read in an archive. `members` is what a reader found inside, or why it could not be opened.
pub fn unpack(
    archive: &SourceFile,
    members: Result<Vec<Member>, (String, Vec<Argument>)>,
    catalog: &Catalog,
) -> Unpacked {
    let mut unpacked = Unpacked::default();
    let mut say = |code: &str, shown: &Arc<str>, args: Vec<Argument>| {
        unpacked.findings.push(catalog.finding(code, &archive.store, Place::workbook(shown.clone()), "", args));
    };
    let members = match members {
        Ok(members) => members,
        Err((code, args)) => {
            say(&code, &archive.shown, args);
            return unpacked;
        }
    };
    let ending = ending(archive);
    if ending != "zip" {
        say("W004", &archive.shown, arguments! { "ending" => format!(".{ending}"), "format" => "zip" });
    }
    let mut known: BTreeSet<Arc<str>> = BTreeSet::new();
    for member in members {
        let parts: Vec<String> = member.name.split('/').map(shown_name).collect();
        let inside = parts.join("/");
        let mut shown: Arc<str> = format!("{}/{inside}", archive.shown).into();
        if !known.insert(shown.clone()) {
            shown = told_apart(&shown, member.index.to_string().as_bytes()).into();
        }
        let kind = if member.name.split('/').any(|part| Kind::of(part) == Kind::System) {
            Kind::System
        } else {
            Kind::of(member.name.rsplit('/').next().unwrap_or_default())
        };
        match kind {
            Kind::Table => unpacked.files.push(SourceFile {
                store: archive.store.clone(),
                path: archive.path.clone(),
                shown,
                len: member.len,
                member: Some(member.index),
            }),
            Kind::Archive => say("W018", &shown, arguments! { "why" => Message::new("skipped.nested") }),
            other => {
                let (code, why) = other.skipped();
                say(code, &shown, arguments! { "why" => Message::new(why) });
            }
        }
    }
    if unpacked.files.is_empty() {
        let args = arguments! { "why" => Message::new("skipped.no_table_inside") };
        let finding = catalog.finding("W018", &archive.store, Place::workbook(archive.shown.clone()), "", args);
        unpacked.findings.push(finding);
    }
    unpacked
}
