//! Lines of plans held to each other: parts that do not add up to their whole (R801), a locked line that was changed (R802),
//! a month far from that in which the line was made.

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    catalog::rule::Plan,
    model::{Argument, Instant, Value},
};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Numbers that differ by less are the same.
const SAME: f64 = 1e-6;

/// Holds the newest version of each row to the rule.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, plan: &Plan, judge: &Judge<'_>) {
    let told: Vec<(usize, Vec<Argument>)> = match plan {
        Plan::AddsUp { by, newest, .. } => adds_up(rows, rule, by, newest),
        Plan::Locked { by, newest } => locked(rows, rule, by, newest),
        Plan::Near { to, months } => near(rows, rule, to, *months),
    };
    for (subject, args) in told {
        let Some(version) = rows.subjects[subject].history.versions.last().cloned() else { continue };
        let mut rejects = false;
        for line in version {
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args.clone());
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}

/// The newest line of a subject.
fn newest_line(rows: &Ledger<'_>, subject: usize) -> Option<usize> {
    rows.subjects[subject].history.versions.last().and_then(|version| version.last()).copied()
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Number(n) => Some(*n),
        Value::Amount(fen) => Some(fen.0 as f64 / 100.0),
        _ => None,
    }
}

fn shown(number: f64) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    rounded.to_string()
}

/// What a row is apart from its version: its best key without that column.
fn line_of(rows: &Ledger<'_>, line: usize, newest: usize) -> Vec<String> {
    let fields = rows.sheet.keys.first().into_iter().flatten().filter(|field| **field != newest);
    fields.map(|field| rows.values(line)[*field].display()).collect()
}

/// A whole or a part: subject, line, number, by version.
type Lines = BTreeMap<Vec<String>, (Option<Instant>, usize, usize, f64)>;

/// What is said at the line that was sent last of those that do not add up.
fn adds_up(
    rows: &Ledger<'_>,
    rule: &AcrossRule<'_>,
    by: &[std::sync::Arc<str>],
    newest: &str,
) -> Vec<(usize, Vec<Argument>)> {
    let (Some(version), Some(parts)) = (rows.sheet.field(newest), &rule.inner) else { return Vec::new() };
    let by: Vec<usize> = by.iter().filter_map(|field| rows.sheet.field(field)).collect();
    let mut groups: BTreeMap<Vec<String>, [Lines; 2]> = BTreeMap::new();
    for subject in 0..rows.subjects.len() {
        let Some(line) = newest_line(rows, subject) else { continue };
        let values = rows.values(line);
        let (whole, part) = (rule.asks(values), parts.truth(values) == Some(true));
        let Some(number) = number(&values[rule.field]).filter(|_| whole != part) else { continue };
        let group = by.iter().map(|field| values[*field].display()).collect();
        let lines = &mut groups.entry(group).or_default()[usize::from(part)];
        let own = (values[version].instant(), subject, line, number);
        let held = lines.entry(line_of(rows, line, version)).or_insert(own);
        if own.0.map(|at| at.at) >= held.0.map(|at| at.at) {
            *held = own;
        }
    }
    let sum = |lines: &Lines| lines.values().map(|(.., number)| number).sum::<f64>();
    let mut told = Vec::new();
    for (_, [whole, parts]) in groups {
        let (all, each) = (sum(&whole), sum(&parts));
        if whole.is_empty() || parts.is_empty() || (all - each).abs() <= SAME * all.abs().max(1.0) {
            continue;
        }
        let last = whole.values().chain(parts.values()).max_by_key(|(_, _, line, _)| *line);
        let Some((_, subject, ..)) = last else { continue };
        let difference = shown(each - all);
        told.push((*subject, arguments! { "parts" => shown(each), "whole" => shown(all), "difference" => difference }));
    }
    told
}

/// What is said at later versions of locked lines.
fn locked(rows: &Ledger<'_>, rule: &AcrossRule<'_>, by: &str, newest: &str) -> Vec<(usize, Vec<Argument>)> {
    let (Some(flag), Some(version)) = (rows.sheet.field(by), rows.sheet.field(newest)) else { return Vec::new() };
    let mut lines: BTreeMap<Vec<String>, Vec<(Instant, usize, usize)>> = BTreeMap::new();
    for subject in 0..rows.subjects.len() {
        let Some(line) = newest_line(rows, subject) else { continue };
        let Some(at) = rows.values(line)[version].instant() else { continue };
        if rule.asks(rows.values(line)) {
            lines.entry(line_of(rows, line, version)).or_default().push((at, subject, line));
        }
    }
    let mut told = Vec::new();
    for versions in lines.values_mut() {
        versions.sort_by_key(|(at, ..)| at.at);
        let mut kept: Option<(f64, usize)> = None;
        for (_, subject, line) in versions {
            let values = rows.values(*line);
            let Some(own) = number(&values[rule.field]) else { continue };
            match kept {
                Some((locked, before)) if (locked - own).abs() > SAME * locked.abs().max(1.0) => {
                    let other = rows.seen_from(*line, before);
                    let args = arguments! { "value" => shown(own), "locked" => shown(locked), "other" => other };
                    told.push((*subject, args));
                }
                Some(_) => {}
                None if values[flag].flag() == Some(true) => kept = Some((own, *line)),
                None => {}
            }
        }
    }
    told
}

/// What is said of months that are far from the month of another column.
fn near(rows: &Ledger<'_>, rule: &AcrossRule<'_>, to: &str, months: u32) -> Vec<(usize, Vec<Argument>)> {
    let Some(to) = rows.sheet.field(to) else { return Vec::new() };
    let count = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
    let mut told = Vec::new();
    for subject in 0..rows.subjects.len() {
        let Some(line) = newest_line(rows, subject) else { continue };
        let values = rows.values(line);
        let Some(other) = values[to].instant().filter(|_| rule.asks(values)) else { continue };
        let text = values[rule.field].display();
        // A whole year is as near as the nearest of its months.
        let (first, last) = match text.len() {
            4 => (format!("{text}-01-01"), format!("{text}-12-01")),
            7 => (format!("{text}-01"), format!("{text}-01")),
            _ => (text.clone(), text.clone()),
        };
        let (Ok(first), Ok(last)) = (first.parse::<NaiveDate>(), last.parse::<NaiveDate>()) else { continue };
        let own = count(other.date());
        let far = (count(first) - own).max(own - count(last));
        if far > months as i32 {
            told.push((subject, arguments! { "value" => text, "other" => other.date().format("%Y-%m").to_string() }));
        }
    }
    told
}
