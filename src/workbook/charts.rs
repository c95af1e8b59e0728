//! Native charts of the summary, and the sheet that holds what they draw.

use super::{
    book::{Cell, Page},
    kpi_row,
    style::{BLUE, LINE, MUTED, NAVY, RUST, SKY, TEAL},
    trend,
};
use crate::{
    catalog::{Direction, Kpi},
    model::{KpiValue, Scope, Status},
    report::{
        Material,
        pack::{KpiIndex, Months},
    },
};
use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLayout, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartPoint, ChartSolidFill, ChartType, Color, XlsxError,
};

/// The name of the sheet with the charts' figures.
pub(super) const SHEET: &str = "图表数据";
/// Row of the first figure on that sheet, from 0: title, note, header above it.
const FIRST: u32 = 3;
/// Stores that a chart can name and still be read; of more, those are shown that need attention most.
const MOST_STORES: usize = 24;
/// First columns of the three blocks on the sheet.
const TREND: u16 = 0;
const STORES: u16 = 4;
const VERDICTS: u16 = 8;

/// What the charts draw.
pub(super) struct Figures<'a> {
    kpi: &'a Kpi,
    /// Month, value, target.
    trend: Vec<(String, Option<f64>, Option<f64>)>,
    /// Store, value, target, status: best first.
    stores: Vec<(&'a str, f64, Option<f64>, Status)>,
    /// Store, KPIs met, missed, without a verdict: most missed first.
    verdicts: Vec<(&'a str, [u32; 3])>,
    /// Rows of the trend sheet with shares of duties done in time.
    timely: Vec<(String, u32)>,
    /// The lowest of those shares.
    lowest: f64,
    months: u16,
}

impl<'a> Figures<'a> {
    /// The figures of a group; `None` without any KPI.
    pub(super) fn of(material: &Material<'a>, index: &KpiIndex<'_>, months: &Months) -> Option<Figures<'a>> {
        let kpi = material.catalog.standing()?;
        let target = |value: &KpiValue| value.target.map(|target| target.to_f64());
        let trend = months.shown.iter().map(|month| {
            let value = index.group(&kpi.id, *month);
            (month.to_string(), value.and_then(KpiValue::value_f64), value.and_then(target))
        });
        let of_store = |store| index.value(&kpi.id, Scope::Store, store, months.closed);
        let mut stores: Vec<_> = material
            .stores
            .iter()
            .filter_map(|store| {
                let value = of_store(&store.id)?;
                Some((store.name.as_str(), value.value_f64()?, target(value), value.status))
            })
            .collect();
        stores.sort_by(|a, b| if kpi.direction == Direction::Up { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
        let stores = stores.split_off(stores.len().saturating_sub(MOST_STORES));
        let mut verdicts: Vec<_> = material
            .stores
            .iter()
            .map(|store| {
                let mut count = [0; 3];
                for kpi in &material.catalog.kpis {
                    match index.value(&kpi.id, Scope::Store, &store.id, months.closed).map(|value| value.status) {
                        Some(Status::Met) => count[0] += 1,
                        Some(Status::Missed) => count[1] += 1,
                        _ => count[2] += 1,
                    }
                }
                (store.name.as_str(), count)
            })
            .collect();
        verdicts.sort_by_key(|(_, count)| std::cmp::Reverse(count[1]));
        verdicts.truncate(MOST_STORES);
        let timely = material.catalog.timely();
        let shares = timely.iter().flat_map(|kpi| months.shown.iter().filter_map(|m| index.group(&kpi.id, *m)));
        let lowest = shares.filter_map(KpiValue::value_f64).fold(1.0, f64::min);
        let timely =
            timely.into_iter().map(|kpi| (kpi.title.zh.clone(), trend::row_of(material.catalog, kpi))).collect();
        let months = u16::try_from(months.shown.len()).unwrap_or_default();
        Some(Figures { kpi, trend: trend.collect(), stores, verdicts, timely, lowest, months })
    }

    /// Puts the charts on a page, from `row` on.
    pub(super) fn draw(&self, page: &mut Page<'_>, row: u32) -> Result<(), XlsxError> {
        let mut charts = vec![self.trend_chart()];
        charts.extend((!self.stores.is_empty()).then(|| self.store_chart()));
        charts.extend((self.timely.len() > 1).then(|| self.timely_chart()));
        charts.extend((!self.verdicts.is_empty()).then(|| self.verdict_chart()));
        for (place, mut chart) in charts.into_iter().enumerate() {
            chart.set_width(WIDTH).set_height(HEIGHT);
            let (down, right) = (u32::try_from(place / 2).unwrap_or_default(), place % 2);
            let x = if right == 1 { WIDTH + 16 } else { 0 };
            page.sheet.insert_chart_with_offset(row, 0, &chart, x, 8 + down * (HEIGHT + 12))?;
        }
        Ok(())
    }

    fn trend_chart(&self) -> Chart {
        let last = FIRST + rows(self.trend.len());
        let mut chart = plain(ChartType::Line, &format!("{}：按月", kpi_row::title(self.kpi)));
        line(&mut chart, "集团", (SHEET, FIRST, TREND + 1, last, TREND + 1), BLUE, ChartMarkerType::Circle)
            .set_categories((SHEET, FIRST, TREND, last, TREND));
        if self.trend.iter().any(|(_, _, target)| target.is_some()) {
            target_line(&mut chart, (SHEET, FIRST, TREND + 2, last, TREND + 2), (SHEET, FIRST, TREND, last, TREND));
        }
        self.share_axis(&mut chart);
        chart
    }

    fn store_chart(&self) -> Chart {
        let last = FIRST + rows(self.stores.len());
        let names = (SHEET, FIRST, STORES, last, STORES);
        let mut chart = plain(ChartType::Column, &format!("{}：门店对比", kpi_row::title(self.kpi)));
        let points: Vec<ChartPoint> = self
            .stores
            .iter()
            .map(|(_, _, _, status)| {
                let color = if *status == Status::Missed { Color::RGB(0xE3B08F) } else { SKY };
                ChartPoint::new().set_format(&mut fill(color))
            })
            .collect();
        let mut label = rust_xlsxwriter::ChartDataLabel::new();
        label.show_value().set_num_format(self.axis_format()).set_font(&font(8, NAVY));
        chart
            .add_series()
            .set_name("门店（浅橙：未达标）")
            .set_categories(names)
            .set_values((SHEET, FIRST, STORES + 1, last, STORES + 1))
            .set_format(&mut fill(SKY))
            .set_points(&points)
            .set_data_label(&label)
            .set_gap(60);
        if self.stores.iter().any(|(_, _, target, _)| target.is_some()) {
            let mut aim = Chart::new(ChartType::Line);
            target_line(&mut aim, (SHEET, FIRST, STORES + 2, last, STORES + 2), names);
            chart.combine(&aim);
        }
        self.share_axis(&mut chart);
        chart
    }

    fn timely_chart(&self) -> Chart {
        let last = trend::FIRST_MONTH + self.months.saturating_sub(1);
        let mut chart = plain(ChartType::Line, "及时率：按月");
        let kinds = [
            (BLUE, ChartMarkerType::Circle),
            (RUST, ChartMarkerType::Square),
            (TEAL, ChartMarkerType::Triangle),
            (NAVY, ChartMarkerType::Diamond),
            (MUTED, ChartMarkerType::X),
        ];
        for ((title, row), (color, marker)) in self.timely.iter().zip(kinds) {
            line(&mut chart, title, (trend::SHEET, *row, trend::FIRST_MONTH, *row, last), color, marker)
                .set_categories((trend::SHEET, 2, trend::FIRST_MONTH, 2, last));
        }
        // Lines may begin above zero: at the ten percent below the lowest of them.
        let floor = ((self.lowest * 10.0).floor() / 10.0 - 0.1).max(0.0);
        chart.y_axis().set_num_format("0%").set_min((floor * 10.0).round() / 10.0).set_max(1).set_major_unit(0.1);
        chart
    }

    fn verdict_chart(&self) -> Chart {
        let last = FIRST + rows(self.verdicts.len());
        let mut chart = plain(ChartType::ColumnStacked, "各店指标：达标与未达标个数");
        let series = [("达标", TEAL), ("未达标", Color::RGB(0xE3B08F)), ("无目标或无数据", LINE)];
        for ((name, color), col) in series.into_iter().zip(VERDICTS + 1..) {
            let mut label = rust_xlsxwriter::ChartDataLabel::new();
            label
                .show_value()
                .set_num_format("0;;")
                .set_font(&font(8, if col == VERDICTS + 1 { Color::White } else { NAVY }));
            chart
                .add_series()
                .set_name(name)
                .set_categories((SHEET, FIRST, VERDICTS, last, VERDICTS))
                .set_values((SHEET, FIRST, col, last, col))
                .set_format(&mut fill(color))
                .set_data_label(&label)
                .set_gap(60);
        }
        chart.y_axis().set_num_format("0").set_min(0);
        chart
    }

    fn axis_format(&self) -> &'static str {
        if self.kpi.unit == crate::catalog::Unit::Percent { "0%" } else { "#,##0" }
    }

    fn share_axis(&self, chart: &mut Chart) {
        chart.y_axis().set_num_format(self.axis_format()).set_min(0);
    }

    /// Writes the sheet behind the charts.
    pub(super) fn write(&self, page: &mut Page<'_>) -> Result<(), XlsxError> {
        page.head(SHEET, &["“概览”中图表所用的数字。门店过多时只列最需关注的。"])?;
        let style = page.style;
        let value = style.value(self.kpi);
        let title = self.kpi.title.zh.as_str();
        let headers = [
            (TREND, vec!["月份", title, "目标"]),
            (STORES, vec!["门店", title, "目标"]),
            (VERDICTS, vec!["门店", "达标", "未达标", "无目标或无数据"]),
        ];
        for (first, titles) in headers {
            for (col, title) in (first..).zip(titles) {
                page.text(FIRST - 1, col, title, &style.header)?;
                page.sheet.set_column_width(col, if col == first { 18.0 } else { 14.0 })?;
            }
        }
        for (row, (month, now, target)) in (FIRST..).zip(&self.trend) {
            page.text(row, TREND, month, &style.text)?;
            for (col, number) in [(TREND + 1, now), (TREND + 2, target)] {
                page.cell(row, col, &Cell::number_or_blank(*number), &value)?;
            }
        }
        for (row, (name, now, target, _)) in (FIRST..).zip(&self.stores) {
            page.text(row, STORES, name, &style.text)?;
            page.cell(row, STORES + 1, &Cell::Number(*now), &value)?;
            page.cell(row, STORES + 2, &Cell::number_or_blank(*target), &value)?;
        }
        for (row, (name, count)) in (FIRST..).zip(&self.verdicts) {
            page.text(row, VERDICTS, name, &style.text)?;
            for (col, count) in (VERDICTS + 1..).zip(count) {
                page.cell(row, col, &Cell::Number(f64::from(*count)), &style.count)?;
            }
        }
        Ok(())
    }
}

/// Size of a chart: two beside each other fit the page's width.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 290;
/// Rows that the charts cover.
pub(super) const ROWS: u32 = 2 * (HEIGHT + 12) / 22 + 1;

fn rows(count: usize) -> u32 {
    u32::try_from(count.saturating_sub(1)).unwrap_or_default()
}

fn font(size: u32, color: Color) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name("Microsoft YaHei").set_size(size).set_color(color).unset_bold();
    font
}

