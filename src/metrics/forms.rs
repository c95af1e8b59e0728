//! What forms are filled with: sums by period, row and column over the rows of a fact, or out of a KPI's sums, and rows.

mod heap;

use super::{
    Metrics, MetricsError, Problem,
    cells::{self, Shown},
    session::{Fact, Session, fails_on_rows, is_about_rows, plain, wrong_type},
    sums::StoreSums,
    worklists::ranks,
};
use crate::{
    catalog::{
        Accumulate, Expression, Form,
        form::{Body, Cube, CubeOf, Listing, Shows},
    },
    lake::StoreFacts,
    model::{
        ColumnKind, CubeSums, FactColumn, FilledBlock, FilledForm, FormValues, Instant, ListedRow, Message, Place,
        Value,
    },
};
use chrono::DateTime;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array},
        compute::take_record_batch,
        datatypes::{DataType, Float64Type, TimestampSecondType},
    },
    error::Result,
    logical_expr::{Expr, cast, ident, try_cast},
    physical_expr::PhysicalExpr,
};
use heap::{Heap, Stretch, of_kpi};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// The forms of one store.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Forms {
    /// What they are filled with.
    pub values: FormValues,
    /// The forms whose expressions fail on the rows, and why.
    pub failed: Vec<(Arc<str>, Message)>,
}

/// What evaluates an expression over rows.
type Evaluated = Arc<dyn PhysicalExpr>;

/// A form, ready to be filled.
pub(super) struct FormPlan {
    /// Its index in the catalogue.
    pub index: usize,
    blocks: Vec<BlockPlan>,
}

enum BlockPlan {
    /// One for each cube; `None`: out of a KPI.
    Cubes(Vec<Option<CubePlan>>),
    List(ListPlan),
    /// Nothing has to be evaluated.
    Words,
}

/// A cube over a fact.
struct CubePlan {
    /// The columns of the fact that its expressions see.
    columns: Vec<usize>,
    counts: Evaluated,
    day: Option<Evaluated>,
    row: Option<Evaluated>,
    column: Option<Evaluated>,
    sums: Vec<Evaluated>,
}

/// A list.
struct ListPlan {
    rows: Evaluated,
    day: Option<Evaluated>,
    values: Vec<ValuePlan>,
    order_by: Vec<Evaluated>,
}

/// A value of a row.
enum ValuePlan {
    /// A column of the fact as it stands there.
    Column(FactColumn),
    /// Anything else.
    Made(Evaluated),
}

/// Plans what a form needs.
///
/// # Errors
/// The first expression that does not plan, has the wrong type, or would show personal data.
pub(super) fn plan(session: &Session, index: usize, form: &Form) -> std::result::Result<FormPlan, Problem> {
    let block = |block: &crate::catalog::form::Block| match &block.body {
        Body::Sums(sums) => {
            let cubes =
                sums.cubes.iter().map(|cube| CubePlan::of(session, cube)).collect::<std::result::Result<_, _>>();
            Ok(BlockPlan::Cubes(cubes?))
        }
        Body::Rows(listing) => {
            let values = block.columns.iter().filter_map(|column| match &column.shows {
                Shows::Value(value) => Some(&**value),
                _ => None,
            });
            ListPlan::of(session, listing, values).map(BlockPlan::List)
        }
        Body::Lines(_) | Body::Scores | Body::Checks(_) | Body::Hand(_) => Ok(BlockPlan::Words),
    };
    let blocks = form.blocks.iter().map(block).collect::<std::result::Result<_, _>>()?;
    Ok(FormPlan { index, blocks })
}

/// Types expressions over one fact.
struct Typing<'s> {
    session: &'s Session,
    name: &'s str,
    fact: &'s Fact,
}

