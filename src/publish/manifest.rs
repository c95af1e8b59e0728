//! `data/manifest.json`: what went in, what came out, by hash.

use super::ledger::Totals;
use serde::Serialize;

/// The version of the data files' names and fields.
pub const CONTRACT: u32 = 1;

/// The manifest.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// `foursight`.
    pub tool: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The version of what the data files have, see `docs/contract.md`.
    pub contract: u32,
    /// The cut-off.
    pub cutoff: String,
    /// The language of the output.
    pub lang: &'static str,
    /// For whom the site is: `hq` or `store`.
    pub audience: &'static str,
    /// BLAKE3 of the definitions in force.
    pub definitions: String,
    /// The workbooks.
    pub inputs: Vec<InputFile>,
    /// Row and finding counts.
    pub counts: Counts,
    /// Every other file of the output.
    pub outputs: Vec<OutputFile>,
}

/// One workbook.
#[derive(Clone, Debug, Serialize)]
pub struct InputFile {
    /// Path below the input folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3, empty when it could not be read.
    pub blake3: String,
}

/// Counts of a build.
#[derive(Debug, Serialize)]
pub struct Counts {
    /// Stores.
    pub stores: usize,
    /// Workbooks found.
    pub workbooks: usize,
    /// Rows.
    #[serde(flatten)]
    pub rows: Totals,
    /// Findings by severity.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notices.
    pub notices: usize,
}

/// One file of the output.
#[derive(Clone, Debug, Serialize)]
pub struct OutputFile {
    /// Path below the output folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3.
    pub blake3: String,
}
