//! One topic: its KPIs by month, of the group and of every store.

use super::{Cell, Column, Kind, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::Scope,
    project::Store,
    report::{lookup::GroupLookup, store},
};

/// The column of the first month.
pub(crate) const FIRST_MONTH: usize = 4;

/// The group's figures.
pub(crate) fn of_group<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    let name = |_: &Kpi| vec![(Cell::text(group.words.word("heat.all")), Scope::Group, "group")];
    table(group, kpis, name)
}

/// Every store's. The rows of a KPI stand together.
pub(crate) fn of_stores<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    let stores = group.material.stores;
    let name = |_: &Kpi| {
        let of = |store: &'a Store| {
            (Cell::Link(store.name.as_str().into(), store::link(&store.id)), Scope::Store, &*store.id)
        };
        stores.iter().map(of).collect()
    };
    table(group, kpis, name)
}

fn table<'a>(
    group: &GroupLookup<'a>,
    kpis: &[&'a Kpi],
    whose: impl Fn(&Kpi) -> Vec<(Cell<'a>, Scope, &'a str)>,
) -> Table<'a> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let mut months = super::scores::history(group);
    months.push(group.months.focus);
    // A month to date is no fall: the course ends with the last full month.
    let full = months.iter().filter(|month| !group.months.is_partial(**month)).count();
    let trend = Kind::Trend { first: FIRST_MONTH, last: FIRST_MONTH + full - 1 };
    let mut columns = vec![
        Column::new(word("nav.kpi"), Kind::Text, 26.0),
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("figure.target"), Kind::Value, 10.0),
        Column::new(word("figure.trend"), trend, 14.0),
    ];
    columns.extend(months.iter().map(|month| {
        let name = month.to_string();
        let name = if group.months.is_partial(*month) { words.fill("pack.to_date", &[("month", &name)]) } else { name };
        Column::new(name, Kind::Value, 12.0)
    }));
    let mut rows = Vec::new();
    for kpi in kpis {
        let title = super::scores::title(group, kpi);
        for (name, scope, id) in whose(kpi) {
            let target = group.value(kpi, scope, id, group.months.focus).and_then(|value| value.target);
            let mut cells = vec![Cell::text(title.clone()), name, super::scores::aim(group, kpi, target), Cell::Blank];
            cells.extend(months.iter().map(|month| {
                let figure = group.figure(kpi, scope, id, *month);
                if figure.value.is_some() { Value::of(&figure, kpi, words).cell() } else { Cell::Blank }
            }));
            rows.push(Row::from(cells));
        }
    }
    Table { columns, rows, lead: 2, by: Some(0), empty: word("table.no_kpis").into(), ..Table::default() }
}
