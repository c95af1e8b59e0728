//! Counts as bars, the largest first, with the running share of all over them.

use super::Paper;
use crate::{
    report::{figure, form::picture::Picture},
    site::charts::svg::{self, Svg},
};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 40.0;
const SIDE: f64 = 44.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let number = |at: usize| picture.marks[at].cells.first().and_then(|cell| cell.number).unwrap_or_default().max(0.0);
    let count = picture.marks.len();
    let total: f64 = (0..count).map(number).sum();
    let mut svg = Svg::linked("chart picture pareto", WIDTH, HEIGHT, &picture.title);
    if total <= 0.0 {
        return svg.finish();
    }
    let base = HEIGHT - BOTTOM;
    let y = |share: f64| base - (base - TOP) * share;
    for part in 0..=4 {
        let share = f64::from(part) / 4.0;
        svg.line("grid", (SIDE, y(share)), (WIDTH - SIDE, y(share)));
        svg.text("tick end", SIDE - 6.0, y(share) + 4.0, &figure::decimals(total * share, 0));
        svg.text("tick", WIDTH - SIDE + 6.0, y(share) + 4.0, &figure::percent(share));
    }
    let width = (WIDTH - 2.0 * SIDE) / count as f64;
    let mut running = 0.0;
    let mut line = Vec::new();
    for (at, mark) in picture.marks.iter().enumerate() {
        let own = number(at) / total;
        running += own;
        let left = SIDE + width * at as f64;
        let text = mark.cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
        let said = format!("{} {text} · {}", mark.label, figure::percent(running));
        svg.marked(paper.href(&mark.link).as_deref(), &said, |svg| {
            svg.rect("bar", left + width * 0.15, y(own), width * 0.7, base - y(own));
            svg.text("value middle", left + width / 2.0, y(own) - 5.0, text);
            svg.text("label middle", left + width / 2.0, base + 18.0, &svg::fitted(&mark.label, width / 12.5));
        });
        line.push((left + width / 2.0, y(running)));
    }
    svg.path("series", &line);
    for (x, y) in line {
        svg.dot("dot", x, y, 3.5);
    }
    svg.line("axis", (SIDE, base), (WIDTH - SIDE, base));
    svg.finish()
}
