//! Where headers stand and how they are written.

use super::*;
use crate::intake::{
    header::{self, Header},
    raw::{Raw, RowBuf},
};

fn lines(first_row: u32, lines: &[&str]) -> Vec<RowBuf> {
    let row = |(i, line): (usize, &&str)| {
        let cells = line.split('|').enumerate().filter(|(_, text)| !text.trim().is_empty());
        let cells = cells.map(|(col, text)| (col as u32, Raw::Text(text.trim().into()))).collect();
        RowBuf { row: first_row + i as u32, cells, ..RowBuf::default() }
    };
    lines.iter().enumerate().map(row).filter(|row| !row.cells.is_empty()).collect()
}

/// `id@row field=column …` and what is unknown, twice, missing.
fn found(rows: &[RowBuf], sheet_name: &str) -> String {
    let plan = Plan::of(&catalog());
    let Some(header) = header::find(rows, sheet_name, &plan) else { return "none".to_owned() };
    let Header { sheet, row, columns, unknown, twice, missing, .. } = header;
    let sheet = &plan.sheets[sheet];
    let mut columns: Vec<(u32, &str)> = columns
        .iter()
        .zip(&sheet.columns)
        .filter_map(|(at, column)| at.map(|(col, _)| (col, &*column.title)))
        .collect();
    columns.sort_unstable();
    let mut text = format!("{}@{row}", sheet.id);
    for (col, title) in columns {
        text.push_str(&format!(" {}{title}", crate::model::CellRef::column_letters(col)));
    }
    for (col, header) in unknown {
        text.push_str(&format!(" ?{}{header}", crate::model::CellRef::column_letters(col)));
    }
    for (col, field) in twice {
        text.push_str(&format!(" 2{}{}", crate::model::CellRef::column_letters(col), sheet.columns[field].title));
    }
    for field in missing {
        text.push_str(&format!(" -{}", sheet.columns[field].title));
    }
    text
}

const PLAIN: &str = "service_visit@1 A工单号 BVIN C进厂时间 D里程 E类型 F总额 G服务顾问";

#[test]
fn titles_in_many_dresses() {
    for head in [
        "工单号|VIN|进厂时间|里程|类型|总额|服务顾问",
        "工 单 号|车架号(17位)|进厂时间*|里程(公里)|类型|总额(元)|SA",
        "工单编号|VIN码|来厂日期|行驶里程km|维修类型|结算金额|接待",
        "工單號|車架號|進廠時間|里程|類型|總額|服務顧問",
        "\u{FEFF}工单号|VIN|进厂时间:|*里程|【必填】类型|总额[元]|服务顾问",
    ] {
        assert_eq!(found(&lines(1, &[head]), "Sheet1"), PLAIN, "{head}");
    }
}

#[test]
fn anywhere_in_the_first_30_rows() {
    let head = "|||工单号|VIN|进厂时间|里程|类型|总额|服务顾问";
    let expected = |row: u32| format!("service_visit@{row} D工单号 EVIN F进厂时间 G里程 H类型 I总额 J服务顾问");
    assert_eq!(found(&lines(3, &["浦东店", head, "x|y"]), "Sheet1"), expected(4));
    assert_eq!(found(&lines(30, &[head]), "Sheet1"), expected(30));
    assert_eq!(found(&lines(31, &[head]), "Sheet1"), "none");
}

#[test]
fn two_levels() {
    let rows = lines(
        2,
        &[
            "编号|客户信息||推荐人|意向|||接触||来源|",
            "|姓名|电话|电话|车型|级别|级别更新时间|首次接触时间|销售顾问|渠道|备注",
        ],
    );
    assert_eq!(
        found(&rows, "Sheet1"),
        "prospect@3 A潜客编号 B客户姓名 C手机号 D推荐人电话 E意向车型 F级别 G级别更新时间 H首次接触时间 I销售顾问 J渠道 ?K备注"
    );
    // A title above a plain header is no group.
    let rows = lines(1, &["浦东店进厂台账", "工单号|VIN|进厂时间|里程|类型|总额|服务顾问"]);
    assert_eq!(found(&rows, "Sheet1"), PLAIN.replace("@1", "@2"));
    // A data row below the header is no second level.
    let rows = lines(1, &["工单号|VIN|进厂时间|里程|类型|总额|服务顾问", "W1||||||"]);
    assert_eq!(found(&rows, "Sheet1"), PLAIN);
}

#[test]
fn titles_beat_synonyms_and_two_headers_are_told() {
    // 投诉编号 is the title of one sheet's key and a synonym of another's column: each sheet takes its own.
    let complaint = "投诉编号|受理时间|客户键|类别|责任部门";
    assert_eq!(found(&lines(1, &[complaint]), "x"), "complaint@1 A投诉编号 B受理时间 C客户键 D类别 E责任部门");
    let twice = "工单号|VIN|车架号|进厂时间|里程|类型|总额|服务顾问";
    assert!(found(&lines(1, &[twice]), "x").ends_with(" 2CVIN"));
    // The title wins even when a synonym stands before it.
    assert!(found(&lines(1, &["车架号|VIN|工单号|进厂时间|里程|类型|总额|服务顾问"]), "x").ends_with(" 2AVIN"));
}

#[test]
fn half_a_header_needs_the_sheets_name() {
    // 3 of 7 required columns
    let half = "工单号|VIN|总额";
    assert_eq!(found(&lines(1, &[half]), "Sheet1"), "none");
    let missing = "service_visit@1 A工单号 BVIN C总额 -进厂时间 -里程 -类型 -服务顾问";
    for name in ["进厂记录", "进厂记录(11月)", "2026-11 进厂台账", "第47周进厂"] {
        assert_eq!(found(&lines(1, &[half]), name), missing, "{name}");
    }
    assert_eq!(found(&lines(1, &[half]), "进厂汇总"), "none");
    // 4 of 7 are more than half
    let most = "工单号|VIN|总额|类型";
    assert_eq!(
        found(&lines(1, &[most]), "Sheet1"),
        "service_visit@1 A工单号 BVIN D类型 C总额 -进厂时间 -里程 -服务顾问".replace("D类型 C总额", "C总额 D类型")
    );
}

#[test]
fn the_nearest_title() {
    let plan = Plan::of(&catalog());
    let sheet = &plan.sheets[0];
    assert_eq!(header::nearest("手几号", sheet), Some("手机号"));
    assert_eq!(header::nearest("电话号吗", sheet), Some("手机号"), "by its synonym");
    assert_eq!(header::nearest("天气情况", sheet), None);
    assert_eq!(header::nearest("序号", sheet), None, "half of a short title is not near");
}
