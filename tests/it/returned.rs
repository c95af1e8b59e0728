//! A returned workbook differs from the clerk's own in the declared parts only.

use crate::foursight::{built_sample, csv, root, tree};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    (0..package.len())
        .map(|i| {
            let mut part = package.by_index(i).expect("a part");
            let mut text = Vec::new();
            part.read_to_end(&mut text).expect("it inflates");
            (part.name().expect("a name").into_owned(), text)
        })
        .collect()
}

/// What the tool may change or add: marked sheets, styles, the workbook's list of sheets, comments, our own parts.
fn declared(part: &str) -> bool {
    let fixed = ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"];
    let prefixes = [
        "xl/worksheets/",
        "xl/comments",
        "xl/drawings/vmlDrawing",
        "xl/drawings/foursight",
        "xl/foursight",
        "customXml/foursight",
    ];
    fixed.contains(&part) || prefixes.iter().any(|prefix| part.starts_with(prefix))
}

/// A sheet without what says which sheet is in front: the returned workbook opens on its list.
fn selected_aside(sheet: &[u8]) -> String {
    let text = String::from_utf8_lossy(sheet);
    text.replace(" tabSelected=\"1\"", "").replace(" tabSelected=\"0\"", "")
}

#[test]
fn only_the_declared_parts_differ() {
    let returned = tree(&built_sample().join("output/returned"));
    let patched: Vec<_> = returned.iter().filter(|(name, _)| name.ends_with(".xlsx")).collect();
    assert!(patched.len() >= 5, "{} returned workbooks", patched.len());
    let findings = csv(&built_sample().join("output/data/findings.csv"));
    for (name, bytes) in patched {
        // Store ids of the sample are their own slugs, so the paths are the same.
        let Ok(original) = std::fs::read(root().join("input").join(name)) else { continue };
        if !original.starts_with(b"PK") {
            continue;
        }
        let (before, after) = (parts(&original), parts(bytes));
        for (part, text) in &before {
            let now = after.get(part).unwrap_or_else(|| panic!("{name}: {part} is gone"));
            assert!(text == now || declared(part), "{name}: {part} differs");
        }
        for part in after.keys().filter(|part| !before.contains_key(*part)) {
            assert!(declared(part), "{name}: {part} is new");
        }
        let shared = "xl/sharedStrings.xml";
        assert_eq!(before.get(shared), after.get(shared), "{name}: her texts");
        let marked: BTreeSet<&str> =
            findings.iter().filter(|row| row["workbook"] == **name).map(|row| row["sheet"].as_str()).collect();
        let sheets = before.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
        let changed = sheets.filter(|(part, text)| selected_aside(&after[*part]) != selected_aside(text)).count();
        assert!(changed <= marked.len(), "{name}: {changed} sheets differ, {} have findings", marked.len());
    }
}
