//! Boxes in a ring, an arrow from each to the next: what it is, its count, and the share of the box before.

use super::Paper;
use crate::{
    report::form::picture::Picture,
    site::charts::svg::{self, Svg},
};
use std::f64::consts::TAU;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 480.0;
const BOX: (f64, f64) = (176.0, 64.0);

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let mut svg = Svg::linked("chart picture ring", WIDTH, HEIGHT, &picture.title);
    let count = picture.marks.len().max(1) as f64;
    let center = (WIDTH / 2.0, HEIGHT / 2.0);
    let reach = (WIDTH / 2.0 - BOX.0 / 2.0 - 8.0, HEIGHT / 2.0 - BOX.1 / 2.0 - 8.0);
    // The first stands at the top, the others follow the clock.
    let place = |at: f64| {
        let angle = at / count * TAU - TAU / 4.0;
        (center.0 + reach.0 * angle.cos(), center.1 + reach.1 * angle.sin())
    };
    for at in 0..picture.marks.len() {
        arrow(&mut svg, [0.34, 0.5, 0.66].map(|part| place(at as f64 + part)));
    }
    for (at, mark) in picture.marks.iter().enumerate() {
        let (x, y) = place(at as f64);
        let (left, top) = (x - BOX.0 / 2.0, y - BOX.1 / 2.0);
        let said: Vec<&str> =
            mark.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        svg.marked(paper.href(&mark.link).as_deref(), &format!("{} {}", mark.label, said.join(" · ")), |svg| {
            svg.rect("box", left, top, BOX.0, BOX.1);
            svg.text("label middle", x, top + 25.0, &svg::fitted(&mark.label, 13.0));
            svg.text("value middle", x, top + 48.0, &svg::fitted(&said.join(" · "), 13.5));
        });
    }
    svg.finish()
}

/// A bow through three points with a head at its end.
fn arrow(svg: &mut Svg, [from, by, to]: [(f64, f64); 3]) {
    svg.path("arrow", &[from, by, to]);
    let (dx, dy) = (to.0 - by.0, to.1 - by.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let side = |turn: f64| (to.0 - 9.0 * ux + turn * 5.0 * uy, to.1 - 9.0 * uy - turn * 5.0 * ux);
    svg.path("arrow", &[side(1.0), to, side(-1.0)]);
}
