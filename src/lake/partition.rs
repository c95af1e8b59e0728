//! One Parquet file.

use super::LakeError;
use datafusion::{
    arrow::array::RecordBatch,
    parquet::{
        arrow::{
            ArrowWriter, ProjectionMask,
            arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
        },
        basic::Compression,
        errors::ParquetError,
        file::properties::{EnabledStatistics, WriterProperties},
    },
};
use std::{collections::BTreeSet, fs::File, path::Path};

/// Rows decoded at a time.
const BATCH: usize = 8192;

/// Writes batches of one schema as one file. The file names no version and no clock: its bytes depend on the batches.
///
/// # Errors
/// The first batch that is an error, or what the codec says.
pub(super) fn write(
    path: &Path,
    batches: impl IntoIterator<Item = Result<RecordBatch, LakeError>>,
) -> Result<(), LakeError> {
    let parquet = |source: ParquetError| LakeError::Parquet { path: path.to_owned(), source };
    let mut writer: Option<ArrowWriter<File>> = None;
    for batch in batches {
        let batch = batch?;
        let open = match &mut writer {
            Some(open) => open,
            None => {
                let file = File::create(path).map_err(|e| LakeError::io(path, e))?;
                let properties = WriterProperties::builder()
                    .set_created_by("foursight".to_owned())
                    .set_compression(Compression::SNAPPY)
                    .set_statistics_enabled(EnabledStatistics::Chunk)
                    .build();
                writer.insert(ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(parquet)?)
            }
        };
        open.write(&batch).map_err(parquet)?;
    }
    writer.map_or(Ok(()), |writer| writer.close().map(|_| ()).map_err(parquet))
}

/// Reads the columns of these names, in the file's own order.
///
/// # Errors
/// When the file cannot be opened or is no Parquet.
pub(super) fn read(path: &Path, names: &BTreeSet<String>) -> Result<ParquetRecordBatchReader, LakeError> {
    let parquet = |source: ParquetError| LakeError::Parquet { path: path.to_owned(), source };
    let file = File::open(path).map_err(|e| LakeError::io(path, e))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?;
    let roots = builder.schema().fields().iter().enumerate();
    let wanted: Vec<usize> = roots.filter(|(_, field)| names.contains(field.name())).map(|(index, _)| index).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    builder.with_projection(mask).with_batch_size(BATCH).build().map_err(parquet)
}
