//! Who has to do what: a definition's condition at the cut-off, as rows.

use super::{
    Metrics, MetricsError, Problem,
    cells::{self, Shown},
    session::{Session, fails_on_rows, is_about_rows, plain},
};
use crate::{
    catalog::{Expression, Worklist},
    lake::DATE_ONLY,
    model::{FactColumn, Place, WorklistRow, personal::mask_key},
};
use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch},
        compute::SortOptions,
        datatypes::DataType,
        row::{OwnedRow, RowConverter, SortField},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, cast, ident},
};
use std::collections::BTreeSet;

/// A worklist, ready to run.
pub(super) struct List {
    /// Its index in the catalogue.
    index: usize,
    rows: Expr,
    owner: Expr,
    due: Option<Expr>,
    reason: Expr,
    order_by: Vec<Expr>,
}

const OWNER: &str = "#owner";
const DUE: &str = "#due";
const REASON: &str = "#reason";

impl List {
    /// Plans a worklist.
    ///
    /// # Errors
    /// The first expression that does not plan, has the wrong type, or would show personal data.
    pub fn plan(session: &Session, index: usize, list: &Worklist) -> std::result::Result<List, Problem> {
        let fact = session.fact(&list.fact).map_err(|e| Problem::at(&list.rows, plain(&e)))?;
        let typed = |expression: &Expression, fits: fn(&DataType) -> bool, wanted: &str| {
            let (expr, kind) =
                session.expression(&list.fact, expression).map_err(|what| Problem::at(expression, what))?;
            if fits(&kind) {
                Ok(expr)
            } else {
                Err(Problem::at(expression, format!("须是{wanted}，现在是 {kind}")))
            }
        };
        let text = |expression: &Expression| {
            let names = expression.names();
            let personal = |column: &&FactColumn| column.personal.is_some() && names.contains(&*column.name);
            if let Some(column) = fact.columns.iter().find(personal) {
                let what = format!("不能用含个人信息的列 {:?} (a column with personal data)", column.name);
                return Err(Problem::at(expression, what));
            }
            let expr = typed(expression, |kind| kind.is_string() || kind.is_null(), "文本 (must be a text)")?;
            Ok(cast(expr, DataType::Utf8View))
        };
        let day = |expression: &Expression| {
            let is_day = |kind: &DataType| matches!(kind, DataType::Date32 | DataType::Timestamp(_, None));
            typed(expression, is_day, "日期或时间 (must be a date or a timestamp)")
                .map(|expr| cast(expr, DataType::Date32))
        };
        Ok(List {
            index,
            rows: session.where_sent(
                typed(&list.rows, |kind| *kind == DataType::Boolean, "条件 (must be a condition)")?,
                &list.needs,
            ),
            owner: text(&list.owner)?,
            due: list.due.as_ref().map(day).transpose()?,
            reason: text(&list.reason)?,
            order_by: list
                .order_by
                .iter()
                .map(|item| typed(item, |_| true, ""))
                .collect::<std::result::Result<_, _>>()?,
        })
    }
}

/// A row with what it is sorted by within its owner.
struct Ranked {
    rank: Option<OwnedRow>,
    row: WorklistRow,
}

