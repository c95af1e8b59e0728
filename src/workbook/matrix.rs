//! 门店 × 指标: one month, one row for each store, every verdict as a mark behind the number.

use super::{
    book::{Cell, Column, Page, text_width},
    kpi_row,
    style::{MIST, unit_words},
};
use crate::{
    catalog::Unit,
    model::{Period, Scope, Status},
    report::{Material, pack::KpiIndex},
};
use rust_xlsxwriter::{ConditionalFormatDataBar, ConditionalFormatType, XlsxError};

/// Columns before the first KPI.
const LEADING: u16 = 5;

/// Writes the sheet for one month.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    index: &KpiIndex<'_>,
    month: Period,
    title: &str,
) -> Result<(), XlsxError> {
    page.head(
        title,
        &["✓ 达标，✗ 未达标，无标记：没有目标。条形长度按本列比较；百分比列以 100% 为满格。↓ 越低越好。"],
    )?;
    let style = page.style;
    let kpis = &material.catalog.kpis;
    let names = material.stores.iter().map(|store| text_width(&store.name)).fold(12.0, f64::max).min(30.0);
    let mut columns = vec![
        Column::new("门店", names + 2.0, &style.text),
        Column::new("区域", 10.0, &style.muted),
        Column::new("品牌", 10.0, &style.muted),
        Column::new("达标", 8.0, &style.count),
        Column::new("未达标", 9.0, &style.count),
    ];
    for kpi in kpis {
        let wide = if kpi.unit == Unit::Yuan { 17.0 } else { 12.5 };
        columns.push(Column::figures(format!("{}（{}）", kpi_row::title(kpi), unit_words(kpi)), wide, &style.text));
    }
    let mut table = page.table(columns, 1)?;
    let mut line = |name: &str, region: &str, brand: &str, scope: Scope, id: &str| {
        let values: Vec<_> = kpis.iter().map(|kpi| (kpi, index.value(&kpi.id, scope, id, month))).collect();
        let count = |status| values.iter().filter(|(_, value)| value.is_some_and(|v| v.status == status)).count();
        let mut cells = vec![
            Cell::text(name.to_owned()),
            Cell::text(region.to_owned()),
            Cell::text(brand.to_owned()),
            Cell::Number(count(Status::Met) as f64),
            Cell::Number(count(Status::Missed) as f64),
        ];
        cells.extend(values.into_iter().map(|(kpi, value)| kpi_row::judged(style, kpi, value)));
        table.push(cells)
    };
    line("集团", "", "", Scope::Group, "group")?;
    for store in material.stores {
        line(&store.name, &store.region, &store.brand, Scope::Store, &store.id)?;
    }
    let Some((first, last)) = table.finish("没有门店。")? else { return Ok(()) };
    // Two pages across keep the numbers readable; the stores' names stand on both.
    page.sheet.set_print_fit_to_pages(2, 0).set_repeat_columns(0, 0)?;
    for (col, kpi) in (LEADING..).zip(kpis) {
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(MIST)
            .set_solid_fill(true)
            .set_border_off(true)
            .set_minimum(ConditionalFormatType::Number, 0);
        let bar = match kpi.unit {
            Unit::Percent => bar.set_maximum(ConditionalFormatType::Number, 1),
            // The group's own sum would dwarf every store's; the bars compare stores.
            _ => bar,
        };
        let from = if kpi.unit == Unit::Percent || kpi.denominator.is_some() { first } else { first + 1 };
        if from <= last {
            page.sheet.add_conditional_format(from, col, last, col, &bar)?;
        }
    }
    Ok(())
}
