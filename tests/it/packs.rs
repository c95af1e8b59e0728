//! Packs as their readers get them: what is on paper, what stands in the parts of the group, a person's day, all rows.

use crate::{
    filled::{Filled, Row, build, counts},
    foursight::{build_well, built_sample, copy, csv, root, tree},
    office::convert,
};
use calamine::{Data, Reader, Xlsx};
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Pages of a document that LibreOffice wrote.
fn pages(pdf: &Path) -> usize {
    let bytes = fs::read(pdf).expect("a document");
    let text = String::from_utf8_lossy(&bytes);
    text.match_indices("/Type/Page").filter(|(at, found)| !text[at + found.len()..].starts_with('s')).count()
}

#[test]
fn packs_print_on_a_few_pages() {
    let folder = built_sample().join("output/workbooks");
    let packs = [folder.join("group-2026-11.xlsx"), folder.join("stores/S01.xlsx")];
    let scratch = tempfile::tempdir().expect("a folder");
    let [group, store] = [0, 1].map(|at| pages(&convert(&packs, "pdf", &scratch.path().join(at.to_string()))[at]));
    assert!((10..30).contains(&group), "{group} pages of the group pack");
    assert!((10..60).contains(&store), "{store} pages of a store pack");
}

/// The rows of a worksheet as texts.
fn rows(book: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook(book).expect("it opens");
    let range = book.worksheet_range(sheet).expect("the sheet");
    let text = |cell: &Data| match cell {
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn regions_and_brands_stand_beside_each_other() {
    let pack = built_sample().join("output/workbooks/group-2026-11.xlsx");
    let kpis = csv(&built_sample().join("output/data/kpi.csv"));
    for (sheet, scope) in [("区域", "region"), ("品牌", "brand")] {
        let rows = rows(&pack, sheet);
        let header = rows.iter().position(|row| row.iter().any(|cell| cell == "指标")).expect("a header");
        let of_kpi = kpis.iter().filter(|row| row["kpi"] == "connect_rate" && row["scope"] == scope);
        let of_kpi: Vec<_> = of_kpi.filter(|row| row["period"] == "2026-11" && !row["value"].is_empty()).collect();
        assert!(of_kpi.len() > 1, "{scope}");
        let line = rows.iter().find(|row| row.get(1).is_some_and(|cell| cell == "接通率")).expect("the KPI");
        for value in of_kpi {
            let col = rows[header].iter().position(|title| *title == value["scope_id"]).expect("its column");
            let (shown, told): (f64, f64) =
                (line[col].parse().expect("a number"), value["value"].parse().expect("one"));
            assert!((shown - told).abs() < 1e-5, "{scope} {}: {shown} {told}", value["scope_id"]);
        }
    }
}

/// The first store of the sample by itself, built.
fn store() -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input/S01"), &group.path().join("input/S01"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the config");
    build_well(group.path(), &[]);
    group
}

/// The workbooks of the first store's people.
fn people(group: &Path) -> Vec<PathBuf> {
    let folder = group.join("output/workbooks/people/S01");
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).expect("people").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

/// The lines of somebody's day below its header, each by its titles.
fn day(book: &Path) -> Vec<BTreeMap<String, String>> {
    let rows = rows(book, "今日工作");
    let header = rows.iter().position(|row| row.iter().any(|cell| cell == "回访编号")).expect("a header");
    let line = |row: &Vec<String>| rows[header].iter().cloned().zip(row.iter().cloned()).collect();
    rows[header + 1..].iter().filter(|row| row.iter().any(|cell| cell.starts_with("RW"))).map(line).collect()
}

