//! From workbooks to checked rows, store by store.

use super::{
    Group, PipelineError, Progress, Readers,
    cutoff::{self, FARTHEST, WeekEnd},
    headers::{Header, Headers},
    shared::{Shared, rows_of},
};
use crate::{
    arguments,
    catalog::Catalog,
    check::{self, NamedFigure, OpenValue},
    diagnostic::{Finding, Severity},
    facts::{self, Delivery, FirstServiceMade},
    intake::{self, SourceFile},
    lake::{KeyParts, Memo, stage},
    model::{
        FactTable, IgnoredSheet, Instant, Period, Place, SheetTally, StoreRows, Submission, WorkbookRead,
        submission::GROUP,
    },
    project::{
        Store,
        settings::{meant_store, slug},
    },
    publish::{InputFile, Ledger},
};
use chrono::Datelike;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

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
    /// The files for several stores.
    pub(super) group_files: Vec<(SourceFile, String)>,
    /// What of them is no store's.
    pub(super) of_no_store: Vec<SheetTally>,
    /// The sheets in them that were listed, not read.
    pub(super) group_ignored: Vec<(Arc<str>, IgnoredSheet)>,
    /// Every workbook found.
    pub inputs: Vec<InputFile>,
    /// Findings about definitions, discovery, workbooks, rows and across stores, sorted.
    pub findings: Vec<Finding>,
    /// Rows as intake counted them.
    pub ledger: Ledger,
    /// The deliveries of all stores, also of those not asked for.
    pub(super) deliveries: Vec<Delivery>,
    /// The first services of all stores, likewise.
    pub(super) first_services: Vec<FirstServiceMade>,
    /// The `submission` fact of each store.
    pub(super) boards: Vec<FactTable>,
    /// The ids of all stores, also of those not asked for.
    pub(super) ids: Vec<Arc<str>>,
}

/// What is known of a store without its rows. What is of the whole group is taken out of it as soon as all stores are
/// checked: findings, deliveries, first services, open values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoreSummary {
    /// The store's submissions and tallies; its `sheets` are empty here.
    pub(super) outline: StoreRows,
    pub(super) findings: Vec<Finding>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) first_services: Vec<FirstServiceMade>,
    pub(super) referrers: Vec<Arc<str>>,
    pub(super) open_values: Vec<OpenValue>,
    pub(super) figures: Vec<NamedFigure>,
    pub(super) ignored: Vec<(Arc<str>, IgnoredSheet)>,
    pub(super) read: Vec<(Arc<str>, Arc<str>, u64)>,
    pub(super) headers: Vec<Header>,
}

/// What the input folder holds.
pub(super) struct Survey {
    /// The stores to work on, those of the config first.
    pub stores: Vec<Store>,
    /// The folders' names, sorted.
    folders: Vec<Arc<str>>,
    /// The files of each store with the hash of their bytes, empty where one could not be read.
    pub files: Vec<Vec<(SourceFile, String)>>,
    /// The files for several stores.
    pub group_files: Vec<(SourceFile, String)>,
    /// What was left out.
    pub findings: Vec<Finding>,
    /// Every file found, archives as one.
    inputs: Vec<InputFile>,
}

/// Counts warnings that were found across stores in the tallies of their rows.
fn mark<'f>(summaries: &mut [StoreSummary], findings: impl Iterator<Item = &'f Finding>) {
    for finding in findings {
        let Some(row) = finding.place.row else { continue };
        let of_store = summaries.iter_mut().filter(|summary| summary.outline.store == finding.store);
        for tally in of_store.flat_map(|summary| &mut summary.outline.tallies) {
            if tally.workbook == finding.place.workbook && tally.sheet == finding.place.sheet {
                tally.mark(row);
            }
        }
    }
}

/// Those items of a list, one for each store, whose store is asked for.
fn of<T>(asked: &[bool], all: Vec<T>) -> Vec<T> {
    all.into_iter().zip(asked).filter(|(_, asked)| **asked).map(|(item, _)| item).collect()
}

