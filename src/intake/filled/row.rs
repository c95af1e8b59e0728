//! The rows of a sheet that the rows of a form make.

use super::{
    Reading,
    carried::{KnownRow, Made, Piece},
    places::{TablePlace, cell, said},
};
use crate::{
    arguments,
    catalog::beside,
    intake::{
        cell::{Note, coerce},
        columns::{Cell, Collector},
        plan::{ColumnPlan, SheetPlan},
        raw::{Fault, Raw, RowBuf},
        rows::{Remark, Remarks},
    },
    model::{Table, Value},
};
use std::{borrow::Cow, sync::Arc};

/// A number differs from the one that was written by more than a spreadsheet's own rounding.
const ROUNDING: f64 = 1e-6;

/// The rows made of one table.
pub(super) struct MadeRows<'f> {
    own: Reading<'f>,
    sheet: &'f SheetPlan,
    place: &'f TablePlace,
    /// The fields that are filled in, each with its column now and as it was written, and whether a number stood there.
    cells: Vec<(usize, u32, u32, bool)>,
    fields: Vec<(usize, &'f [Piece])>,
    /// The fields stand in the row itself, where anything wrong with them is told.
    lists: bool,
    /// The column at whose cell everything else of a made row is told.
    anchor: u32,
    rows: Vec<MadeRow>,
}

/// A row of the sheet.
struct MadeRow {
    row: u32,
    cells: Vec<Cell>,
    repaired: bool,
    rejected: bool,
}

