//! The group is the sum of its stores, and a period the sum of its days.

use crate::foursight::{built_sample, csv};
use foursight::catalog::{Accumulate, Catalog, Kpi};
use std::collections::{BTreeMap, BTreeSet};

/// The KPIs whose figures add up, by id: medians and numbers of different things declare that theirs do not.
fn additive() -> BTreeMap<String, Kpi> {
    let (catalog, _) = Catalog::load(None).expect("definitions");
    catalog.kpis.into_iter().filter(|kpi| kpi.kind.is_additive()).map(|kpi| (kpi.id.to_string(), kpi)).collect()
}

/// What rests on columns that the sample's stores do not fill.
const UNFILLED: [&str; 2] = ["on_time_out", "quote_kept"];

fn quantity(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let part: i128 = format!("{part:0<4}").parse().expect("a decimal");
    if whole.is_empty() { 0 } else { whole.parse::<i128>().expect("a decimal") * 10_000 + sign * part }
}

#[test]
fn group_numerators_and_denominators_are_the_sums_of_the_stores() {
    let rows = csv(&built_sample().join("output/data/kpi.csv"));
    let mut sums: BTreeMap<(String, String, String), BTreeMap<String, [i128; 3]>> = BTreeMap::new();
    let kpis = additive();
    for row in rows.iter().filter(|row| kpis.contains_key(&row["kpi"])) {
        let key = (row["kpi"].clone(), row["grain"].clone(), row["period"].clone());
        let sum = sums.entry(key).or_default().entry(row["scope"].clone()).or_default();
        let parts = ["numerator", "denominator", "excluded"].map(|column| quantity(&row[column]));
        for (total, part) in sum.iter_mut().zip(parts) {
            *total += part;
        }
    }
    let mut compared: BTreeSet<&str> = BTreeSet::new();
    for (key, scopes) in &sums {
        for scope in ["store", "region", "brand"] {
            assert_eq!(scopes.get("group"), scopes.get(scope), "{key:?} {scope}");
        }
        if scopes["group"].iter().any(|part| *part != 0) {
            compared.insert(&key.0);
        }
    }
    // Every KPI whose sheets the sample has had something to add up.
    let submissions = csv(&built_sample().join("output/data/submissions.csv"));
    let sheets: BTreeSet<&str> = submissions.iter().map(|row| row["sheet"].as_str()).collect();
    let has = |kpi: &&Kpi| kpi.needs.iter().all(|sheet| sheets.contains(&**sheet)) && !UNFILLED.contains(&&*kpi.id);
    assert_eq!(compared, kpis.values().filter(has).map(|kpi| &*kpi.id).collect());
    assert!(compared.len() > 60, "{compared:?}");
}

#[test]
fn a_quarter_is_the_sum_of_its_months() {
    let rows = csv(&built_sample().join("output/data/kpi.csv"));
    // Stocks: a quarter closes with its last month.
    let kpis = additive();
    let adds = |kpi: &str| kpis.get(kpi).is_some_and(|kpi| kpi.accumulate == Accumulate::Sum);
    let mut months: BTreeMap<(String, String, String, String), [i128; 2]> = BTreeMap::new();
    let mut quarters = BTreeMap::new();
    for row in rows.iter().filter(|row| adds(&row["kpi"])) {
        let parts = ["numerator", "denominator"].map(|column| quantity(&row[column]));
        let place = (row["kpi"].clone(), row["scope"].clone(), row["scope_id"].clone());
        if row["grain"] == "month" {
            let (year, month) = row["period"].split_once('-').expect("a month");
            let quarter = (month.parse::<u32>().expect("a month") - 1) / 3 + 1;
            let sum = months.entry((place.0, place.1, place.2, format!("{year}-Q{quarter}"))).or_default();
            sum[0] += parts[0];
            sum[1] += parts[1];
        } else if row["grain"] == "quarter" {
            quarters.insert((place.0, place.1, place.2, row["period"].clone()), parts);
        }
    }
    for (key, quarter) in &quarters {
        assert_eq!(Some(quarter), months.get(key), "{key:?}");
    }
    let compared: BTreeSet<&str> = quarters.keys().map(|key| key.0.as_str()).collect();
    assert_eq!(compared, kpis.keys().map(String::as_str).filter(|kpi| adds(kpi)).collect());
}
