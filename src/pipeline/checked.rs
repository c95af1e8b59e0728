//! From workbooks to checked rows, store by store.

use super::{Group, PipelineError, Progress, Readers};
use crate::{
    catalog::Catalog,
    check::{self, OpenPhone},
    diagnostic::Finding,
    facts::{self, Delivery},
    intake::{self, SourceFile},
    lake::KeyParts,
    model::{IgnoredSheet, Instant, Period, Place, SheetTally, StoreRows, Submission, WorkbookRead},
    project::Store,
    publish::{InputFile, Ledger},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// All stores, read and checked. The rows themselves stay in the cache until facts are derived from them.
pub struct Checked {
    /// The cut-off in force.
    pub cutoff: Instant,
    /// The stores, in the config's order, then by id.
    pub stores: Vec<Store>,
    /// One for each store.
    pub(super) summaries: Vec<StoreSummary>,
    pub(super) keys: Vec<String>,
    pub(super) files: Vec<Vec<(SourceFile, String)>>,
    /// Every workbook found.
    pub inputs: Vec<InputFile>,
    /// Findings about definitions, discovery, workbooks, rows and across stores, sorted.
    pub findings: Vec<Finding>,
    /// Rows as intake counted them.
    pub ledger: Ledger,
    /// The weeks of the submission board.
    pub weeks: Vec<Period>,
    /// The deliveries of all stores, also of those not asked for.
    pub(super) deliveries: Vec<Delivery>,
}

/// What is known of a store without its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreSummary {
    /// The store's submissions and tallies; its `sheets` are empty here.
    pub(super) outline: StoreRows,
    pub(super) findings: Vec<Finding>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) referrers: Vec<Arc<str>>,
    pub(super) open_phones: Vec<OpenPhone>,
    pub(super) ignored: Vec<(Arc<str>, IgnoredSheet)>,
    pub(super) read: Vec<(Arc<str>, Arc<str>, u64)>,
    pub(super) headers: Vec<Header>,
}

/// Those items of a list, one for each store, whose store is asked for.
fn of<T>(asked: &[bool], all: Vec<T>) -> Vec<T> {
    all.into_iter().zip(asked).filter(|(_, asked)| **asked).map(|(item, _)| item).collect()
}

/// Where the columns of one sheet of one workbook stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    workbook: Arc<str>,
    sheet: Arc<str>,
    kind: Arc<str>,
    columns: Vec<Option<u32>>,
}

impl Checked {
    /// Every sheet's tally, by store.
    pub fn tallies(&self) -> Vec<SheetTally> {
        self.summaries.iter().flat_map(|summary| summary.outline.tallies.iter().cloned()).collect()
    }

    /// Whether a store ever sent every sheet of a list: without them a KPI has no data, and says so instead of 0.
    pub fn answerable(&self) -> impl Fn(&[Arc<str>], &str) -> bool {
        let tallies = self.summaries.iter().flat_map(|summary| &summary.outline.tallies);
        let sent: BTreeSet<(Arc<str>, Arc<str>)> =
            tallies.map(|tally| (tally.store.clone(), tally.kind.clone())).collect();
        move |needs, store| needs.iter().all(|kind| sent.contains(&(Arc::from(store), kind.clone())))
    }

    /// Points each place of a row at one cell of it: the cell of the column that `field` names for the row's kind of
    /// sheet, else of the sheet's own time. A sheet that lacks the column leaves the place at its row.
    pub fn point_at_cells<'p>(&self, catalog: &Catalog, places: impl Iterator<Item = (&'p mut Place, &'p str)>) {
        let headers = self.summaries.iter().flat_map(|summary| &summary.headers);
        let headers: BTreeMap<(&str, &str), &Header> =
            headers.map(|header| ((&*header.workbook, &*header.sheet), header)).collect();
        for (place, field) in places {
            let Some(header) = headers.get(&(&*place.workbook, &*place.sheet)) else { continue };
            let Some(sheet) = catalog.sheet(&header.kind) else { continue };
            let field = sheet.field(field).or_else(|| sheet.field(sheet.time.as_deref()?));
            if place.row.is_some() {
                place.col = field.and_then(|field| header.columns.get(field).copied().flatten());
            }
        }
    }

    /// Every workbook as a submission, by store, oldest first.
    pub fn submissions(&self) -> Vec<Submission> {
        self.summaries.iter().flat_map(|summary| summary.outline.submissions.iter().cloned()).collect()
    }
}

impl Group {
    /// Reads and checks every workbook of the input folder.
    ///
    /// # Errors
    /// When there is no input, no store, no cut-off, or the readers cannot be started. A bad workbook is a finding.
    pub fn check(&self, progress: &dyn Progress) -> Result<Checked, PipelineError> {
        self.pool.install(|| self.check_in_pool(progress))
    }

