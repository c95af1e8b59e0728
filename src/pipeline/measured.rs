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
use std::{collections::BTreeSet, sync::Arc};

/// Months of rows behind the numbers that reports carry, the current one among them.
const LINEAGE_MONTHS: u32 = 6;
/// Rows for one KPI, store, month and role that reports carry; `explain` and `query` give them all.
const LINEAGE_ROWS: usize = 4000;

/// The facts of all stores in the lake, and the definitions planned over them.
pub struct Engine {
    /// The definitions.
    pub metrics: Metrics,
    /// The lake.
    pub lake: Lake,
    /// The partition of each store.
    pub store_keys: Vec<String>,
}

/// The figures of a build.
pub struct Measured {
    /// The facts.
    pub engine: Engine,
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

impl Group {
    /// Derives the facts and plans the definitions over them.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn engine(&self, checked: &Checked, progress: &dyn Progress) -> Result<Engine, PipelineError> {
        let lake = Lake::open(&self.request.work.join("lake"))?;
        progress.stage("推导事实 deriving facts", checked.stores.len() as u64);
        let group = GroupDeliveries::new(checked.deliveries.iter().cloned());
        let store_keys: Vec<String> = self.pool.install(|| {
            (0..checked.stores.len())
                .into_par_iter()
                .map(|i| {
                    let key = self.derive(checked, i, &group, &lake);
                    progress.step();
                    key
                })
                .collect::<Result<_, _>>()
        })?;
        let metrics = Metrics::plan(&self.catalog, checked.cutoff)?;
        Ok(Engine { metrics, lake, store_keys })
    }

    /// The facts of the `i`-th store, in the lake under the key this returns.
    fn derive(
        &self,
        checked: &Checked,
        i: usize,
        group: &GroupDeliveries,
        lake: &Lake,
    ) -> Result<String, PipelineError> {
        let (store, summary) = (&checked.stores[i], &checked.summaries[i]);
        let board = &checked.boards[i];
        let key = KeyParts::new("facts", stage::FACTS)
            .with(&checked.keys[i])
            .with(&self.hashes.facts)
            .with(self.settings.facts_part())
            .with(serde_json::to_vec(&(&store.brand, store.hours)).unwrap_or_default())
            .with(group.digest(&summary.referrers))
            .with(serde_json::to_vec(board).unwrap_or_default())
            .finish();
        if lake.is_whole(&key) {
            return Ok(key);
        }
        let rows: StoreRows = match self.cache.get("rows", &checked.keys[i]) {
            Some(rows) => rows,
            None => {
                let files = &checked.files[i];
                self.check_store(store, files, checked.cutoff, &Readers::new(), &Silent)?.0
            }
        };
        let mut tables = facts::derive(store, &rows, group, &self.catalog, &self.settings, checked.cutoff);
        tables.push(board.clone());
        lake.put(&key, &StoreFacts::of(&tables)?)?;
        Ok(key)
    }

    /// The lines of `kpi.csv`, sorted by KPI (display order), scope, id, period.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn values(&self, checked: &Checked, engine: &Engine) -> Result<Vec<KpiValue>, PipelineError> {
        let sums: Vec<StoreSums> = self.each_store(checked, engine, |facts, absent| {
            let mut sums = StoreSums::default();
            for fact in engine.metrics.kpis_by_fact().keys() {
                sums.extend(engine.metrics.sums(fact, facts, absent)?);
            }
            Ok(sums)
        })?;
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

    /// What is made of each store's facts and of the sheets it never sent, in the order of the stores.
    fn each_store<T: Send>(
        &self,
        checked: &Checked,
        engine: &Engine,
        make: impl Fn(&StoreFacts, &BTreeSet<Arc<str>>) -> Result<T, metrics::MetricsError> + Sync,
    ) -> Result<Vec<T>, PipelineError> {
        let one = |i: usize| {
            let key = &engine.store_keys[i];
            let facts =
                engine.lake.get(key, &self.catalog).ok_or_else(|| crate::lake::LakeError::Missing(key.clone()))?;
            Ok::<T, PipelineError>(make(&facts, &checked.absent(&self.catalog, i))?)
        };
        self.pool.install(|| (0..checked.stores.len()).into_par_iter().map(one).collect())
    }

    /// The rows behind values, each at the cell of the column that put it into its period.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn rows_behind(
        &self,
        checked: &Checked,
        engine: &Engine,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, PipelineError> {
        let rows = self.each_store(checked, engine, |facts, absent| engine.metrics.lineage(facts, absent, filter))?;
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
    pub fn measure(&self, checked: &Checked, progress: &dyn Progress) -> Result<Measured, PipelineError> {
        let engine = self.engine(checked, progress)?;
        progress.stage("计算指标 computing", 0);
        let kpis = self.values(checked, &engine)?;
        let worklists = self.each_store(checked, &engine, |facts, absent| engine.metrics.worklists(facts, absent))?;
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
