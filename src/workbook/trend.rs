//! 月度趋势: every KPI by month, for the group or one store; what sparklines and charts draw.

use super::{
    book::{Cell, Column, Page},
    kpi_row,
    summary::Whose,
};
use crate::{
    catalog::{Catalog, Kpi},
    model::KpiValue,
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::XlsxError;

/// The sheet's name.
pub(super) const SHEET: &str = "月度趋势";
/// The column of the first month, from 0.
pub(super) const FIRST_MONTH: u16 = 2;
/// The row of the first KPI, from 0: title, note, header above it.
const FIRST_KPI: u32 = 3;

/// The row of a KPI on the sheet, from 0.
pub(super) fn row_of(catalog: &Catalog, kpi: &Kpi) -> u32 {
    let place = catalog.kpis.iter().position(|known| known.id == kpi.id).unwrap_or_default();
    FIRST_KPI + u32::try_from(place).unwrap_or_default()
}

/// Writes the sheet: one row for each KPI of the catalogue, in its order.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    index: &KpiIndex<'_>,
    months: &Months,
    whose: &Whose<'_>,
) -> Result<(), XlsxError> {
    page.head(SHEET, &["每格是当月的值；最后一列若为本月，只算到截止时间。空格：当月无数据或不可算。"])?;
    let style = page.style;
    let mut columns = vec![Column::new("主题", 11.0, &style.muted), Column::new("指标", 26.0, &style.text)];
    columns.extend(months.shown.iter().map(|month| Column::figures(month.to_string(), 12.5, &style.text)));
    let mut table = page.table(columns, FIRST_MONTH)?;
    for kpi in &material.catalog.kpis {
        let series = index.series(&kpi.id, whose.scope, whose.id);
        let value = |month| series.iter().find(|value| value.period == month).and_then(KpiValue::value_f64);
        let mut cells = vec![Cell::text(material.catalog.topic_title(&kpi.topic).zh), Cell::text(kpi_row::title(kpi))];
        let format = style.value(kpi);
        cells.extend(months.shown.iter().map(|month| Cell::number_or_blank(value(*month)).styled(format.clone())));
        table.push(cells)?;
    }
    table.finish("没有指标定义。")?;
    Ok(())
}
