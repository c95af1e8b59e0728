//! Stages side by side: what each is called, how many stand there, how many move on, how many are lost on the way.

use super::Paper;
use crate::{
    report::form::picture::Picture,
    site::charts::svg::{self, Svg},
};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 220.0;
const TOP: f64 = 36.0;
const TALL: f64 = 92.0;
const GAP: f64 = 28.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let count = picture.marks.len().max(1) as f64;
    let width = (WIDTH - GAP * (count - 1.0)) / count;
    let mut svg = Svg::linked("chart picture stages", WIDTH, HEIGHT, &picture.title);
    let most = picture.marks.iter().filter_map(|mark| mark.cells.first()?.number).fold(1.0, f64::max);
    for (at, mark) in picture.marks.iter().enumerate() {
        let left = (width + GAP) * at as f64;
        let middle = left + width / 2.0;
        let said: Vec<String> = mark
            .cells
            .iter()
            .zip(&picture.columns)
            .filter(|(cell, _)| !cell.text.is_empty())
            .map(|(cell, title)| format!("{title} {}", cell.text))
            .collect();
        svg.marked(paper.href(&mark.link).as_deref(), &format!("{} {}", mark.label, said.join(" · ")), |svg| {
            svg.text("label middle", middle, 20.0, &svg::fitted(&mark.label, width / 12.5));
            svg.rect("track", left, TOP, width, TALL);
            let full = mark.cells.first().and_then(|cell| cell.number).unwrap_or_default().max(0.0) / most;
            svg.rect(&format!("step s{}", at.min(3)), left, TOP + TALL * (1.0 - full), width, TALL * full);
            let first = mark.cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
            svg.text("on middle", middle, TOP + TALL / 2.0 + 4.0, first);
            for (line, said) in said.iter().skip(1).enumerate() {
                let y = TOP + TALL + 22.0 + 20.0 * line as f64;
                svg.text("tick middle", middle, y, &svg::fitted(said, width / 11.5));
            }
        });
        if at + 1 < picture.marks.len() {
            let (x, y) = (left + width + 6.0, TOP + TALL / 2.0);
            svg.path("arrow", &[(x, y), (x + GAP - 12.0, y)]);
            svg.path("arrow", &[(x + GAP - 19.0, y - 5.0), (x + GAP - 12.0, y), (x + GAP - 19.0, y + 5.0)]);
        }
    }
    svg.finish()
}
