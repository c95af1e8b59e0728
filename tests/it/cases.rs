//! `tests/cases/<name>/{input,expected}`: small groups worked by hand.
//!
//! `input/<store>/x.xlsx.txt` is a workbook in the notation of [`crate::table`]; any other file is copied as it is.
//! `foursight.toml` beside it is the config. `arguments` holds more command-line arguments, one a line.
//!
//! Expectations, each optional, `//` begins a comment:
//! - `expected/kpi.csv`: lines `kpi,scope,scope_id,period,numerator,denominator,value,excluded,status`; each must be in
//!   `kpi.csv` just so. `!kpi,scope,scope_id,period` must not be there with anything counted. What counts and is not
//!   listed fails: of every KPI that has a line here, all stores' months. What else `kpi.csv` holds are sums of these
//!   (`it/sums.rs`).
//! - `expected/findings.csv`: **all** findings of the levels it names, `code,severity,workbook,sheet,cell`. The first line
//!   `levels: error warning` says which levels (default: error and warning).
//! - `expected/worklist.csv`: all lines of the lists it names, `list,store,owner,customer_ref,due,days_over`.
//! - `expected/forms.csv`: cells of forms as their pages show them, `form,store,block,row,column,text` (`it/forms.rs`).
//! - `expected/submissions.csv`: lines `store,sheet,week,expected,received,on_time,rows_read,accepted,repaired,rejected`
//!   that must be there.
//!
//! `FOURSIGHT_BLESS=1` rewrites `findings.csv` and `worklist.csv` from what came out; the diff is for review. Numbers of
//! `kpi.csv` are worked by hand and never rewritten.

