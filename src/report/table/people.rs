//! A store's people and their values of the month. A few rows do not judge a person.

use super::{Cell, Column, Kind, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::Scope,
    report::{behind, lookup::StoreLookup, person, pinyin},
};

/// The table: people in the order of their names, the KPIs that any of them has a value of.
pub(crate) fn table<'a>(store: &StoreLookup<'a>) -> Table<'a> {
    let month = store.months.focus;
    let mut names: Vec<_> = store.digest.staff.iter().collect();
    let order = pinyin::order();
    names.sort_by(|a, b| order.compare(a, b));
    let ids: Vec<String> = names.iter().map(|name| format!("{}/{name}", store.id())).collect();
    let figure = |kpi: &Kpi, id: &str| store.figure(kpi, Scope::Staff, id, month);
    let has_any = |kpi: &&Kpi| ids.iter().any(|id| figure(kpi, id).value.is_some());
    let kpis: Vec<&Kpi> = store.monthly().filter(has_any).collect();
    // What has a target comes first on a worksheet: so far the table is put on paper.
    let aimed = |kpi: &&Kpi| {
        let target =
            |id: &String| store.value(kpi, Scope::Staff, id, month).is_some_and(|value| value.target.is_some());
        kpi.target.is_some() || ids.iter().any(target)
    };
    let (mut kpis, rest): (Vec<&Kpi>, Vec<&Kpi>) = kpis.into_iter().partition(aimed);
    let printed = if kpis.is_empty() { rest.len() } else { kpis.len() } + 1;
    kpis.extend(rest);
    let mut columns = vec![Column::new(store.words.word("behind.staff"), Kind::Text, 14.0)];
    columns.extend(kpis.iter().map(|kpi| Column {
        link: Some(behind::link(store.id(), &kpi.id)),
        ..Column::new(super::scores::title(store, kpi), Kind::Value, 12.5)
    }));
    let present = names.into_iter().zip(&ids).filter(|(_, id)| kpis.iter().any(|kpi| figure(kpi, id).value.is_some()));
    let rows = present.map(|(name, id)| {
        let mut cells = vec![Cell::Link(name.to_string().into(), person::link(store.id(), name))];
        cells.extend(kpis.iter().map(|kpi| Value::of(&figure(kpi, id), kpi, store.words).cell()));
        Row::from(cells)
    });
    let rows = rows.collect();
    let wide: f64 = columns[..printed].iter().map(|column| column.width).sum();
    Table {
        columns,
        rows,
        empty: store.words.word("person.none").into(),
        lead: 1,
        print: super::Print { pages_wide: super::pages_wide(wide), columns: printed },
        ..Table::default()
    }
}
