//! What no build used for a month is forgotten, and what killed builds left half made.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::{Duration, SystemTime},
};

/// Entries that no build used for this long are removed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Half-made entries older than this belong to no running build.
const STAGED: Duration = Duration::from_secs(24 * 3600);
/// An entry's time of use is written down again only after this long.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// The tag by which backup programs know a folder that can be made again.
const TAG: &str = "CACHEDIR.TAG";
pub(super) const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder can be deleted: foursight makes it again.\n";

/// Marks a folder as a cache.
///
/// # Errors
/// When it cannot be written.
pub fn tag(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(TAG);
    if path.exists() { Ok(()) } else { fs::write(path, TAG_TEXT) }
}

/// Marks an entry as used now. The clock decides what is forgotten, never what is made.
pub(super) fn used(path: &Path) {
    let now = SystemTime::now();
    let old = |at: SystemTime| now.duration_since(at).is_ok_and(|age| age > FRESH);
    if fs::metadata(path).and_then(|data| data.modified()).is_ok_and(old) {
        // What cannot be marked, on a read-only disk, cannot be removed either.
        let _ = File::open(path).and_then(|file| file.set_modified(now));
    }
}

/// Removes what was not used for a month below `folder`, whose entries stand `depth` folders deep, and what a killed build
/// left there. Returns how many entries were removed. What cannot be removed stays for another time.
pub fn sweep(folder: &Path, depth: usize) -> usize {
    let now = SystemTime::now();
    let mut removed = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let staged = name.as_encoded_bytes().starts_with(b".");
        if depth > 0 && !staged {
            if path.is_dir() {
                removed += sweep(&path, depth - 1);
            }
            continue;
        }
        let limit = if staged { STAGED } else { KEPT };
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|at| now.duration_since(at).ok());
        if age.is_some_and(|age| age > limit) && name != TAG {
            let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed += usize::from(gone.is_ok());
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_a_month_goes_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let days = |n: u64| SystemTime::now() - Duration::from_secs(n * 24 * 3600);
        let make = |name: &str, age: u64| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
            fs::write(&path, b"x").expect("write");
            File::open(&path).expect("open").set_modified(days(age)).expect("set");
            path
        };
        let (old, young) = (make("rows/ab/old", 31), make("rows/ab/young", 29));
        let (left, running) = (make("rows/ab/.tmp1", 2), make("rows/ab/.tmp2", 0));
        tag(folder.path()).expect("tag");
        assert_eq!(sweep(folder.path(), 2), 2);
        assert!(!old.exists() && young.exists() && !left.exists() && running.exists());
        assert!(fs::read_to_string(folder.path().join(TAG)).expect("tag").starts_with("Signature: 8a477f597d28d172"));
        used(&young);
        assert!(fs::metadata(&young).expect("data").modified().expect("time") > days(1));
    }
}
