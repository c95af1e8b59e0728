//! Finds the stores and their workbooks below the input folder.

use super::sniff::may_hold_a_table;
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::Finding,
    model::{Argument, Message, Place, personal, submission::GROUP, text::visible},
    project::Settings,
};
use encoding_rs::GB18030;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};
use walkdir::WalkDir;

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The store's id: the folder's name; [`GROUP`] of files for several stores.
    pub store: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the input folder, with `/` between its parts.
    pub shown: Arc<str>,
    /// Its length in bytes when it was found.
    pub len: u64,
    /// Its number in the archive at `path`, where it stands inside one.
    pub member: Option<u32>,
}

/// What the input folder holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Discovery {
    /// The stores' folder names, sorted.
    pub stores: Vec<Arc<str>>,
    /// The files to be read, sorted by `shown`.
    pub files: Vec<SourceFile>,
    /// What was left out: lock and system files, links that lead out, files too large to be opened.
    pub findings: Vec<Finding>,
}

/// What a file's name says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Left behind by programs and operating systems.
    System,
    /// It may hold a table, whatever it says it is.
    Table,
    /// It may hold files that hold tables, and is opened.
    Archive,
    /// It may hold files that hold tables, and is of a kind that is not opened.
    Packed,
    /// A download or a save that is not at its end.
    Partial,
    /// It holds no table.
    Other,
    /// Nothing is known of its ending: its first bytes tell.
    Unknown,
}

