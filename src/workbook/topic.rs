//! One topic: its KPIs by month, for the group and for every store.

use super::{
    book::{Cell, Column, Page, text_width},
    kpi_row,
    style::BLUE,
};
use crate::{
    catalog::{Kpi, Unit},
    model::{Scope, Status},
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::{Sparkline, XlsxError};

/// Column of the first month, from 0.
const FIRST_MONTH: u16 = 4;

/// Writes the sheet.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    index: &KpiIndex<'_>,
    months: &Months,
    title: &str,
    kpis: &[&Kpi],
) -> Result<(), XlsxError> {
    page.head(title, &["✓ 达标，✗ 未达标，无标记：没有目标。按“指标”或“门店”筛选；分子、分母见“审计追踪”。"])?;
    let style = page.style;
    let widest = |names: &mut dyn Iterator<Item = f64>| names.fold(10.0, f64::max).min(28.0) + 2.0;
    let month_width = if kpis.iter().any(|kpi| kpi.unit == Unit::Yuan) { 15.5 } else { 10.0 };
    let mut columns = vec![
        Column::new("指标", widest(&mut kpis.iter().map(|kpi| text_width(&kpi_row::title(kpi)))), &style.text),
        Column::new("门店", widest(&mut material.stores.iter().map(|store| text_width(&store.name))), &style.text),
        Column::figures("目标", month_width - 1.0, &style.text),
        Column::figures("走势", 14.0, &style.text),
    ];
    columns.extend(months.shown.iter().map(|month| Column::figures(month.to_string(), month_width, &style.text)));
    let last = FIRST_MONTH + u16::try_from(months.shown.len() - 1).unwrap_or_default();
    let sheet = page.name.clone();
    let mut table = page.table(columns, 2)?;
    for kpi in kpis {
        let group = [("集团", Scope::Group, "group")];
        let stores = material.stores.iter().map(|store| (store.name.as_str(), Scope::Store, &*store.id));
        for (name, scope, id) in group.into_iter().chain(stores) {
            let series = index.series(&kpi.id, scope, id);
            let at = |month| series.iter().find(|value| value.period == month);
            let target = at(months.closed).and_then(|value| value.target);
            let mut cells = vec![
                Cell::text(kpi_row::title(kpi)),
                Cell::text(name),
                kpi_row::quantity(style, kpi, target),
                Cell::Blank,
            ];
            cells.extend(months.shown.iter().map(|month| match at(*month) {
                None => Cell::Blank,
                Some(value) if value.status == Status::NoData => Cell::Blank,
                value => kpi_row::judged(style, kpi, value),
            }));
            let row = table.excel_row() - 1;
            table.push(cells)?;
            let trend = Sparkline::new()
                .set_range((sheet.as_str(), row, FIRST_MONTH, row, last))
                .set_sparkline_color(BLUE)
                .show_last_point(true);
            table.sheet().add_sparkline(row, FIRST_MONTH - 1, &trend)?;
        }
    }
    table.finish("没有指标。")?;
    Ok(())
}
