//! From checked rows to figures.

use super::{Checked, Group, PipelineError, Progress, Readers};
use crate::{
    catalog::Worklist,
    facts::{Facts, GroupDeliveries},
    lake::{KeyParts, Lake, StoreFacts, stage},
    metrics::{self, Forms, LineageFilter, Lists, Metrics, MetricsError, StoreSums},
    model::{FormValues, Grain, LineageRow, Period, StoreRows, WorklistRow, sharing},
};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// Months of rows behind the numbers that reports carry, the current one among them.
const LINEAGE_MONTHS: u32 = 6;
/// The facts of the stores of a build, derived when somebody asks for them, and the definitions planned over them.
pub struct Engine<'a> {
    pub(super) group: &'a Group,
    pub(super) checked: &'a Checked,
    deliveries: GroupDeliveries,
    /// The definitions.
    pub metrics: Metrics,
    /// The lake.
    pub lake: Lake,
    /// What the forms are filled by, as a part of keys.
    forms_hash: String,
    /// The partition of each store; it need not be there yet.
    pub store_keys: Vec<String>,
}

impl Engine<'_> {
    /// The facts of the `i`-th store: from the lake, else derived from its rows and kept there.
    ///
    /// # Errors
    /// When cells do not fit their columns, or the store's workbooks have to be read again and cannot be.
    pub fn facts(&self, i: usize) -> Result<StoreFacts, PipelineError> {
        let (group, key) = (self.group, &self.store_keys[i]);
        let here = self.lake.get(key, &group.catalog);
        if let Some(facts) = here.or_else(|| self.lake.find_shared(key, &group.cache, &group.catalog)) {
            return Ok(facts);
        }
        let store = &self.checked.stores[i];
        let kept = sharing(|| group.cache.get("rows", &self.checked.keys[i]));
        let rows: StoreRows = match kept {
            Some(rows) => rows,
            None => {
                let (files, readers) = (&self.checked.files[i], Readers::new());
                let shared = group.shared(&self.checked.group_files, &readers)?;
                let store = (store, self.checked.ids.as_slice());
                group.check_store(store, files, &shared, self.checked.cutoff, &readers, &Silent)?.0
            }
        };
        let cutoff = self.checked.cutoff;
        let board = &self.checked.boards[i];
        let deliveries = &self.deliveries;
        let derived = Facts::new(store, &rows, deliveries, board, &group.catalog, &group.settings, cutoff);
        let tables = derived.tables().chain([board.clone()]);
        // A sheet without a row is no fact of the store.
        let facts =
            StoreFacts::of(tables.filter(|table| !table.is_empty() || group.catalog.sheet(&table.name).is_none()))?;
        drop(derived);
        drop(rows);
        self.lake.put(key, &facts)?;
        self.lake.share(key, &group.cache);
        group.count(|counts| counts.stores_derived += 1);
        Ok(facts)
    }

    /// The figures of the `i`-th store at the finest grain, from the cache as far as its facts and the KPIs are the same.
    pub(super) fn sums(&self, i: usize) -> Result<StoreSums, PipelineError> {
        let absent = self.checked.absent(&self.group.catalog, i);
        let mut facts = None;
        let mut sums = StoreSums::default();
        for (fact, kpis) in self.metrics.kpis_by_fact() {
            let mut key = KeyParts::new("sums", stage::METRICS).with(&self.store_keys[i]).with(&*fact);
            for kpi in kpis {
                key = key.with(kpi.evaluation_hash());
            }
            let key = key.finish();
            let own = match self.group.cache.get("sums", &key) {
                Some(own) => own,
                None => {
                    let facts = match &facts {
                        Some(facts) => facts,
                        None => facts.insert(self.facts(i)?),
                    };
                    let own = self.metrics.sums(&fact, facts, &absent)?;
                    // A full or read-only disk costs the next build time, nothing else.
                    let _ = self.group.cache.put("sums", &key, &own);
                    own
                }
            };
            sums.extend(own);
        }
        sums.add_derived(&self.group.catalog, &absent, self.checked.cutoff.date());
        Ok(sums)
    }

    /// The worklists of the `i`-th store, each row at its cell, from the cache as far as its facts and the lists are the
    /// same; and whether every list could be evaluated.
    pub(super) fn worklists(&self, i: usize) -> Result<(Vec<WorklistRow>, bool), PipelineError> {
        let lists = &self.group.catalog.worklists;
        self.listed(i, ("lists", lists), |facts, absent| self.metrics.worklists(facts, absent))
    }

    /// What the people of the `i`-th store have in hand, likewise.
    pub(super) fn pools(&self, i: usize) -> Result<(Vec<WorklistRow>, bool), PipelineError> {
        let pools = &self.group.catalog.pools;
        self.listed(i, ("pools", pools), |facts, absent| self.metrics.pools(facts, absent))
    }

    fn listed(
        &self,
        i: usize,
        (kind, definitions): (&str, &[Worklist]),
        evaluate: impl Fn(&StoreFacts, &BTreeSet<Arc<str>>) -> Result<Lists, MetricsError>,
    ) -> Result<(Vec<WorklistRow>, bool), PipelineError> {
        let catalog = &self.group.catalog;
        let mut key = KeyParts::new(kind, stage::METRICS).with(&self.store_keys[i]);
        for list in definitions {
            key = key.with(list.evaluation_hash());
        }
        let key = key.finish();
        let lists: Lists = match self.group.cache.get(kind, &key) {
            Some(lists) => lists,
            None => {
                let lists = evaluate(&self.facts(i)?, &self.checked.absent(catalog, i))?;
                // A full or read-only disk costs the next build time, nothing else.
                let _ = self.group.cache.put(kind, &key, &lists);
                lists
            }
        };
        lists.failed.iter().for_each(|(list, what)| self.metrics.report_failed_list(list, what));
        let whole = lists.failed.is_empty();
        let mut rows = lists.rows;
        let of = |list: &str| definitions.iter().find(|own| *own.id == *list);
        let deciding = |list: &str| of(list).and_then(|list| list.decides.as_deref()).unwrap_or("");
        self.checked.headers(catalog, i).point_all(rows.iter_mut().map(|row| (&mut row.place, deciding(&row.list))));
        Ok((rows, whole))
    }

    /// What the forms of the `i`-th store are filled with, from the cache as far as its facts and the forms are the same; and
    /// whether every form could be evaluated.
    pub(super) fn forms(&self, i: usize) -> Result<(FormValues, bool), PipelineError> {
        let key = KeyParts::new("forms", stage::METRICS).with(&self.store_keys[i]).with(&self.forms_hash).finish();
        let forms: Forms = match self.group.cache.get("forms", &key) {
            Some(forms) => forms,
            None => {
                let absent = self.checked.absent(&self.group.catalog, i);
                let forms = self.metrics.forms(&self.facts(i)?, &self.sums(i)?, &absent)?;
                // A full or read-only disk costs the next build time, nothing else.
                let _ = self.group.cache.put("forms", &key, &forms);
                forms
            }
        };
        forms.failed.iter().for_each(|(form, what)| self.metrics.report_failed_form(form, what));
        Ok((forms.values, forms.failed.is_empty()))
    }

    /// The rows behind the figures of the `i`-th store, each at the cell that decides its part.
    pub(super) fn lineage(
        &self,
        i: usize,
        facts: &StoreFacts,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, PipelineError> {
        let catalog = &self.group.catalog;
        let mut rows = self.metrics.lineage(facts, &self.checked.absent(catalog, i), filter)?;
        let deciding = |kpi: &str| catalog.kpi(kpi).map_or("", |kpi| kpi.decides.as_deref().unwrap_or(&kpi.time));
        self.checked.headers(catalog, i).point_all(rows.iter_mut().map(|row| (&mut row.place, deciding(&row.kpi))));
        Ok(rows)
    }

    /// The first day that the rows behind figures reach back to.
    pub(super) fn lineage_since(&self) -> NaiveDate {
        let this_month = Period::of(Grain::Month, self.checked.cutoff.date());
        this_month.start - chrono::Months::new(LINEAGE_MONTHS - 1)
    }
}

