//! What people stumbled over and no other file here holds: signs that steer terminals and readers, formulas behind blanks,
//! outputs that a link leads into the input, workbooks that cannot come back.

use crate::{
    foursight::{build, build_well, csv, foursight, tree},
    table::write_xlsx,
};
use std::{fs, io::Write, path::Path};

const TITLES: &str = "潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问";

fn group(files: &[(&str, String)]) -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = group.path().join("input").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        write_xlsx(text, &path);
    }
    group
}

fn card(n: usize, consultant: &str) -> String {
    format!("Q{n} | 张三 | 1390000000{n} | 2026-11-16 | A | 2026-11-16 | 云岭X5 | 展厅 | {consultant}\n")
}

#[test]
fn signs_that_steer_what_shows_them_are_shown_themselves() {
    let steering = ['\u{1B}', '\u{202E}', '\u{2066}', '\u{200B}', '\u{7}'];
    let signs: String = steering.iter().collect();
    let text = format!("# 潜客表\n{TITLES} | 天气{signs}\n{}", card(1, &format!("李{signs}销售")).replace('A', "天"));
    let group = group(&[(&format!("S01/2026-W47 周{signs}报.xlsx"), text)]);
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let mut shown: Vec<(String, Vec<u8>)> = tree(&group.path().join("output"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html") || name.ends_with(".csv") || name.ends_with(".json"))
        .collect();
    for format in ["human", "csv", "github", "junit"] {
        let mut check = foursight();
        check.args(["check", "--format", format, "--as-of", "2026-11-22", "--input"]).arg(group.path().join("input"));
        let said = check.output().expect("it runs");
        assert!(!said.stdout.is_empty(), "{format}");
        shown.push((format.to_owned(), [said.stdout, said.stderr].concat()));
    }
    for (name, bytes) in &shown {
        let text = String::from_utf8_lossy(bytes);
        // The isolation of texts in pages is our own.
        let isolated = |c: char| name.ends_with(".html") && c == '\u{2066}';
        let held: Vec<char> = steering.into_iter().filter(|c| text.contains(*c) && !isolated(*c)).collect();
        assert!(held.is_empty(), "{name} holds {held:?}");
    }
}

#[test]
fn formulas_behind_blanks_are_texts_in_every_csv() {
    let begins = ["=1+1", " =1+1", "\u{3000}=1+1", "＝1+1", "+1+1", "@x", "-1+1"];
    let cards: String = begins.iter().enumerate().map(|(n, name)| card(n, name)).collect();
    let group = group(&[("S01/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{cards}"))]);
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let mut fields = 0;
    for (name, bytes) in tree(&group.path().join("output/data")) {
        if !name.ends_with(".csv") {
            continue;
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        for record in reader.records() {
            for field in record.expect("a record").iter() {
                let start = field.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
                let live = start.starts_with(['=', '+', '@', '-', '\u{FF1D}', '\u{FF0B}', '\u{FF20}', '\u{FF0D}']);
                assert!(!live || start.parse::<f64>().is_ok(), "{name}: {field:?}");
                fields += usize::from(field.contains("1+1"));
            }
        }
    }
    assert!(fields > 0, "the names are there");
}

#[cfg(unix)]
#[test]
fn an_output_that_a_link_leads_into_the_input_is_refused() {
    let group = group(&[("S01/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{}", card(1, "李销售")))]);
    let link = group.path().join("link");
    std::os::unix::fs::symlink(group.path().join("input"), &link).expect("a link");
    for output in [link.join("output"), link.join("S09/output"), group.path().join("input/S01/output")] {
        let mut command = foursight();
        command.args(["build", "--quiet", "--as-of", "2026-11-22", "--input"]).arg(group.path().join("input"));
        let said = command.arg("--output").arg(&output).output().expect("it runs");
        assert_eq!(said.status.code(), Some(2), "{}: {}", output.display(), String::from_utf8_lossy(&said.stderr));
        let there: Vec<String> = tree(&group.path().join("input")).into_keys().collect();
        assert_eq!(there, ["S01/2026-W47.xlsx"]);
    }
    // Beside the input all is well, and its work folder is no store.
    assert!(build(group.path(), &["--as-of", "2026-11-22"]).status.success());
}

/// The package with one part more, which its sheet calls its comments.
fn with_broken_comments(path: &Path) {
    let mut package = zip::ZipArchive::new(fs::File::open(path).expect("written")).expect("a package");
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("it inflates");
        parts.push((part.name().expect("a name").into_owned(), bytes));
    }
    let relation = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"c\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments\" Target=\"../comments1.xml\"/></Relationships>";
    parts.push(("xl/worksheets/_rels/sheet1.xml.rels".to_owned(), relation.as_bytes().to_vec()));
    parts.push(("xl/comments1.xml".to_owned(), b"<comments><commentList><comment ref=".to_vec()));
    let mut zip = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, bytes) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(&bytes).expect("written");
    }
    zip.finish().expect("finished");
}

#[test]
fn a_workbook_that_cannot_be_patched_comes_back_all_the_same() {
    let group =
        group(&[("S01/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{}", card(1, "李销售").replace('A', "天")))]);
    with_broken_comments(&group.path().join("input/S01/2026-W47.xlsx"));
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let codes: Vec<String> = csv(&group.path().join("output/data/findings.csv"))
        .iter()
        .map(|row| format!("{} {}", row["code"], row["cell"]))
        .collect();
    assert!(codes.contains(&"C006 E2".to_owned()), "{codes:?}");
    let returned: Vec<String> = tree(&group.path().join("output/returned")).into_keys().collect();
    assert_eq!(returned.len(), 1, "{returned:?} {codes:?}");
}
