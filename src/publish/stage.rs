//! The staging folder and the swap.

use super::{
    exchange::{exchange, is_another_file_system, put_back},
    left_over::{free_folder, remove},
    manifest::OutputFile,
};
use crate::{
    lake::{Cache, Hashed, KeyParts, Memo},
    model::{Message, Told},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Why an output could not be published. The former output is whole in every case.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum PublishError {
    /// A file or folder could not be written.
    Write {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another build of the same output is running.
    Busy(PathBuf),
    /// The output folder holds something that no build wrote.
    Foreign(PathBuf),
    /// The output folder is a file system of its own: no other folder can be put in its place.
    Mounted(PathBuf),
    /// The build's own sums do not add up: a defect of the tool, and nothing was published.
    Sums(String),
}

impl Told for PublishError {
    fn told(&self) -> Message {
        match self {
            PublishError::Write { path, source } => {
                Message::new("failure.write").with("path", path).with("what", source.told())
            }
            PublishError::Busy(path) => Message::new("failure.busy").with("path", path),
            PublishError::Foreign(path) => Message::new("failure.foreign").with("path", path),
            PublishError::Mounted(path) => {
                Message::new("failure.mounted").with("path", path).with("inside", &path.join("output"))
            }
            PublishError::Sums(what) => Message::new("failure.sums").with("what", what),
        }
    }
}

impl PublishError {
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> PublishError {
        let path = path.into();
        move |source| PublishError::Write { path, source }
    }
}

/// A new output in the making. Dropped without [`Stage::publish`], it leaves nothing behind but the former output.
///
/// A file that is the same as in the former output is linked from there, not written: what did not change costs no bytes.
pub struct Stage {
    output: PathBuf,
    folder: PathBuf,
    cache: Cache,
    memo: Memo,
    memo_name: String,
    /// The hashes of the former output's files, by path.
    former: BTreeMap<String, String>,
    /// The files of this one.
    made: Mutex<BTreeMap<String, OutputFile>>,
    /// Folders of this one that are there.
    folders: Mutex<BTreeSet<PathBuf>>,
    _lock: File,
}

impl Stage {
    /// Takes the lock on `output` and makes an empty staging folder beside it. What former builds left there is removed; what
    /// cannot be removed is not in the way.
    ///
    /// # Errors
    /// When another build holds the lock, the output folder is somebody else's or can never be exchanged, or nothing can be
    /// written there.
    pub fn open(output: &Path, work: &Path, cache: &Cache, rehash: bool) -> Result<Stage, PublishError> {
        fs::create_dir_all(work).map_err(PublishError::write(work))?;
        // A link to a folder is published into that folder: the link itself stays.
        let output = match output.symlink_metadata() {
            Ok(data) if data.is_symlink() => fs::canonicalize(output).map_err(PublishError::write(output))?,
            _ => std::path::absolute(output).map_err(PublishError::write(output))?,
        };
        let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let lock_path = work.join(format!("{name}.lock"));
        let lock = lock_file(&lock_path).map_err(PublishError::write(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(PublishError::Busy(output)),
            Err(fs::TryLockError::Error(error)) => return Err(PublishError::write(&lock_path)(error)),
        }
        put_back(&work.join(format!("{name}.staging")), &output).map_err(PublishError::write(&output))?;
        let empty_or_ours = |path: &Path| {
            manifest_is_ours(path) || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
        };
        if output.exists() && !empty_or_ours(&output) {
            return Err(PublishError::Foreign(output));
        }
        if is_another_file_system(&output, work) {
            return Err(PublishError::Mounted(output));
        }
        let folder = free_folder(work, &name)?;
        fs::create_dir_all(&folder).map_err(PublishError::write(&folder))?;
        let memo_name = KeyParts::new("output", "").with(output.as_os_str().as_encoded_bytes()).finish();
        let memo = Memo::open(cache, &memo_name, rehash);
        let former = former_files(&output);
        Ok(Stage {
            output,
            folder,
            cache: cache.clone(),
            memo,
            memo_name,
            former,
            made: Mutex::default(),
            folders: Mutex::default(),
            _lock: lock,
        })
    }

    /// The folder beside the output in which work is kept.
    pub fn work(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// The staging folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes one file below the staging folder, with its parent folders; one that the former output has is linked.
    /// Returns its hash.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<String, PublishError> {
        let hash = blake3::hash(bytes).to_hex().to_string();
        if !self.reuse(name, &hash) {
            let path = self.place(name)?;
            fs::write(&path, bytes).map_err(PublishError::write(&path))?;
            self.note(name, &path, hash.clone())?;
        }
        Ok(hash)
    }

    /// Writes a file of any length as it is made, see [`Stage::write`].
    ///
    /// # Errors
    /// When the file cannot be written, or `make` fails.
    pub fn write_as_made(
        &self,
        name: &str,
        make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<String, PublishError> {
        let path = self.place(name)?;
        let part = self.place(&format!("{name}.part"))?;
        let failed = || PublishError::write(&path);
        let mut out = Hashed::new(File::create(&part).map_err(failed())?);
        make(&mut out).and_then(|()| out.flush()).map_err(failed())?;
        let hash = out.hash().to_hex().to_string();
        if self.reuse(name, &hash) {
            fs::remove_file(&part).map_err(failed())?;
        } else {
            fs::rename(&part, &path).map_err(failed())?;
            self.note(name, &path, hash.clone())?;
        }
        Ok(hash)
    }

    /// Takes a file from the former output, if it is there and still is what it was. Says whether it did.
    pub fn reuse(&self, name: &str, hash: &str) -> bool {
        let former = self.output.join(name);
        if self.former.get(name).is_none_or(|own| own != hash) || !self.memo.is_still(&former, hash) {
            return false;
        }
        let Ok(path) = self.place(name) else { return false };
        let linked = fs::hard_link(&former, &path).is_ok() || {
            // A copy is not the file whose hash is known: it is held against it once more.
            let copied = fs::read(&former).ok().filter(|bytes| blake3::hash(bytes).to_hex().as_str() == hash);
            copied.is_some_and(|bytes| fs::write(&path, bytes).is_ok())
        };
        linked && self.note(name, &path, hash.to_owned()).is_ok()
    }

    /// Offers a file of this output at a second place: a link to it, a copy where links cannot be.
    ///
    /// # Errors
    /// When there is no such file yet, or the second cannot be written.
    pub fn again(&self, name: &str, of: &str) -> Result<(), PublishError> {
        let known = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(of).map(|file| file.blake3.clone());
        let from = self.folder.join(of);
        let missing = || PublishError::write(&from)(io::ErrorKind::NotFound.into());
        let hash = known.ok_or_else(missing)?;
        let path = self.place(name)?;
        if fs::hard_link(&from, &path).is_err() {
            fs::copy(&from, &path).map_err(PublishError::write(&path))?;
        }
        self.note(name, &path, hash)
    }

    /// Whether the output that stands there has these files and no others, each as it was written.
    pub fn stands(&self, files: &[(String, String)]) -> bool {
        let mut found = 0;
        for entry in walkdir::WalkDir::new(&self.output) {
            match entry {
                Ok(entry) => found += usize::from(!entry.file_type().is_dir()),
                Err(_) => return false,
            }
        }
        found == files.len() && files.iter().all(|(name, hash)| self.memo.is_still(&self.output.join(name), hash))
    }

    /// Keeps what is known of the files of the output that stands.
    pub fn keep_memo(&self) {
        // A full or read-only disk costs the next build time, nothing else.
        let _ = self.memo.keep(&self.cache, &self.memo_name);
    }

    fn place(&self, name: &str) -> Result<PathBuf, PublishError> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            let known = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            if !known().contains(parent) {
                fs::create_dir_all(parent).map_err(PublishError::write(parent))?;
                known().insert(parent.to_owned());
            }
        }
        Ok(path)
    }

    fn note(&self, name: &str, path: &Path, blake3: String) -> Result<(), PublishError> {
        let data = path.metadata().map_err(PublishError::write(path))?;
        self.memo.note_written(&self.output.join(name), &data, &blake3);
        let file = OutputFile { path: name.to_owned(), bytes: data.len(), blake3 };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), file);
        Ok(())
    }

    /// The files of the new output so far, sorted by path.
    pub fn files(&self) -> Vec<OutputFile> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Exchanges the staged folder with the output in one step and removes the former output.
    ///
    /// # Errors
    /// When the exchange fails: the former output stands.
    pub fn publish(self) -> Result<(), PublishError> {
        if self.output.exists() {
            exchange(&self.folder, &self.output).map_err(PublishError::write(&self.output))?;
        } else {
            if let Some(parent) = self.output.parent() {
                fs::create_dir_all(parent).map_err(PublishError::write(parent))?;
            }
            fs::rename(&self.folder, &self.output).map_err(PublishError::write(&self.output))?;
        }
        self.keep_memo();
        // The new output stands: what is left of the former one is the next build's to remove, see [`left_over`].
        let _ = remove(&self.folder);
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing to be done about a failure here: the next build removes the folder before it starts.
        let _ = remove(&self.folder);
    }
}

