//! Lines of the data files that stores say of themselves, gathered while the stores are worked on.

use super::{Figures, PipelineError};
use crate::{
    model::Scope,
    publish::{
        PublishError, Spool,
        contract::{self, KPI_HEADER, WORKLIST_HEADER},
        csv_text::CsvText,
        spool::PartKey,
    },
};
use std::{
    io::{self, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// The lines of `kpi.csv` and `worklist.csv` so far.
pub(super) struct Gathered([Mutex<Spool>; 2]);

impl Gathered {
    /// None yet; they lie in unnamed files of `folder`.
    pub(super) fn new(folder: &Path) -> Result<Gathered, PublishError> {
        Ok(Gathered([Spool::new(folder)?, Spool::new(folder)?].map(Mutex::new)))
    }

    /// Adds a store's.
    pub(super) fn add(&self, lines: [Vec<(PartKey, String)>; 2]) -> Result<(), PublishError> {
        for (spool, lines) in self.0.iter().zip(lines) {
            spool.lock().unwrap_or_else(PoisonError::into_inner).add(lines)?;
        }
        Ok(())
    }

    /// Writes both files, the group's own figures with the stores'. `put` takes the path below the output folder and what
    /// writes the file.
    pub(super) fn write(
        self,
        figures: &Figures,
        put: impl Fn(&str, &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<(), PublishError>,
    ) -> Result<(), PipelineError> {
        let [mut kpis, mut worklists] = self.0.map(|lines| lines.into_inner().unwrap_or_else(PoisonError::into_inner));
        kpis.add(contract::kpi_lines_of_group(figures.kpis.iter().filter(|value| value.scope != Scope::Store)))?;
        for (name, header, lines) in
            [("kpi", &KPI_HEADER[..], &mut kpis), ("worklist", &WORKLIST_HEADER[..], &mut worklists)]
        {
            let header = CsvText::new(header).finish();
            put(&format!("data/{name}.csv"), &mut |out| {
                out.write_all(&header)?;
                lines.copy_to(out)
            })?;
        }
        Ok(())
    }
}
