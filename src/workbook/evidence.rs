//! 指标依据: the rows behind a store's figures, what failed first, each with its workbook, sheet and cell.

use super::{
    book::{Cell, Column, MOST_ROWS, Page},
    kpi_row,
};
use crate::{
    model::{Grain, LineageRow, Period, Role},
    report::{Material, pack::column_title},
};
use rust_xlsxwriter::XlsxError;

/// The sheet's name.
pub(super) const SHEET: &str = "指标依据";

/// The part a row plays, in words and with a mark.
fn role_words(role: Role) -> &'static str {
    match role {
        Role::Failed => "✗ 未达标",
        Role::Excluded => "? 不计入",
        Role::Passed => "✓ 达标",
    }
}

/// Writes the sheet: `rows` is one slice for each KPI.
pub(super) fn write(page: &mut Page<'_>, material: &Material<'_>, rows: &[&[LineageRow]]) -> Result<(), XlsxError> {
    let total: usize = rows.iter().map(|rows| rows.len()).sum();
    let since =
        format!("{} 起逐行列出；按“指标”“月份”“判定”筛选即得每个数字的分子、分母和不计入。", material.lineage_since);
    let cut = if total > MOST_ROWS { "行数超出工作表上限，后面的指标未列全。" } else { "" };
    page.head(SHEET, &[&since, cut])?;
    let style = page.style;
    let columns = vec![
        Column::new("指标", 24.0, &style.text),
        Column::new("月份", 10.0, &style.center),
        Column::new("判定", 13.0, &style.center),
        Column::new("人员", 12.0, &style.text),
        Column::new("日期", 12.0, &style.date),
        Column::new("计入分子", 11.0, &style.count),
        Column::new("计入分母", 11.0, &style.count),
        Column::new("工作簿", 34.0, &style.text),
        Column::new("工作表", 14.0, &style.text),
        Column::new("单元格", 9.0, &style.center),
        Column::new("依据", 60.0, &style.text),
    ];
    let mut table = page.table(columns, 1)?;
    for row in rows.iter().flat_map(|rows| rows.iter()).take(MOST_ROWS) {
        let kpi = material.catalog.kpi(&row.kpi);
        let fact = kpi.map_or("", |kpi| &*kpi.fact);
        let mut evidence = String::new();
        for (column, value) in row.evidence.iter().filter(|(_, value)| !value.is_empty()) {
            let gap = if evidence.is_empty() { "" } else { "；" };
            evidence.push_str(&format!("{gap}{}：{value}", column_title(material.catalog, fact, column)));
        }
        table.push(vec![
            Cell::text(kpi.map_or(&*row.kpi, |kpi| kpi.title.zh.as_str())),
            Cell::text(Period::of(Grain::Month, row.day).to_string()),
            Cell::text(role_words(row.role)),
            Cell::text(row.staff.as_deref().unwrap_or_default()),
            Cell::Date(row.day),
            kpi_row::sum(style, Some(row.numerator)),
            kpi_row::sum(style, Some(row.denominator)),
            Cell::text(&*row.place.workbook),
            Cell::text(&*row.place.sheet),
            Cell::text(row.place.cell()),
            Cell::text(evidence),
        ])?;
    }
    table.finish("这段时间没有计入指标的行。")?;
    Ok(())
}
