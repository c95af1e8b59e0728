//! The rows behind a number: numerator, denominator, excluded, and each row to workbook, sheet and cell.

use super::{
    figure::{self, Figure},
    kpi::Definition,
    lookup::{Lookup, StoreLookup},
    page::{Link, Named, Page},
    privacy, quality,
};
use crate::{
    catalog::{Direction, Kind, Kpi, Unit},
    model::{Grain, LineageRow, Period, Place, Quantity, Role, Scope},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows on one page; more are split off, so that no page grows past what a phone can open.
const ROWS_A_PAGE: usize = 400;
/// Most rows of one month that get pages of their own; beyond, the list is cut and says so.
const ROWS_A_MONTH: usize = 4_000;

/// The page of one KPI of one store: a section for each month at hand, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct BehindView {
    pub store: Named,
    pub definition: Definition,
    pub since: String,
    pub months: Vec<MonthSection>,
}

/// One month's value and its rows.
#[derive(Debug, Serialize)]
pub(crate) struct MonthSection {
    /// `2026-10`, the anchor that figures lead to.
    pub anchor: String,
    pub label: String,
    pub partial: bool,
    pub figure: Figure,
    pub columns: Vec<String>,
    /// The KPI names a person for each row.
    pub has_staff: bool,
    /// What a row adds is money or a count worth showing.
    pub adds: bool,
    pub staff: Vec<StaffLine>,
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
    pub failed: usize,
    pub excluded: usize,
    pub passed: usize,
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
    pub rows: Vec<RowLine>,
    /// Rows not shown here.
    pub more: usize,
}

/// One row.
#[derive(Debug, Serialize)]
pub(crate) struct RowLine {
    pub anchor: String,
    pub day: String,
    pub staff: Option<Named>,
    pub evidence: Vec<String>,
    pub adds: String,
    pub place: PlaceLine,
}

/// A place in three parts.
#[derive(Debug, Serialize)]
pub(crate) struct PlaceLine {
    pub workbook: String,
    pub sheet: String,
    /// `C17`, or for a whole row its number in words; empty where the sheet or workbook is meant.
    pub cell: String,
}

pub(crate) fn place(lookup: &Lookup<'_>, place: &Place) -> PlaceLine {
    let cell = match (place.row, place.col) {
        (Some(row), None) => lookup.words.fill("place.row", &[("n", &row.to_string())]),
        _ => place.cell(),
    };
    PlaceLine { workbook: place.workbook.to_string(), sheet: place.sheet_shown().into_owned(), cell }
}

impl BehindView {
    pub(crate) fn new(store: &StoreLookup<'_>, kpi: &Kpi) -> BehindView {
        let months = store.lineage_months();
        let a_month = ROWS_A_PAGE / months.len().max(1);
        BehindView {
            store: store.named(),
            definition: Definition::new(store, kpi),
            since: store.edition.lineage_since.to_string(),
            months: months.into_iter().map(|month| section(store, kpi, month, a_month)).collect(),
        }
    }
}

fn section(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, most: usize) -> MonthSection {
    let rows = store.rows_of_month(kpi, month);
    let figure = store.own(kpi, month).linked(None);
    let page = Page::BehindMonth { store: store.id().clone(), kpi: kpi.id.clone(), month: month.to_string(), part: 1 };
    MonthSection {
        anchor: month.to_string(),
        label: store.words.period(month),
        partial: store.months.is_partial(month),
        columns: columns(store, kpi),
        has_staff: kpi.staff.is_some(),
        adds: shows_additions(kpi),
        staff: staff(store, &rows),
        parts: made_of(store, kpi, month),
        agrees: agrees(store, kpi, month, &rows),
        all: (rows.len() > most).then(|| Link::to(page)),
        at_hand: rows.len(),
        tables: tables(store, kpi, &rows, most, &month.to_string()),
        figure,
    }
}

