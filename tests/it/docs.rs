//! The book in `docs/`: what is generated from definitions is up to date, the contract says what the data files have, and every
//! link leads somewhere. `FOURSIGHT_DOCS=write cargo test --test it docs` writes what is generated.

use crate::foursight::{built_sample, root};
use foursight::{
    catalog::{Catalog, Direction},
    diagnostic::Severity,
};
use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;").trim().to_owned()
}

fn row<'t>(cells: impl IntoIterator<Item = &'t str>) -> String {
    cells.into_iter().fold("|".to_owned(), |row, text| row + " " + &cell(text) + " |") + "\n"
}

fn kpis(catalog: &Catalog) -> String {
    let mut text = "# KPIs\n\nGenerated from `definitions/kpis/`. An assumption is ours: no document gives the target or the meaning.\n".to_owned();
    let mut topic = None;
    for kpi in &catalog.kpis {
        if topic != Some(&kpi.topic) {
            topic = Some(&kpi.topic);
            let title = catalog.topic_title(&kpi.topic);
            let _ = write!(
                text,
                "\n## {} · {}\n\n| id | 名称 | name | meaning | better | source |\n| --- | --- | --- | --- | --- | --- |\n",
                title.zh, title.en
            );
        }
        let better = if kpi.direction == Direction::Down { "less" } else { "more" };
        let source = if kpi.assumption { format!("{} (assumption)", kpi.source) } else { kpi.source.clone() };
        text += &row([&format!("`{}`", kpi.id), &*kpi.title.zh, &kpi.title.en, &kpi.meaning.en, better, &source]);
    }
    text
}

fn findings(catalog: &Catalog) -> String {
    let mut text = "# Findings\n\nGenerated from `definitions/rules/`. `foursight explain CODE` says the same with an example.\n\n\
                    | code | level | 问题 | what | how to fix it | 怎么改 |\n| --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for rule in catalog.rules.values() {
        let level = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        text += &row([&format!("`{}`", rule.code), level, &*rule.title.zh, &rule.title.en, &rule.fix.en, &rule.fix.zh]);
    }
    text
}

fn sheets(catalog: &Catalog) -> String {
    let mut text = "# Sheets\n\nGenerated from `definitions/sheets/`. A column that has to be filled bears a star; other titles that are \
                    understood stand behind it. The fact in SQL is called like the sheet's id.\n"
        .to_owned();
    for sheet in &catalog.sheets {
        let _ = write!(
            text,
            "\n## {} · {} (`{}`)\n\n{}\n\n",
            sheet.title.zh,
            sheet.title.en,
            sheet.id,
            sheet.note.en.trim()
        );
        text += "| 列 | column | field | also |\n| --- | --- | --- | --- |\n";
        for column in &sheet.columns {
            let star = if column.required { "*" } else { "" };
            let title = format!("{}{star}", column.title.zh);
            text += &row([&title, &*column.title.en, &format!("`{}`", column.field), &column.synonyms.join("、")]);
        }
    }
    text
}

#[test]
fn generated_pages_are_up_to_date() {
    let (catalog, _) = Catalog::load(None).expect("definitions");
    for (name, text) in
        [("kpis.md", kpis(&catalog)), ("findings.md", findings(&catalog)), ("sheets.md", sheets(&catalog))]
    {
        let path = root().join("docs").join(name);
        if std::env::var("FOURSIGHT_DOCS").is_ok_and(|what| what == "write") {
            fs::write(&path, &text).expect("written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "docs/{name} is not what the definitions say: FOURSIGHT_DOCS=write cargo test --test it docs"
        );
    }
}

#[test]
fn the_contract_lists_every_field_of_every_data_file() {
    let data = built_sample().join("output/data");
    let package: serde_json::Value =
        serde_json::from_slice(&fs::read(data.join("datapackage.json")).expect("a package")).expect("JSON");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(data.join("manifest.json")).expect("a manifest")).expect("JSON");
    let contract = fs::read_to_string(root().join("docs/contract.md")).expect("the contract");
    let version = manifest["contract"].as_u64().expect("its version");
    assert!(contract.contains(&format!("This is version **{version}**.")), "version {version}");
    let mut files = BTreeSet::new();
    for resource in package["resources"].as_array().expect("resources") {
        let Some(path) = resource["path"].as_str().filter(|path| path.ends_with(".csv")) else { continue };
        let said = contract.split("\n## ").find(|section| section.starts_with(&format!("`{path}`")));
        let said = said.unwrap_or_else(|| panic!("nothing of {path}"));
        let of_table = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
        let listed: Vec<String> = said.lines().filter_map(of_table).collect();
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        let fields: Vec<String> =
            fields.iter().map(|field| field["name"].as_str().expect("a name").to_owned()).collect();
        assert_eq!(listed, fields, "{path}");
        let text = fs::read_to_string(data.join(path)).unwrap_or_default();
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().to_owned();
        assert!(header.is_empty() || header == fields.join(","), "{path}: {header}");
        files.insert(path.to_owned());
    }
    assert!(files.len() >= 4, "{files:?}");
    // Of a file that this output has not.
    let said = contract.split("\n## ").find(|section| section.starts_with("`changes.csv`")).expect("a section");
    let listed: Vec<&str> =
        said.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(field, _)| field).collect();
    assert_eq!(listed, foursight::publish::contract::CHANGES_HEADER);
    let keys: BTreeSet<&String> = manifest.as_object().expect("an object").keys().collect();
    for key in keys {
        assert!(contract.contains(&format!("`{key}`")), "manifest.json has {key}");
    }
}

/// The places that the links of a page lead to.
fn links(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    links.map(|(link, _)| link.to_owned()).filter(|link| !link.contains("://")).collect()
}

#[test]
fn every_page_stands_in_the_summary_and_every_link_leads_somewhere() {
    let docs = root().join("docs");
    let summary: BTreeSet<String> =
        links(&fs::read_to_string(docs.join("SUMMARY.md")).expect("a summary")).into_iter().collect();
    let mut pages = vec![root().join("README.md"), root().join("README.zh-CN.md"), root().join("ARCHITECTURE.md")];
    for entry in fs::read_dir(&docs).expect("docs").flatten() {
        let name = entry.file_name().into_string().expect("UTF-8");
        if name.ends_with(".md") {
            assert!(name == "SUMMARY.md" || summary.contains(&name), "{name} is not in SUMMARY.md");
            pages.push(entry.path());
        }
    }
    let mut followed = 0;
    for page in &pages {
        let folder = page.parent().unwrap_or(Path::new(""));
        for link in links(&fs::read_to_string(page).expect("a page")) {
            let (path, _) = link.split_once('#').unwrap_or((&link, ""));
            followed += 1;
            assert!(path.is_empty() || folder.join(path).exists(), "{}: {link}", page.display());
        }
    }
    assert!(followed > 25, "{followed}");
}
