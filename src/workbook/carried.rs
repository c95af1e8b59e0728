//! What a workbook of forms or lists carries along unseen, so that what is filled into it can be read next week: which worksheet
//! is which form, where its tables stand, which columns come back as which fields, and what each row holds. `intake::filled`
//! reads it, one record a row: its kind, then its parts.

use super::{
    book::{Book, put},
    table::Placed,
};
use crate::{
    model::{Instant, carried},
    report::{
        form::back::{Piece, shown},
        table::{Cell, Column, Medium, Table},
    },
};
use rust_xlsxwriter::{Format, XlsxError};

/// Characters of a cell by which a row is known again.
const KEY: usize = 60;
/// Cells of a row by which it is known again.
const KEYS: usize = 6;
/// Characters by which a last line is known again.
const FOOT: usize = 40;

/// The records of a workbook.
pub(super) struct Carried {
    records: Vec<Vec<String>>,
    /// Whether anything comes back.
    returns: bool,
}

impl Carried {
    /// Of a store's forms or lists, or, without an id, of the group's.
    pub fn new(store: &str, cutoff: Instant) -> Carried {
        let head = [carried::MARK, carried::VERSION, store, &cutoff.date().to_string()].map(str::to_owned);
        Carried { records: vec![head.into()], returns: false }
    }

    fn record(&mut self, kind: &str, parts: impl IntoIterator<Item = String>) {
        self.records.push(std::iter::once(kind.to_owned()).chain(parts).collect());
    }

    /// A worksheet begins.
    pub fn sheet(&mut self, name: &str, title: &str) {
        self.record(carried::SHEET, [name.to_owned(), title.to_owned()]);
    }

    /// A table of it, which begins at the row `top` with its heading.
    pub fn table(&mut self, table: &Table<'_>, placed: &Placed, top: u32) {
        let lead = placed.header - top;
        let rows = table.rows.len();
        let made = table.returning.iter().map(|returning| returning.rows_made.len()).sum::<usize>();
        self.returns |= made > 0;
        let numbers = [placed.header + 1, lead, u32::try_from(rows).unwrap_or_default()];
        self.record(
            carried::TABLE,
            std::iter::once(table.title.to_string()).chain(numbers.map(|number| number.to_string())),
        );
        self.record(carried::TITLES, placed.titles.iter().cloned());
        let Some(returning) = &table.returning else { return };
        if returning.lists {
            self.record(carried::LISTS, []);
        }
        let col = |column: usize| placed.col(column).to_string();
        for made in &returning.rows_made {
            self.record(carried::MADE, [made.sheet.to_string()]);
            for (field, column) in &made.cells {
                let by_hand = table.columns[*column].of_form.is_none_or(|own| own.fill.is_none());
                let kind = if by_hand { carried::HAND } else { carried::FILL };
                self.record(kind, [field.to_string(), col(*column)]);
            }
            for (field, pieces) in &made.fields {
                let piece = |piece: &Piece| match piece {
                    Piece::Text(text) => format!("={text}"),
                    Piece::Column(column) => format!("#{}", col(*column)),
                };
                let pieces: Vec<String> = pieces.iter().map(piece).collect();
                self.record(carried::FIELD, std::iter::once(field.to_string()).chain(pieces));
            }
        }
        for ((row, cells), given) in (placed.first + 1..).zip(&table.rows).zip(&returning.given) {
            let kind = if given.is_some() { carried::ROW } else { carried::SUM };
            self.record(kind, std::iter::once(row.to_string()).chain(key(table, &cells.cells, placed)));
            let given = given.iter().flatten().filter(|(_, text)| !text.is_empty());
            let given: Vec<String> = given.flat_map(|(column, text)| [col(*column), text.clone()]).collect();
            if !given.is_empty() {
                self.record(carried::GIVEN, given);
            }
            self.was(table, &cells.cells, placed);
        }
        if let Some(totals) = &table.totals {
            let row = placed.first + 1 + u32::try_from(rows).unwrap_or_default();
            self.record(carried::SUM, std::iter::once(row.to_string()).chain(key(table, &totals.cells, placed)));
            self.was(table, &totals.cells, placed);
        }
    }

    /// The numbers of the row before that may be written over.
    fn was(&mut self, table: &Table<'_>, cells: &[Cell<'_>], placed: &Placed) {
        let cells = table.columns.iter().zip(cells).enumerate();
        let filled = cells.filter(|(_, (column, _))| column.of_form.is_some_and(|own| own.fill.is_some()));
        let was: Vec<String> = filled
            .map(|(at, (_, cell))| (at, shown(cell)))
            .filter(|(_, number)| !number.is_empty())
            .flat_map(|(at, number)| [placed.col(at).to_string(), number])
            .collect();
        if !was.is_empty() {
            self.record(carried::WAS, was);
        }
    }

    /// The last lines of a worksheet.
    pub fn foot(&mut self, lines: &[String]) {
        for line in lines {
            self.record(carried::FOOT, [line.chars().take(FOOT).collect()]);
        }
    }

    /// Writes the records, where anything comes back at all.
    pub fn write(self, book: &mut Book<'_>) -> Result<(), XlsxError> {
        if !self.returns {
            return Ok(());
        }
        let sheet = book.unseen(carried::SHEET_NAME)?;
        let plain = Format::new();
        for (row, record) in (0..).zip(&self.records) {
            for (col, part) in (0..).zip(record) {
                put(sheet, row, col, part, &plain)?;
            }
        }
        Ok(())
    }
}

/// The cells by which a row is known again wherever it is moved to: column and text, by turns.
fn key(table: &Table<'_>, cells: &[Cell<'_>], placed: &Placed) -> Vec<String> {
    let known = |(column, cell): &(&Column<'_>, &Cell<'_>)| {
        column.is_on(Medium::Sheet) && !column.to_fill && matches!(cell, Cell::Text(_) | Cell::Link(..) | Cell::Date(_))
    };
    let cells = table.columns.iter().zip(cells).enumerate().filter(|(_, both)| known(both));
    let texts = cells.map(|(at, (_, cell))| (at, shown(cell))).filter(|(_, text)| !text.trim().is_empty()).take(KEYS);
    texts.flat_map(|(at, text)| [placed.col(at).to_string(), text.chars().take(KEY).collect()]).collect()
}
