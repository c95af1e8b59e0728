//! Regions and brands beside each other, and the stores of one, by what comes first.

use super::{Cell, Column, Kind, Measure, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::{Period, Scope},
    project::Store,
    report::{StoreDigest, area, lookup::GroupLookup, period},
};

/// Every region and brand in a period: how many stores, and the headline figures.
pub(crate) fn table<'a>(group: &GroupLookup<'a>, period: Period) -> Table<'a> {
    let word = |key: &str| group.words.word(key);
    let kpis = headlines(group, period);
    let mut columns = vec![
        Column::new(word("table.scope"), Kind::Text, 9.0),
        Column::new(word("table.object"), Kind::Text, 16.0),
        Column::new(word("quality.stores"), Kind::Number(Measure::WHOLE), 9.0),
    ];
    columns.extend(heads(group, &kpis, period));
    let mut rows = Vec::new();
    for scope in area::SCOPES {
        for id in area::ids(group, scope) {
            let stores = group.material.stores.iter().filter(|store| area::of(scope, store) == id);
            let mut cells = vec![
                Cell::text(word(&format!("scope.{}", scope.word()))),
                Cell::Link(id.into(), area::link(scope, id, period.grain)),
                Cell::Number(stores.count() as f64),
            ];
            cells.extend(values(group, &kpis, scope, id, period));
            rows.push(Row::from(cells));
        }
    }
    Table {
        title: word("area.title").into(),
        columns,
        rows,
        by: Some(0),
        lead: 2,
        empty: word("area.none").into(),
        ..Table::default()
    }
}

/// Some stores in a period: targets met and missed, and the headline figures.
pub(crate) fn stores<'a>(
    group: &GroupLookup<'a>,
    stores: &[(&'a Store, &'a StoreDigest)],
    period: Period,
) -> Table<'a> {
    let word = |key: &str| group.words.word(key);
    let kpis = headlines(group, period);
    let mut columns = vec![
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("status.met"), Kind::Number(Measure::WHOLE), 9.0),
        Column::new(word("status.missed"), Kind::Number(Measure::WHOLE), 9.0),
    ];
    columns.extend(heads(group, &kpis, period));
    let row = |(own, _): &(&'a Store, &'a StoreDigest)| {
        let (met, missed) = group.met_and_missed(&own.id, period);
        let mut cells = vec![
            Cell::Link(own.name.as_str().into(), period::store_link(&own.id, period.grain)),
            Cell::Number(met as f64),
            Cell::Number(missed as f64),
        ];
        cells.extend(values(group, &kpis, Scope::Store, &own.id, period));
        Row::from(cells)
    };
    Table {
        title: word("nav.stores").into(),
        columns,
        rows: stores.iter().map(row).collect(),
        lead: 1,
        empty: word("kpi.no_stores").into(),
        ..Table::default()
    }
}

/// The headline KPIs that have values of the period's grain.
fn headlines<'a>(group: &GroupLookup<'a>, period: Period) -> Vec<&'a Kpi> {
    group.headlines().into_iter().filter(|kpi| kpi.grains.contains(&period.grain)).collect()
}

fn heads<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi], period: Period) -> Vec<Column<'a>> {
    let head = |kpi: &&'a Kpi| Column {
        link: Some(period::kpi_link(kpi, period.grain)),
        ..Column::new(group.words.text(&kpi.title), Kind::Value, 12.0)
    };
    kpis.iter().map(head).collect()
}

fn values<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi], scope: Scope, id: &str, period: Period) -> Vec<Cell<'a>> {
    let value = |kpi: &&'a Kpi| Value::of(&group.figure(kpi, scope, id, period), kpi, group.words).cell();
    kpis.iter().map(value).collect()
}
