//! The marks on real packages: what differs from hers, and that it comes off again.

mod foreign;
mod hostile;
mod kept;
mod roundtrip;

use super::{annotate, unmark};
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    messages::FindingWords,
    model::{Lang, Place},
    project::{OpeningHours, Store},
};
use chrono::NaiveTime;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    sync::OnceLock,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(super) fn store() -> Store {
    let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time of day");
    Store {
        id: "S01".into(),
        name: "杭州城西店".into(),
        region: String::new(),
        brand: String::new(),
        city: String::new(),
        hours: OpeningHours { opens: clock(8), closes: clock(18) },
    }
}

/// A finding at a cell (`C5`), a row (`5`), or the whole sheet (empty).
pub(super) fn finding(severity: Severity, code: &str, sheet: &str, cell: &str) -> Finding {
    let (row, col) = match cell.parse::<crate::model::CellRef>() {
        Ok(cell) => (Some(cell.row), Some(cell.col)),
        Err(_) => (cell.parse().ok(), None),
    };
    Finding {
        code: code.into(),
        severity,
        store: "S01".into(),
        place: Place { workbook: "S01/周报.xlsx".into(), sheet: sheet.into(), row, col },
        field: "级别".into(),
        args: arguments! { "shown" => " “<&>”", "what" => "<&>" },
        corrected: false,
    }
}

/// The words of our own rules.
pub(super) fn words() -> FindingWords<'static> {
    words_in(Lang::ZhCn)
}

pub(super) fn words_in(lang: Lang) -> FindingWords<'static> {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    FindingWords::new(CATALOG.get_or_init(|| Catalog::load(None).expect("ours").0), lang)
}

pub(super) fn marked(original: &[u8], findings: &[Finding]) -> Vec<u8> {
    annotate(original, &findings.iter().collect::<Vec<_>>(), &store(), &words()).expect("patchable")
}

/// Every part with its bytes.
pub(super) fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    (0..archive.len())
        .map(|at| {
            let mut entry = archive.by_index(at).expect("an entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("its content");
            (entry.name().expect("its name").into_owned(), content)
        })
        .collect()
}

pub(super) fn part(bytes: &[u8], name: &str) -> String {
    let found = parts(bytes).remove(name).unwrap_or_else(|| panic!("no part {name}"));
    String::from_utf8(found).expect("UTF-8")
}

/// The names of entries in their order.
pub(super) fn order(bytes: &[u8]) -> Vec<String> {
    let archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    archive.file_names().map(|name| name.expect("a name").into_owned()).collect()
}

/// The parts that differ: `~name` changed, `+name` new, `-name` gone.
pub(super) fn differences(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (parts(before), parts(after));
    let changed = after.iter().filter_map(|(name, content)| match before.get(name) {
        None => Some(format!("+{name}")),
        Some(was) if was != content => Some(format!("~{name}")),
        Some(_) => None,
    });
    let gone = before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("-{name}"));
    let mut list: Vec<String> = changed.chain(gone).collect();
    list.sort();
    list
}

/// A zip of these parts.
pub(super) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a new entry");
        writer.write_all(content.as_bytes()).expect("room in memory");
    }
    writer.finish().expect("a whole zip").into_inner()
}

/// The package with one part replaced, or with everything as a program that saved it might leave it.
pub(super) fn altered(bytes: &[u8], mut alter: impl FnMut(&str, String) -> Option<String>) -> Vec<u8> {
    let all = parts(bytes);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for name in order(bytes) {
        let Ok(text) = String::from_utf8(all[&name].clone()) else {
            writer.start_file(&name, SimpleFileOptions::default()).expect("a new entry");
            writer.write_all(&all[&name]).expect("room in memory");
            continue;
        };
        if let Some(text) = alter(&name, text) {
            writer.start_file(&name, SimpleFileOptions::default()).expect("a new entry");
            writer.write_all(text.as_bytes()).expect("room in memory");
        }
    }
    writer.finish().expect("a whole zip").into_inner()
}

/// Taking the marks off gives every part back byte for byte, in the same order.
pub(super) fn assert_comes_off(original: &[u8], returned: &[u8]) {
    let before = unmark(returned).expect("patchable").expect("marked");
    assert_eq!(differences(original, &before), Vec::<String>::new());
    assert_eq!(order(original), order(&before));
    assert!(unmark(&before).expect("patchable").is_none());
}
