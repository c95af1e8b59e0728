//! Fifteen KPIs worked out a second time, from what is said of them and straight from the rows, and held against
//! `kpi.csv` on groups made of chance. Nothing here uses the crate: an error would have to be made twice.
//!
//! `FOURSIGHT_ORACLE=<first>..<last>` runs other seeds than the few of every day, `FOURSIGHT_ORACLE_KEEP=<folder>` keeps the
//! groups, for `foursight explain <KPI> --period <month> --store <store>`.

mod cards;
mod compared;
mod complaints;
mod dice;
mod followups;
mod judged;
mod ladder;
mod random;
mod random_cards;
mod random_cars;
mod rows;
mod service;
mod value;
mod written;

use std::collections::BTreeMap;

fn seeds() -> std::ops::Range<u64> {
    let given = std::env::var("FOURSIGHT_ORACLE").unwrap_or_else(|_| "0..6".into());
    let (first, last) = given.split_once("..").expect("first..last");
    first.parse().expect("a seed")..last.parse().expect("a seed")
}

/// The first differences of every KPI.
fn shown(differences: &[String]) -> Vec<&str> {
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    let few = differences.iter().filter(|line| {
        let count = of.entry(line.split(',').next().unwrap_or_default()).or_default();
        *count += 1;
        *count <= 2
    });
    few.map(String::as_str).collect()
}

#[test]
fn random_groups_come_out_as_the_oracles_say() {
    let mut met: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in seeds() {
        let group = random::group(seed);
        let rows = [cards::judge, followups::judge, complaints::judge, ladder::judge, service::judge, value::judge];
        let rows: Vec<_> = rows.iter().flat_map(|judge| judge(&group)).collect();
        for row in &rows {
            let parts = [row.numerator, row.denominator, row.excluded];
            met.entry(row.kpi).or_default().iter_mut().zip(parts).for_each(|(sum, part)| *sum += part.abs());
        }
        let folder = tempfile::tempdir().expect("a folder");
        let differences = compared::differences(&group, &rows, folder.path());
        let (unreconciled, _) = crate::base_count::unreconciled(&folder.path().join("output/site"));
        wrong.extend(unreconciled.into_iter().map(|line| format!("seed {seed}: {line}")));
        if let Some(kept) = std::env::var_os("FOURSIGHT_ORACLE_KEEP") {
            crate::foursight::copy(folder.path(), &std::path::Path::new(&kept).join(seed.to_string()));
        }
        if !differences.is_empty() {
            let shown = shown(&differences).join("\n");
            wrong.push(format!("seed {seed}: {} differences\n{shown}", differences.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Every KPI had something to differ in.
    for shape in &judged::SHAPES {
        assert!(met.get(shape.kpi).is_some_and(|parts| parts[0] > 0), "{}: {met:?}", shape.kpi);
    }
}
