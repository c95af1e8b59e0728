//! A share beside its target: a bar from zero to one hundred percent.

use super::{Mark, Paper, svg::Svg};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Data {
    figure: Mark,
    target: Option<f64>,
    title: Title,
}

#[derive(Deserialize)]
struct Title {
    text: String,
}

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 16.0;

pub(super) fn draw(data: &Data, _: &Paper<'_>) -> String {
    let name = format!("{} {} · {}", data.title.text, data.figure.text, data.figure.word);
    let mut svg = Svg::image("bullet", WIDTH, HEIGHT, &name);
    let x = |share: f64| WIDTH * share.clamp(0.0, 1.0);
    svg.rect("track", 0.0, 2.0, WIDTH, HEIGHT - 4.0);
    if let Some(value) = data.figure.value {
        svg.rect(&format!("bar {}", data.figure.status), 0.0, 4.0, x(value), HEIGHT - 8.0);
    }
    if let Some(target) = data.target {
        svg.rect("target-mark", (x(target) - 1.5).max(0.0), 0.0, 3.0, HEIGHT);
    }
    svg.finish()
}
