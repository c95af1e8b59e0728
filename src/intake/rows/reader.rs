//! The rows of one sheet, one by one.

use super::{Remark, Remarks, filled_down::FilledDown, is_blank, is_total, untitled::Untitled};
use crate::{
    arguments,
    catalog::CellType,
    intake::{
        cell::{Surroundings, coerce},
        columns::{Cell, Collector},
        header::Header,
        memo::Memo,
        plan::{ColumnPlan, Plan, SheetPlan},
        raw::{Fault, Merge, Raw, RowBuf},
        title::{Title, normal},
    },
    model::{Argument, Table, Value, carried::is_list_number},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Rows below the header in which an example may have been left.
const EXAMPLES: u32 = 3;
/// Cells of a row that are those of the example before the row is taken for it.
const ENOUGH: usize = 4;

/// Rows below the header in which notes may stand.
const NOTES: u32 = 2;

/// Whether a text lists several of a column's values and nothing else.
fn lists_values(text: &str, column: &ColumnPlan) -> bool {
    let mut parts = text.split(['/', '、', ',', '，', '|', ';', '；']).map(normal).filter(|part| !part.is_empty());
    let known = |part: String| column.spellings.contains_key(&part);
    text.contains(['/', '、', ',', '，', '|', ';', '；']) && !column.spellings.is_empty() && parts.all(known)
}

/// What the rows of a sheet are read by.
#[derive(Clone)]
pub(in crate::intake) struct Sheet<'p> {
    pub name: &'p Arc<str>,
    pub plan: &'p SheetPlan,
    /// Which codes are errors.
    pub codes: &'p Plan,
    pub around: Surroundings,
    pub merged: Vec<Merge>,
    /// See [`crate::intake::raw::RowSource::separated`].
    pub separated: bool,
}

/// Reads the rows of a sheet under its header.
pub(in crate::intake) struct TableReader<'p, 'o, 'e> {
    pub sheet: &'p SheetPlan,
    pub plan: &'p Plan,
    pub name: Arc<str>,
    /// What each sheet column holds.
    pub columns: Vec<Option<Source>>,
    /// For each field, the sheet column that holds it.
    places: Vec<Option<u32>>,
    pub header: Header,
    pub out: &'o mut Collector<'e>,
    pub remarks: &'o mut Remarks,
    /// The row at hand, and whether a cell of it stood in the field's column, readable or not.
    cells: Vec<Cell>,
    filled: Vec<bool>,
    /// The characters with which titles of this sheet begin.
    initials: BTreeSet<char>,
    /// The header leaves open what stands where: rows are counted and not read.
    pub unusable: bool,
    merged: FilledDown,
    untitled: Untitled,
    /// Rows above the header that read like data.
    pub above: Vec<u32>,
    /// The fields of the header, where it is a record of a text.
    fields: u32,
    /// The first column, in the row at hand, that holds the lines which a quote swallowed: what stands from there on belongs to
    /// several rows, and all that would be said of it has one cause.
    swallowed_from: u32,
    /// What the rows have in a column that the sheet has across.
    fixed: Option<(usize, Cell)>,
    around: Surroundings,
}

/// A quote made one field of several lines.
const SWALLOWED: &str = "W022";

/// The first cell with more than one line in it.
fn first_with_lines(row: &RowBuf) -> Option<u32> {
    let lines = |raw: &Raw| matches!(raw, Raw::Text(text) if text.contains(['\n', '\r']));
    row.cells.iter().find(|(_, raw)| lines(raw)).map(|(col, _)| *col)
}

/// What is wrong with a row as a record of a text under a header of so many fields.
fn torn(row: &RowBuf, titles: u32) -> Option<(&'static str, Vec<Argument>)> {
    let record = row.record?;
    let most = titles.max(record.usual);
    if let Some((first, last)) = record.swallowed {
        return Some((SWALLOWED, arguments! { "first" => u64::from(first), "last" => u64::from(last) }));
    }
    let surplus = (titles > 0 && record.fields > most).then(|| record.fields - most)?;
    Some(("W021", arguments! { "fields" => u64::from(record.fields), "surplus" => u64::from(surplus) }))
}

/// A sheet column that holds a field.
pub(in crate::intake) struct Source {
    pub field: usize,
    pub memo: Memo,
}

