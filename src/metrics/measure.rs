//! A KPI's expressions, planned and typed once, evaluated over the rows of one store.

use super::{
    Problem, cells,
    session::{Session, wrong_type},
};
use crate::{
    catalog::{Expression, Kpi},
    model::{ColumnKind, Message, Quantity},
};
use chrono::NaiveDate;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, RecordBatch, UInt32Array},
        compute::take_record_batch,
        datatypes::{DataType, Date32Type},
    },
    error::Result,
    logical_expr::{Expr, cast, ident, lit, try_cast},
    physical_expr::PhysicalExpr,
    scalar::ScalarValue,
};
use std::sync::Arc;

/// What one row adds to a sum.
#[derive(Clone, Debug)]
enum Addend {
    /// The same for every row.
    Constant(i64),
    /// A condition, which counts as 1 or 0, or a Decimal128 with at most four places; NULL adds nothing.
    Cells(Arc<dyn PhysicalExpr>),
}

/// One KPI, ready to be held against rows.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    /// Its index in the catalogue.
    pub kpi: usize,
    /// Its fact.
    pub fact: Arc<str>,
    /// The columns of staff, model, channel and level, in this order.
    pub keys: [Option<Arc<str>>; 4],
    /// The columns of the fact that its expressions see, in the order in which they see them.
    columns: Vec<usize>,
    /// The day that puts a row into its periods.
    day: Arc<dyn PhysicalExpr>,
    /// The rows that count.
    counts: Arc<dyn PhysicalExpr>,
    /// Of these, the rows that cannot be judged; `None` when there can be none.
    excluded: Option<Arc<dyn PhysicalExpr>>,
    numerator: Addend,
    /// `None` for a sum.
    denominator: Option<Addend>,
    /// What is told apart from row to row, of a KPI that is not additive.
    sample: Option<Arc<dyn PhysicalExpr>>,
}

/// The rows of one store that count for a KPI. All lists are of one length.
pub(super) struct Counted {
    /// Which rows of the fact.
    pub rows: Vec<u32>,
    /// Days since 1970-01-01.
    pub days: Vec<i32>,
    /// Whether a row cannot be judged; empty when every row can.
    excluded: Vec<bool>,
    /// What a row adds to the numerator; 0 where it cannot be judged.
    pub numerators: Vec<Quantity>,
    /// What a row adds to the denominator, 1 for a sum; 0 where it cannot be judged.
    pub denominators: Vec<Quantity>,
    /// Of a KPI that is not additive, what a row has: its value in ten-thousandths, or its text's hash; a row that has
    /// none cannot be judged. Else empty.
    pub samples: Vec<i128>,
}

impl Counted {
    /// Whether the `i`-th row cannot be judged.
    pub fn is_excluded(&self, i: usize) -> bool {
        self.excluded.get(i).copied().unwrap_or(false)
    }

    /// Whether the numerator is a part of the denominator in every row, as it is not where it is a difference.
    pub fn is_of_parts(&self) -> bool {
        let mut rows = self.numerators.iter().zip(&self.denominators);
        rows.all(|(adds, of)| *adds >= Quantity::default() && adds <= of)
    }
}

