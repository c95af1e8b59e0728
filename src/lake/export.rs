//! Facts that may leave the machine.

use super::arrow_schema;
use crate::model::FactColumn;
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// How the texts of each column leave.
type Masks<'a> = BTreeMap<&'a str, fn(&str) -> String>;

/// The rows of a fact without what is personal.
pub(super) fn leaving(columns: &[FactColumn], rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let shown: Vec<FactColumn> = columns.iter().filter(|column| column.leaving().is_some()).cloned().collect();
    let masks: Masks<'_> = shown.iter().filter_map(|column| Some((&*column.name, column.leaving()?))).collect();
    project(rows, &portable(&arrow_schema(&shown)), &masks)
}

/// Types that readers without Arrow understand: Parquet knows no seconds, and no string views.
fn portable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            DataType::Timestamp(TimeUnit::Second, None) => DataType::Timestamp(TimeUnit::Millisecond, None),
            other => other.clone(),
        };
        Field::new(field.name(), kind, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn project(batch: &RecordBatch, schema: &SchemaRef, masks: &Masks<'_>) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        Some(cells) => {
            let cells = cast(cells, field.data_type())?;
            Ok(match masks.get(field.name().as_str()) {
                Some(mask) => masked(cells, *mask),
                None => cells,
            })
        }
    });
    RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, ArrowError>>()?)
}

/// The texts of a column as they leave.
fn masked(cells: ArrayRef, mask: fn(&str) -> String) -> ArrayRef {
    match cells.as_string_opt::<i32>() {
        Some(texts) => {
            // Most texts of a column are the same few.
            let mut known: HashMap<&str, String> = HashMap::new();
            let mut leaving = StringBuilder::with_capacity(texts.len(), texts.value_data().len());
            for text in texts {
                leaving.append_option(text.map(|text| &**known.entry(text).or_insert_with(|| mask(text))));
            }
            Arc::new(leaving.finish())
        }
        None => cells,
    }
}
