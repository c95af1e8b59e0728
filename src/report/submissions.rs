//! The submission board: who sent what for which week, and when.

use super::{
    coverage, figure,
    lookup::{GroupLookup, Lookup, StoreLookup},
    material::BoardLine,
    page::{Link, Named, Page},
    quality,
};
use crate::model::Period;
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
    pub state: State,
    pub mark: &'static str,
    pub word: String,
    /// Sheets received of expected, such as `4/5`; rows read for a single sheet.
    pub text: String,
}

/// How a store stands with what it had to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// All in time.
    OnTime,
    /// All, some after the deadline.
    Late,
    /// All, without a time of submission.
    Untimed,
    /// Some are missing though due.
    Partly,
    /// Nothing came though it was due.
    Missing,
    /// Not due yet.
    Pending,
    /// Received though not expected.
    Extra,
    /// Neither expected nor received.
    None,
}

impl State {
    /// The word that pages and classes use.
    pub(crate) fn word(self) -> &'static str {
        match self {
            State::OnTime => "on_time",
            State::Late => "late",
            State::Untimed => "untimed",
            State::Partly => "partly",
            State::Missing => "missing",
            State::Pending => "pending",
            State::Extra => "extra",
            State::None => "none",
        }
    }
}

/// The newest weeks on a board, oldest first.
fn weeks<'l>(lines: impl Iterator<Item = &'l BoardLine>, most: usize) -> Vec<Period> {
    let all: BTreeSet<Period> = lines.map(|line| line.week).collect();
    let mut weeks: Vec<Period> = all.into_iter().collect();
    weeks.split_off(weeks.len().saturating_sub(most))
}

fn week_head(lookup: &Lookup<'_>, week: Period) -> Week {
    use chrono::Datelike;
    let number = week.start.iso_week().week().to_string();
    Week { label: lookup.words.fill("unit.week", &[("n", &number)]), full: lookup.words.period(week) }
}

/// What the lines of one store and week come to.
pub(crate) fn cell(lookup: &Lookup<'_>, lines: &[&BoardLine], single: bool) -> MatrixCell {
    let expected: Vec<_> = lines.iter().filter(|line| line.expected).collect();
    let received = lines.iter().filter(|line| line.received).count();
    let of_expected = expected.iter().filter(|line| line.received).count();
    // Where some sheets are expected, the others decide nothing.
    let late = expected.iter().any(|line| line.on_time == Some(false));
    let timed = expected.iter().filter(|line| line.received).all(|line| line.on_time.is_some());
    let due = lines.first().is_some_and(|line| coverage::is_due(lookup.edition, line.week));
    let (state, mark) = if received == 0 && expected.is_empty() {
        (State::None, "")
    } else if received == 0 {
        if due { (State::Missing, "✗") } else { (State::Pending, "…") }
    } else if expected.is_empty() {
        (State::Extra, "+")
    } else if of_expected < expected.len() {
        if due { (State::Partly, "◐") } else { (State::Pending, "…") }
    } else if late {
        (State::Late, "!")
    } else if timed {
        (State::OnTime, "✓")
    } else {
        (State::Untimed, "○")
    };
    let rows: u64 = lines.iter().map(|line| line.rows_read).sum();
    let text = match (single, state) {
        (_, State::None) | (true, State::Missing | State::Pending) => String::new(),
        (true, _) => figure::tally(rows),
        (false, State::Extra) => received.to_string(),
        (false, _) => format!("{of_expected}/{}", expected.len()),
    };
    MatrixCell { state, mark, word: lookup.words.word(&format!("board.{}", state.word())), text }
}

/// Stores by week; `None` when no week was ever expected or received.
pub(crate) fn matrix(group: &GroupLookup<'_>, most: usize) -> Option<Matrix> {
    let weeks = weeks(coverage::lines(group), most);
    let rows = group.stores().map(|(store, digest)| MatrixRow {
        title: Named::linked(
            store.name.clone(),
            Link::at(Page::StoreQuality { store: store.id.clone(), part: 1 }, "submissions"),
        ),
        cells: weeks
            .iter()
            .map(|week| {
                let lines: Vec<_> = digest.board.iter().filter(|line| line.week == *week).collect();
                cell(group, &lines, false)
            })
            .collect(),
    });
    let rows = rows.collect();
    (!weeks.is_empty()).then(|| Matrix { weeks: weeks.iter().map(|week| week_head(group, *week)).collect(), rows })
}

/// A store's sheets by week.
pub(crate) fn store_matrix(store: &StoreLookup<'_>, most: usize) -> Option<Matrix> {
    let weeks = weeks(store.material.board.iter(), most);
    let own = store.material.board;
    let kinds = store.edition.catalog.sheets.iter().filter(|sheet| own.iter().any(|line| line.kind == sheet.id));
    let rows: Vec<MatrixRow> = kinds
        .map(|sheet| MatrixRow {
            title: Named::plain(quality::sheet_title(store, &sheet.id)),
            cells: weeks
                .iter()
                .map(|week| {
                    let lines: Vec<_> = own.iter().filter(|line| line.week == *week && line.kind == sheet.id).collect();
                    cell(store, &lines, true)
                })
                .collect(),
        })
        .collect();
    (!weeks.is_empty() && !rows.is_empty())
        .then(|| Matrix { weeks: weeks.iter().map(|week| week_head(store, *week)).collect(), rows })
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
    pub(crate) fn new(group: &GroupLookup<'_>) -> SubmissionsView {
        let week = coverage::due_week(group.edition, coverage::lines(group));
        let kinds: BTreeSet<&str> = coverage::lines(group).map(|line| &*line.kind).collect();
        let sheets = group.edition.catalog.sheets.iter();
        let sheets: Vec<_> = sheets.filter(|sheet| kinds.contains(&*sheet.id)).collect();
        let rows = group.stores().map(|(store, digest)| MatrixRow {
            title: Named::linked(
                store.name.clone(),
                Link::at(Page::StoreQuality { store: store.id.clone(), part: 1 }, "submissions"),
            ),
            cells: sheets
                .iter()
                .map(|sheet| {
                    let own = digest.board.iter();
                    let lines: Vec<_> = own.filter(|line| Some(line.week) == week && line.kind == sheet.id).collect();
                    cell(group, &lines, true)
                })
                .collect(),
        });
        SubmissionsView {
            matrix: matrix(group, WEEKS),
            rows: rows.collect(),
            week: week.map_or_else(String::new, |week| group.words.period(week)),
            sheets: sheets.iter().map(|sheet| group.words.text(&sheet.title)).collect(),
            deadline: week.map_or_else(String::new, |week| {
                group.edition.settings.deadline(week).format("%Y-%m-%d %H:%M").to_string()
            }),
        }
    }
}
