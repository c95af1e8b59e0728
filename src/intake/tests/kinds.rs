//! What clerks do to sheets, each in a workbook and, where it can occur there, in a csv: nothing is lost or wrong in silence.

use super::{
    sheets::{HEAD, ROW, SEEN, book, fill},
    *,
};
use rust_xlsxwriter::{Format, Workbook};

/// The same lines as a workbook and as a csv.
fn both(lines: &[&str]) -> [Reading; 2] {
    let text: String = lines.iter().map(|line| format!("{}\r\n", line.replace('|', ",").replace('@', ""))).collect();
    [read(&book(&[("进厂记录", lines)])), read_at(text.as_bytes(), "S01/2026-W47/进厂记录.csv")]
}

/// The codes and cells of what is said, C001 aside.
fn said(reading: &Reading) -> Vec<String> {
    remarks(reading).into_iter().filter(|remark| !remark.starts_with("C001")).collect()
}

fn counted(reading: &Reading) -> Vec<(u32, bool)> {
    reading.tables[0].rows.iter().map(|row| (row.row, row.rejected)).collect()
}

#[test]
fn rows_above_the_header_are_told_and_rejected() {
    for reading in both(&[ROW, ROW, "浦东店|11月", ROW, HEAD, ROW]) {
        assert_eq!(said(&reading), ["H019 5"]);
        assert_eq!(counted(&reading), [(1, true), (2, true), (4, true), (6, false)]);
        let rows = reading.remarks.iter().find(|remark| remark.code == "H019").map(|remark| remark.args.clone());
        assert_eq!(rows, Some(crate::arguments! { "rows" => "1–2, 4", "header" => 5_u64 }));
    }
    // A heading, who filled it in and when, notes on how to: none of them reads like data.
    let head = ["浦东店进厂台账", "制表人|王五|2026-11-16", "必填|必填|必填|必填|选填|选填|选填", HEAD, ROW];
    for reading in both(&head) {
        assert_eq!(said(&reading), [""; 0]);
        assert_eq!(counted(&reading), [(5, false)]);
    }
}

#[test]
fn a_header_that_was_deleted_is_told_without_a_customers_data() {
    for reading in both(&[ROW, ROW, "合计||||||", "注"]) {
        assert_eq!(said(&reading), ["H020"]);
        assert_eq!(counted(&reading), [(1, true), (2, true)]);
        assert!(!format!("{:?}", reading.remarks).contains("LSVAB"));
        assert!(reading.tables[0].is_unread());
    }
}

#[test]
fn text_under_no_title_is_told_at_its_header_cell() {
    let head = HEAD.replace("|里程", "||里程");
    let with = |note: &str, end: &str| format!("{}{end}", ROW.replace("|@10230", &format!("|{note}|@10230")));
    let (plain, first, second) = (with("", ""), with("客户要求退订", ""), with("@5", "|下周三再来"));
    let reading = read(&book(&[("进厂记录", &[&head, &plain, &first, &second])]));
    assert_eq!(said(&reading), ["H018 D1", "H018 I1"]);
    let args: Vec<String> = reading.remarks.iter().map(|remark| format!("{:?}", remark.args)).collect();
    assert!(args[0].contains("\"D\"") && args[0].contains("\"3\"") && args[0].contains("\"2\""), "{args:?}");
    assert_eq!(rows(&reading), [2, 3, 4].map(|row| format!("{row}: {SEEN}")));
    // Under a title that nobody knows, or 备注, it is another matter.
    let noted = format!("{HEAD}|备注");
    assert_eq!(said(&read(&book(&[("进厂记录", &[&noted, &with("", "").replace("||", "|")])]))), [""; 0]);
    // A total has its own column sometimes.
    assert_eq!(said(&read(&book(&[("进厂记录", &[HEAD, ROW, "合计||||||||@3"])]))), [""; 0]);
}

#[test]
fn many_columns_without_a_title_are_told_in_one_go() {
    let wide = format!("{ROW}{}", "|x".repeat(40));
    let reading = read(&book(&[("进厂记录", &[HEAD, &wide, ROW])]));
    assert_eq!(said(&reading).len(), 16);
    assert!(format!("{:?}", reading.remarks[15].args).contains("24"));
}