    fn check_in_pool(&self, progress: &dyn Progress) -> Result<Checked, PipelineError> {
        let input = self.input();
        let discovery = intake::discover(input, &self.catalog, &self.settings).map_err(PipelineError::input(input))?;
        // All stores are read, whichever are asked for: a store's figures rest on the others' deliveries and weeks.
        let stores = self.stores(&discovery.stores)?;
        let files: Vec<&SourceFile> = discovery.files.iter().collect();
        if files.is_empty() {
            return Err(PipelineError::NoWorkbook(input.to_owned()));
        }
        progress.stage("识别文件 hashing", files.len() as u64);
        let hashes: Vec<String> = files.par_iter().map(|file| intake::hash(file).unwrap_or_default()).collect();
        let inputs = files.iter().zip(&hashes).map(|(file, hash)| InputFile {
            path: file.shown.to_string(),
            bytes: file.len,
            blake3: hash.clone(),
        });
        let inputs: Vec<InputFile> = inputs.collect();
        let by_store: Vec<Vec<(SourceFile, String)>> = stores
            .iter()
            .map(|store| {
                let own = files.iter().zip(&hashes).filter(|(file, _)| file.store == store.id);
                own.map(|(file, hash)| ((*file).clone(), hash.clone())).collect()
            })
            .collect();
        let readers = Readers::new();
        let cutoff = match self.settings.as_of {
            Some(cutoff) => cutoff,
            None => self.latest_week_end(&by_store, &readers, progress)?,
        };
        progress.stage("读取与检查 reading and checking", files.len() as u64);
        let outcomes: Vec<(String, StoreSummary)> = stores
            .par_iter()
            .zip(&by_store)
            .map(|(store, files)| self.summary(store, files, cutoff, &readers, progress))
            .collect::<Result<_, _>>()?;
        let (keys, summaries): (Vec<String>, Vec<StoreSummary>) = outcomes.into_iter().unzip();
        let mut ledger = Ledger::default();
        let mut findings = self.definition_findings.clone();
        findings.extend(discovery.findings);
        for (store, summary) in stores.iter().zip(&summaries) {
            findings.extend(summary.findings.iter().cloned());
            for (workbook, sheet, rows) in summary.read.iter().filter(|_| self.asked_for(&store.id)) {
                ledger.note(workbook, sheet, *rows);
            }
        }
        let phones: Vec<OpenPhone> = summaries.iter().flat_map(|summary| summary.open_phones.iter().cloned()).collect();
        findings.extend(check::across_stores(&phones, &self.catalog, &self.settings));
        findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        // A rule whose condition cannot be compiled is reported by every store.
        findings.dedup();
        findings.retain(|finding| finding.store.is_empty() || self.asked_for(&finding.store));
        let weeks = self.weeks(&summaries, cutoff);
        let deliveries = summaries.iter().flat_map(|summary| summary.deliveries.iter().cloned()).collect();
        let asked: Vec<bool> = stores.iter().map(|store| self.asked_for(&store.id)).collect();
        Ok(Checked {
            cutoff,
            stores: of(&asked, stores),
            summaries: of(&asked, summaries),
            keys: of(&asked, keys),
            files: of(&asked, by_store),
            inputs,
            findings,
            ledger,
            weeks,
            deliveries,
        })
    }

    /// The stores to work on, those of the config first.
    fn stores(&self, folders: &[Arc<str>]) -> Result<Vec<Store>, PipelineError> {
        if folders.is_empty() && self.settings.stores.is_empty() {
            return Err(PipelineError::NoStore(self.input().to_owned()));
        }
        let mut stores = self.settings.stores.clone();
        for folder in folders {
            if !stores.iter().any(|store| store.id == *folder) {
                stores.push(self.settings.store(folder));
            }
        }
        for wanted in &self.request.stores {
            if !stores.iter().any(|store| *store.id == **wanted) {
                let known: Vec<&str> = stores.iter().map(|store| &*store.id).collect();
                return Err(PipelineError::UnknownStore { wanted: wanted.clone(), known: known.join("、") });
            }
        }
        Ok(stores)
    }

    /// Whether a store is among those to measure and write.
    fn asked_for(&self, id: &str) -> bool {
        self.request.stores.is_empty() || self.request.stores.iter().any(|wanted| wanted == id)
    }

