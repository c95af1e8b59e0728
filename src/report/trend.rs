//! Periods a page speaks of, and values along them.

use super::{
    figure::{self, Figure},
    notes::NoteLine,
    page::Link,
    words::Words,
};
use crate::{
    catalog::{Accumulate, Kpi},
    model::{Grain, Instant, Period},
};
use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

/// The months a page speaks of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Months {
    cutoff: NaiveDate,
    /// The month of the cut-off.
    pub current: Period,
    /// The month that headline figures are of: the current one, or in its first week (when hardly anything is due yet)
    /// the last full one.
    pub focus: Period,
    /// The month that `focus` is compared with.
    pub before: Period,
}

impl Months {
    pub(crate) fn new(cutoff: Instant) -> Months {
        let current = Period::of(Grain::Month, cutoff.date());
        let focus = Period::headline(cutoff.date());
        Months { cutoff: cutoff.date(), current, focus, before: focus.previous() }
    }

    /// Whether a period is not over at the cut-off: a month's figures are 月至今.
    pub(crate) fn is_partial(&self, period: Period) -> bool {
        self.cutoff + Days::new(1) < period.end()
    }
}

/// A KPI's values along months, oldest first.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Trend {
    pub title: String,
    pub points: Vec<Point>,
    /// Of the newest point.
    pub target: Option<f64>,
    pub target_text: Option<String>,
    /// A share of one: the axis is in percent.
    pub percent: bool,
}

/// One month of a trend.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Point {
    /// `2026年10月`.
    pub label: String,
    /// See [`tick`].
    pub tick: String,
    pub figure: Figure,
    pub link: Option<Link>,
    /// Remarks on it, from `notes.toml`.
    pub notes: Vec<String>,
}

impl Trend {
    pub(crate) fn new(
        kpi: &Kpi,
        title: String,
        months: Vec<(Period, Figure)>,
        target: Option<f64>,
        words: &Words,
    ) -> Trend {
        let percent = kpi.unit.is_share();
        let target_text = target.map(|target| figure::shown(target, kpi, words));
        let points = months
            .into_iter()
            .enumerate()
            .map(|(i, (period, figure))| Point {
                label: words.period(period),
                tick: tick(period, i == 0, words),
                link: figure.link.clone(),
                figure,
                notes: Vec::new(),
            })
            .collect();
        Trend { title, points, target, target_text, percent }
    }

    /// The same with the remarks on its points.
    pub(crate) fn noted(mut self, notes: &[NoteLine]) -> Trend {
        for point in &mut self.points {
            let own = notes.iter().filter(|note| note.period == point.label);
            point.notes = own.map(|note| note.text.clone()).collect();
        }
        self
    }

    /// Whether there is anything to draw.
    pub(crate) fn drawable(&self) -> bool {
        self.points.iter().filter(|point| point.figure.value.is_some()).count() >= 2
    }
}

/// A period as an axis names it: `10月`, `W47`, `Q4`; with the year where it is the first, or begins a year.
pub(crate) fn tick(period: Period, first: bool, words: &Words) -> String {
    if period.grain != Grain::Month {
        let whole = period.to_string();
        let short = whole.split_once('-').map_or("", |(_, rest)| rest);
        let begins_year = first || matches!(short, "" | "W01" | "Q1");
        return if begins_year { whole } else { short.to_owned() };
    }
    let month = words.fill("unit.month", &[("n", &period.start.month().to_string())]);
    if first || period.start.month() == 1 {
        format!("{}-{:02}", period.start.year(), period.start.month())
    } else {
        month
    }
}

/// A change between two months.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Delta {
    /// By how much, unrounded.
    #[serde(skip)]
    pub by: f64,
    pub text: String,
    /// `better`, `worse`, `same`.
    pub course: &'static str,
    /// The course in words, and what it is held against where that is not the month before.
    pub title: String,
    /// Held against the same days of the month before.
    pub same_days: bool,
    /// The arrow of the value's own movement.
    pub arrow: &'static str,
    /// To the rows of the earlier month.
    pub link: Option<Link>,
}

impl Delta {
    /// Of a month against the month before it.
    pub(crate) fn between(now: &Figure, before: &Figure, kpi: &Kpi, words: &Words) -> Option<Delta> {
        // A month to date against a whole month says nothing of a sum, nor of a share of what stood at the month's start
        // (such a KPI has no weeks), which can only grow as the month goes on.
        let grows = kpi.accumulate == Accumulate::Sum && !kpi.grains.contains(&Grain::Week);
        if now.partial && (kpi.denominator.is_none() || grows) {
            return None;
        }
        Delta::of(now, before, kpi, words, false)
    }

    /// Of a month to date against the same days of the month before.
    pub(crate) fn of_same_days(now: &Figure, same_days: &Figure, kpi: &Kpi, words: &Words) -> Option<Delta> {
        Delta::of(now, same_days, kpi, words, true)
    }

    fn of(now: &Figure, before: &Figure, kpi: &Kpi, words: &Words, same_days: bool) -> Option<Delta> {
        let exact = now.value? - before.value?;
        let text = figure::difference(exact, kpi, words);
        // What reads as no change is none.
        let by = if text.contains(|c: char| ('1'..='9').contains(&c)) { exact } else { 0.0 };
        let arrow = match by {
            by if by > 0.0 => "▲",
            by if by < 0.0 => "▼",
            _ => "●",
        };
        let course = figure::course(by, kpi);
        let mut title = words.word(&format!("course.{course}"));
        if same_days {
            title = words.fill("course.same_days", &[("course", &title), ("before", &before.text)]);
        }
        Some(Delta { by: exact, text, course, title, same_days, arrow, link: before.link.clone() })
    }
}
