//! From checked rows to figures.

use super::{Checked, Group, PipelineError, Progress, Readers};
use crate::{
    diagnostic::Finding,
    facts::{self, GroupDeliveries},
    lake::{KeyParts, Lake, StoreFacts, stage},
    metrics::{self, LineageFilter, Metrics, StoreSums, Totals},
    model::{Column, FactTable, Grain, KpiValue, LineageRow, Period, StoreRows, WorklistRow},
    report::material::BoardLine,
};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::sync::Arc;

/// Months of rows behind the numbers that reports carry, the current one among them.
const LINEAGE_MONTHS: u32 = 6;
/// Rows for one KPI, store, month and role that reports carry; `explain` and `query` give them all.
const LINEAGE_ROWS: usize = 4000;

/// The facts of the stores of a build, derived when somebody asks for them, and the definitions planned over them.
pub struct Engine<'a> {
    group: &'a Group,
    checked: &'a Checked,
    deliveries: GroupDeliveries,
    /// The definitions.
    pub metrics: Metrics,
    /// The lake.
    pub lake: Lake,
    /// The partition of each store; it need not be there yet.
    pub store_keys: Vec<String>,
}

/// The figures of a build.
pub struct Measured<'a> {
    /// The facts.
    pub engine: Engine<'a>,
    /// `kpi.csv`.
    pub kpis: Vec<KpiValue>,
    /// The worklists.
    pub worklists: Vec<WorklistRow>,
    /// The submission board.
    pub board: Vec<BoardLine>,
    /// Findings about definitions whose SQL does not plan.
    pub problems: Vec<Finding>,
    /// The rows behind the stores' recent figures.
    pub lineage: Vec<LineageRow>,
    /// The first day `lineage` reaches back to.
    pub lineage_since: NaiveDate,
}

impl Engine<'_> {
    /// The facts of the `i`-th store: from the lake, else derived from its rows and kept there.
    ///
    /// # Errors
    /// When cells do not fit their columns, or the store's workbooks have to be read again and cannot be.
    pub fn facts(&self, i: usize) -> Result<StoreFacts, PipelineError> {
        let (group, key) = (self.group, &self.store_keys[i]);
        if let Some(facts) = self.lake.get(key, &group.catalog) {
            return Ok(facts);
        }
        let store = &self.checked.stores[i];
        let rows: StoreRows = match group.cache.get("rows", &self.checked.keys[i]) {
            Some(rows) => rows,
            None => {
                let files = &self.checked.files[i];
                group.check_store(store, files, self.checked.cutoff, &Readers::new(), &Silent)?.0
            }
        };
        let cutoff = self.checked.cutoff;
        let mut tables = facts::derive(store, &rows, &self.deliveries, &group.catalog, &group.settings, cutoff);
        tables.push(self.checked.boards[i].clone());
        let facts = StoreFacts::of(&tables)?;
        self.lake.put(key, &facts)?;
        group.count(|counts| counts.stores_derived += 1);
        Ok(facts)
    }

    /// The figures of the `i`-th store at the finest grain, from the cache as far as its facts and the KPIs are the same.
    fn sums(&self, i: usize) -> Result<StoreSums, PipelineError> {
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
}

impl Group {
    /// Plans the definitions over the facts, which are derived as they are asked for.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn engine<'a>(&'a self, checked: &'a Checked) -> Result<Engine<'a>, PipelineError> {
        let lake = Lake::open(&self.request.work.join("lake"))?;
        let deliveries = GroupDeliveries::new(checked.deliveries.iter().cloned());
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
        Ok(Engine { group: self, checked, deliveries, metrics, lake, store_keys })
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

