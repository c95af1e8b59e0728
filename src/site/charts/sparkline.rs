//! A trend in the size of a word. Its figures stand in the table or on the page it belongs to.

use super::{Mark, Paper, svg::Svg};
use crate::report::trend::Trend;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Data {
    title: String,
    points: Vec<Point>,
    target: Option<f64>,
}

#[derive(Deserialize)]
struct Point {
    label: String,
    figure: Mark,
}

impl Data {
    /// Of a view's trend.
    pub(super) fn of(trend: &Trend) -> Data {
        let points = trend.points.iter().map(|point| Point {
            label: point.label.clone(),
            figure: Mark {
                value: point.figure.value,
                text: point.figure.text.clone(),
                status: point.figure.status.to_owned(),
                word: point.figure.word.clone(),
                mark: point.figure.mark.to_owned(),
                partial: point.figure.partial,
            },
        });
        Data { title: trend.title.clone(), points: points.collect(), target: trend.target }
    }
}

const EDGE: f64 = 4.0;

/// For a cell of a table.
pub(super) fn draw(data: &Data, paper: &Paper<'_>) -> String {
    sized(data, paper, "spark", 104.0, 28.0)
}

/// For a card.
pub(super) fn draw_wide(data: &Data, paper: &Paper<'_>) -> String {
    sized(data, paper, "spark wide", 288.0, 40.0)
}

fn sized(data: &Data, paper: &Paper<'_>, class: &str, width: f64, height: f64) -> String {
    let told: Vec<&Point> = data.points.iter().filter(|point| point.figure.value.is_some()).collect();
    let name = match (told.first(), told.last()) {
        (Some(first), Some(last)) => {
            let args = [&data.title, &first.label, &first.figure.text, &last.label, &last.figure.text];
            let names = ["title", "from", "was", "to", "is"];
            let pairs: Vec<(&str, &str)> = names.into_iter().zip(args.into_iter().map(String::as_str)).collect();
            paper.words.fill("chart.spark", &pairs)
        }
        _ => data.title.clone(),
    };
    let mut svg = Svg::image(class, width, height, &name);
    let values = told.iter().filter_map(|point| point.figure.value);
    let (low, high) = values.chain(data.target).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    let span = if high > low { high - low } else { 1.0 };
    let x = |i: usize| EDGE + (width - EDGE * 2.0) * i as f64 / data.points.len().saturating_sub(1).max(1) as f64;
    let y = |value: f64| height - EDGE - (height - EDGE * 2.0) * (value - low) / span;
    if let Some(target) = data.target {
        svg.line("target", (EDGE, y(target)), (width - EDGE, y(target)));
    }
    let line: Vec<(f64, f64)> =
        data.points.iter().enumerate().filter_map(|(i, p)| p.figure.value.map(|v| (x(i), y(v)))).collect();
    svg.path("series", &line);
    if let (Some((x, y)), Some(last)) = (line.last(), told.last()) {
        svg.dot(&format!("dot {}", last.figure.status), *x, *y, 3.0);
    }
    svg.finish()
}
