//! LibreOffice opens what we write, with our marks in it.

use crate::foursight::{built_sample, foursight};
use calamine::{Reader, Xlsx};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Converts files in one run of LibreOffice; fails when it is missing or does not write one of them.
pub fn convert(files: &[PathBuf], to: &str, into: &Path) -> Vec<PathBuf> {
    let profile = into.join("profile");
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--norestore", "--convert-to", to, "--outdir"])
        .arg(into)
        .args(files)
        .output()
        .expect("soffice is installed by `cargo xtask test`");
    let ending = to.split(':').next().expect("an ending");
    let converted: Vec<PathBuf> =
        files.iter().map(|file| into.join(file.file_name().expect("a name")).with_extension(ending)).collect();
    for path in &converted {
        let length = fs::metadata(path).map(|data| data.len()).unwrap_or_default();
        assert!(length > 1000, "{} was not written: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    }
    converted
}

fn first_xlsx(folder: &Path) -> PathBuf {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xlsx"))
        .collect();
    found.sort();
    found.into_iter().next().unwrap_or_else(|| panic!("no workbook below {}", folder.display()))
}

#[test]
fn libreoffice_opens_packs_templates_and_returned_workbooks() {
    let output = built_sample().join("output");
    let scratch = tempfile::tempdir().expect("a folder");
    let template = scratch.path().join("template.xlsx");
    let made = foursight().args(["template", "--output"]).arg(&template).output().expect("template runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let group = fs::read_dir(output.join("workbooks")).expect("packs").map(|e| e.expect("an entry").path());
    let group = group.filter(|path| path.is_file()).min().expect("a group pack");
    let files = [group, first_xlsx(&output.join("workbooks/stores")), template];
    convert(&files, "pdf", &scratch.path().join("pdf"));

    let returned = first_xlsx(&output.join("returned"));
    let again = convert(&[returned], "xlsx", &scratch.path().join("again"));
    let mut workbook: Xlsx<_> = calamine::open_workbook(&again[0]).expect("it reads back");
    assert_eq!(workbook.sheet_names().first().map(String::as_str), Some("检查结果"));
    let listed = workbook.worksheet_range("检查结果").expect("the list");
    assert!(listed.height() > 1, "the list has lines");
    let mut package = zip::ZipArchive::new(fs::File::open(&again[0]).expect("readable")).expect("a package");
    let names: Vec<String> = (0..package.len())
        .map(|i| package.by_index_raw(i).expect("a part").name().expect("a name").into_owned())
        .collect();
    let comments: Vec<&String> = names.iter().filter(|name| name.contains("comments")).collect();
    assert!(!comments.is_empty(), "LibreOffice kept our comments: {names:?}");
    let text = std::io::read_to_string(package.by_name(comments[0]).expect("the part")).expect("UTF-8");
    assert!(text.contains("foursight"), "by their author");
}
