//! The submission board: who sent what for which week, and when.

use super::{
    coverage,
    digest::StoreDigest,
    figure,
    lookup::{GroupLookup, Lookup, Region, StoreLookup},
    material::BoardLine,
    page::{self, Draw, Link, Named, Page},
    quality, store_quality,
    table::{Cell, Column, Kind, Measure, Row, Table},
};
use crate::{model::Period, project::Store};
use serde::Serialize;
use std::collections::BTreeSet;

const WEEKS: usize = 14;
/// Weeks that decide which stores of many the group's page shows.
const OF_LATE: usize = 8;

/// Sheets across, of a group that sends no more.
const SHEETS: usize = 12;

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

/// The stores that the group's page shows, and how many it leaves out: all, or of many those that owe or delay most.
pub(crate) fn behindhand<'a>(group: &GroupLookup<'a>, most: usize) -> (Vec<(&'a Store, &'a StoreDigest)>, usize) {
    let mut stores: Vec<_> = group.stores().collect();
    let hidden = stores.len().saturating_sub(most);
    if hidden > 0 {
        let weeks = weeks(coverage::lines(group), OF_LATE);
        let owing = |digest: &StoreDigest| {
            let lines = digest.board.iter().filter(|line| line.expected && weeks.contains(&line.week));
            let due = lines.filter(|line| coverage::is_due(group.edition, line.week));
            due.filter(|line| !line.received || line.on_time == Some(false)).count()
        };
        stores.sort_by_cached_key(|(_, digest)| std::cmp::Reverse(owing(digest)));
        stores.truncate(most);
    }
    (stores, hidden)
}

/// Some stores by week; `None` when no week was ever expected or received.
pub(crate) fn matrix(group: &GroupLookup<'_>, stores: &[(&Store, &StoreDigest)], most: usize) -> Option<Matrix> {
    let weeks = weeks(coverage::lines(group), most);
    let rows = stores.iter().map(|(store, digest)| MatrixRow {
        title: Named::linked(store.name.clone(), store_quality::link(&store.id, 1).at("submissions")),
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
    /// The regions, drawn; on the first of several parts.
    pub regions: String,
    pub matrix: Option<Matrix>,
    pub part: usize,
    pub parts: Vec<Named>,
    /// The newest due week in detail: store × sheet.
    pub week: String,
    pub sheets: Vec<String>,
    pub rows: Vec<MatrixRow>,
    pub deadline: String,
    /// For how many days the first missing sheet is owed.
    pub owed: Option<i64>,
}

/// Where the board stands.
pub(crate) fn link(part: usize) -> Link {
    Link::to(format!("submissions{}", page::ending(part)))
}

/// The submission board.
pub(crate) struct SubmissionsPage {
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for SubmissionsPage {
    type View = SubmissionsView;
    const TEMPLATE: &'static str = "submissions.html";
    const SECTION: &'static str = "submissions";

    fn all(group: &GroupLookup<'a>) -> Vec<SubmissionsPage> {
        (1..=group.parts().len()).map(|part| SubmissionsPage { part }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::linked(group.words.word("nav.submissions"), link(1))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> SubmissionsView {
        SubmissionsView::new(group, self.part, draw)
    }
}

impl SubmissionsView {
    fn new(group: &GroupLookup<'_>, part: usize, draw: &Draw<'_>) -> SubmissionsView {
        let all = group.parts();
        let here = all.get(part - 1).map_or(&[][..], Vec::as_slice);
        let regions = group.regions();
        let week = coverage::due_week(group.edition, coverage::lines(group));
        let kinds: BTreeSet<&str> = coverage::lines(group).map(|line| &*line.kind).collect();
        let owed = || coverage::lines(group).filter(|line| line.expected).map(|line| &*line.kind).collect();
        // Among many, those that a store may send or not would hide the owed ones; they stand on its own page.
        let kinds = if kinds.len() > SHEETS { owed() } else { kinds };
        let sheets = group.edition.catalog.sheets.iter();
        let sheets: Vec<_> = sheets.filter(|sheet| kinds.contains(&*sheet.id)).collect();
        let rows = here.iter().map(|(store, digest)| MatrixRow {
            title: Named::linked(store.name.clone(), store_quality::link(&store.id, 1).at("submissions")),
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
            owed: coverage::owed_for(group, coverage::lines(group)),
            regions: match week {
                Some(week) if part == 1 && regions.len() > 1 => draw(&by_region(group, &regions, week)),
                _ => String::new(),
            },
            matrix: matrix(group, here, WEEKS),
            part,
            parts: page::parts(all.len(), link),
            rows: rows.collect(),
            week: week.map_or_else(String::new, |week| group.words.period(week)),
            sheets: sheets.iter().map(|sheet| group.words.text(&sheet.title)).collect(),
            deadline: week.map_or_else(String::new, |week| {
                group.edition.settings.deadline(week).format("%Y-%m-%d %H:%M").to_string()
            }),
        }
    }
}

/// The sheets of a week by region.
fn by_region<'a>(group: &GroupLookup<'a>, regions: &[Region<'a>], week: Period) -> Table<'a> {
    let whole = Kind::Number(Measure::WHOLE);
    let mut columns = Region::columns(group.words);
    columns.push(Column::new(group.words.word("column.expected"), whole, 10.0));
    columns.push(Column::new(group.words.word("column.received"), whole, 10.0));
    let rows = regions.iter().map(|region| {
        let boards = region.stores.iter().flat_map(|(_, digest)| &digest.board);
        let expected: Vec<_> = boards.filter(|line| line.week == week && line.expected).collect();
        let received = expected.iter().filter(|line| line.received).count();
        let mut cells = region.cells(group.words, link(region.part));
        cells.extend([expected.len(), received].map(|count| Cell::Number(count as f64)));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}