fn manifest(output: &Path) -> serde_json::Value {
    let manifest = fs::read(output.join("data/manifest.json")).unwrap_or_default();
    serde_json::from_slice(&manifest).unwrap_or_default()
}

fn manifest_is_ours(output: &Path) -> bool {
    manifest(output)["tool"] == "foursight"
}

/// The files of an output by its own manifest: what each was is held against what it is before anything rests on it.
fn former_files(output: &Path) -> BTreeMap<String, String> {
    let manifest = manifest(output);
    let files = manifest["outputs"].as_array().into_iter().flatten();
    let file =
        |file: &serde_json::Value| Some((file["path"].as_str()?.to_owned(), file["blake3"].as_str()?.to_owned()));
    files.filter_map(file).collect()
}

/// The folder for lock and staging, and by default the cache, beside an output folder (or beside what a link to it
/// names): on the same file system, so that the output can be exchanged in one step.
pub fn work_beside(output: &Path) -> PathBuf {
    let linked = output.symlink_metadata().is_ok_and(|data| data.is_symlink());
    let output = if linked { fs::canonicalize(output).unwrap_or_default() } else { output.to_owned() };
    match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.join(".foursight"),
        _ => PathBuf::from(".foursight"),
    }
}

/// A path as the file system has it: links resolved as far as it exists, the rest behind them.
pub fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = whole.ancestors().find_map(|ancestor| {
        let rest = whole.strip_prefix(ancestor).ok()?;
        Some(ancestor.canonicalize().ok()?.join(rest))
    });
    real.map_or_else(|| whole.clone(), |real| real.components().collect())
}

