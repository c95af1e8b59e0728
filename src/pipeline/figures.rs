//! The figures of the group, and of each store when somebody asks for them. Nothing here holds the rows of a store, nor
//! the figures of its people, longer than they are worked on.

use super::{Checked, Engine, Group, PipelineError};
use crate::{
    metrics::{self, Calendars, Totals},
    model::{Column, FactTable, Grain, KpiValue, Period, Scope},
    report::material::BoardLine,
};
use rayon::prelude::*;

/// What the group's stores add up to.
pub struct Figures {
    calendars: Calendars,
    calendars_digest: String,
    /// All settings, for the keys of what rests on them.
    settings: Option<Vec<u8>>,
    /// The values of every scope but staff, sorted by KPI (display order), scope, id, period.
    pub kpis: Vec<KpiValue>,
}

impl Figures {
    /// What of the group's periods decides a store's values.
    pub(super) fn calendars_digest(&self) -> &str {
        &self.calendars_digest
    }

    /// All settings as bytes of a key; `None` when they cannot be written down.
    pub(super) fn settings(&self) -> Option<&[u8]> {
        self.settings.as_deref()
    }

    /// The values of the `i`-th store, its people, channels, models and levels, sorted by KPI (display order), scope, id, period.
    pub(super) fn of_store(&self, engine: &Engine<'_>, i: usize) -> Result<Vec<KpiValue>, PipelineError> {
        let (group, store) = (engine.group, &engine.checked.stores[i]);
        let sums = engine.sums(i)?;
        let since = engine.lineage_since();
        Ok(metrics::store_values(&sums, store, &self.calendars, &group.catalog, &group.settings, since))
    }
}

impl Group {
    /// Adds up the figures of all stores.
    ///
    /// # Errors
    /// When facts cannot be derived or the engine fails.
    pub fn figures(&self, checked: &Checked, engine: &Engine<'_>) -> Result<Figures, PipelineError> {
        let values = |figures: &Figures, i| {
            let mut values = figures.of_store(engine, i)?;
            values.retain(|value| value.scope == Scope::Store);
            Ok((values, ()))
        };
        self.figures_and(checked, engine, values).map(|(figures, _)| figures)
    }

    /// The same, with what `each` makes of a store by its place beside the store's own values.
    pub(super) fn figures_and<T: Send>(
        &self,
        checked: &Checked,
        engine: &Engine<'_>,
        each: impl Fn(&Figures, usize) -> Result<(Vec<KpiValue>, T), PipelineError> + Send + Sync,
    ) -> Result<(Figures, Vec<T>), PipelineError> {
        self.pool.install(|| {
            let stores = checked.stores.par_iter().enumerate();
            let totals = stores
                .try_fold(Totals::default, |mut totals, (i, store)| {
                    totals.add(store, &engine.sums(i)?);
                    Ok::<Totals, PipelineError>(totals)
                })
                .try_reduce(Totals::default, |mut one, other| {
                    one.merge(other);
                    Ok(one)
                })?;
            totals.failed().for_each(|(kpi, what)| engine.metrics.report_failed(kpi, what));
            let calendars = totals.calendars(&self.catalog, &engine.metrics.planned(), checked.cutoff);
            let kpis = totals.values(&calendars, &self.catalog, &self.settings, &checked.stores);
            let calendars_digest = calendars.digest();
            let settings = serde_json::to_vec(&self.settings).ok();
            let mut figures = Figures { calendars, calendars_digest, settings, kpis };
            let parts: Vec<(Vec<KpiValue>, T)> = (0..checked.stores.len())
                .into_par_iter()
                .map(|i| each(&figures, i))
                .collect::<Result<_, PipelineError>>()?;
            figures.kpis.reserve_exact(parts.iter().map(|(values, _)| values.len()).sum());
            let mut all = Vec::with_capacity(parts.len());
            for (values, made) in parts {
                figures.kpis.extend(values);
                all.push(made);
            }
            let order: std::collections::BTreeMap<_, _> =
                self.catalog.kpis.iter().enumerate().map(|(order, kpi)| (kpi.id.clone(), order)).collect();
            // No two have the same key.
            figures.kpis.sort_unstable_by(|a, b| {
                let key = |v: &KpiValue| (order.get(&v.kpi).copied(), v.scope);
                key(a).cmp(&key(b)).then_with(|| (&a.scope_id, a.period).cmp(&(&b.scope_id, b.period)))
            });
            Ok((figures, all))
        })
    }
}

/// The `submission` fact as lines of the board, sorted by store, sheet, week.
pub(super) fn board_lines(table: &FactTable) -> Vec<BoardLine> {
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