impl Group {
    /// Plans the definitions over the facts, which are derived as they are asked for.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn engine<'a>(&'a self, checked: &'a Checked) -> Result<Engine<'a>, PipelineError> {
        let lake = Lake::open(&self.request.work.join("lake"))?;
        let deliveries = GroupDeliveries::new(checked.deliveries.iter().cloned())
            .with_first_services(checked.first_services.iter().cloned());
        let key = |i: usize| {
            let (store, summary) = (&checked.stores[i], &checked.summaries[i]);
            KeyParts::new("facts", stage::FACTS)
                .with(&checked.keys[i])
                .with(&self.hashes.facts)
                .with(self.settings.facts_part())
                .with(serde_json::to_vec(&(&store.brand, store.hours)).unwrap_or_default())
                .with(deliveries.digest(&summary.referrers))
                .with(serde_json::to_vec(&checked.boards[i]).unwrap_or_default())
                .finish()
        };
        let store_keys = (0..checked.stores.len()).map(key).collect();
        let metrics = Metrics::plan(&self.catalog, checked.cutoff)?;
        let forms = self.catalog.forms.iter().map(|form| form.evaluation_hash(&self.catalog));
        let forms_hash = forms.collect::<Vec<_>>().concat();
        Ok(Engine { group: self, checked, deliveries, metrics, lake, forms_hash, store_keys })
    }

    /// Runs one `SELECT` over the facts of all stores, see [`Metrics::query`].
    ///
    /// # Errors
    /// When the facts cannot be derived, or the query is bad.
    pub fn query(&self, checked: &Checked, sql: &str, in_full: bool) -> Result<metrics::Answer, PipelineError> {
        let engine = self.engine(checked)?;
        self.each_store(checked, |i| engine.facts(i).map(drop))?;
        let threads = self.pool.current_num_threads();
        Ok(engine.metrics.query(&engine.lake, &engine.store_keys, sql, in_full, threads)?)
    }

    /// What is made of each store by its place, in the order of the stores.
    pub(super) fn each_store<T: Send>(
        &self,
        checked: &Checked,
        make: impl Fn(usize) -> Result<T, PipelineError> + Send + Sync,
    ) -> Result<Vec<T>, PipelineError> {
        self.pool.install(|| (0..checked.stores.len()).into_par_iter().map(make).collect())
    }

    /// The rows behind values of all stores, sorted by KPI (display order), store, then as [`Metrics::lineage`] has them.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn rows_behind(
        &self,
        checked: &Checked,
        engine: &Engine<'_>,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, PipelineError> {
        let rows = self.each_store(checked, |i| engine.lineage(i, &engine.facts(i)?, filter))?;
        let mut rows: Vec<LineageRow> = rows.into_iter().flatten().collect();
        let order = |id: &Arc<str>| self.catalog.kpis.iter().position(|kpi| kpi.id == *id);
        rows.sort_by_cached_key(|row| (order(&row.kpi), row.store.clone()));
        Ok(rows)
    }
}

/// For work that is redone inside another stage.
struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: u64) {}
    fn step(&self) {}
    fn done(&self) {}
}
