//! The rows behind a number: numerator, denominator, excluded, and each row to workbook, sheet and cell.

use super::{
    behind_month,
    behind_periods::{self, PeriodLine},
    figure::{self, Figure},
    kpi,
    lookup::{Lookup, StoreLookup},
    notes::{self, NoteLine},
    page::{self, Draw, Link, Named, Page},
    privacy, quality, store,
    table::{Cell, Column, Kind, Row, Table},
};
use crate::{
    catalog::{self, Direction, Kpi, derived},
    model::{Grain, LineageRow, Period, Place, Quantity, Role, Scope},
    project::settings::slug,
};
use serde::Serialize;
use std::{borrow::Cow, collections::BTreeMap};

/// Rows on one page; more are split off, so that no page grows past what a phone can open.
pub(super) const ROWS_A_PAGE: usize = 1_800;
/// Rows of each role that the KPI's page shows of a month that has pages of its own.
const FIRST_ROWS: usize = 12;

/// The page of one KPI of one store: a section for each month at hand, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct BehindView {
    pub store: Named,
    pub kpi: kpi::Head,
    pub since: String,
    pub months: Vec<MonthSection>,
    pub notes: Vec<NoteLine>,
    /// Weeks, quarters and years.
    pub periods: Vec<PeriodLine>,
}

/// One month's value and its rows.
#[derive(Debug, Serialize)]
pub(crate) struct MonthSection {
    /// `2026-10`, the anchor that figures lead to.
    pub anchor: String,
    pub label: String,
    pub partial: bool,
    pub figure: Figure,
    /// Of the month that one to date is held against: what it was on the same day.
    pub same_days: Option<Figure>,
    pub staff: Vec<StaffLine>,
    pub slices: Vec<SliceLine>,
    pub tables: Vec<RoleTable>,
    /// Of a KPI that is made of others: to the rows of each, of growth also to those of the earlier month.
    pub parts: Vec<Named>,
    /// Rows at hand for the month.
    pub at_hand: usize,
    /// The rows at hand add up to the figure.
    pub agrees: bool,
    /// All rows of the month, where this page shows only the first of them.
    pub all: Option<Link>,
}

/// A person's part of a month's value.
#[derive(Debug, Serialize)]
pub(crate) struct StaffLine {
    pub name: Named,
    /// The person's own value of the month.
    pub figure: Figure,
    pub failed: usize,
    pub excluded: usize,
    pub passed: usize,
}

/// What a channel, a model or a level of the store adds to a month's value.
#[derive(Debug, Serialize)]
pub(crate) struct SliceLine {
    /// `渠道：展厅`.
    pub name: String,
    /// Its own value of the month.
    pub figure: Figure,
}

/// The rows of one role.
#[derive(Debug, Serialize)]
pub(crate) struct RoleTable {
    /// `failed`, `excluded`, `passed`.
    pub role: &'static str,
    /// `bad`, `open`, `good`, `plain`: how the role reads, whichever way the KPI points.
    pub tone: &'static str,
    pub title: String,
    pub count: usize,
    /// The rows, drawn.
    pub rows: String,
    /// Rows not shown here.
    pub more: usize,
}

/// A cell, or a whole row by its number.
fn cell(lookup: &Lookup<'_>, place: &Place) -> String {
    match (place.row, place.col) {
        (Some(row), None) => lookup.words.fill("place.row", &[("n", &row.to_string())]),
        _ => place.cell(),
    }
}

/// Where the rows behind a store's values of a KPI stand.
pub(crate) fn link(store: &str, kpi: &str) -> Link {
    Link::to(format!("stores/{}/kpi-{}.html", slug(store), slug(kpi)))
}

/// The rows behind a store's values of one KPI.
pub(crate) struct BehindPage<'a> {
    kpi: &'a Kpi,
}

impl<'a> Page<StoreLookup<'a>> for BehindPage<'a> {
    type View = BehindView;
    const TEMPLATE: &'static str = "behind.html";
    const SECTION: &'static str = "stores";

    fn all(store: &StoreLookup<'a>) -> Vec<BehindPage<'a>> {
        store.monthly().filter(|kpi| store.knows(kpi)).map(|kpi| BehindPage { kpi }).collect()
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id(), &self.kpi.id)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let mut way = store::way(store);
        way.push(Named::plain(store.words.text(&self.kpi.title)));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> BehindView {
        BehindView::new(store, self.kpi, draw)
    }
}

