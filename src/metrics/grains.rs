//! The finest figures: every KPI at store × staff × day × model × channel, one query a fact.

use super::{
    Metrics, MetricsError, Problem, cells,
    measure::{Addend, Keys, Measure},
    session::{Session, fails_on_rows, is_about_rows},
};
use crate::{catalog::Accumulate, model::Quantity};
use chrono::NaiveDate;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::DataType},
    error::Result,
    functions_aggregate::expr_fn::{count, sum},
    logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, ident, lit},
    scalar::ScalarValue,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// One figure at the finest grain. Names are indices into [`Grains::names`]; 0 stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grain {
    /// Index into the catalogue's KPIs.
    pub kpi: u32,
    /// The store.
    pub store: u32,
    /// The person.
    pub staff: u32,
    /// The model.
    pub model: u32,
    /// The channel.
    pub channel: u32,
    /// The day that puts it into its periods.
    pub day: NaiveDate,
    /// Summed over the rows that count and can be judged.
    pub numerator: Quantity,
    /// Likewise; for a sum, the number of these rows.
    pub denominator: Quantity,
    /// Rows that count and cannot be judged.
    pub excluded: u64,
}

impl Grain {
    /// Whether any row counts.
    pub fn counts(&self) -> bool {
        !self.numerator.is_zero() || !self.denominator.is_zero() || self.excluded != 0
    }
}

/// All figures at the finest grain, sorted. Those in which nothing counts are left out, except in KPIs that
/// accumulate by closing: the days on which their fact has rows decide which day a period closes with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grains {
    /// Every name in use, the empty one first, then sorted: a smaller index is a smaller name.
    pub names: Vec<Arc<str>>,
    /// Sorted by KPI, store, staff, model, channel, day.
    pub rows: Vec<Grain>,
    /// The KPIs that were evaluated, by index, sorted; the others have a finding in [`Metrics::problems`].
    pub evaluated: Vec<u32>,
}

impl Grains {
    /// The name of a number.
    pub fn name(&self, number: u32) -> &Arc<str> {
        &self.names[number as usize]
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.names.binary_search_by(|own| (**own).cmp(name)).ok().map(|place| place as u32)
    }
}

impl Metrics {
    /// Evaluates every KPI.
    ///
    /// # Errors
    /// When the facts cannot be read. A KPI whose expressions fail on the rows is left out and reported.
    pub fn grains(&self) -> std::result::Result<Grains, MetricsError> {
        let mut collected = Collected::default();
        let last = self.cutoff.date();
        self.by_fact(
            |_| true,
            |measures| self.session.collect(&fused(&self.session, measures, last)?),
            |measures, batches| collected.take(measures, &batches, self),
        )?;
        Ok(collected.sorted())
    }

