//! Squares, the fuller the larger the number: rows down, columns across. Each says its number, so that colour is not alone.

use super::Paper;
use crate::{
    report::form::picture::Picture,
    site::charts::svg::{self, Svg},
};

const LABEL: f64 = 96.0;
const HEAD: f64 = 28.0;
const ROW: f64 = 30.0;
const WIDTH: f64 = 720.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let height = HEAD + ROW * picture.marks.len() as f64;
    let mut svg = Svg::linked("chart picture", WIDTH, height, &picture.title);
    let numbers = || picture.marks.iter().flat_map(|mark| &mark.cells).filter_map(|cell| cell.number);
    // Shares are held against all, counts against the largest.
    let shares = picture.marks.iter().flat_map(|mark| &mark.cells).any(|cell| cell.text.ends_with('%'));
    let most = if shares { 1.0 } else { numbers().fold(1.0, f64::max) };
    let width = (WIDTH - LABEL) / picture.columns.len().max(1) as f64;
    for (at, title) in picture.columns.iter().enumerate() {
        svg.text("tick middle", LABEL + width * (at as f64 + 0.5), 18.0, &svg::fitted(title, width / 12.5));
    }
    for (row, mark) in picture.marks.iter().enumerate() {
        let top = HEAD + ROW * row as f64;
        svg.text("label end", LABEL - 8.0, top + 19.0, &svg::fitted(&mark.label, 7.0));
        for (at, cell) in mark.cells.iter().enumerate() {
            // Beside shares a count says how many they are of.
            let Some(number) = cell.number.filter(|_| !shares || cell.text.ends_with('%')) else {
                svg.text("tick middle", LABEL + width * (at as f64 + 0.5), top + 19.0, &cell.text);
                continue;
            };
            let left = LABEL + width * at as f64;
            let full = (number / most).clamp(0.0, 1.0);
            let said = format!("{} {} {}", mark.label, picture.columns[at], cell.text);
            svg.marked(paper.href(&cell.link).as_deref(), &said, |svg| {
                svg.rect(
                    &format!("heat h{}", (full * 5.0).round() as u8),
                    left + 1.0,
                    top + 1.0,
                    width - 2.0,
                    ROW - 2.0,
                );
                svg.text("on middle", left + width / 2.0, top + 19.0, &cell.text);
            });
        }
    }
    svg.finish()
}
