//! A block of a form as a table: on a page and on a worksheet the same.

pub(crate) mod blank;
mod checks;
mod lines;
pub(crate) mod rows;
mod sums;

use super::{Cell, Column, Kind, Measure, Medium, Row, Scale, Table, Tone, Value, text_width};
use crate::{
    catalog::{
        Unit, UnitKind,
        form::{Block, Body, FormColumn, Formula, Function, OfKpi, OfScore, Shows},
    },
    model::Period,
    report::{
        figure,
        form::{Filler, back, fraction::Fraction},
    },
};
use std::sync::Arc;

/// What of a block is asked for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Only<'o> {
    /// The rows of this key.
    pub key: Option<&'o str>,
    /// The sums of this value of the cubes' columns.
    pub column: Option<&'o Arc<str>>,
}

/// The tables of a block: one, or where its rows stand by themselves one for each.
pub(crate) fn tables<'a>(filler: &Filler<'_, 'a>, block: &'a Block, at: usize, only: Only<'_>) -> Vec<Table<'a>> {
    let title = filler.words().text(&block.title);
    let tables = match &block.body {
        Body::Sums(sums) => vec![sums::table(filler, block, sums, at, only.column)],
        Body::Rows(listing) => rows::tables(filler, block, listing, at, only.key),
        Body::Lines(lines) => vec![lines::table(filler, block, lines)],
        Body::Scores => vec![of_scores(filler, block)],
        Body::Checks(sheets) => vec![checks::table(filler, block, sheets)],
        Body::Hand(lines) => {
            let columns = plain_columns(filler, block, |_| Kind::Text);
            let blank = || Row::from(columns.iter().map(|_| Cell::Blank).collect::<Vec<_>>());
            vec![Table { rows: (0..*lines).map(|_| blank()).collect(), columns, ..Table::default() }]
        }
    };
    let several = tables.len() > 1;
    let called = tables.into_iter().enumerate().map(|(nth, table)| {
        let id = if several { format!("block-{}-{}", at + 1, nth + 1) } else { format!("block-{}", at + 1) };
        let title = if several { format!("{title} {}", nth + 1) } else { title.clone() };
        let returning = back::returning(filler, block, at, &table, only);
        let empty = if table.empty.is_empty() { filler.words().word("form.nothing").into() } else { table.empty };
        Table { id: id.into(), title: title.into(), empty, headed: true, returning, ..table }
    });
    called.collect()
}

/// What the numbers of a column are measured in.
pub(crate) fn measure(column: &FormColumn) -> Measure {
    let of = |unit: &Unit, mean| (unit.kind == UnitKind::Share, unit.places(mean));
    let mean = matches!(&column.shows, Shows::Number(number) if is_mean(&number.formula));
    let (share, decimals) = match &column.unit {
        Some(unit) => of(unit, mean),
        None => (false, u8::from(mean)),
    };
    let scale = match (share, column.signed) {
        (true, true) => Scale::Points,
        (true, false) => Scale::Percent,
        _ => Scale::One,
    };
    Measure { scale, decimals, signed: column.signed }
}

/// Whether a formula gives what need not be whole.
fn is_mean(formula: &Formula) -> bool {
    match formula {
        Formula::Name(_) | Formula::Number(_) => false,
        Formula::By(..) => true,
        Formula::Add(a, b) | Formula::Less(a, b) | Formula::Times(a, b) => is_mean(a) || is_mean(b),
        Formula::Call(Function::Ceil | Function::Floor | Function::Rank | Function::Dealt, _) => false,
        Formula::Call(Function::Where, all) => all.first().is_some_and(is_mean),
        Formula::Call(_, all) => all.iter().any(is_mean),
    }
}

fn is_money(column: &FormColumn) -> bool {
    column.unit.as_ref().is_some_and(|unit| unit.is_money())
}

/// A number as a page writes it.
pub(crate) fn text(filler: &Filler<'_, '_>, number: f64, measure: Measure) -> String {
    let places = usize::from(measure.decimals);
    let plain = figure::decimals(number, places);
    // What reads as nothing has no sign.
    let plain = match plain.contains(|c: char| ('1'..='9').contains(&c)) {
        true if measure.signed && number > 0.0 => format!("+{plain}"),
        true => plain,
        false => figure::decimals(0.0, places),
    };
    match measure.scale {
        Scale::Percent => figure::percent(number),
        Scale::Points => plain + &filler.words().word("unit.points"),
        _ => plain,
    }
}

