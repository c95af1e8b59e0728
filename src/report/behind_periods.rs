//! A store's values of weeks, quarters and years, each with what it is made of: a week leads to its rows among those of its
//! months, a quarter or year to its months.

use super::{
    behind::{self, ROWS_A_PAGE},
    behind_month,
    figure::Figure,
    lookup::StoreLookup,
    page::{Link, Named},
    period::OTHERS,
};
use crate::{
    catalog::{Accumulate, Kpi},
    model::{Grain, LineageRow, Period, Status},
};
use serde::Serialize;

/// One period's value and what it is made of.
#[derive(Debug, Serialize)]
pub(crate) struct PeriodLine {
    /// `2026-W47`, the anchor that figures lead to.
    pub anchor: String,
    pub label: String,
    pub partial: bool,
    pub figure: Figure,
    pub parts: Vec<Named>,
}

/// The newest periods that are no months, weeks first; those without anything are left out.
pub(super) fn lines(store: &StoreLookup<'_>, kpi: &Kpi) -> Vec<PeriodLine> {
    let grains = OTHERS.into_iter().filter(|grain| kpi.grains.contains(grain));
    let periods = grains.flat_map(|grain| store.recent(grain));
    let known = periods.filter(|period| {
        let value = store.value(kpi, crate::model::Scope::Store, store.id(), *period);
        value.is_some_and(|value| value.status != Status::NoData)
    });
    known.map(|period| line(store, kpi, period)).collect()
}

fn line(store: &StoreLookup<'_>, kpi: &Kpi, period: Period) -> PeriodLine {
    PeriodLine {
        anchor: period.to_string(),
        label: store.words.period(period),
        partial: store.months.is_partial(period),
        figure: store.own(kpi, period).linked(None),
        parts: match period.grain {
            Grain::Week => rows_of_week(store, kpi, period),
            _ => months(store, kpi, period),
        },
    }
}

/// The months of a quarter or year, each with its sums: a stock closes as its last month does.
fn months(store: &StoreLookup<'_>, kpi: &Kpi, period: Period) -> Vec<Named> {
    let all = std::iter::successors(Some(Period::of(Grain::Month, period.start)), |month| Some(month.next()));
    let months = all.take_while(|month| month.start < period.end() && month.start <= store.months.current.start);
    let named = |month: Period| {
        let figure = store.own(kpi, month);
        let value = store.value(kpi, crate::model::Scope::Store, store.id(), month)?;
        if value.status == Status::NoData {
            return None;
        }
        let sums = match &figure.denominator {
            Some(denominator) => format!("{} / {denominator}", figure.numerator),
            None => figure.numerator.clone(),
        };
        Some(Named { text: format!("{} {sums}", store.words.part_of_year(month)), link: figure.link })
    };
    let mut named: Vec<Named> = months.filter_map(named).collect();
    if kpi.accumulate == Accumulate::Closing {
        named.drain(..named.len().saturating_sub(1));
    }
    named
}

/// A week's rows among those of the months it lies in, by role, each at its first one.
fn rows_of_week(store: &StoreLookup<'_>, kpi: &Kpi, week: Period) -> Vec<Named> {
    let mut found = Vec::new();
    for (at, month) in store.lineage_months().into_iter().enumerate() {
        if week.start >= month.end() || week.end() <= month.start {
            continue;
        }
        let rows = store.rows_of_month(kpi, month);
        let shown = behind::shown_of_month(store, rows.len());
        let (mut before, mut shown_before) = (0, 0);
        for (role, _, key) in behind::roles(kpi) {
            let of_role: Vec<&LineageRow> = rows.iter().filter(|row| row.role == role).collect();
            // The newest come first, so that a week's rows stand together.
            let first = of_role.iter().position(|row| week.holds(row.day));
            if let Some(first) = first {
                let count = of_role.iter().filter(|row| week.holds(row.day)).count();
                let link = if first + count <= shown {
                    Some(behind::link(store.id(), &kpi.id).at(format!("m{at}-{}", shown_before + first + 1)))
                } else {
                    of_page(store, kpi, month, before + first)
                };
                let text = format!("{} {count} · {}", store.words.word(key), store.words.part_of_year(month));
                found.push(Named { text, link });
            }
            before += of_role.len();
            shown_before += of_role.len().min(shown);
        }
    }
    found
}

/// Where the row at a place of a month's order stands on the month's own pages, as far as they go.
fn of_page(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, at: usize) -> Option<Link> {
    let page = behind_month::link(store.id(), &kpi.id, month, at / ROWS_A_PAGE + 1);
    (at < behind_month::ROWS_A_MONTH).then(|| page.at(format!("r{}", at % ROWS_A_PAGE + 1)))
}
