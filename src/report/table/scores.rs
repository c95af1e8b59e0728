//! KPIs line by line: the month's value with its sums, target, gap, change, place among the stores, and the months
//! before. Of the group or of one store; the store's page and both packs show it.

use super::{Cell, Column, Formula, Kind, Mark, Measure, Medium, Row, Table, Tone, Value};
use crate::{
    catalog::{Direction, Kpi},
    model::{Period, Quantity, Scope},
    project::Store,
    report::{
        Yardstick, behind,
        figure::{self, Figure},
        kpi,
        lookup::{GroupLookup, Lookup, StoreLookup},
        page::Link,
        trend::Delta,
        variation::{Assurance, Variation},
    },
};
use std::ops::Range;

/// Months before the month of the figures.
const HISTORY: usize = 12;
/// Of these, the newest ones that a page shows too; the month before has its own column.
const ON_PAGES: usize = 4;

/// Columns that formulas name.
const VALUE: usize = 2;
const NUMERATOR: usize = 3;
const DENOMINATOR: usize = 4;
const TARGET: usize = 6;
const STATUS: usize = 8;
const BEFORE: usize = 9;
const CHANGE: usize = 10;

/// The months before the month of the figures, oldest first.
pub(crate) fn history(lookup: &Lookup<'_>) -> Vec<Period> {
    let months = std::iter::successors(Some(lookup.months.before), |month| Some(month.previous()));
    let mut months: Vec<Period> = months.take(HISTORY).collect();
    months.reverse();
    months
}

/// A KPI's title, with an arrow where less is better.
pub(crate) fn title(lookup: &Lookup<'_>, kpi: &Kpi) -> String {
    let title = lookup.words.text(&kpi.title);
    if kpi.direction == Direction::Down { format!("{title} ↓") } else { title }
}

/// Whose values a table holds, and what it says of them beside.
enum Whose<'l, 'a> {
    /// The group's, with the number of stores that have a value.
    Group(&'l GroupLookup<'a>),
    /// A store's, with its place among the stores and, where it is given, the group's value.
    Store(&'l StoreLookup<'a>, Option<&'l Yardstick>),
}

impl<'a> Whose<'_, 'a> {
    fn lookup(&self) -> &Lookup<'a> {
        match self {
            Whose::Group(group) => group,
            Whose::Store(store, _) => store,
        }
    }

    fn scope(&self) -> (Scope, &str) {
        match self {
            Whose::Group(_) => (Scope::Group, "group"),
            Whose::Store(store, _) => (Scope::Store, store.id()),
        }
    }

    /// The columns between the change and the trend.
    fn columns(&self) -> Vec<Column<'a>> {
        let words = self.lookup().words;
        let column = |key: &str, kind, width| Column::new(words.word(key), kind, width);
        let running = running(self.lookup()).map(|month| Column::new(words.period(month), Kind::Value, 13.0));
        let mut columns = match self {
            Whose::Group(_) => vec![Column::new(words.word("table.covered"), Kind::Word, 10.0)],
            Whose::Store(_, yardstick) => {
                let group = yardstick.map(|_| Column::new(words.word("heat.all"), Kind::Value, 13.0));
                let place = Column::new(words.word("figure.place"), Kind::Word, 13.0);
                let medians = ["figure.region_median", "figure.brand_median"];
                let medians = medians.map(|key| column(key, Kind::Value, 12.0));
                group.into_iter().chain([place]).chain(medians).collect()
            }
        };
        columns.extend(running);
        // A store's page shows months whose rows are at hand.
        let year_ago = column("figure.year_ago", Kind::Value, 13.0);
        let of_store = matches!(self, Whose::Store(..));
        columns.extend([
            if of_store { year_ago.only(Medium::Sheet) } else { year_ago },
            column("figure.variation", Kind::Word, 13.0),
            column("figure.assurance", Kind::Word, 13.0),
        ]);
        columns
    }

    fn cells(&self, kpi: &Kpi) -> Vec<Cell<'a>> {
        let lookup = self.lookup();
        let (focus, words) = (lookup.months.focus, lookup.words);
        let mut cells = Vec::new();
        match self {
            Whose::Group(group) => {
                let stores = group.material.stores;
                let has = |store: &&Store| group.figure(kpi, Scope::Store, &store.id, focus).value.is_some();
                cells.push(Cell::text(format!("{} / {}", stores.iter().filter(has).count(), stores.len())));
            }
            Whose::Store(store, yardstick) => {
                if let Some(yardstick) = yardstick {
                    let value = yardstick.value(&kpi.id, focus);
                    let figure = Figure::new(kpi, value, focus, lookup.months.is_partial(focus), words);
                    cells.push(Value::of(&figure, kpi, words).cell());
                }
                let rank = store.rank(kpi, focus);
                cells.push(rank.map_or(Cell::Blank, |rank| Cell::linked(rank.text, rank.link)));
                let medians = store.medians(kpi);
                cells.extend([medians.and_then(|own| own.region), medians.and_then(|own| own.brand)].map(|median| {
                    let link = kpi::link(&kpi.id).at("stores");
                    median.map_or(Cell::Blank, |number| {
                        let text = figure::shown(number, kpi, words);
                        Value { link: Some(link), ..Value::number(number, Measure::of(kpi), text) }.cell()
                    })
                }));
            }
        }
        let (scope, id) = self.scope();
        let at = |month| Value::of(&lookup.figure(kpi, scope, id, month), kpi, words).cell();
        cells.extend(running(lookup).map(at));
        let year_ago = lookup.figure(kpi, scope, id, year_before(focus));
        cells.push(if year_ago.value.is_some() { Value::of(&year_ago, kpi, words).cell() } else { Cell::Blank });
        cells.extend(process(lookup, kpi, scope, id));
        cells
    }
}

