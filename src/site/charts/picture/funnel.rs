//! Steps as bars from one axis: a count, and beside it its share of the step before.

use super::Paper;
use crate::{report::form::picture::Picture, site::charts::svg::Svg};

const WIDTH: f64 = 640.0;
const ROW: f64 = 44.0;
const LABEL: f64 = 132.0;
const VALUE: f64 = 132.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let marks = &picture.marks;
    let mut svg = Svg::linked("chart picture", WIDTH, ROW * marks.len() as f64, &picture.title);
    let number = |at: usize| marks[at].cells.first().and_then(|cell| cell.number).unwrap_or_default();
    let most = (0..marks.len()).map(number).fold(1.0, f64::max);
    let room = WIDTH - LABEL - VALUE;
    for (at, mark) in marks.iter().enumerate() {
        let top = ROW * at as f64;
        let text = mark.cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
        let share = mark.cells.get(1).map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
        let said = share.map_or_else(|| text.to_owned(), |share| format!("{text} · {share}"));
        svg.marked(paper.href(&mark.link).as_deref(), &format!("{} {said}", mark.label), |svg| {
            svg.rect("row-hit", 0.0, top, WIDTH, ROW);
            svg.text("label end", LABEL - 8.0, top + 26.0, &mark.label);
            let width = (room * number(at).max(0.0) / most).max(1.5);
            svg.rect("track", LABEL, top + 8.0, room, 28.0);
            svg.rect(&format!("step s{}", at.min(3)), LABEL, top + 8.0, width, 28.0);
            svg.text("value end", WIDTH - 2.0, top + 26.0, &said);
        });
    }
    svg.finish()
}
