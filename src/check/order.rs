//! S001, S009: which workbook is newer is known by nothing but the order of paths, or said to be of a week to come.

use super::{aside::week_cell, judge::Judge};
use crate::{
    arguments,
    diagnostic::Finding,
    model::{Grain, Instant, Message, OrderBasis, Period, Place, Said, WorkbookRead},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Workbooks that one finding names.
const NAMED: usize = 3;

/// S009: the workbooks for a week after the cut-off's: most often the year on the cover is mistyped.
pub(super) fn after_the_cutoff(reads: &[&WorkbookRead], cutoff: Instant, judge: &Judge<'_>) -> Vec<Finding> {
    let last = Period::of(Grain::Week, cutoff.date()).end();
    let told = |read: &&&WorkbookRead| !read.findings.iter().any(|finding| &*finding.code == "S034");
    let late = reads.iter().filter(told);
    let late = late.filter_map(|read| Some((*read, read.submission.to.filter(|to| *to >= last)?)));
    let finding = |(read, to): (&WorkbookRead, chrono::NaiveDate)| {
        let args = arguments! { "to" => to.to_string(), "cutoff" => cutoff.date().to_string() };
        let (place, label) = week_cell(read);
        judge.finding("S009", place, label, args)
    };
    late.filter_map(finding).collect()
}

/// A finding for each workbook without 周止 or a date in its path that holds the same kind of sheet as another workbook. A
/// sheet that only one workbook holds needs no order.
pub(super) fn report(reads: &[&WorkbookRead], judge: &Judge<'_>) -> Vec<Finding> {
    let mut holders: BTreeMap<&Arc<str>, Vec<&WorkbookRead>> = BTreeMap::new();
    for read in reads {
        for table in &read.tables {
            let kind = holders.entry(&table.kind).or_default();
            if kind.last().is_none_or(|last| last.path != read.path) {
                kind.push(read);
            }
        }
    }
    let mut others: BTreeMap<&Arc<str>, BTreeSet<&Arc<str>>> = BTreeMap::new();
    for kind in holders.values() {
        for read in kind.iter().filter(|read| read.submission.basis == OrderBasis::PathOrder) {
            let rest = kind.iter().map(|other| &other.path).filter(|path| **path != read.path);
            others.entry(&read.path).or_default().extend(rest);
        }
    }
    let told = others.into_iter().filter(|(_, others)| !others.is_empty());
    let finding = |(path, others): (&Arc<str>, BTreeSet<&Arc<str>>)| {
        let named: Vec<Arc<str>> = others.iter().take(NAMED).map(|other| (*other).clone()).collect();
        let named = match others.len().saturating_sub(NAMED) {
            0 => Said::List(named),
            more => Message::new("finding.and_more").with("names", Said::List(named)).with("n", more).into(),
        };
        judge.finding("S001", Place::workbook(path.clone()), "", arguments! { "others" => named })
    };
    told.filter_map(finding).collect()
}
