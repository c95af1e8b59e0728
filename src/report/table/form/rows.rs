//! A block of rows: as a table, or each row by itself with its titles down the side.

use super::{column, value};
use crate::{
    catalog::form::{Block, FormColumn, Listing, Shows},
    model::{ListedRow, PersonalClass, Quantity, Value as Given},
    report::{
        form::{Filler, Reader, fraction::Fraction},
        privacy,
        table::{Cell, Column, Kind, Medium, Row, Table},
    },
};

/// Widths of the two columns of a row that stands by itself, in Latin digits.
const CARD: [f64; 2] = [18.0, 60.0];

/// Reads the rows of a block.
struct Rows<'f, 'l, 'a> {
    filler: &'f Filler<'l, 'a>,
    block: &'a Block,
    classes: Vec<Option<PersonalClass>>,
    /// The columns that this reader may see.
    shown: Vec<usize>,
}

/// The tables of a block's rows, those of one key where one is given.
pub(super) fn tables<'a>(
    filler: &Filler<'_, 'a>,
    block: &'a Block,
    listing: &'a Listing,
    at: usize,
    key: Option<&str>,
) -> Vec<Table<'a>> {
    let Some(filled) = filler.filled(at) else { return vec![Table::default()] };
    let catalog = filler.lookup().edition.catalog;
    let class = |own: &FormColumn| match &own.shows {
        Shows::Value(value) => privacy::class_of(catalog, &listing.fact, &value.sql),
        _ => None,
    };
    let classes: Vec<Option<PersonalClass>> = block.columns.iter().map(class).collect();
    let audience = filler.audience();
    let shown = (0..block.columns.len()).filter(|at| privacy::shown(classes[*at], audience)).collect();
    let rows = Rows { filler, block, classes, shown };
    if !filled.absent.is_empty() {
        let empty = filler.not_received_of(&filled.absent).into();
        return vec![Table { columns: rows.columns(&[]), empty, ..Table::default() }];
    }
    // What the first block calls it by may be several words: rows of others know it by one of them.
    let is_of = |row: &ListedRow, key: &str| {
        let own = key_of(row);
        own == key || !own.is_empty() && key.split_whitespace().any(|word| word == own)
    };
    let of_key = |row: &&ListedRow| key.is_none_or(|key| is_of(row, key));
    let listed: Vec<&ListedRow> = filled.rows.iter().filter(of_key).collect();
    match listing.card && !listed.is_empty() {
        true => listed.into_iter().map(|row| rows.card(row)).collect(),
        false => vec![rows.table(&listed)],
    }
}

/// What puts a row together with those of other blocks: it stands behind its values.
pub(crate) fn key_of(row: &ListedRow) -> String {
    row.cells.last().map(Given::display).unwrap_or_default()
}

impl<'a> Rows<'_, '_, 'a> {
    fn table(&self, listed: &[&ListedRow]) -> Table<'a> {
        let row = |row: &&ListedRow| {
            let mut cells: Vec<Cell<'a>> = self.shown.iter().map(|at| self.cell(row, *at)).collect();
            cells.push(Cell::text(row.place.workbook.to_string()));
            cells.push(Cell::text(row.place.row.map_or_else(String::new, |row| row.to_string())));
            Row::from(cells)
        };
        let rows: Vec<Row<'a>> = listed.iter().map(row).collect();
        Table { columns: self.columns(listed), rows, ..Table::default() }
    }

    /// A row by itself. What is filled in by hand is filled in on paper or in the workbook.
    fn card(&self, row: &ListedRow) -> Table<'a> {
        let words = self.filler.words();
        let [title, content] = CARD;
        let columns = vec![
            Column::new(words.word("form.item"), Kind::Text, title),
            Column::new(words.word("form.content"), Kind::Prose, content),
        ];
        let on_sheet = self.filler.on_sheet();
        let is_there = |at: &&usize| on_sheet || !matches!(self.block.columns[**at].shows, Shows::Hand(_));
        let line = |at: &usize| {
            let own = &self.block.columns[*at];
            let cell = match &own.shows {
                Shows::Hand(_) => Cell::Entry,
                _ => self.cell(row, *at),
            };
            Row::from(vec![Cell::text(words.text(&own.title)), cell])
        };
        let rows = self.shown.iter().filter(is_there).map(line).collect();
        Table { columns, rows, lead: 1, headless: true, ..Table::default() }
    }

    fn columns(&self, listed: &[&ListedRow]) -> Vec<Column<'a>> {
        let words = self.filler.words();
        let of = |at: &usize| {
            let own = &self.block.columns[*at];
            column(self.filler, own, words.text(&own.title), self.kind(*at, listed), None)
        };
        let mut columns: Vec<Column<'a>> = self.shown.iter().map(of).collect();
        columns.push(Column::new(words.word("place.workbook"), Kind::Code, 26.0).only(Medium::Page));
        columns.push(Column::new(words.word("table.row"), Kind::Code, 7.0).only(Medium::Page));
        columns
    }

    /// Numbers stand at the right, texts at the left: what a column holds its values say.
    fn kind(&self, at: usize, listed: &[&ListedRow]) -> Kind {
        let own = &self.block.columns[at];
        if !matches!(own.shows, Shows::Value(_)) {
            return Kind::Text;
        }
        let nth = nth_value(self.block, at);
        let first = listed.iter().find_map(|row| row.cells.get(nth).filter(|value| !value.is_null()));
        match first {
            Some(Given::Int(_) | Given::Number(_) | Given::Amount(_)) => Kind::Value,
            Some(Given::Instant(at)) if at.date_only => Kind::Date,
            Some(Given::Flag(_)) => Kind::Word,
            _ if own.width.is_some_and(|width| width >= 24.0) => Kind::Prose,
            _ => Kind::Text,
        }
    }

    /// A value of a listed row, masked where it must be.
    fn cell(&self, row: &ListedRow, at: usize) -> Cell<'a> {
        let (own, class) = (&self.block.columns[at], self.classes[at]);
        if !matches!(own.shows, Shows::Value(_)) {
            return Cell::Blank;
        }
        let given = row.cells.get(nth_value(self.block, at)).cloned().unwrap_or_default();
        let number = |number| value(self.filler, own, number).cell();
        match &given {
            Given::Null => Cell::Blank,
            Given::Int(n) => number(Fraction::whole(i128::from(*n))),
            Given::Amount(fen) => number(Fraction::of(Quantity::from(*fen))),
            Given::Number(n) => number(Fraction::of(Quantity((n * Quantity::SCALE as f64).round() as i128))),
            Given::Instant(at) if at.date_only && class.is_none() => Cell::Date(at.date()),
            _ if self.filler.reader() == Reader::Store => Cell::text(given.display()),
            _ => Cell::text(privacy::masked(class, &given.display()).into_owned()),
        }
    }
}

/// Which of a listed row's values a column shows.
pub(crate) fn nth_value(block: &Block, at: usize) -> usize {
    block.columns[..at].iter().filter(|column| matches!(column.shows, Shows::Value(_))).count()
}
