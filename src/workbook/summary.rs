//! KPI values of one month as a table that recomputes: value from numerator and denominator, gap, change, trend.

use super::{
    book::{Cell, Column, Page, text_width},
    kpi_row,
    style::{BLUE, RUST},
    trend,
};
use crate::{
    catalog::{Catalog, Kpi, Unit},
    model::{KpiValue, Scope, Status},
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::{Sparkline, XlsxError};

/// Whose values a table holds.
pub(super) struct Whose<'a> {
    /// The scope.
    pub scope: Scope,
    /// Its id.
    pub id: &'a str,
}

impl Whose<'_> {
    /// The group.
    pub(super) const GROUP: Whose<'static> = Whose { scope: Scope::Group, id: "group" };
}

/// The headline KPIs; where the catalogue has hardly any of them, its first.
pub(super) fn headlines(catalog: &Catalog) -> Vec<&Kpi> {
    let known = catalog.headlines();
    if known.len() >= 4 { known } else { catalog.kpis.iter().take(9).collect() }
}

/// Writes the table at the page's next row. A store's table adds the group's value and the store's rank.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    index: &KpiIndex<'_>,
    months: &Months,
    whose: &Whose<'_>,
    kpis: &[&Kpi],
) -> Result<(), XlsxError> {
    let style = page.style;
    let of_store = whose.scope == Scope::Store;
    let widest = kpis.iter().map(|kpi| text_width(&kpi_row::title(kpi))).fold(16.0, f64::max).min(40.0);
    let mut columns = vec![
        Column::new("主题", 10.0, &style.muted),
        Column::new("指标", widest + 2.0, &style.text),
        Column::figures(months.closed.label_zh(), 14.0, &style.text),
        Column::new("分子", 12.0, &style.count),
        Column::new("分母", 12.0, &style.count),
        Column::new("不计入", 8.0, &style.count),
        Column::figures("目标", 11.0, &style.text),
        Column::figures("与目标差", 16.0, &style.text),
        Column::new("状态", 11.0, &style.center),
        Column::figures("上月", 13.0, &style.text),
        Column::figures("较上月", 16.0, &style.text),
        Column::figures("本月至今", 13.0, &style.text),
    ];
    if of_store {
        columns.push(Column::figures("集团", 13.0, &style.text));
        columns.push(Column::new("名次", 9.0, &style.center));
    } else {
        columns.push(Column::new("有数门店", 10.0, &style.center));
    }
    columns.push(Column::new("近 12 个月走势", 22.0, &style.text));
    let trend_col = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);

    let mut table = page.table(columns, 2)?;
    let previous = months.closed.previous();
    let mut trends = Vec::new();
    for kpi in kpis {
        let series = index.series(&kpi.id, whose.scope, whose.id);
        let at = |period| series.iter().find(|value: &&KpiValue| value.period == period);
        let (now, before) = (at(months.closed), at(previous));
        let (row, plain) = (table.excel_row(), style.value(kpi));
        let (is, was) = (now.and_then(KpiValue::value_f64), before.and_then(KpiValue::value_f64));
        let target = now.and_then(|value| value.target).map(crate::model::Quantity::to_f64);
        let mut cells = vec![
            Cell::text(material.catalog.topic_title(&kpi.topic).zh),
            Cell::text(kpi_row::title(kpi)),
            match now {
                Some(value) => kpi_row::formula(value, &format!("D{row}"), &format!("E{row}"))
                    .styled(style.judged(kpi, value.status)),
                None => Cell::text(Status::NoData.zh()).styled(style.judged(kpi, Status::NoData)),
            },
            kpi_row::sum(style, now.map(|value| value.numerator)),
            kpi_row::sum(style, now.and_then(|value| value.denominator)),
            Cell::number_or_blank(now.map(|value| value.excluded as f64)),
            kpi_row::quantity(style, kpi, now.and_then(|value| value.target)),
            difference(kpi, [&format!("C{row}"), &format!("G{row}")], [is, target]).styled(signed(&plain, kpi)),
            kpi_row::status(style, now),
            Cell::number_or_blank(before.and_then(KpiValue::value_f64)).styled(plain.clone()),
            difference(kpi, [&format!("C{row}"), &format!("J{row}")], [is, was]).styled(signed(&plain, kpi)),
            match months.running {
                Some(running) => kpi_row::judged(style, kpi, at(running)),
                None => Cell::Blank,
            },
        ];
        if of_store {
            let group = index.group(&kpi.id, months.closed).and_then(KpiValue::value_f64);
            cells.push(Cell::number_or_blank(group).styled(plain));
            let rank = index.rank(kpi, material.stores, whose.id, months.closed);
            cells.push(rank.map_or(Cell::Blank, |(place, of)| Cell::text(format!("{place} / {of}"))));
        } else {
            let covered = index.covered(&kpi.id, material.stores, months.closed);
            cells.push(Cell::text(format!("{covered} / {}", material.stores.len())));
        }
        cells.push(Cell::Blank);
        trends.push((row - 1, trend::row_of(material.catalog, kpi)));
        table.push(cells)?;
    }
    for (row, of) in trends {
        table.sheet().add_sparkline(row, trend_col, &sparkline(months, of))?;
    }
    table.finish("没有指标定义。")?;
    Ok(())
}

/// A sparkline over one row of the trend sheet, its lowest and last point marked.
fn sparkline(months: &Months, row: u32) -> Sparkline {
    let last = trend::FIRST_MONTH + u16::try_from(months.shown.len() - 1).unwrap_or_default();
    Sparkline::new()
        .set_range((trend::SHEET, row, trend::FIRST_MONTH, row, last))
        .set_sparkline_color(BLUE)
        .show_last_point(true)
        .set_last_point_color(RUST)
}

/// The number format of a difference, with its sign: of shares in percentage points.
fn signed(plain: &rust_xlsxwriter::Format, kpi: &Kpi) -> rust_xlsxwriter::Format {
    let number = match kpi.unit {
        Unit::Percent => "0.0\"个百分点\"",
        _ => super::style::number_format(kpi),
    };
    plain.clone().set_num_format(format!("+{number};-{number};{number}"))
}

/// A difference of two cells that both have a number; of shares in percentage points.
fn difference(kpi: &Kpi, cells: [&str; 2], numbers: [Option<f64>; 2]) -> Cell<'static> {
    let ([now, before], [Some(is), Some(was)]) = (cells, numbers) else { return Cell::Blank };
    match kpi.unit {
        Unit::Percent => Cell::Formula(format!("=({now}-{before})*100"), Some((is - was) * 100.0)),
        _ => Cell::Formula(format!("={now}-{before}"), Some(is - was)),
    }
}
