//! A data file in the making whose parts come in any order, and of which no more is held than where each part lies.

use super::PublishError;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Where a part stands in the file: parts are sorted by it.
pub type PartKey = [String; 3];

/// Parts of a file, on disk as they came.
pub struct Spool {
    folder: PathBuf,
    file: File,
    end: u64,
    /// Begin and length of each part.
    parts: BTreeMap<PartKey, (u64, u64)>,
}

impl Spool {
    /// An empty one, in a file of `folder` that has no name and goes with this value.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new(folder: &Path) -> Result<Spool, PublishError> {
        let file = tempfile::tempfile_in(folder).map_err(PublishError::write(folder))?;
        Ok(Spool { folder: folder.to_owned(), file, end: 0, parts: BTreeMap::new() })
    }

    /// Adds parts. One that is there already is replaced.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, parts: Vec<(PartKey, String)>) -> Result<(), PublishError> {
        for (key, text) in parts {
            self.file.write_all(text.as_bytes()).map_err(PublishError::write(&self.folder))?;
            let length = text.len() as u64;
            self.parts.insert(key, (self.end, length));
            self.end += length;
        }
        Ok(())
    }

    /// Writes the parts in the order of their keys.
    ///
    /// # Errors
    /// When a part cannot be read again, or `out` takes no more.
    pub fn copy_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        for (begin, length) in self.parts.values() {
            self.file.seek(SeekFrom::Start(*begin))?;
            let copied = io::copy(&mut (&self.file).take(*length), out)?;
            if copied != *length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_the_order_of_their_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spool = Spool::new(folder.path()).expect("a file");
        let key = |name: &str| [name.to_owned(), String::new(), String::new()];
        spool.add(vec![(key("b"), "two".to_owned()), (key("c"), "three".to_owned())]).expect("written");
        spool.add(vec![(key("a"), "one".to_owned())]).expect("written");
        let mut text = Vec::new();
        spool.copy_to(&mut text).expect("read");
        assert_eq!(text, b"onetwothree");
        // More can come after that, and the whole can be had again.
        spool.add(vec![(key("d"), "four".to_owned())]).expect("written");
        let mut text = Vec::new();
        spool.copy_to(&mut text).expect("read");
        assert_eq!(text, b"onetwothreefour");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
    }
}
