//! A block of sums: rows by columns, formulas, the line of totals, and how a spreadsheet recomputes them.

use super::{column, measure, value};
use crate::{
    catalog::form::{Block, FormColumn, Formula, Function, Number, Over, RowKind, Shows, Sums},
    model::{Grain, Period},
    report::{
        form::{
            Filler,
            fraction::Fraction,
            grid::{Grid, Rows},
            reckon::{At, Basis, Given, Reckoner},
        },
        pinyin,
        table::{Bars, Cell, Column, Formula as Written, Kind, Piece, Row, Scale, Table, text_width},
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// Columns of an `each` at most; the rest is one.
const MOST_COLUMNS: usize = 16;

/// A column of a table of sums: which of the block's, and of an `each` the value it is of.
struct Placed {
    column: usize,
    value: Option<Arc<str>>,
    /// Of a column that stands for several periods, the period.
    period: Option<Period>,
    /// The values that an `each` does not show one by one.
    rest: Vec<Arc<str>>,
}

/// A table of sums.
struct Summing<'f, 'l, 'a> {
    filler: &'f Filler<'l, 'a>,
    block: &'a Block,
    sums: &'a Sums,
    reckoner: Reckoner<'f>,
    placed: Vec<Placed>,
    /// The one value of the cubes' columns that the table is of.
    apart: Option<&'f Arc<str>>,
}

pub(super) fn table<'a>(
    filler: &Filler<'_, 'a>,
    block: &'a Block,
    sums: &'a Sums,
    at: usize,
    apart: Option<&Arc<str>>,
) -> Table<'a> {
    let (grid, group) = filler.grids(block, sums, at);
    let bases: Vec<Period> = match (sums.rows, filler.is_by_store(block)) {
        (RowKind::Months, false) => {
            // Of a year they are its own.
            let mut months = Over::Last12.periods(filler.base(), filler.lookup().edition.cutoff).unwrap_or_default();
            months.sort_by_key(|month| month.start);
            months
        }
        _ => vec![filler.base()],
    };
    let placed = placed(&grid, block, sums, &bases, filler.base());
    let given = Given::new();
    let days = &filler.lookup().edition.catalog.working_days;
    let reckoner = Reckoner { grid: &grid, group: group.as_ref(), columns: &block.columns, days, given: &given, apart };
    let summing = Summing { filler, block, sums, reckoner, placed, apart };
    let mut columns = vec![summing.first_column()];
    columns.extend(summing.placed.iter().map(|placed| summing.column(placed)));
    if !grid.is_known() {
        let empty = filler.not_received(block).into();
        return Table { columns, empty, lead: 1, ..Table::default() };
    }
    let (rows, totals) = match (sums.rows, filler.is_by_store(block)) {
        (RowKind::Months, false) => summing.months(&bases),
        _ => summing.rows(),
    };
    Table { columns, rows, totals, lead: 1, ..Table::default() }
}

/// The columns as they stand: an `each` once for every value.
fn placed(grid: &Grid, block: &Block, sums: &Sums, bases: &[Period], base: Period) -> Vec<Placed> {
    let mut all = Vec::new();
    for (at, column) in block.columns.iter().enumerate() {
        let one = |period| Placed { column: at, value: None, period, rest: Vec::new() };
        if let Some(across) = column.across {
            all.extend(across.periods(base).into_iter().map(|period| one(Some(period))));
            continue;
        }
        let Shows::Number(number) = &column.shows else {
            all.push(one(None));
            continue;
        };
        if !number.each {
            all.push(one(None));
            continue;
        }
        let found = grid.columns(&number.formula.names(), number.over, bases);
        let mut values = sums.column_values.clone();
        let mut more: Vec<Arc<str>> = found.into_iter().filter(|value| !values.contains(value)).collect();
        let by_sound = pinyin::order();
        // What is not filled in comes last.
        more.sort_by(|a, b| a.is_empty().cmp(&b.is_empty()).then_with(|| by_sound.compare(a, b)));
        values.extend(more);
        let rest = if values.len() > MOST_COLUMNS { values.split_off(MOST_COLUMNS - 1) } else { Vec::new() };
        all.extend(values.into_iter().map(|value| Placed { value: Some(value), ..one(None) }));
        if !rest.is_empty() {
            all.push(Placed { rest, ..one(None) });
        }
    }
    all
}

