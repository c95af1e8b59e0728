//! A part of the stores read, checked and derived ahead, so that a build, here or on a machine with the same shared cache,
//! finds it done. Nothing of a build rests on it: what it leaves are entries by the hash of what they are made from.

use super::{
    Checked, Group, PipelineError, Progress, Readers,
    checked::{StoreSummary, Survey},
    cutoff::{self, WeekEnd},
};
use crate::{facts, model::Instant, publish::Ledger};
use rayon::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// One of several parts of the stores: every n-th, beginning with the i-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    part: u32,
    of: u32,
}

impl Shard {
    /// The `part`-th of `of`, from 1.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn new(part: u32, of: u32) -> Result<Shard, PipelineError> {
        if (1..=of).contains(&part) { Ok(Shard { part, of }) } else { Err(PipelineError::NoShard { part, of }) }
    }

    /// Whether the store at a place is in it.
    fn holds(self, place: usize) -> bool {
        place % self.of as usize == self.part as usize - 1
    }
}

/// What was done ahead.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ingested {
    /// Stores of the part.
    pub stores: usize,
    /// Their workbooks.
    pub workbooks: usize,
    /// Nobody gave a cut-off, and the stores of other parts, which decide it, are not read yet: nothing was checked.
    pub waits: bool,
    /// Stores of other parts of which nothing is known yet: what their customers bought may change facts of this part.
    pub unknown: usize,
}

impl Group {
    /// Does what can be done of the stores that were asked for, or of a part of all stores.
    ///
    /// # Errors
    /// When there is no input, no store, or the readers cannot be started. A bad workbook is a finding of the build.
    pub fn ingest(&self, shard: Option<Shard>, progress: &dyn Progress) -> Result<Ingested, PipelineError> {
        let survey = self.survey(progress)?;
        let wanted = |(at, store): (usize, &crate::project::Store)| {
            let asked = self.request.stores.is_empty() || self.request.stores.iter().any(|id| *id == *store.id);
            asked && shard.is_none_or(|shard| shard.holds(at))
        };
        let own: BTreeSet<usize> =
            survey.stores.iter().enumerate().filter(|one| wanted(*one)).map(|(at, _)| at).collect();
        let done = self.pool.install(|| self.ingest_own(&survey, &own, progress))?;
        self.cache_works()?;
        self.sweep();
        progress.done();
        Ok(done)
    }

    fn ingest_own(
        &self,
        survey: &Survey,
        own: &BTreeSet<usize>,
        progress: &dyn Progress,
    ) -> Result<Ingested, PipelineError> {
        let readers = Readers::new();
        let mut done = Ingested {
            stores: own.len(),
            workbooks: own.iter().map(|at| survey.files[*at].len()).sum(),
            ..Ingested::default()
        };
        progress.stage("progress.reading", done.workbooks as u64);
        // The group's workbooks are every store's.
        let files: Vec<_> = own.iter().flat_map(|at| &survey.files[*at]).chain(&survey.group_files).collect();
        files.par_iter().try_for_each(|(file, hash)| {
            let read = self.workbook(file, hash, &readers).map(drop);
            progress.step();
            read
        })?;
        if let Some(Ok(readers)) = readers.get() {
            readers.sound()?;
        }
        let Some(checked) = self.check_known(survey, own, &readers, progress)? else {
            done.waits = true;
            return Ok(done);
        };
        done.unknown = survey.stores.len() - own.len() - checked.others;
        let engine = self.engine(&checked.own)?;
        progress.stage("progress.figures", done.stores as u64);
        self.each_store(&checked.own, |i| {
            engine.facts(i)?;
            engine.sums(i)?;
            engine.worklists(i)?;
            engine.pools(i)?;
            engine.forms(i)?;
            progress.step();
            Ok(())
        })?;
        Ok(done)
    }

    /// The stores of the part, checked, beside what is known of the others; `None` where nobody knows the cut-off yet.
    fn check_known(
        &self,
        survey: &Survey,
        own: &BTreeSet<usize>,
        readers: &Readers,
        progress: &dyn Progress,
    ) -> Result<Option<Known>, PipelineError> {
        let Some(cutoff) = self.settings.as_of.map_or_else(|| self.known_week_end(survey), |at| Ok(Some(at)))? else {
            return Ok(None);
        };
        progress.stage("progress.checking", survey.files.iter().map(|files| files.len() as u64).sum());
        let shared = self.shared(&survey.group_files, readers)?;
        let ids: Vec<Arc<str>> = survey.stores.iter().map(|store| store.id.clone()).collect();
        let summaries: Vec<Option<(String, StoreSummary)>> = (0..survey.stores.len())
            .into_par_iter()
            .map(|at| {
                let (store, files) = ((&survey.stores[at], ids.as_slice()), survey.files[at].as_slice());
                let of_group = (survey.group_files.as_slice(), &shared);
                if own.contains(&at) {
                    return self.summary(store, files, of_group, cutoff, readers, progress).map(Some);
                }
                let key = self.summary_key(store, files, of_group.0, cutoff);
                Ok(self.cache.get("summary", &key).map(|summary| (key, summary)))
            })
            .collect::<Result<_, PipelineError>>()?;
        let places: Vec<usize> =
            summaries.iter().enumerate().filter(|(_, one)| one.is_some()).map(|(at, _)| at).collect();
        let (keys, mut summaries): (Vec<String>, Vec<StoreSummary>) = summaries.into_iter().flatten().unzip();
        self.across(&mut summaries);
        let weeks = self.weeks(&summaries, cutoff);
        let deliveries = summaries.iter_mut().flat_map(|summary| std::mem::take(&mut summary.deliveries)).collect();
        let first_services =
            summaries.iter_mut().flat_map(|summary| std::mem::take(&mut summary.first_services)).collect();
        let mut checked = Checked {
            cutoff,
            stores: Vec::new(),
            summaries: Vec::new(),
            keys: Vec::new(),
            files: Vec::new(),
            group_files: survey.group_files.clone(),
            of_no_store: Vec::new(),
            group_ignored: Vec::new(),
            inputs: Vec::new(),
            findings: Vec::new(),
            ledger: Ledger::default(),
            deliveries,
            first_services,
            boards: Vec::new(),
            ids,
        };
        let others = places.iter().filter(|at| !own.contains(at)).count();
        let known = places.into_iter().zip(keys).zip(summaries);
        for ((at, key), summary) in known.filter(|((at, _), _)| own.contains(at)) {
            let store = &survey.stores[at];
            checked.boards.push(facts::board(store, &summary.outline, &weeks, &self.settings, cutoff));
            checked.stores.push(store.clone());
            checked.files.push(survey.files[at].clone());
            checked.keys.push(key);
            checked.summaries.push(summary);
        }
        Ok(Some(Known { own: checked, others }))
    }

    /// The cut-off by the covers of all stores; `None` where one of their workbooks was not read yet.
    fn known_week_end(&self, survey: &Survey) -> Result<Option<Instant>, PipelineError> {
        let mut ends = Vec::new();
        for (file, hash) in survey.files.iter().flatten() {
            let Some(packed) = self.known_workbook(file, hash) else { return Ok(None) };
            ends.extend(packed.week_end(file).map(|(day, by_path)| WeekEnd { store: &file.store, day, by_path }));
        }
        cutoff::cutoff(&ends).map(|day| Some(Instant::day(day))).ok_or(PipelineError::NoCutoff)
    }
}

/// Stores that were checked.
struct Known {
    own: Checked,
    /// Of how many others something is known.
    others: usize,
}
