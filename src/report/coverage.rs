//! How many stores a figure rests on, and who has not reported: a missing store is never zero.

use super::{
    ledger::Ledger,
    page::{Link, Named},
};
use crate::model::Period;
use serde::Serialize;

/// The line under every page's title.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Coverage {
    /// The week spoken of; empty when nothing was ever expected.
    pub week: String,
    /// Stores that had to report for the week.
    pub expected: usize,
    /// Of these, the stores that sent at least one sheet.
    pub reported: usize,
    /// Of these, the stores that sent every expected sheet.
    pub complete: usize,
    /// The others, by name.
    pub missing: Vec<Named>,
    /// All stores of the group.
    pub stores: usize,
}

impl Coverage {
    pub(crate) fn new(ledger: &Ledger<'_>) -> Coverage {
        let stores = ledger.material.stores.len();
        let Some(week) = due_week(ledger) else {
            return Coverage {
                week: String::new(),
                expected: 0,
                reported: 0,
                complete: 0,
                missing: Vec::new(),
                stores,
            };
        };
        let mut coverage = Coverage {
            week: ledger.words.period(week),
            expected: 0,
            reported: 0,
            complete: 0,
            missing: Vec::new(),
            stores,
        };
        for store in ledger.material.stores {
            let lines = || ledger.board(&store.id).iter().filter(|line| line.week == week && line.expected);
            if lines().next().is_none() {
                continue;
            }
            coverage.expected += 1;
            if lines().any(|line| line.received) {
                coverage.reported += 1;
            } else {
                coverage.missing.push(Named::linked(store.name.clone(), Link::store(&store.id)));
            }
            coverage.complete += usize::from(lines().all(|line| line.received));
        }
        coverage
    }
}

/// The newest week whose deadline is behind the cut-off; the newest of all when none is.
pub(crate) fn due_week(ledger: &Ledger<'_>) -> Option<Period> {
    let weeks = || ledger.material.board.iter().filter(|line| line.expected).map(|line| line.week);
    let due = weeks().filter(|week| is_due(ledger, *week)).max();
    due.or_else(|| weeks().max())
}

/// Whether a week's deadline is behind the cut-off.
pub(crate) fn is_due(ledger: &Ledger<'_>, week: Period) -> bool {
    ledger.material.settings.deadline(week) <= ledger.material.cutoff.latest()
}
