//! The same rows in every format give the same figures, and every way of sending a workbook is told from every other.

use crate::foursight::{build_well, csv, foursight, tree};
use crate::{spreadsheet_ml, table::write_xlsx, xlsb};
use calamine::{Data, Reader};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Prospects and visits as a clerk keeps them; every value is one that a text says as well as a cell does.
const WEEK: &str = "# 潜客表\n\
    潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问\n\
    QK0001 | 张一 | 13800000001 | d:2026-10-12 10:30 | B | d:2026-10-13 09:10 | 云岭X5 | 自然到店 | 李销售\n\
    QK0002 | 王二 | 13800000002 | d:2026-10-14 15:00 | A | d:2026-10-14 15:30 | 云岭X5 | 自然到店 | 李销售\n\
    QK0003 | 赵三 | 138 | d:2026-10-15 11:00 | A | d:2026-10-15 11:30 | 云岭X5 | 自然到店 | 李销售\n";

const PLACE: &str = "S01/2026-W43";

/// Builds a group of one store with one file, and gives what its output says apart from the file's name.
fn said(name: &str, bytes: &[u8]) -> BTreeMap<String, String> {
    let group = tempfile::tempdir().expect("a folder");
    let folder = group.path().join("input").join(PLACE);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), bytes).expect("written");
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let data = group.path().join("output/data");
    let mut said = BTreeMap::new();
    for file in ["kpi.csv", "worklist.csv", "submissions.csv"] {
        let text = fs::read_to_string(data.join(file)).expect("written");
        said.insert(file.to_owned(), text.replace(name, "FILE"));
    }
    let findings = csv(&data.join("findings.csv"));
    let own = findings.iter().filter(|row| row["code"] != "W004");
    let lines: Vec<String> = own.map(|row| format!("{} {} {}", row["code"], row["cell"], row["field"])).collect();
    said.insert("findings".to_owned(), lines.join("\n"));
    for fact in ["prospect", "duty"] {
        let mut query = foursight();
        // All but where they came from.
        query.args([
            "query",
            &format!("SELECT * EXCLUDE (workbook, sheet) FROM {fact} ORDER BY \"row\""),
            "--format",
            "csv",
        ]);
        query.args(["--as-of", "2026-10-31", "--input"]).arg(group.path().join("input")).current_dir(group.path());
        let output = query.output().expect("the binary starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = String::from_utf8_lossy(&output.stdout).replace(name, "FILE");
        assert!(rows.lines().count() > 2, "{rows}");
        said.insert(fact.to_owned(), rows);
    }
    let returned = tree(&group.path().join("output/returned"));
    assert_eq!(returned.len(), 1, "{name} comes back with its marks: {:?}", returned.keys());
    let (path, bytes) = returned.into_iter().next().expect("one");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).expect("an xlsx");
    let names = book.sheet_names();
    assert_eq!(names[0], "检查结果", "{path}");
    let sheet = book.worksheet_range(&names[1]).expect("her sheet");
    assert_eq!(sheet.get_value((1, 0)), Some(&Data::String("QK0001".to_owned())), "{path}");
    said
}

fn of_week(separator: &str, line_end: &str) -> String {
    of_rows(WEEK, separator, line_end)
}

fn of_rows(table: &str, separator: &str, line_end: &str) -> String {
    let rows = table.lines().skip(1).map(|line| {
        let cells = line.split('|').map(|cell| cell.trim().trim_start_matches("d:"));
        cells.collect::<Vec<_>>().join(separator) + line_end
    });
    rows.collect()
}

fn page() -> String {
    page_of(WEEK)
}