impl<'s> Typing<'s> {
    fn of(session: &'s Session, name: &'s str, at: &Expression) -> std::result::Result<Typing<'s>, Problem> {
        let fact = session.fact(name).map_err(|e| Problem::at(at, plain(&e)))?;
        Ok(Typing { session, name, fact })
    }

    fn typed(&self, expression: &Expression) -> std::result::Result<(Expr, DataType), Problem> {
        self.session.expression(self.name, expression).map_err(|what| Problem::at(expression, what))
    }

    /// The day that puts a row into its period.
    fn day(&self, time: &Option<Arc<str>>, at: &Expression) -> std::result::Result<Option<Expr>, Problem> {
        let Some(time) = time else { return Ok(None) };
        match self.fact.column(time).map(|column| column.kind) {
            Some(ColumnKind::Instant | ColumnKind::Date) => Ok(Some(cast(ident(time.as_ref()), DataType::Date32))),
            _ => Err(Problem::at(at, Message::new("definition.time").with("name", time))),
        }
    }

    /// Whatever is made of a personal column might show it.
    fn impersonal(&self, expression: &Expression) -> std::result::Result<(), Problem> {
        let names = expression.names_of_values();
        let personal = |column: &&FactColumn| column.personal.is_some() && names.contains(&*column.name);
        match self.fact.columns.iter().find(personal) {
            Some(column) => {
                Err(Problem::at(expression, Message::new("definition.personal").with("name", &column.name)))
            }
            None => Ok(()),
        }
    }

    /// A text that names a row or column of a table.
    fn name(&self, expression: &Expression) -> std::result::Result<Expr, Problem> {
        self.impersonal(expression)?;
        match self.typed(expression)? {
            (expr, kind) if kind.is_string() || kind.is_null() => Ok(cast(expr, DataType::Utf8View)),
            (_, kind) => Err(Problem::at(expression, wrong_type("wanted.text", &kind))),
        }
    }

    /// A condition, which counts as 1 or 0, or a number of at most four places.
    fn addend(&self, expression: &Expression) -> std::result::Result<Expr, Problem> {
        let four_places = DataType::Decimal128(38, 4);
        match self.typed(expression)? {
            (expr, DataType::Boolean | DataType::Decimal128(_, 0..=4)) => Ok(expr),
            (expr, kind) if kind.is_integer() => Ok(cast(expr, DataType::Decimal128(20, 0))),
            (expr, kind) if kind.is_decimal() => Ok(cast(expr, four_places)),
            (expr, kind) if kind.is_floating() => Ok(try_cast(expr, four_places)),
            (_, kind) => Err(Problem::at(expression, wrong_type("wanted.addend", &kind))),
        }
    }
}

impl CubePlan {
    fn of(session: &Session, cube: &Cube) -> std::result::Result<Option<CubePlan>, Problem> {
        let CubeOf::Fact { fact, rows, time, row, column, sums, .. } = &cube.of else { return Ok(None) };
        let typing = Typing::of(session, fact, rows)?;
        let counts = session.condition(fact, rows)?;
        let day = typing.day(time, rows)?;
        let row = row.as_ref().map(|own| typing.name(own)).transpose()?;
        let column = column.as_ref().map(|own| typing.name(own)).transpose()?;
        let sums: Vec<Expr> = sums.iter().map(|own| typing.addend(own)).collect::<std::result::Result<_, _>>()?;
        let seen = session.view(typing.fact, [&counts].into_iter().chain(&day).chain(&row).chain(&column).chain(&sums));
        let physical = |expr: &Expr| session.physical(&seen, expr).map_err(|e| Problem::at(rows, plain(&e)));
        Ok(Some(CubePlan {
            counts: physical(&counts)?,
            day: day.as_ref().map(physical).transpose()?,
            row: row.as_ref().map(physical).transpose()?,
            column: column.as_ref().map(physical).transpose()?,
            sums: sums.iter().map(physical).collect::<std::result::Result<_, _>>()?,
            columns: seen.columns,
        }))
    }

