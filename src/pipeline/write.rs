//! From figures to a published output.

use super::{Checked, Group, Measured, PipelineError, Progress};
use crate::{
    diagnostic::{Finding, Severity},
    intake,
    lake::{Lake, sweep, tag},
    messages::{FindingWords, Messages},
    model::{IgnoredSheet, KpiValue, Scope},
    project::settings::slug,
    publish,
    publish::{
        Manifest, Stage,
        contract::{self, SubmissionLine},
        datapackage,
        ledger::Totals,
        manifest::Counts,
    },
    report::{self, GroupMaterial, Material, StoreDigest, StoreMaterial, Yardstick},
    returned,
    site::Site,
    workbook,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
    sync::Arc,
};

/// Larger workbooks are not returned: their findings are on the site and in `findings.csv`.
const LARGEST_RETURNED: u64 = 32 << 20;
/// Bytes of a file's name that every file system takes.
const LONGEST_NAME: usize = 200;

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

impl Group {
    /// The whole job: reads, checks, computes, writes, and swaps the output in.
    ///
    /// # Errors
    /// Whatever kept the tool from its job; the former output is whole.
    pub fn build(&self, output: &Path, progress: &dyn Progress) -> Result<Built, PipelineError> {
        let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_default();
        let (input, target) = (whole(self.input()), whole(output));
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
        let measured = self.measure(&checked, progress)?;
        let built = self.pool.install(|| self.write(&stage, &checked, &measured, progress))?;
        if let Some(key) = key.filter(|_| self.counts().stores_passing == 0) {
            self.remember(&key, &built, &stage);
        }
        stage.publish()?;
        self.sweep();
        Ok(built)
    }

    fn write(
        &self,
        stage: &Stage,
        checked: &Checked,
        measured: &Measured<'_>,
        progress: &dyn Progress,
    ) -> Result<Built, PipelineError> {
        let mut findings = checked.findings.clone();
        findings.extend(measured.problems.iter().cloned());
        findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
        findings.dedup();
        let tallies = checked.tallies();
        let board: Vec<[u64; 4]> =
            measured.board.iter().map(|line| [line.rows_read, line.accepted, line.repaired, line.rejected]).collect();
        let totals = checked.ledger.settle(&tallies, &board)?;
        let ignored: Vec<_> = checked.summaries.iter().flat_map(|summary| summary.ignored.iter().cloned()).collect();
        let submissions = checked.submissions();
        let material = Material {
            catalog: &self.catalog,
            settings: &self.settings,
            cutoff: checked.cutoff,
            stores: &checked.stores,
            kpis: &measured.kpis,
            lineage: &measured.lineage,
            lineage_since: measured.lineage_since,
            worklists: &measured.worklists,
            findings: &findings,
            tallies: &tallies,
            submissions: &submissions,
            board: &measured.board,
            ignored: &ignored,
        };
        self.write_data(stage, checked, measured, &findings)?;
        let pages = self.write_reports(stage, &material, progress)?;
        progress.stage("progress.returned", 0);
        let returned = self.write_returned(stage, checked, &findings)?;
        self.write_manifest(stage, checked, &findings, totals)?;
        progress.done();
        Ok(Built {
            totals,
            stores: checked.stores.len(),
            workbooks: checked.inputs.len(),
            pages,
            returned,
            cutoff: checked.cutoff.display(),
            findings: count(&findings),
        })
    }

    /// Forgets what no build used for a month.
    fn sweep(&self) {
        let work = &self.request.work;
        // A work folder that cannot be written to holds nothing to forget either.
        let _ = tag(work);
        sweep(&work.join("cache"), 2);
        sweep(&work.join("lake"), 0);
    }

