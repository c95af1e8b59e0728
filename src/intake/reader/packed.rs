//! A reading as it crosses the pipe and as it is kept.

use crate::{
    arguments,
    catalog::Catalog,
    intake::{
        columns::{Chunk, Tables},
        cover,
        discover::SourceFile,
        rows::Remark,
        week_in_path::week_in_path,
        workbook::Reading,
    },
    model::{CoverCell, Grain, Period, Place, Submission, WorkbookRead, submission::GROUP},
};
use serde::{Deserialize, Serialize};
use std::io;

/// A workbook's reading, packed: what crosses the pipe and what is kept between builds. It depends on the file's bytes, its
/// path and the reading plan alone, and holds codes and arguments, no words. Its rows stay as small as they came until they
/// are asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Packed {
    pub(super) rest: Reading,
    pub(super) rows: Frames,
}

/// Chunks of rows, encoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames(pub Vec<Vec<u8>>);

/// Chunks travel as runs of bytes, not byte by byte.
impl Serialize for Frames {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|frame| Run(frame)))
    }
}

impl<'de> Deserialize<'de> for Frames {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let runs = Vec::<Run<'de>>::deserialize(deserializer)?;
        Ok(Frames(runs.into_iter().map(|run| run.0.to_vec()).collect()))
    }
}

/// A run of bytes.
struct Run<'b>(&'b [u8]);

impl Serialize for Run<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for Run<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de [u8]>::deserialize(deserializer).map(Run)
    }
}

impl Packed {
    /// A reading without rows.
    pub(in crate::intake) fn empty(rest: Reading) -> Packed {
        Packed { rest, rows: Frames::default() }
    }

    /// The workbook as check takes it, with a finding for what the reader remarked. `file` and `hash` are those the
    /// reader was asked with.
    pub fn workbook(self, file: &SourceFile, hash: &str, catalog: &Catalog) -> WorkbookRead {
        let reading = self.unpacked().unwrap_or_else(|error| {
            // The same program wrote it, and what is kept is held against its hash: this is no file's doing.
            Reading::failed(&file.shown, "W014", arguments! { "how" => error.to_string() })
        });
        let finding = |remark: Remark| {
            let Remark { code, sheet, row, col, field, args } = remark;
            let place = Place { workbook: file.shown.clone(), sheet, row, col };
            let store = if &*file.store == GROUP { "" } else { &*file.store };
            catalog.finding(&code, store, place, &field, args)
        };
        WorkbookRead {
            path: file.shown.clone(),
            hash: hash.to_owned(),
            submission: Submission {
                store: file.store.clone(),
                workbook: file.shown.clone(),
                from: reading.from,
                to: reading.to,
                submitted_at: reading.submitted_at,
                submitted_by: reading.submitted_by,
                template_version: reading.template_version,
                basis: reading.basis,
            },
            week_at: reading.week_at.map(|(sheet, row, col)| CoverCell {
                place: Place::row(file.shown.clone(), sheet, row, Some(col)),
                label: cover::WEEK_END.into(),
            }),
            tables: reading.tables,
            ignored: reading.ignored,
            findings: reading.remarks.into_iter().map(finding).collect(),
        }
    }

    /// The last day of the week that the workbook is for, without unpacking its rows; and whether its path says the same
    /// week.
    pub fn week_end(&self, file: &SourceFile) -> Option<(chrono::NaiveDate, bool)> {
        let end = self.rest.to?;
        let week = |day| Period::of(Grain::Week, day);
        let by_path = week_in_path(&file.shown).is_some_and(|(_, last)| week(last) == week(end));
        Some((end, by_path))
    }

    /// The reading with its tables.
    ///
    /// # Errors
    /// When a chunk is not one.
    pub(in crate::intake) fn unpacked(self) -> io::Result<Reading> {
        let mut tables = Tables::default();
        for frame in self.rows.0 {
            tables.add(postcard::from_bytes::<Chunk>(&frame).map_err(io::Error::other)?);
        }
        Ok(Reading { tables: tables.tables, ..self.rest })
    }
}