    /// The lines of `kpi.csv`, sorted by KPI (display order), scope, id, period.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn values(&self, checked: &Checked, engine: &Engine<'_>) -> Result<Vec<KpiValue>, PipelineError> {
        let sums = self.each_store(checked, |i| engine.sums(i))?;
        let mut totals = Totals::default();
        checked.stores.iter().zip(&sums).for_each(|(store, sums)| totals.add(store, sums));
        totals.failed().for_each(|(kpi, what)| engine.metrics.report_failed(kpi, what));
        let calendars = totals.calendars(&self.catalog, &engine.metrics.planned(), checked.cutoff);
        let mut values = totals.values(&calendars, &self.catalog, &self.settings, &checked.stores);
        for (store, sums) in checked.stores.iter().zip(&sums) {
            values.extend(metrics::store_values(sums, store, &calendars, &self.catalog, &self.settings));
        }
        let order = |id: &Arc<str>| self.catalog.kpis.iter().position(|kpi| kpi.id == *id);
        values.sort_by_cached_key(|value| (order(&value.kpi), value.scope, value.scope_id.clone(), value.period));
        Ok(values)
    }

    /// What is made of each store by its place, in the order of the stores.
    fn each_store<T: Send>(
        &self,
        checked: &Checked,
        make: impl Fn(usize) -> Result<T, PipelineError> + Send + Sync,
    ) -> Result<Vec<T>, PipelineError> {
        self.pool.install(|| (0..checked.stores.len()).into_par_iter().map(make).collect())
    }

    /// The rows behind values, each at the cell of the column that put it into its period.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn rows_behind(
        &self,
        checked: &Checked,
        engine: &Engine<'_>,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, PipelineError> {
        let rows = self.each_store(checked, |i| {
            Ok(engine.metrics.lineage(&engine.facts(i)?, &checked.absent(&self.catalog, i), filter)?)
        })?;
        let mut rows: Vec<LineageRow> = rows.into_iter().flatten().collect();
        let order = |id: &Arc<str>| self.catalog.kpis.iter().position(|kpi| kpi.id == *id);
        rows.sort_by_cached_key(|row| (order(&row.kpi), row.store.clone()));
        let time = |kpi: &str| self.catalog.kpi(kpi).map_or("", |kpi| &*kpi.time);
        checked.point_at_cells(&self.catalog, rows.iter_mut().map(|row| (&mut row.place, time(&row.kpi))));
        Ok(rows)
    }

    /// Computes every figure.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn measure<'a>(&'a self, checked: &'a Checked, progress: &dyn Progress) -> Result<Measured<'a>, PipelineError> {
        let engine = self.engine(checked)?;
        progress.stage("progress.figures", 0);
        let kpis = self.values(checked, &engine)?;
        let worklists = self.each_store(checked, |i| {
            Ok(engine.metrics.worklists(&engine.facts(i)?, &checked.absent(&self.catalog, i))?)
        })?;
        let mut worklists: Vec<WorklistRow> = worklists.into_iter().flatten().collect();
        let order = |id: &Arc<str>| self.catalog.worklists.iter().position(|list| list.id == *id);
        worklists.sort_by_cached_key(|row| (order(&row.list), row.store.clone()));
        checked.point_at_cells(&self.catalog, worklists.iter_mut().map(|row| (&mut row.place, "")));
        let this_month = Period::of(Grain::Month, checked.cutoff.date());
        let lineage_since = this_month.start - chrono::Months::new(LINEAGE_MONTHS - 1);
        let filter = LineageFilter { since: Some(lineage_since), limit: Some(LINEAGE_ROWS), ..Default::default() };
        let lineage = self.rows_behind(checked, &engine, &filter)?;
        // Last: a definition may fail on the rows only.
        let problems = engine.metrics.problems();
        let board = checked.boards.iter().flat_map(board_lines).collect();
        Ok(Measured { engine, kpis, worklists, board, problems, lineage, lineage_since })
    }
}

/// The `submission` fact as lines of the board, sorted by store, sheet, week.
fn board_lines(table: &FactTable) -> Vec<BoardLine> {
    let text = |name: &str, row: usize| match table.column(name) {
        Some(Column::Text(cells)) => cells[row].clone().unwrap_or_default(),
        _ => "".into(),
    };
    let count = |name: &str, row: usize| match table.column(name) {
        Some(Column::Int(cells)) => u64::try_from(cells[row].unwrap_or_default()).unwrap_or_default(),
        _ => 0,
    };
    let flag =
        |name: &str, row: usize| matches!(table.column(name), Some(Column::Flag(cells)) if cells[row] == Some(true));
    let mut lines: Vec<BoardLine> = (0..table.len())
        .filter_map(|row| {
            let week = match table.column("week") {
                Some(Column::Instant(cells)) => Period::of(Grain::Week, cells[row]?.date()),
                _ => return None,
            };
            let on_time = match &*text("verdict", row) {
                "met" => Some(true),
                "missed" => Some(false),
                _ => None,
            };
            Some(BoardLine {
                store: text("store", row),
                kind: text("kind", row),
                week,
                expected: flag("expected", row),
                received: flag("received", row),
                on_time,
                rows_read: count("rows_read", row),
                accepted: count("accepted", row),
                repaired: count("repaired", row),
                rejected: count("rejected", row),
            })
        })
        .collect();
    lines.sort_by(|a, b| (&a.store, &a.kind, a.week).cmp(&(&b.store, &b.kind, b.week)));
    lines
}

/// For work that is redone inside another stage.
struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str, _: u64) {}
    fn step(&self) {}
    fn done(&self) {}
}
