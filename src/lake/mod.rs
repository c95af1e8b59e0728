//! Facts as Arrow and Parquet, one partition a store.
//!
//! The lake is the local cache of facts: `<root>/<store key>/<fact>.parquet`, and beside them `sums`, the hash of each. A
//! partition appears whole or not at all, its bytes depend on its rows only, and a partition that is not what its sums say
//! is no partition. It holds personal data, so it never leaves the machine and nobody else on it may read it;
//! [`Lake::leaving`] makes what may. Beside it, [`cache`] keeps what other stages made, by the hash of what they made it
//! from.

pub mod cache;
mod columns;
mod export;
mod forget;
mod hashed;
mod memo;
#[cfg(feature = "cloud")]
mod objects;
mod partition;
mod shared;
mod store_facts;
#[cfg(test)]
mod tests;

pub use cache::{Cache, KeyParts, stage};
pub use columns::{DATE_ONLY, arrow_schema};
pub use forget::{sweep, tag};
pub use hashed::Hashed;
pub use memo::Memo;
pub use shared::{Shared, SharedError};
pub use store_facts::StoreFacts;

use crate::{
    catalog::Catalog,
    model::{Message, Told},
};
use datafusion::{arrow::error::ArrowError, parquet::errors::ParquetError};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why the lake could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum LakeError {
    /// A file or folder could not be created, written, renamed or read.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A partition's file is damaged or could not be encoded.
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the codec says.
        source: ParquetError,
    },
    /// Cells that do not fit their column's declared type.
    Shape {
        /// The fact.
        fact: String,
        /// What Arrow says.
        source: ArrowError,
    },
    /// The lake holds no partition of that key.
    Missing(String),
}

impl Told for LakeError {
    fn told(&self) -> Message {
        match self {
            LakeError::Io { path, source } => {
                Message::new("failure.file").with("path", path).with("what", source.told())
            }
            LakeError::Parquet { path, source } => {
                Message::new("failure.file").with("path", path).with("what", source.to_string())
            }
            LakeError::Shape { fact, source } => {
                Message::new("failure.shape").with("fact", fact).with("what", source.to_string())
            }
            LakeError::Missing(partition) => Message::new("failure.partition").with("name", partition),
        }
    }
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

/// A fact's name and the bytes of its file.
pub type FactFile = (Arc<str>, Vec<u8>);

/// The kind of entry as which a partition is shared.
const PARTITION: &str = "facts";

/// The file of a partition that says what the others must be: a line `<BLAKE3> <file>` for each.
const SUMS: &str = "sums";

impl Lake {
    /// Opens the lake at `root`, creating the folder when it is missing.
    ///
    /// # Errors
    /// [`LakeError::Io`] when the folder can be neither found nor created.
    pub fn open(root: &Path) -> Result<Lake, LakeError> {
        create_private(root).map_err(|e| LakeError::io(root, e))?;
        let root = root.canonicalize().map_err(|e| LakeError::io(root, e))?;
        Ok(Lake { root })
    }

    /// Writes the facts of one store as the partition `store_key`, whole or not at all. One that stands there and is whole
    /// is left alone: a key stands for its content.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn put(&self, store_key: &str, facts: &StoreFacts) -> Result<(), LakeError> {
        let encoded = facts.all().map(|(fact, rows)| {
            let name = format!("{fact}.parquet");
            let failed = |source: ParquetError| LakeError::Parquet { path: PathBuf::from(&name), source };
            let bytes = partition::encode(rows, partition::Reader::Lake).map_err(failed)?;
            Ok((name, bytes))
        });
        self.put_files(store_key, encoded)
    }

