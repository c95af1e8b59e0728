//! Every kind of sheet from end to end: the demo that writes them all reads back, each row where it belongs.

use crate::foursight::{build_well, csv, foursight};
use foursight::catalog::Catalog;
use std::collections::BTreeSet;

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
