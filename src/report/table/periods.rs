//! KPIs line by line over the newest periods of one grain, of whatever scope.

use super::{Cell, Column, Kind, Mark, Row, Table, Value, scores};
use crate::{
    catalog::Kpi,
    model::{Grain, Period, Scope},
    report::{
        behind,
        lookup::{GroupLookup, Lookup},
        period,
        trend::Delta,
    },
};

/// The table. `beside` adds the group's value to an area's.
pub(crate) fn table<'a>(
    lookup: &Lookup<'a>,
    (scope, id): (Scope, &str),
    grain: Grain,
    kpis: &[&'a Kpi],
    beside: Option<&GroupLookup<'a>>,
) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    // An area's figures lead to lines that show as many periods.
    let shown = if matches!(scope, Scope::Region | Scope::Brand) { period::BESIDE } else { usize::MAX };
    let recent: Vec<Period> = lookup.recent(grain).into_iter().take(shown).collect();
    let (now, before) = (lookup.focus(grain), lookup.focus(grain).previous());
    let mut columns = vec![
        Column::new(word("dictionary.topic"), Kind::Text, 14.0),
        Column::new(word("nav.kpi"), Kind::Text, 26.0),
        Column::new(words.period(now), Kind::Value, 13.0),
        Column::new(word("figure.numerator"), Kind::Value, 12.0),
        Column::new(word("figure.denominator"), Kind::Value, 12.0),
        Column::new(word("figure.excluded"), Kind::Value, 8.0),
        Column::new(word("figure.target"), Kind::Value, 12.0),
        Column::new(word("figure.gap"), Kind::Value, 14.0),
        Column::new(word("figure.status"), Kind::Word, 11.0),
        Column::new(word("grain.change"), Kind::Value, 13.0),
    ];
    columns.extend(beside.map(|_| Column::new(word("heat.all"), Kind::Value, 13.0)));
    columns.extend(recent.iter().skip(1).map(|period| Column::new(words.period(*period), Kind::Value, 12.0)));
    let row = |kpi: &&'a Kpi| {
        let value = lookup.value(kpi, scope, id, now);
        let figure = lookup.figure(kpi, scope, id, now);
        let link = match scope {
            Scope::Store => Some(behind::link(id, &kpi.id)),
            _ => Some(period::kpi_link(kpi, grain)),
        };
        let delta = match grain {
            Grain::Month => lookup.delta(kpi, scope, id, now),
            // Part of a quarter against a whole one says nothing.
            _ if figure.partial => None,
            _ => Delta::between(&figure, &lookup.figure(kpi, scope, id, before), kpi, words),
        };
        let aim = value.and_then(|value| value.target);
        let mut cells = vec![
            Cell::text(lookup.topic_name(&kpi.topic)),
            Cell::linked(scores::title(lookup, kpi), link),
            Value::of(&figure, kpi, words).cell(),
            scores::sum(value.map(|value| value.numerator), figure.link.as_ref()),
            scores::sum(value.and_then(|value| value.denominator), figure.link.as_ref()),
            scores::excluded(figure.excluded, figure.link.as_ref()),
            scores::aim(lookup, kpi, aim),
            scores::gap(&figure, aim, kpi),
            Cell::Mark(Mark::of(figure.verdict, words)),
            delta.map_or(Cell::Blank, |delta| scores::moved(delta, kpi).cell()),
        ];
        let at = |lookup: &Lookup<'_>, scope, id: &str, period| {
            let figure = lookup.figure(kpi, scope, id, period);
            if figure.value.is_some() { Value::of(&figure, kpi, words).cell() } else { Cell::Blank }
        };
        cells.extend(beside.map(|group| at(group, Scope::Group, "group", now)));
        cells.extend(recent.iter().skip(1).map(|period| at(lookup, scope, id, *period)));
        Row::from(cells)
    };
    let rows = kpis.iter().map(row).collect();
    Table { columns, rows, lead: 2, by: Some(0), empty: word("table.no_kpis").into(), ..Table::default() }
}

/// Whose values a line holds.
pub(crate) struct Line<'a> {
    pub name: Cell<'a>,
    /// Its place on the page; empty for none.
    pub anchor: String,
    /// Region and brand.
    pub areas: [Cell<'a>; 2],
    pub scope: Scope,
    pub id: &'a str,
}

/// One KPI in the newest periods of one grain, line by line.
pub(crate) fn of_kpi<'a>(group: &GroupLookup<'a>, kpi: &Kpi, grain: Grain, lines: Vec<Line<'a>>) -> Table<'a> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let now = group.focus(grain);
    let earlier: Vec<Period> = group.recent(grain).into_iter().skip(1).take(period::BESIDE - 1).collect();
    let mut columns = vec![
        Column::new(word("table.object"), Kind::Text, 22.0),
        Column::new(word("scope.region"), Kind::Text, 12.0),
        Column::new(word("scope.brand"), Kind::Text, 12.0),
        Column::new(words.period(now), Kind::Value, 12.0),
        Column::new(word("figure.numerator"), Kind::Value, 12.0),
        Column::new(word("figure.denominator"), Kind::Value, 12.0),
        Column::new(word("figure.excluded"), Kind::Value, 8.0),
        Column::new(word("figure.target"), Kind::Value, 12.0),
        Column::new(word("figure.status"), Kind::Word, 11.0),
        Column::new(word("grain.change"), Kind::Value, 13.0),
    ];
    columns.extend(earlier.iter().map(|period| Column::new(words.period(*period), Kind::Value, 12.0)));
    let row = |Line { name, anchor, areas: [region, brand], scope, id }: Line<'a>| {
        let value = group.value(kpi, scope, id, now);
        // A line of an area stands here itself.
        let own = |period| {
            let figure = group.figure(kpi, scope, id, period);
            if scope == Scope::Store { figure } else { figure.linked(None) }
        };
        let figure = own(now);
        let delta = match grain {
            Grain::Month => group.delta(kpi, scope, id, now),
            _ if figure.partial => None,
            _ => Delta::between(&figure, &own(now.previous()), kpi, words),
        };
        let mut cells = vec![
            name,
            region,
            brand,
            Value::of(&figure, kpi, words).cell(),
            scores::sum(value.map(|value| value.numerator), figure.link.as_ref()),
            scores::sum(value.and_then(|value| value.denominator), figure.link.as_ref()),
            scores::excluded(figure.excluded, figure.link.as_ref()),
            scores::aim(group, kpi, value.and_then(|value| value.target)),
            Cell::Mark(Mark::of(figure.verdict, words)),
            delta.map_or(Cell::Blank, |delta| scores::moved(delta, kpi).cell()),
        ];
        cells.extend(earlier.iter().map(|period| {
            let figure = own(*period);
            if figure.value.is_some() { Value::of(&figure, kpi, words).cell() } else { Cell::Blank }
        }));
        Row { anchor: anchor.into(), ..Row::from(cells) }
    };
    let rows = lines.into_iter().map(row).collect();
    Table { columns, rows, lead: 1, empty: word("kpi.no_stores").into(), ..Table::default() }
}
