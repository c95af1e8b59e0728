//! The count of the base follows from the month before: prospects that came, left, ordered and were lost account for every
//! one, for every model, store and month.

use crate::{
    forms::tables,
    foursight::{build_well, built_sample, copy, root},
};
use std::{fs, path::Path};

/// The lines of the reconciliation that leave a difference, of every store of a site; and how many lines there are.
pub fn unreconciled(site: &Path) -> (Vec<String>, usize) {
    let (mut wrong, mut lines) = (Vec::new(), 0);
    let stores = fs::read_dir(site.join("stores")).expect("the stores' pages").map(|entry| entry.expect("an entry"));
    for page in stores.map(|store| store.path().join("form-base_count.html")).filter(|page| page.exists()) {
        let read = tables(&page);
        let table = read.iter().find(|table| table.title.starts_with("勾稽")).expect("the reconciliation");
        let difference = table.columns.iter().position(|title| title == "差异").expect("its last column");
        for row in table.rows.iter().filter(|row| row.len() == table.columns.len()) {
            lines += 1;
            if row[difference] != "0" {
                wrong.push(format!("{}: {}", page.display(), row.join(" ")));
            }
        }
    }
    (wrong, lines)
}

#[test]
fn every_model_store_and_month_of_the_sample_reconciles() {
    let (wrong, lines) = unreconciled(&built_sample().join("output/site"));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(lines > 30, "{lines}");
    // Other months, one of them in its middle.
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input"), &group.path().join("input"));
    for day in ["2026-10-31", "2026-11-09"] {
        build_well(group.path(), &["--as-of", day]);
        let (wrong, lines) = unreconciled(&group.path().join("output/site"));
        assert!(wrong.is_empty(), "{day}: {wrong:#?}");
        assert!(lines > 30, "{day}: {lines}");
    }
}
