//! No customer's phone, name, VIN or plate of the input is anywhere in what headquarters gets.

use crate::{
    foursight::{build_well, built_sample, foursight, root, tree},
    planted::KINDS,
    table,
};
use aho_corasick::AhoCorasick;
use calamine::{Data, Reader, Xlsx};
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    path::Path,
};
use unicode_normalization::UnicodeNormalization;

/// Titles of columns that hold a customer's name.
const NAMES: [&str; 5] = ["客户姓名", "姓名", "客户名称", "客户名", "客戶姓名"];

/// The cells of every sheet of an input file, row by row.
pub fn cells(name: &str, bytes: &[u8]) -> Vec<Vec<Vec<String>>> {
    if name.ends_with(".csv") {
        let (text, _, _) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.into(), encoding_rs::UTF_8, false),
            Err(_) => match bytes {
                [0xFF, 0xFE, ..] => encoding_rs::UTF_16LE.decode(bytes),
                [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE.decode(bytes),
                _ => encoding_rs::GB18030.decode(bytes),
            },
        };
        let text = text.trim_start_matches('\u{feff}');
        let separator = [b',', b'\t', b';'].into_iter().max_by_key(|s| text.bytes().filter(|b| b == s).count());
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(separator.unwrap_or(b','));
        let mut reader = builder.from_reader(text.as_bytes());
        let rows = reader.records().flatten().map(|record| record.iter().map(|cell| cell.trim().to_owned()).collect());
        return vec![rows.collect()];
    }
    let Ok(mut workbook) = Xlsx::new(Cursor::new(bytes)) else { return Vec::new() };
    let text = |cell: &Data| match cell {
        Data::String(text) => text.trim().to_owned(),
        Data::Float(number) if *number >= 1e10 && *number < 2e10 => format!("{number:.0}"),
        _ => String::new(),
    };
    let sheets = workbook.sheet_names();
    let ranges = sheets.iter().filter_map(|sheet| workbook.worksheet_range(sheet).ok());
    ranges.map(|range| range.rows().map(|row| row.iter().map(text).collect()).collect()).collect()
}

/// What the input holds of its customers.
#[derive(Default)]
struct Personal {
    numbers: BTreeSet<String>,
    names: BTreeSet<String>,
    /// Every other text.
    others: BTreeSet<String>,
    csv_files: usize,
}

fn is_plate(text: &str) -> bool {
    let places: Vec<char> = text.chars().filter(|c| !matches!(c, '·' | ' ')).collect();
    matches!(places.len(), 7 | 8)
        && "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".contains(places[0])
        && places[1..].iter().all(char::is_ascii_alphanumeric)
        && places[1].is_ascii_uppercase()
}

fn personal_of_the_input() -> Personal {
    let mut found = Personal::default();
    for (name, bytes) in tree(&root().join("input")) {
        found.csv_files += usize::from(name.ends_with(".csv"));
        for sheet in cells(&name, &bytes) {
            let mut name_columns = BTreeSet::new();
            for row in sheet {
                for (column, text) in row.into_iter().enumerate() {
                    let title: String = text.chars().filter(|c| !" *()（）必填".contains(*c)).collect();
                    let digits = text.len() == 11 && text.bytes().all(|b| b.is_ascii_digit()) && text.starts_with('1');
                    let vin = text.len() == 17 && text.bytes().all(|b| b.is_ascii_alphanumeric());
                    if NAMES.contains(&title.as_str()) {
                        name_columns.insert(column);
                    } else if digits || vin || is_plate(&text) {
                        found.numbers.insert(text);
                    } else if name_columns.contains(&column) && text.chars().count() >= 2 {
                        found.names.insert(text);
                    } else if !text.is_empty() {
                        found.others.insert(text);
                    }
                }
            }
        }
    }
    found
}

/// What headquarters gets of an output folder, by file: the texts of a package are those of its parts.
pub fn headquarters(output: &Path) -> BTreeMap<String, Vec<Vec<u8>>> {
    let all = tree(output).into_iter();
    // A store's own workbook, those of its people, its forms and its returned workbooks are its own.
    let own = ["returned/", "workbooks/stores/", "workbooks/people/", "workbooks/forms/"];
    let shown = all.filter(|(name, _)| !own.iter().any(|folder| name.starts_with(folder)));
    shown
        .map(|(name, bytes)| {
            let texts = if name.ends_with(".xlsx") {
                let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
                let parts = 0..package.len();
                let mut part = |i| std::io::read_to_string(package.by_index(i).expect("a part")).unwrap_or_default();
                parts.map(|i| part(i).into_bytes()).collect()
            } else if name.ends_with(".parquet") {
                // Its texts are packed: a search through its bytes would find nothing.
                let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("a table");
                let rows = reader.get_row_iter(None).expect("rows");
                rows.map(|row| row.expect("a row").to_string().into_bytes()).collect()
            } else {
                vec![bytes]
            };
            (name, texts)
        })
        .collect()
}

