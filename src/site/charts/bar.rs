//! Stores side by side, best first: bars from zero, with the target.

use super::{
    Paper, Screen,
    svg::{self, Svg},
};
use crate::report::page::Link;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Data {
    title: String,
    bars: Vec<Bar>,
    /// Bars before those left out.
    gap: Option<usize>,
    target: Option<f64>,
    target_text: Option<String>,
}

#[derive(Deserialize)]
struct Bar {
    label: String,
    value: f64,
    text: String,
    status: String,
    link: Option<Link>,
}

const ROW: f64 = 28.0;
const TOP: f64 = 24.0;
/// Room for the values, in a column of their own so that the target's line crosses none of them.
const VALUE: f64 = 92.0;

pub(super) fn draw(data: &Data, paper: &Paper<'_>) -> String {
    Screen::BOTH.map(|screen| on(screen, data, paper)).concat()
}

fn on(screen: Screen, data: &Data, paper: &Paper<'_>) -> String {
    // The names of stores have room for so many characters.
    let (width, room, characters) = match screen {
        Screen::Wide => (600.0, 136.0, 10.0),
        Screen::Narrow => (320.0, 104.0, 7.5),
    };
    let shown = &data.bars;
    let gap = if data.gap.is_some() { ROW } else { 0.0 };
    let height = TOP + ROW * shown.len() as f64 + gap + 8.0;
    let mut svg = Svg::linked(&format!("chart bars {}", screen.class()), width, height, &data.title);
    let values = || shown.iter().map(|bar| bar.value).chain(data.target);
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| room + (width - room - VALUE) * (value - low) / span;
    if let (Some(target), Some(text)) = (data.target, &data.target_text) {
        svg.line("target", (x(target), TOP - 4.0), (x(target), height - 6.0));
        let label = format!("{} {text}", paper.words.word("figure.target"));
        let half = svg::width(&label) * 6.0;
        svg.text("target-label middle", x(target).clamp(room + half, width - half), TOP - 9.0, &label);
    }
    for (i, bar) in shown.iter().enumerate() {
        let after_gap = data.gap.is_some_and(|gap| i >= gap);
        let top = TOP + ROW * i as f64 + if after_gap { gap } else { 0.0 };
        if data.gap == Some(i) {
            svg.text("tick end", room - 8.0, top - ROW / 2.0 + 4.0, "⋮");
        }
        svg.marked(paper.href(&bar.link).as_deref(), &format!("{} {}", bar.label, bar.text), |svg| {
            svg.rect("row-hit", 0.0, top, width, ROW);
            svg.text("label end", room - 8.0, top + ROW / 2.0 + 4.0, &svg::fitted(&bar.label, characters));
            let (from, to) = (x(bar.value.min(0.0)), x(bar.value.max(0.0)));
            svg.rect(&format!("bar {}", bar.status), from, top + 6.0, (to - from).max(1.5), ROW - 12.0);
            let mark = match bar.status.as_str() {
                "met" => "✓ ",
                "missed" => "✗ ",
                _ => "",
            };
            svg.text("value end", width - 4.0, top + ROW / 2.0 + 4.0, &format!("{mark}{}", bar.text));
        });
    }
    svg.line("axis", (x(0.0), TOP - 2.0), (x(0.0), height - 6.0));
    svg.finish()
}
