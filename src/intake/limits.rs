//! How much of one workbook is read. Ordinary ones stay far below; what is beyond is named, not guessed at, and costs little
//! however small the file looks.

/// Sheets in a workbook.
pub(crate) const SHEETS: usize = 256;

/// Parts in a package.
pub(crate) const PARTS: usize = 4096;

/// Data rows in all sheets of a workbook.
pub(crate) const ROWS: u64 = 500_000;

/// Columns of a sheet: as many as Excel has.
pub(crate) const COLUMNS: u32 = 1 << 14;

/// Bytes of text in all cells of a workbook that are read, counted wherever they stand: a text that stands in a hundred
/// thousand cells is stored once and shown a hundred thousand times.
pub(crate) const TEXT_BYTES: u64 = 128 << 20;

/// Remarks about a workbook that are listed one by one.
pub(crate) const REMARKS: usize = 10_000;

/// A part up to this size is inflated whole, which is quicker; a larger one is read as a stream.
pub(crate) fn in_memory(limit_mb: u64) -> u64 {
    (limit_mb / 8).clamp(1, 256) << 20
}

/// Merged cells of a sheet.
pub(crate) const MERGED: usize = 100_000;

/// Files in an archive.
pub(crate) const MEMBERS: usize = 256;

/// Cells of a workbook that is made anew, and of a sheet that a parser keeps whole with its empty cells.
pub(crate) const SEEN_CELLS: u64 = 4_000_000;
