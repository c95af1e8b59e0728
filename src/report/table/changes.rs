//! What became of an earlier build: targets missed and mended, figures restated, rows that came, stayed and went.

use super::{Cell, Column, Kind, Measure, Row, Sheet, Table, Tone, Value};
use crate::{
    model::{
        Period, Scope, Status,
        changes::{Changes, Moved, PublishedFigure, Turnover},
    },
    report::{figure, kpi, lookup::GroupLookup, page::Link, quality, store, worklists},
};

/// Figures of one table; `changes.csv` has all of them.
const MOST: usize = 200;

/// What changed as a sheet; `None` where no earlier build was asked for.
pub(crate) fn sheet<'a>(group: &GroupLookup<'a>) -> Option<Sheet<'a>> {
    let word = |key: &str| group.words.word(key);
    let title = word("changes.title");
    let Some(changes) = group.material.changes? else {
        return Some(Sheet::new(title, vec![word("changes.no_former").into()], Vec::new()));
    };
    let notes = vec![sentence(group, changes).into(), word("changes.note").into()];
    let tables = vec![
        Table { id: "missed".into(), title: word("changes.missed").into(), ..moved(group, &changes.missed) },
        Table { id: "mended".into(), title: word("changes.mended").into(), ..moved(group, &changes.mended) },
        Table { id: "restated".into(), title: word("changes.restated").into(), ..moved(group, &changes.restated) },
        lists(group, changes),
        findings(group, changes),
    ];
    Some(Sheet::new(title, notes, tables))
}

/// What changed in one sentence.
pub(crate) fn sentence(group: &GroupLookup<'_>, changes: &Changes) -> String {
    let errors = Changes::totals(&changes.findings);
    let new = |of: &[(std::sync::Arc<str>, Turnover)]| of.iter().map(|(_, turnover)| turnover.new).sum::<usize>();
    let count = |n: usize| figure::decimals(n as f64, 0);
    let args = [
        ("since", changes.since.to_string()),
        ("missed", count(changes.missed.len())),
        ("still", count(changes.still_missed)),
        ("mended", count(changes.mended.len())),
        ("restated", count(changes.restated.len())),
        ("work", count(new(&Changes::totals(&changes.lists)))),
        ("findings", count(new(&errors))),
    ];
    group.words.fill("changes.sentence", &args.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn moved<'a>(group: &GroupLookup<'a>, moved: &[Moved]) -> Table<'a> {
    let word = |key: &str| group.words.word(key);
    let columns = vec![
        Column::new(word("nav.kpi"), Kind::Text, 24.0),
        Column::new(word("table.scope"), Kind::Word, 9.0),
        Column::new(word("table.object"), Kind::Text, 22.0),
        Column::new(word("changes.month_before"), Kind::Word, 11.0),
        Column::new(word("changes.before"), Kind::Value, 13.0),
        Column::new(word("figure.month"), Kind::Word, 11.0),
        Column::new(word("changes.now"), Kind::Value, 13.0),
        Column::new(word("changes.counts_before"), Kind::Word, 14.0),
        Column::new(word("changes.counts_now"), Kind::Word, 14.0),
    ];
    let rows = moved.iter().take(MOST).filter_map(|moved| row(group, moved)).collect();
    Table { columns, rows, lead: 1, empty: word("changes.none").into(), ..Table::default() }
}