#[test]
fn headquarters_sees_no_customer() {
    let found = personal_of_the_input();
    assert!(found.csv_files > 0, "the sample has csv workbooks, and they were read");
    // A customer's name that is also a piece of another text (a consultant, a title, a word of the pages) proves nothing.
    let words = |folder: &str| tree(&root().join(folder)).into_values();
    let texts =
        words("definitions").chain(words("templates")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let innocent: String = found.others.iter().cloned().chain(texts).collect::<Vec<_>>().join("\n");
    let names: Vec<String> = found.names.iter().filter(|name| !innocent.contains(name.as_str())).cloned().collect();
    assert!(2 * names.len() > found.names.len(), "{} of {} names", names.len(), found.names.len());
    let personal: Vec<String> = found.numbers.into_iter().chain(names).collect();
    let matcher = AhoCorasick::new(&personal).expect("a matcher");
    let shown = headquarters(&built_sample().join("output"));
    for ending in ["html", "csv", "parquet", "json", "xlsx"] {
        assert!(shown.keys().any(|name| name.ends_with(ending)), "no .{ending} was searched");
    }
    for (name, texts) in &shown {
        for text in texts {
            if let Some(hit) = matcher.find(text) {
                panic!("{name} holds a customer's {} (a text of {} characters)", hit.pattern().as_usize(), hit.len());
            }
        }
    }
}

/// Every spelling, each with what is looked for.
fn spellings() -> Vec<&'static str> {
    KINDS.iter().flat_map(|kind| kind.spellings).copied().collect()
}

/// Customers' names of two characters that stand nowhere else, in workbooks and in csv.
const SHORT_NAMES: [&str; 2] = ["麴荺", "阚芃"];

