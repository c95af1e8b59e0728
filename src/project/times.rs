//! Times as config and command line write them.

use crate::model::Instant;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use serde::{Deserialize, Deserializer};

/// A day or an instant as a file writes it: a text, or TOML's own kind without quotation marks.
#[derive(Debug)]
pub(super) struct Day(pub String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        Ok(Day(match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}

/// Reads a cut-off: `2026-11-22` stands for the whole day, `2026-11-22 18:00` for the minute.
pub fn parse_as_of(text: &str) -> Option<Instant> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Instant::day);
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];
    let exact =
        || formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(Instant::exact);
    // A mistyped year would make months without end.
    day.or_else(exact).filter(|at| (1900..=2100).contains(&at.date().year()))
}

/// `Mon 12:00` as minutes after the week's end.
pub(super) fn deadline_minutes(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(' ')?;
    let day: Weekday = day.parse().ok()?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    Some(i64::from(day.num_days_from_monday()) * 1440 + (time - NaiveTime::MIN).num_minutes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_needs_no_quotation_marks() {
        #[derive(Deserialize)]
        struct Written {
            at: toml::Spanned<Day>,
        }
        let read = |text: &str| {
            let written: Written = toml::from_str(&format!("at = {text}")).expect("TOML");
            parse_as_of(&written.at.get_ref().0)
        };
        let day = read("\"2026-11-22\"");
        assert!(day.is_some_and(|day| day.date_only));
        assert_eq!(read("2026-11-22"), day);
        let minute = read("\"2026-11-22 18:00\"");
        assert!(minute.is_some_and(|at| !at.date_only));
        assert_eq!(read("2026-11-22T18:00:00"), minute);
        assert_eq!(read("2026-11-22 18:00:00"), minute);
        assert_eq!(read("3"), None);
    }
}
