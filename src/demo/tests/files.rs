use super::{catalog, small};
use crate::{
    demo::{DemoError, DemoOptions, Planted, generate},
    model::CellRef,
    project::Settings,
};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    path::Path,
};

/// Every file below a folder with its bytes.
fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(dir)
        .into_iter()
        .map(|entry| entry.expect("readable"))
        .filter(|e| e.file_type().is_file());
    let read = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(dir).expect("below").to_string_lossy().replace('\\', "/");
        (path, std::fs::read(entry.path()).expect("readable"))
    };
    files.map(read).collect()
}

fn made(options: &DemoOptions) -> (tempfile::TempDir, Planted) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let planted = generate(dir.path(), options, &catalog()).expect("generates");
    (dir, planted)
}

#[test]
fn same_options_same_bytes() {
    let (first, _) = made(&small());
    let (second, _) = made(&small());
    assert!(tree(first.path()) == tree(second.path()));
    let (other, _) = made(&DemoOptions { seed: 8, ..small() });
    assert!(tree(first.path()) != tree(other.path()));
    let again = generate(first.path(), &small(), &catalog());
    assert!(matches!(again, Err(DemoError::NotEmpty(_))));
}

#[test]
fn the_sample_is_small_and_its_mistakes_stand_where_they_are_said_to() {
    let (dir, planted) = made(&DemoOptions::default());
    let files = tree(dir.path());
    let size: usize = files.values().map(Vec::len).sum();
    println!("{} files, {size} bytes, {} mistakes", files.len(), planted.mistakes.len());
    assert!(size < 5_000_000, "{size} bytes");
    let read_back: Planted = serde_json::from_slice(&files["planted.json"]).expect("planted.json reads back");
    assert_eq!(read_back, planted);
    let config = std::str::from_utf8(&files["foursight.toml"]).expect("UTF-8");
    let settings = Settings::parse("foursight.toml", config, &catalog()).expect("a config without mistakes");
    assert_eq!(settings.stores.len(), 8);

    let codes: BTreeSet<&str> = planted.mistakes.iter().map(|mistake| mistake.code.as_str()).collect();
    println!("{codes:?}");
    let expected = [
        "C003", "C004", "C005", "C006", "C007", "C008", "C009", "C011", "C012", "C013", "C014", "C015", "C016", "H001",
        "H003", "R101", "R102", "R103", "R104", "R105", "R106", "R107", "R109", "R110", "R111", "R112", "R113", "R201",
        "R202", "R203", "R204", "R205", "R301", "R302", "R303", "R401", "R402", "R403", "R501", "R502", "R503", "S003",
        "S004", "W002", "W003", "W004", "W005",
    ];
    let missing: Vec<&&str> = expected.iter().filter(|code| !codes.contains(**code)).collect();
    assert!(missing.is_empty(), "not planted: {missing:?}");

    let mut places = BTreeSet::new();
    for mistake in &planted.mistakes {
        assert!(places.insert((&mistake.workbook, &mistake.sheet, &mistake.cell)), "two in one cell: {mistake:?}");
        let bytes = &files[&format!("input/{}", mistake.workbook)];
        if mistake.sheet.is_empty() {
            continue;
        }
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.as_slice())).expect("opens");
        let range = workbook.worksheet_range(&mistake.sheet).expect("the sheet is there");
        let (row, col) = match mistake.cell.parse::<CellRef>() {
            Ok(cell) => (cell.row - 1, Some(cell.col)),
            Err(_) => (mistake.cell.parse::<u32>().map_or(0, |row| row - 1), None),
        };
        let filled = |row: u32| {
            (0..=range.end().map_or(0, |(_, col)| col))
                .any(|col| range.get_value((row, col)).is_some_and(|cell| *cell != Data::Empty))
        };
        assert!(filled(row), "{mistake:?} stands in an empty row");
        if let Some(col) = col {
            let above = (0..row).filter_map(|row| range.get_value((row, col))).any(|cell| *cell != Data::Empty);
            assert!(above || mistake.code == "H001", "{mistake:?} has no title above it");
        }
    }
}

#[test]
fn every_other_workbook_opens() {
    let (dir, planted) = made(&small());
    let broken: BTreeSet<&str> = planted
        .mistakes
        .iter()
        .filter(|mistake| mistake.code.starts_with('W'))
        .map(|mistake| mistake.workbook.as_str())
        .collect();
    let mut csv = 0;
    for (path, bytes) in tree(&dir.path().join("input")) {
        if path.ends_with(".csv") {
            csv += 1;
            let gb = std::str::from_utf8(&bytes).is_err();
            let (text, wrong) = if gb {
                encoding_rs::GB18030.decode_without_bom_handling(&bytes)
            } else {
                encoding_rs::UTF_8.decode_with_bom_removal(&bytes)
            };
            assert!(!wrong && text.lines().count() > 1, "{path}");
            continue;
        }
        if broken.contains(path.as_str()) {
            continue;
        }
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.as_slice())).expect("opens");
        for sheet in workbook.sheet_names() {
            let range = workbook.worksheet_range(&sheet).expect("reads");
            assert!(range.used_cells().next().is_some(), "{path} {sheet} is empty");
        }
    }
    assert_eq!(csv, 2);
}

#[test]
fn any_size_of_group() {
    for (stores, months) in [(1, 1), (2, 3), (17, 2)] {
        let (dir, planted) = made(&DemoOptions { stores, months, ..DemoOptions::default() });
        let folders = dir.path().join("input").read_dir().expect("input is there").count();
        assert_eq!(folders, stores as usize);
        assert!(planted.mistakes.len() >= 40, "{} mistakes", planted.mistakes.len());
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (stores, months) in [(0, 3), (3, 0), (5_000, 60)] {
        let made = generate(dir.path(), &DemoOptions { stores, months, ..DemoOptions::default() }, &catalog());
        assert!(matches!(made, Err(DemoError::Options(_))));
    }
}
