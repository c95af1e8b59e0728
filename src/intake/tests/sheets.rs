//! Rows of ordinary workbooks.

use super::*;
use crate::model::OrderBasis;
use rust_xlsxwriter::{Workbook, Worksheet};

/// Fills a sheet from lines of cells separated by `|`; empty cells stay blank. `@` before a number makes it one.
pub(super) fn fill(sheet: &mut Worksheet, name: &str, lines: &[&str]) {
    sheet.set_name(name).expect("a name");
    for (row, line) in lines.iter().enumerate() {
        for (col, cell) in line.split('|').map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let (row, col) = (row as u32, col as u16);
            match cell.strip_prefix('@') {
                Some(number) => sheet.write(row, col, number.parse::<f64>().expect("a number")),
                None => sheet.write(row, col, cell),
            }
            .expect("a cell");
        }
    }
}

pub(super) fn book(sheets: &[(&str, &[&str])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, lines) in sheets {
        fill(book.add_worksheet(), name, lines);
    }
    book.save_to_buffer().expect("a workbook")
}

pub(super) const HEAD: &str = "工单号|VIN|进厂时间|里程|类型|总额|服务顾问";
pub(super) const ROW: &str = "W1|LSVAB2183E2100001|2026-11-16 09:20|@10230|定保|@980|赵服务";
pub(super) const SEEN: &str = "W1 LSVAB2183E2100001 2026-11-16 09:20 10230 定保 980.00 赵服务";

#[test]
fn an_ordinary_sheet() {
    let reading = read(&book(&[("进厂记录", &[HEAD, ROW])]));
    assert_eq!(rows(&reading), [format!("2: {SEEN}")]);
    assert_eq!(remarks(&reading), Vec::<String>::new());
    assert_eq!((&*reading.tables[0].kind, reading.tables[0].header_row), ("service_visit", 1));
    assert_eq!(reading.to.map(|day| day.to_string()).as_deref(), Some("2026-11-22"));
    assert_eq!(reading.basis, OrderBasis::Path);
}

#[test]
fn repairs_errors_and_empty_required_cells() {
    let reading = read(&book(&[(
        "进厂",
        &[
            HEAD,
            "W1|lsvab2183e2100001|11月16日|1.2万公里|保养|980元|赵服务",
            "W2|LSVAB2183E210000|20260230|约一万|洗车|30-35万|",
            "W3|LSVAB2183E2100001|2026-11-16|-|定保|0|赵服务",
        ],
    )]));
    assert_eq!(
        remarks(&reading),
        [
            "C001 B2 VIN",
            "C002 C2 进厂时间",
            "C001 D2 里程",
            "C001 E2 类型",
            "C011 B3 VIN",
            "C003 C3 进厂时间",
            "C004 D3 里程",
            "C006 E3 类型",
            "C004 F3 总额",
            "C007 G3 服务顾问",
            "C001 D4 里程",
            "C007 D4 里程"
        ]
    );
    assert_eq!(
        rows(&reading),
        [
            "2*: W1 LSVAB2183E2100001 2026-11-16 12000 定保 980.00 赵服务",
            "3!: W2",
            "4*!: W3 LSVAB2183E2100001 2026-11-16 定保 0.00 赵服务"
        ]
    );
}

#[test]
fn rows_that_are_no_data() {
    let reading = read(&book(&[(
        "进厂记录",
        &[
            "浦东店进厂台账",
            "",
            HEAD,
            ROW,
            "",
            "小 计|||@10230||@980|",
            HEAD,
            ROW,
            "合计:|2 单||@20460||@1960|",
            "注:红冲写负数",
            "||||||制表人:王五",
            // two known cells are data, whatever they are
            "合计|LSVAB2183E2100001|2026-11-16|@1|定保|@2|赵服务",
        ],
    )]));
    assert_eq!(
        rows(&reading),
        [
            format!("4: {SEEN}"),
            format!("8: {SEEN}"),
            "12: 合计 LSVAB2183E2100001 2026-11-16 1 定保 2.00 赵服务".to_owned()
        ]
    );
    // The notes under the table are not data, and said so.
    assert_eq!(remarks(&reading), ["H006 10", "H006 11"]);
}

#[test]
fn hidden_unknown_empty_and_broken_sheets_are_listed() {
    let mut book = Workbook::new();
    fill(book.add_worksheet(), "排名", &["顾问|台数", "李|@3"]);
    fill(book.add_worksheet(), "Sheet2", &[]);
    fill(book.add_worksheet(), "旧进厂", &[HEAD, ROW]);
    fill(book.add_worksheet(), "潜客表", &["客户姓名|级别", "张三|A"]);
    fill(
        book.add_worksheet(),
        "订单",
        &["订单号|车型|顾问|客户电话|联系电话|下订日期", "1|Q5L|李|13800001234||2026-11-16"],
    );
    book.worksheet_from_name("旧进厂").expect("the sheet").set_hidden(true);
    let reading = read(&book.save_to_buffer().expect("a workbook"));
    let ignored: Vec<String> = reading.ignored.iter().map(|s| format!("{} {}", s.name, s.why)).collect();
    assert_eq!(ignored, ["排名 unknown", "Sheet2 empty", "旧进厂 hidden", "潜客表 header"]);
    assert_eq!(remarks(&reading), ["H005", "H024", "H003", "H002 E1"]);
}

