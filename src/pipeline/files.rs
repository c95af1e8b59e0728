//! The files that are read: those inside archives one by one, and of files that are the same one.

use super::{Group, PipelineError, Readers, returning::LARGEST_RETURNED};
use crate::{
    arguments,
    diagnostic::{Finding, Severity},
    intake::{self, Answer, Inside, Packed, ReaderFailure, Seen, SourceFile},
    lake::{KeyParts, stage},
    model::{Place, SeenSheet},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

impl Group {
    /// The readers, started when they are first needed.
    pub(super) fn started<'r>(&self, readers: &'r Readers) -> Result<&'r intake::Readers, ReaderFailure> {
        let readers = readers.get_or_init(|| {
            let mut limits = self.settings.intake;
            if limits.workers == 0 {
                limits.workers = u32::try_from(rayon::current_num_threads()).unwrap_or(1);
            }
            intake::Readers::start(&self.catalog, &limits).map_err(|error| error.to_string())
        });
        readers.as_ref().map_err(|error| ReaderFailure::NoReader(error.as_str().into()))
    }

    /// The files, those inside archives in place of the archives. A file called an archive that is none stays.
    pub(super) fn unpacked(
        &self,
        found: Vec<(SourceFile, String)>,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<(SourceFile, String)>, PipelineError> {
        let readers = Readers::new();
        let mut files = Vec::with_capacity(found.len());
        for (file, hash) in found {
            let asked = !hash.is_empty() && intake::may_be_archive(&file);
            let inside = if asked { self.inside(&file, &hash, &readers)? } else { None };
            let Some(members) = inside else {
                files.push((file, hash));
                continue;
            };
            let unpacked = intake::unpack(&file, members, &self.catalog);
            findings.extend(unpacked.findings);
            files.extend(unpacked.files.into_iter().map(|member| (member, hash.clone())));
        }
        files.sort_by(|(a, _), (b, _)| a.shown.cmp(&b.shown));
        Ok(files)
    }

    fn inside(&self, file: &SourceFile, hash: &str, readers: &Readers) -> Result<Inside, ReaderFailure> {
        let key = KeyParts::new("members", stage::READ).with(hash).finish();
        if let Some(inside) = self.cache.get::<Inside>("members", &key) {
            return Ok(inside);
        }
        let inside = self.started(readers)?.members(file, hash)?;
        // A file that could not be read now may be an archive all the same.
        if inside.is_some() {
            let _ = self.cache.put("members", &key, &inside);
        }
        Ok(inside)
    }

    /// Everything that what is read of a workbook rests on.
    fn workbook_key(&self, file: &SourceFile, hash: &str) -> String {
        KeyParts::new("workbook", stage::READ)
            .with(&self.hashes.reading)
            .with(self.settings.intake.file_mb.to_le_bytes())
            .with(self.settings.intake.memory_mb.to_le_bytes())
            .with(self.settings.intake.rows.to_le_bytes())
            .with(&*file.store)
            .with(&*file.shown)
            .with(hash)
            .with(self.own_columns(&file.store))
            .finish()
    }

    /// One workbook as it was read before; `None` where nobody did.
    pub(super) fn known_workbook(&self, file: &SourceFile, hash: &str) -> Option<Packed> {
        (!hash.is_empty()).then(|| self.cache.get("workbook", &self.workbook_key(file, hash))).flatten()
    }

    /// One workbook, from the cache or a reader. Only what would be read the same again is kept, and may be built upon in
    /// what is kept.
    pub(super) fn workbook(&self, file: &SourceFile, hash: &str, readers: &Readers) -> Result<Answer, PipelineError> {
        if let Some(packed) = self.known_workbook(file, hash) {
            return Ok(Answer { packed, lasting: true });
        }
        let key = self.workbook_key(file, hash);
        let answer = self.started(readers)?.read(file, hash, self.settings.columns_of(&file.store))?;
        self.count(|counts| counts.workbooks_read += 1);
        // A full or read-only disk costs the next build time, nothing else.
        if answer.lasting {
            let _ = self.cache.put("workbook", &key, &answer.packed);
        }
        Ok(answer)
    }

    /// The part of a cache key that says how a store heads its columns.
    pub(super) fn own_columns(&self, store: &str) -> Vec<u8> {
        serde_json::to_vec(self.settings.columns_of(store)).unwrap_or_default()
    }

    /// What the cells of a workbook show, kept for the next time that it is made anew.
    pub(super) fn seen(&self, file: &SourceFile, hash: &str, readers: &Readers) -> Seen {
        let key = KeyParts::new("seen", stage::READ)
            .with(self.settings.intake.memory_mb.to_le_bytes())
            .with(&*file.shown)
            .with(hash)
            .finish();
        if let Some(sheets) = self.cache.get::<Vec<SeenSheet>>("seen", &key) {
            return Seen::Sheets(sheets);
        }
        let Ok(readers) = self.started(readers) else { return Seen::NotNow };
        let seen = readers.seen(file, hash);
        if let Seen::Sheets(sheets) = &seen {
            let _ = self.cache.put("seen", &key, sheets);
        }
        seen
    }

    /// A notice for each file with something wrong in it that is too large to come back with its marks.
    pub(super) fn too_large_to_return(&self, files: &[(SourceFile, String)], found: &[Finding]) -> Vec<Finding> {
        let large = files.iter().filter(|(file, _)| file.len > LARGEST_RETURNED);
        let wrong = large.filter(|(file, _)| {
            let mut own = found.iter().filter(|finding| finding.place.workbook == file.shown);
            own.clone().any(|finding| finding.severity >= Severity::Warning) && !own.any(Finding::is_of_unread)
        });
        let finding = |(file, _): &(SourceFile, String)| {
            let args = arguments! { "size" => file.len >> 20, "limit" => LARGEST_RETURNED >> 20 };
            self.catalog.finding("W020", &file.store, Place::workbook(file.shown.clone()), "", args)
        };
        wrong.map(finding).collect()
    }

    /// Of a store's files that are the same byte for byte, and whose paths do not name different weeks, the first by its path
    /// is read.
    pub(super) fn keep_one_of_each(&self, files: &mut Vec<(SourceFile, String)>, findings: &mut Vec<Finding>) {
        type Same = (String, Option<u32>, Option<(NaiveDate, NaiveDate)>);
        let mut first: BTreeMap<Same, std::sync::Arc<str>> = BTreeMap::new();
        files.retain(|(file, hash)| {
            if hash.is_empty() || file.len == 0 {
                return true;
            }
            let same = (hash.clone(), file.member, intake::week_in_path(&file.shown));
            let Some(other) = first.get(&same) else {
                first.insert(same, file.shown.clone());
                return true;
            };
            let place = Place::workbook(file.shown.clone());
            findings.push(self.catalog.finding("W019", &file.store, place, "", arguments! { "other" => other }));
            false
        });
    }
}