impl<'f> MadeRows<'f> {
    /// Of a row that the table makes; `None` where none of its columns is there, or its sheet is not known any more.
    pub fn new(made: &'f Made, lists: bool, place: &'f TablePlace, own: Reading<'f>) -> Option<MadeRows<'f>> {
        let at = own.plan.sheets.iter().position(|sheet| *sheet.id == *made.sheet)?;
        let sheet = &own.plan.sheets[at];
        let field = |name: &str| sheet.fields.iter().position(|field| **field == *name);
        let cells: Vec<(usize, u32, u32, bool)> = made
            .cells
            .iter()
            .filter_map(|cell| Some((field(&cell.field)?, place.column(cell.col)?, cell.col, cell.over_a_number)))
            .collect();
        let anchor = cells.first()?.1;
        let fields = made.fields.iter().filter_map(|(name, pieces)| Some((field(name)?, pieces.as_slice()))).collect();
        Some(MadeRows { own, sheet, place, cells, fields, lists, anchor, rows: Vec::new() })
    }

    /// The first column of a row that somebody filled in.
    pub fn filled(&self, row: &RowBuf, known: Option<&KnownRow>) -> Option<u32> {
        let filled = |(_, now, written, over): &&(usize, u32, u32, bool)| {
            let Some(raw) = cell(row, *now) else { return false };
            let was = known.and_then(|known| known.was.get(written)).filter(|_| *over);
            match (raw, was) {
                (Raw::Number { value, .. }, Some(was)) => (value - was).abs() > ROUNDING * was.abs().max(1.0),
                _ => true,
            }
        };
        self.cells.iter().find(filled).map(|(_, now, ..)| *now)
    }

    /// The first column of a row of totals that somebody filled in: a number that is neither what stood there nor the sum of the
    /// `others` now.
    pub fn filled_in_sum(&self, row: &RowBuf, known: &KnownRow, others: &[&RowBuf]) -> Option<u32> {
        let number = |row: &RowBuf, col: u32| match cell(row, col) {
            Some(Raw::Number { value, .. }) => Some(*value),
            _ => None,
        };
        let differs = |a: f64, b: f64| (a - b).abs() > ROUNDING * b.abs().max(1.0);
        let filled = |(_, now, written, over): &&(usize, u32, u32, bool)| {
            let Some(own) = number(row, *now).filter(|_| *over) else { return !*over && cell(row, *now).is_some() };
            let sum: f64 = others.iter().filter_map(|other| number(other, *now)).sum();
            differs(own, sum) && known.was.get(written).is_none_or(|was| differs(own, *was))
        };
        self.cells.iter().find(filled).map(|(_, now, ..)| *now)
    }

    /// Reads a row of the form: it makes one where somebody filled it in.
    pub fn read(&mut self, row: &RowBuf, known: Option<&KnownRow>, out: &mut Collector<'_>, remarks: &mut Remarks) {
        for (field, now, written, _) in self.cells.iter().filter(|(.., over)| *over) {
            let was = known.and_then(|known| known.was.get(written));
            if let Some(was) = was.filter(|_| cell(row, *now).is_none()) {
                let remark = Remark::new("H031", self.own.name, arguments! { "was" => was.to_string() });
                remarks.push(remark.at(row.row, Some(*now), &self.sheet.columns[*field].title));
            }
        }
        let Some(first) = self.filled(row, known) else { return };
        let mut made = MadeRow {
            row: row.row,
            cells: vec![Cell::Null; self.sheet.columns.len()],
            repaired: false,
            rejected: false,
        };
        for (field, now, ..) in &self.cells {
            let Some(raw) = cell(row, *now) else { continue };
            let column = &self.sheet.columns[*field];
            let seen = row.seen(*now, raw, column.cell);
            self.take(&mut made, (*field, *now), &seen, out, remarks);
        }
        for (field, pieces) in &self.fields {
            if let Some(raw) = self.stands(pieces, row, known) {
                let told_at = self.place_of(pieces).unwrap_or(first);
                self.take_given(&mut made, (*field, told_at), &raw, out, remarks);
            }
        }
        let store = self.sheet.columns.len() - self.sheet.beside + beside::STORE;
        if let Some(id) = self.own.of_group.filter(|id| !id.is_empty() && made.cells[store] == Cell::Null) {
            made.cells[store] = out.cell(&Value::from(id));
        }
        self.rows.push(made);
    }

    /// Where a field of a list stands.
    fn place_of(&self, pieces: &[Piece]) -> Option<u32> {
        match pieces {
            [Piece::Column(col)] if self.lists => self.place.column(*col),
            _ => None,
        }
    }

    /// What stands in a field that is not filled in: a cell as it is, or a text put together.
    fn stands<'r>(&self, pieces: &[Piece], row: &'r RowBuf, known: Option<&KnownRow>) -> Option<Cow<'r, Raw>> {
        let given = |col: &u32| known.and_then(|known| known.given.get(col));
        let now = |col: &u32| self.place.column(*col).and_then(|col| cell(row, col));
        if let [Piece::Column(col)] = pieces
            && given(col).is_none()
        {
            return now(col).map(Cow::Borrowed);
        }
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Column(col) => {
                given(col).cloned().or_else(|| now(col).map(said)).unwrap_or_default().trim().to_owned()
            }
        };
        let texts: Vec<String> = pieces.iter().map(text).collect();
        let named = pieces.iter().zip(&texts).filter(|(piece, _)| matches!(piece, Piece::Column(_)));
        let (named, empty) =
            named.fold((0, 0), |(named, empty), (_, text)| (named + 1, empty + usize::from(text.is_empty())));
        let whole = texts.concat();
        let nothing = whole.is_empty() || (named > 0 && named == empty);
        (!nothing).then(|| Cow::Owned(Raw::Text(whole.into())))
    }

    /// A cell that somebody filled in.
    fn take(
        &self,
        made: &mut MadeRow,
        (field, col): (usize, u32),
        raw: &Raw,
        out: &mut Collector<'_>,
        remarks: &mut Remarks,
    ) {
        let notes = self.coerced(made, field, raw, out);
        made.repaired |= notes.iter().any(|note| matches!(note.code, "C001" | "C002" | "C017"));
        self.tell(made, (field, col), notes, remarks);
    }

    /// What the form gives: nobody has to be told how it was written.
    fn take_given(
        &self,
        made: &mut MadeRow,
        (field, col): (usize, u32),
        raw: &Raw,
        out: &mut Collector<'_>,
        remarks: &mut Remarks,
    ) {
        let mut notes = self.coerced(made, field, raw, out);
        notes.retain(|note| self.own.plan.is_error(note.code));
        self.tell(made, (field, col), notes, remarks);
    }

    fn coerced(&self, made: &mut MadeRow, field: usize, raw: &Raw, out: &mut Collector<'_>) -> Vec<Note> {
        let coerced = coerce(raw, &self.sheet.columns[field], self.own.around);
        made.cells[field] = out.cell(&coerced.value);
        coerced.notes
    }

    fn tell(&self, made: &mut MadeRow, (field, col): (usize, u32), notes: Vec<Note>, remarks: &mut Remarks) {
        let column: &ColumnPlan = &self.sheet.columns[field];
        for note in notes {
            let nothing = column.describes && made.cells[field] == Cell::Null;
            made.rejected |= self.own.plan.is_error(note.code) && !nothing;
            let remark = Remark::new(note.code, self.own.name, note.args);
            remarks.push(remark.at(made.row, Some(col), &column.title));
        }
    }

    /// Hands the rows on, if there are any.
    ///
    /// # Errors
    /// When they cannot be handed on.
    pub fn finish(self, header_row: u32, out: &mut Collector<'_>) -> Result<(), Fault> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let store = self.sheet.columns.len() - self.sheet.beside + beside::STORE;
        let required =
            self.sheet.columns.iter().enumerate().filter(|(_, column)| column.needed).map(|(field, _)| field);
        let of_group = self.own.of_group.map(|_| store);
        let mut columns: Vec<Option<u32>> = vec![None; self.sheet.columns.len()];
        for field in self.fields.iter().map(|(field, _)| *field).chain(required).chain(of_group) {
            columns[field] = Some(self.anchor);
        }
        for (field, pieces) in &self.fields {
            columns[*field] = self.place_of(pieces).or(columns[*field]);
        }
        self.cells.iter().for_each(|(field, now, ..)| columns[*field] = Some(*now));
        let (kind, sheet): (Arc<str>, Arc<str>) = (self.sheet.id.clone(), self.own.name.clone());
        out.begin(Table { kind, sheet, columns, header_row, rows: Vec::new(), of_form: true })?;
        for MadeRow { row, cells, repaired, rejected } in &self.rows {
            out.row(*row, cells, *repaired, *rejected)?;
        }
        Ok(())
    }
}
