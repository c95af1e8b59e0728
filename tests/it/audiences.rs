//! The site in further languages, and one for each store that stands alone.

use crate::{
    foursight::{build_well, copy, foursight, has_han, text_of, tree},
    privacy::cells,
};
use std::{collections::BTreeSet, path::Path};

/// A demo group of three stores, built with the given lines in its config.
pub fn built(group: &Path, config: &str) {
    let output = foursight().args(["demo", "--stores", "3", "--months", "4"]).arg(group).output().expect("a demo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = group.join("foursight.toml");
    let written = std::fs::read_to_string(&path).expect("a config");
    let changed = written.replacen("[group]\n", &format!("[group]\n{config}\n"), 1);
    assert_ne!(written, changed, "the demo's config has a group");
    std::fs::write(&path, changed).expect("written");
    build_well(group, &[]);
}

/// What identifies the customers of each store of an input: phones and VINs.
fn numbers(input: &Path, store: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in tree(&input.join(store)) {
        for cell in cells(&name, &bytes).into_iter().flatten().flatten() {
            let phone = cell.len() == 11 && cell.starts_with('1') && cell.bytes().all(|byte| byte.is_ascii_digit());
            let vin = cell.len() == 17 && cell.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if phone || vin {
                found.insert(cell);
            }
        }
    }
    found
}

#[test]
fn each_stores_own_site_stands_alone_and_holds_no_other_store() {
    let group = tempfile::tempdir().expect("a folder");
    built(group.path(), "audience = \"store\"");
    let output = group.path().join("output");
    let stores = ["S01", "S02", "S03"];
    let own: Vec<BTreeSet<String>> = stores.iter().map(|store| numbers(&group.path().join("input"), store)).collect();
    let names: Vec<String> = csv_names(group.path());
    for (at, store) in stores.iter().enumerate() {
        let files = tree(&output.join("site-store").join(store));
        assert!(files.contains_key("index.html") && files.contains_key("assets/search.js"), "{store}");
        assert!(files.contains_key(&format!("stores/{store}/index.html")), "{store}");
        assert!(files.contains_key(&format!("files/{store}.xlsx")), "{store} has its workbook");
        // What came back is offered as it is in the output, and nothing else is.
        let back = tree(&output.join("returned").join(store));
        let offered: Vec<&str> = files.keys().filter_map(|name| name.strip_prefix("files/returned/")).collect();
        assert_eq!(offered, back.keys().map(String::as_str).collect::<Vec<_>>());
        assert!(
            !back.is_empty() && back.iter().all(|(name, bytes)| files[&format!("files/returned/{name}")] == *bytes)
        );
        let quality = String::from_utf8_lossy(&files[&format!("stores/{store}/quality.html")]).into_owned();
        assert_eq!(quality.matches("files/returned/").count(), back.len(), "{store}");
        let pages = files.iter().filter(|(name, _)| name.ends_with(".html"));
        let mut followed = 0;
        for (name, bytes) in pages.clone() {
            let html = std::str::from_utf8(bytes).expect("UTF-8");
            for link in html.split(" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
                let (path, _) = link.split_once('#').unwrap_or((link, ""));
                if !path.is_empty() {
                    let target = crate::links::resolve(name, &crate::links::unescaped(path));
                    assert!(files.contains_key(&target), "{store} {name} → {link}");
                    followed += 1;
                }
            }
        }
        assert!(followed > 500, "{store}: {followed}");
        let others: Vec<usize> = (0..stores.len()).filter(|other| *other != at).collect();
        for (name, bytes) in files.iter().filter(|(name, _)| !name.ends_with(".xlsx")) {
            let text = String::from_utf8_lossy(bytes);
            for other in &others {
                // What is wrong with a sheet may be that it names another store.
                let of_findings = name.contains("quality");
                assert!(of_findings || !text.contains(&names[*other]), "{store} {name} names {}", names[*other]);
                assert!(
                    !text.contains(&format!("stores/{}/", stores[*other])),
                    "{store} {name} leads to another store"
                );
            }
            // Its own numbers are masked on its pages; those of others are nowhere.
            for numbers in &own {
                let leaked = numbers.iter().find(|number| text.contains(number.as_str()));
                assert_eq!(leaked, None, "{store} {name}");
            }
        }
    }
    // The headquarters' pages are as they are without the stores'.
    let plain = tempfile::tempdir().expect("a folder");
    copy(&group.path().join("input"), &plain.path().join("input"));
    let config = std::fs::read_to_string(group.path().join("foursight.toml")).expect("a config");
    std::fs::write(plain.path().join("foursight.toml"), config.replace("audience = \"store\"\n", "")).expect("written");
    build_well(plain.path(), &[]);
    let (with, without) = (tree(&output.join("site")), tree(&plain.path().join("output/site")));
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    let differ: Vec<&String> =
        with.iter().filter(|(name, bytes)| without[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{differ:?}");
    assert!(!plain.path().join("output/site-store").exists());
}

/// The stores' names by the config.
fn csv_names(group: &Path) -> Vec<String> {
    let config: toml::Table =
        std::fs::read_to_string(group.join("foursight.toml")).expect("a config").parse().expect("TOML");
    let stores = config["store"].as_array().expect("stores");
    stores.iter().map(|store| store["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn the_site_is_there_in_every_language_that_the_config_names() {
    let group = tempfile::tempdir().expect("a folder");
    built(group.path(), "also = [\"en\", \"zh-TW\"]");
    let site = tree(&group.path().join("output/site"));
    let pages = |below: &str| -> BTreeSet<&str> {
        let own = site.keys().filter_map(|name| name.strip_prefix(below));
        own.filter(|name| name.ends_with(".html") && !name.starts_with("en/") && !name.starts_with("zh-TW/")).collect()
    };
    let main = pages("");
    assert!(main.len() > 200);
    assert_eq!((&main, &main), (&pages("en/"), &pages("zh-TW/")));
    for name in ["index.html", "stores/S01/index.html", "kpi/index.html", "week.html"] {
        let html = |prefix: &str| std::str::from_utf8(&site[&format!("{prefix}{name}")]).expect("UTF-8");
        // From each language to the others, at the same page.
        let root = "../".repeat(name.matches('/').count());
        for (from, to) in [("", "en/"), ("", "zh-TW/"), ("en/", "../"), ("en/", "../zh-TW/"), ("zh-TW/", "../en/")] {
            let link = format!("href=\"{root}{to}{name}\"");
            assert!(html(from).contains(&link), "{from}{name} has no {link}");
        }
        assert!(html("en/").contains("lang=\"en\"") && html("zh-TW/").contains("lang=\"zh-TW\""));
    }
    // Of the English page only names are Chinese: stores, areas and people, and the names of the other languages.
    let config = std::fs::read_to_string(group.path().join("foursight.toml")).expect("a config");
    // Tags part words.
    let english = text_of(&std::str::from_utf8(&site["en/index.html"]).expect("UTF-8").replace('<', " <"));
    let strange = |word: &&str| has_han(word) && !config.contains(*word) && !["简体中文", "繁體中文"].contains(word);
    let words: Vec<&str> = english.split_whitespace().filter(strange).collect();
    assert!(words.is_empty(), "{words:?}");
}

#[test]
fn remarks_stand_at_their_figures() {
    let group = tempfile::tempdir().expect("a folder");
    let output =
        foursight().args(["demo", "--stores", "2", "--months", "4"]).arg(group.path()).output().expect("a demo");
    assert!(output.status.success());
    let notes = "[[note]]\nkpi = \"pool_convert\"\nperiod = \"2026-10\"\non = \"2026-11-02\"\ntext = \"展厅装修半个月\"\n\
                 [[note]]\nkpi = \"pool_convert\"\nstore = \"S02\"\nperiod = \"2026-10\"\ntext = \"只在二店\"\n";
    std::fs::write(group.path().join("notes.toml"), notes).expect("written");
    build_well(group.path(), &[]);
    let site = group.path().join("output/site");
    let page = |name: &str| std::fs::read_to_string(site.join(name)).expect("a page");
    let kpi = page("kpi/pool_convert.html");
    assert!(kpi.contains("展厅装修半个月") && kpi.contains("✎") && !kpi.contains("只在二店"));
    assert!(kpi.contains("2026-11-02"));
    let (one, two) = (page("stores/S01/kpi-pool_convert.html"), page("stores/S02/kpi-pool_convert.html"));
    assert!(one.contains("展厅装修半个月") && !one.contains("只在二店"));
    assert!(two.contains("展厅装修半个月") && two.contains("只在二店"));
    std::fs::write(
        group.path().join("notes.toml"),
        "[[note]]\nkpi = \"nothing\"\nperiod = \"2026-10\"\ntext = \"x\"\n",
    )
    .expect("written");
    let failed = crate::foursight::build(group.path(), &[]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("notes.toml"));
}
