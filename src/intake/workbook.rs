//! One workbook, from its bytes to typed tables. Runs in a worker; knows no file, clock or other workbook.

use super::{
    cell::Surroundings,
    cover::{self, Cover},
    csv::CsvRows,
    plan::Plan,
    raw::{Fault, RowSource},
    rows::{self, Outcome, Remark},
    sniff::{Format, sniff},
    week_in_path::week_in_path,
    xlsx::Book,
};
use crate::{
    arguments,
    model::{Argument, IgnoredSheet, Instant, OrderBasis, Table},
};
use chrono::NaiveDate;
use std::sync::Arc;

/// What was read of a workbook.
#[derive(Clone, Debug, PartialEq)]
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
    /// The recognised sheets.
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

    fn say(&mut self, code: &'static str, sheet: &Arc<str>, args: Vec<Argument>) {
        self.remarks.push(Remark::new(code, sheet, args));
    }

    fn ignore(&mut self, name: &str, why: &str) {
        self.ignored.push(IgnoredSheet { name: name.to_owned(), why: why.to_owned() });
    }

    fn take(&mut self, cover: Cover, store: &str, sheet: &Arc<str>) {
        if cover.to.is_some() {
            (self.from, self.to, self.basis) = (cover.from, cover.to, OrderBasis::Cover);
        }
        self.submitted_at = cover.submitted_at;
        self.submitted_by = cover.submitted_by;
        self.template_version = cover.template_version;
        self.remarks.extend(cover.remarks);
        if let Some((code, row, col)) = cover.store
            && !code.eq_ignore_ascii_case(store)
        {
            let args = arguments! { "code" => super::cell::excerpt(&code), "folder" => store };
            self.remarks.push(Remark::new("S006", sheet, args).at(row, Some(col), &"店代码".into()));
        }
    }
}

/// Reads a workbook. `shown` is its path below the input folder, `store` its store's folder; `limit_mb` bounds what
/// a package may inflate to. Never fails: a workbook that cannot be read costs one remark and gives no table.
pub(crate) fn read_workbook(bytes: &[u8], shown: &str, store: &str, plan: &Plan, limit_mb: u64) -> Reading {
    match try_read(bytes, shown, store, plan, limit_mb) {
        Ok(reading) => reading,
        Err(fault) => {
            let (code, args) = fault.remark();
            Reading::failed(shown, code, args)
        }
    }
}

fn try_read(bytes: &[u8], shown: &str, store: &str, plan: &Plan, limit_mb: u64) -> Result<Reading, Fault> {
    let format = sniff(bytes)?;
    let mut reading = Reading::of_path(shown);
    let file = shown.rsplit('/').next().unwrap_or(shown);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    if !ending.is_empty() && !format.has_ending(&ending.to_lowercase()) {
        let args = arguments! { "ending" => format!(".{ending}"), "format" => format.name() };
        reading.say("W004", &"".into(), args);
    }
    let has_cells = match format {
        Format::Xlsx => read_xlsx(bytes, store, plan, limit_mb, &mut reading)?,
        Format::Csv => {
            let around = Surroundings { from_1904: false, week_end: reading.to, scale: 1 };
            read_one(&mut CsvRows::open(bytes)?, &stem.into(), plan, around, &mut reading)?
        }
    };
    if !has_cells {
        return Err(Fault::Empty);
    }
    // A sheet that was recognised and is wrong has said so itself.
    let said = |remark: &Remark| matches!(&*remark.code, "H001" | "H003");
    if reading.tables.is_empty() && !reading.remarks.iter().any(said) {
        reading.say("W009", &"".into(), Vec::new());
    }
    Ok(reading)
}

/// Reads the sheets; returns whether any of them has a cell or is hidden.
fn read_xlsx(bytes: &[u8], store: &str, plan: &Plan, limit_mb: u64, reading: &mut Reading) -> Result<bool, Fault> {
    let mut book = Book::open(bytes, limit_mb)?;
    let sheets = book.sheets.clone();
    let readable = |sheet: &&super::xlsx::Sheet| sheet.worksheet && !sheet.hidden;
    // The cover first, wherever it stands: dates without a year need its week.
    let cover_sheet = sheets.iter().filter(readable).find(|sheet| cover::is_cover(&sheet.name));
    if let Some(sheet) = cover_sheet {
        let from_1904 = book.from_1904;
        let cover = cover::read(&mut book.rows(sheet)?, &sheet.name, from_1904)?;
        reading.take(cover, store, &sheet.name);
    }
    let around = Surroundings { from_1904: book.from_1904, week_end: reading.to, scale: 1 };
    let mut has_cells = cover_sheet.is_some();
    for sheet in &sheets {
        if sheet.hidden {
            has_cells = true;
            reading.say("H004", &sheet.name, Vec::new());
            reading.ignore(&sheet.name, "hidden");
        } else if cover::is_cover(&sheet.name) {
            reading.ignore(&sheet.name, "cover");
        } else if !sheet.worksheet {
            reading.ignore(&sheet.name, "unknown");
        } else {
            has_cells |= read_one(&mut book.rows(sheet)?, &sheet.name, plan, around, reading)?;
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
    plan: &Plan,
    around: Surroundings,
    reading: &mut Reading,
) -> Result<bool, Fault> {
    match rows::read_sheet(source, name, plan, around)? {
        Outcome::Empty => {
            reading.ignore(name, "empty");
            return Ok(false);
        }
        Outcome::Unknown => match ours(name) {
            Some(what) => reading.ignore(name, what),
            None => {
                reading.say("H005", name, Vec::new());
                reading.ignore(name, "unknown");
            }
        },
        Outcome::Unusable(table, remarks) => {
            reading.tables.push(table);
            reading.remarks.extend(remarks);
            reading.ignore(name, "header");
        }
        Outcome::Read(table, remarks) => {
            reading.tables.push(table);
            reading.remarks.extend(remarks);
        }
    }
    Ok(true)
}