/// Opens the file that is locked and nothing else: a link that somebody laid in its place is removed, not followed.
fn lock_file(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|data| data.is_symlink()) {
        fs::remove_file(path)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::left_over;

    #[test]
    fn the_output_changes_whole_or_not_at_all() {
        let root = tempfile::tempdir().expect("a folder");
        let (output, work) = (root.path().join("output"), root.path().join(".foursight"));
        let cache = Cache::at(Some(&work.join("cache")));
        let open = || Stage::open(&output, &work, &cache, false);
        let stage = open().expect("open");
        assert!(matches!(open(), Err(PublishError::Busy(_))));
        stage.write("data/manifest.json", br#"{"tool":"foursight","n":1}"#).expect("write");
        stage.publish().expect("publish");
        let dropped = open().expect("open again");
        dropped.write("data/manifest.json", br#"{"tool":"foursight","n":2}"#).expect("write");
        drop(dropped);
        assert_eq!(fs::read(output.join("data/manifest.json")).expect("read"), br#"{"tool":"foursight","n":1}"#);
        let second = open().expect("open");
        second.write("data/manifest.json", br#"{"tool":"foursight","n":3}"#).expect("write");
        second.publish().expect("publish");
        assert_eq!(fs::read(output.join("data/manifest.json")).expect("read"), br#"{"tool":"foursight","n":3}"#);
        assert!(!work.join("output.staging").exists());
    }

    #[test]
    fn what_cannot_be_removed_is_not_in_the_way() {
        let root = tempfile::tempdir().expect("a folder");
        let (output, work) = (root.path().join("output"), root.path().join(".foursight"));
        fs::create_dir_all(&work).expect("a folder");
        // No folder, so that removing it as one fails.
        for name in ["output.staging", "output.staging-2"] {
            fs::write(work.join(name), b"x").expect("write");
        }
        for n in 0..2 {
            let stage = Stage::open(&output, &work, &Cache::at(None), false).expect("open");
            stage
                .write("data/manifest.json", format!("{{\"tool\":\"foursight\",\"n\":{n}}}").as_bytes())
                .expect("write");
            stage.publish().expect("publish");
            assert!(fs::read_to_string(output.join("data/manifest.json")).expect("text").contains(&format!(":{n}")));
        }
        let left: Vec<_> = left_over(&output).iter().map(|path| path.file_name().expect("a name").to_owned()).collect();
        assert_eq!(left, ["output.staging", "output.staging-2"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_the_lock_empties_nothing() {
        let root = tempfile::tempdir().expect("a folder");
        let (output, work) = (root.path().join("output"), root.path().join(".foursight"));
        fs::create_dir_all(&work).expect("a folder");
        let letter = root.path().join("letter.docx");
        fs::write(&letter, b"mine").expect("write");
        std::os::unix::fs::symlink(&letter, work.join("output.lock")).expect("a link");
        let stage = Stage::open(&output, &work, &Cache::at(None), false).expect("open");
        assert_eq!(fs::read(&letter).expect("read"), b"mine");
        assert!(matches!(Stage::open(&output, &work, &Cache::at(None), false), Err(PublishError::Busy(_))));
        drop(stage);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_resolved_as_far_as_a_path_exists() {
        let root = tempfile::tempdir().expect("a folder");
        let real = root.path().canonicalize().expect("it exists");
        fs::create_dir_all(root.path().join("input/S01")).expect("a folder");
        std::os::unix::fs::symlink(root.path().join("input"), root.path().join("link")).expect("a link");
        assert_eq!(resolved(&root.path().join("link/S09/output")), real.join("input/S09/output"));
        assert_eq!(resolved(&root.path().join("output")), real.join("output"));
    }

    #[test]
    fn a_folder_that_is_not_ours_is_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("letter.docx"), b"mine").expect("write");
        let opened = Stage::open(root.path(), &root.path().join("../foursight-test-work"), &Cache::at(None), false);
        assert!(matches!(opened, Err(PublishError::Foreign(_))));
    }

    #[test]
    fn what_did_not_change_is_linked_and_what_somebody_changed_is_not() {
        let root = tempfile::tempdir().expect("a folder");
        let (output, work) = (root.path().join("output"), root.path().join(".foursight"));
        let cache = Cache::at(Some(&work.join("cache")));
        let make = |texts: &[(&str, &str)]| {
            let stage = Stage::open(&output, &work, &cache, false).expect("open");
            texts.iter().for_each(|(name, text)| drop(stage.write(name, text.as_bytes()).expect("write")));
            let manifest = serde_json::json!({ "tool": "foursight", "outputs": stage.files() });
            stage.write("data/manifest.json", manifest.to_string().as_bytes()).expect("write");
            stage.publish().expect("publish");
        };
        let inode = |name: &str| {
            use std::os::unix::fs::MetadataExt;
            fs::metadata(output.join(name)).expect("data").ino()
        };
        make(&[("a.html", "a"), ("b.html", "b"), ("c.html", "c")]);
        let before = ["a.html", "b.html", "c.html"].map(inode);
        fs::write(output.join("c.html"), "somebody's").expect("write");
        make(&[("a.html", "a"), ("b.html", "B"), ("c.html", "c")]);
        assert_eq!(before[0], inode("a.html"));
        assert_ne!(before[1], inode("b.html"));
        let text = |name: &str| fs::read_to_string(output.join(name)).expect("text");
        assert_eq!([text("a.html"), text("b.html"), text("c.html")], ["a", "B", "c"]);
    }
}
