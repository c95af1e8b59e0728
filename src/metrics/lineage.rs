//! The rows behind the figures: the KPIs' own expressions, row by row instead of summed.

use super::{
    Metrics, MetricsError,
    cells::{self, Shown},
    measure::{Measure, day_literal},
};
use crate::{
    catalog::{Direction, Kpi, Unit},
    lake::DATE_ONLY,
    model::{FactColumn, LineageRow, Place, Quantity, Role},
};
use chrono::{Datelike, NaiveDate};
use datafusion::{
    arrow::{array::RecordBatch, datatypes::DataType},
    error::Result,
    logical_expr::{Expr, LogicalPlan, cast, ident, lit, utils::disjunction},
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
    /// Only of this store.
    pub store: Option<Arc<str>>,
    /// Only of this person, by the name in the KPI's staff column; KPIs without one have no rows then.
    pub staff: Option<Arc<str>>,
    /// At most so many rows for each KPI, store, calendar month and role: the latest days, then the first places.
    pub limit: Option<usize>,
}

impl Metrics {
    /// The rows behind the figures, sorted by KPI (display order), store, day (newest first), role, place.
    ///
    /// A row is excluded where it counts but cannot be judged, passed where it adds to the numerator (a reversal adds
    /// −1 and is passed too), failed where it is only in the denominator or, of a share, adds less to the numerator than
    /// to the denominator, or a row of a sum that adds nothing. Rows that are in neither stand behind nothing and are
    /// left out.
    ///
    /// # Errors
    /// When the facts cannot be read. A KPI whose expressions fail on the rows is left out and reported.
    pub fn lineage(&self, filter: &LineageFilter) -> std::result::Result<Vec<LineageRow>, MetricsError> {
        let wanted = |measure: &&Measure| {
            let id = &self.catalog.kpis[measure.kpi].id;
            (filter.kpis.is_empty() || filter.kpis.contains(id))
                && (filter.staff.is_none() || measure.keys.staff.is_some())
        };
        let mut rows: BTreeMap<usize, Vec<LineageRow>> = BTreeMap::new();
        self.by_fact(
            wanted,
            |measures| self.session.collect(&self.row_plan(measures, filter)?),
            |measures, batches| {
                for (place, measure) in measures.iter().enumerate() {
                    rows.insert(measure.kpi, self.rows_behind(measure, place, &batches, filter.limit));
                }
            },
        )?;
        Ok(rows.into_values().flatten().collect())
    }

    /// One statement for all wanted KPIs of a fact.
    fn row_plan(&self, measures: &[&Measure], filter: &LineageFilter) -> Result<LogicalPlan> {
        let last = self.cutoff.date();
        let inside = |measure: &Measure| {
            let keys = &measure.keys;
            let mut inside = measure.counts().and(keys.up_to(filter.until.map_or(last, |until| until.min(last))));
            if let Some(since) = filter.since {
                inside = inside.and(keys.day().gt_eq(day_literal(since)));
            }
            if let (Some(staff), Some(column)) = (&filter.staff, &keys.staff) {
                inside = inside.and(ident(column.as_ref()).eq(lit(staff.as_ref())));
            }
            inside
        };
        let fact = self.session.fact(&measures[0].fact)?;
        let mut columns: BTreeSet<String> = ["store", "workbook", "sheet", "row"].map(str::to_owned).into();
        let mut outputs = Vec::new();
        for (place, measure) in measures.iter().enumerate() {
            let kpi = &self.catalog.kpis[measure.kpi];
            for name in &kpi.evidence {
                columns.insert(name.to_string());
                let date_only = format!("{name}{DATE_ONLY}");
                if fact.has(&date_only) {
                    columns.insert(date_only);
                }
            }
            let keys = &measure.keys;
            let mut output = |name: &str, expr: Expr| outputs.push(expr.alias(column(name, place)));
            output("inside", inside(measure));
            output("excluded", measure.unjudged().unwrap_or(lit(false)));
            output("numerator", measure.numerator.of_row());
            output("denominator", measure.denominator.as_ref().map_or(lit(true), |own| own.of_row()));
            output("day", keys.day());
            for (name, key) in [("staff", &keys.staff), ("model", &keys.model), ("channel", &keys.channel)] {
                if let Some(key) = key {
                    output(name, cast(ident(key.as_ref()), DataType::Utf8View));
                }
            }
        }
        let mut scan = self.session.scan(&measures[0].fact)?;
        if let Some(store) = &filter.store {
            scan = scan.filter(ident("store").eq(lit(store.as_ref())))?;
        }
        if let Some(any) = disjunction(measures.iter().map(|measure| inside(measure))) {
            scan = scan.filter(any)?;
        }
        scan.project(columns.into_iter().map(ident).chain(outputs))?.build()
    }