impl Checked {
    /// Every sheet's tally, by store.
    pub fn tallies(&self) -> Vec<SheetTally> {
        let of_stores = self.summaries.iter().flat_map(|summary| &summary.outline.tallies);
        of_stores.chain(&self.of_no_store).cloned().collect()
    }

    /// The findings of a store, by place.
    pub(super) fn findings_of(&self, store: &str) -> &[Finding] {
        let from = self.findings.partition_point(|finding| *finding.store < *store);
        let own = self.findings[from..].iter().take_while(|finding| *finding.store == *store).count();
        &self.findings[from..from + own]
    }

    /// The sheets that a store never sent: what rests on one has no data there, and says so instead of 0.
    pub(super) fn absent(&self, catalog: &Catalog, store: usize) -> BTreeSet<Arc<str>> {
        let tallies = &self.summaries[store].outline.tallies;
        let lacks = |kind: &Arc<str>| tallies.iter().all(|tally| tally.kind != *kind);
        catalog.sheets.iter().map(|sheet| sheet.id.clone()).filter(lacks).collect()
    }

    /// The names of all facts, each with the stores that have a row of it, as in file names; the derived ones are of every
    /// store.
    pub(super) fn facts_by_store(&self, catalog: &Catalog) -> Vec<(Arc<str>, Vec<String>)> {
        let with_rows = |fact: &Arc<str>| {
            let sheet = catalog.sheet(fact).is_some();
            let has = |summary: &&StoreSummary| {
                !sheet || summary.outline.tallies.iter().any(|tally| tally.kind == *fact && tally.accepted > 0)
            };
            self.summaries.iter().filter(has).map(|summary| slug(&summary.outline.store)).collect()
        };
        catalog.facts().iter().map(|fact| (fact.clone(), with_rows(fact))).collect()
    }

    /// Where the columns of the `i`-th store's sheets stand.
    pub(super) fn headers<'h>(&'h self, catalog: &'h Catalog, i: usize) -> Headers<'h> {
        Headers::new(catalog, &self.summaries[i].headers)
    }

    /// The workbooks of which `wanted` is true, as findings name them.
    pub fn workbooks(&self, wanted: impl Fn(&std::path::Path) -> bool) -> impl Iterator<Item = &Arc<str>> {
        self.files.iter().flatten().filter(move |(file, _)| wanted(&file.path)).map(|(file, _)| &file.shown)
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
        let survey = self.survey(progress)?;
        self.check_surveyed(survey, progress)
    }

    /// Lists what the input folder holds, with the hash of every file.
    pub(super) fn survey(&self, progress: &dyn Progress) -> Result<Survey, PipelineError> {
        let input = self.input();
        let discovery = intake::discover(input, &self.catalog, &self.settings).map_err(PipelineError::input(input))?;
        // All stores are read, whichever are asked for: a store's figures rest on the others' deliveries and weeks.
        let stores = self.stores(&discovery.stores)?;
        if discovery.files.is_empty() {
            return Err(PipelineError::NoWorkbook(input.to_owned()));
        }
        progress.stage("progress.hashing", discovery.files.len() as u64);
        let memo_name = self.memo_of_input();
        let memo = Memo::open(&self.cache, &memo_name, self.request.rehash);
        let hash = |file: &SourceFile| memo.hash(&file.path).unwrap_or_default();
        let hashes: Vec<String> = self.pool.install(|| discovery.files.par_iter().map(hash).collect());
        // A full or read-only disk costs the next build time, nothing else.
        let _ = memo.keep(&self.cache, &memo_name);
        let mut findings = discovery.findings;
        let found: Vec<(SourceFile, String)> = discovery.files.into_iter().zip(hashes).collect();
        let mut inputs: Vec<InputFile> = found
            .iter()
            .filter(|(file, _)| &*file.store == GROUP || stores.iter().any(|store| store.id == file.store))
            .map(|(file, hash)| InputFile { path: file.shown.to_string(), bytes: file.len, blake3: hash.clone() })
            .collect();
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let mut files: Vec<Vec<(SourceFile, String)>> = stores.iter().map(|_| Vec::new()).collect();
        let mut group_files = Vec::new();
        for (file, hash) in self.unpacked(found, &mut findings)? {
            if &*file.store == GROUP {
                group_files.push((file, hash));
            } else if let Some(i) = stores.iter().position(|store| store.id == file.store) {
                files[i].push((file, hash));
            }
        }
        files.iter_mut().chain([&mut group_files]).for_each(|files| self.keep_one_of_each(files, &mut findings));
        findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        Ok(Survey { stores, folders: discovery.stores, files, group_files, findings, inputs })
    }

