//! The weeks of which a store's sheets tell nothing.
//!
//! A week is *not sent* for a sheet when the store had to send the sheet for it and did not, and nothing sent later makes up
//! for it:
//!
//! - a sheet that repeats all its open rows every week (`cumulative`) tells of every week before it;
//! - a workbook whose 周起 and 周止 span the week tells of it;
//! - a later submission that brings a row dated in the week has caught up on it.
//!
//! Lines that were filled into a form or a list of the tool tell of themselves and of nothing else in their week.
//!
//! What falls due in such a week is in no figure, whether it was done or not: counting only what happens to be known
//! would favour the store. A sheet that the store never sent is another matter: what needs it has no data at all.

use crate::{
    catalog::Catalog,
    model::{Column, FactTable, Grain, OrderBasis, Period, StoreRows},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The weeks not sent, by sheet.
#[derive(Default)]
pub(super) struct Unsent<'a>(BTreeMap<&'a str, BTreeSet<Period>>);

impl<'a> Unsent<'a> {
    /// Compares the `submission` fact of the store with what its submissions hold.
    pub fn new(rows: &StoreRows, board: &'a FactTable, catalog: &Catalog) -> Unsent<'a> {
        let mut unsent: BTreeMap<&str, BTreeSet<Period>> = BTreeMap::new();
        for (kind, week) in missing(board) {
            let ever = rows.tallies.iter().any(|tally| *tally.kind == *kind);
            if ever && !told_otherwise(rows, catalog, kind, week) {
                unsent.entry(kind).or_default().insert(week);
            }
        }
        Unsent(unsent)
    }

    /// Whether these sheets were sent for the week of a day, as far as they were due.
    pub fn sent(&self, kinds: &[&str], day: NaiveDate) -> bool {
        let week = Period::of(Grain::Week, day);
        kinds.iter().all(|kind| self.0.get(kind).is_none_or(|weeks| !weeks.contains(&week)))
    }
}

/// The sheets and weeks expected and not received.
fn missing(board: &FactTable) -> Vec<(&str, Period)> {
    let flag =
        |name: &str, row: usize| matches!(board.column(name), Some(Column::Flag(cells)) if cells[row] == Some(true));
    let (Some(Column::Text(kinds)), Some(Column::Instant(weeks))) = (board.column("kind"), board.column("week")) else {
        return Vec::new();
    };
    let line = |row: usize| Some((kinds[row].as_deref()?, Period::of(Grain::Week, weeks[row]?.date())));
    let rows = (0..board.len()).filter(|row| flag("expected", *row) && !flag("received", *row));
    rows.filter_map(line).collect()
}

/// Whether other submissions tell of a week that was not sent.
fn told_otherwise(rows: &StoreRows, catalog: &Catalog, kind: &str, week: Period) -> bool {
    let Some(sheet) = catalog.sheet(kind) else { return false };
    let last = week.end().pred_opt().unwrap_or(week.start);
    // A workbook without a week is of the cut-off's, the last one.
    let later = |own: Option<Period>| own.is_none_or(|own| own > week);
    let mut tallies = rows.tallies.iter().filter(|tally| *tally.kind == *kind && !rows.is_of_form(tally));
    if sheet.cumulative && tallies.clone().any(|tally| later(tally.week)) {
        return true;
    }
    let submission = |workbook: &str| rows.submissions.iter().find(|own| *own.workbook == *workbook);
    let spans = tallies.any(|tally| {
        submission(&tally.workbook)
            .is_some_and(|own| own.from.is_some_and(|from| from <= week.start) && own.to.is_some_and(|to| to >= last))
    });
    let time = sheet.time.as_deref().and_then(|time| sheet.field(time));
    let caught_up = || {
        let Some(own) = rows.sheets.get(kind) else { return false };
        (0..own.current.len()).flat_map(|i| own.versions(i)).any(|row| {
            let dated = time.and_then(|time| row.values.get(time)).and_then(|value| value.instant());
            let of = rows.submissions.get(row.submission as usize);
            dated.is_some_and(|at| week.holds(at.date()))
                && of.is_some_and(|of| of.basis != OrderBasis::Form && later(of.week()))
        })
    };
    spans || caught_up()
}
