//! Facts that may leave the machine.

use super::{LakeError, arrow_schema, partition};
use crate::model::FactColumn;
use datafusion::arrow::{
    array::{ArrayRef, AsArray, RecordBatch, StringArray, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How the texts of each column leave.
type Masks<'a> = BTreeMap<&'a str, fn(&str) -> String>;

/// Joins the files of one fact into `into`, without what is personal.
pub(super) fn fact(name: &str, columns: &[FactColumn], files: &[PathBuf], into: &Path) -> Result<(), LakeError> {
    let shown: Vec<FactColumn> = columns.iter().filter(|column| column.leaving().is_some()).cloned().collect();
    let masks: Masks<'_> = shown.iter().filter_map(|column| Some((&*column.name, column.leaving()?))).collect();
    let schema = portable(&arrow_schema(&shown));
    let names: BTreeSet<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let projected = |batch: Result<RecordBatch, ArrowError>| {
        batch.and_then(|batch| project(&batch, &schema, &masks)).map_err(|e| LakeError::shape(name, e))
    };
    // One file is open at a time; the first, empty batch gives a fact without rows its columns.
    let rows = files.iter().flat_map(|file| {
        let (batches, error) = match partition::read(file, &names) {
            Ok(batches) => (Some(batches), None),
            Err(error) => (None, Some(Err(error))),
        };
        batches.into_iter().flatten().map(projected).chain(error)
    });
    partition::write(into, std::iter::once(Ok(RecordBatch::new_empty(schema.clone()))).chain(rows))
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
        Some(texts) => Arc::new(texts.iter().map(|text| text.map(mask)).collect::<StringArray>()),
        None => cells,
    }
}
