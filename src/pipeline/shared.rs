//! What lies in the group's folder: rows of several stores in one workbook.

use super::{Group, PipelineError, Readers};
use crate::{intake::SourceFile, model::WorkbookRead};
use std::sync::Arc;

/// The workbooks for several stores, read once for all of them.
#[derive(Default)]
pub(super) struct Shared {
    pub reads: Vec<WorkbookRead>,
    /// What was read would be read the same again.
    pub lasting: bool,
}

/// The data rows of each table of a workbook.
pub(super) fn rows_of(read: &WorkbookRead) -> impl Iterator<Item = (Arc<str>, Arc<str>, u64)> {
    read.tables.iter().map(|table| (read.path.clone(), table.sheet.clone(), table.rows.len() as u64))
}

impl Group {
    /// The workbooks for several stores.
    pub(super) fn shared(&self, files: &[(SourceFile, String)], readers: &Readers) -> Result<Shared, PipelineError> {
        let mut shared = Shared { reads: Vec::new(), lasting: true };
        for (file, hash) in files {
            let answer = self.workbook(file, hash, readers)?;
            shared.lasting &= answer.lasting;
            shared.reads.push(answer.packed.workbook(file, hash, &self.catalog));
        }
        Ok(shared)
    }
}
