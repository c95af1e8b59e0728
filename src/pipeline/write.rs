//! From figures to a published output.

use super::{
    Checked, Engine, Figures, Group, PipelineError, Progress, Readers,
    stores::{Desk, Share, Written, marked, settings_of_files},
};
use crate::{
    diagnostic::{Finding, Severity},
    intake::{self, Seen, SourceFile},
    lake::{KeyParts, stage, sweep, tag},
    messages::{FindingWords, Messages},
    model::{FormValues, Grain, IgnoredSheet, Period, Scope, submission::GROUP},
    project::{Store, settings::slug},
    publish,
    publish::{
        Manifest, Spool, Stage,
        contract::{self, SubmissionLine},
        csv_text::CsvText,
        datapackage,
        ledger::Totals,
        manifest::Counts,
    },
    report::{self, Edition, GroupMaterial, StoreDigest, Yardstick, material::BoardLine},
    returned,
    site::{Shelf, Site},
    workbook,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Larger workbooks are not returned, which is a finding (W020): what was found in them is on the site and in `findings.csv`.
pub(super) const LARGEST_RETURNED: u64 = 32 << 20;

/// Which lines are gathered while stores are worked on.
const KPIS: usize = 0;
const WORKLISTS: usize = 1;

/// What a build made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Built {
    /// How many findings there are: notices, warnings, errors.
    pub findings: [usize; 3],
    /// The group's row counts.
    pub totals: Totals,
    /// Stores.
    pub stores: usize,
    /// Workbooks found.
    pub workbooks: usize,
    /// Pages of the site.
    pub pages: usize,
    /// Returned workbooks.
    pub returned: usize,
    /// The cut-off, as shown.
    pub cutoff: String,
}

/// What a store told the group's files of itself.
struct Told {
    digest: StoreDigest,
    hash: Option<String>,
    forms: FormValues,
    forms_hash: Option<String>,
}

impl Group {
    /// The whole job: reads, checks, computes, writes, and swaps the output in.
    ///
    /// # Errors
    /// Whatever kept the tool from its job; the former output is whole.
    pub fn build(&self, output: &Path, progress: &dyn Progress) -> Result<Built, PipelineError> {
        let (input, target) = (publish::resolved(self.input()), publish::resolved(output));
        if input.starts_with(&target) || target.starts_with(&input) {
            return Err(PipelineError::Nested { input, output: target });
        }
        let stage = Stage::open(output, &publish::work_beside(output), &self.cache, self.request.rehash)?;
        let survey = self.survey(progress)?;
        let key = self.whole_key(&survey);
        if let Some(built) = key.as_ref().and_then(|key| self.unchanged(key, &stage)) {
            progress.done();
            return Ok(built);
        }
        let checked = self.check_surveyed(survey, progress)?;
        let engine = self.engine(&checked)?;
        progress.stage("progress.figures", 0);
        let lines = [Spool::new(stage.work())?, Spool::new(stage.work())?].map(Mutex::new);
        let add = |at: usize, parts| lines[at].lock().unwrap_or_else(PoisonError::into_inner).add(parts);
        let share = |figures: &Figures, i: usize| {
            let Share { digest, values, lines: [kpis, worklists], hash, forms, forms_hash } =
                Share::of(self, &checked, &engine, figures, i)?;
            add(KPIS, kpis)?;
            add(WORKLISTS, worklists)?;
            Ok((values, Told { digest, hash, forms, forms_hash }))
        };
        let (figures, shares) = self.figures_and(&checked, &engine, share)?;
        add(KPIS, contract::kpi_lines_of_group(figures.kpis.iter().filter(|value| value.scope != Scope::Store)))?;
        progress.stage("progress.data", 0);
        let [kpis, worklists] = lines.map(|lines| lines.into_inner().unwrap_or_else(PoisonError::into_inner));
        write_lines(&stage, "data/kpi.csv", &contract::KPI_HEADER, kpis)?;
        write_lines(&stage, "data/worklist.csv", &contract::WORKLIST_HEADER, worklists)?;
        let built = self.pool.install(|| self.write(&stage, &checked, &engine, &figures, shares, progress))?;
        if let Some(key) = key.filter(|_| self.counts().passing == 0) {
            self.remember(&key, &built, &stage);
        }
        progress.stage("progress.publishing", 0);
        stage.publish()?;
        self.sweep();
        progress.done();
        Ok(built)
    }

