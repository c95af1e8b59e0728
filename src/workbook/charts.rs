//! Native charts of the summary, and the sheet that holds what they draw.

use super::{
    book::{Page, put},
    cover,
    style::{BLUE, LINE, Look, MUTED, NAVY, RUST, SKY, TEAL},
    table::Placed,
};
use crate::{
    catalog::Kpi,
    model::{Scope, Status},
    report::{
        lookup::GroupLookup,
        table::{Kind, Measure, scores},
        trend::tick,
    },
};
use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLayout, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, ChartPatternFill, ChartPatternFillType, ChartPoint, ChartSolidFill, ChartType, Color, XlsxError,
};

/// Row of the first figure on the sheet of figures, from 0: title, note, header above it.
const FIRST: u32 = 3;
/// Stores that a chart can name and still be read; of more, those are shown that need attention most.
const MOST_STORES: usize = 24;
/// Stores whose names and numbers stand upright without touching.
const UPRIGHT: usize = 6;
/// First columns of the three blocks on the sheet.
const TREND: u16 = 0;
const STORES: u16 = 4;
const VERDICTS: u16 = 8;

/// The months of a KPI on another sheet.
struct Series {
    title: String,
    row: u32,
}

/// What the charts draw.
pub(super) struct Figures<'l, 'a> {
    group: &'l GroupLookup<'a>,
    kpi: &'a Kpi,
    /// The name of the sheet with the charts' figures.
    sheet: String,
    /// Month, value, target: months that are over.
    trend: Vec<(String, Option<f64>, Option<f64>)>,
    /// Store, value, target, status: best first.
    stores: Vec<(&'a str, f64, Option<f64>, Status)>,
    /// Store, KPIs met, missed, without a verdict: most missed first.
    verdicts: Vec<(&'a str, [u32; 3])>,
    /// Shares of duties done in time, on the sheet of all KPIs.
    timely: Vec<Series>,
    /// That sheet, its first and last month before the month of the figures.
    months: (String, u16, u16),
    /// The lowest of those shares.
    lowest: f64,
}

impl<'l, 'a> Figures<'l, 'a> {
    /// The figures of a group; `None` without any KPI. `all` is the table of all KPIs on the sheet `name`.
    pub(super) fn of(
        group: &'l GroupLookup<'a>,
        kpis: &[&'a Kpi],
        name: &str,
        all: &Placed,
    ) -> Option<Figures<'l, 'a>> {
        let kpi = group.edition.catalog.standing()?;
        let focus = group.months.focus;
        let mut months = scores::history(group);
        months.extend((!group.months.is_partial(focus)).then_some(focus));
        let trend = months.iter().enumerate().map(|(at, month)| {
            let value = group.value(kpi, Scope::Group, "group", *month);
            let target = value.and_then(|value| value.target).map(crate::model::Quantity::to_f64);
            (tick(*month, at == 0, group.words), group.figure(kpi, Scope::Group, "group", *month).value, target)
        });
        let stores = group.material.stores;
        let ranking = group.ranking(kpi, focus).into_iter().map(|(store, _)| store);
        let ranked: Vec<_> = ranking
            .filter_map(|store| {
                let target = group.value(kpi, Scope::Store, &store.id, focus)?.target;
                let figure = group.figure(kpi, Scope::Store, &store.id, focus);
                let target = target.map(crate::model::Quantity::to_f64);
                Some((store.name.as_str(), figure.value?, target, figure.verdict))
            })
            .collect();
        let most = ranked.len().saturating_sub(MOST_STORES);
        let ranked = ranked[most..].to_vec();
        let mut verdicts: Vec<_> = stores
            .iter()
            .map(|store| {
                let (met, missed) = group.met_and_missed(&store.id, focus);
                let rest = kpis.len().saturating_sub(met + missed);
                let count = [met, missed, rest].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
                (store.name.as_str(), count)
            })
            .collect();
        verdicts.sort_by_key(|(_, count)| std::cmp::Reverse(count[1]));
        verdicts.truncate(MOST_STORES);
        let row = |kpi: &Kpi| (all.first..).zip(kpis).find(|(_, known)| known.id == kpi.id).map(|(row, _)| row);
        let mut lowest = 1.0_f64;
        let mut timely = Vec::new();
        for kpi in group.edition.catalog.timely() {
            let values = months.iter().filter_map(|month| group.figure(kpi, Scope::Group, "group", *month).value);
            lowest = values.fold(lowest, f64::min);
            timely.extend(row(kpi).map(|row| Series { title: group.words.text(&kpi.title), row }));
        }
        let history = scores::history_columns(group);
        let months = (name.to_owned(), all.col(history.start), all.col(history.end - 1));
        let sheet = group.words.word("pack.chart_data");
        Some(Figures { group, kpi, sheet, trend: trend.collect(), stores: ranked, verdicts, timely, months, lowest })
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

    fn word(&self, key: &str) -> String {
        self.group.words.word(key)
    }

    /// A title, with the month of the figures where `key` names one.
    fn title(&self, key: &str) -> String {
        let month = cover::month(self.group, self.group.months.focus);
        self.group.words.fill(key, &[("kpi", &scores::title(self.group, self.kpi)), ("month", &month)])
    }

    /// Bars of a month that is not over are hatched.
    fn bars(&self, color: Color) -> ChartFormat {
        if !self.group.months.is_partial(self.group.months.focus) {
            return fill(color);
        }
        let mut hatched = ChartPatternFill::new();
        hatched
            .set_pattern(ChartPatternFillType::DiagonalStripesWideUpwards)
            .set_foreground_color(color)
            .set_background_color(Color::White);
        let mut format = ChartFormat::new();
        format.set_pattern_fill(&hatched).set_border(ChartLine::new().set_color(color));
        format
    }

    fn trend_chart(&self) -> Chart {
        let last = FIRST + rows(self.trend.len());
        let mut chart = plain(ChartType::Line, &self.title("pack.chart_by_month"));
        let months = (&*self.sheet, FIRST, TREND, last, TREND);
        let values = (&*self.sheet, FIRST, TREND + 1, last, TREND + 1);
        line(&mut chart, &self.word("heat.all"), values, BLUE, ChartMarkerType::Circle).set_categories(months);
        if self.trend.iter().filter(|(_, _, target)| target.is_some()).count() > 1 {
            let targets = (&*self.sheet, FIRST, TREND + 2, last, TREND + 2);
            target_line(&mut chart, &self.word("figure.target"), targets, months);
        } else {
            // One line needs no legend: the title says what it is.
            chart.legend().set_hidden();
        }
        self.share_axis(&mut chart);
        chart
    }

    fn store_chart(&self) -> Chart {
        let last = FIRST + rows(self.stores.len());
        let names = (&*self.sheet, FIRST, STORES, last, STORES);
        let mut chart = plain(ChartType::Column, &self.title("pack.chart_by_store"));
        let missed = |(_, _, _, status): &(&str, f64, Option<f64>, Status)| *status == Status::Missed;
        let points: Vec<ChartPoint> = self
            .stores
            .iter()
            .map(|store| ChartPoint::new().set_format(&mut self.bars(if missed(store) { AMBER } else { SKY })))
            .collect();
        let mut label = rust_xlsxwriter::ChartDataLabel::new();
        let mut small = font(8, NAVY);
        if self.stores.len() > UPRIGHT {
            small.set_rotation(-90);
        }
        label.show_value().set_num_format(self.label_format()).set_font(&small);
        let series = if self.stores.iter().any(missed) { "pack.chart_stores_missed" } else { "nav.store" };
        chart
            .add_series()
            .set_name(&self.word(series))
            .set_categories(names)
            .set_values((&*self.sheet, FIRST, STORES + 1, last, STORES + 1))
            .set_format(&mut self.bars(SKY))
            .set_points(&points)
            .set_data_label(&label)
            .set_gap(60);
        // A line needs two points to be seen.
        if self.stores.iter().filter(|(_, _, target, _)| target.is_some()).count() > 1 {
            let mut aim = Chart::new(ChartType::Line);
            let targets = (&*self.sheet, FIRST, STORES + 2, last, STORES + 2);
            target_line(&mut aim, &self.word("figure.target"), targets, names);
            chart.combine(&aim);
        } else if !self.stores.iter().any(missed) {
            chart.legend().set_hidden();
        }
        names_below(&mut chart, self.stores.len());
        self.share_axis(&mut chart);
        let tallest = self.stores.iter().flat_map(|(_, now, target, _)| [Some(*now), *target]).flatten();
        if let Some(top) = above(tallest.fold(0.0, f64::max)) {
            chart.y_axis().set_max(top);
        }
        chart
    }

    fn timely_chart(&self) -> Chart {
        let (sheet, first, last) = &self.months;
        // The months before are the first of those on the sheet of figures.
        let months = (&*self.sheet, FIRST, TREND, FIRST + u32::from(last - first), TREND);
        let mut chart = plain(ChartType::Line, &self.word("pack.chart_timely"));
        let kinds = [
            (BLUE, ChartMarkerType::Circle),
            (RUST, ChartMarkerType::Square),
            (TEAL, ChartMarkerType::Triangle),
            (NAVY, ChartMarkerType::Diamond),
            (MUTED, ChartMarkerType::X),
        ];
        for (series, (color, marker)) in self.timely.iter().zip(kinds) {
            line(&mut chart, &series.title, (sheet, series.row, *first, series.row, *last), color, marker)
                .set_categories(months);
        }
        // Lines may begin above zero: at the ten percent below the lowest of them.
        let floor = ((self.lowest * 10.0).floor() / 10.0 - 0.1).max(0.0);
        chart.y_axis().set_num_format("0%").set_min((floor * 10.0).round() / 10.0).set_max(1).set_major_unit(0.1);
        chart
    }

    fn verdict_chart(&self) -> Chart {
        let last = FIRST + rows(self.verdicts.len());
        let mut chart = plain(ChartType::ColumnStacked, &self.title("pack.chart_verdicts"));
        // A segment lower than its number stays without it.
        let most = self.verdicts.iter().map(|(_, [met, missed, _])| met + missed).max().unwrap_or_default();
        let numbers = format!("[<{}]\"\";0", most.div_ceil(15).max(1));
        for ((key, color), col) in [("status.met", TEAL), ("status.missed", AMBER)].into_iter().zip(VERDICTS + 1..) {
            let mut label = rust_xlsxwriter::ChartDataLabel::new();
            label.show_value().set_num_format(&numbers).set_font(&font(8, NAVY));
            chart
                .add_series()
                .set_name(&self.word(key))
                .set_categories((&*self.sheet, FIRST, VERDICTS, last, VERDICTS))
                .set_values((&*self.sheet, FIRST, col, last, col))
                .set_format(&mut self.bars(color))
                .set_data_label(&label)
                .set_gap(60);
        }
        names_below(&mut chart, self.verdicts.len());
        chart.y_axis().set_num_format("0").set_min(0);
        chart
    }

    fn axis_format(&self) -> &str {
        &self.kpi.unit.axis
    }

    /// Bars close in height are told apart by their labels only.
    fn label_format(&self) -> &str {
        &self.kpi.unit.excel
    }

    fn share_axis(&self, chart: &mut Chart) {
        chart.y_axis().set_num_format(self.axis_format()).set_min(0);
    }

    /// Writes the sheet behind the charts.
    pub(super) fn write(&self, page: &mut Page<'_>) -> Result<(), XlsxError> {
        page.head(&self.sheet, &[self.word("pack.chart_data_note")])?;
        let title = self.group.words.text(&self.kpi.title);
        let target = self.word("figure.target");
        let headers = [
            (TREND, vec![self.word("figure.month"), title.clone(), target.clone()]),
            (STORES, vec![self.word("nav.store"), title, target]),
            (
                VERDICTS,
                ["nav.store", "status.met", "status.missed", "pack.no_verdict"].map(|key| self.word(key)).into(),
            ),
        ];
        for (first, titles) in headers {
            for (col, title) in (first..).zip(titles) {
                page.text(FIRST - 1, col, &title, &page.style.header)?;
                page.sheet.set_column_width(col, if col == first { 18.0 } else { 14.0 })?;
            }
        }
        let value = Look::of(Kind::Number(Measure::of(self.kpi)), false);
        let count = Look::of(Kind::Number(Measure::WHOLE), false);
        let number = |page: &mut Page<'_>, row: u32, col: u16, number: Option<f64>, look: Look| {
            let format = page.formats.get(page.style, look);
            match number {
                Some(number) => page.sheet.write_number_with_format(row, col, number, format).map(drop),
                None => put(page.sheet, row, col, "", format),
            }
        };
        for (row, (month, now, target)) in (FIRST..).zip(&self.trend) {
            page.text(row, TREND, month, &page.style.text)?;
            number(page, row, TREND + 1, *now, value)?;
            number(page, row, TREND + 2, *target, value)?;
        }
        for (row, (name, now, target, _)) in (FIRST..).zip(&self.stores) {
            page.text(row, STORES, name, &page.style.text)?;
            number(page, row, STORES + 1, Some(*now), value)?;
            number(page, row, STORES + 2, *target, value)?;
        }
        for (row, (name, counts)) in (FIRST..).zip(&self.verdicts) {
            page.text(row, VERDICTS, name, &page.style.text)?;
            for (col, of_kind) in (VERDICTS + 1..).zip(counts) {
                number(page, row, col, Some(f64::from(*of_kind)), count)?;
            }
        }
        Ok(())
    }
}

/// Bars of what misses its target.
const AMBER: Color = Color::RGB(0xE3B08F);

/// Size of a chart: two beside each other fit the page's width.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 290;
/// The last column that they cover, below the table of headlines.
pub(super) const LAST_COL: u16 = 15;
/// Rows that the charts cover.
pub(super) const ROWS: u32 = 2 * (HEIGHT + 12) / 22 + 1;

fn rows(count: usize) -> u32 {
    u32::try_from(count.saturating_sub(1)).unwrap_or_default()
}

/// A round number so far above the tallest bar that its label stands below it; `None` where nothing rises.
fn above(tallest: f64) -> Option<f64> {
    if tallest <= 0.0 || !tallest.is_finite() {
        return None;
    }
    let step = 10.0_f64.powf(tallest.log10().floor()) / 2.0;
    Some((tallest * 1.25 / step).ceil() * step)
}

/// Names of more stores than stand beside each other are turned; the legend then stands above, where they do not reach.
fn names_below(chart: &mut Chart, stores: usize) {
    if stores > UPRIGHT {
        let mut turned = font(8, MUTED);
        turned.set_rotation(-45);
        chart.x_axis().set_font(&turned);
        chart.legend().set_position(ChartLegendPosition::TopRight);
    }
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

fn target_line(chart: &mut Chart, name: &str, values: Range<'_>, categories: Range<'_>) {
    let mut dashes = ChartLine::new();
    dashes.set_color(RUST).set_width(1.25).set_dash_type(ChartLineDashType::Dash);
    chart
        .add_series()
        .set_name(name)
        .set_categories(categories)
        .set_values(values)
        .set_format(ChartFormat::new().set_line(&dashes))
        .set_marker(ChartMarker::new().set_none());
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn an_axis_ends_above_the_label_of_the_tallest_bar() {
        assert_eq!(above(0.19), Some(0.25));
        assert_eq!(above(82.0), Some(105.0));
        assert_eq!(above(0.0), None);
    }
}