#[test]
fn hidden_sheets_are_told_by_what_they_hold() {
    let with = |name: &str, rows: &[&str], hidden: bool| {
        let mut book = Workbook::new();
        fill(book.add_worksheet(), "进厂记录", &[HEAD, ROW]);
        fill(book.add_worksheet(), name, rows);
        book.worksheet_from_name(name).expect("the sheet").set_hidden(hidden);
        remarks(&read(&book.save_to_buffer().expect("a workbook")))
    };
    assert_eq!(with("旧", &[HEAD, ROW], true), ["H024"], "rows that would be read");
    assert_eq!(with("旧", &[HEAD], true), ["H004"], "a header alone");
    assert_eq!(with("字典", &["定保", "首保"], true), ["H004"], "lists of a template");
    assert_eq!(with("空", &[], true), [""; 0]);
    // Of programs; one that holds rows all the same is told.
    for name in ["Evaluation Warning", "WpsReserved_CellImgList", "_xlnm._FilterDatabase", "WPSRESERVED_x"] {
        assert_eq!(with(name, &["Created by a program"], true), [""; 0], "{name}");
        assert_eq!(with(name, &["Created by a program"], false), [""; 0], "{name}");
        assert_eq!(with(name, &[HEAD, ROW], true), ["H024"], "{name}");
    }
    assert_eq!(with("别的", &["Created by a program"], false), ["H005"]);
}

#[test]
fn notes_and_units_below_a_header_are_no_data() {
    let sheet = |notes: &str| read(&book(&[("进厂记录", &[HEAD, notes, ROW])]));
    for notes in [
        "(必填)|(必填)|yyyy-mm-dd hh:mm|公里|首保/定保|元|(必填)",
        "文本|17位|日期|数字|下拉选择|金额|文本",
        "【必填】|【必填】|格式：2026-03-05|单位：公里||单位：元|例如：赵服务",
        "必填|选填|||||",
    ] {
        let reading = sheet(notes);
        assert_eq!(remarks(&reading), ["H025 2"], "{notes}");
        assert_eq!(super::rows(&reading), [format!("3: {SEEN}")], "{notes}");
    }
    // Data with a word among them, and notes further down.
    let reading = sheet("W9|LSVAB2183E2100001|2026-11-16|@1|定保|@2|文本");
    assert_eq!(super::rows(&reading).len(), 2, "{:?}", remarks(&reading));
    let late = read(&book(&[("进厂记录", &[HEAD, ROW, ROW, ROW, "必填|选填|||||"])]));
    assert!(!remarks(&late).iter().any(|remark| remark.starts_with("H025")), "{:?}", remarks(&late));
}

#[test]
fn a_misspelt_title_is_told_apart_from_an_unknown_one() {
    let head = |title: &str| remarks(&read(&book(&[("进厂记录", &[&format!("{HEAD}|{title}"), &format!("{ROW}|")])])));
    assert_eq!(head("付弗方"), ["H023 H1"], "its column stands nowhere");
    assert_eq!(head("里呈"), ["H002 H1"], "its column is there");
    assert_eq!(head("天气"), ["H002 H1"], "near nothing");
}

#[test]
fn rows_under_a_header_that_cannot_be_used_are_counted_as_rejected() {
    let twice = "工单号|底盘号|车架号|进厂时间|里程|类型|总额|服务顾问";
    let row = "W1|LSVAB2183E2100001|LSVAB2183E2100001|2026-11-16 09:20|@10230|定保|@980|赵服务";
    let reading = read(&book(&[("进厂记录", &[twice, row, row, "合计|||||||"])]));
    assert_eq!(remarks(&reading), ["H001 C1 VIN"]);
    let rows = &reading.tables[0].rows;
    assert_eq!(rows.iter().map(|row| (row.row, row.rejected)).collect::<Vec<_>>(), [(2, true), (3, true)]);
    assert!(reading.tables[0].is_unread());
}

#[test]
fn a_header_in_another_order_mid_sheet_ends_the_reading() {
    let other = "VIN|工单号|进厂时间|里程|类型|总额|服务顾问";
    let below = "LSVAB2183E2100001|W2|2026-11-16 09:20|@10230|定保|@980|赵服务";
    let reading = read(&book(&[("进厂记录", &[HEAD, ROW, other, below])]));
    assert_eq!(remarks(&reading), ["H007 3"]);
    let rows = &reading.tables[0].rows;
    assert_eq!(rows.iter().map(|row| (row.row, row.rejected)).collect::<Vec<_>>(), [(2, false), (4, true)]);
    // The same header again is no news.
    assert_eq!(remarks(&read(&book(&[("进厂记录", &[HEAD, ROW, HEAD])]))), Vec::<String>::new());
}