impl Measure {
    /// Plans a KPI.
    ///
    /// # Errors
    /// The first expression that does not plan or has the wrong type.
    pub fn plan(session: &Session, index: usize, kpi: &Kpi) -> std::result::Result<Measure, Problem> {
        let broken = |e: &_| Problem::at(&kpi.numerator, super::session::plain(e));
        let fact = session.fact(&kpi.fact).map_err(|e| broken(&e))?;
        let kind = fact.column(&kpi.time).map(|column| column.kind);
        if !matches!(kind, Some(ColumnKind::Instant | ColumnKind::Date)) {
            let what = Message::new("definition.time").with("name", &kpi.time);
            return Err(Problem { line: 1, ..Problem::at(&kpi.numerator, what) });
        }
        let excluded = session.condition(&kpi.fact, &kpi.excluded)?;
        let counts = session.condition(&kpi.fact, &kpi.rows)?;
        let (numerator, sample) = match kpi.kind {
            crate::catalog::Kind::Distinct => (Written::Constant(1), Some(text(session, kpi)?)),
            crate::catalog::Kind::Quantile(_) => {
                let numerator = Written::plan(session, kpi, &kpi.numerator)?;
                let Some(value) = numerator.cells().cloned() else {
                    return Err(Problem::at(&kpi.numerator, Message::new("definition.one_for_all")));
                };
                (numerator, Some(value))
            }
            _ => (Written::plan(session, kpi, &kpi.numerator)?, None),
        };
        let denominator = kpi.denominator.as_ref().map(|own| Written::plan(session, kpi, own)).transpose()?;
        let day = cast(ident(kpi.time.as_ref()), DataType::Date32);
        let excluded = (excluded != lit(false)).then_some(excluded);
        let all = [&day, &counts].into_iter().chain(&excluded).chain(&sample).chain(numerator.cells());
        let seen = session.view(fact, all.chain(denominator.iter().flat_map(Written::cells)));
        let physical = |expr: &Expr| session.physical(&seen, expr).map_err(|e| broken(&e));
        let addend = |written: &Written| match written {
            Written::Constant(n) => Ok(Addend::Constant(*n)),
            Written::Cells(expr) => physical(expr).map(Addend::Cells),
        };
        Ok(Measure {
            kpi: index,
            fact: kpi.fact.clone(),
            keys: [kpi.staff.clone(), kpi.model.clone(), kpi.channel.clone(), kpi.level.clone()],
            day: physical(&day)?,
            counts: physical(&counts)?,
            excluded: excluded.as_ref().map(physical).transpose()?,
            numerator: addend(&numerator)?,
            denominator: denominator.as_ref().map(addend).transpose()?,
            sample: sample.as_ref().map(physical).transpose()?,
            columns: seen.columns,
        })
    }

    /// The rows of a store's fact that count, up to the day `last`: what is known only by looking ahead does not.
    /// An expression sees a row only where those before it let the row through: first the day, then what counts, then
    /// what can be judged.
    ///
    /// # Errors
    /// When an expression fails on a row.
    pub fn counted(&self, fact: &RecordBatch, last: NaiveDate) -> Result<Counted> {
        let last = Date32Type::from_naive_date(last);
        let seen = Seen::all(fact.project(&self.columns)?);
        let days = seen.evaluate(&self.day)?;
        let in_time = |i: usize| {
            let days = days.as_primitive_opt::<Date32Type>();
            days.is_some_and(|days| datafusion::arrow::array::Array::is_valid(days, i) && days.value(i) <= last)
        };
        let (seen, days) = seen.only(&days, in_time)?;
        let counts = seen.evaluate(&self.counts)?;
        let (seen, days) = seen.only(&days, |i| cells::holds(&counts, i))?;
        let count = seen.batch.num_rows();
        let excluded = match &self.excluded {
            None => Vec::new(),
            Some(excluded) => {
                let excluded = seen.evaluate(excluded)?;
                (0..count).map(|i| cells::holds(&excluded, i)).collect()
            }
        };
        let days = days.as_primitive_opt::<Date32Type>();
        let days = days.map_or_else(Vec::new, |days| days.values().to_vec());
        let mut excluded: Vec<bool> = excluded;
        let mut samples = Vec::new();
        if let Some(sample) = &self.sample {
            let judged: Vec<u32> =
                (0..count as u32).filter(|i| !excluded.get(*i as usize).is_some_and(|x| *x)).collect();
            let part = Seen { batch: take_record_batch(&seen.batch, &UInt32Array::from(judged.clone()))?, rows: None };
            let found = part.evaluate(sample)?;
            excluded.resize(count, false);
            samples = vec![0; count];
            for (at, row) in judged.into_iter().enumerate() {
                match cells::sample(&found, at) {
                    Some(sample) => samples[row as usize] = sample,
                    None => excluded[row as usize] = true,
                }
            }
        }
        let (numerators, denominators) = if excluded.contains(&true) {
            let judged: Vec<u32> = (0..count as u32).filter(|i| !excluded[*i as usize]).collect();
            let part = Seen { batch: take_record_batch(&seen.batch, &UInt32Array::from(judged.clone()))?, rows: None };
            let spread = |cells: Vec<Quantity>| {
                let mut whole = vec![Quantity::default(); count];
                judged.iter().zip(cells).for_each(|(row, cell)| whole[*row as usize] = cell);
                whole
            };
            (spread(part.quantities(&self.numerator)?), spread(part.quantities(self.denominator_of_row())?))
        } else {
            (seen.quantities(&self.numerator)?, seen.quantities(self.denominator_of_row())?)
        };
        let rows = seen.rows.unwrap_or_else(|| (0..count as u32).collect());
        Ok(Counted { rows, days, excluded, numerators, denominators, samples })
    }