/// The same month a year before.
fn year_before(month: Period) -> Period {
    let start = month.start.checked_sub_months(chrono::Months::new(12)).unwrap_or(month.start);
    Period::of(month.grain, start)
}

/// Two cells: whether the newest full month is a signal, and whether the process reaches its target.
pub(crate) fn process<'a>(lookup: &Lookup<'_>, kpi: &Kpi, scope: Scope, id: &str) -> [Cell<'a>; 2] {
    let words = lookup.words;
    let process = lookup.process(kpi, scope, id);
    if process.months == 0 {
        return [Cell::Blank, Cell::Blank];
    }
    let mark = |state: &'static str, mark: &'static str, key: String, tone| {
        Cell::Mark(Mark { state, mark, word: words.word(&key).into(), text: "".into(), tone })
    };
    let variation = process.variation;
    let (sign, tone) = match variation {
        Variation::Better => ("▲", Tone::Good),
        Variation::Worse => ("▼", Tone::Bad),
        Variation::Noise => ("≈", Tone::Plain),
        Variation::Trial => ("", Tone::Quiet),
    };
    let first = mark(variation.word(), sign, format!("variation.{}", variation.word()), tone);
    let second = process.assurance.map_or(Cell::Blank, |assurance| {
        let (sign, tone) = match assurance {
            Assurance::Passes => ("✓", Tone::Good),
            Assurance::Misses => ("✗", Tone::Bad),
            Assurance::HitAndMiss => ("~", Tone::Plain),
        };
        mark(assurance.word(), sign, format!("assurance.{}", assurance.word()), tone)
    });
    [first, second]
}

/// The month of the cut-off, where the figures are of the month before it.
fn running(lookup: &Lookup<'_>) -> Option<Period> {
    (lookup.months.focus != lookup.months.current).then_some(lookup.months.current)
}

/// The group's table.
pub(crate) fn of_group<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    table(&Whose::Group(group), kpis)
}

/// A store's table; with the group's values where they are given.
pub(crate) fn of_store<'a>(store: &StoreLookup<'a>, yardstick: Option<&Yardstick>, kpis: &[&'a Kpi]) -> Table<'a> {
    table(&Whose::Store(store, yardstick), kpis)
}

/// A store's KPIs of one topic, which stands above them.
pub(crate) fn of_topic<'a>(store: &StoreLookup<'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    let mut table = of_store(store, None, kpis);
    table.by = None;
    table.columns[0].only = Some(Medium::Sheet);
    table
}

