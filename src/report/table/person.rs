//! What one person of a store has in hand and how it went: a pool, the figures of the month, scorecards.

use super::{Cell, Column, Kind, Measure, Row, Table, Value, scores, worklist};
use crate::{
    catalog::{Kpi, Worklist},
    model::{Scope, WorklistRow},
    report::{lookup::StoreLookup, person},
};

/// What is in hand of one pool, customers in full: for the store alone.
pub(crate) fn pool<'a>(store: &StoreLookup<'a>, pool: &'a Worklist, rows: &[&'a WorklistRow]) -> Table<'a> {
    let word = |key: &str| store.words.word(key);
    let mut columns = vec![
        Column::new(word("work.name"), Kind::Text, 12.0),
        Column::new(word("work.phone"), Kind::Text, 14.0),
        Column::new(word("table.reference"), Kind::Text, 20.0),
        Column::new(word("pack.state"), Kind::Text, 14.0),
    ];
    if pool.due.is_some() {
        columns.push(Column::new(word("work.due"), Kind::Date, 12.0));
    }
    let extra = pool.extra.iter().enumerate().map(|(at, (_, title))| {
        let title = store.words.text(title);
        let width = (super::text_width(&title) + 5.0).clamp(12.0, 19.0);
        Column::new(title, worklist::kind_of(store, pool, at), width)
    });
    columns.extend(extra);
    let ahead = if pool.due.is_some() { 5 } else { 4 };
    let rows = rows.iter().map(|row| {
        let mut cells = vec![
            Cell::text(row.customer_name.as_deref().unwrap_or_default()),
            Cell::text(row.phone.as_deref().unwrap_or_default()),
            Cell::text(row.customer_key.as_deref().unwrap_or(&row.customer_ref)),
            Cell::text(store.words.text(&row.reason)),
        ];
        cells.extend(pool.due.as_ref().map(|_| Cell::date(row.due)));
        cells.extend(row.extra.iter().zip(&columns[ahead..]).map(|(text, column)| match column.kind {
            Kind::Number(_) => text.parse().map_or_else(|_| Cell::text(text.as_str()), Cell::Number),
            _ => Cell::text(text.as_str()),
        }));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: word("pack.pool_empty").into(), ..Table::default() }
}

/// The figures of the month, each beside the month before and the store's own.
pub(crate) fn figures<'a>(store: &StoreLookup<'a>, name: &str) -> Table<'a> {
    let words = store.words;
    let word = |key: &str| words.word(key);
    let (month, before) = (store.months.focus, store.months.before);
    let id = format!("{}/{name}", store.id());
    let columns = vec![
        Column::new(word("nav.kpi"), Kind::Text, 30.0),
        Column::new(words.period(month), Kind::Value, 14.0),
        Column::new(word("figure.numerator"), Kind::Value, 12.0),
        Column::new(word("figure.denominator"), Kind::Value, 12.0),
        Column::new(word("figure.target"), Kind::Value, 11.0),
        Column::new(word("figure.before"), Kind::Value, 14.0),
        Column::new(word("nav.store"), Kind::Value, 14.0),
    ];
    let shown = |kpi: &Kpi, figure| Value::of(&figure, kpi, words).cell();
    let known = |kpi: &&Kpi| store.figure(kpi, Scope::Staff, &id, month).value.is_some();
    let rows = store.monthly().filter(known).map(|kpi| {
        let value = store.value(kpi, Scope::Staff, &id, month);
        Row::from(vec![
            Cell::text(scores::title(store, kpi)),
            shown(kpi, store.figure(kpi, Scope::Staff, &id, month)),
            Cell::sum(value.map(|value| value.numerator)),
            Cell::sum(value.and_then(|value| value.denominator)),
            scores::aim(store, kpi, value.and_then(|value| value.target)),
            shown(kpi, store.figure(kpi, Scope::Staff, &id, before)),
            shown(kpi, store.own(kpi, month)),
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: word("pack.no_figures").into(), ..Table::default() }
}

/// The person's scorecards as far as the documents define them, their undefined part as a line of its own.
pub(crate) fn cards<'a>(store: &StoreLookup<'a>, name: &str) -> Vec<Table<'a>> {
    let word = |key: &str| store.words.word(key);
    let table = |card: person::Card| {
        let columns = vec![
            Column::new(word("scorecard.item"), Kind::Text, 30.0),
            Column::new(word("scorecard.weight"), Kind::Number(Measure::WHOLE), 14.0),
            Column::new(word("figure.value"), Kind::Word, 12.0),
            Column::new(word("figure.target"), Kind::Word, 12.0),
            Column::new(word("scorecard.points"), Kind::Word, 11.0),
        ];
        let mut rows: Vec<Row<'a>> = Vec::new();
        for item in card.items {
            let figure = item.figure.filter(|figure| figure.value.is_some());
            rows.push(Row::from(vec![
                Cell::text(item.title),
                Cell::Number(f64::from(item.weight)),
                Cell::text(figure.map_or_else(String::new, |figure| figure.text)),
                Cell::text(item.target.unwrap_or_default()),
                Cell::text(item.points.unwrap_or_default()),
            ]));
        }
        if card.undefined > 0 {
            let undefined = vec![Cell::text(word("scorecard.undefined")), Cell::Number(f64::from(card.undefined))];
            rows.push(Row::from(undefined.into_iter().chain((0..3).map(|_| Cell::Blank)).collect::<Vec<_>>()));
        }
        let title = card.total.map_or_else(|| card.title.clone(), |total| format!("{} · {total}", card.title));
        Table { title: title.into(), columns, rows, lead: 1, ..Table::default() }
    };
    person::cards(store, name).into_iter().map(table).collect()
}