    fn write(
        &self,
        stage: &Stage,
        checked: &Checked,
        engine: &Engine<'_>,
        figures: &Figures,
        shares: Vec<Told>,
        progress: &dyn Progress,
    ) -> Result<Built, PipelineError> {
        // Findings of no store stand first; those of definitions are known once every store's rows were held against them.
        let (of_none, of_stores) =
            checked.findings.split_at(checked.findings.partition_point(|finding| finding.store.is_empty()));
        let mut of_none = of_none.to_vec();
        of_none.extend(engine.metrics.problems());
        of_none.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        of_none.dedup();
        let findings = || of_none.iter().chain(of_stores);
        let tallies = checked.tallies();
        let mut board: Vec<BoardLine> = shares.iter().flat_map(|told| told.digest.board.iter().cloned()).collect();
        board.extend(of_no_store(checked));
        let rows = board.iter().map(|line| [line.rows_read, line.accepted, line.repaired, line.rejected]);
        let totals = checked.ledger.settle(&tallies, &rows.collect::<Vec<_>>())?;
        self.write_data(stage, checked, &board, findings())?;
        let changes = self.changes(stage, checked, engine)?;
        if let Some(Some(changes)) = &changes {
            stage.write("data/changes.csv", &contract::changes_csv(changes))?;
        }
        let (mut digests, mut hashes, mut forms, mut form_hashes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for told in shares {
            digests.push(told.digest);
            hashes.push(told.hash);
            forms.push(told.forms);
            form_hashes.push(told.forms_hash);
        }
        let form_totals = report::form::share::totals(&forms, &self.catalog);

        let edition = Edition {
            catalog: &self.catalog,
            settings: &self.settings,
            cutoff: checked.cutoff,
            lineage_since: engine.lineage_since(),
        };
        let material = GroupMaterial {
            edition,
            stores: &checked.stores,
            kpis: &figures.kpis,
            digests: &digests,
            findings: &of_none,
            changes: changes.as_ref().map(Option::as_ref),
        };
        progress.stage("progress.site", checked.stores.len() as u64 + 1);
        let site = Site::new(edition)?;
        let standings = report::standings(&material, site.words());
        let yardstick = Yardstick::of(&material);
        let readers = Readers::new();
        let desk = Desk {
            group: self,
            stage,
            checked,
            engine,
            figures,
            edition,
            site: &site,
            yardstick: &yardstick,
            form_totals: &form_totals,
            form_hashes: &form_hashes,
            readers: &readers,
            settings: settings_of_files(&self.settings),
        };
        let of_group = || {
            self.write_rows(stage, checked, engine, edition, site.words())?;
            self.write_group(stage, &site, &material, &forms)
        };
        let of_stores = || {
            let each = hashes.par_iter().zip(&standings).enumerate().map(|(i, (hash, standing))| {
                let written = desk.write(hash.as_deref(), standing, i);
                progress.step();
                written
            });
            each.try_reduce(Written::default, |one, other| Ok(one + other))
        };
        let (of_group, of_stores) = rayon::join(of_group, of_stores);
        let (of_group, mut of_stores) = (of_group?, of_stores?);
        of_stores.returned += self.return_group_files(stage, checked, &readers, findings())?;
        let counted = count(findings());
        self.write_manifest(stage, checked, counted, totals)?;
        Ok(Built {
            totals,
            stores: checked.stores.len(),
            workbooks: checked.inputs.len(),
            pages: of_group + of_stores.pages,
            returned: of_stores.returned,
            cutoff: checked.cutoff.display(),
            findings: counted,
        })
    }

    /// The group's pages and pack. Returns how many pages they are.
    fn write_group(
        &self,
        stage: &Stage,
        site: &Site<'_>,
        material: &GroupMaterial<'_>,
        forms: &[FormValues],
    ) -> Result<usize, PipelineError> {
        let shelf = Former { group: self, stage };
        let made = site.group_pages(material, &shelf)? + site.group_forms(material, forms, &shelf)?;
        let pack = workbook::group_pack(material, site.words())?;
        stage.write(&format!("workbooks/{}", workbook::group_pack_name(material.edition)), &pack)?;
        for (name, book) in workbook::group_forms(material, site.words(), forms)? {
            stage.write(&format!("workbooks/{name}"), &book)?;
        }
        let blank = workbook::blank_forms(material.edition, site.words())?;
        stage.write(&format!("workbooks/{}", workbook::BLANK_FORMS), &blank)?;
        self.count(|counts| {
            counts.pages_rendered += made.rendered;
            counts.packs_written += 2;
        });
        Ok(made.files)
    }

    /// Forgets what no build used for a month.
    fn sweep(&self) {
        let work = &self.request.work;
        // A work folder that cannot be written to holds nothing to forget either.
        let _ = tag(work);
        sweep(&work.join("cache"), 2);
        sweep(&work.join("lake"), 0);
    }

    fn write_data<'f>(
        &self,
        stage: &Stage,
        checked: &Checked,
        board: &[BoardLine],
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Result<(), PipelineError> {
        let words = self.finding_words();
        stage.write_as_made("data/findings.csv", |out| contract::findings_csv(findings, &words, out))?;
        let lines = board.iter().map(|line| SubmissionLine {
            store: line.store.clone(),
            sheet: line.kind.clone(),
            week: line.week,
            expected: line.expected,
            received: line.received,
            on_time: line.on_time,
            rows: [line.rows_read, line.accepted, line.repaired, line.rejected],
        });
        stage.write("data/submissions.csv", &contract::submissions_csv(lines))?;
        let package = datapackage::datapackage(
            &self.settings.group,
            &checked.cutoff.display(),
            &checked.facts_by_store(&self.catalog),
            Messages::of(self.settings.lang),
        );
        stage.write("data/datapackage.json", &package)?;
        Ok(())
    }

    /// The workbooks of the group's folder with whatever is wrong in them, whosever rows it is. Returns how many there are.
    fn return_group_files<'f>(
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

    /// What findings are worded with.
    fn finding_words(&self) -> FindingWords<'_> {
        FindingWords::new(&self.catalog, self.settings.lang)
    }

