//! One file adds one thing, and a bad file costs one finding with its line.

use crate::foursight::{build, build_well, csv};
use std::{fs, path::Path};

const ORDERS: &str = "# 订单交车\n\
    订单号 | 车型 | 顾问 | 客户电话 | 下订日期 | 加装金额 | 成交价\n\
    D1 | Q5 | 李销售 | 13900000001 | 2026-10-05 | 1200 | 300000\n\
    D2 | Q5 | 李销售 | 13900000002 | 2026-10-06 | 800 | 90000\n";

fn group(definitions: &[(&str, &str)]) -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    let store = group.path().join("input/S01");
    fs::create_dir_all(&store).expect("a folder");
    crate::table::write_xlsx(ORDERS, &store.join("2026-W41.xlsx"));
    for (name, text) in definitions {
        let path = group.path().join("definitions").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    group
}

fn data(group: &Path, name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    csv(&group.join("output/data").join(name))
}

#[test]
fn a_kpi_a_rule_a_worklist_and_a_column_are_each_one_file() {
    let group = group(&[
        (
            "sheets/order_fitting.toml",
            "extends = \"order\"\n[[column]]\nfield = \"fitting\"\ntitle = { zh = \"加装金额\", en = \"Fitting\" }\ntype = \"money\"\n",
        ),
        (
            "kpis/fitting_sum.toml",
            "title = { zh = \"加装总额\", en = \"Fittings\" }\nfact = \"order\"\ntime = \"ordered_at\"\n\
             numerator = \"fitting\"\nunit = \"yuan\"\nsource = \"集团\"\n",
        ),
        (
            "rules/G001.toml",
            "severity = \"warning\"\ntitle = { zh = \"车价偏低\" }\nmessage = { zh = \"成交价低于 10 万\" }\ncause = { zh = \"漏写一位\" }\n\
             fix = { zh = \"核对成交价\" }\nsheet = \"order\"\nfield = \"price\"\nholds = \"price >= 100000\"\n",
        ),
        (
            "worklists/undelivered.toml",
            "number = 99\ntitle = { zh = \"未交车\", en = \"Undelivered\" }\nfact = \"order\"\nwhere = \"delivered_at is null\"\n\
             owner = \"consultant\"\ndue = \"ordered_at\"\nreason = \"'未交车'\"\ncustomer = \"order_no\"\nsource = \"集团\"\n",
        ),
    ]);
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let kpis = data(group.path(), "kpi.csv");
    let sum =
        kpis.iter().find(|row| row["kpi"] == "fitting_sum" && row["scope"] == "group" && row["period"] == "2026-10");
    // 1200 + 800
    assert_eq!(sum.expect("the KPI is there")["value"], "2000");
    let findings = data(group.path(), "findings.csv");
    let low: Vec<&str> = findings.iter().filter(|row| row["code"] == "G001").map(|row| row["cell"].as_str()).collect();
    assert_eq!(low, ["G3"]);
    assert!(!findings.iter().any(|row| row["code"] == "H002" || row["code"] == "D001"), "{findings:?}");
    let list: Vec<String> = data(group.path(), "worklist.csv")
        .iter()
        .filter(|row| row["list"] == "undelivered")
        .map(|row| format!("{} {} {}", row["owner"], row["customer_ref"], row["days_over"]))
        .collect();
    // 31 − 5 and 31 − 6 October
    assert_eq!(list, ["李销售 D1 26", "李销售 D2 25"]);
}

