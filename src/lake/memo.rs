//! What files were last time, so that those that did not change need not be read to know their hash.

use super::cache::Cache;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, Metadata},
    io,
    path::Path,
    sync::Mutex,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Two changes of a file within this time may bear the same time stamp.
const RACY: Duration = Duration::from_secs(2);

/// A file as its folder shows it: length, time of change, number on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    len: u64,
    nanoseconds: u128,
    inode: u64,
}

impl Stamp {
    fn of(data: &Metadata) -> Stamp {
        let changed = data.modified().unwrap_or(UNIX_EPOCH);
        let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(data);
        #[cfg(not(unix))]
        let inode = 0;
        Stamp { len: data.len(), nanoseconds: since.as_nanos(), inode }
    }

    fn changed(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(u64::try_from(self.nanoseconds).unwrap_or(u64::MAX))
    }
}

/// The hashes of files by path, as of the last build. A file whose length, time of change and number are the same is
/// taken for the same, unless it was changed so shortly before its hash was taken that a second change could not be told
/// from the first.
pub struct Memo {
    former: BTreeMap<String, (Stamp, String)>,
    /// When the former hashes were written down, by the clock of their disk.
    written: SystemTime,
    now: Mutex<BTreeMap<String, (Stamp, String)>>,
}

/// The kind of the entry in the cache.
const KIND: &str = "memo";

impl Memo {
    /// The memo called `name` in a cache; with `forget` everything is read again.
    pub fn open(cache: &Cache, name: &str, forget: bool) -> Memo {
        // Before the entry is read, which marks it as used.
        let written = cache.written(KIND, name).unwrap_or(UNIX_EPOCH);
        let former = if forget { None } else { cache.get(KIND, name) };
        Memo { former: former.unwrap_or_default(), written, now: Mutex::default() }
    }

    /// BLAKE3 of a file's bytes, in hex, and its length.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn hash(&self, path: &Path) -> io::Result<String> {
        let shown = path.to_string_lossy();
        let mut file = File::open(path)?;
        let before = Stamp::of(&file.metadata()?);
        let hash = match self.known(&shown, &before) {
            Some(hash) => hash.to_owned(),
            None => {
                let mut hasher = blake3::Hasher::new();
                io::copy(&mut file, &mut hasher)?;
                hasher.finalize().to_hex().to_string()
            }
        };
        self.note(&shown, before, &hash);
        Ok(hash)
    }

    /// Whether a file is still the one of this hash; read only where its folder leaves that open.
    pub fn is_still(&self, path: &Path, hash: &str) -> bool {
        self.hash(path).is_ok_and(|now| now == hash)
    }

    fn known(&self, shown: &str, stamp: &Stamp) -> Option<&str> {
        let (former, hash) = self.former.get(shown)?;
        let settled = stamp.changed() + RACY <= self.written;
        (former == stamp && settled).then_some(hash)
    }

    fn note(&self, shown: &str, stamp: Stamp, hash: &str) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        now.insert(shown.to_owned(), (stamp, hash.to_owned()));
    }

    /// Notes a file that was just written, under the path it will have, with the hash of what was written.
    pub fn note_written(&self, path: &Path, data: &Metadata, hash: &str) {
        self.note(&path.to_string_lossy(), Stamp::of(data), hash);
    }

    /// Keeps what was noted for the next build.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub fn keep(&self, cache: &Cache, name: &str) -> io::Result<()> {
        let now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.put(KIND, name, &*now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn set(path: &Path, at: SystemTime) {
        File::options().write(true).open(path).expect("open").set_modified(at).expect("set");
    }

    #[test]
    fn a_file_is_read_again_when_it_may_have_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(Some(&folder.path().join("cache")));
        let name = "00memo";
        let path = folder.path().join("a.xlsx");
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        fs::write(&path, b"one").expect("write");
        set(&path, long_ago);
        let first = Memo::open(&cache, name, false);
        let one = first.hash(&path).expect("hash");
        first.keep(&cache, name).expect("keep");

        // The same length, time and number: not read again, even though the bytes differ. `forget` reads all.
        let file = File::options().write(true).open(&path).expect("open");
        std::io::Write::write_all(&mut &file, b"two").expect("write");
        set(&path, long_ago);
        assert_eq!(Memo::open(&cache, name, false).hash(&path).expect("hash"), one);
        let two = Memo::open(&cache, name, true).hash(&path).expect("hash");
        assert_ne!(two, one);

        // Another time of change.
        set(&path, long_ago + Duration::from_secs(1));
        assert_eq!(Memo::open(&cache, name, false).hash(&path).expect("hash"), two);
    }

    #[test]
    fn a_file_changed_just_before_its_hash_was_taken_is_not_trusted() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(Some(&folder.path().join("cache")));
        let name = "00memo";
        let path = folder.path().join("a.xlsx");
        fs::write(&path, b"one").expect("write");
        let stamp = fs::metadata(&path).expect("data").modified().expect("time");
        let first = Memo::open(&cache, name, false);
        let one = first.hash(&path).expect("hash");
        first.keep(&cache, name).expect("keep");
        let file = File::options().write(true).open(&path).expect("open");
        std::io::Write::write_all(&mut &file, b"two").expect("write");
        set(&path, stamp);
        assert_ne!(Memo::open(&cache, name, false).hash(&path).expect("hash"), one);
    }
}