#[test]
fn nothing_recognised_and_nothing_there() {
    assert_eq!(remarks(&read(&book(&[("排名", &["顾问|台数", "李|@3"])]))), ["H005", "W009"]);
    assert_eq!(remarks(&read(&book(&[("排名", &[])]))), ["W005"]);
}

#[test]
fn the_cover_says_who_and_when() {
    let down: &[&str] = &[
        "客户关系周报",
        "店代码|S01",
        "周起|2026-11-09",
        "周止:|2026年11月15日",
        "提交人|王五",
        "提交时间|2026-11-16 10:30",
        "模板版本|1.0",
    ];
    let across: &[&str] =
        &["店代码|周起|周止|提交人|提交时间|模板版本", "S01|2026-11-09|2026-11-15|王五|2026-11-16 10:30|1.0"];
    let inline: &[&str] =
        &["店代码:S01||周起:2026-11-09|周止:2026-11-15", "提交人:王五|提交时间|2026-11-16 10:30|模板版本|1.0"];
    for cover in [down, across, inline] {
        // the cover counts wherever it stands: 11月16日 lies behind its 周止 and was last year's
        let sheets =
            book(&[("进厂记录", &[HEAD, "W1|LSVAB2183E2100001|11月16日|@1|定保|@980|赵服务"]), ("封面", cover)]);
        let reading = read_at(&sheets, "S01/周报/a.xlsx");
        assert_eq!(rows(&reading), ["2*: W1 LSVAB2183E2100001 2025-11-16 1 定保 980.00 赵服务"]);
        assert_eq!(remarks(&reading), ["C002 C2 进厂时间"]);
        let shown = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        assert_eq!((shown(reading.from), shown(reading.to)), ("2026-11-09".to_owned(), "2026-11-15".to_owned()));
        assert_eq!(reading.submitted_at.map(|at| at.display()).as_deref(), Some("2026-11-16 10:30"));
        assert_eq!(reading.submitted_by.as_deref(), Some("王五"));
        assert_eq!(reading.template_version.as_deref(), Some("1.0"));
        assert_eq!(reading.basis, OrderBasis::Cover);
    }
}

#[test]
fn a_cover_of_another_store_or_with_a_bad_date() {
    let sheet: (&str, &[&str]) = ("进厂记录", &[HEAD, ROW]);
    let reading = read(&book(&[("封面", &["店代码|S02", "周止|2026-02-30"]), sheet]));
    assert_eq!(remarks(&reading), ["C003 B2 周止", "S006 B1 店代码", "S033"]);
    assert_eq!(reading.basis, OrderBasis::Path);
    assert_eq!(remarks(&read(&book(&[("封面", &["店代码|s01", "提交时间|2026-11-23"]), sheet]))), Vec::<String>::new());
}

#[test]
fn a_cover_for_another_week_than_the_path() {
    let of = |to: &str, path: &str| {
        let cover = format!("周止|{to}");
        let reading =
            read_at(&book(&[("封面", &[&cover, "提交时间|2026-11-23 09:00"]), ("进厂记录", &[HEAD, ROW])]), path);
        assert_eq!(reading.to.map(|day| day.to_string()).as_deref(), Some(to), "the cover counts");
        assert_eq!(reading.week_at.as_ref().map(|(sheet, row, col)| (&**sheet, *row, *col)), Some(("封面", 1, 1)));
        remarks(&reading)
    };
    for (to, path) in [
        ("2026-11-15", "S01/2026-W47/a.xlsx"),
        ("2026-11-29", "S01/2026-W47/a.xlsx"),
        ("2026-11-01", "S01/20261116-20261122.xlsx"),
        ("2026-11-09", "S01/2026-11-22 周报.xlsx"),
        ("2027-11-22", "S01/2026-11-22 周报.xlsx"),
    ] {
        assert_eq!(of(to, path), ["S032 B1 周止"], "{to} {path}");
    }
    for (to, path) in [
        ("2026-11-22", "S01/2026-W47/a.xlsx"),
        ("2026-11-20", "S01/2026-W47/a.xlsx"),
        ("2026-11-22", "S01/周报20261123.xlsx"),
        ("2026-11-22", "S01/周报20261116.xlsx"),
        ("2026-11-22", "S01/a.xlsx"),
    ] {
        assert_eq!(of(to, path), Vec::<String>::new(), "{to} {path}");
    }
}

#[test]
fn a_csv_is_a_sheet_named_after_its_file() {
    let text = format!("{}\n{}\n", HEAD.replace('|', ","), ROW.replace('|', ",").replace('@', ""));
    let reading = read_at(&encoding_rs::GB18030.encode(&text).0, "S01/2026-W47/进厂记录.csv");
    assert_eq!(rows(&reading), [format!("2: {SEEN}")]);
    assert_eq!(&*reading.tables[0].sheet, "进厂记录");
    assert_eq!(remarks(&reading), Vec::<String>::new());
}
