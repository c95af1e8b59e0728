//! Single values in words: percent, 万, units, status, distance from the target, change.

use super::{page::Link, words::Words};
use crate::{
    catalog::{Direction, Kpi, UnitKind},
    model::{KpiValue, Period, Quantity, Status},
};
use serde::Serialize;

/// A person's ratio over fewer rows than this is shown grey and not ranked.
pub(crate) const FEW: i64 = 10;

/// One value of one KPI, ready to be read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    /// The value with its unit; `–` where there is none. A zero denominator never reads as 0 %.
    pub text: String,
    /// For marks on charts.
    pub value: Option<f64>,
    /// `met`, `missed`, `no_target`, `no_data`, `not_measurable`.
    pub status: &'static str,
    /// The same as a value.
    #[serde(skip)]
    pub verdict: Status,
    /// The status in the reader's words.
    pub word: String,
    /// The status as a mark, so that colour never stands alone.
    pub mark: &'static str,
    /// How far a missed target is missed, 1 or 2; 0 otherwise.
    pub depth: u8,
    /// The target in force.
    pub target: Option<String>,
    /// Value minus target, signed, with its unit.
    pub gap: Option<String>,
    pub numerator: String,
    /// `None` for a sum.
    pub denominator: Option<String>,
    pub excluded: u64,
    /// A person's value over fewer than [`FEW`] rows.
    pub few: bool,
    /// The month is not over at the cut-off.
    pub partial: bool,
    pub period: String,
    /// To the rows behind it.
    pub link: Option<Link>,
}

impl Figure {
    /// The figure of a value; of nothing where `value` is `None`.
    pub(crate) fn new(kpi: &Kpi, value: Option<&KpiValue>, period: Period, partial: bool, words: &Words) -> Figure {
        let status = value.map_or(Status::NoData, |value| value.status);
        let number = value.filter(|_| status != Status::NoData).and_then(KpiValue::value_f64);
        let target = value.and_then(|value| value.target);
        let (text, target_text) = match (number, target) {
            (Some(number), Some(target)) => pair(number, target.to_f64(), kpi, status, words),
            (Some(number), None) => (shown(number, kpi, words), None),
            (None, target) => ("–".to_owned(), target.map(|target| shown(target.to_f64(), kpi, words))),
        };
        let gap = number.zip(target).map(|(number, target)| difference(number - target.to_f64(), kpi, words));
        Figure {
            text,
            value: number,
            status: status.word(),
            verdict: status,
            word: words.word(status.key()),
            mark: mark(status),
            depth: depth(number, target, status),
            target: target_text,
            gap,
            numerator: value.map_or_else(String::new, |value| exact(value.numerator)),
            denominator: value.and_then(|value| value.denominator).map(exact),
            excluded: value.map_or(0, |value| value.excluded),
            few: false,
            partial,
            period: words.period(period),
            link: None,
        }
    }

    pub(crate) fn linked(mut self, link: Option<Link>) -> Figure {
        self.link = link;
        self
    }
}

/// A value and its target, with a second decimal where the first would make a miss look like a hit.
fn pair(number: f64, target: f64, kpi: &Kpi, status: Status, words: &Words) -> (String, Option<String>) {
    let (text, target_text) = (shown(number, kpi, words), shown(target, kpi, words));
    if kpi.unit.is_share() && status == Status::Missed && text == target_text {
        return (format!("{:.2}%", number * 100.0), Some(target_text));
    }
    (text, Some(target_text))
}

/// The mark of a status.
pub(crate) fn mark(status: Status) -> &'static str {
    match status {
        Status::Met => "✓",
        Status::Missed => "✗",
        Status::NoTarget => "·",
        Status::NoData => "–",
        Status::NotMeasurable => "?",
    }
}

fn depth(number: Option<f64>, target: Option<Quantity>, status: Status) -> u8 {
    match (number, target) {
        (Some(number), Some(target)) if status == Status::Missed => {
            let target = target.to_f64();
            let share = if target == 0.0 { 1.0 } else { ((number - target) / target).abs() };
            if share > 0.15 { 2 } else { 1 }
        }
        _ => 0,
    }
}

/// A KPI's value with its unit.
pub(crate) fn shown(number: f64, kpi: &Kpi, words: &Words) -> String {
    match kpi.unit.kind {
        UnitKind::Share => percent(number),
        UnitKind::Money => yuan(number, words),
        UnitKind::Number => plain(number, kpi, words) + &words.text(&kpi.unit.suffix),
    }
}

