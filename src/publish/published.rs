//! The contract files of `output/data/` read back, to hold one build against another.

use super::contract::{FINDING_KEY, KPI_HEADER, WORKLIST_HEADER};
use crate::model::{
    Period, Quantity, Scope, Status,
    changes::{FigureKey, Published, PublishedFigure, Rows, RowsOf},
};
use chrono::NaiveDate;
use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
    sync::Arc,
};

/// The manifest of an output, which names the hash of every other file; `None` where there is no output.
///
/// # Errors
/// When there is one that cannot be read.
pub fn manifest(output: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(output.join("data/manifest.json")) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The day of the cut-off that the manifest of an output names; `None` where there is no output.
///
/// # Errors
/// When the manifest cannot be read or is none.
pub fn cutoff(output: &Path) -> io::Result<Option<NaiveDate>> {
    let Some(text) = manifest(output)? else { return Ok(None) };
    let manifest: serde_json::Value = serde_json::from_slice(&text)?;
    let day = manifest.get("cutoff").and_then(|cutoff| cutoff.as_str()?.get(..10)?.parse().ok());
    day.map(Some).ok_or_else(|| bad("cutoff"))
}

/// What an output's data files say. `cutoff` is that of the output, `since` the first day of the months that are kept.
///
/// # Errors
/// When a file cannot be read or lacks a column of the contract.
pub fn read(output: &Path, cutoff: NaiveDate, since: NaiveDate) -> io::Result<Published> {
    let mut published = Published { cutoff, ..Published::default() };
    let mut names: std::collections::BTreeSet<Arc<str>> = Default::default();
    let mut shared = |name: &str| match names.get(name) {
        Some(known) => known.clone(),
        None => {
            let name: Arc<str> = name.into();
            names.insert(name.clone());
            name
        }
    };
    each_row(
        &output.join("data/kpi.csv"),
        &KPI_HEADER,
        |[kpi, scope, id, _, period, numerator, denominator, _, excluded, _, status]| {
            let (Some(scope), Some(month)) =
                (Scope::ALL.into_iter().find(|own| own.word() == scope), Period::parse(period))
            else {
                return Err(bad(period));
            };
            if !FigureKey::is_kept(scope, month) || month.start < since {
                return Ok(());
            }
            let number = |text: &str| Quantity::parse(text).ok_or_else(|| bad(text));
            let figure = PublishedFigure {
                numerator: number(numerator)?,
                denominator: if denominator.is_empty() { None } else { Some(number(denominator)?) },
                excluded: excluded.parse().map_err(|_| bad(excluded))?,
                status: Status::ALL.into_iter().find(|own| own.word() == status).ok_or_else(|| bad(status))?,
            };
            published.figures.insert(FigureKey { kpi: shared(kpi), scope, id: shared(id), month }, figure);
            Ok(())
        },
    )?;
    each_row(&output.join("data/worklist.csv"), &WORKLIST_HEADER, |[list, store, _, customer, due, ..]| {
        // Whoever owns it, and wherever it is written now, it is the same thing to do.
        add(&mut published.lists, (shared(list), shared(store)), &[customer, due]);
        Ok(())
    })?;
    each_row(&output.join("data/findings.csv"), &FINDING_KEY, |[code, store, workbook, sheet, cell]| {
        add(&mut published.findings, (shared(code), shared(store)), &[workbook, sheet, cell]);
        Ok(())
    })?;
    published.lists.values_mut().chain(published.findings.values_mut()).for_each(|rows| rows.sort_unstable());
    Ok(published)
}

fn add(rows: &mut Rows, key: RowsOf, parts: &[&str]) {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    rows.entry(key).or_default().push(u64::from_le_bytes(first));
}

/// Gives each row's cells of the named columns.
fn each_row<const N: usize>(
    path: &Path,
    columns: &[&str; N],
    mut row: impl FnMut([&str; N]) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(BufReader::new(File::open(path)?));
    let mut record = csv::StringRecord::new();
    if !reader.read_record(&mut record)? {
        return Err(bad(columns[0]));
    }
    let place = |wanted: &str| {
        let found = record.iter().position(|title| title.trim_start_matches('\u{feff}') == wanted);
        found.ok_or_else(|| bad(wanted))
    };
    let mut places = [0; N];
    for (at, column) in places.iter_mut().zip(columns) {
        *at = place(column)?;
    }
    while reader.read_record(&mut record)? {
        row(places.map(|at| record.get(at).unwrap_or_default()))?;
    }
    Ok(())
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what:?}"))
}