fn made_of(store: &StoreLookup<'_>, kpi: &Kpi, month: Period) -> Vec<Named> {
    let earlier = match &kpi.kind {
        Kind::Growth { months, .. } => month.start.checked_sub_months(chrono::Months::new(*months)),
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
    let ratio_of_rows = kpi.denominator.is_some() && kpi.unit == Unit::Percent;
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

/// Splits the rows by role, each cut so that together they stay within `most`: short roles give their room to long ones,
/// in reading order.
fn tables(store: &StoreLookup<'_>, kpi: &Kpi, rows: &[&LineageRow], most: usize, anchor: &str) -> Vec<RoleTable> {
    let parts: Vec<_> = roles(kpi)
        .into_iter()
        .map(|(role, tone, key)| {
            (role, tone, key, rows.iter().filter(|row| row.role == role).copied().collect::<Vec<_>>())
        })
        .filter(|(_, _, _, rows)| !rows.is_empty())
        .collect();
    let share = most / parts.len().max(1);
    let mut spare: usize = parts.iter().map(|(_, _, _, rows)| share.saturating_sub(rows.len())).sum();
    let mut tables = Vec::new();
    for (role, tone, key, rows) in parts {
        let extra = rows.len().saturating_sub(share).min(spare);
        spare -= extra;
        let shown = rows.len().min(share + extra);
        tables.push(RoleTable {
            role: role.word(),
            tone,
            title: store.words.word(key),
            count: rows.len(),
            more: rows.len() - shown,
            rows: lines(store, kpi, rows.into_iter().take(shown), &format!("{anchor}-{}", role.word())),
        });
    }
    tables
}

/// The titles of the evidence columns that this audience may see.
pub(crate) fn columns(store: &StoreLookup<'_>, kpi: &Kpi) -> Vec<String> {
    evidence(store, kpi).into_iter().map(|(column, _)| column_title(store, &kpi.fact, column)).collect()
}

fn evidence<'k>(store: &StoreLookup<'_>, kpi: &'k Kpi) -> Vec<(&'k str, Option<crate::model::PersonalClass>)> {
    let audience = store.edition.settings.audience;
    let classes =
        kpi.evidence.iter().map(|column| (&**column, privacy::class_of(store.edition.catalog, &kpi.fact, column)));
    classes.filter(|(_, class)| privacy::shown(*class, audience)).collect()
}

/// A fact column's title: the sheet's own, else the dictionary's, else its name in SQL.
pub(crate) fn column_title(lookup: &Lookup<'_>, fact: &str, column: &str) -> String {
    let sheet = lookup.edition.catalog.sheet(fact);
    let own = sheet.and_then(|sheet| sheet.field(column).and_then(|at| sheet.columns.get(at)));
    match own {
        Some(own) => lookup.words.text(&own.title),
        None => {
            let own = lookup.words.find(&format!("column.{fact}_{column}"));
            own.or_else(|| lookup.words.find(&format!("column.{column}"))).unwrap_or(column).to_owned()
        }
    }
}

/// The rows as lines; anchors are `<anchor>-<n>`, or absent when `anchor` is empty.
pub(crate) fn lines<'r>(
    store: &StoreLookup<'_>,
    kpi: &Kpi,
    rows: impl Iterator<Item = &'r LineageRow>,
    anchor: &str,
) -> Vec<RowLine> {
    let columns = evidence(store, kpi);
    rows.enumerate()
        .map(|(i, row)| RowLine {
            anchor: if anchor.is_empty() { String::new() } else { format!("{anchor}-{}", i + 1) },
            day: row.day.to_string(),
            staff: row.staff.as_ref().map(|name| Named { text: name.to_string(), link: store.person_link(name) }),
            evidence: columns
                .iter()
                .map(|(column, class)| {
                    let found = row.evidence.iter().find(|(name, _)| &**name == *column);
                    let value = found.map_or("", |(_, value)| value.as_str());
                    cell_word(store, column, &privacy::masked(*class, value))
                })
                .collect(),
            adds: figure::exact(row.numerator, kpi.unit == Unit::Yuan),
            place: place(store, &row.place),
        })
        .collect()
}

/// A coded value of a derived column in the reader's words; anything else as it is.
pub(crate) fn cell_word(lookup: &Lookup<'_>, column: &str, value: &str) -> String {
    if column == "kind" && lookup.edition.catalog.sheet(value).is_some() {
        return quality::sheet_title(lookup, value);
    }
    let coded =
        column.ends_with("verdict") || column == "kind" || column == "outcome" || matches!(value, "true" | "false");
    let word = if coded { lookup.words.find(&format!("value.{value}")) } else { None };
    word.unwrap_or(value).to_owned()
}

