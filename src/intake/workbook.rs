//! One workbook, from its bytes to typed tables. Runs in a worker; knows no file, clock or other workbook.

use super::{
    book::{Book, SheetHead},
    by_calamine::CalamineBook,
    cell::Surroundings,
    columns::{Chunk, Collector},
    cover::{self, Cover},
    csv::CsvBook,
    encoding::{beginning, decode, decode_as},
    filled::{self, Carried},
    html, mht,
    plan::Plan,
    raw::{Fault, RowSource},
    rows::{self, Outcome, Remark, Remarks, Unread},
    sniff::{Format, sniff},
    spreadsheet_xml,
    week_in_path::week_in_path,
    xlsx::XlsxBook,
};
use crate::{
    arguments,
    model::{Argument, IgnoredSheet, Instant, OrderBasis, Table, submission::GROUP},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{io, sync::Arc};

/// What was read of a workbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// 周起, or the first day that the path names.
    pub from: Option<NaiveDate>,
    /// 周止, or the last day that the path names.
    pub to: Option<NaiveDate>,
    /// 提交时间.
    pub submitted_at: Option<Instant>,
    /// 提交人.
    pub submitted_by: Option<String>,
    /// 模板版本.
    pub template_version: Option<String>,
    /// What the order among submissions rests on.
    pub basis: OrderBasis,
    /// The sheet, row and column of 周止 on the cover.
    pub week_at: Option<(Arc<str>, u32, u32)>,
    /// The recognised sheets; empty while their rows are on their way by themselves.
    #[serde(skip)]
    pub tables: Vec<Table>,
    /// The others.
    pub ignored: Vec<IgnoredSheet>,
    /// What is to be said.
    pub remarks: Vec<Remark>,
}

