//! Result cells back as values of the model.

use crate::{
    lake::DATE_ONLY,
    model::{
        ColumnKind, FactColumn, Fen, Instant, Quantity, Value,
        personal::{mask, mask_inside},
    },
};
use chrono::{DateTime, NaiveDate};
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampSecondType},
};
use std::sync::Arc;

/// The text of a cell of a Utf8View column; `None` for NULL.
pub(super) fn text(cells: &ArrayRef, row: usize) -> Option<&str> {
    let cells = cells.as_string_view_opt()?;
    cells.is_valid(row).then(|| cells.value(row))
}

/// Likewise, shared; an empty text is none.
pub(super) fn name(cells: &ArrayRef, row: usize) -> Option<Arc<str>> {
    text(cells, row).filter(|text| !text.is_empty()).map(Arc::from)
}

/// The name of a person, model, channel or level. What slipped into it (a phone where the consultant should stand, in a
/// column that identifies the row and so keeps its text) is masked: such names are ids of scopes, files and pages.
pub(super) fn scope(cells: &ArrayRef, row: usize) -> Option<Arc<str>> {
    text(cells, row).filter(|text| !text.is_empty()).map(|text| mask_inside(text).into())
}

/// A whole number; 0 for NULL.
pub(super) fn whole(cells: &ArrayRef, row: usize) -> i64 {
    cells.as_primitive_opt::<Int64Type>().filter(|cells| cells.is_valid(row)).map_or(0, |cells| cells.value(row))
}

/// Whether a condition holds; NULL does not.
pub(super) fn holds(cells: &ArrayRef, row: usize) -> bool {
    cells.as_boolean_opt().is_some_and(|cells| cells.is_valid(row) && cells.value(row))
}

/// A day.
pub(super) fn day(cells: &ArrayRef, row: usize) -> Option<NaiveDate> {
    let cells = cells.as_primitive_opt::<Date32Type>().filter(|cells| cells.is_valid(row))?;
    Date32Type::to_naive_date_opt(cells.value(row))
}

/// A condition as 1 or 0, a whole number, or a decimal of at most four places; NULL is 0.
pub(super) fn quantity(cells: &ArrayRef, row: usize) -> Quantity {
    if cells.is_null(row) {
        return Quantity::default();
    }
    match cells.data_type() {
        DataType::Boolean => Quantity::whole(i64::from(holds(cells, row))),
        DataType::Int64 => Quantity::whole(whole(cells, row)),
        DataType::Decimal128(_, scale) => {
            let missing = u32::from(4_u8.saturating_sub(scale.unsigned_abs()));
            let unscaled = cells.as_primitive_opt::<Decimal128Type>().map_or(0, |cells| cells.value(row));
            Quantity(unscaled.saturating_mul(10_i128.pow(missing)))
        }
        _ => Quantity::default(),
    }
}

/// What tells a row from others: a number in ten-thousandths, a text by its hash; `None` for NULL and empty.
pub(super) fn sample(cells: &ArrayRef, row: usize) -> Option<i128> {
    if cells.is_null(row) {
        return None;
    }
    match name(cells, row) {
        Some(text) => {
            let mut first = [0; 16];
            first.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
            Some(i128::from_le_bytes(first))
        }
        None if cells.as_string_view_opt().is_some() => None,
        None => Some(quantity(cells, row).0),
    }
}

/// A fact column of a result.
pub(super) struct Shown<'a> {
    declared: &'a FactColumn,
    cells: &'a ArrayRef,
    date_only: Option<&'a ArrayRef>,
}

impl<'a> Shown<'a> {
    /// The column of `batch` that is called as declared; an instant comes with its `_date_only` column.
    pub fn find(declared: &'a FactColumn, batch: &'a RecordBatch) -> Option<Shown<'a>> {
        Some(Shown {
            declared,
            cells: batch.column_by_name(&declared.name)?,
            date_only: batch.column_by_name(&format!("{}{DATE_ONLY}", declared.name)),
        })
    }

    /// The column's name.
    pub fn name(&self) -> &'a Arc<str> {
        &self.declared.name
    }

    /// As users read it, personal data masked; empty for NULL.
    pub fn render(&self, row: usize) -> String {
        let shown = self.value(row).display();
        match self.declared.personal {
            Some(class) if !shown.is_empty() => mask(class, &shown),
            _ => shown,
        }
    }

    /// In full.
    pub fn value(&self, row: usize) -> Value {
        if self.cells.is_null(row) {
            return Value::Null;
        }
        let value = match self.declared.kind {
            ColumnKind::Text => text(self.cells, row).map(Value::from),
            ColumnKind::Int => Some(Value::Int(whole(self.cells, row))),
            ColumnKind::Number => self.cells.as_primitive_opt::<Float64Type>().map(|c| Value::Number(c.value(row))),
            ColumnKind::Amount => self
                .cells
                .as_primitive_opt::<Decimal128Type>()
                .and_then(|cells| i64::try_from(cells.value(row)).ok())
                .map(|fen| Value::Amount(Fen(fen))),
            ColumnKind::Flag => Some(Value::Flag(holds(self.cells, row))),
            ColumnKind::Date => day(self.cells, row).map(|day| Value::Instant(Instant::day(day))),
            ColumnKind::Instant => self
                .cells
                .as_primitive_opt::<TimestampSecondType>()
                .and_then(|cells| DateTime::from_timestamp(cells.value(row), 0))
                .map(|at| {
                    let date_only = self.date_only.is_some_and(|cells| holds(cells, row));
                    Value::Instant(Instant { at: at.naive_utc(), date_only })
                }),
        };
        value.unwrap_or_default()
    }
}