/// How many rows of each role the KPI's page shows of a month with so many.
pub(super) fn shown_of_month(store: &StoreLookup<'_>, rows: usize) -> usize {
    let a_month = ROWS_A_PAGE / store.lineage_months().len().max(1);
    if rows > a_month { FIRST_ROWS } else { a_month }
}

impl BehindView {
    fn new(store: &StoreLookup<'_>, kpi: &Kpi, draw: &Draw<'_>) -> BehindView {
        let months = store.lineage_months();
        let a_month = ROWS_A_PAGE / months.len().max(1);
        let sections = months.into_iter().enumerate().map(|(at, month)| {
            let rows = store.rows_of_month(kpi, month);
            let first = shown_of_month(store, rows.len());
            let tables = tables(store, kpi, rows, Shown::First(first), &format!("m{at}-"), draw);
            let all = (rows.len() > a_month).then(|| behind_month::link(store.id(), &kpi.id, month, 1));
            section(store, kpi, month, rows, tables, all)
        });
        BehindView {
            store: store.named(),
            kpi: kpi::Head::new(store, kpi),
            since: store.edition.lineage_since.to_string(),
            months: sections.collect(),
            notes: notes::of(store, kpi, Some(store.id())),
            periods: behind_periods::lines(store, kpi),
        }
    }
}

pub(super) fn section(
    store: &StoreLookup<'_>,
    kpi: &Kpi,
    month: Period,
    rows: &[LineageRow],
    tables: Vec<RoleTable>,
    all: Option<Link>,
) -> MonthSection {
    MonthSection {
        anchor: month.to_string(),
        label: store.words.period(month),
        partial: store.months.is_partial(month),
        figure: store.own(kpi, month).linked(None),
        same_days: (month == store.months.before)
            .then(|| store.same_days(kpi, Scope::Store, store.id(), store.months.focus))
            .flatten(),
        staff: staff(store, kpi, month, rows),
        slices: slices(store, kpi, month),
        parts: made_of(store, kpi, month),
        agrees: agrees(store, kpi, month, rows),
        at_hand: rows.len(),
        tables,
        all,
    }
}

fn made_of(store: &StoreLookup<'_>, kpi: &Kpi, month: Period) -> Vec<Named> {
    let earlier = match &kpi.kind {
        catalog::Kind::Growth { months, .. } => month.start.checked_sub_months(chrono::Months::new(*months)),
        _ => None,
    };
    let months = || [Some(month), earlier.map(|day| Period::of(Grain::Month, day))].into_iter().flatten();
    let parts = kpi.kind.of_others().into_iter().filter_map(|id| store.edition.catalog.kpi(id));
    let named = |part: &Kpi, month: Period| {
        let text = format!("{} {}", store.words.text(&part.title), store.words.period(month));
        let link = store.rows_link(part, store.id(), month).filter(|_| part.grains.contains(&Grain::Month));
        Named { text, link }
    };
    parts.flat_map(|part| months().map(move |month| named(part, month))).collect()
}

/// The roles in reading order: what is wrong first, whichever way the KPI points.
pub(crate) fn roles(kpi: &Kpi) -> [(Role, &'static str, &'static str); 3] {
    let ratio_of_rows = kpi.denominator.is_some() && kpi.unit.is_share();
    match (ratio_of_rows, kpi.direction) {
        (true, Direction::Up) => [
            (Role::Failed, "bad", "role.failed"),
            (Role::Excluded, "open", "role.excluded"),
            (Role::Passed, "good", "role.passed"),
        ],
        (true, Direction::Down) => [
            (Role::Passed, "bad", "role.counted_against"),
            (Role::Excluded, "open", "role.excluded"),
            (Role::Failed, "good", "role.not_counted"),
        ],
        (false, _) => [
            (Role::Excluded, "open", "role.excluded"),
            (Role::Passed, "plain", "role.added"),
            (Role::Failed, "plain", "role.base_only"),
        ],
    }
}

/// Which of the rows a page shows.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    /// Of each role the first so many.
    First(usize),
    /// A part of all roles one after the other, and of how many rows it can be one.
    Part(usize, usize),
}