fn value(filler: &Filler<'_, '_>, column: &FormColumn, number: Fraction) -> Value {
    let measure = measure(column);
    let shown = number.to_f64() * if measure.scale == Scale::Points { 100.0 } else { 1.0 };
    let bad = column.bad_above.is_some_and(|most| number > Fraction::of(most))
        || column.bad_below.is_some_and(|least| number < Fraction::of(least));
    let tone = if bad { Tone::Bad } else { Tone::Plain };
    Value { tone, ..Value::number(shown, measure, text(filler, shown, measure)) }
}

/// A column's heading on a worksheet and its width there.
fn column<'a>(
    filler: &Filler<'_, 'a>,
    own: &'a FormColumn,
    title: String,
    kind: Kind,
    period: Option<Period>,
) -> Column<'a> {
    // What is over is not planned any more.
    let is_over = period.is_some_and(|period| period.end() <= filler.lookup().edition.cutoff.date());
    let least = match kind {
        Kind::Prose => 28.0,
        Kind::Date => 11.0,
        Kind::Value | Kind::Number(_) if is_money(own) => 12.0,
        // Percentage points are written out.
        Kind::Value if matches!(own.shows, Shows::Kpi(OfKpi::Gap, _)) || measure(own).scale == Scale::Points => 15.0,
        _ => 9.0,
    };
    let width = own.width.unwrap_or_else(|| (text_width(&title) * 0.75 + 4.0).clamp(least, 26.0));
    let made = Column::new(title, kind, width);
    let entry = match (&own.shows, &own.fill) {
        (Shows::Hand(Some(of)), _) | (_, Some(of)) if !is_over => {
            let sheet = filler.lookup().edition.catalog.sheet(&of.sheet);
            sheet.and_then(|sheet| sheet.columns.get(sheet.field(&of.field)?))
        }
        _ => None,
    };
    let by_hand = matches!(own.shows, Shows::Hand(_));
    let to_fill = by_hand || own.fill.is_some() && !is_over;
    let group = filler.words().text(&own.over_title).into();
    let made = Column { to_fill, entry, group, of_form: Some(own), period, ..made };
    // What is filled in by hand is filled in on paper or in the workbook.
    if by_hand { made.only(Medium::Sheet) } else { made }
}

fn plain_columns<'a>(filler: &Filler<'_, 'a>, block: &'a Block, kind: impl Fn(&FormColumn) -> Kind) -> Vec<Column<'a>> {
    let of = |own: &'a FormColumn| column(filler, own, filler.words().text(&own.title), kind(own), None);
    block.columns.iter().map(of).collect()
}

/// People by their scorecards.
fn of_scores<'a>(filler: &Filler<'_, 'a>, block: &'a Block) -> Table<'a> {
    let columns = plain_columns(filler, block, |own| match own.shows {
        Shows::Score(OfScore::Name | OfScore::Card) => Kind::Text,
        Shows::Score(OfScore::Met) => Kind::Word,
        _ => Kind::Value,
    });
    let scores = filler.scores();
    let words = filler.words();
    let whole = |n: u64| Value::number(n as f64, Measure::WHOLE, figure::tally(n)).cell();
    let tenths = Measure { scale: Scale::One, decimals: 1, signed: false };
    let rows = scores.iter().map(|score| {
        let cells = block.columns.iter().map(|own| match own.shows {
            Shows::Score(OfScore::Name) => Cell::linked(score.name.to_string(), filler.person(&score.name)),
            Shows::Score(OfScore::Card) => Cell::text(words.text(&score.card.title)),
            Shows::Score(OfScore::Points) => {
                Value::number(score.points, tenths, figure::decimals(score.points, 1)).cell()
            }
            Shows::Score(OfScore::Within) => whole(u64::from(score.within)),
            Shows::Score(OfScore::Undefined) => whole(u64::from(score.card.undefined)),
            Shows::Score(OfScore::Share) => Value::number(
                score.share(),
                Measure { scale: Scale::Percent, ..tenths },
                figure::percent(score.share()),
            )
            .cell(),
            Shows::Score(OfScore::Place) => whole(score.place as u64),
            Shows::Score(OfScore::Met) => {
                let met = score.place == 1;
                Cell::text(if met { words.word("form.met") } else { String::new() })
            }
            _ => Cell::Blank,
        });
        Row::from(cells.collect::<Vec<_>>())
    });
    Table { rows: rows.collect(), columns, lead: 1, ..Table::default() }
}