fn shows_additions(kpi: &Kpi) -> bool {
    kpi.unit != Unit::Percent && (kpi.unit == Unit::Yuan || kpi.denominator.is_some())
}

fn staff(store: &StoreLookup<'_>, rows: &[&LineageRow]) -> Vec<StaffLine> {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for row in rows {
        if let Some(name) = &row.staff {
            counts.entry(name).or_default()[row.role as usize] += 1;
        }
    }
    let mut lines: Vec<_> = counts
        .into_iter()
        .map(|(name, [failed, excluded, passed])| StaffLine {
            name: Named { text: name.to_owned(), link: store.person_link(name) },
            failed,
            excluded,
            passed,
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.failed));
    lines
}

/// Whether the rows at hand add up to the value as `kpi.csv` has it.
fn agrees(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, rows: &[&LineageRow]) -> bool {
    let Some(value) = store.value(kpi, Scope::Store, store.id(), month) else { return rows.is_empty() };
    let judged = || rows.iter().filter(|row| row.role != Role::Excluded);
    let numerator: Quantity = judged().map(|row| row.numerator).sum();
    let denominator: Quantity = judged().map(|row| row.denominator).sum();
    let excluded = rows.len() as u64 - judged().count() as u64;
    let numerator = match kpi.kind {
        Kind::Quantile(thousandths) => {
            let mut values: Vec<Quantity> = judged().map(|row| row.numerator).collect();
            values.sort_unstable();
            Quantity::quantile(values.into_iter().map(|value| (value, 1)), thousandths).unwrap_or_default()
        }
        // Which texts differ is not said where texts may be personal.
        Kind::Distinct => value.numerator,
        _ => numerator,
    };
    numerator == value.numerator && value.denominator.is_none_or(|own| own == denominator) && excluded == value.excluded
}

/// All rows of one month, page by page.
#[derive(Debug, Serialize)]
pub(crate) struct BehindMonthView {
    pub store: Named,
    pub definition: Definition,
    pub section: MonthSection,
    pub back: Link,
    pub part: usize,
    pub parts: Vec<Named>,
    /// Rows beyond the last page.
    pub cut: usize,
}

/// How many pages the rows of a month take; none when they fit the KPI's own page.
pub(crate) fn parts(store: &StoreLookup<'_>, kpi: &Kpi, month: Period) -> usize {
    let rows = store.rows_of_month(kpi, month).len();
    if rows <= ROWS_A_PAGE / store.lineage_months().len().max(1) {
        return 0;
    }
    rows.min(ROWS_A_MONTH).div_ceil(ROWS_A_PAGE)
}

impl BehindMonthView {
    pub(crate) fn new(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, part: usize) -> BehindMonthView {
        let all = store.rows_of_month(kpi, month);
        let mut section = section(store, kpi, month, 0);
        let ordered: Vec<&LineageRow> = roles(kpi)
            .into_iter()
            .flat_map(|(role, _, _)| all.iter().filter(move |row| row.role == role).copied())
            .collect();
        let from = (part.max(1) - 1) * ROWS_A_PAGE;
        let here: Vec<&LineageRow> = ordered.iter().skip(from).take(ROWS_A_PAGE).copied().collect();
        section.tables = tables(store, kpi, &here, here.len() * 3, &month.to_string());
        section.all = None;
        let count = parts(store, kpi, month);
        let page = |part: usize| Page::BehindMonth {
            store: store.id().clone(),
            kpi: kpi.id.clone(),
            month: month.to_string(),
            part,
        };
        BehindMonthView {
            store: store.named(),
            definition: Definition::new(store, kpi),
            back: Link::at(Page::Behind { store: store.id().clone(), kpi: kpi.id.clone() }, month.to_string()),
            parts: (1..=count).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
            part,
            cut: if part == count { all.len().saturating_sub(ROWS_A_MONTH) } else { 0 },
            section,
        }
    }
}
