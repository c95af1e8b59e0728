//! Every kind of sheet from end to end: the demo that writes them all reads back, each row where it belongs.

use crate::{
    findings::text,
    foursight::{build_well, csv, foursight},
    table::write_xlsx,
};
use foursight::{
    catalog::{Catalog, CellType, ColumnDef, SheetDef},
    model::PersonalClass,
};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_sheet_is_explained_by_its_id_and_by_its_title() {
    for (what, lang) in [("traffic", "zh-CN"), ("来店来电", "zh-CN"), ("traffic", "en")] {
        let output = foursight().args(["--lang", lang, "explain", what]).output().expect("explain runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("traffic_no") && said.contains("prospect_no"), "{said}");
    }
    let output = foursight().args(["explain", "traffi"]).output().expect("explain runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("traffic"));
}

#[test]
fn a_group_with_every_kind_of_sheet_reads_back_with_the_planted_mistakes_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let group = folder.path().join("g");
    let made = foursight()
        .args(["demo", "--all-sheets", "--stores", "2", "--months", "3"])
        .arg(&group)
        .output()
        .expect("demo runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    build_well(&group, &[]);
    let (catalog, _) = Catalog::load(None).expect("definitions");
    let data = group.join("output/data");
    let submissions = csv(&data.join("submissions.csv"));
    for store in ["S01", "S02"] {
        let held: BTreeSet<&str> = submissions
            .iter()
            .filter(|row| row["store"] == store && row["accepted"] != "0")
            .map(|row| row["sheet"].as_str())
            .collect();
        let lacking: Vec<&str> =
            catalog.sheets.iter().map(|sheet| &*sheet.id).filter(|id| !held.contains(id)).collect();
        assert!(lacking.is_empty(), "{store} lacks {lacking:?}");
    }
    assert!(submissions.iter().all(|row| row["store"] != "_group"), "every row of the group is some store's");
    // Nothing is wrong in the workbooks that the option adds.
    let findings = csv(&data.join("findings.csv"));
    let added = |workbook: &str| workbook.starts_with("_group/") || workbook.ends_with("其他报表.xlsx");
    let wrong: Vec<_> = findings.iter().filter(|row| added(&row["workbook"]) && row["severity"] != "notice").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Nor does what they say contradict the first five, but for the mistakes planted there.
    let across = ["R114", "R115", "R209", "R304", "R405", "R407", "R506", "R614", "R615", "R636", "R651", "R652"];
    let row_of = |finding: &std::collections::BTreeMap<String, String>| {
        let row = finding["cell"].trim_start_matches(|c: char| c.is_ascii_uppercase()).to_owned();
        (finding["workbook"].clone(), finding["sheet"].clone(), row)
    };
    let planted: BTreeSet<_> =
        findings.iter().filter(|row| !across.contains(&row["code"].as_str())).map(row_of).collect();
    let contradicted: Vec<_> = findings
        .iter()
        .filter(|row| across.contains(&row["code"].as_str()) && !planted.contains(&row_of(row)))
        .collect();
    assert!(contradicted.is_empty(), "{contradicted:#?}");
    let package = std::fs::read_to_string(data.join("datapackage.json")).expect("written");
    for sheet in &catalog.sheets {
        assert!(package.contains(&format!("facts/{}/S01.parquet", sheet.id)), "{}", sheet.id);
        assert!(data.join(format!("facts/{}/S01.parquet", sheet.id)).is_file(), "{}", sheet.id);
    }
    let pages = crate::foursight::tree(&group.join("output/site/dictionary"));
    let pages = pages.iter().filter(|(name, _)| name.starts_with("sheets"));
    let pages: String = pages.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(catalog.sheets.iter().all(|sheet| pages.contains(&sheet.title.zh)), "the dictionary has every sheet");
}

#[test]
fn a_group_with_every_kind_of_sheet_gives_every_kpi_something_to_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let group = folder.path().join("g");
    // What falls due a year after a delivery needs a year.
    let made = foursight().args(["demo", "--all-sheets", "--stores", "3", "--months", "14"]).arg(&group).output();
    assert!(made.expect("demo runs").status.success());
    build_well(&group, &[]);
    let (catalog, _) = Catalog::load(None).expect("definitions");
    let figures = csv(&group.join("output/data/kpi.csv"));
    let counted = figures.iter().filter(|row| row["scope"] == "group" && row["status"] != "no_data");
    let counted: BTreeSet<&str> = counted.map(|row| row["kpi"].as_str()).collect();
    let without: Vec<&str> = catalog.kpis.iter().map(|kpi| &*kpi.id).filter(|id| !counted.contains(id)).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// Two cells of a column, each good.
fn two(sheet: &SheetDef, at: usize) -> Option<[String; 2]> {
    let column = &sheet.columns[at];
    if sheet.keys.iter().flatten().any(|key| *key == at) {
        return None;
    }
    Some(match column.cell {
        CellType::Integer | CellType::Number | CellType::Money => ["8".to_owned(), "9".to_owned()],
        CellType::Text => ["甲".to_owned(), "乙".to_owned()],
        CellType::Category if column.values.len() > 1 => [0, 1].map(|i| column.values[i].value.to_string()),
        CellType::Flag => ["是".to_owned(), "否".to_owned()],
        _ => return None,
    })
}

#[test]
fn impossible_days_and_keys_that_stand_twice_are_told_in_every_sheet() {
    let (catalog, _) = Catalog::load(None).expect("definitions");
    let group = tempfile::tempdir().expect("a folder");
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (n, sheet) in catalog.sheets.iter().enumerate() {
        let mut rows = Vec::new();
        let mut told = Vec::new();
        let days = |column: &&ColumnDef| matches!(column.cell, CellType::Date | CellType::Instant | CellType::Month);
        for column in sheet.columns.iter().filter(days) {
            let old = column.personal != Some(PersonalClass::Birthday);
            for (day, wrong) in [("2062-11-17", !column.may_be_future), ("1999-12-31", old)] {
                let cell = if column.cell == CellType::Month { &day[..7] } else { day };
                if wrong {
                    // No month of a former century is read as one.
                    let code = if column.cell == CellType::Month && day.starts_with('1') { "C003" } else { "C015" };
                    told.push(format!("{code} {} {}", rows.len() + 2, column.title.zh));
                    rows.push(format!("{}={cell}", column.title.zh));
                }
            }
        }
        // Two rows of one key that say different things: the first stands.
        let others = sheet.columns.iter().enumerate().filter_map(|(at, column)| Some((column, two(sheet, at)?)));
        let (column, cells) = others
            .min_by_key(|(column, _)| match column.cell {
                CellType::Text => 0,
                CellType::Category => 2,
                _ => 1,
            })
            .expect("a column that is no key");
        let key = sheet.keys.first().expect("a key");
        let key: Vec<String> = key
            .iter()
            .map(|at| format!("{}={}", sheet.columns[*at].title.zh, text::good(sheet, &sheet.columns[*at], n, 50)))
            .collect();
        told.push(format!("S004 {}", rows.len() + 3));
        rows.extend(cells.map(|cell| format!("{}; {}={cell}", key.join("; "), column.title.zh)));
        let folder = group.path().join("input").join(&*sheet.id);
        std::fs::create_dir_all(&folder).expect("made");
        let written = text::made(&format!("@{}\n{}\n", sheet.title.zh, rows.join("\n")), n, &catalog);
        write_xlsx(&written, &folder.join("2026-W47.xlsx"));
        expected.insert(sheet.id.to_string(), told);
    }
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The made-up prospects bear a level and no next contact, the made-up follow-ups content and no time: what these want is
    // their own tests' business.
    let rows = csv(&group.path().join("output/data/findings.csv"));
    for row in rows.iter().filter(|row| !["R129", "R211"].contains(&row["code"].as_str())) {
        let line = row["cell"].trim_start_matches(|c: char| c.is_ascii_uppercase());
        // Which column of the key tells two rows of one key apart is its own test's business.
        let field = if row["code"] == "S004" { "" } else { &*row["field"] };
        let said = format!("{} {line} {field}", row["code"]).trim_end().to_owned();
        found.entry(row["store"].clone()).or_default().push(said);
    }
    for said in found.values_mut().chain(expected.values_mut()) {
        said.sort();
    }
    let wrong: Vec<String> = expected
        .iter()
        .map(|(sheet, told)| (sheet, told, found.get(sheet).cloned().unwrap_or_default()))
        .filter(|(_, told, found)| *told != found)
        .map(|(sheet, told, found)| format!("{sheet}\n  expected {told:?}\n  found    {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