#[test]
fn a_bad_definition_costs_one_finding_with_file_and_line() {
    let bad = [
        (
            "kpis/unknown_key.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\ncolour = 3\n",
            "6",
        ),
        (
            "kpis/bad_sql.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nsource = \"x\"\nnumerator = \"price >\"\n",
            "5",
        ),
        (
            "kpis/no_fact.toml",
            "title = { zh = \"甲\" }\nfact = \"orders\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "2",
        ),
        (
            "kpis/no_column.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"sold_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "3",
        ),
        (
            "kpis/bad_target.toml",
            "title = { zh = \"甲\" }\ntarget = 95\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "2",
        ),
        (
            "kpis/bad_type.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nsource = \"x\"\nnumerator = \"model\"\n",
            "5",
        ),
        (
            "rules/G002.toml",
            "severity = \"warning\"\ntitle = { zh = \"甲\" }\nmessage = { zh = \"甲\" }\ncause = { zh = \"甲\" }\nfix = { zh = \"甲\" }\nsheet = \"order\"\nfield = \"price\"\nholds = \"cost > 1\"\n",
            "8",
        ),
    ];
    let files: Vec<(&str, &str)> = bad.iter().map(|(name, text, _)| (*name, *text)).collect();
    let group = group(&files);
    let output = build(group.path(), &["--as-of", "2026-10-31", "--strict=error"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let findings = data(group.path(), "findings.csv");
    let mut got: Vec<(String, String)> = findings
        .iter()
        .filter(|row| row["code"] == "D001")
        .map(|row| (row["workbook"].clone(), row["cell"].clone()))
        .collect();
    got.sort();
    let mut expected: Vec<(String, String)> =
        bad.iter().map(|(name, _, line)| (format!("definitions/{name}"), (*line).to_owned())).collect();
    expected.sort();
    assert_eq!(got, expected);
    let orders = data(group.path(), "submissions.csv");
    assert!(orders.iter().any(|row| row["sheet"] == "order" && row["accepted"] == "2"), "the rest is built");
}

#[test]
fn a_config_mistake_names_file_and_line_and_what_was_expected() {
    let group = group(&[]);
    for (text, line) in [
        ("[group]\nas_of = \"someday\"\n", "2"),
        ("[group]\ncolour = 1\n", "2"),
        ("[targets]\n\nno_such_kpi = 0.5\n", "3"),
        ("[[store]]\nid = \"S01\"\n[[store]]\nid = \"S01\"\n", "3"),
        ("[calendar]\nopens = \"25:00\"\n", "2"),
    ] {
        fs::write(group.path().join("foursight.toml"), text).expect("written");
        let output = build(group.path(), &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("foursight.toml") && said.contains(&format!("line {line}")), "{text}: {said}");
    }
}

#[test]
fn a_missing_input_says_what_to_type() {
    let group = tempfile::tempdir().expect("a folder");
    let output = build(group.path(), &["--as-of", "2026-10-31"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("foursight init"), "{said}");
}

#[test]
fn what_stands_under_the_name_of_ours_and_does_not_replace_it_leaves_it_in_force() {
    let column =
        "extends = \"order\"\n[[column]]\nfield = \"fitting\"\ntitle = { zh = \"加装金额\" }\ntype = \"money\"\n";
    let endless = vec!["level = 'A'"; 1000].join(" or ");
    let endless = format!(
        "title = {{ zh = \"甲\" }}\nfact = \"prospect\"\ntime = \"level_at\"\nsource = \"x\"\nnumerator = \"{endless}\"\n"
    );
    let group = group(&[
        ("sheets/prospect.toml", "title = { zh = \"潜客表\" }\n"),
        ("sheets/order.toml", column),
        ("kpis/endless.toml", &endless),
        ("kpi/misspelt.toml", ""),
    ]);
    let (catalog, findings) = foursight::catalog::Catalog::load(Some(group.path())).expect("definitions");
    let mut places: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
    places.sort();
    let expected = ["definitions/kpi · 1", "definitions/kpis/endless.toml · 5", "definitions/sheets/prospect.toml · 1"];
    assert_eq!(places, expected);
    assert!(catalog.sheet("prospect").is_some_and(|sheet| sheet.field("phone").is_some()), "ours");
    assert!(catalog.sheet("order").is_some_and(|sheet| sheet.field("fitting").is_some()), "ours, and one more column");
}
