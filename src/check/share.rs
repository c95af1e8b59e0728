//! A share of many rows that has a limit (R207: the texts of one person that are all the same). The finding is of no single
//! row: it stands at the column's title in the newest sheet that has such rows.

use super::{across::AcrossRule, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    catalog::rule::Share,
    diagnostic::Finding,
    model::{Grain, Instant, Period, Place, text::normalized_key},
};
use std::collections::{BTreeMap, HashMap};

/// The months that are still looked at, the cut-off's among them: what is older nobody can put right any more.
const MONTHS: u32 = 2;

/// The rows of one group and month.
#[derive(Default)]
struct Group {
    rows: usize,
    counted: usize,
    /// How often each value stands in the rule's field.
    values: HashMap<String, usize>,
    /// A line of it in the newest submission.
    newest: usize,
}

/// One finding for each group and month of the last ones whose share is too large.
pub(super) fn held(
    rows: &Ledger<'_>,
    rule: &AcrossRule<'_>,
    share: &Share,
    cutoff: Instant,
    judge: &Judge<'_>,
) -> Vec<Finding> {
    let Some(time) = rows.sheet.time.as_deref().and_then(|time| rows.sheet.field(time)) else { return Vec::new() };
    let by: Vec<usize> = share.by.iter().filter_map(|field| rows.sheet.field(field)).collect();
    let this_month = Period::of(Grain::Month, cutoff.date());
    let first = this_month.start - chrono::Months::new(MONTHS - 1);
    let mut groups: BTreeMap<(Vec<String>, Period), Group> = BTreeMap::new();
    for subject in &rows.subjects {
        let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
        let values = rows.values(line);
        let Some(at) = values[time].instant().map(|at| at.date()) else { continue };
        if at < first || at >= this_month.end() || !rule.asks(values) {
            continue;
        }
        let who = by.iter().map(|field| values[*field].display()).collect();
        let group = groups.entry((who, Period::of(Grain::Month, at))).or_default();
        group.rows += 1;
        group.newest = group.newest.max(line);
        match &rule.inner {
            Some(holds) => group.counted += usize::from(holds.truth(values) == Some(true)),
            None => {
                let value = normalized_key(&values[rule.field].display()).into_owned();
                *group.values.entry(value).or_default() += 1;
            }
        }
    }
    let limits = judge.settings.limits.get(rule.code).copied().unwrap_or(share.limits);
    let mut findings = Vec::new();
    for ((who, month), group) in groups {
        let counted = group.values.values().copied().max().unwrap_or(group.counted);
        if !limits.are_passed(counted, group.rows) {
            continue;
        }
        let held = rows.sheet_of(group.newest);
        let header = held.table.header_cell(rule.field);
        let place = Place {
            workbook: held.read.path.clone(),
            sheet: held.table.sheet.clone(),
            row: Some(held.table.header_row),
            col: header.map(|cell| cell.col),
        };
        let percent = (counted * 1000 + group.rows / 2) / group.rows.max(1);
        let args = arguments! {
            "who" => who.join(" "), "month" => month.to_string(), "rows" => group.rows, "counted" => counted,
            "share" => format!("{}.{} %", percent / 10, percent % 10),
        };
        findings.extend(judge.finding(rule.code, place, &rows.sheet.columns[rule.field].title.zh, args));
    }
    findings
}