    fn write_data(
        &self,
        stage: &Stage,
        checked: &Checked,
        measured: &Measured<'_>,
        findings: &[Finding],
    ) -> Result<(), PipelineError> {
        stage.write("data/kpi.csv", &contract::kpi_csv(&measured.kpis))?;
        stage.write("data/findings.csv", &contract::findings_csv(findings, &self.finding_words()))?;
        stage.write(
            "data/worklist.csv",
            &contract::worklist_csv(&measured.worklists, Messages::of(self.settings.lang)),
        )?;
        let lines = measured.board.iter().map(|line| SubmissionLine {
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
            &self.catalog.facts(),
            &checked.stores.iter().map(|store| slug(&store.id)).collect::<Vec<_>>(),
            Messages::of(self.settings.lang),
        );
        stage.write("data/datapackage.json", &package)?;
        checked.stores.par_iter().enumerate().try_for_each(|(i, store)| {
            for (fact, bytes) in Lake::leaving(&measured.engine.facts(i)?, &self.catalog)? {
                stage.write(&format!("data/facts/{fact}/{}.parquet", slug(&store.id)), &bytes)?;
            }
            Ok(())
        })
    }

    /// The group's pages and pack, and each store's out of the store's own share. Returns how many pages they are.
    fn write_reports(
        &self,
        stage: &Stage,
        material: &Material<'_>,
        progress: &dyn Progress,
    ) -> Result<usize, PipelineError> {
        progress.stage("progress.site", 0);
        let site = Site::new(material.edition())?;
        let sink = |path: &str, bytes: &[u8]| stage.write(&format!("site/{path}"), bytes).map_err(io::Error::other);
        let shares = material.shares();
        let parts: Vec<StoreMaterial<'_>> =
            material.stores.iter().zip(&shares).map(|(store, share)| share.material(store)).collect();
        let digests: Vec<StoreDigest> = parts.iter().map(|part| StoreDigest::of(part, material.catalog)).collect();
        let kpis: Vec<KpiValue> = material.kpis.iter().filter(|value| value.scope != Scope::Staff).cloned().collect();
        let own: Vec<Finding> = material.findings.iter().filter(|finding| finding.store.is_empty()).cloned().collect();
        let group = GroupMaterial {
            edition: material.edition(),
            stores: material.stores,
            kpis: &kpis,
            digests: &digests,
            findings: &own,
        };
        let standings = report::standings(&group, site.words());
        let of_group = site.group_pages(&group, &sink)?;
        let of_stores =
            parts.par_iter().zip(&standings).map(|(part, standing)| site.store_pages(part, standing, &sink));
        let of_stores: usize = of_stores.sum::<Result<usize, _>>()?;

        progress.stage("progress.workbooks", material.stores.len() as u64 + 1);
        let yardstick = Yardstick::of(&group);
        let of_group_pack = || {
            let pack = workbook::group_pack(&group, site.words())?;
            stage.write(&format!("workbooks/{}", workbook::group_pack_name(group.edition)), &pack)?;
            progress.step();
            Ok::<(), PipelineError>(())
        };
        let of_store_packs = || {
            parts.par_iter().zip(&standings).try_for_each(|(part, standing)| {
                let pack = workbook::store_pack(material.edition(), site.words(), part, standing, &yardstick)?;
                stage.write(&format!("workbooks/stores/{}.xlsx", slug(&part.store.id)), &pack)?;
                progress.step();
                Ok::<(), PipelineError>(())
            })
        };
        let (first, others) = rayon::join(of_group_pack, of_store_packs);
        first.and(others)?;
        let pages = of_group + of_stores;
        self.count(|counts| {
            counts.pages_rendered += pages;
            counts.packs_written += 1 + material.stores.len();
        });
        Ok(pages)
    }

    /// The clerk's own workbook for each one with an error or a warning; its notices are listed in it too. One that came
    /// with the marks of an earlier return and has nothing wrong any more comes back without them.
    fn write_returned(&self, stage: &Stage, checked: &Checked, findings: &[Finding]) -> Result<usize, PipelineError> {
        let mut by_workbook: BTreeMap<Arc<str>, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            by_workbook.entry(finding.place.workbook.clone()).or_default().push(finding);
        }
        let ignored = checked.summaries.iter().flat_map(|summary| &summary.ignored);
        let marked = ignored.filter(|(_, sheet)| sheet.why == IgnoredSheet::RESULTS).map(|(workbook, _)| &**workbook);
        let marked: BTreeSet<&str> = marked.collect();
        let work: Vec<_> = checked
            .stores
            .iter()
            .zip(&checked.files)
            .flat_map(|(store, files)| files.iter().map(move |(file, _)| (store, file)))
            .map(|(store, file)| (store, file, by_workbook.get(&file.shown).map_or(&[][..], Vec::as_slice)))
            .filter(|(_, file, found)| {
                let wrong = found.iter().any(|finding| finding.severity >= Severity::Warning);
                // One that still bears the marks of the last time comes back without them.
                wrong || marked.contains(&&*file.shown)
            })
            // What could not be read has no cell to mark, and is not opened again outside a reader.
            .filter(|(_, file, found)| {
                file.len <= LARGEST_RETURNED && !found.iter().any(|finding| finding.is_of_unread())
            })
            .collect();
        let known: BTreeSet<&str> = work.iter().map(|(_, file, _)| &*file.shown).collect();
        let written = work.par_iter().map(|(store, file, found)| {
            // A workbook that cannot be opened again, or not patched, has its findings in the list and on the site.
            let Ok(original) = std::fs::read(&file.path) else { return Ok(0) };
            let below = file.shown.split_once('/').map_or(&*file.shown, |(_, below)| below);
            let words = self.finding_words();
            let (annotated, ending) = match intake::csv_rows(&original, file) {
                // Beside a.csv there may be an a.csv.xlsx.
                Some(sheet) if known.contains(&*format!("{}.xlsx", file.shown)) => {
                    (returned::fresh(&[sheet], found, store, &words), " (csv).xlsx")
                }
                Some(sheet) => (returned::fresh(&[sheet], found, store, &words), ".xlsx"),
                None => (returned::annotate(&original, found, store, &words), ""),
            };
            let Ok(annotated) = annotated else { return Ok(0) };
            stage.write(&format!("returned/{}/{}", slug(&store.id), fitting(below, ending)), &annotated)?;
            Ok::<usize, PipelineError>(1)
        });
        written.sum()
    }

    /// What findings are worded with.
    fn finding_words(&self) -> FindingWords<'_> {
        FindingWords::new(&self.catalog, self.settings.lang)
    }

    fn write_manifest(
        &self,
        stage: &Stage,
        checked: &Checked,
        findings: &[Finding],
        rows: Totals,
    ) -> Result<(), PipelineError> {
        let [notices, warnings, errors] = count(findings);
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

/// Notices, warnings, errors.
fn count(findings: &[Finding]) -> [usize; 3] {
    let of = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    [Severity::Notice, Severity::Warning, Severity::Error].map(of)
}

/// A path with a longer ending, its last part cut to what file systems take; what was cut off stands there as a hash.
fn fitting(path: &str, ending: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    if name.len() + ending.len() <= LONGEST_NAME {
        return format!("{folder}{slash}{name}{ending}");
    }
    let own = name.rsplit_once('.').map_or("", |(_, own)| own).get(..8).unwrap_or_default();
    let mut end = LONGEST_NAME / 2;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    format!("{folder}{slash}{}~{}.{own}{ending}", &name[..end], &hash[..8])
}
