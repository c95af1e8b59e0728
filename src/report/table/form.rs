//! A block of a form as a table: on a page and on a worksheet the same.

mod sums;

use super::{Cell, Column, Kind, Measure, Medium, Row, Scale, Table, Tone, Value, text_width};
use crate::{
    catalog::{
        Unit, UnitKind,
        form::{Block, Body, FormColumn, Formula, Function, Line, OfKpi, OfScore, Over, Shows},
    },
    model::{ListedRow, Period, PersonalClass, Quantity, Scope, Value as Given},
    report::{
        figure,
        form::{Filler, Reader, back, fraction::Fraction},
        kpi, privacy,
    },
};

/// The table of a block. `rows` of a group's table of stores is its part of them.
pub(crate) fn table<'a>(filler: &Filler<'_, 'a>, block: &'a Block, at: usize) -> Table<'a> {
    let title = filler.words().text(&block.title);
    let table = match &block.body {
        Body::Sums(sums) => sums::table(filler, block, sums, at),
        Body::Rows(listing) => of_rows(filler, block, &listing.fact, at),
        Body::Lines(lines) => of_lines(filler, block, lines),
        Body::Scores => of_scores(filler, block),
        Body::Hand(lines) => {
            let columns = plain_columns(filler, block, |_| Kind::Text);
            let blank = || Row::from(columns.iter().map(|_| Cell::Blank).collect::<Vec<_>>());
            Table { rows: (0..*lines).map(|_| blank()).collect(), columns, ..Table::default() }
        }
    };
    let id = format!("block-{}", at + 1);
    let returning = back::returning(filler, block, at, &table);
    let empty = if table.empty.is_empty() { filler.words().word("form.nothing").into() } else { table.empty };
    Table { id: id.into(), title: title.into(), empty, headed: true, returning, ..table }
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
        Formula::Call(Function::Ceil | Function::Floor | Function::Rank, _) => false,
        Formula::Call(_, all) => all.iter().any(is_mean),
    }
}

fn is_money(column: &FormColumn) -> bool {
    column.unit.as_ref().is_some_and(|unit| unit.is_money())
}

/// A number as a page writes it.
fn text(filler: &Filler<'_, '_>, number: f64, measure: Measure) -> String {
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
fn column<'a>(filler: &Filler<'_, 'a>, own: &'a FormColumn, title: String, kind: Kind) -> Column<'a> {
    let least = match kind {
        Kind::Prose => 28.0,
        Kind::Date => 11.0,
        Kind::Value | Kind::Number(_) if is_money(own) => 12.0,
        _ => 9.0,
    };
    let width = own.width.unwrap_or_else(|| (text_width(&title) * 0.75 + 4.0).clamp(least, 26.0));
    let made = Column::new(title, kind, width);
    let entry = match (&own.shows, &own.fill) {
        (Shows::Hand(Some(of)), _) | (_, Some(of)) => {
            let sheet = filler.lookup().edition.catalog.sheet(&of.sheet);
            sheet.and_then(|sheet| sheet.columns.get(sheet.field(&of.field)?))
        }
        _ => None,
    };
    let by_hand = matches!(own.shows, Shows::Hand(_));
    let to_fill = by_hand || own.fill.is_some();
    let group = filler.words().text(&own.over_title).into();
    let made = Column { to_fill, entry, group, of_form: Some(own), ..made };
    // What is filled in by hand is filled in on paper or in the workbook.
    if by_hand { made.only(Medium::Sheet) } else { made }
}

fn plain_columns<'a>(filler: &Filler<'_, 'a>, block: &'a Block, kind: impl Fn(&FormColumn) -> Kind) -> Vec<Column<'a>> {
    let of = |own: &'a FormColumn| column(filler, own, filler.words().text(&own.title), kind(own));
    block.columns.iter().map(of).collect()
}