    fn denominator_of_row(&self) -> &Addend {
        self.denominator.as_ref().unwrap_or(&Addend::Constant(1))
    }
}

/// Rows of a fact, as an expression sees them.
struct Seen {
    batch: RecordBatch,
    /// Which rows of the fact they are; `None`: all.
    rows: Option<Vec<u32>>,
}

impl Seen {
    fn all(batch: RecordBatch) -> Seen {
        Seen { batch, rows: None }
    }

    fn evaluate(&self, expr: &Arc<dyn PhysicalExpr>) -> Result<ArrayRef> {
        expr.evaluate(&self.batch)?.into_array(self.batch.num_rows())
    }

    /// The rows that pass, and their days.
    fn only(self, days: &ArrayRef, passes: impl Fn(usize) -> bool) -> Result<(Seen, ArrayRef)> {
        let kept: Vec<u32> = (0..self.batch.num_rows() as u32).filter(|i| passes(*i as usize)).collect();
        if kept.len() == self.batch.num_rows() {
            return Ok((self, days.clone()));
        }
        let rows = match self.rows {
            None => kept.clone(),
            Some(rows) => kept.iter().map(|i| rows[*i as usize]).collect(),
        };
        let kept = UInt32Array::from(kept);
        let days = datafusion::arrow::compute::take(days, &kept, None)?;
        Ok((Seen { batch: take_record_batch(&self.batch, &kept)?, rows: Some(rows) }, days))
    }

    fn quantities(&self, addend: &Addend) -> Result<Vec<Quantity>> {
        Ok(match addend {
            Addend::Constant(n) => vec![Quantity::whole(*n); self.batch.num_rows()],
            Addend::Cells(expr) => {
                let found = self.evaluate(expr)?;
                (0..self.batch.num_rows()).map(|row| cells::quantity(&found, row)).collect()
            }
        })
    }
}

/// The text whose different values are counted.
fn text(session: &Session, kpi: &Kpi) -> std::result::Result<Expr, Problem> {
    let at = &kpi.numerator;
    match session.expression(&kpi.fact, at).map_err(|what| Problem::at(at, what))? {
        (expr, kind) if kind.is_string() => Ok(cast(expr, DataType::Utf8View)),
        (_, kind) => Err(Problem::at(at, wrong_type("wanted.text", &kind))),
    }
}

/// What one row adds, as planned.
enum Written {
    Constant(i64),
    Cells(Expr),
}

impl Written {
    fn plan(session: &Session, kpi: &Kpi, expression: &Expression) -> std::result::Result<Written, Problem> {
        let (expr, kind) = session.expression(&kpi.fact, expression).map_err(|what| Problem::at(expression, what))?;
        if let Expr::Literal(ScalarValue::Int64(Some(n)), _) = &expr {
            return Ok(Written::Constant(*n));
        }
        let four_places = DataType::Decimal128(38, 4);
        match kind {
            DataType::Boolean => Ok(Written::Cells(expr)),
            kind if kind.is_integer() => Ok(Written::Cells(cast(expr, DataType::Decimal128(20, 0)))),
            DataType::Decimal128(_, 0..=4) => Ok(Written::Cells(expr)),
            kind if kind.is_decimal() => Ok(Written::Cells(cast(expr, four_places))),
            // Rounded half away from zero row by row, so that no order of adding changes the sum. What is no number
            // (a division by zero) adds nothing, as NULL does.
            kind if kind.is_floating() => Ok(Written::Cells(try_cast(expr, four_places))),
            kind => Err(Problem::at(expression, wrong_type("wanted.addend", &kind))),
        }
    }

    fn cells(&self) -> Option<&Expr> {
        match self {
            Written::Constant(_) => None,
            Written::Cells(expr) => Some(expr),
        }
    }
}
