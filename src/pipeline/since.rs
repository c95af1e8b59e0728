//! A build held against an earlier output.

use super::{Checked, Engine, Group, PipelineError};
use crate::{model::changes::Changes, publish::published, report};
use std::{io, path::Path};

impl Group {
    /// What became of the output in the folder that was asked for: `None` where none was, `Some(None)` where there is none.
    /// The data files of this build are below `folder` already.
    ///
    /// # Errors
    /// When there is an output that cannot be read.
    pub(super) fn changes(
        &self,
        folder: &Path,
        checked: &Checked,
        engine: &Engine<'_>,
    ) -> Result<Option<Option<Changes>>, PipelineError> {
        let Some(former) = &self.request.since else { return Ok(None) };
        let failed = |source: io::Error| PipelineError::Since { path: former.clone(), source };
        let Some(cutoff) = published::cutoff(former).map_err(failed)? else { return Ok(Some(None)) };
        let since = engine.lineage_since();
        let ripens = |kpi: &str| self.catalog.kpi(kpi).is_some_and(|kpi| kpi.ripens);
        let before = published::read(former, cutoff, since).map_err(failed)?;
        let now = published::read(folder, checked.cutoff.date(), since).map_err(failed)?;
        Ok(Some(Some(Changes::between(&before, &now, report::focus, ripens))))
    }

    /// The folder that this build is to be held against, where there is no output in it.
    pub fn lacks_former(&self) -> Option<&Path> {
        let former = self.request.since.as_deref()?;
        published::cutoff(former).is_ok_and(|cutoff| cutoff.is_none()).then_some(former)
    }

    /// What of the earlier output decides this one: the hash of its manifest, which names the hash of every other file.
    pub(super) fn since_key(&self) -> Option<String> {
        let Some(former) = &self.request.since else { return Some(String::new()) };
        let hash = |text: Vec<u8>| blake3::hash(&text).to_hex().to_string();
        Some(published::manifest(former).ok()?.map_or_else(|| "none".to_owned(), hash))
    }
}
