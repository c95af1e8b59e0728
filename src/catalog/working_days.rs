//! `definitions/working_days.toml`: which days are worked.

use super::source::{Problem, Source};
use crate::model::Message;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// The days that are worked: Monday to Friday, but for holidays, and the days worked instead.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    off: BTreeSet<NaiveDate>,
    work: BTreeSet<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    off: Vec<Spanned<String>>,
    #[serde(default)]
    work: Vec<Spanned<String>>,
}

impl WorkingDays {
    /// Whether a day is worked.
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        let weekday = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.work.contains(&day) || weekday && !self.off.contains(&day)
    }

    /// How many days of `[from, until)` are worked.
    pub fn between(&self, from: NaiveDate, until: NaiveDate) -> usize {
        from.iter_days().take_while(|day| *day < until).filter(|day| self.is_worked(*day)).count()
    }

    /// Whether anything is known of a year's holidays.
    pub fn covers(&self, year: i32) -> bool {
        self.off.iter().any(|day| day.year() == year)
    }

    /// What it is, for keys of what rests on it.
    pub(super) fn parts(&self) -> [&BTreeSet<NaiveDate>; 2] {
        [&self.off, &self.work]
    }
}

pub(super) fn read_working_days(source: &Source) -> Result<WorkingDays, Problem> {
    let written: Written = source.read()?;
    let mut days = WorkingDays::default();
    for (spans, days) in [(&written.off, &mut days.off), (&written.work, &mut days.work)] {
        for span in spans {
            let (first, last) = span.get_ref().split_once('/').unwrap_or((span.get_ref(), span.get_ref()));
            let day = |text: &str| text.parse::<NaiveDate>().ok();
            match (day(first), day(last)) {
                (Some(first), Some(last)) if first <= last && (last - first).num_days() < 366 => {
                    days.extend(first.iter_days().take_while(|day| *day <= last));
                }
                _ => {
                    let what = Message::new("definition.days").with("value", span.get_ref());
                    return Err(source.problem(&span.span(), what));
                }
            }
        }
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use chrono::NaiveDate;

    #[test]
    fn october_2026_has_eighteen_working_days() {
        let days = Catalog::load(None).unwrap().0.working_days;
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        // 22 from Monday to Friday, less 1, 2, 5, 6, 7 October, and Saturday the 10th.
        assert_eq!(days.between(day(10, 1), day(11, 1)), 22 - 5 + 1);
        assert!(days.is_worked(day(10, 10)) && !days.is_worked(day(10, 11)) && !days.is_worked(day(10, 7)));
        assert!(days.is_worked(day(10, 8)));
        assert_eq!(days.between(day(10, 1), day(10, 8)), 0);
    }
}
