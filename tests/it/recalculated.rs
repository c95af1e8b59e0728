//! What we say a formula of a form comes to is what a spreadsheet comes to.

use crate::{foursight::built_sample, office::convert};
use calamine::{Data, Reader, Xlsx};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// LibreOffice reckons every formula anew when it opens a file.
const ALWAYS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// The workbooks of forms of the sample: two stores', the group's, the blank ones; the group pack and a store's.
fn workbooks() -> Vec<PathBuf> {
    let folder = built_sample().join("output/workbooks");
    let walk = walkdir::WalkDir::new(&folder).into_iter().map(|entry| entry.expect("readable").into_path());
    let is_of_forms = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let forms = path.parent().is_some_and(|parent| parent.ends_with("forms"));
        name.starts_with("group-forms")
            || forms && (name.starts_with("S01-") || name.starts_with("S02-") || name == "blank.xlsx")
    };
    let mut found: Vec<PathBuf> = walk.filter(is_of_forms).collect();
    found.sort();
    assert_eq!(found.len(), 7, "{found:?}");
    found.extend([folder.join("group-2026-11.xlsx"), folder.join("stores/S01.xlsx")]);
    found
}

fn same(a: &Data, b: &Data) -> bool {
    let number = |data: &Data| match data {
        Data::Float(number) => Some(*number),
        Data::Int(number) => Some(*number as f64),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => a.to_string() == b.to_string(),
    }
}

#[test]
fn libreoffice_recalculates_every_formula_to_what_it_says() {
    let scratch = tempfile::tempdir().expect("a folder");
    let profile = scratch.path().join("profile/user");
    fs::create_dir_all(&profile).expect("a profile");
    fs::write(profile.join("registrymodifications.xcu"), ALWAYS).expect("written");
    let written = workbooks();
    let again = convert(&written, "xlsx", scratch.path());
    let (mut wrong, mut formulas) = (Vec::new(), 0);
    for (ours, theirs) in written.iter().zip(&again) {
        let mut mine: Xlsx<_> = calamine::open_workbook(ours).expect("ours");
        let mut other: Xlsx<_> = calamine::open_workbook(theirs).expect("theirs");
        for sheet in mine.sheet_names() {
            let with = mine.worksheet_formula(&sheet).expect("the formulas");
            let (values, reckoned) =
                (mine.worksheet_range(&sheet).expect("values"), other.worksheet_range(&sheet).expect("values"));
            let start = with.start().unwrap_or_default();
            for (row, col, formula) in with.used_cells() {
                let at = (start.0 + u32::try_from(row).expect("few"), start.1 + u32::try_from(col).expect("few"));
                let empty = Data::Empty;
                let (own, anew) = (values.get_value(at).unwrap_or(&empty), reckoned.get_value(at).unwrap_or(&empty));
                formulas += 1;
                if !same(own, anew) {
                    wrong.push(format!("{} {sheet} {at:?} {formula}: {own} but {anew}", ours.display()));
                }
            }
        }
    }
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(formulas > 500, "{formulas} formulas");
}

#[test]
fn openpyxl_loads_every_workbook() {
    let folder = built_sample().join("output/workbooks");
    let walk = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable").into_path());
    let all: Vec<PathBuf> = walk.filter(|path| path.extension().is_some_and(|ending| ending == "xlsx")).collect();
    assert!(all.len() > 20, "{}", all.len());
    let script = "import sys, openpyxl\nfor path in sys.argv[1:]:\n    book = openpyxl.load_workbook(path)\n    assert book.sheetnames, path\n";
    let output = Command::new(Path::new("/usr/bin/python3")).args(["-c", script]).args(&all).output();
    let output = output.expect("Debian's Python is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
