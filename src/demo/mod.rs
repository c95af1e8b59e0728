//! Generates a believable group with planted mistakes.
//!
//! [`world`] is what happened in a store, drawn by [`journeys`] and [`life`], [`visits`], [`follow_ups`] and [`complaints`];
//! [`sheets`] is what a clerk knows of it at a submission's end, [`submissions`] which workbooks carry it,
//! [`mistakes`] what goes wrong, [`clerks`] and [`grid`] how it is written down. Stores draw from streams of their own:
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
mod write_xlsx;

#[cfg(test)]
mod tests;

pub use planted::{Planted, PlantedMistake};

use crate::{
    catalog::{Catalog, SheetDef},
    model::{Message, Told},
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
}

impl Default for DemoOptions {
    /// The committed sample.
    fn default() -> Self {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
        DemoOptions { stores: 8, months: 14, seed: 7, as_of, formats: false }
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
    let made: Vec<Result<Vec<PlantedMistake>, DemoError>> = plans
        .par_iter()
        .map(|plan| {
            let (files, mistakes) = store::files(plan, options, &span, &defs)?;
            for (path, bytes) in files {
                write(&input.join(path), &bytes)?;
            }
            Ok(mistakes)
        })
        .collect();
    let mut planted = Planted::default();
    for mistakes in made {
        planted.mistakes.extend(mistakes?);
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
