//! Who has to do what: a definition's condition at the cut-off, as rows.

use super::{
    Metrics, MetricsError, Problem,
    cells::{self, Shown},
    session::{Session, fails_on_rows, is_about_rows, plain, wrong_type},
};
use crate::{
    catalog::{Expression, Worklist},
    lake::StoreFacts,
    model::{FactColumn, Message, Place, Text, WorklistRow, personal::mask_key},
};
use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, UInt32Array},
        compute::{SortOptions, take_record_batch},
        datatypes::DataType,
        row::{OwnedRow, RowConverter, SortField},
    },
    error::Result,
    logical_expr::{Expr, cast},
    physical_expr::PhysicalExpr,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// The worklists of one store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    /// Sorted by list (display order), owner, the list's own order, place.
    pub rows: Vec<WorklistRow>,
    /// The lists whose expressions fail on the rows, and why.
    pub failed: Vec<(Arc<str>, Message)>,
}

/// A worklist, ready to run. Its expressions see all columns of the fact.
pub(super) struct List {
    /// Its index in the catalogue.
    index: usize,
    rows: Arc<dyn PhysicalExpr>,
    owner: Arc<dyn PhysicalExpr>,
    due: Option<Arc<dyn PhysicalExpr>>,
    reason: Arc<dyn PhysicalExpr>,
    reason_en: Option<Arc<dyn PhysicalExpr>>,
    order_by: Vec<Arc<dyn PhysicalExpr>>,
}

