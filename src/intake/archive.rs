//! Zip archives that hold workbooks, as mail programs and chat programs pack them: each file inside is a workbook of its own.
//! Archives inside archives are not opened.

use super::{limits, raw::Fault};
use crate::model::{Argument, Message};
use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};
use std::io::{Cursor, Read};
use zip::{ZipArchive, result::ZipError};

/// A file inside an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its number in the archive's list.
    pub index: u32,
    /// Its path inside, with `/` between its parts.
    pub name: String,
    /// Bytes it says it has.
    pub len: u64,
}

/// What a reader found inside an archive: its files, or the code and arguments of what keeps it from being opened; nothing
/// when it is no archive of files.
pub type Inside = Option<Result<Vec<Member>, (String, Vec<Argument>)>>;

/// The files inside, folders left out, sorted by name. Runs in a worker.
///
/// # Errors
/// When the archive is damaged, or holds more files than are opened.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Member>, Fault> {
    let mut zip = opened(bytes)?;
    if zip.len() > limits::MEMBERS {
        return Err(Fault::TooMuch { what: Message::new("fault.members"), limit: limits::MEMBERS as u64 });
    }
    let (mut members, mut packed) = (Vec::new(), 0_u64);
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(|error| fault(&error))?;
        packed = packed.saturating_add(file.compressed_size());
        if !file.is_dir() {
            let name = name_of(file.name_raw());
            members.push(Member { index: u32::try_from(index).unwrap_or(u32::MAX), name, len: file.size() });
        }
    }
    // Files that share their bytes are how a small archive is made to look huge.
    if packed > bytes.len() as u64 {
        return Err(Fault::Told("W001", Message::new("fault.overlap")));
    }
    members.sort_by(|a, b| a.name.cmp(&b.name).then(a.index.cmp(&b.index)));
    Ok(members)
}

/// The bytes of a file inside, at most `limit_mb` of them. Runs in a worker.
///
/// # Errors
/// When it is damaged, encrypted or larger.
pub(super) fn member(bytes: &[u8], index: u32, limit_mb: u64) -> Result<Vec<u8>, Fault> {
    let mut zip = opened(bytes)?;
    let file = zip.by_index(index as usize).map_err(|error| fault(&error))?;
    let limit = limit_mb.saturating_mul(1 << 20);
    let mut inflated = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut inflated)?;
    if inflated.len() as u64 > limit {
        return Err(Fault::TooLarge { what: format!("> {limit_mb} MiB"), limit: limit_mb });
    }
    Ok(inflated)
}

fn opened(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Fault> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(&error))
}

fn fault(error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(what) if what.to_lowercase().contains("password") => Fault::Encrypted,
        error => Fault::Told("W001", Message::new("fault.archive").with("what", error.to_string())),
    }
}

/// A name in UTF-8, or in GBK as Windows packs Chinese names. Nothing of it leads out of the archive.
fn name_of(raw: &[u8]) -> String {
    let name = std::str::from_utf8(raw).map_or_else(|_| GB18030.decode(raw).0.into_owned(), str::to_owned);
    let name = name.replace('\\', "/");
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file");
            zip.write_all(content).expect("its content");
        }
        zip.finish().expect("an archive").into_inner()
    }

    #[test]
    fn files_inside_are_listed_and_read_one_by_one() {
        let bytes = zip(&[("周报/b.csv", b"b"), ("../../a.csv", b"aa"), ("c\\d.csv", b"")]);
        let listed = members(&bytes).expect("listed");
        let names: Vec<(&str, u64)> = listed.iter().map(|member| (&*member.name, member.len)).collect();
        assert_eq!(names, [("a.csv", 2), ("c/d.csv", 0), ("周报/b.csv", 1)]);
        assert_eq!(member(&bytes, listed[2].index, 1).expect("read"), b"b");
        assert!(member(&bytes, 9, 1).is_err());
        assert_eq!(name_of(&GB18030.encode("周报/潜客表.xlsx").0), "周报/潜客表.xlsx");
    }

    #[test]
    fn bombs_and_crowds_are_refused() {
        let bomb = zip(&[("a.csv", &vec![b' '; 3 << 20])]);
        assert!(bomb.len() < 1 << 16);
        assert!(matches!(member(&bomb, 0, 1), Err(Fault::TooLarge { .. })));
        let names: Vec<String> = (0..limits::MEMBERS + 1).map(|n| format!("{n}.csv")).collect();
        let crowd: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        assert!(matches!(members(&zip(&crowd)), Err(Fault::TooMuch { .. })));
        assert!(members(b"PK\x03\x04").is_err());
    }
}
