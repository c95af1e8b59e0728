//! Turns the rows of one sheet into a typed table.
//!
//! Data rows are all rows below the header except blank ones, the header repeated, 合计/小计 rows (their first cell
//! says so and the rest are numbers), and rows with a single known cell (a note, a signature, a number filled in
//! ahead): a row with two known cells is always data.

use super::{
    cell::{Surroundings, excerpt},
    columns::{Cell, Collector},
    header::{self, HEADER_ROWS, Header},
    limits,
    memo::Memo,
    plan::{Plan, SheetPlan},
    raw::{Fault, Raw, RowBuf, RowSource},
    title::{Title, normal},
};
use crate::{
    arguments,
    model::{Argument, Message, Said, Table},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

/// Something found while reading, before the rule's words are put to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remark {
    /// The rule's code.
    pub code: Cow<'static, str>,
    /// The sheet; empty for the workbook.
    pub sheet: Arc<str>,
    /// Row from 1.
    pub row: Option<u32>,
    /// Column from 0.
    pub col: Option<u32>,
    /// The column's title, empty where none is meant.
    pub field: Arc<str>,
    /// Arguments of the message.
    pub args: Vec<Argument>,
}

impl Remark {
    /// About a whole workbook or sheet.
    pub fn new(code: &'static str, sheet: &Arc<str>, args: Vec<Argument>) -> Remark {
        Remark { code: code.into(), sheet: sheet.clone(), row: None, col: None, field: "".into(), args }
    }

    /// The same at a cell.
    pub fn at(mut self, row: u32, col: Option<u32>, field: &Arc<str>) -> Remark {
        (self.row, self.col, self.field) = (Some(row), col, field.clone());
        self
    }
}

/// The remarks about a workbook: those that are listed, and how many more there are.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    listed: Vec<Remark>,
    more: u64,
}

impl Remarks {
    /// Adds one.
    pub fn push(&mut self, remark: Remark) {
        if self.listed.len() < limits::REMARKS { self.listed.push(remark) } else { self.more += 1 }
    }

    /// Whether any of those listed has one of these codes.
    pub fn hold(&self, codes: &[&str]) -> bool {
        self.listed.iter().any(|remark| codes.contains(&&*remark.code))
    }

    /// All of them; the last says how many are not listed.
    pub fn into_list(mut self) -> Vec<Remark> {
        if self.more > 0 {
            self.listed.push(Remark::new("W016", &"".into(), arguments! { "count" => self.more }));
        }
        self.listed
    }
}

/// What a sheet turned out to be.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// No cell at all.
    Empty,
    /// None of the known kinds.
    Unknown,
    /// A known kind that cannot be read: the remarks say why.
    Unusable,
    /// A table.
    Read,
}

/// Reads one sheet: its rows go to `out`, what is to be said of it to `remarks`.
///
/// # Errors
/// When the sheet's data are damaged: the whole workbook is not to be trusted then.
pub(crate) fn read_sheet(
    source: &mut dyn RowSource,
    name: &Arc<str>,
    plan: &Plan,
    around: Surroundings,
    out: &mut Collector<'_>,
    remarks: &mut Remarks,
) -> Result<Outcome, Fault> {
    let mut first = Vec::new();
    let mut row = RowBuf::default();
    let mut more = source.next_row(&mut row)?;
    while more && row.row <= HEADER_ROWS {
        first.push(row.clone());
        more = source.next_row(&mut row)?;
    }
    if first.is_empty() && !more {
        return Ok(Outcome::Empty);
    }
    let Some(header) = header::find(&first, name, plan) else { return Ok(Outcome::Unknown) };
    let sheet = &plan.sheets[header.sheet];
    header_remarks(&header, name, sheet).into_iter().for_each(|remark| remarks.push(remark));
    // The sheet came, so the store sent it: without a header to go by its rows are counted, and none of them is known.
    let unusable = !header.twice.is_empty() || !header.missing.is_empty();
    let mut table = TableReader::new(header, name, sheet, plan, around, out, remarks)?;
    table.unusable = unusable;
    let above = |row: &&RowBuf| row.row <= table.header.row;
    let torn_above: Vec<RowBuf> = first.iter().filter(above).filter(|row| !torn(row, 0).is_empty()).cloned().collect();
    torn_above.iter().for_each(|row| {
        table.is_torn(row);
    });
    let titles = first.iter().find(|row| row.row == table.header.row).and_then(|row| row.record);
    table.fields = titles.map_or(0, |record| record.fields);
    for row in &first {
        if row.row > table.header.row {
            table.read(row)?;
        }
    }
    while more {
        table.read(&row)?;
        more = source.next_row(&mut row)?;
    }
    Ok(if unusable { Outcome::Unusable } else { Outcome::Read })
}

