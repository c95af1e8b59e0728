//! What a number, a finding and a column mean, as the definitions say it.

use super::{Cell, Column, Kind, Row, Table};
use crate::{
    catalog::Kpi,
    report::{
        behind,
        dictionary::{self, Sheet},
        figure,
        kpi::Definition,
        lookup::Lookup,
    },
};

/// The KPIs.
pub(crate) fn kpis<'a>(lookup: &Lookup<'a>) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("table.topic"), Kind::Prose, 10.0),
        Column::new(word("nav.kpi"), Kind::Prose, 20.0),
        Column::new(word("quality.code"), Kind::Prose, 17.0),
        Column::new(word("kpi.meaning"), Kind::Prose, 36.0),
        Column::new(word("table.direction"), Kind::Prose, 10.0),
        Column::new(word("figure.target"), Kind::Value, 11.0),
        Column::new(word("kpi.definition"), Kind::Prose, 56.0),
        Column::new(word("kpi.advice"), Kind::Prose, 30.0),
        Column::new(word("kpi.source"), Kind::Prose, 24.0),
    ];
    let rows = lookup.edition.catalog.kpis.iter().map(|kpi| kpi_row(lookup, kpi)).collect();
    Table { columns, rows, lead: 2, empty: word("dictionary.none").into(), ..Table::default() }
}

fn kpi_row<'a>(lookup: &Lookup<'a>, kpi: &'a Kpi) -> Row<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let own = Definition::new(lookup, kpi);
    let is = |key: &str, what: &str| format!("{}{}{what}", word(key), word("table.colon"));
    let mut terms = vec![
        is("figure.numerator", &own.numerator),
        is("figure.denominator", own.denominator.as_deref().unwrap_or(&word("kpi.sum"))),
    ];
    terms.extend(Some(&own.rows).filter(|sql| !matches!(sql.as_str(), "" | "true")).map(|sql| is("kpi.where", sql)));
    terms.extend(Some(&own.excluded).filter(|sql| *sql != "false").map(|sql| is("kpi.excluded", sql)));
    let of_rows = kpi.kind.of_others().is_empty();
    let sheet = lookup.edition.catalog.sheet(&kpi.fact).filter(|_| of_rows);
    let fact = sheet.map_or(own.fact, |sheet| words.text(&sheet.title));
    terms.push(is("kpi.fact", &fact));
    if of_rows {
        terms.push(is("kpi.time", &behind::column_title(lookup, &kpi.fact, &kpi.time)));
    }
    terms.extend(own.closing.then(|| word("kpi.closing")));
    terms.extend(Some(&own.benchmark).filter(|text| !text.is_empty()).map(|text| is("kpi.benchmark", text)));
    terms.extend(Some(&own.function).filter(|text| !text.is_empty()).map(|text| is("kpi.function", text)));
    let assumed = if own.assumption { format!(" ({})", word("kpi.assumption")) } else { String::new() };
    let cells = vec![
        Cell::text(own.topic),
        Cell::Link(format!("{} ({})", own.title, own.unit).into(), own.link),
        Cell::text(&*kpi.id),
        Cell::text(own.meaning),
        Cell::text(word(if own.down { "kpi.down" } else { "kpi.up" })),
        super::scores::aim(lookup, kpi, kpi.target),
        Cell::text(terms.join("\n")),
        Cell::text(own.advice),
        Cell::text(own.source + &assumed),
    ];
    Row { anchor: (&*kpi.id).into(), ..Row::from(cells) }
}

/// The rules.
pub(crate) fn rules<'a>(lookup: &Lookup<'a>) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("quality.code"), Kind::Prose, 9.0),
        Column::new(word("quality.severity"), Kind::Word, 9.0),
        Column::new(word("quality.rule"), Kind::Prose, 30.0),
        Column::new(word("rule.message"), Kind::Prose, 36.0),
        Column::new(word("rule.cause"), Kind::Prose, 46.0),
        Column::new(word("rule.fix"), Kind::Prose, 46.0),
        Column::new(word("rule.example"), Kind::Prose, 36.0),
        Column::new(word("rule.condition"), Kind::Prose, 36.0),
        Column::new(word("kpi.source"), Kind::Prose, 20.0),
    ];
    let rows = lookup.edition.catalog.rules.values().map(|rule| {
        let own = dictionary::rule_entry(lookup, rule);
        let condition = own.condition.map(|holds| format!("{} {holds}", own.sheet.unwrap_or_default()));
        let cells = vec![
            Cell::text(&*rule.code),
            Cell::Mark(super::findings::severity(lookup, own.level)),
            Cell::text(own.title),
            Cell::text(own.message),
            Cell::text(own.cause),
            Cell::text(own.fix),
            Cell::text(own.example),
            Cell::text(condition.unwrap_or_default()),
            Cell::text(own.source),
        ];
        Row { anchor: (&*rule.code).into(), ..Row::from(cells) }
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: word("dictionary.none").into(), ..Table::default() }
}

/// The columns of a sheet.
pub(crate) fn columns<'a>(lookup: &Lookup<'a>, sheet: &'a Sheet) -> Table<'a> {
    let words = lookup.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("dictionary.column"), Kind::Text, 18.0),
        Column::new(word("quality.code"), Kind::Code, 18.0),
        Column::new(word("dictionary.type"), Kind::Text, 12.0),
        Column::new(word("dictionary.required"), Kind::Word, 9.0),
        Column::new(word("dictionary.personal"), Kind::Word, 11.0),
        Column::new(word("dictionary.values"), Kind::Prose, 40.0),
        Column::new(word("dictionary.example"), Kind::Prose, 22.0),
        Column::new(word("dictionary.also_titles"), Kind::Prose, 40.0),
        Column::new(word("dictionary.note"), Kind::Prose, 46.0),
    ];
    let yes = |yes: bool, key: &str| if yes { Cell::text(word(key)) } else { Cell::Blank };
    let rows = sheet.columns.iter().map(|column| {
        Row::from(vec![
            Cell::text(&*column.title),
            Cell::text(&*column.field),
            Cell::text(&*column.cell),
            yes(column.required, "dictionary.yes"),
            yes(column.personal, "dictionary.personal"),
            Cell::text(column.values.join(&word("table.comma"))),
            Cell::text(&*column.example),
            Cell::text(column.synonyms.join(&word("table.comma"))),
            Cell::text(&*column.note),
        ])
    });
    let rows = rows.collect();
    Table { title: (&*sheet.title).into(), columns, rows, lead: 1, ..Table::default() }
}

/// Its title with its unit, where a column holds one KPI.
pub(crate) fn titled(lookup: &Lookup<'_>, kpi: &Kpi) -> String {
    format!("{} ({})", super::scores::title(lookup, kpi), figure::unit(kpi, lookup.words))
}