const TABLES: [&str; 21] = [
    "xlsx", "xlsm", "xltx", "xltm", "xls", "xlsb", "xlt", "ods", "ots", "fods", "et", "ett", "csv", "tsv", "txt",
    "htm", "html", "mht", "mhtml", "xml", "numbers",
];
const PACKED: [&str; 8] = ["rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "cab"];
const PARTIAL: [&str; 10] =
    ["download", "crdownload", "part", "partial", "opdownload", "downloading", "tmp", "temp", "td", "xltd"];
const OTHER: [&str; 32] = [
    "doc", "docx", "dot", "dotx", "wps", "ppt", "pptx", "pps", "ppsx", "dps", "pdf", "ofd", "odt", "odp", "rtf", "md",
    "jpg", "jpeg", "png", "gif", "bmp", "webp", "heic", "tif", "tiff", "mp3", "mp4", "mov", "avi", "exe", "lnk", "url",
];

impl Kind {
    /// By a file's name.
    pub fn of(name: &str) -> Kind {
        if is_system(name) {
            return Kind::System;
        }
        let Some((_, ending)) = name.rsplit_once('.') else { return Kind::Table };
        let ending = ending.to_lowercase();
        let among = |endings: &[&str]| endings.contains(&ending.as_str());
        match () {
            () if among(&TABLES) => Kind::Table,
            () if ending == "zip" => Kind::Archive,
            () if among(&PACKED) => Kind::Packed,
            () if among(&PARTIAL) => Kind::Partial,
            () if among(&OTHER) => Kind::Other,
            () => Kind::Unknown,
        }
    }

    /// The code and the reason under which a file of this kind is left out.
    pub fn skipped(self) -> (&'static str, &'static str) {
        match self {
            Kind::System => ("W011", "skipped.system"),
            Kind::Packed => ("W018", "skipped.packed"),
            Kind::Partial => ("W018", "skipped.partial"),
            _ => ("W011", "skipped.ending"),
        }
    }
}

/// Lists every store and every file that may hold a table. A store is a folder directly below `input`, all but [`GROUP`]. Links are
/// followed only while they stay inside their store's folder. Files larger than `settings.intake.file_mb` are left out,
/// so that nobody hashes or reads them.
///
/// # Errors
/// When `input` cannot be listed. What cannot be read below it is a finding.
pub fn discover(input: &Path, catalog: &Catalog, settings: &Settings) -> io::Result<Discovery> {
    let mut found = Finder {
        input,
        catalog,
        limit_mb: settings.intake.file_mb,
        named: settings.stores.iter().map(|store| &*store.id).collect(),
        shown: BTreeSet::new(),
        discovery: Discovery::default(),
    };
    let mut entries: Vec<_> = std::fs::read_dir(input)?.collect::<io::Result<_>>()?;
    // Names that need no decoding first: they are what they say.
    entries.sort_by_key(|entry| (entry.file_name().to_str().is_none(), entry.file_name()));
    for entry in entries {
        let path = entry.path();
        let name = read_name(&entry.file_name()).name;
        // Inside the input folder there is nothing for a store to be a link to but another store.
        if entry.file_type()?.is_symlink() {
            found.say("W012", "", &found.shown(&path), Vec::new());
        } else if !path.is_dir() {
            found.beside_the_stores(&path, &name);
        } else if !is_system(&name) {
            found.store(&path, &name);
        }
    }
    let mut discovery = found.discovery;
    discovery.stores.sort();
    discovery.files.sort_by(|a, b| a.shown.cmp(&b.shown));
    discovery.findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    Ok(discovery)
}

/// BLAKE3 of a file's bytes, in hex.
///
/// # Errors
/// When the file cannot be read, for instance because it has vanished since it was found.
pub fn hash(file: &SourceFile) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(&file.path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

struct Finder<'a> {
    input: &'a Path,
    catalog: &'a Catalog,
    limit_mb: u64,
    /// The stores that the config names.
    named: BTreeSet<&'a str>,
    /// The files' paths as shown.
    shown: BTreeSet<Arc<str>>,
    discovery: Discovery,
}

impl Finder<'_> {
    fn shown(&self, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(self.input).unwrap_or(path);
        let parts: Vec<_> = below.iter().map(|part| shown_name(&read_name(part).name)).collect();
        parts.join("/").into()
    }

    /// The same of a path in a store's folder, which is known by the store's id.
    fn shown_of(&self, store: &str, folder: &Path, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let parts = below.iter().map(|part| shown_name(&read_name(part).name));
        [store.to_owned()].into_iter().chain(parts).collect::<Vec<_>>().join("/").into()
    }

    /// The id of the store of a folder. A name that is not UTF-8 is told; two folders never are one store.
    fn id(&mut self, folder: &Path, name: &str) -> Arc<str> {
        // What the config calls a store is its name; a folder's own may hold somebody's number.
        let id = if self.named.contains(name) { name.to_owned() } else { shown_name(name) };
        let written = folder.file_name().map(read_name).unwrap_or_default();
        // Systems that know no case would write both to one place.
        let alike = |other: &str| *other != *id && other.to_lowercase() == id.to_lowercase();
        let stores = &self.discovery.stores;
        let beside_another = || stores.iter().any(|store| alike(store)) || self.named.iter().any(|store| alike(store));
        let taken =
            stores.iter().any(|store| **store == *id) || (!self.named.contains(id.as_str()) && beside_another());
        if written.encoding == NameEncoding::Utf8 && !taken {
            return id.into();
        }
        let id: Arc<str> = match taken || written.encoding == NameEncoding::Unknown {
            true => told_apart(&id, folder.as_os_str().as_encoded_bytes()).into(),
            false => id.into(),
        };
        let how = match (taken, written.encoding) {
            (true, _) => "folder.taken",
            (false, NameEncoding::Gb18030) => "folder.gb18030",
            (false, _) => "folder.unreadable",
        };
        self.say("S041", &id, &id, arguments! { "name" => &id, "how" => Message::new(how) });
        id
    }

    fn say(&mut self, code: &str, store: &str, shown: &Arc<str>, args: Vec<Argument>) {
        // What lies in the group's folder is of no store.
        let store = if store == GROUP { "" } else { store };
        let finding = self.catalog.finding(code, store, Place::workbook(shown.clone()), "", args);
        self.discovery.findings.push(finding);
    }

    /// Files directly below the input folder belong to no store. A table there was put into the wrong place.
    fn beside_the_stores(&mut self, path: &Path, name: &str) {
        let shown = self.shown(path);
        match Kind::of(name) {
            Kind::System => self.say("W011", "", &shown, arguments! { "why" => Message::new("skipped.system") }),
            Kind::Table | Kind::Archive => self.say("W023", "", &shown, Vec::new()),
            _ => {}
        }
    }

    fn store(&mut self, folder: &Path, name: &str) {
        let store = self.id(folder, name);
        let own = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if &*store != GROUP {
            self.discovery.stores.push(store.clone());
        }
        // Two links to one folder would read its files twice.
        let mut seen = BTreeSet::new();
        let mut walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.unreadable(&store, folder, &error);
                    continue;
                }
            };
            let name = read_name(entry.file_name()).name;
            let shown = self.shown_of(&store, folder, entry.path());
            let is_folder = entry.file_type().is_dir();
            if entry.path_is_symlink() && !stays_inside(entry.path(), &own) {
                self.say("W012", &store, &shown, Vec::new());
                if is_folder {
                    walk.skip_current_dir();
                }
            } else if is_folder {
                if entry.depth() > 0 && is_system(&name) {
                    walk.skip_current_dir();
                }
            } else if let Some((code, why)) = left_out(&name, entry.path()) {
                self.say(code, &store, &shown, arguments! { "why" => Message::new(why) });
            } else if entry.path().canonicalize().is_ok_and(|target| seen.insert(target)) {
                self.file(&store, &entry, shown);
            }
        }
    }

    fn file(&mut self, store: &Arc<str>, entry: &walkdir::DirEntry, shown: Arc<str>) {
        let metadata = match entry.metadata() {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => {
                return self.say("W001", store, &shown, arguments! { "what" => Message::new("fault.not_regular") });
            }
            // The error's own words hold the path.
            Err(error) => {
                let what = error.io_error().map_or_else(String::new, |error| error.kind().to_string());
                return self.say("W001", store, &shown, arguments! { "what" => what });
            }
        };
        let (len, limit) = (metadata.len(), self.limit_mb);
        if len > limit.saturating_mul(1 << 20) {
            let args = arguments! { "what" => format!("{} MiB", len >> 20), "limit" => limit };
            return self.say("W006", store, &shown, args);
        }
        // Names that are no UTF-8 may look the same.
        let shown = match self.shown.contains(&shown) {
            false => shown,
            true => told_apart(&shown, entry.path().as_os_str().as_encoded_bytes()).into(),
        };
        self.shown.insert(shown.clone());
        self.discovery.files.push(SourceFile {
            store: store.clone(),
            path: entry.path().to_owned(),
            shown,
            len,
            member: None,
        });
    }

    fn unreadable(&mut self, store: &Arc<str>, folder: &Path, error: &walkdir::Error) {
        let shown = error.path().map_or_else(|| store.clone(), |path| self.shown_of(store, folder, path));
        let link = error.path().is_some_and(Path::is_symlink);
        if link || error.loop_ancestor().is_some() {
            self.say("W012", store, &shown, Vec::new());
        } else {
            let what = error.io_error().map_or_else(String::new, |error| error.kind().to_string());
            self.say("W001", store, &shown, arguments! { "what" => what });
        }
    }
}

