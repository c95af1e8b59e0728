//! The staging folder and the swap.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Why an output could not be published. The former output is whole in every case.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A file or folder could not be written.
    #[error("写不了 {path} (cannot write): {source}")]
    Write {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another build of the same output is running.
    #[error("另一个 foursight 正在写 {0}，请等它结束 (another build is writing this output)")]
    Busy(PathBuf),
    /// The output folder holds something that no build wrote.
    #[error(
        "{0} 不是 foursight 的输出文件夹（没有 data/manifest.json），不会覆盖；请换一个 --output (not an output folder of foursight)"
    )]
    Foreign(PathBuf),
    /// The build's own sums do not add up: a defect of the tool, and nothing was published.
    #[error("行数对不上，未发布 (row counts do not add up, nothing published): {0}")]
    Sums(String),
}

impl PublishError {
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> PublishError {
        let path = path.into();
        move |source| PublishError::Write { path, source }
    }
}

/// A new output in the making. Dropped without [`Stage::publish`], it leaves nothing behind but the former output.
pub struct Stage {
    output: PathBuf,
    folder: PathBuf,
    _lock: File,
}

impl Stage {
    /// Takes the lock on `output` and makes an empty staging folder beside it. What a killed build left there is removed.
    ///
    /// # Errors
    /// When another build holds the lock, the output folder is somebody else's, or nothing can be written there.
    pub fn open(output: &Path, work: &Path) -> Result<Stage, PublishError> {
        fs::create_dir_all(work).map_err(PublishError::write(work))?;
        // A link to a folder is published into that folder: the link itself stays.
        let output = match output.symlink_metadata() {
            Ok(data) if data.is_symlink() => fs::canonicalize(output).map_err(PublishError::write(output))?,
            _ => std::path::absolute(output).map_err(PublishError::write(output))?,
        };
        let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let lock_path = work.join(format!("{name}.lock"));
        let lock = File::create(&lock_path).map_err(PublishError::write(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(PublishError::Busy(output)),
            Err(fs::TryLockError::Error(error)) => return Err(PublishError::write(&lock_path)(error)),
        }
        let empty_or_ours = |path: &Path| {
            manifest_is_ours(path) || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
        };
        if output.exists() && !empty_or_ours(&output) {
            return Err(PublishError::Foreign(output));
        }
        let folder = work.join(format!("{name}.staging"));
        remove(&folder)?;
        fs::create_dir_all(&folder).map_err(PublishError::write(&folder))?;
        Ok(Stage { output, folder, _lock: lock })
    }

    /// The staging folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder below the staging folder, made when it is missing.
    pub fn subfolder(&self, name: &str) -> Result<PathBuf, PublishError> {
        let path = self.folder.join(name);
        fs::create_dir_all(&path).map_err(PublishError::write(&path))?;
        Ok(path)
    }

    /// Writes one file below the staging folder, with its parent folders.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(PublishError::write(parent))?;
        }
        fs::write(&path, bytes).map_err(PublishError::write(&path))
    }

    /// Exchanges the staged folder with the output in one step and removes the former output.
    ///
    /// # Errors
    /// When the exchange fails: the former output stands.
    pub fn publish(self) -> Result<(), PublishError> {
        if self.output.exists() {
            exchange(&self.folder, &self.output).map_err(PublishError::write(&self.output))?;
            remove(&self.folder)
        } else {
            if let Some(parent) = self.output.parent() {
                fs::create_dir_all(parent).map_err(PublishError::write(parent))?;
            }
            fs::rename(&self.folder, &self.output).map_err(PublishError::write(&self.output))
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing to be done about a failure here: the next build removes the folder before it starts.
        let _ = remove(&self.folder);
    }
}

fn manifest_is_ours(output: &Path) -> bool {
    let manifest = fs::read(output.join("data/manifest.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
    manifest["tool"] == "foursight"
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

fn remove(folder: &Path) -> Result<(), PublishError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(PublishError::write(folder)(error)),
        _ => Ok(()),
    }
}

/// Swaps two folders of one file system atomically.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).map_err(io::Error::from)
}

/// Elsewhere the file system has no exchange: the former output is moved aside first and put back if the second step
/// fails. A kill between the two steps leaves it in the staging folder's place.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    let aside = new.with_extension("former");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_changes_whole_or_not_at_all() {
        let root = tempfile::tempdir().expect("a folder");
        let (output, work) = (root.path().join("output"), root.path().join(".foursight"));
        let stage = Stage::open(&output, &work).expect("open");
        assert!(matches!(Stage::open(&output, &work), Err(PublishError::Busy(_))));
        stage.write("data/manifest.json", br#"{"tool":"foursight","n":1}"#).expect("write");
        stage.publish().expect("publish");
        let dropped = Stage::open(&output, &work).expect("open again");
        dropped.write("data/manifest.json", br#"{"tool":"foursight","n":2}"#).expect("write");
        drop(dropped);
        assert_eq!(fs::read(output.join("data/manifest.json")).expect("read"), br#"{"tool":"foursight","n":1}"#);
        let second = Stage::open(&output, &work).expect("open");
        second.write("data/manifest.json", br#"{"tool":"foursight","n":3}"#).expect("write");
        second.publish().expect("publish");
        assert_eq!(fs::read(output.join("data/manifest.json")).expect("read"), br#"{"tool":"foursight","n":3}"#);
        assert!(!work.join("output.staging").exists());
    }

    #[test]
    fn a_folder_that_is_not_ours_is_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("letter.docx"), b"mine").expect("write");
        let opened = Stage::open(root.path(), &root.path().join("../foursight-test-work"));
        assert!(matches!(opened, Err(PublishError::Foreign(_))));
    }
}
