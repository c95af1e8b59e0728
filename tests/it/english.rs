//! `--lang en`: whoever reads English reads no Chinese sentence. Names, cells, and the titles and values of the clerks'
//! own workbooks stay as they are.

use crate::foursight::{built_sample, copy, csv, foursight, is_han, root, tree};
use calamine::{Data, Reader, open_workbook_auto};
use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::Path,
};

/// The runs of Chinese characters in a text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_han(c)).filter(|run| !run.is_empty())
}

/// The texts of a workbook: sheet names and cells.
fn cells(path: &Path, mut each: impl FnMut(&str)) {
    let Ok(mut workbook) = open_workbook_auto(path) else { return };
    for name in workbook.sheet_names() {
        each(&name);
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        for cell in range.rows().flatten() {
            if let Data::String(text) = cell {
                each(text);
            }
        }
    }
}

/// The Chinese that may stand in English output.
#[derive(Default)]
struct Allowed {
    runs: HashSet<String>,
    /// All of it in one text, for parts of what was cut or split.
    all: String,
}

impl Allowed {
    fn add(&mut self, text: &str) {
        for run in runs(text) {
            if self.runs.insert(run.to_owned()) {
                self.all.push_str(run);
                self.all.push('\n');
            }
        }
    }

    /// What clerks wrote below `input`, what the config names, and what definitions quote of workbooks: titles, values,
    /// examples, sources, and the Chinese inside English texts.
    fn of(group: &Path) -> Allowed {
        let mut allowed = Allowed::default();
        for (name, bytes) in tree(&group.join("input")) {
            allowed.add(&name);
            match String::from_utf8(bytes) {
                Ok(text) => allowed.add(&text),
                Err(error) => allowed.add(&encoding_rs::GB18030.decode(error.as_bytes()).0),
            }
            cells(&group.join("input").join(&name), |text| allowed.add(text));
        }
        allowed.add(&fs::read_to_string(group.join("foursight.toml")).unwrap_or_default());
        for (name, bytes) in tree(&root().join("definitions")) {
            let text = String::from_utf8(bytes).expect("UTF-8");
            let definition: toml::Table = text.parse().expect("a definition");
            quoted(&mut allowed, &toml::Value::Table(definition), name.starts_with("sheets/"));
        }
        // The sheet of results is known by its name when a workbook comes back.
        allowed.add("检查结果");
        allowed
    }

    /// The runs of a text that are not allowed.
    fn strange<'t>(&self, text: &'t str) -> BTreeSet<&'t str> {
        runs(text).filter(|run| !self.runs.contains(*run) && !self.all.contains(run)).collect()
    }
}

fn quoted(allowed: &mut Allowed, value: &toml::Value, sheet: bool) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    // A sheet's own titles stand in the clerks' workbooks.
                    ("title", toml::Value::Table(title)) if sheet => {
                        title.values().filter_map(toml::Value::as_str).for_each(|text| allowed.add(text));
                    }
                    ("zh", _) => {}
                    ("en" | "source" | "example" | "value", toml::Value::String(text)) => allowed.add(text),
                    // Titles and values as clerks write them; lists are ordered by values.
                    ("synonyms" | "values" | "order_by" | "row_values" | "column_values", value) => {
                        allowed.add(&value.to_string())
                    }
                    // Conditions compare with what cells hold.
                    (
                        "where" | "excluded" | "numerator" | "denominator" | "holds" | "open",
                        toml::Value::String(sql),
                    ) => {
                        allowed.add(sql);
                    }
                    (_, value) => quoted(allowed, value, sheet),
                }
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| quoted(allowed, value, sheet)),
        _ => {}
    }
}

/// A copy of the sample built in English, with the cache of the one that is built already.
pub fn english_sample() -> &'static Path {
    static BUILT: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    BUILT
        .get_or_init(|| {
            let group = tempfile::tempdir().expect("a folder");
            copy(&root().join("input"), &group.path().join("input"));
            fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the sample's config");
            let cache = built_sample().join(".foursight");
            let built = crate::foursight::build(group.path(), &["--lang", "en", "--work", &cache.to_string_lossy()]);
            let said = String::from_utf8_lossy(&built.stdout) + String::from_utf8_lossy(&built.stderr);
            assert!(built.status.success(), "{said}");
            assert!(!said.contains(is_han), "{said}");
            group
        })
        .path()
}

fn assert_none(strange: &BTreeSet<String>, what: &str) {
    let some: Vec<&String> = strange.iter().take(60).collect();
    assert!(strange.is_empty(), "{what}: {} runs of Chinese, such as {some:#?}", strange.len());
}

#[test]
fn findings_and_check_are_english() {
    let group = english_sample();
    let allowed = Allowed::of(group);
    let mut strange: BTreeSet<String> = BTreeSet::new();
    let findings = csv(&group.join("output/data/findings.csv"));
    assert!(findings.len() > 100, "the sample has findings");
    for finding in &findings {
        for column in ["message", "hint", "field"] {
            strange
                .extend(allowed.strange(&finding[column]).into_iter().map(|run| format!("{}: {run}", finding["code"])));
        }
    }
    assert_none(&strange, "findings.csv");
    let cache = built_sample().join(".foursight");
    for format in ["human", "json", "csv", "github", "junit"] {
        let mut command = foursight();
        command.current_dir(group).args(["check", "--quiet", "--lang", "en", "--format", format]);
        let output = command.arg("--work").arg(&cache).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("R104"), "{format}");
        strange.extend(allowed.strange(&said).into_iter().map(str::to_owned));
        assert_none(&strange, format);
    }
}

