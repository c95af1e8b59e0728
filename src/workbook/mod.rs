//! Writes the group pack, the store workbooks and the blank templates.
//!
//! What the sheets of a pack say are tables of `report`, which the site shows too; [`table`] writes any of them, [`book`]
//! holds names, contents and paper. Text from cells is written as text, never as a formula; links lead inside the workbook
//! only; the creation time is the cut-off, so that the same material gives the same bytes.

mod book;
mod carried;
mod charts;
mod cover;
mod entry;
mod forms;
mod group;
mod guide;
mod person;
mod rows;
mod store;
mod style;
mod table;
mod template;
#[cfg(test)]
mod tests;

use crate::model::{Message, Told};
use rust_xlsxwriter::XlsxError;
use std::path::{Path, PathBuf};

pub use forms::{BLANK_FORMS, blank_forms, group_forms, store_forms};
pub use group::group_pack;
pub use person::people;
pub use rows::RowBook;
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
    Content(#[from] XlsxError),
}

impl Told for WorkbookError {
    fn told(&self) -> Message {
        match self {
            WorkbookError::File { path, source } => {
                Message::new("failure.write").with("path", path).with("what", source.told())
            }
            WorkbookError::Content(source) => Message::new("failure.content").with("what", source.to_string()),
        }
    }
}

/// Puts the bytes of a finished workbook at `path`, making its folder.
fn put(path: &Path, bytes: &[u8]) -> Result<(), WorkbookError> {
    let file = |source| WorkbookError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(file)?;
    }
    std::fs::write(path, bytes).map_err(file)
}
