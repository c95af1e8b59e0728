//! The content-addressed cache: what a stage made of exactly these inputs, by their hash. Deleting it costs time and
//! changes nothing else; a damaged entry counts as absent.

use super::Hashed;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::{self, Seek, Write},
    path::{Path, PathBuf},
};

/// The identity of each stage, a hash over the sources it and the stages before it are made of (see `build.rs`).
pub mod stage {
    /// Reading workbooks.
    pub const READ: &str = env!("FOURSIGHT_READ");
    /// Checking rows.
    pub const CHECK: &str = env!("FOURSIGHT_CHECK");
    /// Deriving facts.
    pub const FACTS: &str = env!("FOURSIGHT_FACTS");
    /// Evaluating definitions.
    pub const METRICS: &str = env!("FOURSIGHT_METRICS");
    /// Rendering pages and workbooks.
    pub const RENDER: &str = env!("FOURSIGHT_RENDER");
    /// Everything.
    pub const SOURCE: &str = env!("FOURSIGHT_SOURCE");
}

/// A folder of entries by kind and key.
#[derive(Clone, Debug)]
pub struct Cache {
    root: Option<PathBuf>,
}

/// Builds a key from the parts that decide an entry's content.
pub struct KeyParts(blake3::Hasher);

impl KeyParts {
    /// A key of a kind of entry that a stage makes: the stage's own identity is part of it.
    pub fn new(kind: &str, stage: &str) -> KeyParts {
        KeyParts(blake3::Hasher::new()).with(kind).with(stage)
    }

    /// Adds a part; parts cannot run into each other.
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> KeyParts {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        self
    }

    /// The key, in hex.
    pub fn finish(self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

impl Cache {
    /// The cache in a folder, which is made when first written to; `None`: a cache that keeps nothing.
    pub fn at(root: Option<&Path>) -> Cache {
        Cache { root: root.map(Path::to_owned) }
    }

    fn path(&self, kind: &str, key: &str) -> Option<PathBuf> {
        let (head, rest) = key.split_at_checked(2)?;
        Some(self.root.as_ref()?.join(kind).join(head).join(rest))
    }

    /// The entry of a key; `None` when there is none or it does not read back whole.
    pub fn get<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Option<T> {
        let path = self.path(kind, key)?;
        let bytes = fs::read(&path).ok()?;
        let (sum, body) = bytes.split_at_checked(blake3::OUT_LEN)?;
        if blake3::hash(body).as_bytes() != sum {
            return None;
        }
        let value = postcard::from_bytes(body).ok();
        super::forget::used(&path);
        value
    }

    /// When an entry was written, by the clock of its disk.
    pub fn written(&self, kind: &str, key: &str) -> Option<std::time::SystemTime> {
        fs::metadata(self.path(kind, key)?).and_then(|data| data.modified()).ok()
    }

    /// Keeps an entry. Written beside its place and renamed, so that no reader sees half of it.
    ///
    /// # Errors
    /// When the folder cannot be written: the build goes on without, the caller decides whether to say so.
    pub fn put<T: Serialize>(&self, kind: &str, key: &str, value: &T) -> io::Result<()> {
        let Some(path) = self.path(kind, key) else { return Ok(()) };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut staged = tempfile::NamedTempFile::new_in(folder)?;
        // Room for the hash, which is known once all is written: a large entry is never held whole.
        staged.write_all(&[0; blake3::OUT_LEN])?;
        let mut body = postcard::to_io(value, Hashed::new(staged.as_file_mut())).map_err(io::Error::other)?;
        body.flush()?;
        let hash = body.hash();
        drop(body);
        staged.rewind()?;
        staged.write_all(hash.as_bytes())?;
        staged.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_entry_is_no_entry() {
        let root = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(Some(root.path()));
        let key = KeyParts::new("test", stage::READ).with("ab").with("c").finish();
        assert_ne!(key, KeyParts::new("test", stage::READ).with("a").with("bc").finish());
        cache.put("rows", &key, &vec![1u32, 2, 3]).expect("write");
        assert_eq!(cache.get::<Vec<u32>>("rows", &key), Some(vec![1, 2, 3]));
        let path = cache.path("rows", &key).expect("a path");
        let mut bytes = fs::read(&path).expect("read");
        *bytes.last_mut().expect("not empty") ^= 1;
        fs::write(&path, bytes).expect("write");
        assert_eq!(cache.get::<Vec<u32>>("rows", &key), None);
    }
}