    fn sums(&self, fact: &RecordBatch, stretch: &Stretch) -> Result<CubeSums> {
        let batch = only(&fact.project(&self.columns)?, |all| evaluate(&self.counts, all), cells::holds)?;
        let day = |own: &Evaluated, batch: &RecordBatch| evaluate(own, batch);
        let batch = match &self.day {
            None => batch,
            Some(own) => only(&batch, |all| day(own, all), |days, i| stretch.period(cells::day(days, i)).is_some())?,
        };
        let days = self.day.as_ref().map(|own| day(own, &batch)).transpose()?;
        let side = |own: &Option<Evaluated>| own.as_ref().map(|own| evaluate(own, &batch)).transpose();
        let (rows, columns) = (side(&self.row)?, side(&self.column)?);
        let sums = self.sums.iter().map(|own| evaluate(own, &batch)).collect::<Result<Vec<_>>>()?;
        let mut heap = Heap::default();
        for i in 0..batch.num_rows() {
            let name = |cells: &Option<ArrayRef>| cells.as_ref().and_then(|cells| cells::scope(cells, i));
            let period = days.as_ref().and_then(|days| stretch.period(cells::day(days, i)));
            let own = heap.at(period, name(&rows), name(&columns), sums.len());
            own.iter_mut().zip(&sums).for_each(|(sum, cells)| *sum += cells::quantity(cells, i));
        }
        Ok(heap.done())
    }
}