/// Splits a month's rows by role; those shown are `<anchor>1`, `<anchor>2`, … over all roles.
pub(super) fn tables<'a>(
    store: &StoreLookup<'a>,
    kpi: &Kpi,
    rows: &'a [LineageRow],
    shown: Shown,
    anchor: &str,
    draw: &Draw<'_>,
) -> Vec<RoleTable> {
    let mut tables = Vec::new();
    let (mut numbered, mut before) = (0, 0);
    for (role, tone, key) in roles(kpi) {
        let count = rows.iter().filter(|row| row.role == role).count();
        let part = match shown {
            Shown::First(most) => 0..count.min(most),
            Shown::Part(part, most) => {
                let all = page::part(part, ROWS_A_PAGE, rows.len().min(most));
                all.start.clamp(before, before + count) - before..all.end.clamp(before, before + count) - before
            }
        };
        before += count;
        if part.is_empty() {
            continue;
        }
        let mut table = table(store, kpi, rows.iter().filter(|row| row.role == role));
        for row in &mut table.rows[part.clone()] {
            numbered += 1;
            row.anchor = format!("{anchor}{numbered}").into();
        }
        let more = if let Shown::First(_) = shown { count - part.len() } else { 0 };
        table.part = Some(part);
        tables.push(RoleTable {
            role: role.word(),
            tone,
            title: store.words.word(key),
            count,
            more,
            rows: draw(&table),
        });
    }
    tables
}

/// Rows behind a figure: when, who, what the judgement rests on, and where each stands. A day that the evidence says
/// anyway has no column of its own.
pub(crate) fn table<'a>(
    store: &StoreLookup<'a>,
    kpi: &Kpi,
    rows: impl IntoIterator<Item = &'a LineageRow>,
) -> Table<'a> {
    let word = |key: &str| store.words.word(key);
    let evidence = evidence(store, kpi);
    let days = !evidence.iter().any(|(column, _)| **column == *kpi.time);
    let adds = shows_additions(kpi);
    let mut columns = Vec::new();
    if days {
        columns.push(Column::new(word("behind.day"), Kind::Date, 12.0));
    }
    if kpi.staff.is_some() {
        columns.push(Column::new(word("behind.staff"), Kind::Text, 12.0));
    }
    // What splits the figure stands beside its rows, unless the evidence says it anyway.
    let splits: Vec<Scope> = Scope::SLICES
        .into_iter()
        .filter(|scope| kpi.column_of(*scope).is_some_and(|own| !evidence.iter().any(|(column, _)| *column == own)))
        .collect();
    columns.extend(splits.iter().map(|scope| Column::new(word(&format!("scope.{}", scope.word())), Kind::Text, 12.0)));
    let titles = evidence.iter().map(|(column, _)| column_title(store, &kpi.fact, column));
    columns.extend(titles.map(|title| Column::new(title, Kind::Text, 16.0)));
    if adds {
        columns.push(Column::new(word("behind.adds"), Kind::Value, 12.0));
    }
    columns.extend([
        Column::new(word("place.workbook"), Kind::Code, 34.0),
        Column::new(word("place.sheet"), Kind::Code, 14.0),
        Column::new(word("table.cell"), Kind::Code, 9.0),
    ]);
    let line = |row: &'a LineageRow| {
        let mut cells = Vec::with_capacity(columns.len());
        if days {
            cells.push(Cell::Date(row.day));
        }
        if kpi.staff.is_some() {
            let name = row.staff.as_deref();
            cells.push(Cell::linked(name.unwrap_or_default(), name.and_then(|name| store.person_link(name))));
        }
        cells.extend(splits.iter().map(|scope| Cell::text(row.slice(*scope).unwrap_or_default())));
        cells.extend(evidence.iter().map(|(column, class)| {
            let found = row.evidence.iter().find(|(name, _)| &**name == *column);
            let value = found.map_or("", |(_, value)| value);
            Cell::Text(cell_word(store, column, privacy::masked(*class, value)))
        }));
        if adds {
            cells.push(Cell::text(figure::exact(row.numerator)));
        }
        let place = &row.place;
        cells.extend([Cell::text(&*place.workbook), Cell::text(place.sheet_shown()), Cell::text(cell(store, place))]);
        Row::from(cells)
    };
    let rows = rows.into_iter().map(line).collect();
    Table { columns, rows, empty: word("behind.none").into(), ..Table::default() }
}

fn evidence<'k>(store: &StoreLookup<'_>, kpi: &'k Kpi) -> Vec<(&'k str, Option<crate::model::PersonalClass>)> {
    let audience = store.edition.settings.audience;
    let classes =
        kpi.evidence.iter().map(|column| (&**column, privacy::class_of(store.edition.catalog, &kpi.fact, column)));
    classes.filter(|(_, class)| privacy::shown(*class, audience)).collect()
}