impl Metrics {
    /// All worklists, sorted by list (display order), store, owner, the list's own order, place.
    ///
    /// # Errors
    /// When the facts cannot be read. A list whose expressions fail on the rows is left out and reported.
    pub fn worklists(&self) -> std::result::Result<Vec<WorklistRow>, MetricsError> {
        let mut all = Vec::new();
        for list in &self.lists {
            let definition = &self.catalog.worklists[list.index];
            let ranked =
                self.list_plan(list, definition).and_then(|plan| self.session.collect(&plan)).and_then(|batches| {
                    let ranked = batches.iter().map(|batch| self.ranked(list, definition, batch));
                    Ok(ranked.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<Ranked>>())
                });
            match ranked {
                Ok(mut ranked) => {
                    ranked.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| content(a).cmp(&content(b))));
                    all.extend(ranked.into_iter().map(|ranked| ranked.row));
                }
                Err(error) if is_about_rows(&error) => {
                    self.report(Problem::at(&definition.rows, fails_on_rows(&error)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }

    fn list_plan(&self, list: &List, definition: &Worklist) -> Result<LogicalPlan> {
        let fact = self.session.fact(&definition.fact)?;
        let mut columns: BTreeSet<String> = ["store", "workbook", "sheet", "row"].map(str::to_owned).into();
        let persons = [&definition.customer, &definition.name, &definition.phone].into_iter().flatten();
        for name in persons.chain(definition.extra.iter().map(|(name, _)| name)) {
            columns.insert(name.to_string());
            let date_only = format!("{name}{DATE_ONLY}");
            if fact.has(&date_only) {
                columns.insert(date_only);
            }
        }
        let mut outputs: Vec<Expr> = columns.into_iter().map(ident).collect();
        outputs.push(list.owner.clone().alias(OWNER));
        outputs.push(list.reason.clone().alias(REASON));
        outputs.extend(list.due.iter().map(|due| due.clone().alias(DUE)));
        outputs.extend(list.order_by.iter().enumerate().map(|(i, item)| item.clone().alias(format!("#order{i}"))));
        self.session.scan(&definition.fact)?.filter(list.rows.clone())?.project(outputs)?.build()
    }

    fn ranked(&self, list: &List, definition: &Worklist, batch: &RecordBatch) -> Result<Vec<Ranked>> {
        let fact = self.session.fact(&definition.fact)?;
        let column = |name: &str| batch.column_by_name(name);
        let text = |cells: Option<&ArrayRef>, row: usize| cells.and_then(|cells| cells::name(cells, row));
        let person = |name: &Option<_>| name.as_deref().and_then(column);
        let (customer, name, phone) =
            (person(&definition.customer), person(&definition.name), person(&definition.phone));
        let extra: Vec<Option<Shown<'_>>> = definition
            .extra
            .iter()
            .map(|(name, _)| fact.column(name).and_then(|declared| Shown::find(declared, batch)))
            .collect();
        let ranks = ranks(list, batch)?;
        let rows = (0..batch.num_rows()).map(|row| {
            let due = column(DUE).and_then(|cells| cells::day(cells, row));
            let place = Place {
                workbook: text(column("workbook"), row).unwrap_or_default(),
                sheet: text(column("sheet"), row).unwrap_or_default(),
                row: column("row").and_then(|cells| u32::try_from(cells::whole(cells, row)).ok()).filter(|n| *n > 0),
                col: None,
            };
            WorklistRow {
                list: definition.id.clone(),
                store: text(column("store"), row).unwrap_or_default(),
                owner: text(column(OWNER), row),
                customer_ref: text(customer, row).map(|key| mask_key(&key)).unwrap_or_default(),
                customer_key: text(customer, row),
                customer_name: text(name, row),
                phone: text(phone, row),
                due,
                days_over: due.map(|due| (self.cutoff.date() - due).num_days()),
                reason: text(column(REASON), row).unwrap_or_default().to_string(),
                place,
                extra: extra.iter().map(|shown| shown.as_ref().map_or_else(String::new, |s| s.render(row))).collect(),
            }
        });
        Ok(rows.enumerate().map(|(index, row)| Ranked { rank: ranks.get(index).cloned(), row }).collect())
    }
}

/// What each row is sorted by within its owner, as comparable bytes: ascending, NULL last.
fn ranks(list: &List, batch: &RecordBatch) -> Result<Vec<OwnedRow>> {
    let columns: Vec<ArrayRef> =
        (0..list.order_by.len()).filter_map(|i| batch.column_by_name(&format!("#order{i}")).cloned()).collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let ascending = SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|cells| SortField::new_with_options(cells.data_type().clone(), ascending));
    let rows = RowConverter::new(fields.collect())?.convert_columns(&columns)?;
    Ok(rows.iter().map(|row| row.owned()).collect())
}

/// What nobody owns comes last.
fn order(ranked: &Ranked) -> (&str, bool, Option<&str>, &Option<OwnedRow>, &Place) {
    let owner = ranked.row.owner.as_deref();
    (&ranked.row.store, owner.is_none(), owner, &ranked.rank, &ranked.row.place)
}

/// Tells apart rows that share their place: the order in which the engine hands them out must not show.
fn content(ranked: &Ranked) -> impl Ord + '_ {
    let row = &ranked.row;
    (row.due, &row.reason, &row.customer_ref, &row.customer_name, &row.phone, &row.extra)
}
