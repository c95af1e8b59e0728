//! 人员指标: a store's KPIs by person for the month of the report. A few rows do not judge a person.

use super::{
    book::{Cell, Column, Page},
    kpi_row,
};
use crate::{
    model::{KpiValue, Quantity, Status},
    project::Store,
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::XlsxError;

/// Below this many rows a person's ratio is shown grey and without a verdict.
const ENOUGH: i64 = 10;

/// The person's values of the month that say something, KPI by KPI.
pub(super) fn values<'a>(
    material: &Material<'_>,
    index: &KpiIndex<'a>,
    months: &Months,
    store: &Store,
) -> Vec<&'a KpiValue> {
    let kpis = material.catalog.kpis.iter();
    let all = kpis.flat_map(|kpi| index.people(&kpi.id, &store.id));
    all.filter(|value| value.period == months.closed && value.status != Status::NoData).collect()
}

/// Writes the sheet.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    months: &Months,
    values: &[&KpiValue],
) -> Result<(), XlsxError> {
    let note = format!("{}。分母不足 {ENOUGH} 的比率样本少，灰色，不作评判。", months.closed.label_zh());
    page.head("人员指标", &[&note])?;
    let style = page.style;
    let columns = vec![
        Column::new("指标", 26.0, &style.text),
        Column::new("人员", 16.0, &style.text),
        Column::figures("值", 16.0, &style.text),
        Column::new("分子", 13.0, &style.count),
        Column::new("分母", 13.0, &style.count),
        Column::new("不计入", 9.0, &style.count),
        Column::figures("目标", 12.0, &style.text),
        Column::new("状态", 14.0, &style.center),
    ];
    let mut table = page.table(columns, 2)?;
    for value in values {
        let Some(kpi) = material.catalog.kpi(&value.kpi) else { continue };
        let few = value.denominator.is_some_and(|rows| rows < Quantity::whole(ENOUGH));
        let name = value.scope_id.split_once('/').map_or(&*value.scope_id, |(_, name)| name);
        let row = table.excel_row();
        let (format, status) = if few {
            let grey = style.value(kpi).set_font_color(super::style::MUTED);
            (grey, Cell::text("样本少").styled(style.status(Status::NoData)))
        } else {
            (style.judged(kpi, value.status), kpi_row::status(style, Some(value)))
        };
        table.push(vec![
            Cell::text(kpi_row::title(kpi)),
            Cell::text(name),
            kpi_row::formula(value, &format!("D{row}"), &format!("E{row}")).styled(format),
            kpi_row::sum(style, Some(value.numerator)),
            kpi_row::sum(style, value.denominator),
            Cell::Number(value.excluded as f64),
            kpi_row::quantity(style, kpi, value.target),
            status,
        ])?;
    }
    table.finish("当月没有按人员统计的指标。")?;
    Ok(())
}