use crate::{
    foursight::{build, csv, root},
    table,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What may stand in `expected/`; anything else is an orphan and fails.
const EXPECTATIONS: [&str; 5] = ["kpi.csv", "findings.csv", "worklist.csv", "submissions.csv", "forms.csv"];

#[test]
fn every_case_comes_out_as_worked_by_hand() {
    let mut names: Vec<_> =
        fs::read_dir(root().join("tests/cases")).expect("cases").map(|e| e.expect("a case").path()).collect();
    names.sort();
    let only = std::env::var("FOURSIGHT_CASE").ok();
    names.retain(|path| only.as_deref().is_none_or(|only| path.ends_with(only)));
    let mut failures = Vec::new();
    for case in &names {
        if let Err(what) = run(case) {
            failures.push(format!("── {}\n{what}", case.file_name().unwrap_or_default().to_string_lossy()));
        }
    }
    assert!(!names.is_empty(), "no case");
    assert!(failures.is_empty(), "{} of {} cases differ\n{}", failures.len(), names.len(), failures.join("\n"));
}

fn run(case: &Path) -> Result<(), String> {
    let group = tempfile::tempdir().expect("a folder");
    for (name, bytes) in crate::foursight::tree(&case.join("input")) {
        let path = group.path().join("input").join(&name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        match name.strip_suffix(".xlsx.txt") {
            Some(_) => table::write_xlsx(&String::from_utf8_lossy(&bytes), &path.with_extension("")),
            None => fs::write(&path, bytes).expect("written"),
        }
    }
    if let Ok(config) = fs::read(case.join("foursight.toml")) {
        fs::write(group.path().join("foursight.toml"), config).expect("written");
    }
    if case.join("definitions").is_dir() {
        crate::foursight::copy(&case.join("definitions"), &group.path().join("definitions"));
    }
    let arguments = fs::read_to_string(case.join("arguments")).unwrap_or_default();
    let output = build(group.path(), &arguments.lines().collect::<Vec<_>>());
    if output.status.code() == Some(2) {
        return Err(format!("exit 2: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let mut wrong = Vec::new();
    let expected: BTreeMap<String, String> = crate::foursight::tree(&case.join("expected"))
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).expect("UTF-8")))
        .collect();
    if expected.is_empty() {
        wrong.push("no expectation".to_owned());
    }
    for (name, text) in &expected {
        let data = group.path().join("output/data").join(name);
        match name.as_str() {
            "kpi.csv" => kpis(text, &data, &mut wrong),
            "submissions.csv" => submissions(text, &data, &mut wrong),
            "findings.csv" => findings(text, &data, case, &mut wrong),
            "worklist.csv" => worklists(text, &data, case, &mut wrong),
            "forms.csv" => crate::forms::differences(text, &group.path().join("output/site"), &mut wrong),
            other => wrong.push(format!("expected/{other} is an orphan; known: {EXPECTATIONS:?}")),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

fn pick(row: &BTreeMap<String, String>, columns: &[&str]) -> String {
    columns.iter().map(|column| row.get(*column).map(String::as_str).unwrap_or_default()).collect::<Vec<_>>().join(",")
}

const KPI_COLUMNS: [&str; 9] =
    ["kpi", "scope", "scope_id", "period", "numerator", "denominator", "value", "excluded", "status"];

fn kpis(text: &str, data: &Path, wrong: &mut Vec<String>) {
    let rows = csv(data);
    wrong.extend(unlisted(text, &rows));
    for line in lines(text) {
        if let Some(absent) = line.strip_prefix('!') {
            let counted =
                |row: &&BTreeMap<String, String>| pick(row, &KPI_COLUMNS[..4]) == absent && row["status"] != "no_data";
            if let Some(row) = rows.iter().find(counted) {
                wrong.push(format!("kpi.csv should have nothing: {}", pick(row, &KPI_COLUMNS)));
            }
        } else if !rows.iter().any(|row| pick(row, &KPI_COLUMNS) == line) {
            let head: String = line.split(',').take(4).collect::<Vec<_>>().join(",");
            let got = rows.iter().find(|row| pick(row, &KPI_COLUMNS[..4]) == head).map(|row| pick(row, &KPI_COLUMNS));
            wrong.push(format!("kpi.csv expected {line}\n         got      {}", got.as_deref().unwrap_or("nothing")));
        }
    }
}

/// The lines with something counted that the expectation should hold and does not.
fn unlisted(text: &str, rows: &[BTreeMap<String, String>]) -> Vec<String> {
    let head = |line: &str| line.trim_start_matches('!').split(',').take(4).map(str::to_owned).collect::<Vec<_>>();
    let listed: BTreeSet<Vec<String>> = lines(text).map(head).collect();
    let kpis: BTreeSet<&str> = listed.iter().map(|line| line[0].as_str()).collect();
    let counts = |row: &&BTreeMap<String, String>| row["status"] != "no_data";
    let of_these = |row: &&BTreeMap<String, String>| {
        let head: Vec<String> = KPI_COLUMNS[..4].iter().map(|column| row[*column].clone()).collect();
        kpis.contains(row["kpi"].as_str())
            && row["scope"] == "store"
            && row["grain"] == "month"
            && !listed.contains(&head)
    };
    let missing = rows.iter().filter(counts).filter(of_these);
    missing.map(|row| format!("kpi.csv unlisted {}", pick(row, &KPI_COLUMNS))).collect()
}

#[test]
fn a_line_that_is_not_listed_fails() {
    let row = |kpi: &str, scope: &str, id: &str, grain: &str, period: &str, status: &str| {
        let cells = [("kpi", kpi), ("scope", scope), ("scope_id", id), ("grain", grain), ("period", period)];
        let more = [("numerator", "1"), ("denominator", "2"), ("value", "0.5"), ("excluded", "0"), ("status", status)];
        cells.iter().chain(&more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let rows: Vec<BTreeMap<String, String>> = vec![
        row("a", "store", "S01", "month", "2026-09", "no_target"),
        row("a", "store", "S01", "month", "2026-10", "no_target"),
        row("a", "store", "S02", "month", "2026-10", "met"),
        row("a", "store", "S02", "month", "2026-11", "no_data"),
        row("a", "staff", "S01/x", "month", "2026-10", "no_target"),
        row("a", "model", "Q5", "month", "2026-10", "no_target"),
        row("b", "store", "S01", "month", "2026-10", "no_target"),
    ];
    let text = "a,store,S01,2026-10,1,2,0.5,0,no_target // a comment\n// another";
    let found: Vec<String> = unlisted(text, &rows);
    assert_eq!(
        found,
        [
            "kpi.csv unlisted a,store,S01,2026-09,1,2,0.5,0,no_target",
            "kpi.csv unlisted a,store,S02,2026-10,1,2,0.5,0,met",
        ]
    );
}

fn submissions(text: &str, data: &Path, wrong: &mut Vec<String>) {
    let columns =
        ["store", "sheet", "week", "expected", "received", "on_time", "rows_read", "accepted", "repaired", "rejected"];
    let rows: Vec<String> = csv(data).iter().map(|row| pick(row, &columns)).collect();
    for line in lines(text).filter(|line| !rows.iter().any(|row| row == line)) {
        let head: String = line.split(',').take(3).collect::<Vec<_>>().join(",");
        let got = rows.iter().find(|row| row.starts_with(&head));
        wrong.push(format!(
            "submissions.csv expected {line}\n                 got      {}",
            got.map_or("nothing", String::as_str)
        ));
    }
}

fn findings(text: &str, data: &Path, case: &Path, wrong: &mut Vec<String>) {
    let levels = text.lines().next().and_then(|line| line.strip_prefix("levels:")).unwrap_or("error warning").trim();
    let rows = csv(data);
    let shown = rows.iter().filter(|row| levels.split(' ').any(|level| level == row["severity"]));
    let mut got: Vec<String> = shown.map(|row| pick(row, &["code", "severity", "workbook", "sheet", "cell"])).collect();
    got.sort();
    let mut expected: Vec<String> =
        lines(text).filter(|line| !line.starts_with("levels:")).map(str::to_owned).collect();
    expected.sort();
    differ("findings.csv", &expected, &got, &format!("levels: {levels}\n"), case, wrong);
}

fn worklists(text: &str, data: &Path, case: &Path, wrong: &mut Vec<String>) {
    let expected: Vec<String> = lines(text).map(str::to_owned).collect();
    let lists: Vec<&str> = expected.iter().filter_map(|line| line.split(',').next()).collect();
    let rows = csv(data);
    let shown = rows.iter().filter(|row| lists.contains(&row["list"].as_str()));
    let columns = ["list", "store", "owner", "customer_ref", "due", "days_over"];
    let mut got: Vec<String> = shown.map(|row| pick(row, &columns)).collect();
    // `!list` names a list that must be empty.
    let mut expected: Vec<String> = expected.into_iter().filter(|line| !line.starts_with('!')).collect();
    let empty: Vec<String> = lines(text).filter_map(|line| line.strip_prefix('!')).map(str::to_owned).collect();
    for row in rows.iter().filter(|row| empty.contains(&row["list"])) {
        wrong.push(format!("worklist.csv should have no {}: {}", row["list"], pick(row, &columns)));
    }
    got.sort();
    expected.sort();
    differ("worklist.csv", &expected, &got, "", case, wrong);
}

fn differ(name: &str, expected: &[String], got: &[String], head: &str, case: &Path, wrong: &mut Vec<String>) {
    if expected == got {
        return;
    }
    if std::env::var_os("FOURSIGHT_BLESS").is_some() {
        fs::write(case.join("expected").join(name), format!("{head}{}\n", got.join("\n"))).expect("written");
        return;
    }
    let missing = expected.iter().filter(|line| !got.contains(line)).map(|line| format!("{name} missing    {line}"));
    let surplus = got.iter().filter(|line| !expected.contains(line)).map(|line| format!("{name} unexpected {line}"));
    wrong.extend(missing.chain(surplus));
    wrong.push(format!("{name}: {} expected, {} came", expected.len(), got.len()));
}
