//! A returned workbook differs from the clerk's own in the declared parts only.

use crate::{
    foursight::{build_well, built_sample, csv, root, tree},
    table,
};
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
    let (mut compared, mut from_csv, mut changed_sheets) = (0, 0, 0);
    let findings = csv(&built_sample().join("output/data/findings.csv"));
    for (name, bytes) in &patched {
        // Store ids of the sample are their own slugs, so the paths are the same; what came as text went back as a workbook.
        let original = ["", ".xlsx", " (csv).xlsx"].into_iter().filter_map(|ending| name.strip_suffix(ending));
        let original = original.map(|own| root().join("input").join(own)).find(|path| path.is_file());
        let original = std::fs::read(original.unwrap_or_else(|| panic!("{name} was never sent"))).expect("readable");
        if !original.starts_with(b"PK") {
            assert!(!parts(bytes).is_empty(), "{name}");
            from_csv += 1;
            continue;
        }
        compared += 1;
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
        changed_sheets += changed;
    }
    assert_eq!(compared + from_csv, patched.len(), "each was looked at");
    // Every workbook with a finding in a cell that is no mere notice came back; each of them has a marked sheet.
    let in_cells = findings.iter().filter(|row| row["severity"] != "notice" && !row["cell"].is_empty());
    let wrong: BTreeSet<&str> =
        in_cells.map(|row| row["workbook"].as_str()).filter(|name| name.ends_with(".xlsx")).collect();
    let missing: Vec<_> = wrong.iter().filter(|name| !patched.iter().any(|(own, _)| own.starts_with(**name))).collect();
    assert!(!wrong.is_empty() && missing.is_empty(), "not returned: {missing:?}");
    assert!(compared > 0 && changed_sheets >= compared, "{compared} compared, {changed_sheets} sheets differ");
}

#[test]
fn a_workbook_that_is_right_by_now_comes_back_without_our_marks() {
    let group = tempfile::tempdir().expect("a folder");
    let own = group.path().join("input/S01/2026-W47.xlsx");
    std::fs::create_dir_all(own.parent().expect("a folder")).expect("made");
    table::write_xlsx(
        "# 潜客表\n\
         潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问 | 交车日期\n\
         Q1 | 甲客户 | 13900000901 | 2026-11-16 10:00 | D | 2026-11-17 | Q5 | 网络 | 李销售 |\n",
        &own,
    );
    let original = std::fs::read(&own).expect("written");
    let returned = group.path().join("output/returned/S01/2026-W47.xlsx");
    let sheets = |bytes: &[u8]| String::from_utf8(parts(bytes)["xl/workbook.xml"].clone()).expect("UTF-8");
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let marked = std::fs::read(&returned).expect("D without a delivery is an error");
    assert!(sheets(&marked).contains("检查结果"));
    // She sends the marked file again, and by now nothing in it is more than a notice.
    std::fs::write(&own, &marked).expect("sent again");
    std::fs::write(group.path().join("foursight.toml"), "[severity]\nR101 = \"notice\"\n").expect("written");
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let clean = std::fs::read(&returned).expect("it comes back without the marks");
    assert!(sheets(&clean).contains("检查结果"), "the notice is listed");
    let rule = std::fs::read_to_string(root().join("definitions/rules/R101.toml")).expect("our rule");
    let rules = group.path().join("definitions/rules");
    std::fs::create_dir_all(&rules).expect("a folder");
    let rule = rule.replace("level <> 'D' or delivered_at is not null", "level is not null");
    std::fs::write(rules.join("R101.toml"), rule).expect("written");
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let clean = std::fs::read(&returned).expect("it comes back without the marks");
    assert!(!sheets(&clean).contains("检查结果"));
    assert_eq!(parts(&clean)["xl/worksheets/sheet1.xml"], parts(&original)["xl/worksheets/sheet1.xml"]);
    // Sent as it came back, it has nothing more to say.
    std::fs::write(&own, &clean).expect("sent again");
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    assert!(!returned.exists());
}
