//! One bar of parts: the churn ladder, a scorecard with its undefined part.

use super::{Paper, svg::Svg};
use crate::report::page::Link;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Data {
    title: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    title: String,
    value: f64,
    /// `undefined` is hatched; others are shaded by their place.
    #[serde(default)]
    tone: String,
    #[serde(default)]
    link: Option<Link>,
}

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 28.0;

pub(super) fn draw(data: &Data, paper: &Paper<'_>) -> String {
    let linked = data.parts.iter().any(|part| part.link.is_some());
    let new = if linked { Svg::linked } else { Svg::image };
    let mut svg = new("chart stack", WIDTH, HEIGHT, &data.title);
    let total: f64 = data.parts.iter().map(|part| part.value.max(0.0)).sum();
    let mut left = 0.0;
    for (i, part) in data.parts.iter().enumerate().filter(|_| total > 0.0) {
        let width = WIDTH * part.value.max(0.0) / total;
        let class = if part.tone.is_empty() { format!("part p{}", i % 6) } else { format!("part {}", part.tone) };
        svg.marked(paper.href(&part.link).as_deref(), &format!("{} {}", part.title, part.value), |svg| {
            svg.rect(&class, left, 0.0, (width - 2.0).max(0.5), HEIGHT);
            if width > 28.0 {
                svg.text("on middle", left + width / 2.0 - 1.0, HEIGHT / 2.0 + 4.5, &part.value.to_string());
            }
        });
        left += width;
    }
    svg.finish()
}
