//! The group's parts beside each other: KPIs line by line, a column for each region or each brand.

use super::{Cell, Column, Kind, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::Scope,
    report::{kpi, lookup::GroupLookup},
};

/// The table of the regions or the brands in the month of the figures; `None` where there are none.
pub(crate) fn table<'a>(group: &GroupLookup<'a>, scope: Scope) -> Option<Table<'a>> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let month = group.months.focus;
    let mut names: Vec<&'a str> = group.monthly().flat_map(|kpi| group.ids_of(&kpi.id, scope)).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !name.is_empty());
    if names.is_empty() {
        return None;
    }
    let mut columns = vec![
        Column::new(word("table.topic"), Kind::Code, 12.0),
        Column::new(word("nav.kpi"), Kind::Text, 28.0),
        Column::new(word("figure.target"), Kind::Value, 11.0),
        Column::new(word("heat.all"), Kind::Value, 13.0),
    ];
    columns.extend(names.iter().map(|name| Column::new(*name, Kind::Value, 13.0)));
    let figure = |kpi: &Kpi, scope: Scope, id: &str| {
        let figure = group.figure(kpi, scope, id, month);
        if figure.value.is_some() { Value::of(&figure, kpi, words).cell() } else { Cell::Blank }
    };
    let of_any = |kpi: &&Kpi| names.iter().any(|name| group.figure(kpi, scope, name, month).value.is_some());
    let rows = group.monthly().filter(of_any).map(|kpi| {
        let target = group.value(kpi, Scope::Group, "group", month).and_then(|value| value.target);
        let mut cells = vec![
            Cell::text(group.topic_name(&kpi.topic)),
            Cell::linked(super::scores::title(group, kpi), Some(kpi::link(&kpi.id))),
            super::scores::aim(group, kpi, target),
            figure(kpi, Scope::Group, "group"),
        ];
        cells.extend(names.iter().map(|name| figure(kpi, scope, name)));
        Row::from(cells)
    });
    let rows = rows.collect();
    Some(Table { columns, rows, lead: 2, by: Some(0), empty: word("table.no_kpis").into(), ..Table::default() })
}
