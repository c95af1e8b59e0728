//! From checked rows to figures.

use super::{Checked, Group, PipelineError, Progress, Readers};
use crate::{
    diagnostic::Finding,
    facts::{self, GroupDeliveries},
    lake::{KeyParts, Lake},
    metrics::{self, LineageFilter, Metrics},
    model::{Column, FactTable, Grain, KpiValue, LineageRow, Period, StoreRows, WorklistRow},
    report::material::BoardLine,
};
use chrono::NaiveDate;
use rayon::prelude::*;

/// Months of rows behind the numbers that reports carry, the current one among them.
const LINEAGE_MONTHS: u32 = 6;
/// Rows for one KPI, store, month and role that reports carry; `explain` and `query` give them all.
const LINEAGE_ROWS: usize = 4000;

/// The figures of a build.
pub struct Measured {
    /// The engine, for ad-hoc questions.
    pub metrics: Metrics,
    /// The lake.
    pub lake: Lake,
    /// The partition of each store.
    pub store_keys: Vec<String>,
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
    /// Derives the facts and opens the engine over them.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn engine(
        &self,
        checked: &Checked,
        progress: &dyn Progress,
    ) -> Result<(Lake, Vec<String>, Metrics), PipelineError> {
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
        let threads = self.pool.current_num_threads();
        let absent = checked.absent(&self.catalog);
        let metrics = Metrics::open(&lake, &store_keys, &self.catalog, &absent, checked.cutoff, threads)?;
        Ok((lake, store_keys, metrics))
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
        let key = KeyParts::new("facts")
            .with(&checked.keys[i])
            .with(group.digest(&summary.referrers))
            .with(serde_json::to_vec(board).unwrap_or_default())
            .finish();
        if lake.has(&key) {
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
        lake.put(&key, &tables)?;
        Ok(key)
    }

    /// The lines of `kpi.csv`.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn values(&self, checked: &Checked, metrics: &Metrics) -> Result<Vec<KpiValue>, PipelineError> {
        let grains = metrics.grains()?;
        Ok(metrics::roll_up(&grains, &self.catalog, &self.settings, &checked.stores, checked.cutoff))
    }

    /// The rows behind values, each at the cell of the column that put it into its period.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn rows_behind(
        &self,
        checked: &Checked,
        metrics: &Metrics,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, PipelineError> {
        let mut rows = metrics.lineage(filter)?;
        let time = |kpi: &str| self.catalog.kpi(kpi).map_or("", |kpi| &*kpi.time);
        checked.point_at_cells(&self.catalog, rows.iter_mut().map(|row| (&mut row.place, time(&row.kpi))));
        Ok(rows)
    }

    /// Computes every figure.
    ///
    /// # Errors
    /// When the lake cannot be written or the engine fails.
    pub fn measure(&self, checked: &Checked, progress: &dyn Progress) -> Result<Measured, PipelineError> {
        let (lake, store_keys, metrics) = self.engine(checked, progress)?;
        progress.stage("计算指标 computing", 0);
        let kpis = self.values(checked, &metrics)?;
        let mut worklists = metrics.worklists()?;
        checked.point_at_cells(&self.catalog, worklists.iter_mut().map(|row| (&mut row.place, "")));
        let this_month = Period::of(Grain::Month, checked.cutoff.date());
        let lineage_since = this_month.start - chrono::Months::new(LINEAGE_MONTHS - 1);
        let filter = LineageFilter { since: Some(lineage_since), limit: Some(LINEAGE_ROWS), ..Default::default() };
        let lineage = self.rows_behind(checked, &metrics, &filter)?;
        // Last: a definition may fail on the rows only.
        let problems = metrics.problems();
        let board = checked.boards.iter().flat_map(board_lines).collect();
        Ok(Measured { metrics, lake, store_keys, kpis, worklists, board, problems, lineage, lineage_since })
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
