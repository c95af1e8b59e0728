//! One store's share of the output: its pages, its pack, its returned workbooks, its facts. What the store is, what the
//! group says of it and what words it is told in decide every byte: where these are the same, the files of the former
//! output are taken, and nothing of the store is opened.

use super::{Checked, Engine, Group, PipelineError, figures::Figures};
use crate::{
    diagnostic::Finding,
    lake::{KeyParts, Lake, stage},
    metrics::LineageFilter,
    model::{IgnoredSheet, KpiValue, LineageRow, WorklistRow},
    project::{Store, settings::slug},
    publish::Stage,
    report::{Edition, Standing, StoreDigest, StoreMaterial, Yardstick, material::BoardLine},
    site::Site,
    workbook,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, io, sync::Arc, sync::Mutex, sync::PoisonError};

/// Rows for one KPI, month and role that reports carry; `explain` and `query` give them all.
const LINEAGE_ROWS: usize = 4000;

/// What is known of a store before its rows are opened.
pub(super) struct Known<'a> {
    pub store: &'a Store,
    /// Its values and its people's.
    pub kpis: Vec<KpiValue>,
    pub worklists: Vec<WorklistRow>,
    pub findings: Vec<Finding>,
    pub board: Vec<BoardLine>,
    pub ignored: &'a [(Arc<str>, IgnoredSheet)],
    checked: &'a super::checked::StoreSummary,
}

impl<'a> Known<'a> {
    /// What is known of the `i`-th store.
    pub fn of(
        checked: &'a Checked,
        engine: &Engine<'_>,
        figures: &Figures,
        findings: &[Finding],
        i: usize,
    ) -> Result<Known<'a>, PipelineError> {
        let (store, summary) = (&checked.stores[i], &checked.summaries[i]);
        let own = findings.partition_point(|finding| *finding.store < *store.id);
        let of_store = findings[own..].iter().take_while(|finding| finding.store == store.id);
        Ok(Known {
            store,
            kpis: figures.of_store(engine, i)?,
            worklists: engine.worklists(i)?,
            findings: of_store.cloned().collect(),
            board: super::figures::board_lines(&checked.boards[i]),
            ignored: &summary.ignored,
            checked: summary,
        })
    }

    /// The store's material with the rows behind its figures, or without, where nobody asks for them.
    pub fn material<'m>(&'m self, lineage: &'m [LineageRow]) -> StoreMaterial<'m> {
        StoreMaterial {
            store: self.store,
            kpis: &self.kpis,
            lineage,
            worklists: &self.worklists,
            findings: &self.findings,
            tallies: &self.checked.outline.tallies,
            submissions: &self.checked.outline.submissions,
            board: &self.board,
            ignored: self.ignored,
        }
    }
}

/// The files that were made of a store.
#[derive(Default, Serialize, Deserialize)]
struct Made {
    /// Paths below the output folder and hashes.
    files: Vec<(String, String)>,
    pages: usize,
    returned: usize,
}

/// How much of the output a store is.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    pub pages: usize,
    pub returned: usize,
}

impl std::ops::Add for Written {
    type Output = Written;

    fn add(self, other: Written) -> Written {
        Written { pages: self.pages + other.pages, returned: self.returned + other.returned }
    }
}

/// What all stores are written under.
pub(super) struct Desk<'a> {
    pub group: &'a Group,
    pub stage: &'a Stage,
    pub checked: &'a Checked,
    pub engine: &'a Engine<'a>,
    pub edition: Edition<'a>,
    pub site: &'a Site<'a>,
    pub yardstick: &'a Yardstick,
}

impl Desk<'_> {
    /// Writes the `i`-th store's files, or takes them from the former output.
    pub fn write(&self, known: &Known<'_>, standing: &Standing, i: usize) -> Result<Written, PipelineError> {
        let key = self.key(known, standing, i);
        let cache = &self.group.cache;
        if let Some(made) = cache.get::<Made>("made", &key)
            && made.files.iter().all(|(path, hash)| self.stage.reuse(path, hash))
        {
            return Ok(Written { pages: made.pages, returned: made.returned });
        }
        let files = Mutex::new(Vec::new());
        let put = |path: String, bytes: &[u8]| {
            let hash = self.stage.write(&path, bytes)?;
            files.lock().unwrap_or_else(PoisonError::into_inner).push((path, hash));
            Ok::<(), crate::publish::PublishError>(())
        };
        let facts = self.engine.facts(i)?;
        let filter =
            LineageFilter { since: Some(self.edition.lineage_since), limit: Some(LINEAGE_ROWS), ..Default::default() };
        let lineage = self.engine.lineage(i, &facts, &filter)?;
        let material = known.material(&lineage);
        let sink = |path: &str, bytes: &[u8]| put(format!("site/{path}"), bytes).map_err(io::Error::other);
        let pages = self.site.store_pages(&material, standing, &sink)?;
        let words = self.site.words();
        let pack = workbook::store_pack(self.edition, words, &material, standing, self.yardstick)?;
        let id = slug(&known.store.id);
        put(format!("workbooks/stores/{id}.xlsx"), &pack)?;
        for (fact, bytes) in Lake::leaving(&facts, &self.group.catalog)? {
            put(format!("data/facts/{fact}/{id}.parquet"), &bytes)?;
        }
        let returned = self.group.write_returned(self.checked, i, &known.findings, known.ignored, &put)?;
        self.group.count(|counts| {
            counts.pages_rendered += pages;
            counts.packs_written += 1;
        });
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        // A full or read-only disk costs the next build time, nothing else.
        let _ = cache.put("made", &key, &Made { files, pages, returned });
        Ok(Written { pages, returned })
    }

    /// Everything that decides a byte of the store's files.
    fn key(&self, known: &Known<'_>, standing: &Standing, i: usize) -> String {
        let edition = &self.edition;
        // The rows of other stores, the targets of all and the folder's names are in the values and findings themselves.
        let mut settings = edition.settings.clone();
        settings.stores.clear();
        settings.targets.clear();
        let mut key = KeyParts::new("made", stage::RENDER)
            .with(&edition.catalog.hash)
            .with(serde_json::to_vec(&settings).unwrap_or_default())
            .with(edition.cutoff.display())
            .with(edition.lineage_since.to_string())
            .with(&self.engine.store_keys[i])
            .with(postcard::to_stdvec(&known.material(&[])).unwrap_or_default())
            .with(postcard::to_stdvec(standing).unwrap_or_default())
            .with(postcard::to_stdvec(self.yardstick).unwrap_or_default());
        for (file, hash) in &self.checked.files[i] {
            key = key.with(&*file.shown).with(hash);
        }
        key.finish()
    }
}

impl Group {
    /// The counts of a store for the group's pages.
    pub(super) fn digest(&self, known: &Known<'_>) -> StoreDigest {
        StoreDigest::of(&known.material(&[]), &self.catalog)
    }
}

/// The workbooks that still bear the marks of an earlier return.
pub(super) fn marked(ignored: &[(Arc<str>, IgnoredSheet)]) -> BTreeSet<&str> {
    let results = ignored.iter().filter(|(_, sheet)| sheet.why == IgnoredSheet::RESULTS);
    results.map(|(workbook, _)| &**workbook).collect()
}
