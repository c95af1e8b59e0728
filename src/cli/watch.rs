//! What `check --watch` and `serve` do again whenever a file of the group changes.

use super::{CLEAN, Failure, terminal};
use crate::model::Message;
use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use walkdir::WalkDir;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// A file as it was last seen.
type Seen = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// Checks, waits until a file changes, checks again, until the process is interrupted or nobody reads any more. What goes
/// wrong once may be put right by the next change.
pub(super) fn run(input: &Path, check: impl Fn() -> Result<u8, Failure>) -> Result<u8, Failure> {
    loop {
        let before = Watched::of(input);
        if let Err(Failure(message)) = check() {
            terminal::complain(&message);
        }
        terminal::tell(&Message::new("check.waiting"));
        if !before.changes() {
            return Ok(CLEAN);
        }
        terminal::tell(&Message::new("check.changed"));
    }
}

/// The files of a group as they were at one moment.
pub(super) struct Watched {
    input: PathBuf,
    seen: Seen,
}

impl Watched {
    /// As they are now.
    pub(super) fn of(input: &Path) -> Watched {
        Watched { input: input.to_owned(), seen: look(input) }
    }

    /// Waits until they are others than they were, and until nothing more happens to them: a large workbook takes a while to
    /// copy. `false`: nobody reads any more what would be said.
    pub(super) fn changes(self) -> bool {
        let mut last = look(&self.input);
        loop {
            if terminal::is_closed() || terminal::failure().is_some() {
                return false;
            }
            std::thread::sleep(PAUSE);
            let now = look(&self.input);
            if now != self.seen && now == last {
                return true;
            }
            last = now;
        }
    }
}

/// The files of the input folder, the config and the group's definitions, with length and time of change.
fn look(input: &Path) -> Seen {
    let group = input.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let roots = [input.to_owned(), group.join("foursight.toml"), group.join("definitions")];
    let files = roots.iter().flat_map(|root| WalkDir::new(root).follow_links(true).sort_by_file_name());
    let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let data = entry.metadata().ok();
            let changed = data.as_ref().and_then(|data| data.modified().ok());
            (entry.into_path(), data.map_or(0, |data| data.len()), changed)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_changes_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("input");
        fs::create_dir_all(input.join("S01")).unwrap();
        fs::write(input.join("S01/a.csv"), "a").unwrap();
        let first = look(&input);
        assert_eq!(look(&input), first);
        fs::write(input.join("S01/a.csv"), "ab").unwrap();
        let second = look(&input);
        assert_ne!(second, first);
        fs::write(folder.path().join("foursight.toml"), "").unwrap();
        let third = look(&input);
        assert_ne!(third, second);
        fs::create_dir_all(folder.path().join("definitions/rules")).unwrap();
        assert_eq!(look(&input), third, "a folder without files is nothing yet");
        fs::write(folder.path().join("definitions/rules/G1.toml"), "").unwrap();
        assert_ne!(look(&input), third);
        fs::remove_file(input.join("S01/a.csv")).unwrap();
        assert_eq!(look(&input).len(), 2);
    }
}
