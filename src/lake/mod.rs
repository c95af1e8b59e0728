//! Facts as Arrow and Parquet, one partition a store.
//!
//! The lake is the local cache of facts: `<root>/<store key>/<fact>.parquet`. A partition appears whole or not at all,
//! its bytes depend on its rows only, and it holds personal data, so it never leaves the machine; [`Lake::export`]
//! writes what may. Beside it, [`cache`] keeps what earlier stages made, by the hash of what they made it from.

pub mod cache;
mod columns;
mod export;
mod partition;
#[cfg(test)]
mod tests;

pub use cache::{Cache, KeyParts};
pub use columns::{DATE_ONLY, arrow_schema};

use crate::{catalog::Catalog, model::FactTable};
use datafusion::{arrow::error::ArrowError, parquet::errors::ParquetError};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// Why the lake could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A file or folder could not be created, written, renamed or read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A partition's file is damaged or could not be encoded.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the codec says.
        source: ParquetError,
    },
    /// Cells that do not fit their column's declared type.
    #[error("事实表 {fact} 的内容与列定义不符 (cells do not fit their columns): {source}")]
    Shape {
        /// The fact.
        fact: String,
        /// What Arrow says.
        source: ArrowError,
    },
    /// The lake holds no partition of that key.
    #[error("事实库中没有分区 {0:?} (no such partition)")]
    Missing(String),
}

impl LakeError {
    fn io(path: &Path, source: io::Error) -> LakeError {
        LakeError::Io { path: path.to_owned(), source }
    }

    fn shape(fact: &str, source: ArrowError) -> LakeError {
        LakeError::Shape { fact: fact.to_owned(), source }
    }
}

/// A folder of partitions.
#[derive(Clone, Debug)]
pub struct Lake {
    root: PathBuf,
}

/// Tells the temp folders of one process apart.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

impl Lake {
    /// Opens the lake at `root`, creating the folder when it is missing.
    ///
    /// # Errors
    /// [`LakeError::Io`] when the folder can be neither found nor created.
    pub fn open(root: &Path) -> Result<Lake, LakeError> {
        fs::create_dir_all(root).map_err(|e| LakeError::io(root, e))?;
        let root = root.canonicalize().map_err(|e| LakeError::io(root, e))?;
        Ok(Lake { root })
    }

    /// Writes the facts of one store as the partition `store_key`, whole or not at all. A partition that is there
    /// already is left alone: a key stands for its content.
    ///
    /// # Errors
    /// When a file cannot be written, or a table's cells do not fit its columns.
    pub fn put(&self, store_key: &str, tables: &[FactTable]) -> Result<(), LakeError> {
        if self.has(store_key) {
            return Ok(());
        }
        let serial = TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let staged = self.root.join(format!(".{store_key}.{}.{serial}", std::process::id()));
        fs::create_dir(&staged).map_err(|e| LakeError::io(&staged, e))?;
        let written = tables.iter().try_for_each(|table| {
            let batch = columns::batch(table).map_err(|e| LakeError::shape(&table.name, e));
            partition::write(&staged.join(format!("{}.parquet", table.name)), [batch])
        });
        let folder = self.root.join(store_key);
        let placed = written.and_then(|()| match fs::rename(&staged, &folder) {
            // Somebody else has put the same content in the meantime.
            Err(_) if self.has(store_key) => fs::remove_dir_all(&staged).map_err(|e| LakeError::io(&staged, e)),
            renamed => renamed.map_err(|e| LakeError::io(&folder, e)),
        });
        if placed.is_err() {
            // The first error is what the user has to know; a leftover temp folder is never read.
            let _ = fs::remove_dir_all(&staged);
        }
        placed
    }

    /// Whether the partition is there.
    pub fn has(&self, store_key: &str) -> bool {
        self.root.join(store_key).is_dir()
    }

    /// Where the file of one fact of a partition is, or would be: a fact that the store has no table of has no file.
    pub fn partition(&self, store_key: &str, fact: &str) -> PathBuf {
        self.root.join(store_key).join(format!("{fact}.parquet"))
    }

    /// The files of a fact over some partitions, in their order; partitions without a file are left out.
    ///
    /// # Errors
    /// [`LakeError::Missing`] for a partition that is not there at all.
    pub fn files(&self, store_keys: &[String], fact: &str) -> Result<Vec<PathBuf>, LakeError> {
        let mut files = Vec::new();
        for key in store_keys {
            if !self.has(key) {
                return Err(LakeError::Missing(key.clone()));
            }
            let file = self.partition(key, fact);
            if file.is_file() {
                files.push(file);
            }
        }
        Ok(files)
    }

    /// Joins the partitions, in the given order, into one file a fact that may leave the machine: columns with a
    /// personal class are dropped, customer keys masked. Instants have milliseconds, which every reader of Parquet
    /// understands. Same partitions, same bytes.
    ///
    /// # Errors
    /// When a partition is missing or damaged, or a file cannot be written.
    pub fn export(&self, store_keys: &[String], catalog: &Catalog, into: &Path) -> Result<(), LakeError> {
        fs::create_dir_all(into).map_err(|e| LakeError::io(into, e))?;
        for fact in catalog.facts() {
            let files = self.files(store_keys, &fact)?;
            let columns = catalog.fact_columns(&fact).unwrap_or_default();
            export::fact(&fact, &columns, &files, &into.join(format!("{fact}.parquet")))?;
        }
        Ok(())
    }
}