fn header_remarks(header: &Header, name: &Arc<str>, sheet: &SheetPlan) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (col, field) in &header.twice {
        let first = header.columns[*field].map_or(0, |(col, _)| col);
        let cell = crate::model::CellRef { row: header.row, col: first }.to_string();
        let remark = Remark::new("H001", name, arguments! { "first" => cell });
        remarks.push(remark.at(header.row, Some(*col), &sheet.columns[*field].title));
    }
    for field in &header.missing {
        let mut remark = Remark::new("H003", name, Vec::new());
        remark.field = sheet.columns[*field].title.clone();
        remarks.push(remark);
    }
    for (col, text) in &header.unknown {
        let nearest = header::nearest(text, sheet);
        let nearest = nearest.map(|title| Message::new("header.nearest").with("title", title));
        let args = arguments! {
            "header" => excerpt(text), "nearest" => nearest.map_or_else(|| Said::from(""), Said::from),
        };
        remarks.push(Remark::new("H002", name, args).at(header.row, Some(*col), &"".into()));
    }
    remarks
}

struct TableReader<'p, 'o, 'e> {
    sheet: &'p SheetPlan,
    plan: &'p Plan,
    name: Arc<str>,
    /// What each sheet column holds.
    columns: Vec<Option<Source>>,
    /// For each field, the sheet column that holds it.
    places: Vec<Option<u32>>,
    header: Header,
    out: &'o mut Collector<'e>,
    remarks: &'o mut Remarks,
    /// The row at hand, and whether a cell of it stood in the field's column, readable or not.
    cells: Vec<Cell>,
    filled: Vec<bool>,
    /// The characters with which titles of this sheet begin.
    initials: BTreeSet<char>,
    /// The header leaves open what stands where: rows are counted and not read.
    unusable: bool,
    /// The fields of the header, where it is a record of a text.
    fields: u32,
}

/// What is wrong with a row as a record of a text under a header of so many fields.
fn torn(row: &RowBuf, titles: u32) -> Vec<(&'static str, Vec<Argument>)> {
    let Some(record) = row.record else { return Vec::new() };
    let mut torn = Vec::new();
    if let Some((first, last)) = record.swallowed {
        torn.push(("W022", arguments! { "first" => u64::from(first), "last" => u64::from(last) }));
    } else if titles > 0 && record.fields > titles.max(record.usual) {
        let surplus = record.fields - titles.max(record.usual);
        torn.push(("W021", arguments! { "fields" => u64::from(record.fields), "surplus" => u64::from(surplus) }));
    }
    torn
}

/// A sheet column that holds a field.
struct Source {
    field: usize,
    memo: Memo,
}

impl<'p, 'o, 'e> TableReader<'p, 'o, 'e> {
    fn new(
        header: Header,
        name: &Arc<str>,
        sheet: &'p SheetPlan,
        plan: &'p Plan,
        around: Surroundings,
        out: &'o mut Collector<'e>,
        remarks: &'o mut Remarks,
    ) -> Result<Self, Fault> {
        let width = header.columns.iter().flatten().map(|(col, _)| *col as usize + 1).max().unwrap_or(0);
        let mut columns: Vec<Option<Source>> = (0..width).map(|_| None).collect();
        for (field, column) in header.columns.iter().enumerate() {
            if let Some((col, scale)) = column {
                let memo = Memo::new(Surroundings { scale: *scale, ..around });
                columns[*col as usize] = Some(Source { field, memo });
            }
        }
        let places: Vec<Option<u32>> = header.columns.iter().map(|column| column.map(|(col, _)| col)).collect();
        out.begin(Table {
            kind: sheet.id.clone(),
            sheet: name.clone(),
            columns: places.clone(),
            header_row: header.row,
            rows: Vec::new(),
        })?;
        let titles = sheet.titles.keys().chain(sheet.synonyms.keys());
        Ok(TableReader {
            sheet,
            plan,
            name: name.clone(),
            columns,
            places,
            header,
            out,
            remarks,
            cells: vec![Cell::Null; sheet.columns.len()],
            filled: vec![false; sheet.columns.len()],
            initials: titles.filter_map(|title| title.chars().next()).collect(),
            unusable: false,
            fields: 0,
        })
    }