impl ListPlan {
    fn of<'e>(
        session: &Session,
        listing: &Listing,
        values: impl Iterator<Item = &'e Expression>,
    ) -> std::result::Result<ListPlan, Problem> {
        let typing = Typing::of(session, &listing.fact, &listing.rows)?;
        let whole = session.whole(typing.fact);
        let physical = |expr: Expr| session.physical(&whole, &expr).map_err(|e| Problem::at(&listing.rows, plain(&e)));
        let value = |expression: &Expression| {
            let column = typing.fact.column(&expression.sql);
            if let Some(column) = column {
                return Ok(ValuePlan::Column(column.clone()));
            }
            typing.impersonal(expression)?;
            let (expr, kind) = typing.typed(expression)?;
            let expr = match kind {
                kind if kind.is_string() || kind.is_null() => cast(expr, DataType::Utf8View),
                kind if kind.is_integer() => cast(expr, DataType::Int64),
                kind if kind.is_numeric() => try_cast(expr, DataType::Float64),
                DataType::Timestamp(_, None) => cast(expr, arrow_second()),
                DataType::Boolean | DataType::Date32 => expr,
                kind => return Err(Problem::at(expression, wrong_type("wanted.text", &kind))),
            };
            physical(expr).map(ValuePlan::Made)
        };
        let day = typing.day(&listing.time, &listing.rows)?;
        let mut values: Vec<ValuePlan> = values.map(value).collect::<std::result::Result<_, _>>()?;
        // The key stands behind the values of the columns. It is shown to nobody, and may be made of personal columns.
        if let Some(key) = &listing.key {
            let (expr, _) = typing.typed(key)?;
            values.push(ValuePlan::Made(physical(cast(expr, DataType::Utf8View))?));
        }
        Ok(ListPlan {
            rows: physical(session.condition(&listing.fact, &listing.rows)?)?,
            day: day.map(physical).transpose()?,
            values,
            order_by: listing
                .order_by
                .iter()
                .map(|item| typing.typed(item).and_then(|(expr, _)| physical(expr)))
                .collect::<std::result::Result<_, _>>()?,
        })
    }

    /// The first rows, and how many there are.
    fn rows(&self, fact: &RecordBatch, most: usize, stretch: &Stretch) -> Result<(Vec<ListedRow>, usize)> {
        let batch = only(fact, |all| evaluate(&self.rows, all), cells::holds)?;
        let batch = match &self.day {
            None => batch,
            Some(own) => only(&batch, |all| evaluate(own, all), |days, i| stretch.is_in_base(cells::day(days, i)))?,
        };
        let order_by = self.order_by.iter().map(|own| evaluate(own, &batch)).collect::<Result<Vec<_>>>()?;
        let ranks = ranks(&order_by)?;
        let text = |name: &str, i: usize| batch.column_by_name(name).and_then(|cells| cells::name(cells, i));
        let place = |i: usize| Place {
            workbook: text("workbook", i).unwrap_or_default(),
            sheet: text("sheet", i).unwrap_or_default(),
            row: batch
                .column_by_name("row")
                .and_then(|cells| u32::try_from(cells::whole(cells, i)).ok())
                .filter(|n| *n > 0),
            col: None,
        };
        let mut order: Vec<usize> = (0..batch.num_rows()).collect();
        order.sort_by_cached_key(|i| (ranks.get(*i).cloned(), place(*i)));
        let listed = order.len();
        order.truncate(most);
        let values = self.values.iter().map(|own| match own {
            ValuePlan::Column(column) => Ok(Given::Column(Shown::find(column, &batch))),
            ValuePlan::Made(own) => evaluate(own, &batch).map(Given::Made),
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        let row = |i: usize| ListedRow { cells: values.iter().map(|own| own.value(i)).collect(), place: place(i) };
        Ok((order.into_iter().map(row).collect(), listed))
    }
}

/// The values of a column of a list.
enum Given<'b> {
    Column(Option<Shown<'b>>),
    Made(ArrayRef),
}

impl Given<'_> {
    fn value(&self, i: usize) -> Value {
        let cells = match self {
            Given::Column(shown) => return shown.as_ref().map(|shown| shown.value(i)).unwrap_or_default(),
            Given::Made(cells) => cells,
        };
        if cells.is_null(i) {
            return Value::Null;
        }
        match cells.data_type() {
            DataType::Boolean => Value::Flag(cells::holds(cells, i)),
            DataType::Int64 => Value::Int(cells::whole(cells, i)),
            DataType::Float64 => {
                cells.as_primitive_opt::<Float64Type>().map_or(Value::Null, |cells| Value::Number(cells.value(i)))
            }
            DataType::Date32 => cells::day(cells, i).map_or(Value::Null, |day| Value::Instant(Instant::day(day))),
            DataType::Timestamp(..) => {
                let at = cells.as_primitive_opt::<TimestampSecondType>().map(|cells| cells.value(i));
                let at = at.and_then(|at| DateTime::from_timestamp(at, 0));
                at.map_or(Value::Null, |at| Value::Instant(Instant::exact(at.naive_utc())))
            }
            _ => cells::text(cells, i).map_or(Value::Null, Value::from),
        }
    }
}

fn arrow_second() -> DataType {
    DataType::Timestamp(datafusion::arrow::datatypes::TimeUnit::Second, None)
}

fn evaluate(expr: &Evaluated, batch: &RecordBatch) -> Result<ArrayRef> {
    expr.evaluate(batch)?.into_array(batch.num_rows())
}

/// The rows that pass.
fn only(
    batch: &RecordBatch,
    cells: impl Fn(&RecordBatch) -> Result<ArrayRef>,
    passes: impl Fn(&ArrayRef, usize) -> bool,
) -> Result<RecordBatch> {
    let cells = cells(batch)?;
    let kept: Vec<u32> = (0..batch.num_rows() as u32).filter(|i| passes(&cells, *i as usize)).collect();
    Ok(take_record_batch(batch, &UInt32Array::from(kept))?)
}

