//! What builds leave beside an output.

use super::{PublishError, work_beside};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What builds left beside an output: the staging folders of killed ones, and former outputs with something in them that
/// could not be removed.
pub fn left_over(output: &Path) -> Vec<PathBuf> {
    let name = std::path::absolute(output).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    leavings(&work_beside(output), &name.unwrap_or_default())
}

fn leavings(work: &Path, name: &str) -> Vec<PathBuf> {
    let own = |found: &str| {
        let number = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.strip_prefix(STAGING));
        number.is_some_and(|number| {
            number.is_empty() || number.strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok())
        })
    };
    let entries = fs::read_dir(work).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> =
        entries.filter(|entry| own(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect();
    all.sort();
    all
}

/// The ending of staging folders.
const STAGING: &str = "staging";

/// A folder for staging that is not there, after what was left behind has been removed as far as it can be.
pub(super) fn free_folder(work: &Path, name: &str) -> Result<PathBuf, PublishError> {
    let first = work.join(format!("{name}.{STAGING}"));
    leavings(work, name).iter().for_each(|left| drop(remove(left)));
    if first.symlink_metadata().is_err() {
        return Ok(first);
    }
    let more = (2..LEAVINGS).map(|n| work.join(format!("{name}.{STAGING}-{n}")));
    // With so many in the way something else is wrong: why the first cannot be removed is said.
    more.into_iter()
        .find(|folder| folder.symlink_metadata().is_err())
        .map_or_else(|| remove(&first).map(|()| first), Ok)
}

/// Folders that cannot be removed before a build gives up.
const LEAVINGS: u32 = 100;

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), PublishError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(PublishError::write(folder)(error)),
        _ => Ok(()),
    }
}