fn table<'a>(whose: &Whose<'_, 'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    let lookup = whose.lookup();
    let words = lookup.words;
    let months = history(lookup);
    let word = |key: &str| words.word(key);
    let value = Kind::Value;
    let mut columns = vec![
        Column::new(word("table.topic"), Kind::Code, 12.0),
        Column::new(word("nav.kpi"), Kind::Text, 28.0),
        Column::new(words.period(lookup.months.focus), value, 14.0),
        Column::new(word("figure.numerator"), value, 13.0),
        Column::new(word("figure.denominator"), value, 12.0),
        Column::new(word("figure.excluded"), value, 9.0),
        Column::new(word("figure.target"), value, 11.0),
        Column::new(word("figure.gap"), value, 15.0),
        Column::new(word("figure.status"), Kind::Word, 11.0).only(Medium::Sheet),
        Column::new(word("figure.before"), value, 13.0),
        Column::new(word("figure.change"), value, 15.0),
    ];
    columns.extend(whose.columns());
    let first = columns.len() + 1;
    let trend = Kind::Trend { first, last: first + months.len() - 1 };
    columns.push(Column::new(word("figure.trend"), trend, 20.0));
    columns.extend(months.iter().enumerate().map(|(at, month)| {
        let column = Column::new(words.period(*month), value, 13.0);
        // The month before has its own column; a store's page shows months whose rows are at hand.
        let newest = at + 1 < months.len() && at + ON_PAGES >= months.len() && lookup.has_lineage(*month);
        if newest { column } else { column.only(Medium::Sheet) }
    }));
    let rows = kpis.iter().map(|kpi| row(whose, kpi, &months)).collect();
    Table {
        columns,
        rows,
        empty: word("table.no_kpis").into(),
        lead: 2,
        by: Some(0),
        brief: &[1, VALUE, TARGET, TARGET + 1, CHANGE],
        // What follows the trend stays off the paper.
        print: super::Print { columns: first, ..Default::default() },
        ..Table::default()
    }
}

/// The columns of the group's table that hold the months before.
pub(crate) fn history_columns(group: &GroupLookup<'_>) -> Range<usize> {
    let first = CHANGE + 1 + Whose::Group(group).columns().len() + 1;
    first..first + HISTORY
}

/// The columns of the brief table.
const BRIEF: [usize; 7] = [1, VALUE, TARGET, TARGET + 1, STATUS, BEFORE, CHANGE];

/// The group's table in a few columns, without the sums.
pub(crate) fn brief<'a>(group: &GroupLookup<'a>, kpis: &[&'a Kpi]) -> Table<'a> {
    let whole = of_group(group, kpis);
    let columns = BRIEF.iter().map(|at| whole.columns[*at].clone()).collect();
    let rows = whole.rows.into_iter().map(|row| {
        let mut cells: Vec<Option<Cell<'a>>> = row.cells.into_iter().map(Some).collect();
        let cell = |at: &usize| match cells[*at].take() {
            Some(Cell::Value(value)) => Value { formula: None, ..*value }.cell(),
            cell => cell.unwrap_or(Cell::Blank),
        };
        Row::from(BRIEF.iter().map(cell).collect::<Vec<_>>())
    });
    let rows = rows.collect();
    Table { columns, rows, empty: whole.empty, lead: 1, ..Table::default() }
}

fn row<'a>(whose: &Whose<'_, 'a>, kpi: &'a Kpi, months: &[Period]) -> Row<'a> {
    let lookup = whose.lookup();
    let (scope, id) = whose.scope();
    let words = lookup.words;
    let focus = lookup.months.focus;
    let figure = |month| lookup.figure(kpi, scope, id, month);
    let shown = |month| Value::of(&figure(month), kpi, words);
    let (now, raw) = (figure(focus), lookup.value(kpi, scope, id, focus));
    let target = raw.and_then(|value| value.target).map(Quantity::to_f64);
    let recomputed = match raw.filter(|_| now.value.is_some()).map(|value| value.denominator.is_some()) {
        Some(true) => Some(Formula::Ratio(NUMERATOR, DENOMINATOR)),
        Some(false) => Some(Formula::Same(NUMERATOR)),
        None => None,
    };
    let measure = Measure::of(kpi);
    // The rows behind the value are those behind its sums.
    let sum = |of: Option<Quantity>| sum(of, now.link.as_ref());
    let link = match scope {
        Scope::Store => lookup.has_data(kpi, scope, id).then(|| behind::link(id, &kpi.id)),
        _ => Some(kpi::link(&kpi.id)),
    };
    let mut cells = vec![
        Cell::text(lookup.topic_name(&kpi.topic)),
        Cell::linked(title(lookup, kpi), link),
        Value { formula: recomputed, ..Value::of(&now, kpi, words) }.cell(),
        sum(raw.map(|value| value.numerator)),
        sum(raw.and_then(|value| value.denominator)),
        raw.map_or(Cell::Blank, |value| excluded(value.excluded, now.link.as_ref())),
        target.map_or(Cell::Blank, |number| {
            let text = now.target.clone().unwrap_or_default();
            let definition = kpi::link(&kpi.id).at("definition");
            Value { link: Some(definition), ..Value::number(number, measure, text) }.cell()
        }),
        match gap(&now, raw.and_then(|value| value.target), kpi) {
            Cell::Value(value) => value.with(Formula::Difference(VALUE, TARGET)).cell(),
            other => other,
        },
        Cell::Mark(Mark::of(now.verdict, words)),
        shown(lookup.months.before).cell(),
        change(lookup, kpi, scope, id).map_or(Cell::Blank, Value::cell),
    ];
    cells.extend(whose.cells(kpi));
    let trend = lookup.trend(kpi, scope, id, HISTORY + 2, scope == Scope::Store);
    cells.push(if trend.drawable() { Cell::Trend(Box::new(trend)) } else { Cell::Blank });
    cells.extend(months.iter().map(|month| {
        let figure = figure(*month);
        // The words of what has no number would fill the months before a store's first sheet.
        if figure.value.is_some() { Value::of(&figure, kpi, words).cell() } else { Cell::Blank }
    }));
    cells.into()
}