    /// One workbook, from the cache or a reader.
    fn workbook(&self, file: &SourceFile, hash: &str, readers: &Readers) -> Result<WorkbookRead, PipelineError> {
        let key = KeyParts::new("workbook")
            .with(&self.catalog.hash)
            .with(serde_json::to_vec(&self.settings.intake).unwrap_or_default())
            .with(&*file.store)
            .with(&*file.shown)
            .with(hash)
            .finish();
        if !hash.is_empty()
            && let Some(read) = self.cache.get::<WorkbookRead>("workbook", &key)
        {
            return Ok(read);
        }
        let readers = readers.get_or_init(|| {
            let mut limits = self.settings.intake;
            if limits.workers == 0 {
                limits.workers = u32::try_from(rayon::current_num_threads()).unwrap_or(1);
            }
            intake::Readers::start(&self.catalog, &limits).map_err(|error| error.to_string())
        });
        let readers = readers.as_ref().map_err(|error| PipelineError::Readers(std::io::Error::other(error.clone())))?;
        let read = readers.read(file, hash, &self.catalog);
        // A full or read-only disk costs the next build time, nothing else; and what a limit or a vanished file
        // did to this run is not kept for the next one.
        if !hash.is_empty() && !read.findings.iter().any(|finding| ["W001", "W007", "W008"].contains(&&*finding.code)) {
            let _ = self.cache.put("workbook", &key, &read);
        }
        Ok(read)
    }

    fn latest_week_end(
        &self,
        files: &[Vec<(SourceFile, String)>],
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<Instant, PipelineError> {
        let all: Vec<&(SourceFile, String)> = files.iter().flatten().collect();
        progress.stage("寻找截止时间 finding the cut-off", all.len() as u64);
        let ends = all.par_iter().map(|(file, hash)| {
            let read = self.workbook(file, hash, readers);
            progress.step();
            read.map(|read| read.submission.to)
        });
        let ends: Vec<Option<chrono::NaiveDate>> = ends.collect::<Result<_, _>>()?;
        ends.into_iter().flatten().max().map(Instant::day).ok_or(PipelineError::NoCutoff)
    }

    fn summary(
        &self,
        store: &Store,
        files: &[(SourceFile, String)],
        cutoff: Instant,
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<(String, StoreSummary), PipelineError> {
        let mut settings = self.settings.clone();
        settings.as_of = Some(cutoff);
        let mut parts = KeyParts::new("checked")
            .with(&self.catalog.hash)
            .with(serde_json::to_vec(&settings).unwrap_or_default())
            .with(serde_json::to_vec(store).unwrap_or_default());
        for (file, hash) in files {
            parts = parts.with(&*file.shown).with(hash);
        }
        let key = parts.finish();
        let unread = files.iter().any(|(_, hash)| hash.is_empty());
        if !unread && let Some(summary) = self.cache.get::<StoreSummary>("summary", &key) {
            files.iter().for_each(|_| progress.step());
            return Ok((key, summary));
        }
        let (rows, summary) = self.check_store(store, files, cutoff, readers, progress)?;
        let kept = self.cache.put("rows", &key, &rows).and_then(|()| self.cache.put("summary", &key, &summary));
        drop(kept);
        Ok((key, summary))
    }

    pub(super) fn check_store(
        &self,
        store: &Store,
        files: &[(SourceFile, String)],
        cutoff: Instant,
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<(StoreRows, StoreSummary), PipelineError> {
        let reads: Vec<WorkbookRead> = files
            .par_iter()
            .map(|(file, hash)| {
                let read = self.workbook(file, hash, readers);
                progress.step();
                read
            })
            .collect::<Result<_, _>>()?;
        let mut read = Vec::new();
        let mut ignored = Vec::new();
        let mut headers = Vec::new();
        for workbook in &reads {
            headers.extend(workbook.tables.iter().map(|table| Header {
                workbook: workbook.path.clone(),
                sheet: table.sheet.clone(),
                kind: table.kind.clone(),
                columns: table.columns.clone(),
            }));
            read.extend(workbook.tables.iter().map(|t| (workbook.path.clone(), t.sheet.clone(), t.rows.len() as u64)));
            ignored.extend(workbook.ignored.iter().map(|sheet| (workbook.path.clone(), sheet.clone())));
        }
        let (rows, findings) = check::check_store(store, reads, &self.catalog, &self.settings, cutoff);
        let summary = StoreSummary {
            outline: StoreRows {
                store: rows.store.clone(),
                submissions: rows.submissions.clone(),
                sheets: Default::default(),
                tallies: rows.tallies.clone(),
            },
            findings,
            deliveries: facts::deliveries(&rows, &self.catalog),
            referrers: facts::referrers(&rows, &self.catalog),
            open_phones: check::open_phones(&rows, &self.catalog),
            ignored,
            read,
            headers,
        };
        Ok((rows, summary))
    }

    /// The weeks in which submissions are expected: from the config's first week, else the earliest week that any
    /// store submitted for, to the week of the cut-off.
    fn weeks(&self, summaries: &[StoreSummary], cutoff: Instant) -> Vec<Period> {
        let last = Period::of(crate::model::Grain::Week, cutoff.date());
        let submitted = summaries.iter().flat_map(|summary| &summary.outline.submissions);
        let earliest = submitted.filter_map(Submission::week).min();
        let first = self.settings.expected_since.or(earliest).unwrap_or(last);
        let mut weeks = vec![];
        let mut week = first;
        while week <= last {
            weeks.push(week);
            week = week.next();
        }
        weeks
    }
}