    pub(super) fn check_surveyed(&self, survey: Survey, progress: &dyn Progress) -> Result<Checked, PipelineError> {
        self.pool.install(|| self.check_in_pool(survey, progress))
    }

    fn check_in_pool(&self, survey: Survey, progress: &dyn Progress) -> Result<Checked, PipelineError> {
        let Survey { stores, folders, files: by_store, group_files, findings: found, inputs } = survey;
        let readers = Readers::new();
        let cutoff = match self.settings.as_of {
            Some(cutoff) => cutoff,
            None => self.latest_week_end(&by_store, &readers, progress)?,
        };
        let files = by_store.iter().map(Vec::len).sum::<usize>() + group_files.len();
        progress.stage("progress.checking", files as u64);
        let ids: Vec<Arc<str>> = stores.iter().map(|store| store.id.clone()).collect();
        let shared = self.shared(&group_files, &readers)?;
        group_files.iter().for_each(|_| progress.step());
        let of_group = (group_files.as_slice(), &shared);
        let outcomes: Vec<(String, StoreSummary)> = stores
            .par_iter()
            .zip(&by_store)
            .map(|(store, files)| self.summary((store, &ids), files, of_group, cutoff, &readers, progress))
            .collect::<Result<_, _>>()?;
        if let Some(Ok(readers)) = readers.get() {
            readers.sound()?;
        }
        let (keys, mut summaries): (Vec<String>, Vec<StoreSummary>) = outcomes.into_iter().unzip();
        let mut ledger = Ledger::default();
        let mut findings = self.definition_findings.clone();
        findings.extend(found);
        let year = cutoff.date().year();
        if !self.catalog.working_days.covers(year) {
            let place = Place::workbook(Arc::from("definitions/working_days.toml"));
            findings.push(self.catalog.finding("D002", "", place, "", arguments! { "year" => year.to_string() }));
        }
        let (nobodys, of_no_store) = check::of_no_store(&shared.reads, &stores, &self.catalog, &self.settings, cutoff);
        findings.extend(nobodys);
        for tally in &of_no_store {
            ledger.note(&tally.workbook, &tally.sheet, tally.rows_read);
        }
        if self.request.stores.is_empty() {
            ledger.expect(shared.reads.iter().flat_map(rows_of));
        }
        let ignored =
            shared.reads.iter().flat_map(|read| read.ignored.iter().map(|sheet| (read.path.clone(), sheet.clone())));
        let group_ignored = ignored.collect();
        let strange = |folder: &&Arc<str>| !self.settings.stores.iter().any(|store| store.id == **folder);
        for folder in folders.iter().filter(strange).filter(|_| !self.settings.stores.is_empty()) {
            let place = Place::workbook(folder.clone());
            let args = arguments! { "folder" => folder, "meant" => meant_store(&self.settings, folder) };
            findings.push(self.catalog.finding("W013", folder, place, "", args));
        }
        for (store, summary) in stores.iter().zip(&mut summaries) {
            findings.append(&mut summary.findings);
            for (workbook, sheet, rows) in summary.read.iter().filter(|_| self.asked_for(&store.id)) {
                ledger.note(workbook, sheet, *rows);
            }
        }
        findings.extend(self.across(&mut summaries));
        findings.extend(self.replaced(by_store.iter().flatten().chain(&group_files), &findings));
        findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        // A rule whose condition cannot be compiled is reported by every store.
        findings.dedup();
        findings.retain(|finding| finding.store.is_empty() || self.asked_for(&finding.store));
        let weeks = self.weeks(&summaries, cutoff);
        let boards = stores
            .iter()
            .zip(&summaries)
            .map(|(store, summary)| facts::board(store, &summary.outline, &weeks, &self.settings, cutoff));
        let boards: Vec<FactTable> = boards.collect();
        let deliveries = summaries.iter_mut().flat_map(|summary| std::mem::take(&mut summary.deliveries)).collect();
        let first_services =
            summaries.iter_mut().flat_map(|summary| std::mem::take(&mut summary.first_services)).collect();
        let asked: Vec<bool> = stores.iter().map(|store| self.asked_for(&store.id)).collect();
        Ok(Checked {
            cutoff,
            stores: of(&asked, stores),
            summaries: of(&asked, summaries),
            keys: of(&asked, keys),
            files: of(&asked, by_store),
            group_files,
            of_no_store,
            group_ignored,
            inputs,
            findings,
            ledger,
            deliveries,
            first_services,
            boards: of(&asked, boards),
            ids,
        })
    }

