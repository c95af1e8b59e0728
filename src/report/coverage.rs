//! How many stores the group's figures rest on, and who has not reported: a missing store is never zero. And of one
//! store, what it sent of the week that is due.

use super::{
    digest::StoreDigest,
    lookup::{GroupLookup, Lookup, StoreLookup},
    material::{BoardLine, Edition},
    page::{Link, Named},
    store, store_quality,
};
use crate::{
    model::{Grain, Period},
    project::Store,
};
use serde::Serialize;

/// Stores named in the line; the board has them all.
const MISSING: usize = 5;

/// The line under the title of the group's pages.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Coverage {
    /// The week spoken of; empty when nothing was ever expected.
    pub week: String,
    /// Stores that had to report for the week.
    pub expected: usize,
    /// Of these, the stores that sent at least one sheet.
    pub reported: usize,
    /// The first of the others, by name.
    pub missing: Vec<Named>,
    /// There are more of them.
    pub more: bool,
    /// All stores of the group.
    pub stores: usize,
}

impl Coverage {
    pub(crate) fn new(group: &GroupLookup<'_>) -> Coverage {
        let stores = group.material.stores.len();
        let mut coverage =
            Coverage { week: String::new(), expected: 0, reported: 0, missing: Vec::new(), more: false, stores };
        let Some(week) = due_week(group.edition, lines(group)) else { return coverage };
        coverage.week = group.words.period(week);
        for (store, digest) in group.stores() {
            let lines = || digest.board.iter().filter(|line| line.week == week && line.expected);
            if lines().next().is_none() {
                continue;
            }
            coverage.expected += 1;
            if lines().any(|line| line.received) {
                coverage.reported += 1;
            } else {
                match coverage.missing.len() < MISSING {
                    true => coverage.missing.push(Named::linked(store.name.clone(), store::link(&store.id))),
                    false => coverage.more = true,
                }
            }
        }
        coverage
    }
}

/// The line under the title of a store's pages.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// The week spoken of; empty when nothing was ever expected of the store.
    pub week: String,
    /// Sheets expected for the week.
    pub expected: usize,
    /// Of these, the sheets that came.
    pub received: usize,
    /// To the store's board.
    pub link: Link,
}

impl Report {
    pub(crate) fn new(store: &StoreLookup<'_>) -> Report {
        let board = store.material.board;
        let mut report = Report {
            week: String::new(),
            expected: 0,
            received: 0,
            link: store_quality::link(store.id(), 1).at("submissions"),
        };
        if let Some(week) = due_week(store.edition, board.iter()) {
            report.week = store.words.period(week);
            for line in board.iter().filter(|line| line.week == week && line.expected) {
                report.expected += 1;
                report.received += usize::from(line.received);
            }
        }
        report
    }
}

/// The board of all stores.
pub(crate) fn lines<'l>(group: &'l GroupLookup<'_>) -> impl Iterator<Item = &'l BoardLine> + Clone {
    group.material.digests.iter().flat_map(|digest| &digest.board)
}

/// The newest week whose deadline is behind the cut-off; the newest of all when none is.
pub(crate) fn due_week<'l>(edition: Edition<'_>, lines: impl Iterator<Item = &'l BoardLine> + Clone) -> Option<Period> {
    let weeks = lines.filter(|line| line.expected).map(|line| line.week);
    let due = weeks.clone().filter(|week| is_due(edition, *week)).max();
    due.or_else(|| weeks.max())
}

/// For how many days the first of the sheets is owed that are missing of the weeks that pages show; `None` where none is.
pub(crate) fn owed_for<'l>(lookup: &Lookup<'_>, lines: impl Iterator<Item = &'l BoardLine>) -> Option<i64> {
    let (edition, weeks) = (lookup.edition, lookup.recent(Grain::Week));
    let owed = lines.filter(|line| line.expected && !line.received && is_due(edition, line.week));
    let first = owed.map(|line| line.week).filter(|week| weeks.contains(week)).min()?;
    let days = (edition.cutoff.date() - edition.settings.deadline(first).date()).num_days();
    (days > 0).then_some(days)
}

/// Whether a week's deadline is behind the cut-off.
pub(crate) fn is_due(edition: Edition<'_>, week: Period) -> bool {
    edition.settings.deadline(week) <= edition.cutoff.latest()
}

/// Who has reported in a month. Weeks belong to the month of their Thursday.
pub(crate) struct Month<'a> {
    /// The month.
    pub month: Period,
    /// Stores of the group.
    pub stores: usize,
    /// Stores from which at least one sheet of the month has come.
    pub reported: usize,
    /// The others, in the group's order.
    pub missing: Vec<&'a Store>,
    /// Sheets expected in the month, over stores and weeks.
    pub expected: usize,
    /// Of these, received.
    pub received: usize,
}

impl<'a> Month<'a> {
    pub(crate) fn new(group: &GroupLookup<'a>, month: Period) -> Month<'a> {
        let of_month =
            |digest: &&'a StoreDigest| digest.board.iter().filter(move |line| month.holds(line.week.thursday()));
        let stores = group.material.stores;
        let silent = group.stores().filter(|(_, digest)| !of_month(digest).any(|line| line.received));
        let missing: Vec<&Store> = silent.map(|(store, _)| store).collect();
        let expected = || lines(group).filter(|line| month.holds(line.week.thursday()) && line.expected);
        Month {
            month,
            stores: stores.len(),
            reported: stores.len() - missing.len(),
            missing,
            expected: expected().count(),
            received: expected().filter(|line| line.received).count(),
        }
    }
}