/// A fact column's title: the sheet's own, else the dictionary's, else that of its definition, else its name in SQL.
pub(crate) fn column_title(lookup: &Lookup<'_>, fact: &str, column: &str) -> String {
    let sheet = lookup.edition.catalog.sheet(fact);
    let own = sheet.and_then(|sheet| sheet.field(column).and_then(|at| sheet.columns.get(at)));
    match own {
        Some(own) => lookup.words.text(&own.title),
        None => {
            let own = lookup.words.find(&format!("column.{fact}_{column}"));
            let own = own.or_else(|| lookup.words.find(&format!("column.{column}"))).map(str::to_owned);
            let defined = || derived::title(fact, column).map(|title| lookup.words.text(title));
            own.or_else(defined).unwrap_or_else(|| column.to_owned())
        }
    }
}

/// A coded value of a derived column in the reader's words; anything else as it is.
pub(crate) fn cell_word<'v>(lookup: &Lookup<'v>, column: &str, value: Cow<'v, str>) -> Cow<'v, str> {
    if column == "kind" && lookup.edition.catalog.sheet(&value).is_some() {
        return quality::sheet_title(lookup, &value).into();
    }
    let coded =
        column.ends_with("verdict") || column == "kind" || column == "outcome" || matches!(&*value, "true" | "false");
    let word = if coded { lookup.words.find(&format!("value.{value}")) } else { None };
    word.map_or(value, Cow::Borrowed)
}

fn shows_additions(kpi: &Kpi) -> bool {
    !kpi.unit.is_share() && (kpi.unit.is_money() || kpi.denominator.is_some())
}

fn staff(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, rows: &[LineageRow]) -> Vec<StaffLine> {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for row in rows {
        if let Some(name) = &row.staff {
            counts.entry(name).or_default()[row.role as usize] += 1;
        }
    }
    // Made of other KPIs it has no rows of its own, and people have values all the same.
    if !kpi.kind.of_others().is_empty() {
        let is_valued =
            |name: &&str| store.value(kpi, Scope::Staff, &format!("{}/{name}", store.id()), month).is_some();
        for name in store.people().filter(is_valued) {
            counts.entry(name).or_default();
        }
    }
    let mut lines: Vec<_> = counts
        .into_iter()
        .map(|(name, [failed, excluded, passed])| StaffLine {
            name: Named { text: name.to_owned(), link: store.person_link(name) },
            figure: store.figure(kpi, Scope::Staff, &format!("{}/{name}", store.id()), month).linked(None),
            failed,
            excluded,
            passed,
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.failed));
    lines
}

fn slices(store: &StoreLookup<'_>, kpi: &Kpi, month: Period) -> Vec<SliceLine> {
    let of = |scope: Scope| {
        let title = store.words.word(&format!("scope.{}", scope.word()));
        let line = move |value: &crate::model::KpiValue| SliceLine {
            name: store.words.fill("kpi.slice_name", &[("scope", &title), ("name", &value.scope_id)]),
            figure: store.figure_of(kpi, value),
        };
        store.slices_of(kpi, scope, month).into_iter().map(line)
    };
    Scope::SLICES.into_iter().flat_map(of).collect()
}

/// Whether the rows at hand add up to the value as `kpi.csv` has it.
fn agrees(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, rows: &[LineageRow]) -> bool {
    let Some(value) = store.value(kpi, Scope::Store, store.id(), month) else { return rows.is_empty() };
    let judged = || rows.iter().filter(|row| row.role != Role::Excluded);
    let numerator: Quantity = judged().map(|row| row.numerator).sum();
    let denominator: Quantity = judged().map(|row| row.denominator).sum();
    let excluded = rows.len() as u64 - judged().count() as u64;
    let numerator = match kpi.kind {
        catalog::Kind::Quantile(thousandths) => {
            let mut values: Vec<Quantity> = judged().map(|row| row.numerator).collect();
            values.sort_unstable();
            Quantity::quantile(values.into_iter().map(|value| (value, 1)), thousandths).unwrap_or_default()
        }
        // Which texts differ is not said where texts may be personal.
        catalog::Kind::Distinct => value.numerator,
        _ => numerator,
    };
    numerator == value.numerator && value.denominator.is_none_or(|own| own == denominator) && excluded == value.excluded
}