impl<'p, 'o, 'e> TableReader<'p, 'o, 'e> {
    /// Begins the table of a header; `first` are the first rows of the sheet.
    ///
    /// # Errors
    /// When rows cannot be handed on.
    pub fn new(
        header: Header,
        first: &[RowBuf],
        own: Sheet<'p>,
        out: &'o mut Collector<'e>,
        remarks: &'o mut Remarks,
    ) -> Result<Self, Fault> {
        let sheet = own.plan;
        let width = header.columns.iter().flatten().map(|(col, _)| *col as usize + 1).max().unwrap_or(0);
        let mut columns: Vec<Option<Source>> = (0..width).map(|_| None).collect();
        for (field, column) in header.columns.iter().enumerate() {
            if let Some((col, scale)) = column {
                let memo = Memo::new(Surroundings { scale: *scale, ..own.around });
                columns[*col as usize] = Some(Source { field, memo });
            }
        }
        let places: Vec<Option<u32>> = header.columns.iter().map(|column| column.map(|(col, _)| col)).collect();
        out.begin(Table {
            kind: sheet.id.clone(),
            sheet: own.name.clone(),
            columns: places.clone(),
            header_row: header.row,
            rows: Vec::new(),
            of_form: false,
        })?;
        let titles = sheet.titles.keys().chain(sheet.synonyms.keys());
        let record = first.iter().find(|row| row.row == header.row).and_then(|row| row.record);
        let above = first.iter().find(|row| row.row + 1 == header.row);
        let untitled = Untitled::new(header.titled(above), &header, first, own.separated);
        Ok(TableReader {
            sheet,
            plan: own.codes,
            name: own.name.clone(),
            columns,
            places,
            merged: FilledDown::new(&own.merged, &header),
            header,
            out,
            remarks,
            cells: vec![Cell::Null; sheet.columns.len()],
            filled: vec![false; sheet.columns.len()],
            initials: titles.filter_map(|title| title.chars().next()).collect(),
            unusable: false,
            untitled,
            above: Vec::new(),
            fields: record.map_or(0, |record| record.fields),
            swallowed_from: u32::MAX,
            fixed: None,
            around: own.around,
        })
    }

    /// Every row has this value in a column that stands across; rows of a month that is not known cannot be read.
    pub fn fix(&mut self, field: usize, value: &Value) {
        self.unusable = value.is_null();
        self.fixed = Some((field, self.out.cell(value)));
    }

    /// Reads a row below the header.
    ///
    /// # Errors
    /// When rows cannot be handed on.
    pub fn read(&mut self, row: &RowBuf) -> Result<(), Fault> {
        if self.header.absent {
            return self.read_unknown(row);
        }
        let holds_field = |col: u32| self.columns.get(col as usize).is_some_and(Option::is_some);
        let known = row.cells.iter().filter(|(col, raw)| holds_field(*col) && !is_blank(raw)).count();
        if self.repeats_header(row) || is_total(row) {
            return Ok(());
        }
        if self.is_note(row) {
            self.remarks.push(Remark::new("H025", &self.name, Vec::new()).at(row.row, None, &"".into()));
            return Ok(());
        }
        if self.is_header(row) {
            if !self.header.is_said_again(row, self.sheet) {
                self.remarks.push(Remark::new("H007", &self.name, Vec::new()).at(row.row, None, &"".into()));
                self.unusable = true;
            }
            return Ok(());
        }
        if known < self.sheet.columns.len().min(2) {
            if known > 0 {
                self.remarks.push(Remark::new("H006", &self.name, Vec::new()).at(row.row, None, &"".into()));
            }
            return Ok(());
        }
        self.cells.fill(Cell::Null);
        if self.unusable {
            return self.out.row(row.row, &self.cells, false, true);
        }
        let torn = self.is_torn(row, self.fields);
        let (mut repaired, mut rejected) = (false, torn.is_some_and(|code| self.plan.is_error(code)));
        let swallows = torn == Some(SWALLOWED) && rejected;
        self.swallowed_from = first_with_lines(row).filter(|_| swallows).unwrap_or(u32::MAX);
        self.filled.fill(false);
        for (col, raw) in &row.cells {
            let raw = &*self.seen(row, *col, raw);
            if !is_blank(raw) {
                self.merged.note(row.row, *col, raw);
            }
            if self.take(row.row, *col, raw, &mut repaired, &mut rejected) {
                continue;
            }
            // What is said of the row as a record is not said of its last cell once more.
            if !is_blank(raw) && self.untitled.note(row.row, *col, raw) && torn.is_none() {
                rejected |= self.plan.is_error("H022");
                let remark = Remark::new("H022", &self.name, arguments! { "titles" => self.untitled.titles() });
                self.remarks.push(remark.at(row.row, Some(*col), &"".into()));
            }
        }
        for (col, raw, range) in self.merged.missing(row) {
            let Some(Some(source)) = self.columns.get(col as usize) else { continue };
            let title = self.sheet.columns[source.field].title.clone();
            self.take(row.row, col, &raw, &mut repaired, &mut rejected);
            repaired = true;
            if let Some((first_row, range)) = range {
                let remark = Remark::new("C019", &self.name, arguments! { "range" => range });
                self.remarks.push(remark.at(first_row, Some(col), &title));
            }
        }
        if self.is_example(row) {
            self.remarks.push(Remark::new("H008", &self.name, Vec::new()).at(row.row, None, &"".into()));
            return Ok(());
        }
        if let Some((field, cell)) = self.fixed {
            self.cells[field] = cell;
        }
        if self.is_left_alone(row) {
            return Ok(());
        }
        for (field, column) in self.sheet.columns.iter().enumerate() {
            let lacks = |col: &u32| column.required && !self.filled[field] && *col < self.swallowed_from;
            if let Some(col) = self.places[field].filter(lacks) {
                rejected |= self.plan.is_error("C007");
                let remark = Remark::new("C007", &self.name, Vec::new());
                self.remarks.push(remark.at(row.row, Some(col), &column.title));
            }
        }
        self.out.row(row.row, &self.cells, repaired, rejected)
    }

