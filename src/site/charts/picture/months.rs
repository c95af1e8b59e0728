//! Bars over months: from the planned first day to the planned last, a mark where it was done, a line for today.

use super::Paper;
use crate::{
    report::form::picture::Picture,
    site::charts::svg::{self, Svg},
};
use chrono::{Datelike, NaiveDate};

const WIDTH: f64 = 760.0;
const LABEL: f64 = 200.0;
const HEAD: f64 = 28.0;
const ROW: f64 = 26.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let days: Vec<NaiveDate> =
        picture.marks.iter().flat_map(|mark| mark.cells.iter().filter_map(|cell| cell.day)).collect();
    let first = days.iter().copied().chain([picture.today]).min().unwrap_or(picture.today);
    let last = days.iter().copied().chain([picture.today]).max().unwrap_or(picture.today);
    let first = first.with_day(1).unwrap_or(first);
    let last = last.with_day(1).unwrap_or(last) + chrono::Months::new(1);
    let span = (last - first).num_days().max(1) as f64;
    let x = |day: NaiveDate| LABEL + (WIDTH - LABEL - 12.0) * (day - first).num_days() as f64 / span;
    let height = HEAD + ROW * picture.marks.len() as f64 + 8.0;
    let mut svg = Svg::linked("chart picture months", WIDTH, height, &picture.title);
    let months = std::iter::successors(Some(first), |month| month.checked_add_months(chrono::Months::new(1)));
    let months: Vec<NaiveDate> = months.take_while(|month| *month < last).collect();
    let every = months.len().div_ceil(10).max(1);
    for (at, month) in months.iter().enumerate() {
        svg.line("grid", (x(*month), HEAD - 6.0), (x(*month), height - 4.0));
        if at % every == 0 {
            svg.text("tick", x(*month) + 2.0, 16.0, &month.format("%Y-%m").to_string());
        }
    }
    for (at, mark) in picture.marks.iter().enumerate() {
        let top = HEAD + ROW * at as f64;
        let day = |at: usize| mark.cells.get(at).and_then(|cell| cell.day);
        let said: Vec<&str> =
            mark.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        svg.marked(paper.href(&mark.link).as_deref(), &format!("{} {}", mark.label, said.join(" · ")), |svg| {
            svg.rect("row-hit", 0.0, top, WIDTH, ROW);
            svg.text("label end", LABEL - 8.0, top + 17.0, &svg::fitted(&mark.label, 15.0));
            if let (Some(from), Some(to)) = (day(0).or(day(1)), day(1)) {
                let late = day(2).map_or(picture.today > to, |done| done > to);
                let class = if late { "bar missed" } else { "bar" };
                svg.rect(class, x(from), top + 6.0, (x(to) - x(from)).max(3.0), ROW - 12.0);
            }
            if let Some(done) = day(2) {
                svg.dot("dot met", x(done), top + ROW / 2.0, 5.0);
            }
        });
    }
    svg.line("target", (x(picture.today), HEAD - 6.0), (x(picture.today), height - 4.0));
    svg.finish()
}
