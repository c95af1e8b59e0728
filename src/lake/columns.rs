//! Fact columns as Arrow columns.

use crate::model::{Column, ColumnKind, FactColumn, FactTable};
use datafusion::arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringViewBuilder,
        TimestampSecondArray,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use std::sync::Arc;

/// What is added to the name of an instant's column for the flag that says that no time of day is known.
pub const DATE_ONLY: &str = "_date_only";

/// What SQL sees of a column's type.
pub(super) fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8View,
        ColumnKind::Int => DataType::Int64,
        ColumnKind::Number => DataType::Float64,
        ColumnKind::Amount => DataType::Decimal128(18, 2),
        ColumnKind::Flag => DataType::Boolean,
        ColumnKind::Instant => DataType::Timestamp(TimeUnit::Second, None),
        ColumnKind::Date => DataType::Date32,
    }
}

/// The Arrow schema of a fact: a field for each column, and after each instant its `<name>_date_only` flag.
pub fn arrow_schema(columns: &[FactColumn]) -> SchemaRef {
    let mut fields = Vec::with_capacity(columns.len() * 2);
    for column in columns {
        fields.push(Field::new(&*column.name, data_type(column.kind), true));
        if column.kind == ColumnKind::Instant {
            fields.push(Field::new(format!("{}{DATE_ONLY}", column.name), DataType::Boolean, true));
        }
    }
    Arc::new(Schema::new(fields))
}

/// A fact's rows as one batch.
pub(super) fn batch(table: FactTable) -> Result<RecordBatch, ArrowError> {
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(table.columns.len() * 2);
    // The cells of a column go as soon as they are an array.
    for (column, cells) in table.columns.iter().zip(table.cells) {
        arrays.push(array(column.kind, &cells)?);
        if let (ColumnKind::Instant, Column::Instant(cells)) = (column.kind, &cells) {
            arrays.push(Arc::new(cells.iter().map(|cell| cell.map(|at| at.date_only)).collect::<BooleanArray>()));
        }
    }
    RecordBatch::try_new(arrow_schema(&table.columns), arrays)
}

fn array(kind: ColumnKind, cells: &Column) -> Result<ArrayRef, ArrowError> {
    Ok(match (kind, cells) {
        (ColumnKind::Text, Column::Text(cells)) => {
            // A name of a workbook stands in every row of it.
            let mut texts = StringViewBuilder::with_capacity(cells.len()).with_deduplicate_strings();
            cells.iter().for_each(|cell| texts.append_option(cell.as_deref()));
            Arc::new(texts.finish())
        }
        (ColumnKind::Int, Column::Int(cells)) => Arc::new(cells.iter().copied().collect::<Int64Array>()),
        (ColumnKind::Number, Column::Number(cells)) => Arc::new(cells.iter().copied().collect::<Float64Array>()),
        (ColumnKind::Amount, Column::Amount(cells)) => {
            let fen = cells.iter().map(|cell| cell.map(|fen| i128::from(fen.0)));
            Arc::new(fen.collect::<Decimal128Array>().with_precision_and_scale(18, 2)?)
        }
        (ColumnKind::Flag, Column::Flag(cells)) => Arc::new(cells.iter().copied().collect::<BooleanArray>()),
        (ColumnKind::Instant, Column::Instant(cells)) => Arc::new(
            cells.iter().map(|cell| cell.map(|at| at.at.and_utc().timestamp())).collect::<TimestampSecondArray>(),
        ),
        (ColumnKind::Date, Column::Instant(cells)) => {
            let days = cells.iter().map(|cell| cell.map(|at| at.at.and_utc().timestamp().div_euclid(86_400)));
            let days: Option<Vec<Option<i32>>> =
                days.map(|day| day.map_or(Some(None), |day| i32::try_from(day).ok().map(Some))).collect();
            let days = days.ok_or_else(|| ArrowError::InvalidArgumentError("a day out of range".to_owned()))?;
            Arc::new(Date32Array::from(days))
        }
        (kind, _) => return Err(ArrowError::SchemaError(format!("cells of another type than {kind:?}"))),
    })
}