    /// A cell as its column takes it.
    fn seen<'r>(&self, row: &RowBuf, col: u32, raw: &'r Raw) -> Cow<'r, Raw> {
        match self.columns.get(col as usize) {
            Some(Some(source)) => row.seen(col, raw, self.sheet.columns[source.field].cell),
            _ => Cow::Borrowed(raw),
        }
    }

    /// Says what is wrong with a record of a text that is cut otherwise than its titles, so that its values stand under the
    /// wrong ones; gives the code.
    pub fn is_torn(&mut self, row: &RowBuf, titles: u32) -> Option<&'static str> {
        let (code, args) = torn(row, titles)?;
        self.remarks.push(Remark::new(code, &self.name, args).at(row.row, None, &"".into()));
        Some(code)
    }

    /// Reads a cell; `false` when its column holds no field.
    fn take(&mut self, row: u32, col: u32, raw: &Raw, repaired: &mut bool, rejected: &mut bool) -> bool {
        let Some(Some(Source { field, memo })) = self.columns.get_mut(col as usize) else { return false };
        let column = &self.sheet.columns[*field];
        self.untitled.known(col, raw);
        let (cell, notes) = memo.cell(raw, column, self.out);
        self.cells[*field] = cell;
        self.filled[*field] = cell != Cell::Null;
        for note in notes {
            let error = self.plan.is_error(note.code);
            *rejected |= error && !(column.describes && cell == Cell::Null);
            // A placeholder such as "-" is a repaired empty cell: it may still be required.
            self.filled[*field] |= error;
            *repaired |= matches!(note.code, "C001" | "C002" | "C017");
            if col >= self.swallowed_from {
                continue;
            }
            let remark = Remark::new(note.code, &self.name, note.args);
            self.remarks.push(remark.at(row, Some(col), &column.title));
        }
        true
    }

    /// Whether a row right below the header is the example that our own guide shows: every cell of it is its column's.
    fn is_example(&mut self, row: &RowBuf) -> bool {
        // No example of ours stands with months across.
        if row.row > self.header.row + EXAMPLES || self.fixed.is_some() {
            return false;
        }
        // Most rows are told by their first text.
        let field_of = |col: u32| self.columns.get(col as usize)?.as_ref().map(|source| source.field);
        let first = row.cells.iter().find_map(|(col, raw)| match raw {
            Raw::Text(text) => Some((field_of(*col)?, text)),
            _ => None,
        });
        if first.is_none_or(|(field, text)| *text.trim() != *self.sheet.columns[field].example) {
            return false;
        }
        let mut alike = 0;
        for (cell, column) in self.cells.iter().zip(&self.sheet.columns) {
            if *cell == Cell::Null {
                continue;
            }
            let example = coerce(&Raw::Text(column.example.clone()), column, self.around);
            if self.out.cell(&example.value) != *cell {
                return false;
            }
            alike += 1;
        }
        let shown = |(column, place): (&ColumnPlan, &Option<u32>)| place.is_some() && !column.example.is_empty();
        let shown = self.sheet.columns.iter().zip(&self.places).filter(|both| shown(*both)).count();
        alike >= shown.min(ENOUGH)
    }

    /// Whether a row of a worklist was left as it was written: it bears a list's number and says nothing beyond what lists fill
    /// in ahead. A list that was copied out of its workbook is read as any sheet.
    fn is_left_alone(&self, row: &RowBuf) -> bool {
        let listed = &self.sheet.listed;
        let field_of = |col: u32| self.columns.get(col as usize)?.as_ref().map(|source| source.field);
        let numbered = |(col, raw): &(u32, Raw)| {
            matches!(raw, Raw::Text(text) if is_list_number(text))
                && field_of(*col).is_some_and(|at| listed.contains(&at))
        };
        !listed.is_empty()
            && self.filled.iter().enumerate().all(|(field, filled)| !filled || listed.contains(&field))
            && row.cells.iter().any(numbered)
    }

    /// Whether a row right below the header says how to fill the columns: nearly all of its cells are such notes, a title of a
    /// type, or all the values of a category, and none could be data.
    fn is_note(&self, row: &RowBuf) -> bool {
        if row.row > self.header.row + NOTES || self.fixed.is_some() {
            return false;
        }
        let (mut notes, mut others) = (0, 0);
        for (col, raw) in row.cells.iter().filter(|(_, raw)| !is_blank(raw)) {
            let Some(Some(source)) = self.columns.get(*col as usize) else { continue };
            let Raw::Text(text) = raw else { return false };
            let column = &self.sheet.columns[source.field];
            if self.plan.is_note(text) || lists_values(text, column) {
                notes += 1;
                continue;
            }
            let coerced = coerce(raw, column, self.around);
            if !coerced.value.is_null() && !matches!(column.cell, CellType::Text | CellType::CustomerKey) {
                return false;
            }
            others += 1;
        }
        notes >= 2 && notes > others * 3
    }

    /// Counts a row of a sheet whose header is gone.
    fn read_unknown(&mut self, row: &RowBuf) -> Result<(), Fault> {
        let filled = row.cells.iter().filter(|(_, raw)| !is_blank(raw)).count();
        if filled < self.sheet.columns.len().min(2) || is_total(row) {
            return Ok(());
        }
        self.cells.fill(Cell::Null);
        self.out.row(row.row, &self.cells, false, true)
    }

    /// Says what is to be said of the sheet as a whole.
    pub fn finish(self) {
        let (name, header) = (&self.name, self.header.row);
        if !self.above.is_empty() {
            let args = arguments! { "rows" => super::above::spans(&self.above), "header" => u64::from(header) };
            self.remarks.push(Remark::new("H019", name, args).at(header, None, &"".into()));
        }
        self.untitled.remarks(name, header).into_iter().for_each(|remark| self.remarks.push(remark));
    }

    /// Whether a row says the header again: its texts are those of the header, in their columns.
    fn repeats_header(&self, row: &RowBuf) -> bool {
        let same = |texts: &BTreeMap<u32, String>| {
            let mut hits = 0;
            for (col, raw) in &row.cells {
                match raw {
                    Raw::Text(text) if texts.get(col).is_some_and(|title| title == text.trim()) => hits += 1,
                    _ if is_blank(raw) => {}
                    _ if hits == 0 => return false,
                    _ => hits -= 1,
                }
            }
            hits >= 2
        };
        self.header.texts.iter().any(same)
    }

    /// Whether a text is one of the titles. One of Chinese characters alone is compared as it stands, or without a unit, so
    /// its first has to be a title's.
    fn is_title(&self, text: &str) -> bool {
        let known = |form: &str| self.sheet.titles.contains_key(form) || self.sheet.synonyms.contains_key(form);
        let plain = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        if text.chars().all(plain) && !text.chars().next().is_some_and(|first| self.initials.contains(&first)) {
            return false;
        }
        known(text) || Title::of(text).forms.iter().any(|form| known(form))
    }

    /// Whether a row is another header: nearly all of it are titles of this sheet. Where its columns stand in another
    /// order, what stands below it cannot be told by the first header.
    fn is_header(&self, row: &RowBuf) -> bool {
        let filled = row.cells.iter().filter(|(_, raw)| !is_blank(raw));
        let (mut titles, mut others) = (0, 0);
        for (_, raw) in filled {
            match raw {
                // Titles are short and have no digits; most cells of a data row are told by that alone.
                Raw::Text(text)
                    if text.len() <= 60 && !text.bytes().any(|b| b.is_ascii_digit()) && self.is_title(text) =>
                {
                    titles += 1;
                }
                _ => others += 1,
            }
            if others > 1 {
                return false;
            }
        }
        titles >= 3
    }
}