impl List {
    /// Plans a worklist.
    ///
    /// # Errors
    /// The first expression that does not plan, has the wrong type, or would show personal data.
    pub fn plan(session: &Session, index: usize, list: &Worklist) -> std::result::Result<List, Problem> {
        let fact = session.fact(&list.fact).map_err(|e| Problem::at(&list.rows, plain(&e)))?;
        let typed = |expression: &Expression, fits: fn(&DataType) -> bool, wanted: &'static str| {
            let (expr, kind) =
                session.expression(&list.fact, expression).map_err(|what| Problem::at(expression, what))?;
            if fits(&kind) { Ok(expr) } else { Err(Problem::at(expression, wrong_type(wanted, &kind))) }
        };
        let text = |expression: &Expression| {
            let names = expression.names();
            let personal = |column: &&FactColumn| column.personal.is_some() && names.contains(&*column.name);
            if let Some(column) = fact.columns.iter().find(personal) {
                let what = Message::new("definition.personal").with("name", &column.name);
                return Err(Problem::at(expression, what));
            }
            let expr = typed(expression, |kind| kind.is_string() || kind.is_null(), "wanted.text")?;
            Ok(cast(expr, DataType::Utf8View))
        };
        let day = |expression: &Expression| {
            let is_day = |kind: &DataType| matches!(kind, DataType::Date32 | DataType::Timestamp(_, None));
            typed(expression, is_day, "wanted.day").map(|expr| cast(expr, DataType::Date32))
        };
        let whole = session.whole(fact);
        let physical = |expr: Expr| session.physical(&whole, &expr).map_err(|e| Problem::at(&list.rows, plain(&e)));
        Ok(List {
            index,
            rows: physical(session.condition(&list.fact, &list.rows)?)?,
            owner: physical(text(&list.owner)?)?,
            due: list.due.as_ref().map(|own| day(own).and_then(physical)).transpose()?,
            reason: physical(text(&list.reason)?)?,
            reason_en: list.reason_en.as_ref().map(|own| text(own).and_then(physical)).transpose()?,
            order_by: list
                .order_by
                .iter()
                .map(|item| typed(item, |_| true, "").and_then(physical))
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
    /// The worklists of one store. `absent` names the sheets that the store never sent: lists that need one of them are
    /// empty.
    ///
    /// # Errors
    /// When the facts cannot be read. A list whose expressions fail on the rows is left out and named.
    pub fn worklists(
        &self,
        facts: &StoreFacts,
        absent: &BTreeSet<Arc<str>>,
    ) -> std::result::Result<Lists, MetricsError> {
        self.evaluated(&self.lists, &self.catalog.worklists, facts, absent)
    }

    /// What the people of one store have in hand, likewise.
    ///
    /// # Errors
    /// As [`Metrics::worklists`].
    pub fn pools(&self, facts: &StoreFacts, absent: &BTreeSet<Arc<str>>) -> std::result::Result<Lists, MetricsError> {
        self.evaluated(&self.pools, &self.catalog.pools, facts, absent)
    }

    fn evaluated(
        &self,
        lists: &[List],
        definitions: &[Worklist],
        facts: &StoreFacts,
        absent: &BTreeSet<Arc<str>>,
    ) -> std::result::Result<Lists, MetricsError> {
        let mut all = Lists::default();
        for list in lists {
            let definition = &definitions[list.index];
            let sent = !definition.needs.iter().any(|sheet| absent.contains(sheet));
            let Some(batch) = facts.get(&definition.fact).filter(|_| sent) else { continue };
            match self.ranked(list, definition, batch) {
                Ok(mut ranked) => {
                    ranked.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| content(a).cmp(&content(b))));
                    all.rows.extend(ranked.into_iter().map(|ranked| ranked.row));
                }
                Err(error) if is_about_rows(&error) => {
                    all.failed.push((definition.id.clone(), fails_on_rows(&error)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }

    fn ranked(&self, list: &List, definition: &Worklist, batch: &RecordBatch) -> Result<Vec<Ranked>> {
        let fact = self.session.fact(&definition.fact)?;
        let evaluate =
            |expr: &Arc<dyn PhysicalExpr>, batch: &RecordBatch| expr.evaluate(batch)?.into_array(batch.num_rows());
        let listed = evaluate(&list.rows, batch)?;
        let listed: Vec<u32> =
            (0..batch.num_rows() as u32).filter(|row| cells::holds(&listed, *row as usize)).collect();
        let batch = &take_record_batch(batch, &UInt32Array::from(listed))?;
        let owners = evaluate(&list.owner, batch)?;
        let reasons = evaluate(&list.reason, batch)?;
        let reasons_en = list.reason_en.as_ref().map(|reason| evaluate(reason, batch)).transpose()?;
        let due = list.due.as_ref().map(|due| evaluate(due, batch)).transpose()?;
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
        let order_by = list.order_by.iter().map(|item| evaluate(item, batch)).collect::<Result<Vec<_>>>()?;
        let ranks = ranks(&order_by)?;
        let rows = (0..batch.num_rows()).map(|row| {
            let due = due.as_ref().and_then(|cells| cells::day(cells, row));
            let place = Place {
                workbook: text(column("workbook"), row).unwrap_or_default(),
                sheet: text(column("sheet"), row).unwrap_or_default(),
                row: column("row").and_then(|cells| u32::try_from(cells::whole(cells, row)).ok()).filter(|n| *n > 0),
                col: None,
            };
            WorklistRow {
                list: definition.id.clone(),
                store: text(column("store"), row).unwrap_or_default(),
                owner: cells::scope(&owners, row),
                customer_ref: text(customer, row).map(|key| mask_key(&key)).unwrap_or_default(),
                customer_key: text(customer, row),
                customer_name: text(name, row),
                phone: text(phone, row),
                due,
                days_over: due.map(|due| (self.cutoff.date() - due).num_days()),
                reason: Text::new(
                    text(Some(&reasons), row).unwrap_or_default().to_string(),
                    text(reasons_en.as_ref(), row).unwrap_or_default().to_string(),
                ),
                place,
                extra: extra.iter().map(|shown| shown.as_ref().map_or_else(String::new, |s| s.render(row))).collect(),
            }
        });
        Ok(rows.enumerate().map(|(index, row)| Ranked { rank: ranks.get(index).cloned(), row }).collect())
    }
}

/// What each row is sorted by within its owner, as comparable bytes: ascending, NULL last.
pub(super) fn ranks(columns: &[ArrayRef]) -> Result<Vec<OwnedRow>> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let ascending = SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|cells| SortField::new_with_options(cells.data_type().clone(), ascending));
    let rows = RowConverter::new(fields.collect())?.convert_columns(columns)?;
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