fn page_of(table: &str) -> String {
    let rows = table.lines().skip(1).map(|line| {
        let cells = line.split('|').map(|cell| format!("<td>{}</td>", cell.trim().trim_start_matches("d:")));
        format!("<tr>{}</tr>", cells.collect::<String>())
    });
    format!(
        "<html><head><meta charset=\"utf-8\"></head><body><table>{}</table></body></html>",
        rows.collect::<String>()
    )
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn wide_big(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn the_same_rows_in_every_format_say_the_same() {
    let scratch = tempfile::tempdir().expect("a folder");
    let xlsx = scratch.path().join("潜客表.xlsx");
    write_xlsx(WEEK, &xlsx);
    let original = fs::read(&xlsx).expect("written");
    let expected = said("潜客表.xlsx", &original);
    assert!(expected["findings"].contains("C4"), "{}", expected["findings"]);
    let text = of_week(",", "\r\n");
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("潜客表.csv", text.clone().into_bytes()),
        ("潜客表.csv", format!("\u{FEFF}{text}").into_bytes()),
        ("潜客表.csv", encoding_rs::GB18030.encode(&text).0.into_owned()),
        ("潜客表.txt", wide(&format!("\u{FEFF}{}", of_week("\t", "\r\n")))),
        ("潜客表.txt", wide(&of_week("\t", "\n"))),
        ("潜客表.csv", format!("sep=|\n{}", of_week("|", "\n")).into_bytes()),
        ("潜客表.html", page().into_bytes()),
        (
            "潜客表.mht",
            format!("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}\r\n--b--\r\n", page()).into_bytes(),
        ),
    ];
    files.push(("潜客表.csv", wide_big(&format!("\u{FEFF}{text}"))));
    files.push(("潜客表.xml", spreadsheet_ml::bytes(WEEK)));
    files.push(("潜客表.xlsb", xlsb::bytes(WEEK)));
    // What LibreOffice writes: BIFF8, OpenDocument, a web page. It has no filter for xlsb, nor one for SpreadsheetML without
    // Java.
    let filters = [("xls", "xls:MS Excel 97"), ("ods", "ods"), ("html", "html:HTML (StarCalc)")];
    for (ending, filter) in filters {
        let into = scratch.path().join(ending);
        let converted = crate::office::convert(std::slice::from_ref(&xlsx), filter, &into);
        let name = ["潜客表.", ending].concat();
        files.push((Box::leak(name.into_boxed_str()), fs::read(&converted[0]).expect("converted")));
    }
    for (name, bytes) in &files {
        assert_eq!(said(name, bytes), expected, "{name} of {} bytes", bytes.len());
    }
    // A web page or a document under the ending of a workbook is read, with a warning.
    assert_eq!(said("潜客表.xls", page().as_bytes()), expected);
    assert_eq!(said("潜客表.xls", &spreadsheet_ml::bytes(WEEK)), expected);
}

/// What stores in Taiwan and Hong Kong keep, and the encoding of their texts.
#[test]
fn the_same_rows_in_traditional_characters_say_the_same_in_every_encoding() {
    const WEEK: &str = "# 潜客表\n\
        潛客編號 | 客戶姓名 | 手機號 | 首次接觸時間 | 級別 | 級別更新時間 | 意向車型 | 渠道 | 銷售顧問\n\
        QK0001 | 張一 | 13800000001 | d:2026-10-12 10:30 | B | d:2026-10-13 09:10 | 雲嶺X5 | 自然到店 | 李銷售\n\
        QK0002 | 王二 | 13800000002 | d:2026-10-14 15:00 | A | d:2026-10-14 15:30 | 雲嶺X5 | 自然到店 | 李銷售\n\
        QK0003 | 趙三 | 138 | d:2026-10-15 11:00 | A | d:2026-10-15 11:30 | 雲嶺X5 | 自然到店 | 李銷售\n";
    let scratch = tempfile::tempdir().expect("a folder");
    let xlsx = scratch.path().join("a.xlsx");
    write_xlsx(WEEK, &xlsx);
    let expected = said("潜客表.xlsx", &fs::read(&xlsx).expect("written"));
    assert!(expected["findings"].contains("C4"), "{}", expected["findings"]);
    let text = of_rows(WEEK, ",", "\r\n");
    let (big5, _, lossy) = encoding_rs::BIG5.encode(&text);
    assert!(!lossy);
    let files = [
        ("潜客表.csv", big5.into_owned()),
        ("潜客表.csv", text.clone().into_bytes()),
        ("潜客表.csv", encoding_rs::GB18030.encode(&text).0.into_owned()),
        ("潜客表.txt", wide(&of_rows(WEEK, "\t", "\r\n"))),
        ("潜客表.txt", wide_big(&format!("\u{FEFF}{}", of_rows(WEEK, "\t", "\n")))),
        ("潜客表.xml", spreadsheet_ml::bytes(WEEK)),
        ("潜客表.xlsb", xlsb::bytes(WEEK)),
        ("潜客表.html", page_of(WEEK).into_bytes()),
    ];
    for (name, bytes) in &files {
        assert_eq!(said(name, bytes), expected, "{name} of {} bytes", bytes.len());
    }
}

#[test]
fn what_the_clerk_sees_is_read_whatever_the_format() {
    use rust_xlsxwriter::{Format, Workbook};
    let scratch = tempfile::tempdir().expect("a folder");
    let xlsx = scratch.path().join("潜客表.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("潜客表").expect("a name");
    let looks = |code: &str| Format::new().set_num_format(code);
    let titles = WEEK.lines().nth(1).expect("titles").split('|').map(str::trim).chain(["信息途径", "来店契机"]);
    for (col, title) in titles.enumerate() {
        sheet.write_string(0, col as u16, title).expect("a title");
    }
    for (row, (id, code)) in [(1_u32, (12.0, "0000")), (2, (13.0, "\"QK\"0000"))] {
        sheet.write_number_with_format(row, 0, id, &looks(code)).expect("an id");
        let values = [
            (1, "张一"),
            (2, ["13800000001", "13800000002"][row as usize - 1]),
            (4, "B"),
            (6, "云岭X5"),
            (8, "李销售"),
        ];
        for (col, text) in values {
            sheet.write_string(row, col, text).expect("a text");
        }
        for col in [3, 5] {
            sheet.write_number_with_format(row, col, 46_307.0 + 0.4375, &looks("yyyy-mm-dd hh:mm")).expect("a date");
        }
        sheet.write_number_with_format(row, 9, 9.5 / 24.0, &looks("h:mm")).expect("a time");
        sheet.write_number_with_format(row, 10, 32.5 / 24.0, &looks("[h]:mm")).expect("an elapsed time");
    }
    // One cell for both rows.
    sheet.merge_range(1, 7, 2, 7, "自然到店", &Format::new()).expect("merged");
    workbook.save(&xlsx).expect("saved");
    let seen = |name: &str, bytes: &[u8]| {
        let group = tempfile::tempdir().expect("a folder");
        let folder = group.path().join("input").join(PLACE);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), bytes).expect("written");
        let mut query = foursight();
        let sql = "SELECT prospect_no, first_contact_at, info_source, visit_reason, channel FROM prospect ORDER BY 1";
        query
            .args(["query", sql, "--format", "csv", "--as-of", "2026-10-31", "--input"])
            .arg(group.path().join("input"));
        let output = query.current_dir(group.path()).output().expect("the binary starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let expected = seen("潜客表.xlsx", &fs::read(&xlsx).expect("saved"));
    for text in ["0012", "QK0013", "9:30", "32:30"] {
        assert!(expected.contains(text), "{text}: {expected}");
    }
    assert_eq!(expected.matches("自然到店").count(), 2, "{expected}");
    let titles = WEEK.lines().nth(1).expect("titles");
    let table = format!(
        "# 潜客表\n{titles} | 信息途径 | 来店契机\n\
         z:12 | 张一 | 13800000001 | d:2026-10-12 10:30 | B | d:2026-10-12 10:30 | 云岭X5 | 自然到店 | 李销售 | t:9:30 | e:32:30\n\
         q:13 | 张一 | 13800000002 | d:2026-10-12 10:30 | B | d:2026-10-12 10:30 | 云岭X5 | ^ | 李销售 | t:9:30 | e:32:30\n"
    );
    assert_eq!(seen("潜客表.xlsb", &xlsb::bytes(&table)), expected, "xlsb");
    assert_eq!(seen("潜客表.xml", &spreadsheet_ml::bytes(&table)), expected, "SpreadsheetML");
    for (ending, filter) in [("xls", "xls:MS Excel 97"), ("ods", "ods"), ("html", "html:HTML (StarCalc)")] {
        let converted = crate::office::convert(std::slice::from_ref(&xlsx), filter, &scratch.path().join(ending));
        assert_eq!(
            seen(&format!("潜客表.{ending}"), &fs::read(&converted[0]).expect("converted")),
            expected,
            "{ending}"
        );
    }
}

/// Builds a group of one store with these files; its findings as `code path`.
fn found(files: &[(&str, Vec<u8>)]) -> (tempfile::TempDir, Vec<String>) {
    let group = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = group.path().join("input").join(PLACE).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let of_files = findings.iter().filter(|row| row["code"].starts_with('W'));
    let prefix = format!("{PLACE}/");
    let lines =
        of_files.map(|row| format!("{} {} {}", row["code"], row["severity"], row["workbook"].replace(&prefix, "")));
    (group, lines.collect())
}

fn accepted(group: &Path) -> u64 {
    let rows = csv(&group.join("output/data/submissions.csv"));
    rows.iter().map(|row| row["accepted"].parse::<u64>().expect("a count")).sum()
}

#[test]
fn archives_downloads_and_files_sent_twice() {
    let scratch = tempfile::tempdir().expect("a folder");
    let xlsx = scratch.path().join("a.xlsx");
    write_xlsx(WEEK, &xlsx);
    let whole = fs::read(&xlsx).expect("written");
    let other = of_week(",", "\n").replace("QK000", "QK001").replace("1380000000", "1380000001").into_bytes();
    let inner = zip(&[("x.csv", b"a,b")]);
    let archive = zip(&[
        ("周报/潜客表.xlsx", &whole),
        ("潜客表.csv", &other),
        ("说明.docx", b"PK"),
        ("__MACOSX/._a.xlsx", b"x"),
        ("内.zip", &inner),
    ]);
    let (group, said) = found(&[("周报.zip", archive.clone())]);
    assert_eq!(
        said,
        ["W011 notice 周报.zip/__MACOSX/._a.xlsx", "W018 warning 周报.zip/内.zip", "W011 notice 周报.zip/说明.docx",]
    );
    assert_eq!(accepted(group.path()), 4, "two of each, the third has no phone");
    let returned = tree(&group.path().join("output/returned"));
    let names: Vec<&str> = returned.keys().map(String::as_str).collect();
    assert_eq!(names, ["S01/2026-W43/周报.zip/周报/潜客表.xlsx", "S01/2026-W43/周报.zip/潜客表.csv.xlsx"]);
    // An archive that is called a workbook.
    let renamed = zip(&[("潜客表.csv", &other)]);
    let (group, said) = found(&[("周报.xlsx", renamed)]);
    assert_eq!((said, accepted(group.path())), (vec!["W004 warning 周报.xlsx".to_owned()], 2));
    // A workbook that is called an archive, a name with a date for an ending, the same workbook three times.
    let (_group, said) = found(&[
        ("潜客表.zip", whole.clone()),
        ("潜客表 2026.10.25", whole.clone()),
        ("潜客表.xlsx", whole.clone()),
        ("潜客表(1).xlsx", whole.clone()),
    ]);
    // By their paths the one with a date in its name comes first, and its own date is another week.
    let mut said: Vec<&str> = said.iter().map(String::as_str).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        ["W004 warning 潜客表 2026.10.25", "W019 warning 潜客表.xlsx", "W019 warning 潜客表.zip"],
        "of those of one week the first is read"
    );
    // What came and was not read is a warning.
    let (_, said) = found(&[
        ("潜客表.csv", other),
        ("潜客表.xlsx.download", whole.clone()),
        ("周报.rar", b"Rar!\x1A".to_vec()),
        ("空.zip", zip(&[("a.jpg", b"x")])),
        ("照片.jpg", b"\xFF\xD8\xFF".to_vec()),
        ("潜客表.numbers", zip(&[("Index/Document.iwa", b"x")])),
    ]);
    let mut said: Vec<&str> = said.iter().map(String::as_str).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            "W010 error 潜客表.numbers",
            "W011 notice 照片.jpg",
            "W011 notice 空.zip/a.jpg",
            "W018 warning 周报.rar",
            "W018 warning 潜客表.xlsx.download",
            "W018 warning 空.zip",
        ]
    );
}

