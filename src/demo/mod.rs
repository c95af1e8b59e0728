//! Generates a believable group with planted mistakes.
//!
//! [`world`] is what happened in a store, drawn by [`journeys`] and [`life`], [`visits`], [`follow_ups`] and [`complaints`];
//! [`sheets`] is what a clerk knows of it at a submission's end, [`submissions`] which workbooks carry it,
//! [`more`] and [`office`] the sheets beyond the first five, [`mistakes`] what goes wrong, [`clerks`] and [`grid`] how it is written down. Stores draw from streams of their own:
//! they are made in parallel, and the same options give the same bytes.

mod broken;
mod calendar;
mod cars;
mod clerks;
mod complaints;
mod dice;
mod follow_ups;
mod grid;
mod group;
mod journeys;
mod life;
mod mistakes;
mod more;
mod office;
mod people;
mod planted;
mod recipes;
mod sheets;
mod store;
mod submissions;
mod visits;
mod world;
mod write_csv;
mod write_markup;
mod write_plain;
mod write_xlsx;

#[cfg(test)]
mod tests;

pub use planted::{Planted, PlantedMistake};

use crate::{
    catalog::{Catalog, SheetDef},
    model::{Message, Told, submission::GROUP},
};
use calendar::Span;
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sheets::Kind;
use std::path::{Path, PathBuf};

/// What group to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoOptions {
    /// Stores, at least 1.
    pub stores: u32,
    /// Calendar months, the cut-off's included, at least 1.
    pub months: u32,
    /// The seed of chance.
    pub seed: u64,
    /// The cut-off's day.
    pub as_of: NaiveDate,
    /// The first store sends its weeks in other formats than xlsx, the same rows in each.
    pub formats: bool,
    /// All sheets, not the first five alone, and the group's own.
    pub all_sheets: bool,
}

impl Default for DemoOptions {
    /// The committed sample.
    fn default() -> Self {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        DemoOptions { stores: 8, months: 14, seed: 7, as_of, formats: false, all_sheets: false }
    }
}

/// Why a group could not be generated.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum DemoError {
    /// More people than there are synthetic phones, no store, no month, or a cut-off outside 2000 to 2100.
    Options(&'static str),
    /// The definitions in force lack a sheet of ours.
    Sheet(&'static str),
    /// The folder already holds input that would be mixed with the demo's.
    NotEmpty(PathBuf),
    /// A file could not be written.
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A workbook could not be made.
    Excel(#[from] rust_xlsxwriter::XlsxError),
    /// An archive could not be made.
    Zip(#[from] zip::result::ZipError),
    /// The answer sheet could not be made.
    Json(#[from] serde_json::Error),
}

impl Told for DemoError {
    fn told(&self) -> Message {
        match self {
            DemoError::Options(key) => Message::new(*key),
            DemoError::Sheet(sheet) => Message::new("definition.no_sheet").with("name", *sheet),
            DemoError::NotEmpty(path) => Message::new("demo.not_empty").with("path", path),
            DemoError::Write { path, error } => {
                Message::new("failure.write").with("path", path).with("what", error.told())
            }
            DemoError::Zip(error) => Message::new("system.other").with("what", error.to_string()),
            DemoError::Excel(error) => Message::new("system.other").with("what", error.to_string()),
            DemoError::Json(error) => Message::new("system.other").with("what", error.to_string()),
        }
    }
}

/// What was made of one store: the mistakes planted in it, and what headquarters keeps of it.
type Made = (Vec<PlantedMistake>, Vec<more::Sheet>);

/// Writes `foursight.toml`, `input/<store>/…` and `planted.json` into `dir`, which is made when it does not exist.
/// Returns what was planted.
///
/// # Errors
/// See [`DemoError`]. `dir/input` must not exist or be empty: nothing of the user's is ever removed.
pub fn generate(dir: &Path, options: &DemoOptions, catalog: &Catalog) -> Result<Planted, DemoError> {
    let span = check(options)?;
    let defs = definitions(catalog)?;
    let input = dir.join("input");
    if input.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(DemoError::NotEmpty(input));
    }
    let plans = group::stores(options);
    let made: Vec<Result<Made, DemoError>> = plans
        .par_iter()
        .map(|plan| {
            let (files, mistakes, world) = store::files(plan, options, &span, &defs)?;
            for (path, bytes) in files {
                write(&input.join(path), &bytes)?;
            }
            let mut of_group = Vec::new();
            if options.all_sheets {
                let own = more::sheets(plan, &world, &span).into_iter().map(|sheet| (sheet, Vec::new()));
                let bytes = write_plain::bytes(catalog, &own.collect::<Vec<_>>())?;
                write(&input.join(format!("{}/{} 其他报表.xlsx", plan.id, options.as_of)), &bytes)?;
                of_group = office::of_group(plan, &world, &span, &journeys::channels());
            }
            Ok((mistakes, of_group))
        })
        .collect();
    let mut planted = Planted::default();
    let mut of_group: Vec<(more::Sheet, Vec<String>)> = Vec::new();
    for (made, plan) in made.into_iter().zip(&plans) {
        let (mistakes, sheets) = made?;
        planted.mistakes.extend(mistakes);
        for (id, lines) in sheets {
            let at = of_group.iter().position(|((known, _), _)| *known == id);
            let at = at.unwrap_or_else(|| {
                of_group.push(((id, Vec::new()), Vec::new()));
                of_group.len() - 1
            });
            of_group[at].1.extend(lines.iter().map(|_| plan.id.clone()));
            of_group[at].0.1.extend(lines);
        }
    }
    if options.all_sheets {
        let bytes = write_plain::bytes(catalog, &of_group)?;
        write(&input.join(format!("{GROUP}/{} 集团报表.xlsx", options.as_of)), &bytes)?;
        write(&dir.join("definitions/sheets/channels.toml"), office::channels_file(&journeys::channels()).as_bytes())?;
    }
    planted.sort();
    let config = group::config(options, &plans, submissions::first_week(&span));
    write(&dir.join("foursight.toml"), config.as_bytes())?;
    let mut json = serde_json::to_vec_pretty(&planted)?;
    json.push(b'\n');
    write(&dir.join("planted.json"), &json)?;
    Ok(planted)
}

fn check(options: &DemoOptions) -> Result<Span, DemoError> {
    let wrong = |what: &'static str| Err(DemoError::Options(what));
    let range = NaiveDate::from_ymd_opt(2015, 1, 1)..NaiveDate::from_ymd_opt(2100, 1, 1);
    if options.stores == 0 || options.months == 0 || options.months > 120 {
        return wrong("demo.size");
    }
    if !range.contains(&Some(options.as_of)) {
        return wrong("demo.range");
    }
    // More than any store comes to: new prospects, buyers and owners of the years before.
    let people = u64::from(options.stores) * (60 * (u64::from(options.months) + 1) + 800);
    if people > people::PHONES {
        return wrong("demo.phones");
    }
    match Span::of(options) {
        Some(span) => Ok(span),
        None => wrong("demo.dates"),
    }
}

fn definitions(catalog: &Catalog) -> Result<[&SheetDef; 5], DemoError> {
    let find = |kind: Kind| catalog.sheet(kind.id()).ok_or(DemoError::Sheet(kind.id()));
    let [a, b, c, d, e] = Kind::ALL;
    Ok([find(a)?, find(b)?, find(c)?, find(d)?, find(e)?])
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    let failed = |error| DemoError::Write { path: path.to_owned(), error };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}
