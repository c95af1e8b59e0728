//! `data/manifest.json`: what went in, what came out, by hash.

use super::{PublishError, ledger::Totals};
use serde::Serialize;
use std::{fs, path::Path};

/// The manifest.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// `foursight`.
    pub tool: &'static str,
    /// Its version.
    pub version: &'static str,
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
#[derive(Debug, Serialize)]
pub struct OutputFile {
    /// Path below the output folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3.
    pub blake3: String,
}

/// Every file below `folder`, sorted by path.
///
/// # Errors
/// When one of them cannot be read back.
pub fn outputs(folder: &Path) -> Result<Vec<OutputFile>, PublishError> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| PublishError::Write { path: folder.into(), source: error.into() })?;
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = fs::read(entry.path()).map_err(PublishError::write(entry.path()))?;
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let path = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        files.push(OutputFile { path, bytes: bytes.len() as u64, blake3: blake3::hash(&bytes).to_hex().to_string() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
