//! Targets with the months across.

use super::{sheets::book, *};

/// `cell: values` of every row of every table: the cell is that of 目标值.
fn cells(reading: &Reading) -> Vec<String> {
    let catalog = catalog();
    let mut all = Vec::new();
    for table in &reading.tables {
        assert_eq!(&*table.kind, "target");
        let field = catalog.sheet("target").and_then(|sheet| sheet.field("value")).expect("a field");
        for row in &table.rows {
            let cell = table.place(&"a".into(), row.row, Some(field)).cell();
            let values: Vec<String> = row.values.iter().filter(|v| !v.is_null()).map(|v| v.display()).collect();
            all.push(format!("{cell}{}: {}", if row.rejected { "!" } else { "" }, values.join(" ")));
        }
    }
    all
}

#[test]
fn every_value_is_a_row_at_its_own_cell() {
    let reading = read(&book(&[(
        "2026年目标",
        &["对象|指标|1月|2月|10月份", "李销售|订单|@5|@6|12台", "周销售|订单||@4|", "合计||@5|@10|"],
    )]));
    assert_eq!(remarks(&reading), ["C001 E2 目标值"]);
    assert_eq!(
        cells(&reading),
        [
            "C2: 2026-01 李销售 订单 5",
            "D2: 2026-02 李销售 订单 6",
            "D3: 2026-02 周销售 订单 4",
            "E2: 2026-10 李销售 订单 12"
        ]
    );
}

#[test]
fn months_may_be_written_with_their_year_or_be_dates_or_whole_years() {
    let reading = read(&book(&[(
        "目标分解",
        &["层级|对象|指标|版本|2026-11|2026年12月|2027年", "店|S01|AAK|2026-10|@30|@35|@400"],
    )]));
    assert_eq!(remarks(&reading), [""; 0]);
    assert_eq!(
        cells(&reading),
        [
            "E2: 2026-11 店 S01 AAK 30 2026-10-01",
            "F2: 2026-12 店 S01 AAK 35 2026-10-01",
            "G2: 2027 店 S01 AAK 400 2026-10-01"
        ]
    );
}

#[test]
fn what_is_wrong_in_a_shared_cell_is_said_once_and_in_a_value_at_its_cell() {
    let reading =
        read(&book(&[("目标", &["层级|对象|指标|2026-01|2026-02", "小组|李销售|订单|@5|很多", "顾问||订单|@1|@2"])]));
    assert_eq!(remarks(&reading), ["C006 A2 层级", "C007 B3 对象", "C004 E2 目标值"]);
    assert_eq!(
        cells(&reading),
        [
            "D2!: 2026-01 李销售 订单 5",
            "D3!: 2026-01 顾问 订单 1",
            "E2!: 2026-02 李销售 订单",
            "E3!: 2026-02 顾问 订单 2"
        ]
    );
}

#[test]
fn months_without_a_year_are_of_the_submission_s_or_of_nobody_s() {
    let sheet: &[(&str, &[&str])] = &[("目标", &["对象|指标|11月|12月", "李销售|订单|@5|@6"])];
    assert_eq!(cells(&read(&book(sheet))), ["C2: 2026-11 李销售 订单 5", "D2: 2026-12 李销售 订单 6"]);
    let reading = read_at(&book(sheet), "S01/目标.xlsx");
    assert_eq!(remarks(&reading), ["C003 C1 月", "C003 D1 月"]);
    assert_eq!(cells(&reading), ["C2!: ", "D2!: "]);
}

#[test]
fn a_list_with_months_in_its_cells_is_no_such_sheet() {
    let reading = read(&book(&[(
        "目标",
        &[
            "月|层级|对象|指标|目标值|版本",
            "2026-10|顾问|李销售|订单|@5|2026-09",
            "2026-11|顾问|李销售|订单|@6|2026-09",
        ],
    )]));
    assert_eq!(remarks(&reading), [""; 0]);
    assert_eq!(reading.tables.len(), 1);
    assert_eq!(
        cells(&reading),
        ["E2: 2026-10 顾问 李销售 订单 5 2026-09-01", "E3: 2026-11 顾问 李销售 订单 6 2026-09-01"]
    );
}

#[test]
fn figures_by_month_of_another_kind_are_no_targets() {
    let reading = read(&book(&[("月报", &["指标|单位|2026-10|2026-11", "成交率|%|@5|@6", "交车率|%|@7|@8"])]));
    assert!(reading.tables.is_empty());
}
