//! Stores by KPI: one month, one row for each store under the group's, every verdict as a mark.

use super::{Bars, Cell, Column, Kind, Measure, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::{Period, Scope},
    project::Store,
    report::{kpi, lookup::GroupLookup, store},
};

/// The table of one month.
pub(crate) fn table<'a>(group: &GroupLookup<'a>, month: Period) -> Table<'a> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let whole = Kind::Number(Measure::WHOLE);
    let mut columns = vec![
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("scope.region"), Kind::Code, 10.0),
        Column::new(word("scope.brand"), Kind::Code, 10.0),
        Column::new(word("status.met"), whole, 8.0),
        Column::new(word("status.missed"), whole, 9.0),
    ];
    let ahead = columns.len();
    // What has a target comes first: so far the table is put on paper.
    let aimed = |kpi: &Kpi| {
        let of_store =
            |store: &Store| group.value(kpi, Scope::Store, &store.id, month).is_some_and(|v| v.target.is_some());
        group.value(kpi, Scope::Group, "group", month).is_some_and(|value| value.target.is_some())
            || group.material.stores.iter().any(of_store)
    };
    let mut topics = group.topics();
    let rest: Vec<_> = topics
        .iter_mut()
        .map(|(topic, kpis)| {
            let (with, without) = kpis.iter().partition(|kpi| aimed(kpi));
            *kpis = with;
            (topic.clone(), without)
        })
        .collect();
    let printed = ahead + topics.iter().map(|(_, kpis)| kpis.len()).sum::<usize>();
    topics.extend(rest);
    for (topic, kpis) in &topics {
        for kpi in kpis {
            let bars = match (kpi.unit.is_share(), kpi.denominator.is_some()) {
                (true, _) => Bars::Share,
                (_, true) => Bars::All,
                // The group's own sum would dwarf every store's.
                (_, false) => Bars::AfterFirst,
            };
            columns.push(Column {
                group: group.topic_name(topic).into(),
                link: Some(kpi::link(&kpi.id)),
                bars: Some(bars),
                ..Column::new(super::dictionary::titled(group, kpi), Kind::Value, 13.0)
            });
        }
    }
    let kpis: Vec<_> = topics.into_iter().flat_map(|(_, kpis)| kpis).collect();
    let row = |name: Cell<'a>, of: [&'a str; 2], scope: Scope, id: &str| {
        let figures: Vec<_> = kpis.iter().map(|kpi| group.figure(kpi, scope, id, month)).collect();
        let count = |status: &str| figures.iter().filter(|figure| figure.status == status).count() as f64;
        let mut cells = vec![name, Cell::text(of[0]), Cell::text(of[1])];
        cells.extend([Cell::Number(count("met")), Cell::Number(count("missed"))]);
        cells.extend(kpis.iter().zip(&figures).map(|(kpi, figure)| Value::of(figure, kpi, words).cell()));
        Row::from(cells)
    };
    let mut rows = vec![row(Cell::text(word("heat.all")), ["", ""], Scope::Group, "group")];
    rows.extend(group.material.stores.iter().map(|store| {
        let name = Cell::Link(store.name.as_str().into(), store::link(&store.id));
        row(name, [&store.region, &store.brand], Scope::Store, &store.id)
    }));
    let paper = if printed > ahead { printed } else { columns.len() };
    let wide: f64 = columns[..paper].iter().map(|column| column.width).sum();
    let print = super::Print { pages_wide: super::pages_wide(wide), columns: paper };
    Table { columns, rows, lead: 1, print, ..Table::default() }
}