/// Small tables under the titles of prospects: empty cells, numbers, texts, at any row and column.
fn any_rows() -> impl Strategy<Value = Vec<Vec<Option<String>>>> {
    let cell = prop_oneof![2 => Just(None), 3 => "[A-Z]{1,3}[0-9]{1,3}".prop_map(Some), 1 => "[1-9][0-9]{0,3}".prop_map(|n| Some(format!("n:{n}")))];
    proptest::collection::vec(proptest::collection::vec(cell, 9), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]

    /// Every row that a bare loop of calamine sees below the header, with two cells at least, is read: accepted or rejected.
    #[test]
    fn no_row_is_lost(rows in any_rows(), blank in 0..3_usize) {
        let mut text = WEEK.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
        text.push_str(&"\n".repeat(blank));
        for row in &rows {
            let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("")).collect();
            text.push_str(&(cells.join(" | ") + "\n"));
        }
        let group = tempfile::tempdir().expect("a folder");
        let folder = group.path().join("input").join(PLACE);
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("潜客表.xlsx");
        write_xlsx(&text, &path);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).expect("opens");
        let range = book.worksheet_range("潜客表").expect("the sheet");
        let seen = range.rows().skip(1).filter(|row| row.iter().filter(|cell| **cell != Data::Empty).count() >= 2).count();
        build_well(group.path(), &["--as-of", "2026-10-31"]);
        let lines = csv(&group.path().join("output/data/submissions.csv"));
        let of = |column: &str| lines.iter().filter_map(|row| row[column].parse::<usize>().ok()).sum::<usize>();
        prop_assert_eq!(of("rows_read"), seen);
        prop_assert_eq!(of("rows_read"), of("accepted") + of("rejected"));
    }
}