    fn read(&mut self, row: &RowBuf) -> Result<(), Fault> {
        let holds_field = |col: u32| self.columns.get(col as usize).is_some_and(Option::is_some);
        let known = row.cells.iter().filter(|(col, raw)| holds_field(*col) && !is_blank(raw)).count();
        if self.repeats_header(row) || is_total(row) {
            return Ok(());
        }
        if self.is_another_header(row) {
            self.remarks.push(Remark::new("H007", &self.name, Vec::new()).at(row.row, None, &"".into()));
            self.unusable = true;
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
        let (mut repaired, mut rejected) = (false, self.is_torn(row));
        self.filled.fill(false);
        for (col, raw) in &row.cells {
            let Some(Some(Source { field, memo })) = self.columns.get_mut(*col as usize) else { continue };
            let column = &self.sheet.columns[*field];
            let (cell, notes) = memo.cell(&row.seen(*col, raw, column.cell), column, self.out);
            self.cells[*field] = cell;
            self.filled[*field] = cell != Cell::Null;
            for note in notes {
                let error = self.plan.is_error(note.code);
                rejected |= error;
                // A placeholder such as "-" is a repaired empty cell: it may still be required.
                self.filled[*field] |= error;
                repaired |= matches!(note.code, "C001" | "C002" | "C017");
                let remark = Remark::new(note.code, &self.name, note.args);
                self.remarks.push(remark.at(row.row, Some(*col), &column.title));
            }
        }
        for (field, column) in self.sheet.columns.iter().enumerate() {
            if let Some(col) = self.places[field].filter(|_| column.required && !self.filled[field]) {
                rejected |= self.plan.is_error("C007");
                let remark = Remark::new("C007", &self.name, Vec::new());
                self.remarks.push(remark.at(row.row, Some(col), &column.title));
            }
        }
        self.out.row(row.row, &self.cells, repaired, rejected)
    }

    /// Whether a record of a text is cut otherwise than its titles, so that its values stand under the wrong ones.
    fn is_torn(&mut self, row: &RowBuf) -> bool {
        let remarks = torn(row, self.fields);
        remarks.into_iter().fold(false, |torn, (code, args)| {
            self.remarks.push(Remark::new(code, &self.name, args).at(row.row, None, &"".into()));
            torn | self.plan.is_error(code)
        })
    }

    /// Whether a row says the header again: its texts are those of the header, in their columns.
    fn repeats_header(&self, row: &RowBuf) -> bool {
        let same = |texts: &std::collections::BTreeMap<u32, String>| {
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

    /// Whether a text may be one of the titles, by its first character. A text of Chinese characters alone is compared as it
    /// stands, so its first has to be a title's; of others nothing is said here.
    fn may_be_title(&self, text: &str) -> bool {
        let plain = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        !text.chars().all(plain) || text.chars().next().is_some_and(|first| self.initials.contains(&first))
    }

    /// Whether a row is a header that has the columns in another order: nearly all of it are titles of this sheet. What
    /// stands below it cannot be told by the first header.
    fn is_another_header(&self, row: &RowBuf) -> bool {
        let filled = row.cells.iter().filter(|(_, raw)| !is_blank(raw));
        let (mut titles, mut others) = (0, 0);
        for (_, raw) in filled {
            let known = |text: &str| {
                Title::of(text)
                    .forms
                    .iter()
                    .any(|form| self.sheet.titles.contains_key(form) || self.sheet.synonyms.contains_key(form))
            };
            match raw {
                // Titles are short and have no digits; most cells of a data row are told by that alone.
                Raw::Text(text)
                    if text.len() <= 60
                        && !text.bytes().any(|b| b.is_ascii_digit())
                        && self.may_be_title(text)
                        && known(text) =>
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

fn is_blank(raw: &Raw) -> bool {
    matches!(raw, Raw::Text(text) if text.chars().all(char::is_whitespace))
}

/// Whether a row only sums others: its first cell says so, and besides it there is at most one text.
fn is_total(row: &RowBuf) -> bool {
    let mut cells = row.cells.iter().filter(|(_, raw)| !is_blank(raw));
    let Some((_, Raw::Text(first))) = cells.next() else { return false };
    // Words of a sum are short and never numbers; most first cells need no closer look.
    if first.len() > 48 || first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return false;
    }
    if first.is_ascii() && !["total", "sum"].iter().any(|word| first.to_ascii_lowercase().contains(word)) {
        return false;
    }
    let word = normal(first);
    let whole = ["合计", "小计", "总计", "共计", "累计", "总和", "汇总", "平均", "平均值", "total", "subtotal", "sum"];
    let at_end = ["合计", "小计", "总计", "共计"];
    let says_sum = whole.contains(&word.as_str())
        || (word.chars().count() <= 8 && at_end.iter().any(|end| word.ends_with(end) || word.starts_with(end)));
    says_sum && cells.filter(|(_, raw)| matches!(raw, Raw::Text(text) if !is_amount(text))).count() <= 1
}

fn is_amount(text: &str) -> bool {
    text.trim().chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%' | '¥' | '元' | '万'))
}
