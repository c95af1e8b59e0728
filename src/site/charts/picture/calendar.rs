//! The days of a month and what is to be done on each: `1-5`, `10,20,30`, `mon`, `last-5` (the last five working days).

use super::Paper;
use crate::{
    report::form::picture::Picture,
    site::charts::svg::{self, Svg},
};
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeSet;

const WIDTH: f64 = 760.0;
const LABEL: f64 = 200.0;
const HEAD: f64 = 28.0;
const ROW: f64 = 24.0;

pub(super) fn draw(picture: &Picture, paper: &Paper<'_>) -> String {
    let days: Vec<NaiveDate> =
        std::iter::successors(Some(picture.from), |day| day.succ_opt()).take_while(|day| *day <= picture.to).collect();
    let width = (WIDTH - LABEL) / days.len().max(1) as f64;
    let height = HEAD + ROW * picture.marks.len() as f64;
    let mut svg = Svg::linked("chart picture calendar", WIDTH, height, &picture.title);
    for (at, day) in days.iter().enumerate() {
        let left = LABEL + width * at as f64;
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            svg.rect("track", left, HEAD - 6.0, width, height - HEAD + 6.0);
        }
        svg.text("tick middle", left + width / 2.0, 16.0, &day.day().to_string());
    }
    for (row, mark) in picture.marks.iter().enumerate() {
        let top = HEAD + ROW * row as f64;
        let when = mark.cells.last().map(|cell| cell.text.as_str()).unwrap_or_default();
        let on = on(when, &days);
        svg.marked(paper.href(&mark.link).as_deref(), &mark.label, |svg| {
            svg.rect("row-hit", 0.0, top, WIDTH, ROW);
            svg.text("label end", LABEL - 8.0, top + 16.0, &svg::fitted(&mark.label, 15.0));
            for at in on {
                svg.dot("dot", LABEL + width * (at as f64 + 0.5), top + ROW / 2.0, 5.0);
            }
        });
        svg.line("grid", (LABEL, top + ROW), (WIDTH, top + ROW));
    }
    svg.finish()
}

/// The days that a text names, from 0.
fn on(text: &str, days: &[NaiveDate]) -> BTreeSet<usize> {
    let mut on = BTreeSet::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if part == "daily" {
            on.extend(0..days.len());
        } else if let Ok(weekday) = part.parse::<Weekday>() {
            on.extend((0..days.len()).filter(|at| days[*at].weekday() == weekday));
        } else if let Some(count) = part.strip_prefix("last-").and_then(|count| count.parse::<usize>().ok()) {
            let working = (0..days.len()).rev().filter(|at| days[*at].weekday().num_days_from_monday() < 5);
            on.extend(working.take(count));
        } else if let Some((from, to)) = part.split_once('-') {
            let named = from.parse::<u32>().ok().zip(to.parse::<u32>().ok());
            let (from, to) = named.unwrap_or((1, 0));
            on.extend((0..days.len()).filter(|at| (from..=to).contains(&days[*at].day())));
        } else if let Ok(own) = part.parse::<u32>() {
            on.extend((0..days.len()).filter(|at| days[*at].day() == own));
        }
    }
    on
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    #[test]
    fn days_are_named_by_number_weekday_and_from_the_end() {
        let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let days: Vec<NaiveDate> = (0..30).map(|n| first + Days::new(n)).collect();
        let named = |text: &str| on(text, &days).into_iter().map(|at| at as u32 + 1).collect::<Vec<_>>();
        assert_eq!(named("10,20,30"), [10, 20, 30]);
        assert_eq!(named("1-3, 5"), [1, 2, 3, 5]);
        // 1 November 2026 is a Sunday.
        assert_eq!(named("mon"), [2, 9, 16, 23, 30]);
        assert_eq!(named("last-5"), [24, 25, 26, 27, 30]);
        assert_eq!(named("daily").len(), 30);
    }
}
