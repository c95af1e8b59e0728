//! The returned workbook of what other programs write: everything in it is there again, as another program reads it.
//! The workbooks come from openpyxl, XlsxWriter, LibreOffice and rust_xlsxwriter.

use crate::{
    foursight::{build_well, root},
    office::convert,
    table::write_xlsx,
};
use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

/// Debian's own Python has the packages that `cargo xtask test` installs.
const PYTHON: &str = "/usr/bin/python3";

fn python(script: &str, arguments: &[&Path]) {
    let script = root().join("tests/writers").join(script);
    let output = Command::new(PYTHON).arg(&script).args(arguments).output().expect("Debian's Python is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {said}", script.display());
}

fn parts(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut package = zip::ZipArchive::new(fs::File::open(path).expect("readable")).expect("a package");
    let mut parts = BTreeMap::new();
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("it inflates");
        parts.insert(part.name().expect("a name").into_owned(), bytes);
    }
    parts
}

#[test]
fn what_other_programs_wrote_comes_back_whole() {
    let group = tempfile::tempdir().expect("a folder");
    let made = group.path().join("made");
    python("make.py", &[&made]);
    let saved = convert(&[made.join("openpyxl.xlsx")], "xlsx:Calc MS Excel 2007 XML", &group.path().join("office"));
    let of_rust = made.join("rust_xlsxwriter.xlsx");
    write_xlsx(
        "# 潜客表\n\
         潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问 | 交车日期\n\
         Q1 | 甲客户 | 13900000901 | d:2026-11-16 10:00 | A | d:2026-11-17 09:30 | 云岭X5 | 自然到店 | 李销售 |\n\
         Q2 | 乙客户 | 13900000902 | d:2026-11-16 11:00 | D | d:2026-11-17 09:30 | 云岭X5 | 自然到店 | 李销售 |\n\
         # 备忘\n一 | 二\n",
        &of_rust,
    );
    let books = ["openpyxl.xlsx", "xlsxwriter.xlsx", "macros.xlsm"].map(|name| made.join(name));
    // A store of its own for each, so that each has the mistake.
    let sent: Vec<PathBuf> = books
        .iter()
        .chain(&saved)
        .chain([&of_rust])
        .zip(1..)
        .map(|(path, n)| {
            let ending = path.extension().and_then(|ending| ending.to_str()).expect("an ending");
            let own = group.path().join(format!("input/S{n:02}/2026-W47.{ending}"));
            fs::create_dir_all(own.parent().expect("a folder")).expect("made");
            fs::copy(path, &own).expect("copied");
            own
        })
        .collect();
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    for path in &sent {
        let name = path.strip_prefix(group.path().join("input")).expect("below the input");
        let returned = group.path().join("output/returned").join(name);
        assert!(returned.is_file(), "{name:?} did not come back");
        python("compare.py", &[path, &returned]);
        let (before, after) = (parts(path), parts(&returned));
        for (part, bytes) in &before {
            let theirs = ["charts/", "media/", "vbaProject", "pivot", "theme/", "printerSettings", "embeddings/"];
            if theirs.iter().any(|own| part.contains(own)) {
                assert!(after.get(part) == Some(bytes), "{name:?}: {part} is not what it was");
            }
        }
        let extensions = |parts: &BTreeMap<String, Vec<u8>>| {
            let sheets = parts.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
            sheets.map(|(_, bytes)| String::from_utf8_lossy(bytes).matches("<ext ").count()).sum::<usize>()
        };
        assert_eq!(extensions(&before), extensions(&after), "{name:?}: extensions of 2010");
    }
    // LibreOffice opens each of them.
    let returned: Vec<PathBuf> = walkdir::WalkDir::new(group.path().join("output/returned"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    assert_eq!(returned.len(), sent.len());
    convert(&returned, "pdf", &group.path().join("pdf"));
}