/// Rows of a fact.
fn of_rows<'a>(filler: &Filler<'_, 'a>, block: &'a Block, fact: &str, at: usize) -> Table<'a> {
    let catalog = filler.lookup().edition.catalog;
    let audience = filler.audience();
    let class = |own: &FormColumn| match &own.shows {
        Shows::Value(value) => privacy::class_of(catalog, fact, &value.sql),
        _ => None,
    };
    let classes: Vec<Option<PersonalClass>> = block.columns.iter().map(class).collect();
    let shown: Vec<usize> = (0..block.columns.len()).filter(|at| privacy::shown(classes[*at], audience)).collect();
    let Some(filled) = filler.filled(at) else { return Table::default() };
    // Numbers stand at the right, texts at the left: what a column holds its values say.
    let kind = |at: usize| {
        let own = &block.columns[at];
        if !matches!(own.shows, Shows::Value(_)) {
            return Kind::Text;
        }
        let nth = nth_value(block, at);
        let first = filled.rows.iter().find_map(|row| row.cells.get(nth).filter(|value| !value.is_null()));
        match first {
            Some(Given::Int(_) | Given::Number(_) | Given::Amount(_)) => Kind::Value,
            Some(Given::Instant(at)) if at.date_only => Kind::Date,
            Some(Given::Flag(_)) => Kind::Word,
            _ if own.width.is_some_and(|width| width >= 24.0) => Kind::Prose,
            _ => Kind::Text,
        }
    };
    let mut columns: Vec<Column<'a>> = shown
        .iter()
        .map(|at| column(filler, &block.columns[*at], filler.words().text(&block.columns[*at].title), kind(*at)))
        .collect();
    columns.push(Column::new(filler.words().word("place.workbook"), Kind::Code, 26.0).only(Medium::Page));
    columns.push(Column::new(filler.words().word("table.row"), Kind::Code, 7.0).only(Medium::Page));
    if !filled.absent.is_empty() {
        let empty = filler.not_received_of(&filled.absent).into();
        return Table { columns, empty, ..Table::default() };
    }
    let row = |row: &ListedRow| {
        let mut cells: Vec<Cell<'a>> = shown
            .iter()
            .map(|at| match &block.columns[*at].shows {
                Shows::Value(_) => {
                    let value = row.cells.get(nth_value(block, *at)).cloned().unwrap_or_default();
                    given(filler, &block.columns[*at], classes[*at], &value)
                }
                _ => Cell::Blank,
            })
            .collect();
        cells.push(Cell::text(row.place.workbook.to_string()));
        cells.push(Cell::text(row.place.row.map_or_else(String::new, |row| row.to_string())));
        Row::from(cells)
    };
    let rows: Vec<Row<'a>> = filled.rows.iter().map(row).collect();
    Table { columns, rows, ..Table::default() }
}

/// Which of a listed row's values a column shows.
pub(crate) fn nth_value(block: &Block, at: usize) -> usize {
    block.columns[..at].iter().filter(|column| matches!(column.shows, Shows::Value(_))).count()
}

