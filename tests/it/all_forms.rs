//! Every form and view of the documents is there: on the site, in a workbook, with a case worked by hand.

use crate::foursight::built_sample;
use calamine::{Reader, Xlsx};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The forms have the numbers 1 to 47.
const FORMS: std::ops::RangeInclusive<i64> = 1..=47;

/// The views, by the files that define them: the five of the documents, then ours over the same figures.
const VIEWS: [&str; 11] = [
    "functions_pdca",
    "roadmap",
    "lifecycle_view",
    "customer_ring",
    "customer_value",
    "funnel_view",
    "retention_cohorts",
    "complaint_pareto",
    "level_model",
    "cadence_calendar",
    "cs_monthly",
];

/// The forms that `definitions/forms` holds, by id.
fn defined() -> BTreeMap<String, toml::Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions/forms");
    let files = fs::read_dir(folder).expect("the forms").map(|entry| entry.expect("an entry").path());
    let read = |path: std::path::PathBuf| {
        let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a definition");
        (id, text.parse::<toml::Table>().expect("TOML"))
    };
    files.map(read).collect()
}

#[test]
fn every_form_and_view_is_defined_and_has_its_page_and_its_worksheet() {
    let output = built_sample().join("output");
    let defined = defined();
    let numbers: BTreeSet<i64> = defined.values().filter_map(|form| form.get("number")?.as_integer()).collect();
    assert_eq!(numbers, FORMS.collect(), "the numbers of the documents");
    for view in VIEWS {
        assert!(defined.contains_key(view), "{view}");
    }
    let index = fs::read_to_string(output.join("site/forms.html")).expect("the index of forms");
    let mut sheets = BTreeSet::new();
    let workbooks = walkdir::WalkDir::new(output.join("workbooks")).into_iter().map(|entry| entry.expect("readable"));
    for book in workbooks.filter(|entry| {
        entry.file_name().to_string_lossy().contains("S01-")
            || entry.file_name().to_string_lossy().starts_with("group-forms-")
    }) {
        let book: Xlsx<_> = calamine::open_workbook(book.path()).expect("a workbook");
        sheets.extend(book.sheet_names());
    }
    for (id, form) in &defined {
        assert!(output.join(format!("site/forms/{id}.html")).exists(), "{id}: no page");
        assert!(index.contains(&format!("forms/{id}.html")), "{id}: not in the index");
        let zh = |key: &str| form.get(key).and_then(|text| text.get("zh")?.as_str().map(str::to_owned));
        let title = zh("title").expect("a title");
        let number = form.get("number").and_then(toml::Value::as_integer);
        let numbered = number.map_or(title.clone(), |number| format!("{number} {title}"));
        let sheet: String =
            zh("sheet").unwrap_or(numbered).chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect();
        let there = sheets.iter().any(|own| own.replace(' ', "") == sheet.replace(' ', ""));
        assert!(there, "{id}: no worksheet {sheet:?} among {sheets:?}");
    }
}

#[test]
fn every_form_has_figures_worked_by_hand() {
    let mut worked = BTreeSet::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for case in fs::read_dir(cases).expect("the cases") {
        let expected = case.expect("a case").path().join("expected/forms.csv");
        let Ok(text) = fs::read_to_string(expected) else { continue };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        worked.extend(lines.filter_map(|line| Some(line.split_once(',')?.0.trim().to_owned())));
    }
    let without: Vec<String> = defined().into_keys().filter(|id| !worked.contains(id)).collect();
    assert!(without.is_empty(), "no line of expected/forms.csv is of {without:?}");
}
