//! Puts a folder in the place of another.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Whether a folder that is there lies on another file system than the folder beside it: nothing can be exchanged with it.
#[cfg(unix)]
pub(super) fn is_another_file_system(output: &Path, beside: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |path: &Path| path.metadata().ok().map(|data| data.dev());
    of(output).zip(of(beside)).is_some_and(|(output, beside)| output != beside)
}

#[cfg(not(unix))]
pub(super) fn is_another_file_system(_output: &Path, _beside: &Path) -> bool {
    false
}

/// Swaps two folders of one file system atomically, where it can do that.
pub(super) fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
            // It has no such step.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
            done => return done.map_err(io::Error::from),
        }
    }
    exchange_in_steps(new, old)
}

/// Where the former output lies between two steps.
fn aside(staging: &Path) -> PathBuf {
    staging.with_extension("former")
}

/// Puts an output back that a kill between two steps left aside.
pub(super) fn put_back(staging: &Path, output: &Path) -> io::Result<()> {
    let aside = aside(staging);
    if output.symlink_metadata().is_err() && aside.is_dir() { fs::rename(aside, output) } else { Ok(()) }
}

/// Where the file system has no exchange the former output is moved aside first and put back if the second step fails. A kill
/// between the two steps leaves it beside the staging folder, from where the
/// next build puts it back.
fn exchange_in_steps(new: &Path, old: &Path) -> io::Result<()> {
    let aside = aside(new);
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
    fn without_an_exchange_the_output_changes_in_steps() {
        let root = tempfile::tempdir().expect("a folder");
        let [new, old] = ["new.staging", "old"].map(|name| root.path().join(name));
        for (folder, text) in [(&new, "n"), (&old, "o")] {
            fs::create_dir_all(folder).expect("a folder");
            fs::write(folder.join("x"), text).expect("write");
        }
        exchange_in_steps(&new, &old).expect("exchanged");
        let text = |folder: &Path| fs::read_to_string(folder.join("x")).expect("text");
        assert_eq!((text(&new), text(&old)), ("o".to_owned(), "n".to_owned()));
        fs::remove_dir_all(&new).expect("removed");
        exchange_in_steps(&new, &old).expect_err("nothing to put there");
        assert_eq!(text(&old), "n", "what stood stands again");
        fs::rename(&old, aside(&new)).expect("as a kill between the steps leaves it");
        put_back(&new, &old).expect("put back");
        assert_eq!(text(&old), "n");
    }
}
