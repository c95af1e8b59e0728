//! The committed sample: made anew it has the same bytes, every planted mistake is found, and nothing else is wrong.

use crate::foursight::{build_well, built_sample, copy, csv, foursight, root, tree};
use std::{collections::BTreeSet, fs};

#[test]
fn the_committed_sample_is_the_output_of_demo() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("g");
    let output = foursight().arg("demo").arg(&made).output().expect("demo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (fresh, committed) = (tree(&made.join("input")), tree(&root().join("input")));
    assert_eq!(fresh.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in &fresh {
        assert!(committed.get(name) == Some(bytes), "{name} differs: run `cargo xtask sample`");
    }
    for (made_name, committed) in [("foursight.toml", "foursight.toml"), ("planted.json", "tests/planted.json")] {
        let fresh = fs::read(made.join(made_name)).expect("made");
        assert!(
            fresh == fs::read(root().join(committed)).expect("committed"),
            "{committed} differs: run `cargo xtask sample`"
        );
    }
}

#[test]
fn every_planted_mistake_is_found_at_its_cell_and_nothing_else_is_an_error() {
    let planted: serde_json::Value =
        serde_json::from_slice(&fs::read(root().join("tests/planted.json")).expect("committed")).expect("JSON");
    let planted = planted.as_array().or_else(|| planted["mistakes"].as_array()).expect("a list").clone();
    let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let place = ["code", "severity", "workbook", "sheet", "cell"];
    let planted: BTreeSet<Vec<String>> =
        planted.iter().map(|entry| place.iter().map(|key| text(entry, key)).collect()).collect();
    // One mistake at least of every kind that a row, a cell or a header can have.
    let codes: BTreeSet<&str> = planted.iter().map(|entry| entry[0].as_str()).collect();
    for kind in ["C", "H", "R", "S", "W"] {
        assert!(codes.iter().any(|code| code.starts_with(kind)), "no {kind} is planted");
    }
    let found = csv(&built_sample().join("output/data/findings.csv"));
    let found: BTreeSet<Vec<String>> =
        found.iter().map(|row| place.iter().map(|key| row[*key].clone()).collect()).collect();
    // A row that vanished is told where it has to be put back, in a later workbook, with where it was sent last.
    let messages: Vec<String> = csv(&built_sample().join("output/data/findings.csv"))
        .iter()
        .filter(|row| row["code"] == "S003")
        .map(|row| format!("{} {}", row["workbook"], row["message"]))
        .collect();
    let told = |entry: &&Vec<String>| {
        let last = format!("{} · {} · {}", entry[2], entry[3], entry[4]);
        entry[0] == "S003" && messages.iter().any(|message| message.contains(&last) && !message.starts_with(&entry[2]))
    };
    let missing: Vec<_> = planted.difference(&found).filter(|entry| !told(entry)).collect();
    let surplus: Vec<_> = found.difference(&planted).filter(|entry| entry[1] == "error").collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not found: {missing:#?}\nnot planted: {surplus:#?}");
}

#[test]
fn same_input_same_bytes_with_and_without_cache_and_with_one_thread() {
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input"), &group.path().join("input"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("copied");
    build_well(group.path(), &[]);
    let first = tree(&group.path().join("output"));
    assert!(first == tree(&built_sample().join("output")), "another folder");
    build_well(group.path(), &[]);
    assert!(first == tree(&group.path().join("output")), "warm");
    fs::remove_dir_all(group.path().join(".foursight")).expect("the cache goes");
    build_well(group.path(), &["--threads", "1"]);
    assert!(first == tree(&group.path().join("output")), "cold, one thread");
}

#[test]
fn the_order_in_which_stores_stand_in_the_folder_changes_no_figure() {
    // A store alone has the figures it has in the group, but for what other stores decide (referrals).
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input"), &group.path().join("input"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("copied");
    build_well(group.path(), &["--store", "S02"]);
    let pick = |folder: &std::path::Path| -> Vec<String> {
        csv(&folder.join("output/data/kpi.csv"))
            .iter()
            .filter(|row| row["scope"] == "store" && row["scope_id"] == "S02" && row["grain"] == "month")
            .filter(|row| row["kpi"] != "referral_rate" && row["status"] != "no_data")
            .map(|row| {
                format!(
                    "{} {} {} {} {}",
                    row["kpi"], row["period"], row["numerator"], row["denominator"], row["excluded"]
                )
            })
            .collect()
    };
    let (alone, among_others) = (pick(group.path()), pick(built_sample()));
    assert!(!alone.is_empty(), "the store has figures");
    assert_eq!(alone, among_others);
}
