//! The content-addressed cache: what a stage made of exactly these inputs, by their hash. Deleting it costs time and
//! changes nothing else; a damaged entry counts as absent.

use super::{Hashed, shared::Shared};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::{self, Seek, Write},
    path::{Path, PathBuf},
    sync::Arc,
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

/// A folder of entries by kind and key, and the place where other machines find them too.
#[derive(Clone, Debug)]
pub struct Cache {
    root: Option<PathBuf>,
    shared: Option<Arc<Shared>>,
}

/// A file that becomes the entry at a path once it is whole.
fn staged_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    tempfile::NamedTempFile::new_in(folder)
}

/// What is true of one machine only: its files and what it has already written.
const OF_ONE_MACHINE: [&str; 5] = ["memo", "made", "page", "books", "built"];

/// What an entry begins with: a hash of its kind, its key and its body, so that neither a damaged entry nor one that was put
/// under another's name is taken for it.
const SUM: usize = blake3::OUT_LEN;

fn summing(kind: &str, key: &str) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(kind.len() as u64).to_le_bytes()).update(kind.as_bytes());
    hasher.update(&(key.len() as u64).to_le_bytes()).update(key.as_bytes());
    hasher
}

/// Where an entry stands below its folder.
pub(super) fn name(kind: &str, key: &str) -> Option<String> {
    let (head, rest) = key.split_at_checked(2)?;
    Some(format!("{kind}/{head}/{rest}"))
}

/// The body of an entry's bytes; `None` when they are not that entry, whole.
pub(super) fn body<'b>(kind: &str, key: &str, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let (sum, body) = bytes.split_at_checked(SUM)?;
    (summing(kind, key).update(body).finalize().as_bytes() == sum).then_some(body)
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
        Cache { root: root.map(Path::to_owned), shared: None }
    }

    /// The same, whose entries other machines find too, and which finds theirs.
    #[must_use]
    pub fn sharing(self, shared: Option<Arc<Shared>>) -> Cache {
        Cache { shared, ..self }
    }

    /// The place shared with other machines.
    pub fn shared(&self) -> Option<&Shared> {
        self.shared.as_deref()
    }

    fn shared_for(&self, kind: &str) -> Option<&Shared> {
        self.shared().filter(|_| !OF_ONE_MACHINE.contains(&kind))
    }

    fn path(&self, kind: &str, key: &str) -> Option<PathBuf> {
        Some(self.root.as_ref()?.join(name(kind, key)?))
    }

    /// The entry of a key; `None` when there is none or it does not read back whole.
    pub fn get<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Option<T> {
        let path = self.path(kind, key)?;
        let own = fs::read(&path).unwrap_or_default();
        if let Some(value) = body(kind, key, &own).and_then(|body| postcard::from_bytes(body).ok()) {
            super::forget::used(&path);
            return Some(value);
        }
        let bytes = self.shared_for(kind)?.get(kind, key)?;
        let value = postcard::from_bytes(body(kind, key, &bytes)?).ok()?;
        // A full or read-only disk costs the next build time, nothing else.
        let _ = staged_beside(&path).and_then(|mut staged| {
            staged.write_all(&bytes)?;
            staged.persist(&path).map_err(|error| error.error)
        });
        Some(value)
    }

    /// An entry that another machine made, which is not kept here.
    pub(super) fn find_shared<T: DeserializeOwned>(&self, kind: &str, key: &str) -> Option<T> {
        postcard::from_bytes(body(kind, key, &self.shared_for(kind)?.get(kind, key)?)?).ok()
    }

    /// Gives an entry to other machines, which is not kept here.
    pub(super) fn share<T: Serialize>(&self, kind: &str, key: &str, value: &T) {
        let Some(shared) = self.shared_for(kind) else { return };
        if let Ok(body) = postcard::to_stdvec(value) {
            let sum = summing(kind, key).update(&body).finalize();
            shared.keep(kind, key, [sum.as_bytes(), body.as_slice()].concat());
        }
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
        self.put_here(&path, (kind, key), value)?;
        if let Some(shared) = self.shared_for(kind) {
            shared.keep(kind, key, fs::read(&path)?);
        }
        Ok(())
    }

    fn put_here<T: Serialize>(&self, path: &Path, (kind, key): (&str, &str), value: &T) -> io::Result<()> {
        let mut staged = staged_beside(path)?;
        // Room for the hash, which is known once all is written: a large entry is never held whole.
        staged.write_all(&[0; SUM])?;
        let mut body = postcard::to_io(value, Hashed::after(summing(kind, key), staged.as_file_mut()))
            .map_err(io::Error::other)?;
        body.flush()?;
        let hash = body.hash();
        drop(body);
        staged.rewind()?;
        staged.write_all(hash.as_bytes())?;
        staged.persist(path).map_err(|error| error.error)?;
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