    /// What is found across stores, also counted in the tallies of their rows.
    pub(super) fn across(&self, summaries: &mut [StoreSummary]) -> Vec<Finding> {
        let open: Vec<OpenValue> =
            summaries.iter_mut().flat_map(|summary| std::mem::take(&mut summary.open_values)).collect();
        let mut across = check::across_stores(&open, &self.catalog, &self.settings);
        let named: Vec<NamedFigure> = summaries.iter().flat_map(|summary| summary.figures.iter().cloned()).collect();
        across.extend(check::unknown_figures(&named, &self.catalog, &self.settings));
        mark(summaries, across.iter().filter(|finding| finding.severity >= Severity::Warning));
        across
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
                let known = stores.iter().map(|store| store.id.clone()).collect();
                return Err(PipelineError::UnknownStore { wanted: wanted.clone(), known });
            }
        }
        Ok(stores)
    }

    /// Whether a store is among those to measure and write.
    fn asked_for(&self, id: &str) -> bool {
        self.request.stores.is_empty() || self.request.stores.iter().any(|wanted| wanted == id)
    }

    fn latest_week_end(
        &self,
        files: &[Vec<(SourceFile, String)>],
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<Instant, PipelineError> {
        let all: Vec<&(SourceFile, String)> = files.iter().flatten().collect();
        progress.stage("progress.cutoff", all.len() as u64);
        let ends = all.par_iter().map(|(file, hash)| {
            let read = self.workbook(file, hash, readers);
            progress.step();
            let end = read.map(|answer| answer.packed.week_end(file));
            end.map(|end| end.map(|(day, by_path)| WeekEnd { store: &file.store, day, by_path }))
        });
        let ends: Vec<Option<WeekEnd<'_>>> = ends.collect::<Result<_, _>>()?;
        let ends: Vec<WeekEnd<'_>> = ends.into_iter().flatten().collect();
        cutoff::cutoff(&ends).map(Instant::day).ok_or(PipelineError::NoCutoff)
    }

    /// Everything that a store's rows and summary rest on; `ids` are those of all stores, which covers may name.
    pub(super) fn summary_key(
        &self,
        (store, ids): (&Store, &[Arc<str>]),
        files: &[(SourceFile, String)],
        group_files: &[(SourceFile, String)],
        cutoff: Instant,
    ) -> String {
        let mut parts = KeyParts::new("checked", stage::CHECK)
            .with(&self.hashes.checking)
            .with(self.settings.checking_part())
            .with(self.settings.intake.rows.to_le_bytes())
            .with(cutoff.display())
            .with(&*store.id)
            .with(&store.name)
            .with(ids.join("\n"))
            .with(self.own_columns(&store.id));
        for (file, hash) in files.iter().chain(group_files) {
            parts = parts.with(&*file.shown).with(hash);
        }
        parts.finish()
    }

    /// A store's summary with its key, from the cache or made anew.
    pub(super) fn summary(
        &self,
        (store, ids): (&Store, &[Arc<str>]),
        files: &[(SourceFile, String)],
        (group_files, shared): (&[(SourceFile, String)], &Shared),
        cutoff: Instant,
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<(String, StoreSummary), PipelineError> {
        let key = self.summary_key((store, ids), files, group_files, cutoff);
        if let Some(summary) = self.cache.get::<StoreSummary>("summary", &key) {
            files.iter().for_each(|_| progress.step());
            return Ok((key, summary));
        }
        let (rows, summary, lasting) = self.check_store((store, ids), files, shared, cutoff, readers, progress)?;
        if lasting {
            let kept = self.cache.put("rows", &key, &rows).and_then(|()| self.cache.put("summary", &key, &summary));
            drop(kept);
            return Ok((key, summary));
        }
        // What a file gave this time only must not be found under the key of what it holds, here or in the lake.
        self.count(|counts| counts.passing += 1);
        let seen =
            KeyParts::new("passing", stage::CHECK).with(&key).with(postcard::to_stdvec(&rows).unwrap_or_default());
        let key = seen.with(postcard::to_stdvec(&summary).unwrap_or_default()).finish();
        let _ = self.cache.put("rows", &key, &rows);
        Ok((key, summary))
    }

    pub(super) fn check_store(
        &self,
        (store, ids): (&Store, &[Arc<str>]),
        files: &[(SourceFile, String)],
        shared: &Shared,
        cutoff: Instant,
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<(StoreRows, StoreSummary, bool), PipelineError> {
        let reads: Vec<(WorkbookRead, bool)> = files
            .par_iter()
            .map(|(file, hash)| {
                let answer = self.workbook(file, hash, readers);
                progress.step();
                answer.map(|answer| (answer.packed.workbook(file, hash, &self.catalog), answer.lasting))
            })
            .collect::<Result<_, _>>()?;
        let lasting = shared.lasting && reads.iter().all(|(_, lasting)| *lasting);
        let mut reads: Vec<WorkbookRead> = reads.into_iter().map(|(read, _)| read).collect();
        check::set_aside(store, &mut reads, ids, &self.catalog, &self.settings, cutoff);
        reads.extend(shared.reads.iter().filter_map(|read| check::share_of(read, store, &self.catalog)));
        let mut read = Vec::new();
        let mut ignored = Vec::new();
        let mut headers = Vec::new();
        for workbook in &reads {
            headers.extend(Header::of(workbook));
            read.extend(rows_of(workbook));
            ignored.extend(workbook.ignored.iter().map(|sheet| (workbook.path.clone(), sheet.clone())));
        }
        self.count(|counts| counts.stores_checked += 1);
        let (rows, mut findings) = check::check_store(store, reads, &self.catalog, &self.settings, cutoff);
        findings.extend(self.too_large_to_return(files, &findings));
        let mut open_values = check::open_values(&rows, &self.catalog);
        let cells = Headers::new(&self.catalog, &headers);
        open_values.iter_mut().for_each(|open| cells.point(&mut open.place, &open.field));
        let mut figures = check::named_figures(&rows, &self.catalog);
        figures.iter_mut().for_each(|figure| cells.point(&mut figure.place, &figure.field));
        let summary = StoreSummary {
            outline: StoreRows {
                store: rows.store.clone(),
                submissions: rows.submissions.clone(),
                sheets: Default::default(),
                tallies: rows.tallies.clone(),
            },
            findings,
            deliveries: facts::deliveries(&rows, &self.catalog),
            first_services: facts::first_services(&rows, &self.catalog),
            referrers: facts::referrers(&rows, &self.catalog),
            open_values,
            figures,
            ignored,
            read,
            headers,
        };
        Ok((rows, summary, lasting))
    }

    /// The weeks in which submissions are expected: from the config's first week, else the earliest week that any
    /// store submitted for (one that is more than a year before all others is a mistyped one), to the week of the cut-off.
    pub(super) fn weeks(&self, summaries: &[StoreSummary], cutoff: Instant) -> Vec<Period> {
        let last = Period::of(crate::model::Grain::Week, cutoff.date());
        let submitted = summaries.iter().flat_map(|summary| &summary.outline.submissions);
        let mut sent: Vec<Period> = submitted.filter_map(Submission::week).filter(|week| *week <= last).collect();
        sent.sort_unstable();
        let far = |pair: &&[Period]| (pair[1].start - pair[0].start).num_days() > FARTHEST;
        let earliest = sent.windows(2).rfind(far).map(|pair| pair[1]).or(sent.first().copied());
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