    /// Runs one statement for the wanted KPIs of each fact. Where it fails on some row, each KPI runs alone, and those
    /// that still fail are reported and left out.
    pub(super) fn by_fact(
        &self,
        wanted: impl Fn(&&Measure) -> bool,
        run: impl Fn(&[&Measure]) -> Result<Vec<RecordBatch>>,
        mut take: impl FnMut(&[&Measure], Vec<RecordBatch>),
    ) -> std::result::Result<(), MetricsError> {
        for fact in self.session.facts.keys() {
            let of_fact = self.measures.iter().filter(|measure| measure.fact == *fact);
            let measures: Vec<&Measure> = of_fact.filter(&wanted).collect();
            if measures.is_empty() {
                continue;
            }
            match run(&measures) {
                Ok(batches) => take(&measures, batches),
                Err(error) if !is_about_rows(&error) => return Err(error.into()),
                Err(_) => {
                    for measure in measures {
                        match run(&[measure]) {
                            Ok(batches) => take(&[measure], batches),
                            Err(error) if !is_about_rows(&error) => return Err(error.into()),
                            Err(error) => {
                                let numerator = &self.catalog.kpis[measure.kpi].numerator;
                                self.report(Problem::at(numerator, fails_on_rows(&error)));
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// One statement for all KPIs of a fact: those that share their key columns are summed together, and the groups are
/// joined by `UNION ALL`. Columns: `branch`, the keys, then `n`, `d`, `x` of each KPI of the branch in their order.
fn fused(session: &Session, measures: &[&Measure], last: NaiveDate) -> Result<LogicalPlan> {
    let branches = branches(measures);
    let width = branches.values().map(Vec::len).max().unwrap_or_default();
    let mut whole: Option<LogicalPlanBuilder> = None;
    for (index, (keys, members)) in branches.into_iter().enumerate() {
        let members: Vec<&Measure> = members.into_iter().map(|place| measures[place]).collect();
        let branch = branch(session, index, keys, &members, width, last)?;
        whole = Some(match whole {
            None => branch,
            Some(before) => before.union(branch.build()?)?,
        });
    }
    whole.unwrap_or_else(|| LogicalPlanBuilder::empty(false)).build()
}

/// The KPIs, by place, that share their key columns.
fn branches<'a>(measures: &[&'a Measure]) -> BTreeMap<&'a Keys, Vec<usize>> {
    let mut branches: BTreeMap<&Keys, Vec<usize>> = BTreeMap::new();
    for (place, measure) in measures.iter().enumerate() {
        branches.entry(&measure.keys).or_default().push(place);
    }
    branches
}

const STORE: &str = "store";
const DAY: &str = "day";

fn branch(
    session: &Session,
    index: usize,
    keys: &Keys,
    members: &[&Measure],
    width: usize,
    last: NaiveDate,
) -> Result<LogicalPlanBuilder> {
    let named = [("staff", &keys.staff), ("model", &keys.model), ("channel", &keys.channel)];
    let mut inputs = vec![ident(STORE), keys.day().alias(DAY)];
    let mut groups = vec![ident(STORE), ident(DAY)];
    for (name, column) in named {
        if let Some(column) = column {
            inputs.push(cast(ident(column.as_ref()), DataType::Utf8View).alias(name));
            groups.push(ident(name));
        }
    }
    let mut sums = Vec::new();
    let mut outputs = vec![lit(index as i64).alias("branch"), ident(STORE), ident(DAY)];
    for (name, column) in named {
        let absent = lit(ScalarValue::Utf8View(None)).alias(name);
        outputs.push(if column.is_some() { ident(name) } else { absent });
    }
    let number = DataType::Decimal128(38, 4);
    for (place, member) in members.iter().enumerate() {
        let mut add = |name: String, total: Total| -> Result<()> {
            inputs.push(total.input.alias(format!("{name}_in")));
            let cells = ident(format!("{name}_in"));
            sums.push(if total.counted { count(lit(1)).filter(cells).build()? } else { sum(cells) }.alias(&name));
            outputs.push(cast(ident(&name), number.clone()).alias(name));
            Ok(())
        };
        add(format!("n{place}"), Total::of(member, &member.numerator))?;
        add(format!("d{place}"), Total::of(member, member.denominator.as_ref().unwrap_or(&Addend::Constant(1))))?;
        add(format!("x{place}"), Total { input: member.unjudged().unwrap_or(lit(false)), counted: true })?;
    }
    for place in members.len()..width {
        for name in ["n", "d", "x"] {
            outputs.push(lit(ScalarValue::Decimal128(None, 38, 4)).alias(format!("{name}{place}")));
        }
    }
    session.scan(&members[0].fact)?.filter(keys.up_to(last))?.project(inputs)?.aggregate(groups, sums)?.project(outputs)
}

/// A sum over a projected column: of its numbers, or of the rows in which it is TRUE.
struct Total {
    input: Expr,
    counted: bool,
}

impl Total {
    fn of(measure: &Measure, addend: &Addend) -> Total {
        match addend {
            Addend::Flag(holds) => Total { input: measure.judged().and(holds.clone()), counted: true },
            Addend::Constant(_) => Total { input: measure.judged(), counted: true },
            Addend::Exact(number) => {
                let none = lit(ScalarValue::Null);
                let input = Expr::Case(datafusion::logical_expr::Case::new(
                    None,
                    vec![(Box::new(measure.judged()), Box::new(number.clone()))],
                    Some(Box::new(none)),
                ));
                Total { input, counted: false }
            }
        }
    }
}

/// Figures as they come, with names numbered in the order of their first appearance.
#[derive(Default)]
struct Collected {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    rows: Vec<Grain>,
    evaluated: Vec<u32>,
}

impl Collected {
    fn number(&mut self, name: Option<&str>) -> u32 {
        let name = name.unwrap_or_default();
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let name: Arc<str> = name.into();
        let number = self.names.len() as u32;
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    fn take(&mut self, measures: &[&Measure], batches: &[RecordBatch], metrics: &Metrics) {
        self.evaluated.extend(measures.iter().map(|measure| measure.kpi as u32));
        let branches: Vec<Vec<usize>> = branches(measures).into_values().collect();
        for batch in batches {
            for row in 0..batch.num_rows() {
                let Some(members) = branches.get(cells::whole(batch.column(0), row) as usize) else { continue };
                let Some(day) = cells::day(batch.column(2), row) else { continue };
                let mut name = |column: usize| self.number(cells::text(batch.column(column), row));
                let (store, staff, model, channel) = (name(1), name(3), name(4), name(5));
                for (place, member) in members.iter().enumerate() {
                    let measure = measures[*member];
                    let figure = |offset: usize| cells::quantity(batch.column(6 + place * 3 + offset), row);
                    let times = |addend: Option<&Addend>, figure: Quantity| match addend {
                        Some(Addend::Constant(n)) => Quantity(figure.0 * i128::from(*n)),
                        _ => figure,
                    };
                    let grain = Grain {
                        kpi: measure.kpi as u32,
                        store,
                        staff,
                        model,
                        channel,
                        day,
                        numerator: times(Some(&measure.numerator), figure(0)),
                        denominator: times(measure.denominator.as_ref(), figure(1)),
                        excluded: u64::try_from(figure(2).0 / Quantity::SCALE).unwrap_or_default(),
                    };
                    let closing = metrics.catalog.kpis[measure.kpi].accumulate == Accumulate::Closing;
                    if closing || grain.counts() {
                        self.rows.push(grain);
                    }
                }
            }
        }
    }

    /// Renumbers the names by their order and sorts.
    fn sorted(mut self) -> Grains {
        self.number(None);
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_by(|a, b| self.names[*a as usize].cmp(&self.names[*b as usize]));
        let mut rank = vec![0; order.len()];
        for (place, number) in order.iter().enumerate() {
            rank[*number as usize] = place as u32;
        }
        for row in &mut self.rows {
            for name in [&mut row.store, &mut row.staff, &mut row.model, &mut row.channel] {
                *name = rank[*name as usize];
            }
        }
        self.rows.sort_unstable();
        self.evaluated.sort_unstable();
        let names = order.into_iter().map(|number| self.names[number as usize].clone()).collect();
        Grains { names, rows: self.rows, evaluated: self.evaluated }
    }
}
