//! The rows behind the figures: the KPIs' own expressions, row by row instead of summed.

use super::{
    Metrics, MetricsError, Problem,
    cells::{self, Shown},
    measure::{Counted, Measure},
    session::{fails_on_rows, is_about_rows},
    sums::answerable,
};
use crate::{
    catalog::{Direction, Kpi},
    lake::StoreFacts,
    model::{LineageRow, Place, Quantity, Role},
};
use chrono::{Datelike, NaiveDate};
use datafusion::arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::Date32Type,
};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Which rows. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineageFilter {
    /// Only behind these KPIs; empty: all.
    pub kpis: Vec<Arc<str>>,
    /// Only from this day.
    pub since: Option<NaiveDate>,
    /// Only up to and including this day.
    pub until: Option<NaiveDate>,
    /// Only of this person, by the name in the KPI's staff column; KPIs without one have no rows then.
    pub staff: Option<Arc<str>>,
    /// At most so many rows for each KPI, store, calendar month and role: the latest days, then the first places.
    pub limit: Option<usize>,
}

impl Metrics {
    /// The rows behind the figures of one store, sorted by KPI (display order), day (newest first), role, place. `absent`
    /// names the sheets that the store never sent.
    ///
    /// A row is excluded where it counts but cannot be judged, passed where it adds to the numerator (a reversal adds
    /// −1 and is passed too), failed where it is only in the denominator or, of a share, adds less to the numerator than
    /// to the denominator, or a row of a sum that adds nothing. Rows that are in neither stand behind nothing and are
    /// left out.
    ///
    /// # Errors
    /// When the facts cannot be read. A KPI whose expressions fail on the rows is left out and reported.
    pub fn lineage(
        &self,
        facts: &StoreFacts,
        absent: &BTreeSet<Arc<str>>,
        filter: &LineageFilter,
    ) -> Result<Vec<LineageRow>, MetricsError> {
        let mut rows = Vec::new();
        for measure in &self.measures {
            let kpi = &self.catalog.kpis[measure.kpi];
            let wanted = (filter.kpis.is_empty() || filter.kpis.contains(&kpi.id))
                && (filter.staff.is_none() || kpi.staff.is_some())
                && answerable(kpi, absent);
            let Some(batch) = facts.get(&measure.fact).filter(|_| wanted) else { continue };
            let last = self.cutoff.date();
            match measure.counted(batch, filter.until.map_or(last, |until| until.min(last))) {
                Ok(counted) => rows.extend(self.rows_behind(measure, kpi, batch, &counted, filter)),
                Err(error) if is_about_rows(&error) => {
                    self.report(Problem::at(&kpi.numerator, fails_on_rows(&error)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(rows)
    }

    /// The rows of one KPI: sorted, limited, rendered.
    fn rows_behind(
        &self,
        measure: &Measure,
        kpi: &Kpi,
        batch: &RecordBatch,
        counted: &Counted,
        filter: &LineageFilter,
    ) -> Vec<LineageRow> {
        let Some(view) = self.session.facts.get(&measure.fact).and_then(|fact| {
            let evidence = kpi.evidence.iter().filter_map(|name| Shown::find(fact.column(name)?, batch));
            View::new(measure, kpi, batch, counted, evidence.collect())
        }) else {
            return Vec::new();
        };
        let mut found = view.found(filter);
        found.sort_unstable_by(|a, b| view.order(a).cmp(&view.order(b)));
        let mut taken: HashMap<(i32, u32, Role), usize> = HashMap::new();
        let mut rows = Vec::new();
        // Rows that share day, role and place are told apart by their content: the order in which they were derived
        // must not show.
        for alike in found.chunk_by(|a, b| view.order(a) == view.order(b)) {
            let Some(first) = alike.first() else { continue };
            let taken = taken.entry((first.day.year(), first.day.month(), first.role)).or_default();
            let room = filter.limit.map_or(alike.len(), |limit| limit.saturating_sub(*taken).min(alike.len()));
            if room == 0 {
                continue;
            }
            *taken += room;
            let mut alike: Vec<LineageRow> = alike.iter().map(|found| view.render(found)).collect();
            alike.sort_by(|a, b| {
                let key = |row: &LineageRow| (row.numerator, row.denominator);
                key(a).cmp(&key(b)).then_with(|| {
                    (&a.staff, &a.model, &a.channel, &a.evidence).cmp(&(&b.staff, &b.model, &b.channel, &b.evidence))
                })
            });
            rows.extend(alike.into_iter().take(room));
        }
        rows
    }
}

/// The rows of a store that count for a KPI, with the columns that show them.
struct View<'a> {
    kpi: &'a Kpi,
    counted: &'a Counted,
    evidence: Vec<Shown<'a>>,
    store: &'a ArrayRef,
    workbook: &'a ArrayRef,
    sheet: &'a ArrayRef,
    row: &'a ArrayRef,
    /// Staff, model, channel, level.
    names: [Option<&'a ArrayRef>; 4],
    /// The KPI has no denominator.
    sum: bool,
    /// A row that adds less to the numerator than to the denominator has failed in part.
    in_full: bool,
    /// The KPI is not additive: every row that can be judged stands for itself.
    sampled: bool,
}

/// One row that stands behind a figure.
struct Found {
    /// Among the rows that count.
    at: usize,
    /// Among the rows of the fact.
    index: usize,
    day: NaiveDate,
    role: Role,
}

impl<'a> View<'a> {
    fn new(
        measure: &Measure,
        kpi: &'a Kpi,
        batch: &'a RecordBatch,
        counted: &'a Counted,
        evidence: Vec<Shown<'a>>,
    ) -> Option<View<'a>> {
        let column = |name: &str| batch.column_by_name(name);
        Some(View {
            kpi,
            counted,
            evidence,
            store: column("store")?,
            workbook: column("workbook")?,
            sheet: column("sheet")?,
            row: column("row")?,
            names: measure.keys.each_ref().map(|name| name.as_ref().and_then(|name| column(name))),
            sum: kpi.denominator.is_none(),
            sampled: !kpi.kind.is_additive(),
            in_full: kpi.unit.is_share() && kpi.direction == Direction::Up,
        })
    }

    fn found(&self, filter: &LineageFilter) -> Vec<Found> {
        let since = filter.since.map(Date32Type::from_naive_date);
        let rows = self.counted.rows.iter().zip(&self.counted.days).enumerate();
        let rows = rows.filter(|(_, (_, day))| since.is_none_or(|since| **day >= since));
        let rows = rows.filter_map(|(at, (row, day))| {
            let index = *row as usize;
            if let Some(staff) = &filter.staff
                && self.names[0].and_then(|cells| cells::scope(cells, index)).as_ref() != Some(staff)
            {
                return None;
            }
            let (adds, of) = (self.counted.numerators[at], self.counted.denominators[at]);
            let in_part = !self.sum && self.in_full && Quantity::default() < adds && adds < of;
            let role = if self.counted.is_excluded(at) {
                Role::Excluded
            } else if self.sampled || (!adds.is_zero() && !in_part) {
                Role::Passed
            } else if self.sum || !of.is_zero() {
                Role::Failed
            } else {
                return None;
            };
            Some(Found { at, index, day: Date32Type::to_naive_date_opt(*day)?, role })
        });
        rows.collect()
    }

    fn order(&self, found: &Found) -> (Reverse<NaiveDate>, Role, &str, &str, i64) {
        let text = |cells: &'a ArrayRef| cells::text(cells, found.index).unwrap_or_default();
        let row = cells::whole(self.row, found.index);
        (Reverse(found.day), found.role, text(self.workbook), text(self.sheet), row)
    }

    fn render(&self, found: &Found) -> LineageRow {
        let text = |cells: &ArrayRef| cells::text(cells, found.index).unwrap_or_default().into();
        let [staff, model, channel, _] =
            self.names.map(|cells| cells.and_then(|cells| cells::scope(cells, found.index)));
        LineageRow {
            kpi: self.kpi.id.clone(),
            store: text(self.store),
            staff,
            channel,
            model,
            day: found.day,
            role: found.role,
            numerator: self.counted.numerators[found.at],
            denominator: if self.sum { Quantity::default() } else { self.counted.denominators[found.at] },
            place: Place {
                workbook: text(self.workbook),
                sheet: text(self.sheet),
                row: u32::try_from(cells::whole(self.row, found.index)).ok().filter(|row| *row > 0),
                col: None,
            },
            evidence: self.evidence.iter().map(|shown| (shown.name().clone(), shown.render(found.index))).collect(),
        }
    }
}