#[test]
fn a_comma_too_many_shifts_a_row() {
    let shifted = ROW.replace("定保", "定保,小");
    let [grid, csv] = both(&[HEAD, ROW, &shifted]);
    // Nothing is shifted in a workbook by a comma.
    assert_eq!(said(&grid), ["C006 E3 类型"]);
    assert_eq!(said(&csv), ["W021 3", "C004 F3 总额"]);
    assert_eq!(counted(&csv), [(2, false), (3, true)]);
    // In a workbook a cell was inserted: what stands behind the last column belongs into it.
    let inserted = ROW.replace("|@10230", "||@10230");
    let reading = read(&book(&[("进厂记录", &[HEAD, ROW, &inserted])]));
    assert!(said(&reading).contains(&"H022 H3".to_owned()), "{:?}", said(&reading));
    // A note behind the table is none of the row; a column without a title that every row has shifts nothing.
    assert_eq!(said(&read(&book(&[("进厂记录", &[HEAD, ROW, &format!("{ROW}|待回电")])]))), ["H018 H1"]);
    let lines = [HEAD.to_owned(), format!("{ROW}|甲"), format!("{ROW}|乙"), format!("{ROW}|丙")];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for reading in both(&lines) {
        assert_eq!(said(&reading), ["H018 H1"]);
        assert!(counted(&reading).iter().all(|(_, rejected)| !rejected));
    }
}

#[test]
fn merged_cells_are_filled_down() {
    let mut book = Workbook::new();
    let format = Format::new();
    let sheet = book.add_worksheet();
    fill(
        sheet,
        "进厂记录",
        &[
            HEAD,
            ROW,
            &ROW.replace("W1", "W2").replace("|定保", "|").replace("|赵服务", "|"),
            &ROW.replace("W1", "W3").replace("|定保", "|").replace("|赵服务", "|钱服务"),
        ],
    );
    sheet.merge_range(1, 4, 3, 4, "定保", &format).expect("merged");
    sheet.merge_range(1, 6, 2, 6, "赵服务", &format).expect("merged");
    // Side by side means nothing for the rows below.
    sheet.merge_range(3, 2, 3, 3, "2026-11-16 09:20", &format).expect("merged");
    let reading = read(&book.save_to_buffer().expect("a workbook"));
    assert_eq!(said(&reading), ["C019 E2 类型", "C019 G2 服务顾问", "C007 D4 里程"]);
    let shown = rows(&reading);
    assert_eq!(shown[1], format!("3*: {}", SEEN.replace("W1", "W2")));
    assert_eq!(shown[2], "4*!: W3 LSVAB2183E2100001 2026-11-16 09:20 定保 980.00 钱服务");
}

#[test]
fn the_header_again_in_other_words_is_no_other_header() {
    let again = "工单编号|车架号|来厂日期|行驶里程|维修类型|结算金额|接待";
    for reading in both(&[HEAD, ROW, again, ROW, &HEAD.replace("里程", "里程(公里)"), ROW]) {
        assert_eq!(said(&reading), [""; 0]);
        assert_eq!(counted(&reading), [(2, false), (4, false), (6, false)]);
    }
    // In another unit, or with its columns in another order, it is.
    for other in [
        "工单编号|车架号|来厂日期|行驶里程(万公里)|维修类型|结算金额|接待",
        "车架号|工单编号|来厂日期|行驶里程|维修类型|结算金额|接待",
    ] {
        for reading in both(&[HEAD, ROW, other, ROW]) {
            assert_eq!(said(&reading), ["H007 3"]);
            assert_eq!(counted(&reading), [(2, false), (4, true)]);
        }
    }
}

#[test]
fn a_title_that_is_an_error_value_is_told() {
    let head = format!("{HEAD}|#REF!|工时费");
    for reading in both(&[&head, &format!("{ROW}|x|@300")]) {
        assert_eq!(said(&reading), ["H021 H1"]);
        assert_eq!(counted(&reading), [(2, false)]);
    }
}

#[test]
fn harmless_columns_are_silent() {
    let head = format!("序号|{HEAD}|备注|门店备注");
    for reading in both(&[&head, &format!("@1|{ROW}|x|y")]) {
        assert_eq!(said(&reading), [""; 0]);
    }
}