/// A name as it is shown: paths reach headquarters, so that a phone in a file's name is masked; a piece of its hash tells
/// apart what would look the same then.
pub(super) fn shown_name(name: &str) -> String {
    match personal::mask_inside(name) {
        Cow::Borrowed(same) => visible(same).into_owned(),
        Cow::Owned(masked) => told_apart(&visible(&masked), name.as_bytes()),
    }
}

/// How a name of the file system is written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum NameEncoding {
    #[default]
    Utf8,
    Gb18030,
    Unknown,
}

/// A name as it is read.
#[derive(Default)]
struct Name {
    name: String,
    encoding: NameEncoding,
}

/// Reads a name of the file system: UTF-8, else GB18030 as archives and disks from Windows bring along, else with signs for
/// what cannot be read.
fn read_name(name: &OsStr) -> Name {
    if let Some(name) = name.to_str() {
        return Name { name: name.to_owned(), encoding: NameEncoding::Utf8 };
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(name.as_encoded_bytes()) {
        Some(read) => Name { name: read.into_owned(), encoding: NameEncoding::Gb18030 },
        None => Name { name: name.to_string_lossy().into_owned(), encoding: NameEncoding::Unknown },
    }
}

/// A name with a piece of the hash of what it stands for, before its ending.
pub(super) fn told_apart(name: &str, of: &[u8]) -> String {
    let hash = blake3::hash(of).to_hex();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    format!("{stem}~{}{dot}{ending}", &hash[..8])
}

/// Whether a link leads to something in its store's own folder.
fn stays_inside(link: &Path, folder: &Path) -> bool {
    link.canonicalize().is_ok_and(|target| target.starts_with(folder))
}

/// Lock files of Excel, WPS and LibreOffice, and what operating systems leave behind.
fn is_system(name: &str) -> bool {
    name.starts_with("~$")
        || name.starts_with('.')
        || name.starts_with("__MACOSX")
        || ["thumbs.db", "desktop.ini", "ehthumbs.db"].contains(&name.to_lowercase().as_str())
}

/// Why a file is not read; `None` when it is. One whose ending says nothing is read when it begins as workbooks do.
fn left_out(name: &str, path: &Path) -> Option<(&'static str, &'static str)> {
    match Kind::of(name) {
        Kind::Table | Kind::Archive => None,
        Kind::Unknown => {
            let mut first = Vec::new();
            // One that cannot be opened says so when it is read.
            let read = File::open(path).and_then(|file| file.take(8).read_to_end(&mut first));
            (read.is_ok() && !may_hold_a_table(&first)).then(|| Kind::Unknown.skipped())
        }
        other => Some(other.skipped()),
    }
}