#[test]
fn a_demo_in_other_formats_has_the_same_figures() {
    let made = |more: &[&str]| {
        let group = tempfile::tempdir().expect("a folder");
        let dir = group.path().join("demo");
        let mut demo = foursight();
        demo.arg("demo").arg(&dir).args(["--stores", "1", "--months", "3", "--as-of", "2026-11-22"]).args(more);
        let output = demo.output().expect("the binary starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        build_well(&dir, &["--as-of", "2026-11-22"]);
        let endings: std::collections::BTreeSet<String> =
            tree(&dir.join("input")).keys().filter_map(|name| Some(name.rsplit_once('.')?.1.to_owned())).collect();
        let figures = fs::read_to_string(dir.join("output/data/kpi.csv")).expect("written");
        let findings = csv(&dir.join("output/data/findings.csv"));
        let of_rows = findings.iter().filter(|row| row["severity"] == "error" && !row["cell"].is_empty());
        (endings, figures, of_rows.map(|row| format!("{} {}", row["code"], row["cell"])).collect::<Vec<_>>())
    };
    let (plain, figures, mut findings) = made(&[]);
    let (dressed, in_formats, mut found) = made(&["--formats"]);
    assert!(dressed.contains("zip") && dressed.contains("xls") && !plain.contains("zip"), "{dressed:?}");
    assert!(figures.lines().count() > 100);
    assert_eq!(in_formats, figures);
    findings.sort();
    found.sort();
    assert_eq!(found, findings);
}

#[test]
fn returned_books_of_packages_without_styles_keep_the_usual_name() {
    let scratch = tempfile::tempdir().expect("a folder");
    let xlsx = scratch.path().join("a.xlsx");
    write_xlsx(WEEK, &xlsx);
    let mut archive = zip::ZipArchive::new(fs::File::open(&xlsx).expect("written")).expect("a package");
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("a part");
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("it inflates");
        let name = part.name().expect("a name").into_owned();
        if name == "xl/styles.xml" {
            continue;
        }
        let text = String::from_utf8(content).expect("UTF-8");
        let cut = |text: &str, from: &str| match text.find(from) {
            Some(at) => {
                let start = text[..at].rfind('<').expect("a tag");
                let end = at + text[at..].find('>').expect("its end") + 1;
                format!("{}{}", &text[..start], &text[end..])
            }
            None => text.to_owned(),
        };
        parts.push((name, cut(&text, "styles.xml").into_bytes()));
    }
    let listed: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let (group, _) = found(&[("潜客表.xlsx", zip(&listed))]);
    let returned: PathBuf = group.path().join("output/returned").join(PLACE).join("潜客表.xlsx");
    let package = zip::ZipArchive::new(fs::File::open(returned).expect("returned")).expect("a package");
    assert!(package.file_names_raw().any(|name| name == b"xl/styles.xml"));
}
