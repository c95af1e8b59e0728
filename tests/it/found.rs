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

#[test]
fn a_cover_without_a_time_is_said_to_the_clerk_and_on_the_board() {
    let cover = |time: &str| format!("# 封面\n周起 | 2026-11-16\n周止 | 2026-11-22\n{time}");
    let week = |time: &str| {
        let calls =
            "# 回访记录\n对象 | 客户键 | 任务类型 | 应访日 | 执行人\n潜客 | Q1 | 周期跟进 | 2026-11-20 | 李销售\n";
        let complaints =
            "# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\nT1 | 2026-11-17 | Q1 | 价格 | 销售\n";
        format!("{}# 潜客表\n{TITLES}\n{}{calls}{complaints}", cover(time), card(1, "李销售"))
    };
    let group = group(&[
        ("S01/2026-W47.xlsx", week("")),
        ("S02/2026-W47.xlsx", week("提交时间 | 2026-11-23 09:00\n").replace("139", "138")),
    ]);
    build_well(group.path(), &["--as-of", "2026-11-24"]);
    let output = group.path().join("output");
    let told: Vec<String> = csv(&output.join("data/findings.csv"))
        .iter()
        .filter(|row| row["code"] == "S033")
        .map(|row| row["workbook"].clone())
        .collect();
    assert_eq!(told, ["S01/2026-W47.xlsx"]);
    let untimed = |page: &str| {
        let page = fs::read_to_string(output.join("site").join(page)).expect("a page");
        page.matches("<td class=\"b untimed\" title=\"已报，无提交时间\">").count()
    };
    let cells = ["submissions.html", "stores/S01/quality.html", "stores/S02/quality.html"].map(untimed);
    // Once over all sheets, then for each of the three.
    assert_eq!(cells, [4, 3, 0]);
}

#[test]
fn too_many_rows_say_how_many_are_read() {
    let rows = |n: usize| (1..=n).map(|n| card(n, "李销售")).collect::<String>();
    let group = group(&[
        ("S01/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{}", rows(4))),
        ("S03/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{}", rows(3))),
    ]);
    let text = format!("{TITLES}\n{}", rows(4)).replace(" | ", ",");
    fs::create_dir_all(group.path().join("input/S02")).expect("a folder");
    fs::write(group.path().join("input/S02/2026-W47.csv"), text).expect("written");
    fs::write(group.path().join("foursight.toml"), "[intake]\nrows = 3\n").expect("written");
    let found = || -> Vec<String> {
        build_well(group.path(), &["--as-of", "2026-11-22"]);
        let findings = csv(&group.path().join("output/data/findings.csv"));
        let of_files = findings.iter().filter(|row| row["code"].starts_with('W'));
        of_files.map(|row| format!("{} {} {}", row["code"], row["workbook"], row["message"])).collect()
    };
    let said = "这个文件里的数据行太多，没有读取（最多 3）";
    assert_eq!(found(), ["S01/2026-W47.xlsx", "S02/2026-W47.csv"].map(|workbook| format!("W015 {workbook} {said}")));
    // The limit is a setting, and what was read under another is not kept.
    fs::write(group.path().join("foursight.toml"), "[intake]\nrows = 4\n").expect("written");
    assert_eq!(found(), [""; 0]);
}

/// Takes the protection off again, whatever becomes of the test.
#[cfg(target_os = "linux")]
struct Protected(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Drop for Protected {
    fn drop(&mut self) {
        let _ = std::process::Command::new("chattr").args(["-R", "-i"]).arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_of_the_former_output_that_cannot_be_removed_is_in_nobodys_way() {
    let group = group(&[("S01/2026-W47.xlsx", format!("# 潜客表\n{TITLES}\n{}", card(1, "李销售")))]);
    let at = |day: &str| {
        let mut command = foursight();
        command.args(["build", "--as-of", day, "--input"]).arg(group.path().join("input"));
        let said = command.arg("--output").arg(group.path().join("output")).output().expect("it runs");
        assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stderr));
        let manifest = fs::read_to_string(group.path().join("output/data/manifest.json")).expect("published");
        assert!(manifest.contains(day), "the new output stands: {manifest}");
        String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned()
    };
    assert!(!at("2026-11-20").contains("删不掉"));
    let _protected = Protected(group.path().to_owned());
    let file = group.path().join("output/data/kpi.csv");
    let done = std::process::Command::new("chattr").arg("+i").arg(&file).status();
    if !done.is_ok_and(|status| status.success()) {
        // Only who owns the machine can protect a file from its owner; another test has a file in the way of the folder.
        return;
    }
    for day in ["2026-11-21", "2026-11-22"] {
        assert!(at(day).contains("删不掉"), "{day}");
    }
    drop(_protected);
    assert!(!at("2026-11-19").contains("删不掉"), "removed as soon as it can be");
}
