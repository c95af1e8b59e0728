//! What a workbook of forms carries along, read back.

use crate::{
    intake::{
        book::{Book, SheetHead},
        cell::typed,
        raw::{Fault, Raw, RowBuf},
    },
    model::carried as words,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The worksheets of a workbook of forms, as they were written.
#[derive(Debug, Default)]
pub(in crate::intake) struct Carried {
    /// Which of the workbook's sheets carries this.
    pub at: usize,
    /// The store's id; empty: the group's.
    pub store: String,
    /// The day of the cut-off.
    pub cutoff: Option<NaiveDate>,
    /// The worksheets.
    pub sheets: Vec<FormSheet>,
}

/// A worksheet.
#[derive(Debug, Default)]
pub(in crate::intake) struct FormSheet {
    /// Its name.
    pub name: String,
    /// Its title, in the first cell.
    pub title: String,
    pub tables: Vec<FormTable>,
    /// How its last lines begin.
    pub foot: Vec<String>,
}

/// A table of a worksheet. Rows count from 1, columns from 0.
#[derive(Debug, Default)]
pub(in crate::intake) struct FormTable {
    pub heading: String,
    pub header: u32,
    /// Rows of it above its header.
    pub lead: u32,
    pub rows: u32,
    pub titles: Vec<String>,
    /// Its rows are read as they stand.
    pub lists: bool,
    pub made: Vec<Made>,
    pub known: Vec<KnownRow>,
}

/// A row of a sheet that a row of the table makes.
#[derive(Debug, Default)]
pub(in crate::intake) struct Made {
    pub sheet: String,
    pub cells: Vec<MadeCell>,
    pub fields: Vec<(String, Vec<Piece>)>,
}

/// A column that is filled in.
#[derive(Debug)]
pub(in crate::intake) struct MadeCell {
    pub field: String,
    pub col: u32,
    /// Its numbers may be written over; else it was empty.
    pub over_a_number: bool,
}

/// A piece of what stands in a field.
#[derive(Debug)]
pub(in crate::intake) enum Piece {
    Text(String),
    Column(u32),
}

/// A row of the table.
#[derive(Debug, Default)]
pub(in crate::intake) struct KnownRow {
    pub row: u32,
    /// It sums others: nothing comes back of it.
    pub sums: bool,
    /// By what it is known again: columns and texts.
    pub key: Vec<(u32, String)>,
    /// What stands in columns that a made row needs.
    pub given: BTreeMap<u32, String>,
    /// The numbers that may be written over.
    pub was: BTreeMap<u32, f64>,
}

impl FormSheet {
    /// Whether anything could come back of it that is lost when it is gone: of a list only what was not filled in is thrown away.
    pub fn is_missed(&self) -> bool {
        self.tables.iter().any(|table| !table.made.is_empty() && !table.lists)
    }
}

/// What a workbook carries along; `None` for every other workbook, and for what cannot be understood.
///
/// # Errors
/// When the workbook is damaged.
pub(in crate::intake) fn carried(book: &mut dyn Book, sheets: &[SheetHead]) -> Result<Option<Carried>, Fault> {
    for (at, sheet) in sheets.iter().enumerate() {
        if !sheet.worksheet || !sheet.name.to_lowercase().starts_with(words::SHEET_NAME) {
            continue;
        }
        let mut source = match book.rows(at) {
            Ok(source) => source,
            Err(Fault::NoSheet(_)) => continue,
            Err(fault) => return Err(fault),
        };
        let mut row = RowBuf::default();
        let mut found = Carried { at, ..Carried::default() };
        let mut more = source.next_row(&mut row)?;
        if !more || !found.begin(&parts(&row)) {
            continue;
        }
        loop {
            more = source.next_row(&mut row)?;
            if !more {
                return Ok(Some(found));
            }
            found.add(&parts(&row));
        }
    }
    Ok(None)
}

/// The parts of a record.
fn parts(row: &RowBuf) -> Vec<String> {
    let last = row.cells.last().map_or(0, |(col, _)| *col as usize + 1);
    let mut parts = vec![String::new(); last];
    for (col, raw) in &row.cells {
        parts[*col as usize] = match raw {
            Raw::Text(text) | Raw::Error(text) => text.to_string(),
            Raw::Number { value, .. } => typed(*value),
            Raw::Bool(flag) => flag.to_string(),
            Raw::NoCache => String::new(),
        };
    }
    parts
}

/// Columns and what belongs to each, by turns.
fn pairs(parts: &[String]) -> impl Iterator<Item = (u32, &String)> {
    parts.chunks_exact(2).filter_map(|pair| Some((pair[0].parse().ok()?, &pair[1])))
}

impl Carried {
    /// The first record; `false` where it is none of ours, or of a later version.
    fn begin(&mut self, parts: &[String]) -> bool {
        let part = |at: usize| parts.get(at).map_or("", String::as_str);
        self.store = part(2).to_owned();
        self.cutoff = part(3).parse().ok();
        part(0) == words::MARK && part(1) == words::VERSION
    }

    /// A further record. What belongs nowhere is left out: its table then lacks it, which is told.
    fn add(&mut self, parts: &[String]) {
        let Some((kind, parts)) = parts.split_first() else { return };
        let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
        let number = |at: usize| part(at).parse::<u32>().unwrap_or_default();
        if kind == words::SHEET {
            self.sheets.push(FormSheet { name: part(0), title: part(1), ..FormSheet::default() });
            return;
        }
        let Some(sheet) = self.sheets.last_mut() else { return };
        if kind == words::FOOT {
            sheet.foot.push(part(0));
            return;
        }
        if kind == words::TABLE {
            let (heading, header, lead, rows) = (part(0), number(1), number(2), number(3));
            sheet.tables.push(FormTable { heading, header, lead, rows, ..FormTable::default() });
            return;
        }
        let Some(table) = sheet.tables.last_mut() else { return };
        match kind.as_str() {
            words::TITLES => table.titles = parts.to_vec(),
            words::LISTS => table.lists = true,
            words::MADE => table.made.push(Made { sheet: part(0), ..Made::default() }),
            words::HAND | words::FILL => {
                let cell = MadeCell { field: part(0), col: number(1), over_a_number: kind == words::FILL };
                if let Some(made) = table.made.last_mut() {
                    made.cells.push(cell);
                }
            }
            words::FIELD => {
                let piece = |text: &String| match text.strip_prefix('#') {
                    Some(column) => column.parse().ok().map(Piece::Column),
                    None => text.strip_prefix('=').map(|text| Piece::Text(text.to_owned())),
                };
                let pieces = parts.iter().skip(1).filter_map(piece).collect();
                if let Some(made) = table.made.last_mut() {
                    made.fields.push((part(0), pieces));
                }
            }
            words::ROW | words::SUM => {
                let key = pairs(parts.get(1..).unwrap_or_default()).map(|(col, text)| (col, text.clone())).collect();
                table.known.push(KnownRow { row: number(0), sums: kind == words::SUM, key, ..KnownRow::default() });
            }
            words::GIVEN => {
                if let Some(row) = table.known.last_mut() {
                    row.given = pairs(parts).map(|(col, text)| (col, text.clone())).collect();
                }
            }
            words::WAS => {
                if let Some(row) = table.known.last_mut() {
                    row.was = pairs(parts).filter_map(|(col, text)| Some((col, text.parse().ok()?))).collect();
                }
            }
            _ => {}
        }
    }
}
