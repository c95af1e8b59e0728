//! Writes the group pack, the store workbooks and the blank templates.
//!
//! One file a sheet; [`book`] holds what all of them share: names, contents, paper, tables. Text from cells is written
//! as text, never as a formula; links lead inside the workbook only; the creation time is the cut-off, so that the same
//! material gives the same bytes.

mod book;
mod charts;
mod cover;
mod dictionary;
mod entry;
mod evidence;
mod findings;
mod group;
mod guide;
mod kpi_row;
mod matrix;
mod people;
mod store;
mod style;
mod submissions;
mod summary;
mod template;
#[cfg(test)]
mod tests;
mod topic;
mod trail;
mod trend;
mod worklists;

use crate::model::{Message, Told};
use rust_xlsxwriter::XlsxError;
use std::path::{Path, PathBuf};

pub use group::group_pack;
pub use store::store_pack;
pub use template::template;

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum WorkbookError {
    /// The file or its folder cannot be written.
    File {
        /// The workbook.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The content breaks a limit of the format.
    Content {
        /// The workbook.
        path: PathBuf,
        /// What the writer says.
        source: XlsxError,
    },
}

impl Told for WorkbookError {
    fn told(&self) -> Message {
        match self {
            WorkbookError::File { path, source } => {
                Message::new("failure.write").with("path", path).with("what", source.told())
            }
            WorkbookError::Content { path, source } => {
                Message::new("failure.content").with("path", path).with("what", source.to_string())
            }
        }
    }
}

/// Puts the bytes of a finished workbook at `path`, making its folder.
fn put(path: &Path, bytes: Result<Vec<u8>, XlsxError>) -> Result<(), WorkbookError> {
    let bytes = bytes.map_err(|source| WorkbookError::Content { path: path.to_owned(), source })?;
    let file = |source| WorkbookError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(file)?;
    }
    std::fs::write(path, bytes).map_err(file)
}
