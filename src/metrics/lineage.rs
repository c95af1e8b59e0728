//! The rows behind the figures: the KPIs' own expressions, row by row instead of summed.

use super::{
    Metrics, MetricsError, Problem,
    cells::{self, Shown},
    measure::{Counted, Measure},
    origins::Origins,
    session::{Fact, fails_on_rows, is_about_rows},
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
    collections::{BTreeMap, BTreeSet, HashMap},
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
        let mut origins: BTreeMap<&str, Origins<'_>> = BTreeMap::new();
        for measure in &self.measures {
            let kpi = &self.catalog.kpis[measure.kpi];
            let wanted = (filter.kpis.is_empty() || filter.kpis.contains(&kpi.id))
                && (filter.staff.is_none() || kpi.staff.is_some())
                && answerable(kpi, absent);
            let Some(batch) = facts.get(&measure.fact).filter(|_| wanted) else { continue };
            let last = self.cutoff.date();
            match measure.counted(batch, filter.until.map_or(last, |until| until.min(last))) {
                Ok(counted) => {
                    let Some(fact) = self.session.facts.get(&measure.fact) else { continue };
                    let Some(view) = View::new(measure, kpi, batch, &counted) else { continue };
                    let found = view.found(filter);
                    if !found.is_empty()
                        && let Some(origins) = Origins::of_fact(&mut origins, &measure.fact, batch)
                    {
                        rows.extend(view.rows(found, fact, batch, origins, filter.limit));
                    }
                }
                Err(error) if is_about_rows(&error) => {
                    self.report(Problem::at(&kpi.numerator, fails_on_rows(&error)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(rows)
    }
}

/// The rows of a store that count for a KPI.
struct View<'a> {
    kpi: &'a Kpi,
    counted: &'a Counted,
    /// The columns of staff, model, channel and level.
    names: [Option<&'a Arc<str>>; 4],
    staff: Option<&'a ArrayRef>,
    /// The KPI has no denominator.
    sum: bool,
    /// The numerator is a part of the denominator: a row that adds less to it has failed in part.
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
    fn new(measure: &'a Measure, kpi: &'a Kpi, batch: &'a RecordBatch, counted: &'a Counted) -> Option<View<'a>> {
        let names = measure.keys.each_ref().map(Option::as_ref);
        let [staff, ..] = names;
        Some(View {
            kpi,
            counted,
            names,
            staff: staff.and_then(|name| batch.column_by_name(name)),
            sum: kpi.denominator.is_none(),
            sampled: !kpi.kind.is_additive(),
            in_full: kpi.unit.is_share() && kpi.direction == Direction::Up && counted.is_of_parts(),
        })
    }

    /// Whether what a row adds to the numerator speaks for it: of a share what raises it, of everything else whatever is there.
    fn holds(&self, adds: Quantity) -> bool {
        if self.kpi.unit.is_share() && !self.sum { adds > Quantity::default() } else { !adds.is_zero() }
    }

    fn found(&self, filter: &LineageFilter) -> Vec<Found> {
        let since = filter.since.map(Date32Type::from_naive_date);
        let rows = self.counted.rows.iter().zip(&self.counted.days).enumerate();
        let rows = rows.filter(|(_, (_, day))| since.is_none_or(|since| **day >= since));
        let rows = rows.filter_map(|(at, (row, day))| {
            let index = *row as usize;
            if let Some(staff) = &filter.staff
                && self.staff.and_then(|cells| cells::scope(cells, index)).as_ref() != Some(staff)
            {
                return None;
            }
            let (adds, of) = (self.counted.numerators[at], self.counted.denominators[at]);
            let in_part = !self.sum && self.in_full && Quantity::default() < adds && adds < of;
            let role = if self.counted.is_excluded(at) {
                Role::Excluded
            } else if self.sampled || (self.holds(adds) && !in_part) {
                Role::Passed
            } else if self.sum || !of.is_zero() || !adds.is_zero() {
                Role::Failed
            } else {
                return None;
            };
            Some(Found { at, index, day: Date32Type::to_naive_date_opt(*day)?, role })
        });
        rows.collect()
    }

    /// The rows sorted, limited to the first `most` of each month and role, and rendered.
    fn rows<'b>(
        &self,
        mut found: Vec<Found>,
        fact: &Fact,
        batch: &'b RecordBatch,
        origins: &mut Origins<'b>,
        most: Option<usize>,
    ) -> Vec<LineageRow> {
        let evidence = self.kpi.evidence.iter().filter_map(|name| Shown::find(fact.column(name)?, batch));
        let evidence: Vec<Shown<'_>> = evidence.collect();
        let order = |origins: &Origins<'_>, found: &Found| (Reverse(found.day), found.role, origins.ranks[found.index]);
        found.sort_unstable_by_key(|found| order(origins, found));
        let mut taken: HashMap<(i32, u32, Role), usize> = HashMap::new();
        let mut rows = Vec::with_capacity(found.len());
        // Rows that share day, role and place are told apart by their content: the order in which they were derived
        // must not show.
        let mut from = 0;
        while let Some(first) = found.get(from) {
            let key = order(origins, first);
            let count = found[from..].iter().take_while(|other| order(origins, other) == key).count();
            let alike = &found[from..from + count];
            from += count;
            let taken = taken.entry((first.day.year(), first.day.month(), first.role)).or_default();
            let room = most.map_or(count, |most| most.saturating_sub(*taken).min(count));
            if room == 0 {
                continue;
            }
            *taken += room;
            let at = rows.len();
            rows.extend(alike.iter().map(|found| self.render(found, batch, &evidence, origins)));
            if let Some(alike) = rows.get_mut(at..).filter(|alike| alike.len() > 1) {
                alike.sort_by(content);
            }
            rows.truncate(at + room);
        }
        rows
    }

    fn render<'b>(
        &self,
        found: &Found,
        batch: &'b RecordBatch,
        evidence: &[Shown<'_>],
        origins: &mut Origins<'b>,
    ) -> LineageRow {
        let [staff, model, channel, level] =
            self.names.map(|column| column.and_then(|column| origins.name(batch, column, found.index)));
        LineageRow {
            kpi: self.kpi.id.clone(),
            store: origins.store.text(found.index),
            staff,
            channel,
            model,
            level,
            day: found.day,
            role: found.role,
            numerator: self.counted.numerators[found.at],
            denominator: if self.sum { Quantity::default() } else { self.counted.denominators[found.at] },
            place: Place {
                workbook: origins.workbook.text(found.index),
                sheet: origins.sheet.text(found.index),
                row: u32::try_from(cells::whole(origins.row, found.index)).ok().filter(|row| *row > 0),
                col: None,
            },
            evidence: evidence
                .iter()
                .map(|column| (column.name().clone(), origins.shown(column, found.index)))
                .collect(),
        }
    }
}

/// The order of rows that share day, role and place.
fn content(a: &LineageRow, b: &LineageRow) -> std::cmp::Ordering {
    let sums = |row: &LineageRow| (row.numerator, row.denominator);
    sums(a).cmp(&sums(b)).then_with(|| {
        (&a.staff, &a.model, &a.channel, &a.level, &a.evidence).cmp(&(
            &b.staff,
            &b.model,
            &b.channel,
            &b.level,
            &b.evidence,
        ))
    })
}
