//! Turns the rows of one sheet into a typed table.
//!
//! Data rows are all rows below the header except blank ones, the header repeated, 合计/小计 rows (their first cell
//! says so and the rest are numbers), and rows with a single known cell (a note, a signature, a number filled in
//! ahead): a row with two known cells is always data.
//!
//! Nothing is lost in silence: rows above the header that read like data, rows of a sheet whose header is gone, texts in
//! columns without a title and cells that were shifted beyond the last title are all told.

mod above;
mod filled_down;
mod reader;
mod untitled;

use super::{
    cell::{Surroundings, excerpt},
    columns::Collector,
    crosstab,
    header::{self, HEADER_ROWS, Header, Unknown},
    limits,
    plan::{Plan, SheetPlan},
    raw::{Fault, Raw, RowBuf, RowSource},
    title::normal,
};
use crate::{
    arguments,
    model::{Argument, Message, Said},
};
pub(super) use reader::{Sheet, TableReader};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, sync::Arc};

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
    /// A form without what forms carry along.
    Form,
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
    if let Some((_, Raw::Text(text))) = first.first().and_then(|row| row.cells.first())
        && plan.is_form(text)
    {
        return Ok(Outcome::Form);
    }
    let Some(header) = header::find(&first, name, plan) else { return Ok(Outcome::Unknown) };
    let sheet = &plan.sheets[header.sheet];
    let first_row = first.first().map_or(1, |row| row.row);
    header_remarks(&header, first_row, name, sheet).into_iter().for_each(|remark| remarks.push(remark));
    // The sheet came, so the store sent it: without a header to go by its rows are counted, and none of them is known.
    let unusable = !header.twice.is_empty() || !header.missing.is_empty() || header.absent;
    let (begins, header_row, absent) = (header.first_row, header.row, header.absent);
    let sheet =
        Sheet { name, plan: sheet, codes: plan, around, merged: source.merged(), separated: source.separated() };
    if !header.across.is_empty() && !unusable {
        while more {
            first.push(row.clone());
            more = source.next_row(&mut row)?;
        }
        crosstab::read(&header, &first, &sheet, out, remarks)?;
        return Ok(Outcome::Read);
    }
    let mut table = TableReader::new(header, &first, sheet, out, remarks)?;
    table.unusable = unusable;
    first.iter().filter(|row| row.row <= header_row && !absent).for_each(|row| {
        table.is_torn(row, 0);
    });
    for row in first.iter().filter(|row| absent || row.row < begins) {
        if absent {
            table.read(row)?;
        } else {
            table.read_above(row)?;
        }
    }
    for row in first.iter().filter(|row| !absent && row.row > header_row) {
        table.read(row)?;
    }
    while more {
        table.read(&row)?;
        more = source.next_row(&mut row)?;
    }
    table.finish();
    Ok(if unusable { Outcome::Unusable } else { Outcome::Read })
}

fn header_remarks(header: &Header, first_row: u32, name: &Arc<str>, sheet: &SheetPlan) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if header.absent {
        let args = arguments! { "row" => u64::from(first_row) };
        return vec![Remark::new("H020", name, args)];
    }
    for (col, field) in &header.twice {
        let first = header.columns[*field].map_or(0, |(col, _)| col);
        let cell = crate::model::CellRef { row: header.row, col: first }.to_string();
        let remark = Remark::new("H001", name, arguments! { "first" => cell });
        remarks.push(remark.at(header.row, Some(*col), &sheet.columns[*field].title));
    }
    if let [first, more @ ..] = &header.missing[..] {
        let titles: Vec<Arc<str>> = header.missing.iter().map(|field| sheet.columns[*field].title.clone()).collect();
        let mut remark = Remark::new("H003", name, arguments! { "columns" => titles });
        if more.is_empty() {
            remark.field = sheet.columns[*first].title.clone();
        }
        remarks.push(remark);
    }
    for (col, error) in &header.errors {
        let remark = Remark::new("H021", name, arguments! { "error" => error });
        remarks.push(remark.at(header.row, Some(*col), &"".into()));
    }
    for Unknown { col, text, taken } in &header.unknown {
        let near = header::nearest(text, sheet).filter(|_| taken.is_none());
        let title = |field: usize| sheet.columns[field].title.clone();
        let hint: Said = match (taken, near) {
            (Some(field), _) => Message::new("header.taken").with("title", title(*field)).into(),
            (None, Some(field)) => Message::new("header.nearest").with("title", title(field)).into(),
            (None, None) => "".into(),
        };
        // The column that it most likely is stands nowhere else: what is wrong below may come of it.
        let misspelt = near.is_some_and(|field| header.columns[field].is_none());
        let code = if misspelt { "H023" } else { "H002" };
        let args = arguments! { "header" => excerpt(text), "nearest" => hint, "kind" => &sheet.id };
        remarks.push(Remark::new(code, name, args).at(header.row, Some(*col), &"".into()));
    }
    remarks
}

/// What a sheet that is not read holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unread {
    /// No cell that can be seen.
    Nothing,
    /// Rows below a header that would be read.
    Data,
    /// Anything else.
    Other,
}

/// Looks at the beginning of a sheet that is not read.
///
/// # Errors
/// When the sheet's data are damaged.
pub(crate) fn look(source: &mut dyn RowSource, name: &Arc<str>, plan: &Plan) -> Result<Unread, Fault> {
    let (mut first, mut row) = (Vec::new(), RowBuf::default());
    let mut more = source.next_row(&mut row)?;
    while more && row.row <= HEADER_ROWS {
        if row.cells.iter().any(|(_, raw)| !is_blank(raw)) {
            first.push(row.clone());
        }
        more = source.next_row(&mut row)?;
    }
    if first.is_empty() && !more {
        return Ok(Unread::Nothing);
    }
    let header = header::find(&first, name, plan).filter(|header| header.missing.is_empty() && !header.absent);
    let below = header.is_some_and(|header| more || first.iter().any(|row| row.row > header.row));
    Ok(if below { Unread::Data } else { Unread::Other })
}

/// Whether a cell holds nothing that can be seen.
pub(super) fn is_blank(raw: &Raw) -> bool {
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