impl<'a> Summing<'_, '_, 'a> {
    fn first_column(&self) -> Column<'a> {
        let words = self.filler.words();
        let title = match self.filler.is_by_store(self.block) {
            true => words.word("nav.store"),
            false if self.sums.rows == RowKind::Months => words.word("figure.month"),
            false => words.text(&self.sums.row_title),
        };
        let width = (text_width(&title) + 6.0).max(16.0);
        Column::new(title, Kind::Text, width)
    }

    fn column(&self, placed: &Placed) -> Column<'a> {
        let (own, words) = (&self.block.columns[placed.column], self.filler.words());
        let title = words.text(&own.title);
        let title = match (&placed.value, placed.rest.is_empty()) {
            _ if placed.period.is_some() => {
                format!("{}{title}", placed.period.map(|own| words.part_of_year(own)).unwrap_or_default())
            }
            (Some(value), _) => format!("{}{title}", self.label(value)),
            (None, false) => format!("{}{title}", words.word("form.rest")),
            (None, true) => title,
        };
        let kind = match own.shows {
            Shows::Hand(_) => Kind::Text,
            Shows::Basis => Kind::Prose,
            _ => Kind::Value,
        };
        let heat = self.sums.heat && (placed.value.is_some() || !placed.rest.is_empty());
        Column { bars: heat.then_some(Bars::Heat), ..column(self.filler, own, title, kind, placed.period) }
    }

    /// What a row or column is called.
    fn label(&self, name: &str) -> String {
        let words = self.filler.words();
        match self.sums.labels.get(name) {
            Some(label) => words.text(label),
            None if name.is_empty() => words.word("figure.unnamed"),
            None => words.zh(name),
        }
    }

    /// The names of the rows, in order.
    fn names(&self) -> Vec<Arc<str>> {
        if let Some(stores) = self.filler.store_ids(self.block) {
            return stores;
        }
        if self.sums.rows == RowKind::One {
            return vec!["".into()];
        }
        let overs = self.block.overs();
        let mut names = self.sums.row_values.clone();
        let found = self.reckoner.grid.rows(&overs, &[self.filler.base()]);
        let mut more: Vec<Arc<str>> = found.into_iter().filter(|name| !names.contains(name)).collect();
        let by_sound = pinyin::order();
        more.sort_by(|a, b| a.is_empty().cmp(&b.is_empty()).then_with(|| by_sound.compare(a, b)));
        names.extend(more);
        if let Some(number) = self.sums.only.as_ref().and_then(|only| self.number_of(only)) {
            let all = names.clone();
            names.retain(|name| {
                let at = At { rows: Rows::One(name), ..self.at(&all, &all) };
                self.reckoner.value(number, at).0.is_some_and(|own| own > Fraction::whole(0))
            });
        }
        if let Some(number) = self.sums.sort.as_ref().and_then(|sort| self.number_of(sort)) {
            let at = |name| At { rows: Rows::One(name), ..self.at(&names, &names) };
            let values: BTreeMap<Arc<str>, Option<Fraction>> =
                names.iter().map(|name| (name.clone(), self.reckoner.value(number, at(name)).0)).collect();
            names.sort_by(|a, b| values.get(b).cmp(&values.get(a)));
        }
        names
    }

    fn number_of(&self, id: &str) -> Option<&'a Number> {
        let column = self.block.columns.iter().find(|column| *column.id == *id)?;
        match &column.shows {
            Shows::Number(number) => Some(number),
            _ => None,
        }
    }

    fn at<'r>(&'r self, upto: &'r [Arc<str>], all: &'r [Arc<str>]) -> At<'r> {
        At { base: self.filler.base(), rows: Rows::All, column: self.apart, upto, all }
    }

    fn rows(&self) -> (Vec<Row<'a>>, Option<Row<'a>>) {
        let words = self.filler.words();
        let names = self.names();
        let by_store = self.filler.is_by_store(self.block);
        let shown = match self.sums.top.filter(|top| !by_store && names.len() > *top) {
            Some(top) => top,
            None => names.len(),
        };
        let part = self.filler.part_of(self.block, &names);
        let mut rows = Vec::new();
        for (nth, name) in names.iter().enumerate().take(shown).filter(|(_, name)| part.contains(*name)) {
            let at = At { rows: Rows::One(name), ..self.at(&names[..=nth], &names) };
            let first = self.filler.row_cell(self.block, self.sums, name, self.label(name));
            let bottom = nth + 1 == names.len();
            rows.push(Row { name: Some(name.clone()), ..self.row(first, at, bottom, false) });
        }
        if shown < names.len() {
            let at = At { rows: Rows::Some(&names[shown..]), ..self.at(&names, &names) };
            rows.push(self.row(Cell::text(words.word("form.rest")), at, true, false));
        }
        let alone = self.sums.rows == RowKind::One && !by_store;
        let total = (!self.sums.no_total || by_store) && !alone && !names.is_empty();
        let whole = part.len() == names.len();
        let totals = total.then(|| {
            let word = words.word(if by_store { "heat.all" } else { "form.total" });
            self.row(Cell::text(word), self.at(&names, &names), true, whole)
        });
        (rows, totals)
    }

    /// The months, and of a form of a year the year as a whole.
    fn months(&self, months: &[Period]) -> (Vec<Row<'a>>, Option<Row<'a>>) {
        let none: [Arc<str>; 0] = [];
        let row = |month: &Period| {
            let at = At { base: *month, ..self.at(&none, &none) };
            let label = self.filler.words().period(*month);
            let name = Some(month.to_string().into());
            Row { name, ..self.row(Cell::text(label), at, false, false) }
        };
        let whole = self.filler.base().grain == Grain::Year && !self.sums.no_total;
        let word = || self.filler.words().word("form.total");
        let totals = whole.then(|| self.row(Cell::text(word()), self.at(&none, &none), true, false));
        (months.iter().map(row).collect(), totals)
    }

    /// A row. `total`: it is the sum of all rows that stand above it.
    fn row(&self, first: Cell<'a>, at: At<'_>, _bottom: bool, total: bool) -> Row<'a> {
        let mut cells = vec![first];
        let mut bases: Vec<(String, Basis)> = Vec::new();
        for placed in &self.placed {
            let own = &self.block.columns[placed.column];
            let cell = match &own.shows {
                Shows::Number(number) => {
                    let (found, basis) = self.of(number, placed, at);
                    if basis != Basis::Own && found.is_some() {
                        bases.push((self.filler.words().text(&own.title), basis));
                    }
                    self.cell(own, placed, found, total && is_plain(number))
                }
                Shows::Basis => Cell::text(self.basis(&bases)),
                _ => Cell::Blank,
            };
            cells.push(cell);
        }
        Row::from(cells)
    }

    fn of(&self, number: &Number, placed: &Placed, at: At<'_>) -> (Option<Fraction>, Basis) {
        let at = At { base: placed.period.unwrap_or(at.base), ..at };
        if placed.rest.is_empty() {
            return self.reckoner.value(number, At { column: placed.value.as_ref().or(at.column), ..at });
        }
        let each = placed.rest.iter().map(|value| self.reckoner.value(number, At { column: Some(value), ..at }).0);
        let sum = each.flatten().try_fold(Fraction::whole(0), Fraction::add);
        (sum, Basis::Own)
    }

    fn cell(&self, own: &FormColumn, placed: &Placed, found: Option<Fraction>, total: bool) -> Cell<'a> {
        let Some(found) = found.filter(|found| !(own.no_zero && *found == Fraction::whole(0))) else {
            return Cell::Blank;
        };
        let mut made = value(self.filler, own, found);
        if self.sums.heat && placed.value.is_some() && measure(own).scale == Scale::Percent {
            made.heat = Some(heat(found));
        }
        let formula = if total { Some(Written::Above) } else { self.written(own, placed) };
        match formula {
            Some(formula) => made.with(formula).cell(),
            None => made.cell(),
        }
    }

    /// How a spreadsheet recomputes a column from others of its row; `None` where it cannot.
    fn written(&self, own: &FormColumn, placed: &Placed) -> Option<Written> {
        let Shows::Number(number) = &own.shows else { return None };
        if number.least.is_some() || !placed.rest.is_empty() {
            return None;
        }
        if let Formula::Name(name) = &number.formula {
            return self.of_months(name, number, placed);
        }
        let mut pieces = vec![Piece::Text("=".into())];
        let points = measure(own).scale == Scale::Points;
        pieces.extend(points.then(|| Piece::Text("100*(".into())));
        self.pieces(&number.formula, number.over, placed, &mut pieces)?;
        pieces.extend(points.then(|| Piece::Text(")".into())));
        Some(Written::Pieces(pieces))
    }

    /// A sum of several months out of the columns of each of them.
    fn of_months(&self, name: &str, number: &Number, placed: &Placed) -> Option<Written> {
        let cutoff = self.filler.lookup().edition.cutoff;
        let months = number.over.periods(placed.period.unwrap_or(self.filler.base()), cutoff)?;
        let of = |month: &Period| {
            let shows = |other: &Placed| {
                let own = &self.block.columns[other.column].shows;
                let same =
                    matches!(own, Shows::Number(own) if matches!(&own.formula, Formula::Name(sum) if **sum == *name));
                same && other.period == Some(*month)
            };
            self.placed.iter().position(shows).map(|at| at + 1)
        };
        let columns = months.iter().map(of).collect::<Option<Vec<usize>>>().filter(|all| all.len() > 1)?;
        let first = std::iter::once(Piece::Text("=".into()));
        let more = columns.into_iter().enumerate().flat_map(|(nth, column)| {
            let plus = (nth > 0).then(|| Piece::Text("+".into()));
            plus.into_iter().chain([Piece::Cell(column)])
        });
        Some(Written::Pieces(first.chain(more).collect()))
    }

    fn pieces(&self, formula: &Formula, over: Over, placed: &Placed, into: &mut Vec<Piece>) -> Option<()> {
        let text = |text: &'static str, into: &mut Vec<Piece>| into.push(Piece::Text(text.into()));
        match formula {
            Formula::Number(number) => into.push(Piece::Text(number.to_string().into())),
            Formula::Name(name) => into.push(Piece::Cell(self.place(name, over, placed)?)),
            Formula::Add(a, b) | Formula::Less(a, b) | Formula::Times(a, b) | Formula::By(a, b) => {
                text("(", into);
                self.pieces(a, over, placed, into)?;
                text(
                    match formula {
                        Formula::Add(..) => "+",
                        Formula::Less(..) => "-",
                        Formula::Times(..) => "*",
                        _ => "/",
                    },
                    into,
                );
                self.pieces(b, over, placed, into)?;
                text(")", into);
            }
            // Where there is nothing to say the cell is empty, whatever stands in the others.
            Formula::Call(Function::Where, all) => {
                let [of, held] = all.as_slice() else { return None };
                text("IF(", into);
                self.pieces(held, over, placed, into)?;
                text("=0,\"\",", into);
                self.pieces(of, over, placed, into)?;
                text(")", into);
            }
            Formula::Call(function, all) => {
                let (open, close) = match function {
                    // What binary fractions leave over must not make one more.
                    Function::Ceil => ("ROUNDUP(ROUND(", ",9),0)"),
                    Function::Floor => ("ROUNDDOWN(ROUND(", ",9),0)"),
                    Function::Greatest => ("MAX(", ")"),
                    Function::Least => ("MIN(", ")"),
                    _ => return None,
                };
                text(open, into);
                for (nth, own) in all.iter().enumerate() {
                    if nth > 0 {
                        text(",", into);
                    }
                    self.pieces(own, over, placed, into)?;
                }
                text(close, into);
            }
        }
        Some(())
    }

    /// The table's column that shows a name, of the same time and the same value.
    fn place(&self, name: &str, over: Over, of: &Placed) -> Option<usize> {
        let shows = |placed: &&Placed| {
            let own = &self.block.columns[placed.column];
            let Shows::Number(number) = &own.shows else { return false };
            let same_value = !number.each || placed.value == of.value && placed.rest.is_empty();
            let same = same_value && placed.period == of.period;
            let by_id = !own.id.is_empty() && *own.id == *name;
            let is_sum = matches!(&number.formula, Formula::Name(sum) if **sum == *name)
                && number.over == over
                && number.each == of.value.is_some();
            placed.column != of.column && same && (by_id || is_sum)
        };
        // The first column names the row.
        self.placed.iter().position(|placed| shows(&placed)).map(|at| at + 1)
    }

    fn basis(&self, bases: &[(String, Basis)]) -> String {
        let words = self.filler.words();
        let one = |(title, basis): &(String, Basis)| {
            let key = if *basis == Basis::Store { "form.basis_store" } else { "form.basis_group" };
            words.fill(key, &[("column", title)])
        };
        bases.iter().map(one).collect::<Vec<_>>().join(&words.word("table.semicolon"))
    }
}

/// Whether a column's total is the sum of its rows.
fn is_plain(number: &Number) -> bool {
    matches!(number.formula, Formula::Name(_)) && number.least.is_none()
}

/// How full of colour a share is, from 0 to 5.
fn heat(share: Fraction) -> u8 {
    (share.to_f64().clamp(0.0, 1.0) * 5.0).round() as u8
}
