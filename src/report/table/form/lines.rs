//! A block of lines that the definition names: a KPI, a sheet, texts.

use super::column;
use crate::{
    catalog::{
        Direction, Kpi,
        form::{Block, FormColumn, Line, Lines, OfKpi, OfSheet, Over, Shows},
    },
    model::{Grain, Period, Scope},
    report::{
        figure::Figure,
        form::{Filler, to_date},
        kpi,
        table::{Cell, Column, Kind, Mark, Measure, Row, Scale, Table, Value, scores},
    },
};
use std::borrow::Cow;

/// A column as it stands: of one that stands for several periods, the period.
struct Placed<'a> {
    own: &'a FormColumn,
    period: Option<Period>,
}

pub(super) fn table<'a>(filler: &Filler<'_, 'a>, block: &'a Block, lines: &'a Lines) -> Table<'a> {
    let base = filler.base();
    let of = |own: &'a FormColumn| -> Vec<Placed<'a>> {
        match own.across {
            None => vec![Placed { own, period: None }],
            Some(across) => {
                across.periods(base).into_iter().map(|period| Placed { own, period: Some(period) }).collect()
            }
        }
    };
    let placed: Vec<Placed<'a>> = block.columns.iter().flat_map(of).collect();
    let columns: Vec<Column<'a>> = placed.iter().map(|placed| heading(filler, placed)).collect();
    let first = block.columns.first().map(|own| &own.shows);
    let lead = usize::from(matches!(
        first,
        Some(Shows::Text(_) | Shows::Kpi(OfKpi::Title, _) | Shows::Received(OfSheet::Title))
    ));
    let row = |line: &'a Line| {
        let cell = |placed: &Placed<'a>| match &placed.own.shows {
            Shows::Text(name) => {
                let text = line.texts.get(name).map(|text| filler.words().text(text));
                text.map_or(Cell::Blank, Cell::text)
            }
            Shows::Kpi(of, over) => of_kpi(filler, line, *of, *over, placed.period),
            Shows::Received(of) => filler.received(line, *of),
            _ => Cell::Blank,
        };
        Row::from(placed.iter().map(cell).collect::<Vec<_>>())
    };
    Table { rows: chosen(filler, lines).into_iter().map(row).collect(), columns, lead, ..Table::default() }
}

fn heading<'a>(filler: &Filler<'_, 'a>, placed: &Placed<'a>) -> Column<'a> {
    let (own, words) = (placed.own, filler.words());
    let kind = match &own.shows {
        Shows::Kpi(OfKpi::Title, _) | Shows::Received(OfSheet::Title) => Kind::Text,
        Shows::Kpi(OfKpi::Benchmark | OfKpi::Source, _) => Kind::Prose,
        Shows::Kpi(OfKpi::Status | OfKpi::Variation, _) | Shows::Received(OfSheet::Newest) => Kind::Word,
        Shows::Kpi(..) | Shows::Received(_) => Kind::Value,
        _ if own.width.is_some_and(|width| width >= 24.0) => Kind::Prose,
        _ => Kind::Text,
    };
    let title = words.text(&own.title);
    let title = placed.period.map_or(title.clone(), |period| format!("{}{title}", words.part_of_year(period)));
    column(filler, own, title, kind, placed.period)
}

/// The lines that stand there: all, or those furthest from their targets.
fn chosen<'a>(filler: &Filler<'_, 'a>, lines: &'a Lines) -> Vec<&'a Line> {
    let Some(worst) = lines.worst else { return lines.lines.iter().collect() };
    let (scope, id) = filler.scope();
    let attained = |line: &Line| {
        let kpi = filler.lookup().edition.catalog.kpi(line.kpi.as_deref()?)?;
        let own = filler.lookup().value(kpi, scope, id, filler.base())?;
        let (value, target) = (own.value_f64()?, own.target?.to_f64());
        let (part, whole) = match kpi.direction {
            Direction::Up => (value, target),
            Direction::Down => (target, value),
        };
        (whole > 0.0 && part < whole).then_some(part / whole)
    };
    let mut missed: Vec<(f64, &'a Line)> =
        lines.lines.iter().filter_map(|line| Some((attained(line)?, line))).collect();
    missed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    missed.into_iter().take(worst).map(|(_, line)| line).collect()
}

fn of_kpi<'a>(filler: &Filler<'_, 'a>, line: &'a Line, of: OfKpi, over: Over, across: Option<Period>) -> Cell<'a> {
    let lookup = filler.lookup();
    let Some(kpi) = line.kpi.as_deref().and_then(|id| lookup.edition.catalog.kpi(id)) else { return Cell::Blank };
    let base = across.unwrap_or_else(|| filler.base());
    let grain = match over {
        Over::Quarter => Grain::Quarter,
        Over::Year => Grain::Year,
        _ => base.grain,
    };
    let period = match over.periods(base, lookup.edition.cutoff).and_then(|all| all.last().copied()) {
        Some(period) => Period::of(grain, period.start),
        None => base,
    };
    shown(filler, kpi, of, period, base)
}

fn shown<'a>(filler: &Filler<'_, 'a>, kpi: &'a Kpi, of: OfKpi, period: Period, base: Period) -> Cell<'a> {
    let (lookup, words) = (filler.lookup(), filler.words());
    let (scope, id) = filler.scope();
    let own = to_date::value(lookup, kpi, scope, id, period, base);
    let found = match &own {
        Some(Cow::Owned(own)) => Figure::new(kpi, Some(own), period, false, words),
        _ => lookup.figure(kpi, scope, id, period),
    };
    let own = own.as_deref();
    match of {
        OfKpi::Title => {
            let link = if scope == Scope::Store { filler.behind(kpi) } else { Some(kpi::link(&kpi.id)) };
            Cell::linked(words.text(&kpi.title), link)
        }
        // A month that has not begun has nothing to say.
        OfKpi::Value if period.start > lookup.edition.cutoff.date() => Cell::Blank,
        OfKpi::Value => {
            // Rows are at hand month by month.
            let found = if period.grain == Grain::Month { found } else { found.linked(None) };
            Value::of(&found, kpi, words).cell()
        }
        OfKpi::Numerator => Cell::sum(own.map(|value| value.numerator)),
        OfKpi::Denominator => Cell::sum(own.and_then(|value| value.denominator)),
        OfKpi::Target => {
            scores::aim(lookup, kpi, own.and_then(|value| value.target).or_else(|| filler.target(kpi, period)))
        }
        OfKpi::Gap => {
            let gap =
                found.value.zip(own.and_then(|value| value.target)).map(|(value, target)| value - target.to_f64());
            gap.map_or(Cell::Blank, |gap| {
                let measure = Measure::of(kpi).of_difference();
                let scaled = gap * if measure.scale == Scale::Points { 100.0 } else { 1.0 };
                Value::number(scaled, measure, crate::report::figure::difference(gap, kpi, words)).cell()
            })
        }
        OfKpi::Status => Cell::Mark(Mark::of(found.verdict, words)),
        OfKpi::Benchmark => Cell::text(words.text(&kpi.benchmark)),
        OfKpi::Variation => {
            let [variation, _] = scores::process(lookup, kpi, scope, id);
            variation
        }
        OfKpi::MetInARow => filler
            .met_in_a_row(kpi)
            .map_or(Cell::Blank, |months| Value::number(months as f64, Measure::WHOLE, months.to_string()).cell()),
        OfKpi::Source => Cell::text(words.zh(&kpi.source)),
    }
}
