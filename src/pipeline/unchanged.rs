//! A build of which nothing changed since the output that stands was made: that output stays.

use super::{Built, Group, checked::Survey};
use crate::{
    lake::{KeyParts, stage},
    publish::Stage,
};
use serde::{Deserialize, Serialize};

/// What is remembered of a build.
#[derive(Serialize, Deserialize)]
struct Record {
    built: Built,
    /// The files of its output with their hashes, the manifest among them.
    files: Vec<(String, String)>,
}

/// The kind of the entry in the cache.
const KIND: &str = "built";

impl Group {
    /// The key of everything that decides the output; `None` when a file could not be read, which may not last.
    pub(super) fn whole_key(&self, survey: &Survey) -> Option<String> {
        let mut key = KeyParts::new(KIND, stage::SOURCE)
            .with(&self.catalog.hash)
            .with(self.since_key()?)
            .with(serde_json::to_vec(&self.settings).ok()?)
            .with(serde_json::to_vec(&self.request.stores).ok()?)
            .with(serde_json::to_vec(&self.definition_findings).ok()?)
            .with(serde_json::to_vec(&survey.findings).ok()?)
            .with(serde_json::to_vec(&survey.stores).ok()?);
        for (file, hash) in survey.files.iter().flatten().chain(&survey.group_files) {
            if hash.is_empty() {
                return None;
            }
            key = key.with(&*file.store).with(&*file.shown).with(hash);
        }
        Some(key.finish())
    }

    /// What the build of this key made, if its output stands untouched.
    pub(super) fn unchanged(&self, key: &str, stage: &Stage) -> Option<Built> {
        let record: Record = self.cache.get(KIND, key)?;
        stage.stands(&record.files).then(|| {
            stage.keep_memo();
            record.built
        })
    }

    /// Remembers what a build made.
    pub(super) fn remember(&self, key: &str, built: &Built, stage: &Stage) {
        let files = stage.files().into_iter().map(|file| (file.path, file.blake3)).collect();
        // A full or read-only disk costs the next build time, nothing else.
        let _ = self.cache.put(KIND, key, &Record { built: built.clone(), files });
    }
}