/// Letters and digits alone, NFKC, upper case.
pub fn core(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A workbook with one spelling wherever a clerk may write one.
fn planted(spelling: &str, n: usize) -> String {
    let sheet: String = spelling.chars().filter(|c| !"[]:*?/\\".contains(*c)).collect();
    let row = |cells: &[&str]| format!("{}\n", cells.join(" | "));
    let mut text = String::new();
    text += "# 封面\n";
    text += &format!("店代码 | {spelling}\n周起 | 2026-11-16\n周止 | 2026-11-22\n提交人 | {spelling}\n");
    text += &format!("提交时间 | 2026-11-22 18:00\n模板版本 | {spelling}\n# {sheet}\n");
    // A prospect for each column that may hold it, a bare one, and an unknown column with it in its title and its cells.
    let titles =
        ["潜客编号", "客户姓名", "手机号", "首次接触时间", "级别", "级别更新时间", "意向车型", "渠道", "销售顾问"];
    let more = ["预算", "颜色", "竞品车型", "战败去向", "区域", spelling];
    text += &row(&[&titles[..], &more[..]].concat());
    for (i, column) in [9, 6, 7, 8, 4, 10, 11, 12, 13, 14, 0, 3, 5].into_iter().enumerate() {
        let (number, phone) = (format!("QK{n}-{i}"), format!("1380{n:03}{i:04}"));
        let plain = [SHORT_NAMES[0], &phone, "2026-11-16 10:00", "A", "2026-11-16 11:00", "Q5", "展厅", "李销售"];
        let mut cells: Vec<&str> = std::iter::once(&*number).chain(plain).chain([""; 6]).collect();
        cells[column] = spelling;
        text += &row(&cells);
    }
    text += "# 订单交车\n";
    text += "订单号 | VIN | 车型 | 顾问 | 客户电话 | 下订日期 | 交车日期 | 成交价 | 毛利\n";
    text += &format!("{spelling} | | Q5 | 李销售 | 1370000{n:04} | 2026-11-16 | 2026-11-17 | 300000 | {spelling}\n");
    text += &format!("DD{n} | | {spelling} | {spelling} | 1370001{n:04} | 2026-11-16 | 2026-11-17 | {spelling} | 0\n");
    text += "# 进厂记录\n工单号 | VIN | 进厂时间 | 里程 | 类型 | 总额 | 服务顾问\n";
    text += &format!("{spelling} | LSVAB2183E2100{n:03} | 2026-11-16 10:00 | 1000 | 定保 | 500 | {spelling}\n");
    text += &format!("WX{n} | LSVAB2183E2100{n:03} | 2026-11-17 10:00 | {spelling} | 定保 | {spelling} | 赵服务\n");
    text + &format!("# 备忘{n} {sheet}\n{spelling} | 内容\n一 | 二\n三 | 四\n")
}

#[test]
fn planted_numbers_stay_in_their_store() {
    let group = tempfile::tempdir().expect("a folder");
    for (n, spelling) in spellings().into_iter().enumerate() {
        let folder = group.path().join("input").join(format!("S{n:02}")).join(format!("资料 {spelling}"));
        std::fs::create_dir_all(&folder).expect("made");
        table::write_xlsx(&planted(spelling, n), &folder.join(format!("{spelling} 周报.xlsx")));
        let csv = format!(
            "潜客编号,客户姓名,手机号,首次接触时间,级别,级别更新时间,意向车型,渠道,销售顾问,{spelling}\n\
             QC{n},{},1360000{n:04},2026-11-16 10:00,A,2026-11-16 11:00,{spelling},{spelling},{spelling},{spelling}\n",
            SHORT_NAMES[1]
        );
        std::fs::write(folder.join(format!("{spelling}.csv")), csv).expect("written");
        std::fs::write(folder.join(format!("{spelling}.docx")), "no table").expect("written");
    }
    // A store's own folder, too.
    let folder = group.path().join("input/门店 139 1234 5678");
    std::fs::create_dir_all(&folder).expect("made");
    table::write_xlsx(&planted("13912345678", 99), &folder.join("2026-W47.xlsx"));
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let mut shown = headquarters(&group.path().join("output"));
    for format in ["human", "json", "csv", "github", "junit"] {
        let mut check = foursight();
        check.args(["check", "--format", format, "--as-of", "2026-11-22", "--input"]).arg(group.path().join("input"));
        let said = check.output().expect("it runs");
        assert!(!said.stdout.is_empty(), "{format}");
        shown.insert(format!("check {format}"), vec![said.stdout, said.stderr]);
    }
    for fact in ["prospect", "order", "service_visit", "duty"] {
        let mut query = foursight();
        query.args(["query", &format!("SELECT * FROM {fact}"), "--as-of", "2026-11-22", "--input"]);
        let said = query.arg(group.path().join("input")).output().expect("it runs");
        assert!(said.status.success() && !said.stdout.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
        shown.insert(format!("query {fact}"), vec![said.stdout, said.stderr]);
    }
    let cores: BTreeSet<&str> = KINDS.iter().flat_map(|kind| kind.cores).copied().collect();
    let mut leaks = Vec::new();
    for (name, texts) in &shown {
        let named = |text: &&Vec<u8>| SHORT_NAMES.iter().any(|own| String::from_utf8_lossy(text).contains(own));
        leaks.extend(texts.iter().filter(named).map(|_| format!("a customer's name in {name}")));
        for text in texts.iter().map(|text| core(&String::from_utf8_lossy(text))) {
            let held = cores.iter().filter(|core| text.contains(**core));
            leaks.extend(held.map(|core| format!("{core} in {name}")));
        }
    }
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n"));
    // The store itself has its row back, and everybody's workbook is told from the others.
    let findings = crate::foursight::csv(&group.path().join("output/data/findings.csv"));
    let named: BTreeSet<&String> = findings.iter().map(|row| &row["workbook"]).collect();
    assert!(named.len() > 2 * spellings().len(), "{} workbooks are named", named.len());
    assert!(findings.iter().any(|row| row["code"] == "C018"), "what was masked is said");
}

#[test]
fn workbooks_whose_names_look_alike_once_masked_stay_two() {
    let group = tempfile::tempdir().expect("a folder");
    let folder = group.path().join("input/S01");
    std::fs::create_dir_all(&folder).expect("made");
    for (name, number) in [("王13912345678.xlsx", 1), ("王139 1234 5678.xlsx", 2), ("王１３９12345678.xlsx", 3)] {
        let text = format!(
            "# 潜客表\n潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问\n\
             QK{number} | 客户 | 1380000000{number} | 2026-11-16 10:00 | D | 2026-11-17 | Q5 | 展厅 | 李销售\n"
        );
        table::write_xlsx(&text, &folder.join(name));
    }
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    let returned = tree(&group.path().join("output/returned"));
    assert_eq!(returned.len(), 3, "{:?}", returned.keys());
    let findings = crate::foursight::csv(&group.path().join("output/data/findings.csv"));
    let wrong = findings.iter().filter(|row| row["severity"] == "error").map(|row| &row["workbook"]);
    assert_eq!(wrong.collect::<BTreeSet<_>>().len(), 3);
}
