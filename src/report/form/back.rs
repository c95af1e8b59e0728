//! How what is filled into a table of a form comes back next week: the rows of sheets that a row of the table makes, and what
//! the table knows of the row besides what it shows. A worksheet carries this along; `intake` reads it.

use super::Filler;
use crate::{
    catalog::{
        beside,
        form::{BackField, BackKnown, BackPart, Block, Body, FieldText, RowKind, Shows},
    },
    model::{Grain, Period},
    report::table::{
        Cell, Column, Medium, Table,
        form::{Only, rows::nth_value},
    },
};
use std::sync::Arc;

/// What comes back of a table.
#[derive(Debug, Default)]
pub(crate) struct Returning {
    /// The rows of sheets that a row of it makes.
    pub rows_made: Vec<RowMade>,
    /// For each row what stands in columns that a made row needs, by the table's column; `None`: the row sums others, or
    /// stands for nothing that could come back.
    pub given: Vec<Option<Vec<(usize, String)>>>,
    /// The rows say all that a made row needs, and are read as they stand: `given` is empty.
    pub lists: bool,
}

/// A row of a sheet that a row of a table makes.
#[derive(Debug)]
pub(crate) struct RowMade {
    /// The sheet.
    pub sheet: Arc<str>,
    /// The table's columns that are filled in, each with its field.
    pub cells: Vec<(Arc<str>, usize)>,
    /// The other fields.
    pub fields: Vec<(Arc<str>, Vec<Piece>)>,
}

/// A piece of what stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// What stands in a column of the table.
    Column(usize),
}

/// What comes back of the table of a block; `None` where nothing does.
pub(crate) fn returning(
    filler: &Filler<'_, '_>,
    block: &Block,
    at: usize,
    table: &Table<'_>,
    only: Only<'_>,
) -> Option<Box<Returning>> {
    let by_store = filler.is_by_store(block);
    let rows_made = rows_made(filler, block, &table.columns, by_store, only);
    if rows_made.is_empty() {
        return None;
    }
    let mut wanted: Vec<usize> = rows_made
        .iter()
        .flat_map(|made| &made.fields)
        .flat_map(|(_, pieces)| pieces)
        .filter_map(|piece| match piece {
            Piece::Column(column) => Some(*column),
            Piece::Text(_) => None,
        })
        .filter(|column| !table.columns[*column].to_fill)
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let sums_others = |name: &Option<Arc<str>>| matches!(&block.body, Body::Sums(sums) if name.is_none() && (by_store || sums.rows != RowKind::One));
    let given = table.rows.iter().enumerate().map(|(nth, row)| {
        if sums_others(&row.name) {
            return None;
        }
        let text = |column: &usize| match (&row.name, *column) {
            (Some(name), 0) if matches!(block.body, Body::Sums(_)) => name.to_string(),
            _ => known(filler, block, at, nth, table.columns.get(*column), row.cells.get(*column)),
        };
        Some(wanted.iter().map(|column| (*column, text(column))).collect())
    });
    Some(Box::new(Returning { given: given.collect(), rows_made, lists: false }))
}

/// One row for each sheet, and of columns with additions one for each of these.
fn rows_made(
    filler: &Filler<'_, '_>,
    block: &Block,
    columns: &[Column<'_>],
    by_store: bool,
    only: Only<'_>,
) -> Vec<RowMade> {
    let mut made: Vec<(RowMade, Apart<'_>)> = Vec::new();
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.is_on(Medium::Sheet)) {
        let Some(own) = column.of_form else { continue };
        let Some(of) = own.comes_back_as() else { continue };
        let cell = (of.field.clone(), at);
        // What is over is written over no more.
        if own.fill.is_some() && !column.to_fill {
            continue;
        }
        let apart = Apart { with: &own.with, period: column.period };
        let holds = |row: &&mut (RowMade, Apart<'_>)| {
            row.0.sheet == of.sheet && row.1 == apart && !row.0.cells.iter().any(|(field, _)| *field == of.field)
        };
        match made.iter_mut().find(holds) {
            Some((row, _)) => row.cells.push(cell),
            None => {
                made.push((RowMade { sheet: of.sheet.clone(), cells: vec![cell], fields: Vec::new() }, apart));
            }
        }
    }
    for (row, Apart { with, period }) in &mut made {
        let knows = Knows { filler, period: period.unwrap_or(filler.base()), only };
        let whose = by_store.then(|| (beside::STORE_FIELD.into(), vec![Piece::Column(0)]));
        row.fields = with.iter().map(|own| (own.field.clone(), vec![Piece::Text(own.text.to_string())])).collect();
        row.fields.extend(whose);
        let Some(back) = block.back.iter().find(|back| back.sheet == row.sheet) else { continue };
        let of_store = back.by_store.iter().filter(|_| by_store);
        for field in of_store.chain(&back.fields) {
            let there = row.fields.iter().any(|(own, _)| *own == field.field)
                || row.cells.iter().any(|(own, _)| *own == field.field);
            if !there {
                row.fields.push((field.field.clone(), knows.pieces(block, columns, field)));
            }
        }
    }
    made.into_iter().map(|(row, _)| row).collect()
}

/// What tells the rows that one row of a table makes in one sheet apart.
#[derive(PartialEq)]
struct Apart<'f> {
    /// The additions of their columns.
    with: &'f [FieldText],
    /// The period that their columns are of.
    period: Option<Period>,
}

/// What a table knows of all rows that come back of it.
struct Knows<'f, 'l, 'a> {
    filler: &'f Filler<'l, 'a>,
    period: Period,
    only: Only<'f>,
}