/// The word of a KPI's unit.
pub(crate) fn unit(kpi: &Kpi, words: &Words) -> String {
    words.text(&kpi.unit.sign)
}

/// The same without `%`, for narrow columns whose heading names the unit.
pub(crate) fn narrow(number: f64, kpi: &Kpi, words: &Words) -> String {
    match kpi.unit.kind {
        UnitKind::Number => plain(number, kpi, words),
        _ => shown(number, kpi, words).trim_end_matches('%').replace(&words.word("unit.yuan"), "").trim().to_owned(),
    }
}

/// `96.4%`; only exactly nothing and exactly everything lose their decimal.
pub(crate) fn percent(share: f64) -> String {
    let text = format!("{:.1}%", share * 100.0);
    match text.as_str() {
        "100.0%" if share >= 1.0 => "100%".to_owned(),
        "100.0%" => format!("{:.2}%", (share * 10_000.0).floor() / 100.0),
        "0.0%" | "-0.0%" if share == 0.0 => "0%".to_owned(),
        _ => text.replace('-', "−"),
    }
}

/// A number without its unit: a mean that is not whole with the unit's decimals of means.
fn plain(number: f64, kpi: &Kpi, words: &Words) -> String {
    if words.by_myriads() && number.abs() >= 10_000.0 {
        return format!("{}{}", decimals(number / 10_000.0, 1), words.word("unit.myriad"));
    }
    let mean = kpi.denominator.is_some() || !kpi.kind.is_additive();
    decimals(number, if mean && number.fract() == 0.0 { 0 } else { kpi.unit.places(mean).into() })
}

/// `1,235 元`, `12.3 万元`, `1.20 亿元`.
fn yuan(number: f64, words: &Words) -> String {
    let size = number.abs();
    let (scaled, places, unit) = if !words.by_myriads() {
        match size {
            s if s >= 1_000_000.0 => (number / 1_000_000.0, 2, "unit.million_yuan"),
            _ => (number, 0, "unit.yuan"),
        }
    } else if size >= 100_000_000.0 {
        (number / 100_000_000.0, 2, "unit.yuan_yi")
    } else if size >= 10_000.0 {
        (number / 10_000.0, 1, "unit.yuan_wan")
    } else {
        (number, 0, "unit.yuan")
    };
    format!("{} {}", decimals(scaled, places), words.word(unit))
}

/// A signed distance: percentage points for shares, else the unit.
pub(crate) fn difference(by: f64, kpi: &Kpi, words: &Words) -> String {
    let sign = if by > 0.0 { "+" } else { "" };
    match kpi.unit.kind {
        UnitKind::Share => signless_zero(format!("{sign}{}", decimals(by * 100.0, 1))) + &words.word("unit.points"),
        _ => {
            let text = shown(by, kpi, words);
            let nothing = !text.contains(|c: char| ('1'..='9').contains(&c));
            if nothing { format!("±{}", text.trim_start_matches('−')) } else { format!("{sign}{text}") }
        }
    }
}

fn signless_zero(text: String) -> String {
    if matches!(text.as_str(), "+0.0" | "−0.0" | "0.0") { "±0.0".to_owned() } else { text }
}

/// Whether a change of `by` is an improvement, worse, or neither.
pub(crate) fn course(by: f64, kpi: &Kpi) -> &'static str {
    let better = match kpi.direction {
        Direction::Up => by > 0.0,
        Direction::Down => by < 0.0,
    };
    match by {
        0.0 => "same",
        _ if better => "better",
        _ => "worse",
    }
}

/// A decimal with thousands separators and a true minus sign.
pub(crate) fn decimals(number: f64, places: usize) -> String {
    let text = format!("{:.places$}", number.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let sign = if number < 0.0 { "−" } else { "" };
    match rest {
        Some(rest) => format!("{sign}{}.{rest}", thousands(whole)),
        None => format!("{sign}{}", thousands(whole)),
    }
}

/// A quantity in full: `1,234`, `1,234.50`; of what is not whole at least two places.
pub(crate) fn exact(quantity: Quantity) -> String {
    let text = quantity.to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    match rest {
        "" => format!("{sign}{}", thousands(whole)),
        rest => format!("{sign}{}.{rest:0<2}", thousands(whole)),
    }
}

/// Digits in groups of three.
pub(crate) fn thousands(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count of things with separators.
pub(crate) fn tally(n: u64) -> String {
    thousands(&n.to_string())
}
