//! The submission board: who sent what for which week, and when.

use super::{
    coverage, figure,
    ledger::Ledger,
    material::BoardLine,
    page::{Link, Named, Page},
    quality,
};
use crate::{model::Period, project::Store};
use serde::Serialize;
use std::collections::BTreeSet;

const WEEKS: usize = 14;

/// Weeks across, stores or sheets down.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    pub weeks: Vec<Week>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Week {
    /// `第47周`.
    pub label: String,
    pub full: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixRow {
    pub title: Named,
    pub cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixCell {
    /// `on_time`, `late`, `untimed`, `partly`, `missing`, `pending`, `extra` (received though not expected), `none`.
    pub state: &'static str,
    pub mark: &'static str,
    pub word: String,
    /// Sheets received of expected, such as `4/5`; rows read for a single sheet.
    pub text: String,
}

/// The newest weeks on the board, oldest first.
fn weeks(ledger: &Ledger<'_>, most: usize) -> Vec<Period> {
    let all: BTreeSet<Period> = ledger.material.board.iter().map(|line| line.week).collect();
    let mut weeks: Vec<Period> = all.into_iter().collect();
    weeks.split_off(weeks.len().saturating_sub(most))
}

fn week_head(ledger: &Ledger<'_>, week: Period) -> Week {
    use chrono::Datelike;
    let number = week.start.iso_week().week().to_string();
    Week { label: ledger.words.fill("unit.week", &[("n", &number)]), full: ledger.words.period(week) }
}

/// What the lines of one store and week come to.
fn cell(ledger: &Ledger<'_>, lines: &[&BoardLine], single: bool) -> MatrixCell {
    let expected: Vec<_> = lines.iter().filter(|line| line.expected).collect();
    let received = lines.iter().filter(|line| line.received).count();
    let of_expected = expected.iter().filter(|line| line.received).count();
    // Where some sheets are expected, the others decide nothing.
    let late = expected.iter().any(|line| line.on_time == Some(false));
    let timed = expected.iter().filter(|line| line.received).all(|line| line.on_time.is_some());
    let due = lines.first().is_some_and(|line| coverage::is_due(ledger, line.week));
    let (state, mark) = if received == 0 && expected.is_empty() {
        ("none", "")
    } else if received == 0 {
        if due { ("missing", "✗") } else { ("pending", "…") }
    } else if expected.is_empty() {
        ("extra", "+")
    } else if of_expected < expected.len() {
        if due { ("partly", "◐") } else { ("pending", "…") }
    } else if late {
        ("late", "!")
    } else if timed {
        ("on_time", "✓")
    } else {
        ("untimed", "○")
    };
    let rows: u64 = lines.iter().map(|line| line.rows_read).sum();
    let text = match (single, state) {
        (_, "none") | (true, "missing" | "pending") => String::new(),
        (true, _) => figure::tally(rows),
        (false, "extra") => received.to_string(),
        (false, _) => format!("{of_expected}/{}", expected.len()),
    };
    MatrixCell { state, mark, word: ledger.words.word(&format!("board.{state}")), text }
}

/// Stores by week; `None` when no week was ever expected or received.
pub(crate) fn matrix(ledger: &Ledger<'_>, most: usize) -> Option<Matrix> {
    let weeks = weeks(ledger, most);
    let rows = ledger.material.stores.iter().map(|store| MatrixRow {
        title: Named::linked(
            store.name.clone(),
            Link::at(Page::StoreQuality { store: store.id.clone(), part: 1 }, "submissions"),
        ),
        cells: weeks
            .iter()
            .map(|week| {
                let lines: Vec<_> = ledger.board(&store.id).iter().filter(|line| line.week == *week).copied().collect();
                cell(ledger, &lines, false)
            })
            .collect(),
    });
    let rows = rows.collect();
    (!weeks.is_empty()).then(|| Matrix { weeks: weeks.iter().map(|week| week_head(ledger, *week)).collect(), rows })
}

/// A store's sheets by week.
pub(crate) fn store_matrix(ledger: &Ledger<'_>, store: &Store, most: usize) -> Option<Matrix> {
    let weeks = weeks(ledger, most);
    let own = ledger.board(&store.id);
    let kinds = ledger.material.catalog.sheets.iter().filter(|sheet| own.iter().any(|line| line.kind == sheet.id));
    let rows: Vec<MatrixRow> = kinds
        .map(|sheet| MatrixRow {
            title: Named::plain(quality::sheet_title(ledger, &sheet.id)),
            cells: weeks
                .iter()
                .map(|week| {
                    let lines: Vec<_> =
                        own.iter().filter(|line| line.week == *week && line.kind == sheet.id).copied().collect();
                    cell(ledger, &lines, true)
                })
                .collect(),
        })
        .collect();
    (!weeks.is_empty() && !rows.is_empty())
        .then(|| Matrix { weeks: weeks.iter().map(|week| week_head(ledger, *week)).collect(), rows })
}

/// The submission board of the group.
#[derive(Debug, Serialize)]
pub(crate) struct SubmissionsView {
    pub matrix: Option<Matrix>,
    /// The newest due week in detail: store × sheet.
    pub week: String,
    pub sheets: Vec<String>,
    pub rows: Vec<MatrixRow>,
    pub deadline: String,
}

impl SubmissionsView {
    pub(crate) fn new(ledger: &Ledger<'_>) -> SubmissionsView {
        let week = coverage::due_week(ledger);
        let sheets: Vec<_> = ledger
            .material
            .catalog
            .sheets
            .iter()
            .filter(|sheet| ledger.material.board.iter().any(|line| line.kind == sheet.id))
            .collect();
        let rows = ledger.material.stores.iter().map(|store| MatrixRow {
            title: Named::linked(
                store.name.clone(),
                Link::at(Page::StoreQuality { store: store.id.clone(), part: 1 }, "submissions"),
            ),
            cells: sheets
                .iter()
                .map(|sheet| {
                    let own = ledger.board(&store.id).iter();
                    let lines: Vec<_> =
                        own.filter(|line| Some(line.week) == week && line.kind == sheet.id).copied().collect();
                    cell(ledger, &lines, true)
                })
                .collect(),
        });
        SubmissionsView {
            matrix: matrix(ledger, WEEKS),
            rows: rows.collect(),
            week: week.map_or_else(String::new, |week| ledger.words.period(week)),
            sheets: sheets.iter().map(|sheet| ledger.words.text(&sheet.title)).collect(),
            deadline: week.map_or_else(String::new, |week| {
                ledger.material.settings.deadline(week).format("%Y-%m-%d %H:%M").to_string()
            }),
        }
    }
}
