//! S031: workbooks whose open customers are nearly all another store's. One sentence says so instead of one for each row.

use super::{judge::Judge, once_open::OpenValue};
use crate::{arguments, catalog::Catalog, diagnostic::Finding, model::Place, project::Settings};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer open customers tell nothing.
const LEAST: usize = 5;

/// Of ten open customers so many are the other store's.
const OF_TEN: usize = 8;

/// A workbook of a store.
pub(super) type Workbook<'v> = (&'v str, &'v str);

/// The workbooks that look like another store's, each with that store, and a finding for each. Where two stores have nearly
/// the same customers in one workbook each, the one that has customers of its own in others is told; else both are.
pub(super) fn find<'v>(
    values: &'v [OpenValue],
    catalog: &Catalog,
    settings: &Settings,
) -> (BTreeMap<Workbook<'v>, &'v str>, Vec<Finding>) {
    let mut holders: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut workbooks: BTreeMap<Workbook<'v>, Vec<(&str, &str)>> = BTreeMap::new();
    for open in values {
        let value = (&*open.code, &*open.value);
        holders.entry(value).or_default().insert(&open.store);
        workbooks.entry((&open.store, &open.place.workbook)).or_default().push(value);
    }
    let shared = |own: &[(&str, &str)], other: &str| own.iter().filter(|value| holders[*value].contains(other)).count();
    let mut like: BTreeMap<Workbook<'v>, (&'v str, usize, usize)> = BTreeMap::new();
    for (workbook, own) in workbooks.iter().filter(|(_, own)| own.len() >= LEAST) {
        let others: BTreeSet<&str> =
            own.iter().flat_map(|value| &holders[value]).copied().filter(|store| *store != workbook.0).collect();
        let most =
            others.into_iter().map(|other| (shared(own, other), other)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)));
        if let Some((same, other)) = most.filter(|(same, _)| same * 10 >= own.len() * OF_TEN)
            && let Some(other) = values.iter().map(|open| &*open.store).find(|store| *store == other)
        {
            like.insert(*workbook, (other, same, own.len()));
        }
    }
    // Customers of a store that it does not share with another, outside the workbooks that look like the other's.
    let of_its_own = |store: &str, other: &str| {
        let outside = |(workbook, _): &(&Workbook<'v>, &Vec<(&str, &str)>)| {
            workbook.0 == store && like.get(*workbook).is_none_or(|(held, ..)| *held != other)
        };
        workbooks.iter().filter(outside).map(|(_, own)| own.len() - shared(own, other)).sum::<usize>()
    };
    let told = |(workbook, (other, ..)): &(&Workbook<'v>, &(&'v str, usize, usize))| {
        let other_looks_alike = like.iter().any(|(own, (held, ..))| own.0 == *other && *held == workbook.0);
        let (own, theirs) = (of_its_own(workbook.0, other), of_its_own(other, workbook.0));
        !other_looks_alike || own > 0 || theirs == 0
    };
    let mut findings = Vec::new();
    let mut misfiled = BTreeMap::new();
    for (workbook, (other, same, rows)) in like.iter().filter(told) {
        let judge = Judge { store: workbook.0, catalog, settings };
        let args = arguments! { "rows" => *rows, "same" => *same, "store" => settings.store(other).name };
        let found = judge.finding("S031", Place::workbook(workbook.1), "", args);
        if found.is_some() {
            misfiled.insert(*workbook, *other);
        }
        findings.extend(found);
    }
    (misfiled, findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(store: &str, workbook: &str, phones: std::ops::Range<u32>) -> Vec<OpenValue> {
        let one = |(row, phone): (u32, u32)| OpenValue {
            code: "R111".into(),
            field: "phone".into(),
            value: format!("138{phone:08}").into(),
            store: store.into(),
            place: Place::row(workbook, "潜客表", row, Some(2)),
        };
        (2..).zip(phones).map(one).collect()
    }

    fn told(values: &[Vec<OpenValue>]) -> Vec<String> {
        let (catalog, _) = Catalog::load(None).unwrap();
        let found = super::super::across_stores(&values.concat(), &catalog, &Settings::defaults(&catalog));
        found
            .iter()
            .map(|finding| format!("{} {} {}", finding.code, finding.place.workbook, finding.place.cell()))
            .collect()
    }

    #[test]
    fn one_sentence_for_a_workbook_of_another_store() {
        // Store B has customers of its own and A's workbook among them.
        let (a, b) = (open("A", "A/w", 0..12), open("B", "B/w", 100..120));
        assert_eq!(told(&[a.clone(), b.clone(), open("B", "B/x", 0..12)]), ["S031 B/x "]);
        // Nine of twelve are fewer than eight of ten, so each row is told in both stores.
        let most = told(&[a.clone(), b.clone(), open("B", "B/x", 3..15)]);
        assert_eq!(most.len(), 18);
        assert!(most.iter().all(|line| line.starts_with("R111")), "{most:?}");
        // Who has no other workbook cannot be told from the other.
        assert_eq!(told(&[a.clone(), open("B", "B/x", 0..12)]), ["S031 A/w ", "S031 B/x "]);
        // Four tell nothing.
        assert_eq!(told(&[open("A", "A/w", 0..4), b, open("B", "B/x", 0..4)]).len(), 8);
    }
}
