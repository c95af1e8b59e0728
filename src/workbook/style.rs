//! The house style: one dark-blue header, quiet lines, marks as well as colours for a status.

use crate::{
    catalog::{Kpi, Unit},
    model::Status,
};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};

/// The header's blue.
pub(super) const NAVY: Color = Color::RGB(0x1F3A5F);
/// Required columns of a sheet to fill.
pub(super) const REQUIRED: Color = Color::RGB(0x8A3B12);
/// Lines of charts, links.
pub(super) const BLUE: Color = Color::RGB(0x2F6DB5);
/// Bars of charts.
pub(super) const SKY: Color = Color::RGB(0xA9C7E8);
/// Data bars behind numbers.
pub(super) const MIST: Color = Color::RGB(0xD3E3F4);
/// Target lines, 未达标.
pub(super) const RUST: Color = Color::RGB(0xB4470F);
/// 达标.
pub(super) const TEAL: Color = Color::RGB(0x13706B);
/// Text.
pub(super) const INK: Color = Color::RGB(0x1F2933);
/// Notes, missing figures.
pub(super) const MUTED: Color = Color::RGB(0x66727F);
/// Lines between rows.
pub(super) const LINE: Color = Color::RGB(0xDDE3EA);
/// Cells to fill in.
pub(super) const TO_FILL: Color = Color::RGB(0xFFF8E1);

/// Dates.
pub(super) const DATE: &str = "yyyy-mm-dd";
/// Dates with a time of day.
pub(super) const INSTANT: &str = "yyyy-mm-dd hh:mm";

/// The formats in use. A format is a small value; the writer keeps one of each kind.
pub(super) struct Style {
    /// The font, and nothing else.
    pub base: Format,
    /// A page's title.
    pub title: Format,
    /// A line under it.
    pub note: Format,
    /// A table's header.
    pub header: Format,
    /// The header of a column that must be filled.
    pub required: Format,
    /// A cell of text.
    pub text: Format,
    /// A cell of text that may take several lines.
    pub wrap: Format,
    /// A cell of secondary text.
    pub muted: Format,
    /// A short text in the middle of its cell.
    pub center: Format,
    /// A whole number.
    pub count: Format,
    /// A number with two decimals.
    pub decimal: Format,
    /// A day.
    pub date: Format,
    /// A link inside the workbook.
    pub link: Format,
    /// The name of a fact on a cover.
    pub label: Format,
    /// The fact itself.
    pub fact: Format,
}

impl Style {
    /// The house style.
    pub(super) fn new() -> Style {
        let base = Format::new()
            .set_font_name("Microsoft YaHei")
            .set_font_size(10)
            .set_font_color(INK)
            .set_align(FormatAlign::VerticalCenter);
        let cell = base.clone().set_border_bottom(FormatBorder::Hair).set_border_bottom_color(LINE);
        let header = base
            .clone()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(NAVY)
            .set_text_wrap()
            .set_border_right(FormatBorder::Thin)
            .set_border_right_color(Color::RGB(0x3B5678));
        let wrap = cell.clone().set_text_wrap();
        Style {
            title: base.clone().set_bold().set_font_size(16).set_font_color(NAVY),
            note: base.clone().set_font_color(MUTED),
            required: header.clone().set_background_color(REQUIRED),
            header,
            muted: cell.clone().set_font_color(MUTED),
            center: cell.clone().set_align(FormatAlign::Center),
            count: cell.clone().set_num_format("#,##0"),
            decimal: cell.clone().set_num_format("#,##0.00"),
            date: cell.clone().set_num_format(DATE).set_align(FormatAlign::Center),
            link: cell.clone().set_font_color(BLUE).set_underline(FormatUnderline::Single),
            label: cell.clone().set_font_color(MUTED),
            fact: cell.clone().set_bold().set_align(FormatAlign::Left),
            text: cell,
            wrap,
            base,
        }
    }

    /// A KPI's value without a verdict.
    pub(super) fn value(&self, kpi: &Kpi) -> Format {
        self.text.clone().set_num_format(number_format(kpi)).set_align(FormatAlign::Right)
    }

    /// A KPI's value with its verdict as a mark behind the number, so that it survives print and colour blindness.
    pub(super) fn judged(&self, kpi: &Kpi, status: Status) -> Format {
        let number = number_format(kpi);
        let value = self.text.clone().set_align(FormatAlign::Right);
        match status {
            Status::Met => value.set_num_format(format!("{number}\" ✓\"")).set_font_color(TEAL),
            Status::Missed => value.set_num_format(format!("{number}\" ✗\"")).set_font_color(RUST).set_bold(),
            // The width of a blank and a mark, so that the numbers of a column stand below each other.
            Status::NoTarget => value.set_num_format(format!("{number}_ _✓")),
            Status::NoData | Status::NotMeasurable => value.set_font_color(MUTED),
        }
    }

    /// A status in words.
    pub(super) fn status(&self, status: Status) -> Format {
        match status {
            Status::Met => self.center.clone().set_font_color(TEAL),
            Status::Missed => self.center.clone().set_font_color(RUST).set_bold(),
            Status::NoTarget => self.center.clone(),
            Status::NoData | Status::NotMeasurable => self.center.clone().set_font_color(MUTED),
        }
    }

    /// `format` as a cell somebody is to fill in.
    pub(super) fn to_fill(&self, format: Format) -> Format {
        format.set_background_color(TO_FILL).set_border(FormatBorder::Hair).set_border_color(LINE)
    }
}

/// `✓ 达标`, `✗ 未达标`, else the word alone.
pub(super) fn status_words(status: Status) -> String {
    match status {
        Status::Met => format!("✓ {}", status.zh()),
        Status::Missed => format!("✗ {}", status.zh()),
        _ => status.zh().to_owned(),
    }
}

/// The number format of a KPI's value: a share in percent, yuan with two decimals, a count whole, a mean with two.
pub(super) fn number_format(kpi: &Kpi) -> &'static str {
    match (kpi.unit, kpi.denominator.is_some()) {
        (Unit::Percent, _) => "0.0%",
        (Unit::Yuan, _) | (Unit::Count, true) => "#,##0.00",
        (Unit::Count, false) => "#,##0",
    }
}

/// A unit in words.
pub(super) fn unit_words(kpi: &Kpi) -> &'static str {
    match kpi.unit {
        Unit::Percent => "%",
        Unit::Count => "个",
        Unit::Yuan => "元",
    }
}
