//! The clerks' own workbooks with what is wrong in them.

use super::{Checked, Group, PipelineError, Readers, stores::marked};
use crate::{
    diagnostic::{Finding, Severity},
    intake::{self, Seen, SourceFile},
    model::{IgnoredSheet, submission::GROUP},
    project::{Store, settings::slug},
    publish::{self, Stage},
    returned,
};
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Larger workbooks are not returned, which is a finding (W020): what was found in them is on the site and in `findings.csv`.
pub(super) const LARGEST_RETURNED: u64 = 32 << 20;

impl Group {
    /// The workbooks of the group's folder with whatever is wrong in them, whosever rows it is. Returns how many there are.
    pub(super) fn return_group_files<'f>(
        &self,
        stage: &Stage,
        checked: &Checked,
        readers: &Readers,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Result<usize, PipelineError> {
        if checked.group_files.is_empty() {
            return Ok(0);
        }
        let here =
            |finding: &&Finding| checked.group_files.iter().any(|(file, _)| file.shown == finding.place.workbook);
        let findings: Vec<Finding> = findings.filter(here).cloned().collect();
        let put = |path: String, bytes: &[u8]| stage.write(&path, bytes).map(drop);
        let whose = self.settings.store(GROUP);
        let (written, lasting) =
            self.write_returned(&checked.group_files, &whose, &findings, &checked.group_ignored, readers, &put)?;
        if !lasting {
            self.count(|counts| counts.passing += 1);
        }
        Ok(written)
    }

    /// The clerk's own workbook for each of a store's files with an error or a warning; its notices are listed in it
    /// too. One that came with the marks of an earlier return and has nothing wrong any more comes back without them.
    /// `put` takes the path below the output folder and the bytes. Returns how many there are, and whether a later build
    /// of the same input would make the same: a workbook that cannot be opened now, or is no longer what was read, may
    /// be whole again then.
    pub(super) fn write_returned(
        &self,
        files: &[(SourceFile, String)],
        store: &Store,
        findings: &[Finding],
        ignored: &[(Arc<str>, IgnoredSheet)],
        readers: &Readers,
        put: &(impl Fn(String, &[u8]) -> Result<(), publish::PublishError> + Sync),
    ) -> Result<(usize, bool), PipelineError> {
        let mut by_workbook: BTreeMap<Arc<str>, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            by_workbook.entry(finding.place.workbook.clone()).or_default().push(finding);
        }
        let marked = marked(ignored);
        let work: Vec<_> = files
            .iter()
            .map(|(file, hash)| (file, hash, by_workbook.get(&file.shown).map_or(&[][..], Vec::as_slice)))
            .filter(|(file, _, found)| {
                let wrong = found.iter().any(|finding| finding.severity >= Severity::Warning);
                // One that still bears the marks of the last time comes back without them.
                wrong || marked.contains(&*file.shown)
            })
            // What could not be read has no cell to mark, and is not opened again outside a reader.
            .filter(|(file, _, found)| {
                file.len <= LARGEST_RETURNED && !found.iter().any(|finding| finding.is_of_unread())
            })
            .collect();
        let paths = returned::Paths::of(work.iter().map(|(file, ..)| below_store(&file.shown)));
        let written = work.par_iter().map(|(file, hash, found)| {
            // A workbook that cannot be opened again, or not patched, has its findings in the list and on the site.
            let original = std::fs::read(&file.path).ok();
            let Some(original) = original.filter(|bytes| blake3::hash(bytes).to_hex().as_str() == *hash) else {
                return Ok((0, false));
            };
            let words = self.finding_words();
            let patched = file.member.is_none() && intake::can_be_patched(&original);
            let patched = patched.then(|| returned::annotate(&original, found, store, &words).ok()).flatten();
            let (annotated, as_it_is) = match patched {
                Some(patched) => (patched, intake::opens_by_its_name(file)),
                // Every other kind, and a package that cannot be patched (signed, shared, with a broken part): made anew of
                // what a reader sees in it.
                None => {
                    let seen = match self.seen(file, hash, readers) {
                        Seen::Sheets(seen) => seen,
                        Seen::Never => return Ok((0, true)),
                        Seen::NotNow => return Ok((0, false)),
                    };
                    let Ok(fresh) = returned::fresh(&seen, found, store, &words) else { return Ok((0, true)) };
                    (fresh, false)
                }
            };
            let place = paths.place(below_store(&file.shown), as_it_is);
            put(format!("returned/{}/{place}", slug(&store.id)), &annotated)?;
            Ok::<_, PipelineError>((1, true))
        });
        written.try_reduce(|| (0, true), |one, other| Ok((one.0 + other.0, one.1 && other.1)))
    }
}

/// A workbook's path below its store's folder.
fn below_store(shown: &str) -> &str {
    shown.split_once('/').map_or(shown, |(_, below)| below)
}
