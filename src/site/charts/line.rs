//! A line along months, with its target.

use super::{
    Mark, Paper, Screen,
    svg::{self, Svg},
};
use crate::report::page::Link;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Data {
    title: String,
    points: Vec<Point>,
    target: Option<f64>,
    target_text: Option<String>,
    percent: bool,
}

#[derive(Deserialize)]
struct Point {
    label: String,
    tick: String,
    figure: Mark,
    link: Option<Link>,
    /// Remarks on it.
    notes: Vec<String>,
}

const HEIGHT: f64 = 240.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 32.0;

/// A line is read by its slope, so its axis need not begin at zero; it never goes below zero or above 100 %.
pub(super) fn draw(data: &Data, paper: &Paper<'_>) -> String {
    Screen::BOTH.map(|screen| on(screen, data, paper)).concat()
}

fn on(screen: Screen, data: &Data, paper: &Paper<'_>) -> String {
    let (width, names) = match screen {
        Screen::Wide => (600.0, 8),
        Screen::Narrow => (320.0, 5),
    };
    let mut svg = Svg::linked(&format!("chart line {}", screen.class()), width, HEIGHT, &data.title);
    let values = || data.points.iter().filter_map(|point| point.figure.value).chain(data.target);
    let (low, high) = values().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let room = ((high - low) * 0.12).max(high.abs() * 0.02).max(if data.percent { 0.01 } else { 1.0 });
    let step = svg::step(high - low + room * 2.0, 4.0);
    let floor = if low >= 0.0 { ((low - room) / step).floor().max(0.0) } else { ((low - room) / step).floor() } * step;
    let mut ceiling = ((high + room) / step).ceil() * step;
    if data.percent && high <= 1.0 {
        ceiling = ceiling.min(1.0);
    }
    let span = if ceiling > floor { ceiling - floor } else { 1.0 };
    let x = |i: usize| {
        let steps = data.points.len().saturating_sub(1).max(1) as f64;
        LEFT + (width - LEFT - RIGHT) * i as f64 / steps
    };
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - floor) / span;

    let mut grid = floor;
    while grid <= ceiling + step * 0.01 {
        svg.line("grid", (LEFT, y(grid)), (width - RIGHT, y(grid)));
        svg.text("tick end", LEFT - 8.0, y(grid) + 4.0, &axis(grid, step, data.percent, paper));
        grid += step;
    }
    // Every other month keeps its name when there are many.
    let every = data.points.len().div_ceil(names).max(1);
    for (i, point) in data.points.iter().enumerate() {
        if (data.points.len() - 1 - i).is_multiple_of(every) {
            svg.text("tick middle", x(i), HEIGHT - 10.0, &point.tick);
        }
    }
    if let (Some(target), Some(text)) = (data.target, &data.target_text) {
        svg.line("target", (LEFT, y(target)), (width - RIGHT, y(target)));
        let label = format!("{} {text}", paper.words.word("figure.target"));
        svg.text("target-label", LEFT + 6.0, y(target) - 6.0, &label);
    }
    let placed: Vec<(usize, (f64, f64))> =
        data.points.iter().enumerate().filter_map(|(i, p)| p.figure.value.map(|v| (i, (x(i), y(v))))).collect();
    for pair in placed.windows(2) {
        let [(from, start), (to, end)] = pair else { continue };
        let broken = to - from > 1 || data.points[*to].figure.partial;
        svg.path(if broken { "series dashed" } else { "series" }, &[*start, *end]);
    }
    for (at, (i, (px, py))) in placed.iter().enumerate() {
        let point = &data.points[*i];
        let title = format!("{} {} · {}{}", point.label, point.figure.text, point.figure.word, partial(point, paper));
        let title = if point.notes.is_empty() { title } else { format!("{title} · {}", point.notes.join(" · ")) };
        let class = format!("dot {}{}", point.figure.status, if point.figure.partial { " partial" } else { "" });
        svg.marked(paper.href(&point.link).as_deref(), &title, |svg| {
            svg.dot("halo", *px, *py, 10.0);
            svg.dot(&class, *px, *py, 4.5);
            if !point.notes.is_empty() {
                svg.text("noted middle", *px, *py + 20.0, "✎");
            }
            if at + 1 == placed.len() {
                let label = format!("{} {}", point.figure.mark, point.figure.text);
                let x = (*px + 6.0).min(width - 4.0);
                svg.text("value end", x + 30.0, *py - 10.0, &label);
            }
        });
    }
    svg.finish()
}

fn partial(point: &Point, paper: &Paper<'_>) -> String {
    if point.figure.partial { format!(" · {}", paper.words.word("figure.to_date")) } else { String::new() }
}

fn axis(value: f64, step: f64, percent: bool, paper: &Paper<'_>) -> String {
    use crate::report::figure::decimals;
    if percent {
        let places = usize::from(step * 100.0 < 0.999 || (step * 100.0).fract() > 0.001);
        return format!("{}%", decimals(value * 100.0, places));
    }
    if paper.words.lang() != crate::model::Lang::En && value.abs() >= 10_000.0 {
        let places = usize::from((step / 10_000.0).fract() > 0.000_1);
        return format!("{}{}", decimals(value / 10_000.0, places), paper.words.word("unit.myriad"));
    }
    decimals(value, 0)
}