    /// The rows of one KPI in a result: sorted, limited, rendered.
    fn rows_behind(
        &self,
        measure: &Measure,
        place: usize,
        batches: &[RecordBatch],
        limit: Option<usize>,
    ) -> Vec<LineageRow> {
        let fact = self.session.facts.get(&measure.fact);
        let kpi = &self.catalog.kpis[measure.kpi];
        let evidence: Vec<&FactColumn> =
            fact.iter().flat_map(|fact| kpi.evidence.iter().filter_map(|name| fact.column(name))).collect();
        let views: Vec<View<'_>> = batches.iter().filter_map(|batch| View::new(batch, place, &evidence, kpi)).collect();
        let mut found: Vec<Found<'_>> = views.iter().flat_map(View::found).collect();
        found.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        let mut taken: HashMap<(&str, i32, u32, Role), usize> = HashMap::new();
        let mut rows = Vec::new();
        // Rows that share day, role and place are told apart by their content: the order in which the engine hands
        // them out must not show.
        for alike in found.chunk_by(|a, b| a.order() == b.order()) {
            let Some(first) = alike.first() else { continue };
            let taken = taken.entry((first.store, first.day.year(), first.day.month(), first.role)).or_default();
            let room = limit.map_or(alike.len(), |limit| limit.saturating_sub(*taken).min(alike.len()));
            if room == 0 {
                continue;
            }
            *taken += room;
            let mut alike: Vec<LineageRow> = alike.iter().map(|found| found.render(kpi.id.clone())).collect();
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

/// The name of a KPI's column in the result; no fact column begins with `#`.
fn column(name: &str, place: usize) -> String {
    format!("#{name}{place}")
}

/// The columns of one batch that one KPI needs.
struct View<'a> {
    batch: &'a RecordBatch,
    place: usize,
    evidence: Vec<(&'a FactColumn, Shown<'a>)>,
    /// The KPI has no denominator.
    sum: bool,
    /// A row that adds less to the numerator than to the denominator has failed in part.
    in_full: bool,
}

/// One row of a result, with its sort key at hand.
struct Found<'a> {
    view: &'a View<'a>,
    index: usize,
    store: &'a str,
    day: NaiveDate,
    role: Role,
    workbook: &'a str,
    sheet: &'a str,
    row: i64,
}

impl<'a> View<'a> {
    fn new(batch: &'a RecordBatch, place: usize, evidence: &[&'a FactColumn], kpi: &Kpi) -> Option<View<'a>> {
        let evidence = evidence.iter().map(|declared| Some((*declared, Shown::find(declared, batch)?)));
        Some(View {
            batch,
            place,
            evidence: evidence.collect::<Option<_>>()?,
            sum: kpi.denominator.is_none(),
            in_full: kpi.unit == Unit::Percent && kpi.direction == Direction::Up,
        })
    }

    fn own(&self, name: &str) -> Option<&'a datafusion::arrow::array::ArrayRef> {
        self.batch.column_by_name(&column(name, self.place))
    }

    fn found(&'a self) -> Vec<Found<'a>> {
        let found = || {
            let (inside, excluded, day) = (self.own("inside")?, self.own("excluded")?, self.own("day")?);
            let (numerator, denominator) = (self.own("numerator")?, self.own("denominator")?);
            let origin = |name| self.batch.column_by_name(name);
            let (store, workbook, sheet, row) =
                (origin("store")?, origin("workbook")?, origin("sheet")?, origin("row")?);
            let rows = (0..self.batch.num_rows()).filter(|index| cells::holds(inside, *index));
            let rows = rows.filter_map(|index| {
                let (adds, of) = (cells::quantity(numerator, index), cells::quantity(denominator, index));
                let in_part = !self.sum && self.in_full && Quantity::default() < adds && adds < of;
                let role = if cells::holds(excluded, index) {
                    Role::Excluded
                } else if !adds.is_zero() && !in_part {
                    Role::Passed
                } else if self.sum || !of.is_zero() {
                    Role::Failed
                } else {
                    return None;
                };
                Some(Found {
                    view: self,
                    index,
                    store: cells::text(store, index).unwrap_or_default(),
                    day: cells::day(day, index)?,
                    role,
                    workbook: cells::text(workbook, index).unwrap_or_default(),
                    sheet: cells::text(sheet, index).unwrap_or_default(),
                    row: cells::whole(row, index),
                })
            });
            Some(rows.collect())
        };
        found().unwrap_or_default()
    }
}

impl Found<'_> {
    fn order(&self) -> (&str, Reverse<NaiveDate>, Role, &str, &str, i64) {
        (self.store, Reverse(self.day), self.role, self.workbook, self.sheet, self.row)
    }

    fn render(&self, kpi: Arc<str>) -> LineageRow {
        let judged = self.role != Role::Excluded;
        let figure = |name| match self.view.own(name) {
            Some(cells) if judged => cells::quantity(cells, self.index),
            _ => Quantity::default(),
        };
        let name = |name| self.view.own(name).and_then(|cells| cells::name(cells, self.index));
        LineageRow {
            kpi,
            store: self.store.into(),
            staff: name("staff"),
            channel: name("channel"),
            model: name("model"),
            day: self.day,
            role: self.role,
            numerator: figure("numerator"),
            denominator: if self.view.sum { Quantity::default() } else { figure("denominator") },
            place: Place {
                workbook: self.workbook.into(),
                sheet: self.sheet.into(),
                row: u32::try_from(self.row).ok().filter(|row| *row > 0),
                col: None,
            },
            evidence: self
                .view
                .evidence
                .iter()
                .map(|(declared, shown)| (declared.name.clone(), shown.render(self.index)))
                .collect(),
        }
    }
}
