//! The house style: one dark-blue header, quiet lines, marks as well as colours for a status. Every format is made once.

use crate::{
    model::Status,
    report::{
        table::{Kind, Measure, Scale, Tone},
        words::Words,
    },
};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};
use std::collections::BTreeMap;

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

/// The formats of what is not a table's cell.
pub(super) struct Style {
    /// The font, and nothing else.
    pub base: Format,
    /// A page's title.
    pub title: Format,
    /// A table's heading below it.
    pub heading: Format,
    /// A line under it.
    pub note: Format,
    /// A table's header.
    pub header: Format,
    /// The same over figures, dates and marks.
    pub header_center: Format,
    /// The header of a column that must be filled.
    pub required: Format,
    /// A cell of text.
    pub text: Format,
    /// A cell of text that may take several lines.
    pub wrap: Format,
    /// A short text in the middle of its cell.
    pub center: Format,
    /// A whole number.
    pub count: Format,
    /// A link inside the workbook.
    pub link: Format,
    /// The name of a fact on a cover.
    pub label: Format,
    /// The fact itself.
    pub fact: Format,
    /// Words inside number formats.
    words: NumberWords,
}

/// Words inside number formats.
struct NumberWords {
    points: String,
    over: String,
    ahead: String,
    today: String,
}

impl Style {
    /// The house style, with the words of one language in its number formats.
    pub(super) fn new(words: &Words) -> Style {
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
        let days = |key: &str| {
            let text = words.word(key);
            let (before, after) = text.split_once("{n}").unwrap_or(("", text.as_str()));
            format!("{}0{}", quoted(before), quoted(after))
        };
        Style {
            title: base.clone().set_bold().set_font_size(16).set_font_color(NAVY),
            heading: base.clone().set_bold().set_font_size(12).set_font_color(NAVY),
            note: base.clone().set_font_color(MUTED),
            required: header.clone().set_background_color(REQUIRED),
            header_center: header.clone().set_align(FormatAlign::Center),
            header,
            wrap: cell.clone().set_text_wrap(),
            center: cell.clone().set_align(FormatAlign::Center),
            count: cell.clone().set_num_format("#,##0"),
            link: cell.clone().set_font_color(BLUE).set_underline(FormatUnderline::Single),
            label: cell.clone().set_font_color(MUTED),
            fact: cell.clone().set_bold().set_align(FormatAlign::Left),
            text: cell,
            base,
            words: NumberWords {
                points: quoted(&words.word("unit.points")),
                over: days("table.days_over"),
                ahead: days("table.days_ahead"),
                today: quoted(&words.word("table.due_today")),
            },
        }
    }

    /// `format` as a cell somebody is to fill in.
    pub(super) fn to_fill(&self, format: Format) -> Format {
        format.set_unlocked().set_background_color(TO_FILL).set_border(FormatBorder::Hair).set_border_color(LINE)
    }

    /// The number format of a measure.
    pub(super) fn number(&self, measure: Measure) -> String {
        let zeros = "0".repeat(usize::from(measure.decimals));
        let point = if measure.decimals > 0 { "." } else { "" };
        let number = match measure.scale {
            Scale::One => format!("#,##0{point}{zeros}"),
            Scale::Percent => format!("0{point}{zeros}%"),
            Scale::Points => format!("0{point}{zeros}{}", self.words.points),
            Scale::DaysOver => return format!("{};{};{}", self.words.over, self.words.ahead, self.words.today),
        };
        if measure.signed { format!("+{number};-{number};{number}") } else { number }
    }

    fn make(&self, look: Look) -> Format {
        let format = match look.kind {
            Base::Text if look.fill => self.base.clone(),
            Base::Text => self.text.clone(),
            Base::Prose => self.wrap.clone(),
            Base::Code => self.text.clone().set_font_color(MUTED),
            Base::Word => self.center.clone(),
            Base::Date => self.center.clone().set_num_format(DATE),
            Base::Number => self.text.clone().set_align(FormatAlign::Right),
        };
        let number = look.measure.map(|measure| self.number(measure));
        let format = match (number, look.mark) {
            (Some(number), Some(Status::Met)) => format.set_num_format(format!("{number}\" ✓\"")),
            (Some(number), Some(Status::Missed)) => format.set_num_format(format!("{number}\" ✗\"")),
            // The width of a blank and a mark, so that the numbers of a column stand below each other.
            (Some(number), Some(Status::NoTarget)) => format.set_num_format(format!("{number}_ _✓")),
            (Some(number), _) => format.set_num_format(number),
            (None, _) => format,
        };
        let format = match look.tone {
            Tone::Good => format.set_font_color(TEAL),
            Tone::Bad => format.set_font_color(RUST).set_bold(),
            Tone::Warn => format.set_bold(),
            Tone::Quiet => format.set_font_color(MUTED),
            Tone::Plain => format,
        };
        let format = if look.fill { self.to_fill(format) } else { format };
        if look.total {
            format.set_bold().set_border_top(FormatBorder::Thin).set_border_top_color(NAVY)
        } else {
            format
        }
    }
}

/// A text inside a number format.
fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "")) }
}

/// What a cell of a table looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    /// Where and how its text stands.
    pub kind: Base,
    /// How its number is written.
    pub measure: Option<Measure>,
    /// The verdict behind its number, so that it survives print and colour blindness.
    pub mark: Option<Status>,
    /// How it strikes the reader.
    pub tone: Tone,
    /// Somebody is to fill it in.
    pub fill: bool,
    /// In the line of totals.
    pub total: bool,
}

/// Where and how the text of a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    /// At the left.
    Text,
    /// At the left, in several lines.
    Prose,
    /// At the left, quiet.
    Code,
    /// In the middle.
    Word,
    /// A day in the middle.
    Date,
    /// At the right.
    Number,
}

impl Look {
    /// The look of a column's cells.
    pub(super) fn of(kind: Kind, fill: bool) -> Look {
        let look = |kind, measure| Look { kind, measure, mark: None, tone: Tone::Plain, fill, total: false };
        match kind {
            Kind::Text | Kind::Trend { .. } => look(Base::Text, None),
            Kind::Prose => look(Base::Prose, None),
            Kind::Code => look(Base::Code, None),
            Kind::Word => look(Base::Word, None),
            Kind::Date => look(Base::Date, None),
            Kind::Number(measure) if measure.scale == Scale::DaysOver => look(Base::Word, Some(measure)),
            Kind::Number(measure) => look(Base::Number, Some(measure)),
            Kind::Value => look(Base::Number, None),
        }
    }
}

/// The formats of cells, each made when it is first needed.
#[derive(Default)]
pub(super) struct Formats(BTreeMap<Look, Format>);

impl Formats {
    /// The format of a look.
    pub(super) fn get(&mut self, style: &Style, look: Look) -> &Format {
        self.0.entry(look).or_insert_with(|| style.make(look))
    }
}