    fn write_manifest(
        &self,
        stage: &Stage,
        checked: &Checked,
        [notices, warnings, errors]: [usize; 3],
        rows: Totals,
    ) -> Result<(), PipelineError> {
        let manifest = Manifest {
            tool: "foursight",
            version: env!("CARGO_PKG_VERSION"),
            cutoff: checked.cutoff.display(),
            lang: self.settings.lang.tag(),
            audience: match self.settings.audience {
                crate::project::Audience::Hq => "hq",
                crate::project::Audience::Store => "store",
            },
            definitions: self.catalog.hash.clone(),
            inputs: checked.inputs.clone(),
            counts: Counts {
                stores: checked.stores.len(),
                workbooks: checked.inputs.len(),
                rows,
                errors,
                warnings,
                notices,
            },
            outputs: stage.files(),
        };
        let mut text = serde_json::to_vec_pretty(&manifest).expect("plain JSON values");
        text.push(b'\n');
        stage.write("data/manifest.json", &text)?;
        Ok(())
    }
}

/// The group's pages as former builds made them.
struct Former<'a> {
    group: &'a Group,
    stage: &'a Stage,
}

impl Former<'_> {
    /// What decides a page's bytes: where it stands, what it shows, and what renders it.
    fn key(path: &str, shows: &str) -> String {
        KeyParts::new("page", stage::RENDER).with(path).with(shows).finish()
    }
}

impl Shelf for Former<'_> {
    fn knows(&self) -> bool {
        true
    }

    fn take(&self, path: &str, shows: &str) -> bool {
        let hash = self.group.cache.get::<String>("page", &Former::key(path, shows));
        hash.is_some_and(|hash| self.stage.reuse(&format!("site/{path}"), &hash))
    }

    fn put(&self, path: &str, bytes: &[u8], shows: Option<&str>) -> io::Result<()> {
        let hash = self.stage.write(&format!("site/{path}"), bytes).map_err(io::Error::other)?;
        if let Some(shows) = shows {
            // A full or read-only disk costs the next build time, nothing else.
            let _ = self.group.cache.put("page", &Former::key(path, shows), &hash);
        }
        Ok(())
    }
}

/// The rows that are no store's as lines of the board: they are counted like all others.
fn of_no_store(checked: &Checked) -> impl Iterator<Item = BoardLine> {
    let mut lines: BTreeMap<(Arc<str>, Period), u64> = BTreeMap::new();
    for tally in &checked.of_no_store {
        let week = tally.week.unwrap_or_else(|| Period::of(Grain::Week, checked.cutoff.date()));
        *lines.entry((tally.kind.clone(), week)).or_default() += tally.rows_read;
    }
    lines.into_iter().map(|((kind, week), rows)| BoardLine {
        store: GROUP.into(),
        kind,
        week,
        expected: false,
        received: true,
        on_time: None,
        rows_read: rows,
        accepted: 0,
        repaired: 0,
        rejected: rows,
    })
}

/// Notices, warnings, errors.
fn count<'f>(findings: impl Iterator<Item = &'f Finding>) -> [usize; 3] {
    let mut counts = [0; 3];
    findings.for_each(|finding| counts[finding.severity as usize] += 1);
    counts
}

/// A data file of a header and parts that were gathered store by store.
fn write_lines(stage: &Stage, name: &str, header: &[&str], mut lines: Spool) -> Result<(), PipelineError> {
    stage.write_as_made(name, |out| {
        out.write_all(&CsvText::new(header).finish())?;
        lines.copy_to(out)
    })?;
    Ok(())
}

/// A workbook's path below its store's folder.
fn below_store(shown: &str) -> &str {
    shown.split_once('/').map_or(shown, |(_, below)| below)
}
