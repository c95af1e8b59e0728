//! Facts that may leave the machine.

use super::{LakeError, arrow_schema, partition};
use crate::model::{
    ColumnKind, FactColumn, PersonalClass,
    personal::{mask_inside, mask_key},
};
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Joins the files of one fact into `into`, without what is personal.
pub(super) fn fact(name: &str, columns: &[FactColumn], files: &[PathBuf], into: &Path) -> Result<(), LakeError> {
    let shown: Vec<FactColumn> = columns.iter().filter(|column| may_leave(column)).cloned().collect();
    let masked: BTreeSet<&str> =
        shown.iter().filter(|column| column.personal.is_some()).map(|column| &*column.name).collect();
    let schema = portable(&arrow_schema(&shown));
    let names: BTreeSet<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let projected = |batch: Result<RecordBatch, ArrowError>| {
        batch.and_then(|batch| project(&batch, &schema, &masked)).map_err(|e| LakeError::shape(name, e))
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

/// Customer keys leave masked; nothing else of a personal class leaves, and a key that is no text cannot be masked.
fn may_leave(column: &FactColumn) -> bool {
    match column.personal {
        None => true,
        Some(class) => class == PersonalClass::Key && column.kind == ColumnKind::Text,
    }
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

fn project(batch: &RecordBatch, schema: &SchemaRef, masked: &BTreeSet<&str>) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        Some(cells) => {
            let cells = cast(cells, field.data_type())?;
            Ok(if masked.contains(field.name().as_str()) { mask(&cells) } else { without_strays(cells) })
        }
    });
    RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, ArrowError>>()?)
}

/// Texts of no personal class, with whatever slipped into them masked.
fn without_strays(cells: ArrayRef) -> ArrayRef {
    match cells.as_string_opt::<i32>() {
        Some(texts) => Arc::new(texts.iter().map(|text| text.map(mask_inside)).collect::<StringArray>()),
        None => cells,
    }
}

fn mask(cells: &ArrayRef) -> ArrayRef {
    match cells.as_string_opt::<i32>() {
        Some(keys) => Arc::new(keys.iter().map(|key| key.map(mask_key)).collect::<StringArray>()),
        None => new_null_array(cells.data_type(), cells.len()),
    }
}