/// A difference in the measure of two values of a KPI: rounded as it is written, so that none is less than nothing.
fn difference(by: f64, of: Measure, text: String) -> Value {
    let measure = of.of_difference();
    let by = if measure.scale == super::Scale::Points { by * 100.0 } else { by };
    let tens = 10f64.powi(i32::from(measure.decimals));
    Value::number((by * tens).round() / tens + 0.0, measure, text)
}

/// A sum with the way to its rows.
pub(super) fn sum<'a>(sum: Option<Quantity>, link: Option<&Link>) -> Cell<'a> {
    sum.map_or(Cell::Blank, |sum| Value { link: link.cloned(), ..Value::sum(sum) }.cell())
}

/// How many rows could not be judged, with the way to them.
pub(super) fn excluded<'a>(rows: u64, link: Option<&Link>) -> Cell<'a> {
    Value { link: link.cloned(), ..Value::number(rows as f64, Measure::WHOLE, figure::tally(rows)) }.cell()
}

/// How far a value is from its target, with the way to its rows.
pub(super) fn gap<'a>(figure: &Figure, target: Option<Quantity>, kpi: &Kpi) -> Cell<'a> {
    match (figure.value, target, &figure.gap) {
        (Some(is), Some(aim), Some(gap)) => {
            let gap = difference(is - aim.to_f64(), Measure::of(kpi), gap.clone());
            Value { link: figure.link.clone(), tone: Tone::of(figure.verdict), ..gap }.cell()
        }
        _ => Cell::Blank,
    }
}

/// How the month's value moved against the month before, where that says anything.
pub(crate) fn change(lookup: &Lookup<'_>, kpi: &Kpi, scope: Scope, id: &str) -> Option<Value> {
    let delta = lookup.delta(kpi, scope, id, lookup.months.focus)?;
    let same_days = delta.same_days;
    let change = moved(delta, kpi);
    // The worksheet has the whole month before, not its first days.
    Some(if same_days { change } else { change.with(Formula::Difference(VALUE, BEFORE)) })
}

/// A move as a cell: an arrow, how far, whether to the good.
pub(crate) fn moved(delta: Delta, kpi: &Kpi) -> Value {
    let text = format!("{} {}", delta.arrow, delta.text);
    let tone = match delta.course {
        "better" => Tone::Good,
        "worse" => Tone::Bad,
        _ => Tone::Plain,
    };
    let change = difference(delta.by, Measure::of(kpi), text);
    Value { tone, title: delta.title, link: delta.link, ..change }
}

/// A target in a KPI's unit.
pub(crate) fn aim<'a>(lookup: &Lookup<'_>, kpi: &Kpi, target: Option<Quantity>) -> Cell<'a> {
    target.map_or(Cell::Blank, |target| {
        let number = target.to_f64();
        let value = Value::number(number, Measure::of(kpi), figure::shown(number, kpi, lookup.words));
        Value { link: Some(kpi::link(&kpi.id).at("definition")), ..value }.cell()
    })
}