/// A value of a listed row, masked where it must be.
fn given<'a>(filler: &Filler<'_, '_>, own: &FormColumn, class: Option<PersonalClass>, given: &Given) -> Cell<'a> {
    let in_full = filler.reader() == Reader::Store;
    match given {
        Given::Null => Cell::Blank,
        Given::Int(n) => value(filler, own, Fraction::whole(i128::from(*n))).cell(),
        Given::Amount(fen) => value(filler, own, Fraction::of(Quantity::from(*fen))).cell(),
        Given::Number(n) => {
            let quantity = Quantity((n * Quantity::SCALE as f64).round() as i128);
            value(filler, own, Fraction::of(quantity)).cell()
        }
        Given::Instant(at) if at.date_only && class.is_none() => Cell::Date(at.date()),
        _ if in_full => Cell::text(given.display()),
        _ => Cell::text(privacy::masked(class, &given.display()).into_owned()),
    }
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

/// Lines that the definition names.
fn of_lines<'a>(filler: &Filler<'_, 'a>, block: &'a Block, lines: &'a [Line]) -> Table<'a> {
    let columns = plain_columns(filler, block, |own| match &own.shows {
        Shows::Kpi(OfKpi::Title, _) => Kind::Text,
        Shows::Kpi(OfKpi::Benchmark | OfKpi::Source, _) => Kind::Prose,
        Shows::Kpi(OfKpi::Status | OfKpi::Variation, _) => Kind::Word,
        Shows::Kpi(..) => Kind::Value,
        _ if own.width.is_some_and(|width| width >= 24.0) => Kind::Prose,
        _ => Kind::Text,
    });
    let lead = usize::from(matches!(
        block.columns.first().map(|own| &own.shows),
        Some(Shows::Text(_) | Shows::Kpi(OfKpi::Title, _))
    ));
    let rows = lines.iter().map(|line| {
        let cells = block.columns.iter().map(|own| match &own.shows {
            Shows::Text(name) => {
                let text = line.texts.get(name).map(|text| filler.words().text(text));
                text.map_or(Cell::Blank, Cell::text)
            }
            Shows::Kpi(of, over) => of_kpi(filler, line, *of, *over),
            _ => Cell::Blank,
        });
        Row::from(cells.collect::<Vec<_>>())
    });
    Table { rows: rows.collect(), columns, lead, ..Table::default() }
}

fn of_kpi<'a>(filler: &Filler<'_, 'a>, line: &'a Line, of: OfKpi, over: Over) -> Cell<'a> {
    let (lookup, words) = (filler.lookup(), filler.words());
    let Some(kpi) = line.kpi.as_deref().and_then(|id| lookup.edition.catalog.kpi(id)) else { return Cell::Blank };
    let (scope, id) = filler.scope();
    let grain = match over {
        Over::Quarter => crate::model::Grain::Quarter,
        Over::Year => crate::model::Grain::Year,
        _ => filler.base().grain,
    };
    let period = match over.periods(filler.base(), lookup.edition.cutoff).and_then(|all| all.last().copied()) {
        Some(period) => Period::of(grain, period.start),
        None => filler.base(),
    };
    let found = lookup.figure(kpi, scope, id, period);
    let own = lookup.value(kpi, scope, id, period);
    let sum = |sum: Option<Quantity>| Cell::sum(sum);
    match of {
        OfKpi::Title => {
            let link = if scope == Scope::Store { filler.behind(kpi) } else { Some(kpi::link(&kpi.id)) };
            Cell::linked(words.text(&kpi.title), link)
        }
        OfKpi::Value => {
            // Rows are at hand month by month.
            let found = if grain == crate::model::Grain::Month { found } else { found.linked(None) };
            Value::of(&found, kpi, words).cell()
        }
        OfKpi::Numerator => sum(own.map(|value| value.numerator)),
        OfKpi::Denominator => sum(own.and_then(|value| value.denominator)),
        OfKpi::Target => super::scores::aim(lookup, kpi, own.and_then(|value| value.target)),
        OfKpi::Gap => {
            let gap =
                found.value.zip(own.and_then(|value| value.target)).map(|(value, target)| value - target.to_f64());
            gap.map_or(Cell::Blank, |gap| {
                let measure = Measure::of(kpi).of_difference();
                let scaled = gap * if measure.scale == Scale::Points { 100.0 } else { 1.0 };
                Value::number(scaled, measure, figure::difference(gap, kpi, words)).cell()
            })
        }
        OfKpi::Status => Cell::Mark(super::Mark::of(found.verdict, words)),
        OfKpi::Benchmark => Cell::text(words.text(&kpi.benchmark)),
        OfKpi::Variation => {
            let [variation, _] = super::scores::process(lookup, kpi, scope, id);
            variation
        }
        OfKpi::MetInARow => filler
            .met_in_a_row(kpi)
            .map_or(Cell::Blank, |months| Value::number(months as f64, Measure::WHOLE, months.to_string()).cell()),
        OfKpi::Source => Cell::text(words.zh(&kpi.source)),
    }
}