impl Metrics {
    /// What the forms of one store are filled with. `sums` are the store's figures; `absent` names the sheets that it never
    /// sent: what needs one of them is not known.
    ///
    /// # Errors
    /// When the facts cannot be read. A form whose expressions fail on the rows is left empty and named.
    pub fn forms(
        &self,
        facts: &StoreFacts,
        sums: &StoreSums,
        absent: &BTreeSet<Arc<str>>,
    ) -> std::result::Result<Forms, MetricsError> {
        let mut all = Forms::default();
        for plan in &self.forms {
            let form = &self.catalog.forms[plan.index];
            let mut filled = FilledForm { form: form.id.clone(), ..FilledForm::default() };
            filled.absent = form.needs.iter().filter(|sheet| absent.contains(*sheet)).cloned().collect();
            match self.filled(plan, form, facts, sums, absent) {
                Ok(blocks) => filled.blocks = blocks,
                Err(error) if is_about_rows(&error) => all.failed.push((form.id.clone(), fails_on_rows(&error))),
                Err(error) => return Err(error.into()),
            }
            all.values.forms.push(filled);
        }
        Ok(all)
    }

    fn filled(
        &self,
        plan: &FormPlan,
        form: &Form,
        facts: &StoreFacts,
        sums: &StoreSums,
        absent: &BTreeSet<Arc<str>>,
    ) -> Result<Vec<FilledBlock>> {
        let stretch = Stretch::of(form, self.cutoff);
        let lacks = |needs: &[Arc<str>]| needs.iter().filter(|sheet| absent.contains(*sheet)).cloned().collect();
        let mut blocks = Vec::new();
        for (block, plan) in form.blocks.iter().zip(&plan.blocks) {
            let mut filled = FilledBlock::default();
            match (&block.body, plan) {
                (Body::Sums(own), BlockPlan::Cubes(plans)) => {
                    for (cube, plan) in own.cubes.iter().zip(plans) {
                        let lacking: Vec<Arc<str>> = lacks(&cube.needs);
                        let made = match (&cube.of, plan) {
                            _ if !lacking.is_empty() => CubeSums::default(),
                            (CubeOf::Fact { fact, ahead, .. }, Some(plan)) => {
                                let stretch = Stretch { ahead: *ahead, ..stretch };
                                let made = facts.get(fact).map(|fact| plan.sums(fact, &stretch));
                                made.transpose()?.unwrap_or_default()
                            }
                            (CubeOf::Kpi { kpi, row, column, parts }, _) => {
                                let closing =
                                    self.catalog.kpi(kpi).is_some_and(|kpi| kpi.accumulate == Accumulate::Closing);
                                let made = sums
                                    .of(kpi)
                                    .map(|own| of_kpi(own, &sums.names, closing, [*row, *column], parts, &stretch));
                                made.unwrap_or_default()
                            }
                            _ => CubeSums::default(),
                        };
                        filled.cubes.push(CubeSums { absent: lacking, ..made });
                    }
                }
                (Body::Rows(own), BlockPlan::List(plan)) => {
                    filled.absent = lacks(&own.needs);
                    if let Some(fact) = facts.get(&own.fact).filter(|_| filled.absent.is_empty()) {
                        (filled.rows, filled.listed) = plan.rows(fact, own.most, &stretch)?;
                    }
                }
                _ => {}
            }
            blocks.push(filled);
        }
        Ok(blocks)
    }

    /// Reports that a form's expressions fail on the rows of some store.
    pub fn report_failed_form(&self, form: &str, what: &Message) {
        let Some(form) = self.catalog.form(form) else { return };
        let expressions = form.blocks.iter().filter_map(|block| match &block.body {
            Body::Sums(sums) => sums.cubes.iter().find_map(|cube| match &cube.of {
                CubeOf::Fact { rows, .. } => Some(&**rows),
                CubeOf::Kpi { .. } => None,
            }),
            Body::Rows(listing) => Some(&listing.rows),
            Body::Lines(_) | Body::Scores | Body::Checks(_) | Body::Hand(_) => None,
        });
        if let Some(first) = expressions.into_iter().next() {
            self.report(Problem::at(first, what.clone()));
        }
    }
}
