//! One Parquet file.

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch},
        compute::{cast, concat_batches},
        datatypes::SchemaRef,
    },
    parquet::{
        arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
        basic::Compression,
        errors::ParquetError,
        file::properties::{EnabledStatistics, WriterProperties},
    },
};

/// Who reads a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// This tool, once or twice: whole, never a part of it.
    Lake,
    /// Anybody: values that come again are kept once, and a part can be found by its least and greatest value.
    Anybody,
}

/// Rows as the bytes of one file. The file names no version and no clock: its bytes depend on the rows.
///
/// # Errors
/// What the codec says.
pub(super) fn encode(rows: &RecordBatch, reader: Reader) -> Result<Vec<u8>, ParquetError> {
    let of_all = reader == Reader::Anybody;
    let properties = WriterProperties::builder()
        .set_created_by("foursight".to_owned())
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(of_all)
        .set_statistics_enabled(if of_all { EnabledStatistics::Chunk } else { EnabledStatistics::None })
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties))?;
    writer.write(rows)?;
    writer.into_inner()
}

/// The rows of one file, as one batch of the columns of `schema`.
///
/// # Errors
/// When the bytes are no Parquet, or lack a column.
pub(super) fn decode(bytes: Vec<u8>, schema: &SchemaRef) -> Result<RecordBatch, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?;
    let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let written = builder.schema().clone();
    let batches = builder.with_batch_size(rows.max(1)).build()?.collect::<Result<Vec<_>, _>>()?;
    let whole = concat_batches(&written, &batches)?;
    let columns = schema.fields().iter().map(|field| {
        let cells = whole.column_by_name(field.name());
        let cells = cells.ok_or_else(|| ParquetError::General(format!("no column {}", field.name())))?;
        Ok(if cells.data_type() == field.data_type() { cells.clone() } else { cast(cells, field.data_type())? })
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<Vec<ArrayRef>, ParquetError>>()?)?)
}
