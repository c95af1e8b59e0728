//! The group is the sum of its stores, and a period the sum of its days.

use crate::foursight::{built_sample, csv};
use std::collections::BTreeMap;

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
    for row in &rows {
        let key = (row["kpi"].clone(), row["grain"].clone(), row["period"].clone());
        let sum = sums.entry(key).or_default().entry(row["scope"].clone()).or_default();
        let parts = ["numerator", "denominator", "excluded"].map(|column| quantity(&row[column]));
        for (total, part) in sum.iter_mut().zip(parts) {
            *total += part;
        }
    }
    let mut compared = 0;
    for (key, scopes) in &sums {
        for scope in ["store", "region", "brand"] {
            assert_eq!(scopes.get("group"), scopes.get(scope), "{key:?} {scope}");
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared} sums compared");
}

#[test]
fn a_quarter_is_the_sum_of_its_months() {
    let rows = csv(&built_sample().join("output/data/kpi.csv"));
    // Stocks: a quarter closes with its last month.
    let closing = ["retention_1y", "churn_1y"];
    let mut months: BTreeMap<(String, String, String, String), [i128; 2]> = BTreeMap::new();
    let mut quarters = BTreeMap::new();
    for row in rows.iter().filter(|row| !closing.contains(&row["kpi"].as_str())) {
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
    assert!(quarters.len() > 100);
    for (key, quarter) in &quarters {
        assert_eq!(Some(quarter), months.get(key), "{key:?}");
    }
}
