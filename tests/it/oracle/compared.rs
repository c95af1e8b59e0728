//! Holds `kpi.csv` against what the oracles say.

use super::{
    judged::{Figure, Judged, Line, SHAPES, lines},
    rows::Group,
    written,
};
use crate::foursight::{build_well, csv};
use std::{collections::BTreeMap, path::Path};

/// Builds the group and lists every line that differs, with the rows that the oracle counted in it.
pub fn differences(group: &Group, rows: &[Judged], folder: &Path) -> Vec<String> {
    written::write(group, folder);
    build_well(folder, &["--as-of", &group.until.to_string()]);
    let data = folder.join("output/data");
    let errors = csv(&data.join("findings.csv")).into_iter().filter(|row| row["severity"] == "error");
    let mut differences: Vec<String> = errors.map(|row| format!("{row:?}")).collect();
    let expected = lines(rows, group.until);
    let got = got(&data.join("kpi.csv"));
    for (line, (figure, of)) in &expected {
        if got.get(line) != Some(figure) {
            let got = got.get(line).unwrap_or(&[0; 3]);
            differences.push(format!("{line:?} expected {figure:?}, got {got:?}, of\n{}", of.join("\n")));
        }
    }
    for (line, figure) in got.iter().filter(|(line, _)| !expected.contains_key(*line)) {
        differences.push(format!("{line:?} expected nothing, got {figure:?}"));
    }
    // What stores' months hold is told first: the rest are sums of it.
    differences.sort_by_key(|line| !(line.contains("\"store\"") && line.contains("\"month\"")));
    differences
}

fn got(path: &Path) -> BTreeMap<Line, Figure> {
    let mut lines = BTreeMap::new();
    for row in csv(path) {
        let Some(shape) = SHAPES.iter().find(|shape| shape.kpi == row["kpi"]) else { continue };
        let grain = match &*row["grain"] {
            "week" => shape.weekly,
            "month" | "quarter" | "year" => true,
            _ => false,
        };
        if !grain || !shape.scopes.contains(&&*row["scope"]) {
            continue;
        }
        let line = ["kpi", "scope", "scope_id", "grain", "period"].map(|column| row[column].clone());
        let figure = ["numerator", "denominator", "excluded"].map(|column| hundredths(&row[column]));
        // What counts rows is held in rows, money in hundredths.
        let figure = if shape.kpi == "old_spend_growth" { figure } else { figure.map(|part| part / 100) };
        if figure != [0; 3] {
            lines.insert(line, figure);
        }
    }
    lines
}

fn hundredths(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: i64 = format!("{part:0<2}").parse().expect("hundredths");
    let magnitude = if whole.is_empty() { 0 } else { whole.trim_start_matches('-').parse::<i64>().expect("a number") };
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    sign * (magnitude * 100 + part)
}
