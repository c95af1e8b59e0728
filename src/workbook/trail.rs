//! 审计追踪: each KPI value with its numerator, denominator and excluded rows; the value recomputes.

use super::{
    book::{Cell, Column, MOST_ROWS, Page},
    kpi_row,
};
use crate::{
    model::{Grain, KpiValue, Scope},
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::XlsxError;

/// The Chinese name of a scope.
fn scope_title(scope: Scope) -> &'static str {
    match scope {
        Scope::Group => "集团",
        Scope::Region => "区域",
        Scope::Brand => "品牌",
        Scope::Store => "门店",
        Scope::Staff => "人员",
        Scope::Channel => "渠道",
        Scope::Model => "车型",
    }
}

/// The values the trail holds: of every scope but persons, for the months of the pack, its quarters, years and the
/// cut-off.
fn lines<'a>(material: &'a Material<'_>, index: &'a KpiIndex<'_>, months: &'a Months) -> Vec<&'a KpiValue> {
    let scopes = [Scope::Group, Scope::Region, Scope::Brand, Scope::Store, Scope::Channel, Scope::Model];
    let kpis = material.catalog.kpis.iter();
    let all = kpis.flat_map(|kpi| scopes.iter().flat_map(move |scope| index.scope(&kpi.id, *scope)));
    let since = months.shown.first().map(|month| month.start);
    all.filter(|value| value.period.grain != Grain::Week && since.is_none_or(|since| value.period.end() > since))
        .collect()
}

/// Writes the sheet.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    index: &KpiIndex<'_>,
    months: &Months,
) -> Result<(), XlsxError> {
    let lines = lines(material, index, months);
    let cut = if lines.len() > MOST_ROWS { "行数超出工作表上限，其余见 data/kpi.csv。" } else { "" };
    page.head(
        "审计追踪",
        &["值 = 分子 ÷ 分母；分母为空的是合计类指标，值即分子。不计入：计入范围但无法判定的行，不进分子分母。", cut],
    )?;
    let style = page.style;
    let columns = vec![
        Column::new("指标代码", 18.0, &style.muted),
        Column::new("指标", 24.0, &style.text),
        Column::new("范围", 9.0, &style.center),
        Column::new("对象代码", 14.0, &style.muted),
        Column::new("对象", 22.0, &style.text),
        Column::new("期间", 13.0, &style.center),
        Column::new("分子", 14.0, &style.count),
        Column::new("分母", 14.0, &style.count),
        Column::new("不计入", 9.0, &style.count),
        Column::figures("值", 16.0, &style.text),
        Column::figures("目标", 11.0, &style.text),
        Column::new("状态", 11.0, &style.center),
    ];
    let mut table = page.table(columns, 2)?;
    let mut rest = lines.into_iter().take(MOST_ROWS).peekable();
    while let Some(value) = rest.next() {
        let Some(kpi) = material.catalog.kpi(&value.kpi) else { continue };
        let store = material.stores.iter().find(|store| value.scope == Scope::Store && store.id == value.scope_id);
        // The values of one id stand together: its formats and names are found once.
        let format = style.value(kpi);
        let mut one = Some(value);
        while let Some(value) = one {
            let row = table.excel_row();
            table.push(vec![
                Cell::text(&*value.kpi),
                Cell::text(kpi_row::title(kpi)),
                Cell::text(scope_title(value.scope)),
                Cell::text(&*value.scope_id),
                Cell::text(match (value.scope, store) {
                    (Scope::Group, _) => material.settings.group.as_str(),
                    (_, Some(store)) => store.name.as_str(),
                    _ => &*value.scope_id,
                }),
                Cell::text(value.period.to_string()),
                kpi_row::sum(style, Some(value.numerator)),
                kpi_row::sum(style, value.denominator),
                Cell::Number(value.excluded as f64),
                kpi_row::formula(value, &format!("G{row}"), &format!("H{row}")).styled(format.clone()),
                kpi_row::quantity(style, kpi, value.target),
                kpi_row::status(style, Some(value)),
            ])?;
            one = rest
                .next_if(|next| next.kpi == value.kpi && next.scope == value.scope && next.scope_id == value.scope_id);
        }
    }
    table.finish("没有指标值。")?;
    Ok(())
}
