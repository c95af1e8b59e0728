//! S001: which workbook is newer is known by nothing but the order of paths.

use super::judge::Judge;
use crate::{
    diagnostic::Finding,
    model::{OrderBasis, Place, WorkbookRead},
};
use std::{collections::BTreeMap, sync::Arc};

/// One finding for the store, at the first workbook without 周止 or a date in its path, when it has one that holds
/// the same kind of sheet as another workbook. A sheet that only one workbook holds needs no order.
pub(super) fn report(reads: &[WorkbookRead], judge: &Judge<'_>) -> Option<Finding> {
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
    judge.finding("S001", place, "", &[("count", &paths.len().to_string())])
}
