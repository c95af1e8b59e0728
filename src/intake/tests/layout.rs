//! Where headers stand and how they are written.

use super::*;
use crate::intake::{
    header::{self, Header, Unknown},
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
    let plan = plan();
    let Some(header) = header::find(rows, sheet_name, plan) else { return "none".to_owned() };
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
    for Unknown { col, text: header, taken } in unknown {
        let taken = taken.map_or_else(String::new, |field| format!("={}", sheet.columns[field].title));
        text.push_str(&format!(" ?{}{header}{taken}", crate::model::CellRef::column_letters(col)));
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
        "prospect@3 A潜客编号 B客户姓名 C手机号 D推荐人电话 E意向车型 F级别 G级别更新时间 H首次接触时间 I销售顾问 J渠道"
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
    // The very title wins, wherever it stands; the synonym is no column then.
    let both = "工单号|VIN|车架号|进厂时间|里程|类型|总额|服务顾问";
    assert!(found(&lines(1, &[both]), "x").ends_with(" ?C车架号=VIN"));
    assert!(found(&lines(1, &["车架号|VIN|工单号|进厂时间|里程|类型|总额|服务顾问"]), "x").ends_with(" ?A车架号=VIN"));
    // Of two synonyms, or of two very titles, nobody knows which.
    assert!(found(&lines(1, &["工单号|底盘号|车架号|进厂时间|里程|类型|总额|服务顾问"]), "x").ends_with(" 2CVIN"));
    assert!(found(&lines(1, &["工单号|VIN|VIN|进厂时间|里程|类型|总额|服务顾问"]), "x").ends_with(" 2CVIN"));
}

#[test]
fn words_that_make_another_column() {
    let head = "客户姓名|手机号|首次接触时间|级别|级别更新时间|意向车型|渠道|销售顾问";
    let known = found(&lines(1, &[head]), "x");
    for other in [
        "交车日期(预计)",
        "预计交车日期",
        "交车日期预计",
        "（计划）交车日期",
        "预算(指导价)",
        "客户姓名(推荐人)",
        "原级别",
        "级别(上次)",
        "上次级别",
    ] {
        assert_eq!(found(&lines(1, &[&format!("{head}|{other}")]), "x"), format!("{known} ?I{other}"));
    }
    assert!(found(&lines(1, &[&format!("{head}|预计购车日(填日期)")]), "x").ends_with(" I预计购车日"));
    assert!(found(&lines(1, &[&format!("{head}|下订日期【预计】")]), "x").ends_with(" I预计购车日"), "as 预计下订日期");
    // In the order sheet the same words are a column of ours.
    let order = found(&lines(1, &["订单号|车型|顾问|客户电话|下订日期|交车日期(预计)"]), "x");
    assert!(order.ends_with(" F承诺交车日"), "{order}");
    // A group title does as much as a word in the title.
    let below = lines(1, &[&format!("{head}|推荐人|"), "||||||||姓名|电话"]);
    assert_eq!(found(&below, "x"), format!("{} J推荐人电话 ?I推荐人·姓名", known.replace("@1", "@2")));
    let below = lines(1, &[&format!("{head}|计划信息|"), "||||||||下订日期|交车日期"]);
    assert_eq!(found(&below, "x"), format!("{known} ?I计划信息"), "neither date is one of what has happened");
}

#[test]
fn a_store_may_head_its_columns_by_words_of_its_own() {
    let of = |sheet: &str, title: &str, column: &str| crate::project::MappedColumn {
        sheet: sheet.into(),
        title: title.into(),
        column: column.into(),
    };
    let own =
        [of("prospect", "称呼", "客户姓名"), of("prospect", "推荐人·姓名", "信息途径"), of("prospect", "内部码", "")];
    let plan = plan().with_columns(&own);
    let head = "称呼|手机号|首次接触时间|级别|级别更新时间|意向车型|渠道|销售顾问|内部码|外部码|推荐人";
    let rows = lines(1, &[head, "||||||||||姓名"]);
    let header = header::find(&rows, "Sheet1", &plan).expect("a header");
    assert_eq!(header.columns[1], Some((0, 1)));
    assert_eq!(header.columns[14], Some((10, 1)));
    assert!(header.missing.is_empty() && header.twice.is_empty());
    assert_eq!(header.unknown.iter().map(|unknown| &*unknown.text).collect::<Vec<_>>(), ["外部码"]);
}

#[test]
fn a_header_that_is_gone() {
    let data = "QK0001|张三|13800001234|2026-11-16 10:30|B|2026-11-16|Q5L|自然到店|李销售";
    let plan = plan();
    let absent = |rows: &[RowBuf], name: &str| header::find(rows, name, plan).map(|header| header.absent);
    assert_eq!(absent(&lines(1, &[data, data]), "潜客表"), Some(true));
    assert_eq!(absent(&lines(1, &["浦东店", "", data]), "潜客台账"), Some(true));
    // A method of contact is also a title: one hit makes no header.
    assert_eq!(
        absent(&lines(1, &["潜客|QK0001|周期跟进|2026-11-16|2026-11-16 10:00|电话|是|成功"]), "回访记录"),
        Some(true)
    );
    assert_eq!(absent(&lines(1, &[data]), "Sheet1"), None);
    // Titles of the store's own are a header with columns missing.
    assert_eq!(absent(&lines(1, &["姓名|微信|尾号|来源地|跟进情况"]), "潜客表"), Some(false));
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
    let plan = plan();
    let sheet = &plan.sheets[0];
    let nearest = |text| header::nearest(text, sheet).map(|field| &*sheet.columns[field].title);
    assert_eq!(nearest("手几号"), Some("手机号"));
    assert_eq!(nearest("电话号吗"), Some("手机号"), "by its synonym");
    assert_eq!(nearest("天气情况"), None);
    assert_eq!(nearest("序号"), None, "half of a short title is not near");
    // A planned delivery is none.
    assert_eq!(nearest("计划交车日期"), None);
    assert_eq!(nearest("预计购车日期间"), Some("预计购车日"));
}