#[test]
fn the_site_and_its_data_are_english() {
    let group = english_sample();
    let allowed = Allowed::of(group);
    let mut strange: BTreeSet<String> = BTreeSet::new();
    for folder in ["site", "data"] {
        for (name, bytes) in tree(&group.join("output").join(folder)) {
            // Scripts and styles are the same in every language: the units that a sorter reads are no sentence.
            if name.ends_with(".parquet") || name.ends_with(".xlsx") || name.starts_with("assets/") {
                continue;
            }
            let text = String::from_utf8(bytes).expect("UTF-8");
            let page = name.split('/').next().unwrap_or_default();
            strange.extend(allowed.strange(&text).into_iter().map(|run| format!("{folder}/{page}: {run}")));
        }
    }
    assert_none(&strange, "site and data");
}

#[test]
fn returned_workbooks_say_it_in_english() {
    let group = english_sample();
    let allowed = Allowed::of(group);
    let mut strange: BTreeSet<String> = BTreeSet::new();
    let mut returned = 0;
    for name in tree(&group.join("output/returned")).into_keys() {
        returned += 1;
        cells(&group.join("output/returned").join(name), |text| {
            strange.extend(allowed.strange(text).into_iter().map(str::to_owned));
        });
    }
    assert!(returned > 3, "the sample has workbooks to return");
    assert_none(&strange, "returned workbooks");
}

#[test]
fn what_goes_wrong_is_said_in_english() {
    let group = tempfile::tempdir().expect("a folder");
    let said = |arguments: &[&str]| {
        let mut command = foursight();
        let output = command.current_dir(group.path()).args(arguments).args(["--lang", "en"]).output();
        let output = output.expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said.into_owned())
    };
    let fails = |arguments: &[&str]| {
        let (code, said) = said(arguments);
        assert!(code == Some(2) && !said.contains(is_han) && said.len() > 20, "{arguments:?}: {said}");
    };
    fails(&["build"]);
    fails(&["build", "--as-of", "soon"]);
    fails(&["explain", "no_such_thing", "--input", "nowhere"]);
    fails(&["template", "none", "-o", "x.xlsx"]);
    fs::create_dir_all(group.path().join("input")).expect("a folder");
    fails(&["build"]);
    fs::create_dir_all(group.path().join("input/S01")).expect("a folder");
    fails(&["build"]);
    for config in ["[group]\nlang = \"xx\"\n", "[group]\ncolour = 1\n", "[targets]\nno_kpi = 0.5\n", "[group\n"] {
        fs::write(group.path().join("foursight.toml"), config).expect("written");
        fails(&["build"]);
    }
    for command in [
        "build",
        "check",
        "template",
        "init",
        "demo",
        "explain",
        "plan",
        "query",
        "serve",
        "completions",
        "man",
        "help",
    ] {
        let (code, said) = said(&[command, "--help"]);
        assert!(code == Some(0) && !said.contains(is_han), "{command}: {said}");
    }
    // Without a locale it is Chinese, and Chinese alone.
    let output = foursight().current_dir(group.path()).args(["build", "--as-of", "soon"]).output();
    let said = String::from_utf8_lossy(&output.expect("the binary starts").stderr).into_owned();
    assert!(said.contains("不是日期") && !said.contains("is no date"), "{said}");
}

#[test]
fn explain_has_english_labels() {
    let explain = |what: &str| {
        let output = foursight().current_dir(root()).args(["explain", what, "--lang", "en"]).output();
        let output = output.expect("the binary starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let rule = explain("R104");
    assert!(rule.contains("Message: ") && rule.contains("How to fix: ") && rule.contains("(Error)"), "{rule}");
    let kpi = explain("cp_resp_10m");
    assert!(kpi.contains("Numerator: ") && kpi.contains("(more is better)"), "{kpi}");
    assert!(explain("contact_overdue").contains("Next step: "));
}

#[test]
fn a_mistake_in_a_definition_is_said_in_either_language() {
    let group = tempfile::tempdir().expect("a folder");
    let kpis = group.path().join("definitions/kpis");
    fs::create_dir_all(&kpis).expect("a folder");
    fs::create_dir_all(group.path().join("input/S01")).expect("a folder");
    let kpi = "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\ncolour = 3\n";
    fs::write(kpis.join("own.toml"), kpi).expect("written");
    crate::table::write_xlsx(
        "# 订单交车\n订单号 | 下订日期\nD1 | 2026-10-05\n",
        &group.path().join("input/S01/a.xlsx"),
    );
    for (lang, words) in [("en", "unknown key colour"), ("zh-CN", "不认识的键 colour"), ("zh-TW", "不認識的鍵 colour")]
    {
        let mut command = foursight();
        command.current_dir(group.path()).args(["check", "--quiet", "--as-of", "2026-10-31", "--format", "csv"]);
        let output = command.args(["--lang", lang]).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let line = said.lines().find(|line| line.starts_with("D001")).unwrap_or_else(|| panic!("no D001: {said}"));
        assert!(line.contains(words) && (lang != "en" || !line.contains(is_han)), "{line}");
    }
}
