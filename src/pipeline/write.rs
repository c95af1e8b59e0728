//! From figures to a published output.

use super::{
    Checked, Engine, Figures, Group, PipelineError, Progress, Readers,
    gathered::Gathered,
    pages::{dictionary, offer},
    renderings::Rendering,
    stores::{Desk, Share, Written},
};
use crate::{
    diagnostic::Finding,
    lake::{sweep, tag},
    messages::{FindingWords, Messages},
    model::{FormValues, Grain, Period, submission::GROUP},
    publish,
    publish::{
        Manifest, Stage,
        contract::{self, SubmissionLine},
        datapackage,
        ledger::Totals,
        manifest::Counts,
    },
    report::{self, Edition, GroupMaterial, StoreDigest, Yardstick, downloads, material::BoardLine},
    site, workbook,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path, sync::Arc};

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
        let gathered = Gathered::new(stage.work())?;
        let share = |figures: &Figures, i: usize| {
            let Share { digest, values, lines, hash, forms, forms_hash } =
                Share::of(self, &checked, &engine, figures, i)?;
            gathered.add(lines)?;
            Ok((values, Told { digest, hash, forms, forms_hash }))
        };
        let (figures, shares) = self.figures_and(&checked, &engine, share)?;
        progress.stage("progress.data", 0);
        gathered.write(&figures, |name, make| stage.write_as_made(name, make).map(drop))?;
        let built = self.pool.install(|| self.write(&stage, &checked, &engine, &figures, shares, progress))?;
        if let Some(key) = key.filter(|_| self.counts().passing == 0) {
            self.remember(&key, &built, &stage);
        }
        self.cache_works()?;
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
        let changes = self.changes(stage.folder(), checked, engine)?;
        if let Some(Some(changes)) = &changes {
            stage.write(&format!("data/{}", downloads::CHANGES), &contract::changes_csv(changes))?;
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
        let variants = self.variants();
        let renderings = Group::renderings(&variants, edition)?;
        let Some(main) = renderings.first() else { return Err(site::SiteError::Templates(String::new()).into()) };
        let edition = main.edition;
        let material = GroupMaterial {
            edition,
            stores: &checked.stores,
            kpis: &figures.kpis,
            digests: &digests,
            findings: &of_none,
            changes: changes.as_ref().map(Option::as_ref),
        };
        progress.stage("progress.site", checked.stores.len() as u64 + 1);
        let standings = report::standings(&material, main.site.words());
        let dictionary = match renderings.iter().find(|rendering| rendering.alone) {
            Some(alone) => dictionary(alone, &material)?,
            None => Vec::new(),
        };
        let yardstick = Yardstick::of(&material);
        let readers = Readers::new();
        let desk = Desk {
            group: self,
            stage,
            checked,
            engine,
            figures,
            main,
            renderings: &renderings,
            dictionary: &dictionary,
            yardstick: &yardstick,
            form_totals: &form_totals,
            form_hashes: &form_hashes,
            readers: &readers,
        };
        let of_group = || {
            self.write_rows(stage, checked, engine, edition, main.site.words())?;
            let pages = renderings.iter().filter(|rendering| !rendering.alone);
            let mut files = 0;
            for rendering in pages {
                files += self.write_site(stage, rendering, &material, &forms)?;
            }
            self.write_books(stage, main, &material, &forms)?;
            Ok::<usize, PipelineError>(files)
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
        for rendering in &renderings {
            offer(stage, rendering, &checked.stores, changes.as_ref().is_some_and(Option::is_some))?;
        }
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

    /// The group's workbooks.
    fn write_books(
        &self,
        stage: &Stage,
        main: &Rendering<'_>,
        material: &GroupMaterial<'_>,
        forms: &[FormValues],
    ) -> Result<(), PipelineError> {
        let site = &main.site;
        let pack = workbook::group_pack(material, site.words())?;
        stage.write(&format!("workbooks/{}", downloads::group_pack_name(material.edition)), &pack)?;
        for (name, book) in workbook::group_forms(material, site.words(), forms)? {
            stage.write(&format!("workbooks/{name}"), &book)?;
        }
        let blank = workbook::blank_forms(material.edition, site.words())?;
        stage.write(&format!("workbooks/{}", workbook::BLANK_FORMS), &blank)?;
        self.count(|counts| counts.packs_written += 2);
        Ok(())
    }

    /// Forgets what no build used for a month.
    pub(super) fn sweep(&self) {
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

    /// What findings are worded with.
    pub(super) fn finding_words(&self) -> FindingWords<'_> {
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
            contract: publish::manifest::CONTRACT,
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
