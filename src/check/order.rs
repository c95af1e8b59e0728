//! S001, S009: which workbook is newer is known by nothing but the order of paths, or said to be of a week to come.

use super::{aside::week_cell, judge::Judge};
use crate::{
    arguments,
    diagnostic::Finding,
    model::{Grain, Instant, OrderBasis, Period, Place, WorkbookRead},
};
use std::{collections::BTreeMap, sync::Arc};

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

/// One finding for the store, at the first workbook without 周止 or a date in its path, when it has one that holds
/// the same kind of sheet as another workbook. A sheet that only one workbook holds needs no order.
pub(super) fn report(reads: &[&WorkbookRead], judge: &Judge<'_>) -> Option<Finding> {
    let mut holders: BTreeMap<&Arc<str>, Vec<&WorkbookRead>> = BTreeMap::new();
    for read in reads {
        for table in &read.tables {
            let kind = holders.entry(&table.kind).or_default();
            if kind.last().is_none_or(|last| last.path != read.path) {
                kind.push(read);
            }
        }
    }
    let unordered = |read: &&&WorkbookRead| read.submission.basis == OrderBasis::PathOrder;
    let mut paths: Vec<&Arc<str>> = holders
        .values()
        .filter(|kind| kind.len() > 1)
        .flat_map(|kind| kind.iter().filter(unordered).map(|read| &read.path))
        .collect();
    paths.sort();
    paths.dedup();
    let place = Place::workbook((*paths.first()?).clone());
    judge.finding("S001", place, "", arguments! { "count" => paths.len() })
}