impl Knows<'_, '_, '_> {
    fn pieces(&self, block: &Block, columns: &[Column<'_>], field: &BackField) -> Vec<Piece> {
        let filler = self.filler;
        let of_block = |at: usize| {
            let own = block.columns.get(at)?;
            columns.iter().position(|column| column.of_form.is_some_and(|of| std::ptr::eq(of, own)))
        };
        let cutoff = filler.lookup().edition.cutoff.date();
        let piece = |part: &BackPart| match part {
            BackPart::Text(text) => Some(Piece::Text(text.to_string())),
            BackPart::Column(at) => of_block(*at).map(Piece::Column),
            BackPart::Known(BackKnown::Row) => Some(Piece::Column(0)),
            BackPart::Known(known) => Some(Piece::Text(match known {
                BackKnown::Store | BackKnown::Row => filler.scope().1.to_owned(),
                BackKnown::Period => period(self.period),
                BackKnown::Apart => self.only.column.map_or_else(String::new, ToString::to_string),
                BackKnown::Cutoff => cutoff.to_string(),
                BackKnown::CutoffMonth => Period::of(Grain::Month, cutoff).to_string(),
                BackKnown::Form => filler.form().title.zh.clone(),
            })),
        };
        field.of.iter().filter_map(piece).collect()
    }
}

/// A form's period as sheets of months write it.
fn period(base: Period) -> String {
    match base.grain {
        Grain::Week => Period::of(Grain::Month, base.thursday()).to_string(),
        _ => base.to_string(),
    }
}

/// What a cell holds, in full: a page may mask it, a worksheet may convert it to the other script.
fn known(
    filler: &Filler<'_, '_>,
    block: &Block,
    at: usize,
    nth: usize,
    column: Option<&Column<'_>>,
    cell: Option<&Cell<'_>>,
) -> String {
    let own = column.and_then(|column| column.of_form);
    let place = own.and_then(|own| block.columns.iter().position(|column| std::ptr::eq(column, own)));
    let in_full = match (&block.body, own.map(|own| &own.shows), place) {
        (Body::Rows(_), Some(Shows::Value(_)), Some(place)) => filler
            .filled(at)
            .and_then(|filled| filled.rows.get(nth))
            .and_then(|row| row.cells.get(nth_value(block, place)))
            .map(|value| value.display()),
        (Body::Lines(lines), Some(Shows::Text(name)), _) => {
            lines.lines.get(nth).and_then(|line| line.texts.get(name)).map(|text| text.zh.clone())
        }
        _ => None,
    };
    in_full.or_else(|| cell.map(shown)).unwrap_or_default()
}

/// What a cell of a worksheet holds, as text.
pub(crate) fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) | Cell::Link(text, _) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Mark(mark) => {
            if mark.text.is_empty() {
                mark.word.to_string()
            } else {
                mark.text.to_string()
            }
        }
        Cell::Value(value) => value.number.map_or_else(String::new, |number| number.to_string()),
        Cell::Blank | Cell::Entry | Cell::Trend(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Catalog, report::privacy};

    #[test]
    fn no_customer_comes_back_in_a_column_that_is_not_personal() {
        let (catalog, _) = Catalog::load(None).expect("embedded definitions load");
        let mut wrong = Vec::new();
        for (form, block) in catalog.forms.iter().flat_map(|form| form.blocks.iter().map(move |block| (form, block))) {
            let Body::Rows(listing) = &block.body else { continue };
            for back in &block.back {
                let sheet = catalog.sheet(&back.sheet).expect("a sheet");
                for field in &back.fields {
                    let personal = sheet.field(&field.field).is_some_and(|at| sheet.columns[at].personal.is_some());
                    for part in &field.of {
                        let BackPart::Column(at) = part else { continue };
                        let class = match &block.columns[*at].shows {
                            Shows::Value(value) => privacy::class_of(&catalog, &listing.fact, &value.sql),
                            _ => None,
                        };
                        if class.is_some() && !personal {
                            wrong.push(format!("{}: {}.{}", form.id, back.sheet, field.field));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn every_column_that_comes_back_has_its_row() {
        let (catalog, _) = Catalog::load(None).expect("embedded definitions load");
        let mut wrong = Vec::new();
        for (form, block) in catalog.forms.iter().flat_map(|form| form.blocks.iter().map(move |block| (form, block))) {
            for column in &block.columns {
                let Some(of) = column.comes_back_as() else { continue };
                let sheet = catalog.sheet(&of.sheet).expect("a sheet");
                let back = block.back.iter().find(|back| back.sheet == of.sheet);
                let given = |field: &Arc<str>| {
                    back.is_some_and(|back| back.fields.iter().any(|own| own.field == *field))
                        || column.with.iter().any(|own| own.field == *field)
                        || block.columns.iter().any(|own| {
                            own.comes_back_as().is_some_and(|as_| as_.sheet == of.sheet && as_.field == *field)
                        })
                };
                // What is known by its key is completed from the row that has it.
                let by_key = sheet.keys.iter().chain([&Vec::new()]).any(|key| {
                    !key.is_empty()
                        && key.iter().all(|at| given(&sheet.columns[*at].field) || sheet.blank_in_key.contains(at))
                });
                let likeness =
                    !sheet.likeness.is_empty() && sheet.likeness.iter().all(|at| given(&sheet.columns[*at].field));
                let whole = sheet.columns.iter().filter(|own| own.required).all(|own| given(&own.field));
                if !(whole || by_key || likeness) {
                    wrong.push(format!("{}: {}.{}", form.id, of.sheet, of.field));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
