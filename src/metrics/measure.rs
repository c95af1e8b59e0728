//! A KPI's expressions, planned and typed.

use super::{Problem, session::Session};
use crate::{
    catalog::{Expression, Kpi},
    model::{ColumnKind, Quantity},
};
use chrono::NaiveDate;
use datafusion::{
    arrow::datatypes::DataType,
    logical_expr::{Expr, cast, ident, lit, try_cast},
    scalar::ScalarValue,
};
use std::sync::Arc;

/// What one row adds to a sum.
#[derive(Clone, Debug)]
pub(super) enum Addend {
    /// 1 where the condition holds, else 0.
    Flag(Expr),
    /// The same for every row.
    Constant(i64),
    /// A Decimal128 with at most four places; NULL adds nothing.
    Exact(Expr),
}

/// One KPI, ready to be put into a query.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    /// Its index in the catalogue.
    pub kpi: usize,
    /// Its fact.
    pub fact: Arc<str>,
    /// The columns by which its rows are grouped: those of period, staff, model, channel.
    pub keys: Keys,
    /// The rows that count.
    counts: Expr,
    /// Of these, the rows that cannot be judged.
    excluded: Option<Expr>,
    /// What a judged row adds to the numerator.
    pub numerator: Addend,
    /// What it adds to the denominator; `None` for a sum.
    pub denominator: Option<Addend>,
}

/// The columns that decide period and scope of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Keys {
    pub time: Arc<str>,
    pub staff: Option<Arc<str>>,
    pub model: Option<Arc<str>>,
    pub channel: Option<Arc<str>>,
}

impl Keys {
    /// The day that puts a row into its periods.
    pub fn day(&self) -> Expr {
        cast(ident(self.time.as_ref()), DataType::Date32)
    }

    /// Whether a row belongs to a day up to the cut-off's: what is known only by looking ahead does not count.
    pub fn up_to(&self, last: NaiveDate) -> Expr {
        self.day().lt_eq(day_literal(last))
    }
}

/// A day as the engine writes it.
pub(super) fn day_literal(day: NaiveDate) -> Expr {
    lit(ScalarValue::Date32(Some(datafusion::arrow::datatypes::Date32Type::from_naive_date(day))))
}

impl Measure {
    /// Plans a KPI.
    ///
    /// # Errors
    /// The first expression that does not plan or has the wrong type.
    pub fn plan(session: &Session, index: usize, kpi: &Kpi) -> Result<Measure, Problem> {
        let fact = session.fact(&kpi.fact).map_err(|e| Problem::at(&kpi.numerator, super::session::plain(&e)))?;
        let kind = fact.column(&kpi.time).map(|column| column.kind);
        if !matches!(kind, Some(ColumnKind::Instant | ColumnKind::Date)) {
            let what = format!("time 列 {:?} 须是日期或时间 (time must be a date or an instant)", kpi.time);
            return Err(Problem { line: 1, ..Problem::at(&kpi.numerator, what) });
        }
        let condition = |expression: &Expression| match session.expression(&kpi.fact, expression) {
            Ok((expr, DataType::Boolean)) => Ok(expr),
            Ok((_, kind)) => Err(Problem::at(expression, format!("须是条件，现在是 {kind} (must be a condition)"))),
            Err(what) => Err(Problem::at(expression, what)),
        };
        let excluded = condition(&kpi.excluded)?;
        Ok(Measure {
            kpi: index,
            fact: kpi.fact.clone(),
            keys: Keys {
                time: kpi.time.clone(),
                staff: kpi.staff.clone(),
                model: kpi.model.clone(),
                channel: kpi.channel.clone(),
            },
            counts: session.where_sent(condition(&kpi.rows)?, &kpi.needs),
            excluded: (excluded != lit(false)).then_some(excluded),
            numerator: Addend::plan(session, kpi, &kpi.numerator)?,
            denominator: kpi.denominator.as_ref().map(|own| Addend::plan(session, kpi, own)).transpose()?,
        })
    }

    /// The rows that count and can be judged; NULL in `excluded` means judged.
    pub fn judged(&self) -> Expr {
        match &self.excluded {
            None => self.counts.clone(),
            Some(excluded) => self.counts.clone().and(excluded.clone().is_not_true()),
        }
    }

    /// The rows that count and cannot be judged; `None` when there can be none.
    pub fn unjudged(&self) -> Option<Expr> {
        self.excluded.as_ref().map(|excluded| self.counts.clone().and(excluded.clone()))
    }

    /// The rows that count.
    pub fn counts(&self) -> Expr {
        self.counts.clone()
    }
}

impl Addend {
    fn plan(session: &Session, kpi: &Kpi, expression: &Expression) -> Result<Addend, Problem> {
        let (expr, kind) = session.expression(&kpi.fact, expression).map_err(|what| Problem::at(expression, what))?;
        if let Expr::Literal(ScalarValue::Int64(Some(n)), _) = &expr {
            return Ok(Addend::Constant(*n));
        }
        let four_places = DataType::Decimal128(38, 4);
        match kind {
            DataType::Boolean => Ok(Addend::Flag(expr)),
            kind if kind.is_integer() => Ok(Addend::Exact(cast(expr, DataType::Decimal128(20, 0)))),
            DataType::Decimal128(_, 0..=4) => Ok(Addend::Exact(expr)),
            kind if kind.is_decimal() => Ok(Addend::Exact(cast(expr, four_places))),
            // Rounded half away from zero row by row, so that no order of adding changes the sum. What is no number
            // (a division by zero) adds nothing, as NULL does.
            kind if kind.is_floating() => Ok(Addend::Exact(try_cast(expr, four_places))),
            kind => {
                Err(Problem::at(expression, format!("须是条件或数，现在是 {kind} (must be a condition or a number)")))
            }
        }
    }

    /// What a row adds, as a Decimal128 or a condition; NULL adds nothing.
    pub fn of_row(&self) -> Expr {
        match self {
            Addend::Flag(expr) | Addend::Exact(expr) => expr.clone(),
            Addend::Constant(n) => lit(ScalarValue::Decimal128(Some(i128::from(*n) * Quantity::SCALE), 38, 4)),
        }
    }
}