fn fill(color: Color) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(color));
    format
}

/// An empty chart in the house style: quiet axes, legend below, title on top.
fn plain(kind: ChartType, title: &str) -> Chart {
    let mut chart = Chart::new(kind);
    let mut heading = font(11, NAVY);
    heading.set_bold();
    chart.title().set_name(title).set_font(&heading);
    chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&font(9, MUTED));
    chart.chart_area().set_format(ChartFormat::new().set_border(ChartLine::new().set_color(LINE)));
    chart.plot_area().set_layout(&ChartLayout::new().set_offset(0.08, 0.14).set_dimensions(0.89, 0.58));
    chart.x_axis().set_font(&font(9, MUTED)).set_format(ChartFormat::new().set_line(ChartLine::new().set_color(LINE)));
    chart
        .y_axis()
        .set_font(&font(9, MUTED))
        .set_format(ChartFormat::new().set_no_line())
        .set_major_gridlines_line(ChartLine::new().set_color(LINE).set_width(0.5));
    chart.set_alt_text(title);
    chart
}

type Range<'r> = (&'r str, u32, u16, u32, u16);

fn line<'c>(
    chart: &'c mut Chart,
    name: &str,
    values: Range<'_>,
    color: Color,
    marker: ChartMarkerType,
) -> &'c mut rust_xlsxwriter::ChartSeries {
    let mut dot = ChartMarker::new();
    dot.set_type(marker).set_size(5).set_format(&mut fill(color));
    chart
        .add_series()
        .set_name(name)
        .set_values(values)
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(color).set_width(2)))
        .set_marker(&dot)
}

fn target_line(chart: &mut Chart, values: Range<'_>, categories: Range<'_>) {
    let mut dashes = ChartLine::new();
    dashes.set_color(RUST).set_width(1.25).set_dash_type(ChartLineDashType::Dash);
    chart
        .add_series()
        .set_name("目标")
        .set_categories(categories)
        .set_values(values)
        .set_format(ChartFormat::new().set_line(&dashes))
        .set_marker(ChartMarker::new().set_none());
}
