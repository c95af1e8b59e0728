//! Runs the real binary.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output},
};

/// The binary under test, quiet about nothing, in no locale.
pub fn foursight() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foursight"));
    for name in ["RUST_BACKTRACE", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
}

/// The checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Builds `<group>/input` into `<group>/output` and returns what the process said.
pub fn build(group: &Path, more: &[&str]) -> Output {
    let mut command = foursight();
    command.args(["build", "--quiet", "--input"]).arg(group.join("input"));
    command.arg("--output").arg(group.join("output")).args(more);
    command.output().expect("the binary starts")
}

/// The same, which must succeed.
pub fn build_well(group: &Path, more: &[&str]) -> Output {
    let output = build(group, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A made group of so many stores and months, its `input` in the folder itself.
pub fn demo_group(stores: usize, months: usize) -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    let (stores, months) = (stores.to_string(), months.to_string());
    let mut demo = foursight();
    demo.arg("demo").arg(group.path()).args(["--stores", &stores, "--months", &months]);
    let made = demo.output().expect("the binary starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    group
}

/// What a machine makes of a group with nothing to reuse; its output and its work folder are gone again.
pub fn built_alone(group: &Path) -> BTreeMap<String, Vec<u8>> {
    build_well(group, &[]);
    let alone = tree(&group.join("output"));
    for folder in ["output", ".foursight"] {
        fs::remove_dir_all(group.join(folder)).expect("removed");
    }
    alone
}

/// A contract CSV as rows by column name.
pub fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = text.strip_prefix('\u{feff}').expect("a BOM");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let row =
        |record: csv::StringRecord| header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.expect("a record"))).collect()
}

/// Every file below a folder with its bytes, by path.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable"))
        .filter(|e| e.file_type().is_file());
    files
        .map(|entry| {
            let below = entry.path().strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
            (below, fs::read(entry.path()).expect("readable"))
        })
        .collect()
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
}

/// The sample group, built once for all tests that only read its output.
pub fn built_sample() -> &'static Path {
    static BUILT: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    BUILT
        .get_or_init(|| {
            let group = tempfile::tempdir().expect("a folder");
            copy(&root().join("input"), &group.path().join("input"));
            fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the sample's config");
            build_well(group.path(), &[]);
            group
        })
        .path()
}

/// What is between tags, with the few entities that our pages have.
pub fn text_of(html: &str) -> String {
    let mut text = String::new();
    for part in html
        .split('<')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('>').unwrap_or_default().1 })
    {
        text.push_str(part);
    }
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// Whether a text holds a Chinese character.
pub fn has_han(text: &str) -> bool {
    text.contains(is_han)
}