fn row<'a>(group: &GroupLookup<'a>, moved: &Moved) -> Option<Row<'a>> {
    let kpi = group.edition.catalog.kpi(&moved.key.kpi)?;
    let words = group.words;
    let id = &*moved.key.id;
    let of_store = group.material.stores.iter().find(|store| moved.key.scope == Scope::Store && *store.id == *id);
    let object = match of_store {
        Some(of) => Cell::Link(of.name.clone().into(), store::link(&of.id)),
        None if moved.key.scope == Scope::Group => Cell::text(words.word("heat.all")),
        None => Cell::text(id.to_owned()),
    };
    let rows = |month: Period| of_store.and_then(|store| group.rows_link(kpi, &store.id, month));
    let value = |figure: Option<&PublishedFigure>, link: Option<Link>| match figure {
        None => Cell::Blank,
        Some(figure) => {
            let text = figure.value().map_or_else(|| "–".to_owned(), |number| figure::shown(number, kpi, words));
            let tone = match figure.status {
                Status::Met => Tone::Good,
                Status::Missed => Tone::Bad,
                Status::NoTarget => Tone::Plain,
                Status::NoData | Status::NotMeasurable => Tone::Quiet,
            };
            let (number, measure) = (figure.value(), Measure::of(kpi));
            let title = words.word(figure.status.key());
            Value { number, tone, title, link, status: Some(figure.status), ..Value::number(0.0, measure, text) }.cell()
        }
    };
    // The rows behind a figure are those of now, also where it was another one.
    let counts = |figure: Option<&PublishedFigure>| {
        Cell::text(figure.map_or_else(String::new, |own| match own.denominator {
            Some(by) => format!("{} / {}", figure::exact(own.numerator), figure::exact(by)),
            None => figure::exact(own.numerator),
        }))
    };
    let (before, now) = (moved.before.as_ref(), moved.now.as_ref());
    Some(Row::from(vec![
        Cell::Link(words.text(&kpi.title).into(), kpi::link(&kpi.id)),
        Cell::text(words.word(&format!("scope.{}", moved.key.scope.word()))),
        object,
        Cell::text(words.period(moved.before_month)),
        value(before, None),
        Cell::text(words.period(moved.key.month)),
        value(now, rows(moved.key.month)),
        counts(before),
        counts(now),
    ]))
}

fn turnover_columns<'a>(group: &GroupLookup<'a>) -> impl Iterator<Item = Column<'a>> {
    let titles = ["changes.new", "changes.still", "changes.gone"].map(|key| group.words.word(key));
    titles.into_iter().map(|title| Column::new(title, Kind::Number(Measure::WHOLE), 11.0))
}

fn turnover<'a>(of: Turnover) -> impl Iterator<Item = Cell<'a>> {
    [of.new, of.still, of.gone].into_iter().map(|count| Cell::Number(count as f64))
}

fn lists<'a>(group: &GroupLookup<'a>, changes: &Changes) -> Table<'a> {
    let words = group.words;
    let totals = Changes::totals(&changes.lists);
    let rows = group.edition.catalog.worklists.iter().filter_map(|list| {
        let (_, of) = totals.iter().find(|(id, _)| *id == list.id)?;
        let name = Cell::Link(words.text(&list.title).into(), worklists::link(1).at(&*list.id));
        Some(Row::from(std::iter::once(name).chain(turnover(*of)).collect::<Vec<_>>()))
    });
    let mut columns = vec![Column::new(words.word("work.list"), Kind::Text, 24.0)];
    columns.extend(turnover_columns(group));
    let (id, title, empty) = ("lists".into(), words.word("nav.worklists").into(), words.word("changes.none").into());
    Table { id, title, columns, rows: rows.collect(), lead: 1, empty, ..Table::default() }
}

fn findings<'a>(group: &GroupLookup<'a>, changes: &Changes) -> Table<'a> {
    let words = group.words;
    let totals = Changes::totals(&changes.findings).into_iter();
    let rows = totals.map(|(code, of)| {
        let title = group.edition.catalog.rules.get(&code).map_or_else(String::new, |rule| words.text(&rule.title));
        let code = Cell::Link(code.to_string().into(), quality::link(1).at("rules"));
        Row::from([code, Cell::text(title)].into_iter().chain(turnover(of)).collect::<Vec<_>>())
    });
    let mut columns = vec![
        Column::new(words.word("quality.code"), Kind::Code, 9.0),
        Column::new(words.word("changes.rule"), Kind::Text, 40.0),
    ];
    columns.extend(turnover_columns(group));
    let (id, title, empty) = ("findings".into(), words.word("nav.quality").into(), words.word("changes.none").into());
    Table { id, title, columns, rows: rows.collect(), lead: 1, empty, ..Table::default() }
}