    fn put_files(
        &self,
        store_key: &str,
        files: impl Iterator<Item = Result<(String, Vec<u8>), LakeError>>,
    ) -> Result<(), LakeError> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let staged = builder.prefix(".staged-").tempdir_in(&self.root);
        let staged = staged.map_err(|e| LakeError::io(&self.root, e))?;
        let mut sums = String::new();
        for file in files {
            let (name, bytes) = file?;
            let path = staged.path().join(&name);
            sums.push_str(&format!("{} {name}\n", blake3::hash(&bytes).to_hex()));
            write_private(&path, &bytes).map_err(|e| LakeError::io(&path, e))?;
        }
        let path = staged.path().join(SUMS);
        write_private(&path, sums.as_bytes()).map_err(|e| LakeError::io(&path, e))?;
        let folder = self.root.join(store_key);
        if fs::rename(staged.path(), &folder).is_err() && self.verify(store_key).is_none() {
            // What stands there is damaged.
            fs::remove_dir_all(&folder).map_err(|e| LakeError::io(&folder, e))?;
            fs::rename(staged.path(), &folder).map_err(|e| LakeError::io(&folder, e))?;
        }
        Ok(())
    }

    /// The facts of a partition; `None` when it is not there, or not whole.
    pub fn get(&self, store_key: &str, catalog: &Catalog) -> Option<StoreFacts> {
        let mut facts = StoreFacts::default();
        for (name, bytes) in self.verify(store_key)? {
            let fact = name.strip_suffix(".parquet")?;
            let schema = arrow_schema(&catalog.fact_columns(fact)?);
            facts.insert(fact.into(), partition::decode(bytes, &schema).ok()?);
        }
        forget::used(&self.root.join(store_key));
        Some(facts)
    }

    /// The partition as other machines made it, taken over from what they share; `None` when none has.
    pub fn find_shared(&self, store_key: &str, cache: &Cache, catalog: &Catalog) -> Option<StoreFacts> {
        let files: Vec<(String, Vec<u8>)> = cache.find_shared(PARTITION, store_key)?;
        // A name is a file's of this folder, whoever wrote the entry.
        let known = |name: &str| name.strip_suffix(".parquet").is_some_and(|fact| catalog.fact_columns(fact).is_some());
        if !files.iter().all(|(name, _)| known(name)) {
            return None;
        }
        let files = files.into_iter().map(|(name, bytes)| Ok((name, bytes)));
        self.put_files(store_key, files).ok()?;
        self.get(store_key, catalog)
    }

    /// Gives a partition that stands here to other machines.
    pub fn share(&self, store_key: &str, cache: &Cache) {
        if cache.shared().is_some()
            && let Some(files) = self.verify(store_key)
        {
            cache.share(PARTITION, store_key, &files);
        }
    }

    /// Whether the partition is there and whole.
    pub fn is_whole(&self, store_key: &str) -> bool {
        self.verify(store_key).is_some()
    }

    /// The files of a partition, each read and held against its sum; `None` when one is missing or differs.
    fn verify(&self, store_key: &str) -> Option<Vec<(String, Vec<u8>)>> {
        let folder = self.root.join(store_key);
        let sums = fs::read_to_string(folder.join(SUMS)).ok()?;
        let whole = |line: &str| {
            let (sum, name) = line.split_once(' ')?;
            let bytes = fs::read(folder.join(name)).ok()?;
            (blake3::hash(&bytes).to_hex().as_str() == sum).then(|| (name.to_owned(), bytes))
        };
        sums.lines().map(whole).collect()
    }

    /// Where the file of one fact of a partition is, or would be: a fact that the store has no table of has no file.
    pub fn partition(&self, store_key: &str, fact: &str) -> PathBuf {
        self.root.join(store_key).join(format!("{fact}.parquet"))
    }

    /// The files of a fact over some partitions, in their order; partitions without a file are left out.
    ///
    /// # Errors
    /// [`LakeError::Missing`] for a partition that is not there or not whole.
    pub fn files(&self, store_keys: &[String], fact: &str) -> Result<Vec<PathBuf>, LakeError> {
        let mut files = Vec::new();
        for key in store_keys {
            if !self.root.join(key).join(SUMS).is_file() {
                return Err(LakeError::Missing(key.clone()));
            }
            let file = self.partition(key, fact);
            if file.is_file() {
                files.push(file);
            }
        }
        Ok(files)
    }

    /// The facts of one store that may leave the machine, each as the bytes of one Parquet file: columns with a personal
    /// class are dropped, customer keys masked. Instants have milliseconds, which every reader of Parquet understands.
    /// Same facts, same bytes.
    ///
    /// # Errors
    /// When a fact could not be encoded.
    pub fn leaving(facts: &StoreFacts, catalog: &Catalog) -> Result<Vec<FactFile>, LakeError> {
        let mut files = Vec::new();
        for (name, rows) in facts.all() {
            let columns = catalog.fact_columns(name).unwrap_or_default();
            let rows = export::leaving(&columns, rows).map_err(|e| LakeError::shape(name, e))?;
            let parquet = |source: ParquetError| LakeError::Parquet { path: PathBuf::from(&**name), source };
            files.push((name.clone(), partition::encode(&rows, partition::Reader::Anybody).map_err(parquet)?));
        }
        Ok(files)
    }
}

/// Makes a folder that holds personal data, for the eyes of its owner only.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
