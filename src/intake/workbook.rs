//! One workbook, from its bytes to typed tables. Runs in a worker; knows no file, clock or other workbook.

use super::{
    cell::Surroundings,
    columns::{Chunk, Collector},
    cover::{self, Cover},
    csv::{CsvRows, decode},
    plan::Plan,
    raw::{Fault, RowSource},
    rows::{self, Outcome, Remark, Remarks},
    sniff::{Format, sniff},
    week_in_path::week_in_path,
    xlsx::Book,
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
        if cover.to.is_some() {
            (self.from, self.to, self.basis) = (cover.from, cover.to, OrderBasis::Cover);
        }
        self.submitted_at = cover.submitted_at;
        self.submitted_by = cover.submitted_by;
        self.template_version = cover.template_version;
        cover.remarks.into_iter().for_each(|remark| remarks.push(remark));
        if let Some((code, row, col)) = cover.store
            && !code.eq_ignore_ascii_case(store)
            && store != GROUP
        {
            let args = arguments! { "code" => super::cell::excerpt(&code), "folder" => store };
            remarks.push(Remark::new("S006", sheet, args).at(row, Some(col), &"店代码".into()));
        }
    }
}

/// What is read with, and where what is read goes.
struct Task<'a, 'e> {
    store: &'a str,
    plan: &'a Plan,
    limit_mb: u64,
    out: Collector<'e>,
    remarks: Remarks,
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
    let mut task = Task { store, plan, limit_mb, out: Collector::new(emit), remarks: Remarks::default() };
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
    let has_cells = match format {
        Format::Xlsx => read_xlsx(bytes, &mut reading, task)?,
        Format::Csv => {
            let around = Surroundings { from_1904: false, week_end: reading.to, scale: 1 };
            let text = decode(bytes)?;
            read_one(&mut CsvRows::open(&text)?, &stem.into(), around, &mut reading, task)?
        }
    };
    if !has_cells {
        return Err(Fault::Empty);
    }
    // A sheet that was recognised and is wrong has said so itself.
    if task.out.tables == 0 && !task.remarks.hold(&["H001", "H003"]) {
        task.remarks.push(Remark::new("W009", &"".into(), Vec::new()));
    }
    Ok(reading)
}

/// Reads the sheets; returns whether any of them has a cell or is hidden.
fn read_xlsx(bytes: &[u8], reading: &mut Reading, task: &mut Task<'_, '_>) -> Result<bool, Fault> {
    let mut book = Book::open(bytes, task.limit_mb)?;
    let sheets = book.sheets.clone();
    let readable = |sheet: &&super::xlsx::Sheet| sheet.worksheet && !sheet.hidden;
    // The cover first, wherever it stands: dates without a year need its week.
    let cover_sheet = sheets.iter().filter(readable).find(|sheet| cover::is_cover(&sheet.name));
    if let Some(sheet) = cover_sheet {
        let from_1904 = book.from_1904;
        let cover = cover::read(&mut *book.rows(sheet)?, &sheet.name, from_1904)?;
        reading.take(cover, task.store, &sheet.name, &mut task.remarks);
    }
    let around = Surroundings { from_1904: book.from_1904, week_end: reading.to, scale: 1 };
    let mut has_cells = cover_sheet.is_some();
    for sheet in &sheets {
        if sheet.hidden {
            has_cells = true;
            task.remarks.push(Remark::new("H004", &sheet.name, Vec::new()));
            reading.ignore(&sheet.name, "hidden");
        } else if cover::is_cover(&sheet.name) {
            reading.ignore(&sheet.name, "cover");
        } else if !sheet.worksheet {
            reading.ignore(&sheet.name, "unknown");
        } else {
            has_cells |= read_one(&mut *book.rows(sheet)?, &sheet.name, around, reading, task)?;
        }
    }
    Ok(has_cells)
}

/// Sheets that the tool's own workbooks bring along, and what they are: the guide in a template, the list in a returned
/// workbook.
fn ours(name: &str) -> Option<&'static str> {
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
            None => {
                task.remarks.push(Remark::new("H005", name, Vec::new()));
                reading.ignore(name, "unknown");
            }
        },
        Outcome::Unusable => reading.ignore(name, "header"),
        Outcome::Read => {}
    }
    Ok(true)
}