impl Reading {
    /// A workbook of which only its path is known.
    pub fn of_path(shown: &str) -> Reading {
        let week = week_in_path(shown);
        Reading {
            from: week.map(|(from, _)| from),
            to: week.map(|(_, to)| to),
            submitted_at: None,
            submitted_by: None,
            template_version: None,
            basis: if week.is_some() { OrderBasis::Path } else { OrderBasis::PathOrder },
            week_at: None,
            tables: Vec::new(),
            ignored: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// A workbook that cannot be read, and why.
    pub fn failed(shown: &str, code: &'static str, args: Vec<Argument>) -> Reading {
        let mut reading = Reading::of_path(shown);
        reading.remarks.push(Remark::new(code, &"".into(), args));
        reading
    }

    fn ignore(&mut self, name: &str, why: &str) {
        self.ignored.push(IgnoredSheet { name: name.to_owned(), why: why.to_owned() });
    }

    fn take(&mut self, cover: Cover, store: &str, sheet: &Arc<str>, remarks: &mut Remarks) {
        let of_path = self.from.zip(self.to);
        if let (Some(to), Some((row, col))) = (cover.to, cover.to_at) {
            if let Some((first, last)) = of_path.filter(|days| !agree(to, *days)) {
                let named = if first == last { first.to_string() } else { format!("{first}–{last}") };
                let args = arguments! { "to" => to.to_string(), "path" => named };
                remarks.push(Remark::new("S032", sheet, args).at(row, Some(col), &cover::WEEK_END.into()));
            }
            (self.from, self.to, self.basis) = (cover.from, cover.to, OrderBasis::Cover);
            self.week_at = Some((sheet.clone(), row, col));
        }
        self.submitted_at = cover.submitted_at;
        self.submitted_by = cover.submitted_by;
        self.template_version = cover.template_version;
        let said_of_time = cover.remarks.iter().any(|remark| &*remark.field == cover::SUBMITTED_AT);
        cover.remarks.into_iter().for_each(|remark| remarks.push(remark));
        if let Some((code, row, col)) = cover.store
            && !code.eq_ignore_ascii_case(store)
            && store != GROUP
        {
            let args = arguments! { "code" => super::cell::excerpt(&code), "folder" => store };
            remarks.push(Remark::new("S006", sheet, args).at(row, Some(col), &"店代码".into()));
        }
        if self.submitted_at.is_none() && !said_of_time {
            remarks.push(Remark::new("S033", sheet, Vec::new()));
        }
    }

    /// Of the cover of forms or lists only who sends them and when: whose they are and of which week they carry along.
    fn take_sender(&mut self, cover: Cover, remarks: &mut Remarks) {
        self.submitted_at = cover.submitted_at;
        self.submitted_by = cover.submitted_by;
        let of_time = |remark: &Remark| &*remark.field == cover::SUBMITTED_AT;
        cover.remarks.into_iter().filter(of_time).for_each(|remark| remarks.push(remark));
    }

    /// A workbook of forms or lists: whose they are, and, where nothing else says it, the week of the cut-off they were written at.
    fn take_forms(&mut self, forms: &Carried, store: &str, remarks: &mut Remarks) {
        if let Some(cutoff) = forms.cutoff {
            let week = self.from.zip(self.to).filter(|(_, to)| *to >= cutoff);
            self.from = week.map(|(from, _)| from);
            self.to = Some(week.map_or(cutoff, |(_, to)| to));
        }
        self.basis = OrderBasis::Form;
        if !forms.store.is_empty() && !forms.store.eq_ignore_ascii_case(store) && store != GROUP {
            let args = arguments! { "code" => super::cell::excerpt(&forms.store), "folder" => store };
            remarks.push(Remark::new("S006", &"".into(), args));
        }
    }
}

/// Whether a cover's 周止 and the days that the path names may be of one submission: the week's, or the day on which it was
/// sent or is due.
fn agree(to: NaiveDate, (first, last): (NaiveDate, NaiveDate)) -> bool {
    let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days();
    if first == last { (-7..=10).contains(&days(to, first)) } else { first <= to && to <= last }
}

/// What is read with, and where what is read goes.
struct Task<'a, 'e> {
    store: &'a str,
    plan: &'a Plan,
    limit_mb: u64,
    out: Collector<'e>,
    remarks: Remarks,
    /// Forms without what forms carry along.
    alone: Vec<Arc<str>>,
}

/// Reads a workbook. `shown` is its path below the input folder, `store` its store's folder; `limit_mb` bounds what
/// a package may inflate to. Rows go to `emit` as they are read. A workbook that cannot be read costs one remark and gives no
/// table: what was handed on before does not count then, which the returned flag says.
///
/// # Errors
/// Those of `emit`.
pub(crate) fn read_workbook(
    bytes: &[u8],
    (shown, store): (&str, &str),
    plan: &Plan,
    limit_mb: u64,
    emit: &mut dyn FnMut(Chunk) -> io::Result<()>,
) -> io::Result<(Reading, bool)> {
    let (out, remarks) = (Collector::new(emit, plan.rows), Remarks::default());
    let mut task = Task { store, plan, limit_mb, out, remarks, alone: Vec::new() };
    let read = try_read(bytes, shown, &mut task);
    let Task { out, remarks, .. } = task;
    out.finish()?;
    Ok(match read {
        Ok(reading) => (Reading { remarks: remarks.into_list(), ..reading }, true),
        Err(fault) => {
            let (code, args) = fault.remark();
            (Reading::failed(shown, code, args), false)
        }
    })
}

fn try_read(bytes: &[u8], shown: &str, task: &mut Task<'_, '_>) -> Result<Reading, Fault> {
    let format = sniff(bytes)?;
    let mut reading = Reading::of_path(shown);
    let file = shown.rsplit('/').next().unwrap_or(shown);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    if !ending.is_empty() && !format.has_ending(&ending.to_lowercase()) {
        let args = arguments! { "ending" => format!(".{ending}"), "format" => format.name() };
        task.remarks.push(Remark::new("W004", &"".into(), args));
    }
    let has_cells = with_book(format, bytes, stem, task.limit_mb, |book| read_sheets(book, &mut reading, task))?;
    if !has_cells {
        return Err(Fault::Empty);
    }
    // A sheet that was recognised and is wrong has said so itself.
    let forms = reading.ignored.iter().any(|sheet| sheet.why == IgnoredSheet::FORM);
    if task.out.tables == 0 && !forms && !task.remarks.hold(&["H001", "H003", "H029"]) {
        task.remarks.push(Remark::new("W009", &"".into(), Vec::new()));
    }
    Ok(reading)
}

/// Opens a file of a known format; `stem` is its name without ending, after which sheets without a name are called.
///
/// # Errors
/// Those of opening it, and of `read`.
pub(super) fn with_book<T>(
    format: Format,
    bytes: &[u8],
    stem: &str,
    limit_mb: u64,
    read: impl FnOnce(&mut dyn Book) -> Result<T, Fault>,
) -> Result<T, Fault> {
    match format {
        Format::Xlsx => read(&mut XlsxBook::open(bytes, limit_mb)?),
        Format::Xls => read(&mut CalamineBook::xls(bytes)?),
        Format::Xlsb => read(&mut CalamineBook::xlsb(bytes, limit_mb)?),
        Format::Ods => read(&mut CalamineBook::ods(bytes, limit_mb)?),
        Format::Csv => read(&mut CsvBook::new(stem, &decode(bytes)?)),
        Format::Html => {
            let begin = beginning(bytes);
            read(&mut html::open(&decode_as(html::named_encoding(&begin), bytes)?, stem)?)
        }
        Format::Mht => read(&mut mht::open(bytes, stem)?),
        Format::Xml => {
            let begin = beginning(bytes);
            read(&mut spreadsheet_xml::open(&decode_as(spreadsheet_xml::named_encoding(&begin), bytes)?)?)
        }
    }
}

/// Reads the sheets; returns whether any of them has a cell or is hidden.
fn read_sheets(book: &mut dyn Book, reading: &mut Reading, task: &mut Task<'_, '_>) -> Result<bool, Fault> {
    let sheets = book.sheets();
    let from_1904 = book.counts_from_1904();
    let readable = |sheet: &SheetHead| sheet.worksheet && !sheet.hidden;
    let carried = filled::carried(book, &sheets)?;
    if let Some(carried) = &carried {
        reading.take_forms(carried, task.store, &mut task.remarks);
    }
    // The cover first, wherever it stands: dates without a year need its week.
    let is_cover = |sheet: &SheetHead| readable(sheet) && cover::is_cover(&sheet.name);
    let mut has_cells = false;
    if let Some(at) = sheets.iter().position(is_cover) {
        let name = &sheets[at].name;
        if let Some(mut source) = rows_of(book, at, name, reading, task)? {
            let cover = cover::read(&mut *source, name, from_1904)?;
            match &carried {
                Some(_) => reading.take_sender(cover, &mut task.remarks),
                None => reading.take(cover, task.store, name, &mut task.remarks),
            }
        }
        has_cells = true;
    }
    let around = Surroundings { from_1904, week_end: reading.to, scale: 1 };
    let forms = match &carried {
        Some(carried) => forms_of(book, &sheets, carried, around, reading, task)?,
        None => vec![false; sheets.len()],
    };
    has_cells |= carried.is_some();
    for (at, sheet) in sheets.iter().enumerate().filter(|(at, _)| !forms[*at]) {
        if sheet.hidden {
            has_cells = true;
            hidden(book, at, sheet, reading, task);
        } else if cover::is_cover(&sheet.name) {
            reading.ignore(&sheet.name, "cover");
        } else if !sheet.worksheet {
            reading.ignore(&sheet.name, "unknown");
        } else if let Some(mut source) = rows_of(book, at, &sheet.name, reading, task)? {
            has_cells |= read_one(&mut *source, &sheet.name, around, reading, task)?;
        } else {
            has_cells = true;
        }
    }
    if let [first, more @ ..] = &task.alone[..] {
        let sheet = if more.is_empty() { first.clone() } else { "".into() };
        task.remarks.push(Remark::new("H029", &sheet, arguments! { "sheets" => task.alone.clone() }));
    }
    Ok(has_cells)
}

/// Reads the forms of a workbook of forms; returns which of its sheets these are, and what they carry along.
fn forms_of(
    book: &mut dyn Book,
    sheets: &[SheetHead],
    carried: &Carried,
    around: Surroundings,
    reading: &mut Reading,
    task: &mut Task<'_, '_>,
) -> Result<Vec<bool>, Fault> {
    let forms = filled::forms_among(book, sheets, carried)?;
    filled::missing(carried, &forms, &mut task.remarks);
    let of_group = (task.store == GROUP).then_some(&*carried.store);
    let mut taken = vec![false; sheets.len()];
    taken[carried.at] = true;
    reading.ignore(&sheets[carried.at].name, IgnoredSheet::FORM);
    for (at, form) in forms.iter().enumerate().filter_map(|(at, form)| Some((at, &carried.sheets[(*form)?]))) {
        taken[at] = true;
        let name = &sheets[at].name;
        reading.ignore(name, IgnoredSheet::FORM);
        if let Some(mut source) = rows_of(book, at, name, reading, task)? {
            let own = filled::Reading { name, plan: task.plan, around, of_group };
            filled::read(&mut *source, form, own, &mut task.out, &mut task.remarks)?;
        }
    }
    Ok(taken)
}

/// Lists a hidden sheet: one with rows that would be read is a warning, what programs hide is nothing.
fn hidden(book: &mut dyn Book, at: usize, sheet: &SheetHead, reading: &mut Reading, task: &mut Task<'_, '_>) {
    let name = &sheet.name;
    // What cannot be opened here is nobody's loss: it is not read.
    let looked = match sheet.worksheet {
        true => book.rows(at).and_then(|mut source| rows::look(&mut *source, name, task.plan)),
        false => Ok(Unread::Other),
    };
    match looked.unwrap_or(Unread::Other) {
        Unread::Nothing => return reading.ignore(name, "empty"),
        Unread::Data => task.remarks.push(Remark::new("H024", name, Vec::new())),
        Unread::Other if task.plan.is_of_a_program(name) || ours(name).is_some() => {
            return reading.ignore(name, IgnoredSheet::OF_A_PROGRAM);
        }
        Unread::Other => task.remarks.push(Remark::new("H004", name, Vec::new())),
    }
    reading.ignore(name, "hidden");
}

/// The rows of a sheet; `None`, with a remark, where this one alone cannot be read.
fn rows_of<'b>(
    book: &'b mut dyn Book,
    at: usize,
    name: &Arc<str>,
    reading: &mut Reading,
    task: &mut Task<'_, '_>,
) -> Result<Option<Box<dyn RowSource + 'b>>, Fault> {
    match book.rows(at) {
        Ok(source) => Ok(Some(source)),
        Err(fault @ Fault::NoSheet(_)) => {
            let (code, args) = fault.remark();
            task.remarks.push(Remark::new(code, name, args));
            reading.ignore(name, "unreadable");
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

/// Sheets that the tool's own workbooks bring along, and what they are: the guide in a template, the list in a returned
/// workbook.
pub(super) fn ours(name: &str) -> Option<&'static str> {
    match name {
        "填写说明" => Some("cover"),
        _ if name == "检查结果" || name.starts_with("检查结果 (") => Some(IgnoredSheet::RESULTS),
        _ => None,
    }
}

fn read_one(
    source: &mut dyn RowSource,
    name: &Arc<str>,
    around: Surroundings,
    reading: &mut Reading,
    task: &mut Task<'_, '_>,
) -> Result<bool, Fault> {
    match rows::read_sheet(source, name, task.plan, around, &mut task.out, &mut task.remarks)? {
        Outcome::Empty => {
            reading.ignore(name, "empty");
            return Ok(false);
        }
        Outcome::Unknown => match ours(name) {
            Some(what) => reading.ignore(name, what),
            None if task.plan.is_of_a_program(name) => reading.ignore(name, IgnoredSheet::OF_A_PROGRAM),
            None => {
                task.remarks.push(Remark::new("H005", name, Vec::new()));
                reading.ignore(name, "unknown");
            }
        },
        Outcome::Form => {
            task.alone.push(name.clone());
            reading.ignore(name, IgnoredSheet::FORM);
        }
        Outcome::Unusable => reading.ignore(name, "header"),
        Outcome::Read => {}
    }
    Ok(true)
}
