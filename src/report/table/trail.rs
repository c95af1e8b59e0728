//! The audit trail: KPI values with numerator, denominator and excluded rows; a worksheet recomputes the value.

use super::{Cell, Column, Formula, Kind, Mark, Measure, Row, Table, Value};
use crate::{
    catalog::Kpi,
    model::{Period, Scope},
    report::{figure::Figure, lookup::GroupLookup},
};

/// Every scope but persons.
const SCOPES: [Scope; 7] =
    [Scope::Group, Scope::Region, Scope::Brand, Scope::Store, Scope::Channel, Scope::Model, Scope::Level];

/// Columns that formulas name.
const NUMERATOR: usize = 6;
const DENOMINATOR: usize = 7;

/// The values of some months, KPI by KPI, scope by scope.
pub(crate) fn table<'a>(group: &GroupLookup<'a>, months: &[Period]) -> Table<'a> {
    let word = |key: &str| group.words.word(key);
    let columns = vec![
        Column::new(word("quality.code"), Kind::Code, 18.0),
        Column::new(word("nav.kpi"), Kind::Text, 24.0),
        Column::new(word("table.scope"), Kind::Word, 9.0),
        Column::new(word("table.object_code"), Kind::Code, 14.0),
        Column::new(word("table.object"), Kind::Text, 22.0),
        Column::new(word("figure.month"), Kind::Word, 12.0),
        Column::new(word("figure.numerator"), Kind::Value, 14.0),
        Column::new(word("figure.denominator"), Kind::Value, 14.0),
        Column::new(word("figure.excluded"), Kind::Number(Measure::WHOLE), 9.0),
        Column::new(word("figure.value"), Kind::Value, 14.0),
        Column::new(word("figure.target"), Kind::Value, 11.0),
        Column::new(word("figure.status"), Kind::Word, 11.0),
    ];
    let mut rows = Vec::new();
    for kpi in group.monthly() {
        let title = super::scores::title(group, kpi);
        for scope in SCOPES {
            for id in group.ids_of(&kpi.id, scope) {
                rows.extend(months.iter().filter_map(|month| row(group, kpi, &title, scope, id, *month)));
            }
        }
    }
    Table { columns, rows, lead: 2, by: Some(1), empty: word("table.no_kpis").into(), ..Table::default() }
}

fn row<'a>(
    group: &GroupLookup<'a>,
    kpi: &'a Kpi,
    title: &str,
    scope: Scope,
    id: &'a str,
    month: Period,
) -> Option<Row<'a>> {
    let words = group.words;
    let value = group.value(kpi, scope, id, month)?;
    let figure = Figure::new(kpi, Some(value), month, group.months.is_partial(month), words);
    let formula = match (figure.value, value.denominator) {
        (None, _) => None,
        (_, Some(_)) => Some(Formula::Ratio(NUMERATOR, DENOMINATOR)),
        (_, None) => Some(Formula::Same(NUMERATOR)),
    };
    let name = match scope {
        Scope::Group => group.edition.settings.group.clone(),
        Scope::Store => {
            let known = group.material.stores.iter().find(|store| *store.id == *id);
            known.map_or_else(|| id.to_owned(), |store| store.name.clone())
        }
        _ if id.is_empty() => words.word("figure.unnamed"),
        _ => id.to_owned(),
    };
    let mark = Mark::of(figure.verdict, words);
    let number = figure.value.map(|number| Value::number(number, Measure::of(kpi), figure.text.clone()));
    let shown = number.unwrap_or_else(|| Value::of(&figure, kpi, words));
    Some(Row::from(vec![
        Cell::text(&*kpi.id),
        Cell::text(title.to_owned()),
        Cell::text(words.word(&format!("scope.{}", scope.word()))),
        Cell::text(id),
        Cell::text(name),
        Cell::text(month.to_string()),
        Cell::sum(Some(value.numerator)),
        Cell::sum(value.denominator),
        Cell::Number(value.excluded as f64),
        Value { formula, ..shown }.cell(),
        super::scores::aim(group, kpi, value.target),
        Cell::Mark(mark),
    ]))
}
