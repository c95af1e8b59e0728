//! Cards in the order of a loop: rows whose first cells are alike are one card, each row a line of it.

use super::Paper;
use crate::{
    report::form::picture::{Picture, PictureMark},
    site::charts::svg::{self, Svg},
};

const WIDTH: f64 = 760.0;
const PER_ROW: usize = 4;
const GAP: f64 = 24.0;
const LINE: f64 = 20.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let cards: Vec<&[PictureMark]> = picture.marks.chunk_by(|a, b| a.label == b.label).collect();
    let lines = cards.iter().map(|card| card.len()).max().unwrap_or_default();
    let width = (WIDTH - GAP * (PER_ROW as f64 - 1.0)) / PER_ROW as f64;
    let tall = 40.0 + LINE * lines as f64;
    let rows = cards.len().div_ceil(PER_ROW);
    let height = (tall + GAP) * rows as f64 - GAP + 4.0;
    let mut svg = Svg::linked("chart picture round", WIDTH, height, &picture.title);
    // The second line of cards runs back, so that the last stands next to the first.
    let place = |at: usize| {
        let (row, col) = (at / PER_ROW, at % PER_ROW);
        let col = if row.is_multiple_of(2) { col } else { PER_ROW - 1 - col };
        ((width + GAP) * col as f64, 2.0 + (tall + GAP) * row as f64)
    };
    for (at, card) in cards.iter().enumerate() {
        let (left, top) = place(at);
        svg.rect("box", left, top, width, tall);
        let Some(first) = card.first() else { continue };
        svg.marked(paper.href(&first.link).as_deref(), &first.label, |svg| {
            svg.text("label", left + 10.0, top + 22.0, &svg::fitted(&first.label, width / 13.0));
        });
        for (nth, line) in card.iter().enumerate() {
            let y = top + 42.0 + LINE * nth as f64;
            let said: Vec<&str> =
                line.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
            let link = line.cells.iter().find_map(|cell| cell.link.clone());
            let class = if line.cells.iter().any(|cell| cell.bad) { "tick bad" } else { "tick" };
            svg.marked(paper.href(&link).as_deref(), &said.join(" · "), |svg| {
                svg.text(class, left + 10.0, y, &svg::fitted(&said.join(" "), (width - 16.0) / 12.2));
            });
        }
        if at + 1 < cards.len() {
            let (next_left, next_top) = place(at + 1);
            arrow(&mut svg, (left, top), (next_left, next_top), (width, tall));
        }
    }
    if cards.len() > PER_ROW {
        let ((left, top), (first_left, first_top)) = (place(cards.len() - 1), place(0));
        if top > first_top {
            let x = (left.min(first_left) + width * 0.25).min(first_left + width * 0.75);
            svg.path("arrow", &[(x, top - 2.0), (x, first_top + tall + 4.0)]);
            svg.path(
                "arrow",
                &[(x - 5.0, first_top + tall + 11.0), (x, first_top + tall + 4.0), (x + 5.0, first_top + tall + 11.0)],
            );
        }
    }
    svg.finish()
}

/// From one card to the next, in the gap between them.
fn arrow(svg: &mut Svg, from: (f64, f64), to: (f64, f64), (width, tall): (f64, f64)) {
    if (from.1 - to.1).abs() < 1.0 {
        let y = from.1 + tall / 2.0;
        let forth = to.0 > from.0;
        let (x1, x2) = if forth { (from.0 + width + 4.0, to.0 - 4.0) } else { (from.0 - 4.0, to.0 + width + 4.0) };
        let back = if forth { -7.0 } else { 7.0 };
        svg.path("arrow", &[(x1, y), (x2, y)]);
        svg.path("arrow", &[(x2 + back, y - 5.0), (x2, y), (x2 + back, y + 5.0)]);
    } else {
        let x = from.0 + width / 2.0;
        svg.path("arrow", &[(x, from.1 + tall + 4.0), (x, to.1 - 4.0)]);
        svg.path("arrow", &[(x - 5.0, to.1 - 11.0), (x, to.1 - 4.0), (x + 5.0, to.1 - 11.0)]);
    }
}