#[test]
fn a_person_has_all_of_the_day_in_one_list_that_comes_back() {
    let group = store();
    let lists = csv(&group.path().join("output/data/worklist.csv"));
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    lists
        .iter()
        .filter(|row| row["store"] == "S01")
        .for_each(|row| *owners.entry(row["owner"].clone()).or_default() += 1);
    // The numbers are those of the store's pack.
    let pack = Filled::open(&group.path().join("output/workbooks/stores/S01.xlsx"));
    let numbers: BTreeSet<&String> =
        pack.cells.values().flat_map(BTreeMap::values).filter(|cell| cell.starts_with("RW")).collect();
    let (mut seen, mut busiest) = (0, None::<(usize, PathBuf)>);
    for book in people(group.path()) {
        let lines = day(&book);
        let names: BTreeSet<&String> = lines.iter().map(|line| &line["执行人"]).collect();
        assert!(names.len() <= 1, "{}: {names:?}", book.display());
        for line in &lines {
            assert!(numbers.contains(&line["回访编号"]), "{line:?}");
        }
        if let Some(name) = names.first() {
            assert!(lines.len() <= owners[*name], "{name}");
            seen += lines.len();
        }
        let late: Vec<bool> =
            lines.iter().map(|line| line["逾期天数"].parse::<f64>().is_ok_and(|days| days < 0.0)).collect();
        assert!(late.is_sorted(), "what is not due yet comes last: {}", book.display());
        if busiest.as_ref().is_none_or(|(most, _)| *most < lines.len()) {
            busiest = Some((lines.len(), book.clone()));
        }
    }
    assert!(seen > 100, "{seen} lines");
    // Three of them filled in, in the person's own workbook and in the store's: three rows.
    let before = build(group.path(), &[]);
    let (_, book) = busiest.expect("somebody is busy");
    let filled: Vec<BTreeMap<String, String>> =
        day(&book).into_iter().filter(|line| line["任务类型"] == "季度关怀").take(3).collect();
    assert_eq!(filled.len(), 3);
    let called = [("实访时间", "2026-11-22 10:30"), ("方式", "电话"), ("接通", "是"), ("结果", "再约")];
    let mut own = Filled::open(&book);
    for line in &filled {
        own.fill(("今日工作", "清单"), Row::With(&line["回访编号"]), &called);
    }
    own.save(&group.path().join("input/S01/个人.xlsx"));
    let after = build(group.path(), &[]);
    assert_eq!(after.found_since(&before), Vec::<String>::new());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 3, 0)]));
    assert!(after.lists.len() <= before.lists.len());
    let mut of_store = pack;
    for line in &filled {
        let number = &line["回访编号"];
        let holds = |name: &&String| of_store.cells[*name].values().any(|cell| cell == number);
        let sheet = of_store.sheets.iter().find(holds).expect("the list").clone();
        of_store.fill((&sheet, "执行人"), Row::With(number), &called);
    }
    of_store.save(&group.path().join("input/S01/清单.xlsx"));
    let both = build(group.path(), &[]);
    let counted = |kpi: &str| ["dq_score"].contains(&kpi);
    let moved =
        both.figures.iter().filter(|(of, now)| after.figures.get(*of) != Some(*now)).map(|(of, _)| of.0.as_str());
    assert!(moved.clone().all(counted), "{:?}", moved.collect::<BTreeSet<_>>());
    assert_eq!(both.lists, after.lists);
}

#[test]
fn the_workbooks_of_all_rows_hold_each_accepted_row_and_no_customer() {
    let group = store();
    let personal: BTreeSet<String> = {
        let pack = Filled::open(&group.path().join("output/workbooks/stores/S01.xlsx"));
        let phone =
            |text: &&String| text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit());
        pack.cells.values().flat_map(BTreeMap::values).filter(phone).cloned().collect()
    };
    assert!(personal.len() > 20, "{} phones", personal.len());
    let config = group.path().join("foursight.toml");
    let written = fs::read_to_string(&config).expect("the config");
    fs::write(&config, format!("{written}\n[output]\nrows = true\n")).expect("written");
    build_well(group.path(), &[]);
    let files = tree(&group.path().join("output/workbooks/rows"));
    assert!(files.len() >= 5, "{:?}", files.keys());
    for name in files.keys() {
        let book = group.path().join("output/workbooks/rows").join(name);
        let mut open: Xlsx<_> = calamine::open_workbook(&book).expect("it opens");
        let sheet = open.sheet_names().get(1).expect("its rows").clone();
        let range = open.worksheet_range(&sheet).expect("its rows");
        let fact = group.path().join("output/data/facts").join(name.trim_end_matches(".xlsx")).join("S01.parquet");
        let bytes = bytes::Bytes::from(fs::read(fact).expect("its facts"));
        let facts = SerializedFileReader::new(bytes).expect("a table");
        let rows = facts.metadata().file_metadata().num_rows();
        assert_eq!(range.height() as i64 - 1, rows, "{name}");
        for (_, _, cell) in range.used_cells() {
            let text = cell.to_string();
            assert!(!personal.iter().any(|phone| text.contains(phone.as_str())), "{name}: {text}");
        }
    }
    // Nothing changed: they are taken from the former output; without the setting they are gone.
    let before = tree(&group.path().join("output"));
    build_well(group.path(), &["--rehash"]);
    assert!(tree(&group.path().join("output")) == before);
    fs::write(&config, written).expect("written");
    build_well(group.path(), &[]);
    assert!(!group.path().join("output/workbooks/rows").exists());
}
