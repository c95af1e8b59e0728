//! Every code of a finding: a case that raises exactly it and a near miss that does not raise it (`tests/findings/`).
//! The rows are made from the definitions, so that a case says only what it is about.

mod foreign;
pub mod text;

use crate::foursight::{build, csv, foursight};
use foursight::catalog::Catalog;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use text::{Block, Case};

/// Codes whose cause is no file that a test can lay into a group: by the tests that hold them.
const ELSEWHERE: [(&str, &str, &str); 4] = [
    ("W007", "src/intake/tests/reader.rs", "what_a_file_does_to_its_reader_is_the_files"),
    ("W008", "src/intake/tests/reader.rs", "what_a_file_does_to_its_reader_is_the_files"),
    ("W014", "src/intake/tests/reader.rs", "what_the_machine_does_to_a_reader_is_the_machines"),
    ("W024", "tests/it/readers.rs", "a_workbook_that_is_replaced_while_the_build_runs_bears_no_marks"),
];

/// The group's cut-off; the week of every path that says none.
const CUTOFF: &str = "2026-11-22";

/// What was found in each store, as codes.
type Found = BTreeMap<String, Vec<String>>;

/// What a whole build finds, in which every row that was read is accounted for.
fn found_by_build(group: &Path) -> Found {
    let output = build(group, &["--as-of", CUTOFF]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for row in csv(&group.join("output/data/submissions.csv")) {
        let count = |of: &str| row[of].parse::<u64>().expect("a count");
        assert_eq!(count("rows_read"), count("accepted") + count("rejected"), "{row:?}");
    }
    by_store(&csv(&group.join("output/data/findings.csv")))
}

/// What `check` finds, which makes no pages of so many stores.
fn found_by_check(group: &Path) -> Found {
    let mut check = foursight();
    check.args(["check", "--format", "csv", "--as-of", CUTOFF, "--input"]).arg(group.join("input"));
    let output = check.output().expect("it runs");
    let path = group.join("said.csv");
    fs::write(&path, &output.stdout).expect("written");
    by_store(&csv(&path))
}

fn by_store(rows: &[BTreeMap<String, String>]) -> Found {
    let mut found = Found::new();
    for row in rows {
        let said = format!("{} {} {} {}", row["code"], row["sheet"], row["cell"], row["field"]);
        found.entry(row["store"].clone()).or_default().push(said);
    }
    found
}

/// Lays the files of one side of a case into a group; `store` is where paths without a root go.
fn lay(block: &Block, group: &Path, store: &str, n: usize, catalog: &Catalog) {
    for file in &block.files {
        let path = match file.path.strip_prefix('/') {
            Some(path) => group.join(path),
            None => group.join("input").join(store).join(&file.path),
        };
        foreign::write(file, &path, n, catalog);
    }
}

/// Whether the codes that were said are those that the case says, and what they were.
fn judge(case: &Case, side: &str, block: &Block, said: &[String], wrong: &mut Vec<String>) {
    let codes: BTreeSet<&str> = said.iter().filter_map(|line| line.split(' ').next()).collect();
    let mut expected: BTreeSet<&str> = block.also.iter().map(String::as_str).collect();
    if side == "wrong" {
        expected.insert(&case.code);
    }
    if codes != expected {
        wrong.push(format!("{} {side} ({}): {said:?}", case.code, case.title));
    }
}

#[test]
fn every_code_has_a_case_that_raises_exactly_it_and_a_near_miss() {
    let (catalog, _) = Catalog::load(None).expect("definitions");
    let only = std::env::var("FOURSIGHT_FINDING").unwrap_or_default();
    let cases = text::cases();
    let mut lacking: Vec<&str> = Vec::new();
    for code in catalog.rules.keys() {
        let own = cases.iter().any(|case| *case.code == **code);
        if !own && !ELSEWHERE.iter().any(|(held, ..)| **held == **code) {
            lacking.push(code);
        }
    }
    assert!(lacking.is_empty(), "no case for {lacking:?}");
    for case in &cases {
        assert!(catalog.rules.contains_key(&*case.code), "{} is no code", case.code);
    }
    for (code, file, test) in ELSEWHERE {
        let text = fs::read_to_string(crate::foursight::root().join(file)).expect("a source file");
        assert!(text.contains(&format!("fn {test}")), "{code}: {file} has no {test}");
    }
    let mut wrong = Vec::new();
    let cases: Vec<&Case> = cases.iter().filter(|case| case.code.contains(&*only)).collect();
    // Those that need a store alone share one group, a store for each side; phones and the like bear the store's number.
    let shared = tempfile::tempdir().expect("a folder");
    let mut places = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        for (n, side, block) in [(2 * at, "wrong", &case.wrong), (2 * at + 1, "near", &case.near)] {
            if case.of_a_group() {
                let own = tempfile::tempdir().expect("a folder");
                lay(block, own.path(), "S01", n, &catalog);
                let said: Vec<String> = found_by_build(own.path()).into_values().flatten().collect();
                judge(case, side, block, &said, &mut wrong);
            } else {
                let store = format!("F{n:03}");
                lay(block, shared.path(), &store, n, &catalog);
                places.push((*case, side, block, store));
            }
        }
    }
    if !places.is_empty() {
        let mut found = found_by_check(shared.path());
        for (case, side, block, store) in places {
            judge(case, side, block, &found.remove(&store).unwrap_or_default(), &mut wrong);
        }
        assert!(found.is_empty(), "of no case: {found:?}");
    }
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
