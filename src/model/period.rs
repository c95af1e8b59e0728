//! Periods: ISO weeks, calendar months, quarters and years, and the cut-off itself.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// ISO week, Monday to Sunday.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
    /// Everything up to the cut-off.
    Asof,
}

impl Grain {
    /// All grains in the order of `kpi.csv`.
    pub const ALL: [Grain; 5] = [Grain::Week, Grain::Month, Grain::Quarter, Grain::Year, Grain::Asof];

    /// The word used in `kpi.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
            Grain::Asof => "asof",
        }
    }
}

/// One period, named by its first day. For `Asof` the day is that of the cut-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How long it is.
    pub grain: Grain,
    /// First day of the period; the cut-off's day for [`Grain::Asof`].
    pub start: NaiveDate,
}

impl Period {
    /// The period of `grain` that holds `day`.
    pub fn of(grain: Grain, day: NaiveDate) -> Period {
        let start = match grain {
            Grain::Week => day.week(Weekday::Mon).first_day(),
            Grain::Month => first_of(day.year(), day.month()),
            Grain::Quarter => first_of(day.year(), (day.month0() / 3) * 3 + 1),
            Grain::Year => first_of(day.year(), 1),
            Grain::Asof => day,
        };
        Period { grain, start }
    }

    /// The month that headline figures are of at a cut-off: the current one, or in its first week, when hardly anything is
    /// due yet, the last full one.
    pub fn headline(cutoff: NaiveDate) -> Period {
        let current = Period::of(Grain::Month, cutoff);
        let partial = cutoff + Days::new(1) < current.end();
        if partial && cutoff.day() < 8 { current.previous() } else { current }
    }

    /// The first day after the period; the day after the cut-off for [`Grain::Asof`].
    pub fn end(&self) -> NaiveDate {
        match self.grain {
            Grain::Week => self.start + Days::new(7),
            Grain::Month => self.start + chrono::Months::new(1),
            Grain::Quarter => self.start + chrono::Months::new(3),
            Grain::Year => self.start + chrono::Months::new(12),
            Grain::Asof => self.start + Days::new(1),
        }
    }

    /// Whether `day` is in the period; anything up to the cut-off for [`Grain::Asof`].
    pub fn holds(&self, day: NaiveDate) -> bool {
        day < self.end() && (self.grain == Grain::Asof || day >= self.start)
    }

    /// The period before this one; an as-of period has none and returns itself.
    pub fn previous(&self) -> Period {
        if self.grain == Grain::Asof {
            return *self;
        }
        Period::of(self.grain, self.start - Days::new(1))
    }

    /// The period after this one; an as-of period has none and returns itself.
    pub fn next(&self) -> Period {
        if self.grain == Grain::Asof {
            return *self;
        }
        Period::of(self.grain, self.end())
    }

    /// The Thursday of a week: the day that decides its ISO year, and to which month, quarter and year
    /// figures kept by the week are counted.
    pub fn thursday(&self) -> NaiveDate {
        self.start.week(Weekday::Mon).first_day() + Days::new(3)
    }

    /// Reads a period as `kpi.csv` writes it: `2026-W47`, `2026-10`, `2026-Q4`, `2026`, `2026-11-22` (as of).
    pub fn parse(key: &str) -> Option<Period> {
        let digits = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let year = i32::try_from(digits(key.get(..4)?)?).ok()?;
        let rest = &key[4..];
        if rest.is_empty() {
            return Some(Period { grain: Grain::Year, start: NaiveDate::from_ymd_opt(year, 1, 1)? });
        }
        if let Some(week) = rest.strip_prefix("-W") {
            let start = NaiveDate::from_isoywd_opt(year, digits(week)?, Weekday::Mon)?;
            return Some(Period { grain: Grain::Week, start });
        }
        if let Some(quarter) = rest.strip_prefix("-Q") {
            let quarter = digits(quarter).filter(|q| (1..=4).contains(q))?;
            return Some(Period { grain: Grain::Quarter, start: NaiveDate::from_ymd_opt(year, quarter * 3 - 2, 1)? });
        }
        if rest.len() == 3 {
            return Some(Period { grain: Grain::Month, start: NaiveDate::from_ymd_opt(year, digits(&rest[1..])?, 1)? });
        }
        Some(Period { grain: Grain::Asof, start: NaiveDate::parse_from_str(key, "%Y-%m-%d").ok()? })
    }
}

fn first_of(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

impl fmt::Display for Period {
    /// The key of `kpi.csv`: `2026-W47`, `2026-10`, `2026-Q4`, `2026`, `2026-11-22`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grain {
            Grain::Week => write!(f, "{:04}-W{:02}", self.start.iso_week().year(), self.start.iso_week().week()),
            Grain::Month => write!(f, "{}", self.start.format("%Y-%m")),
            Grain::Quarter => write!(f, "{:04}-Q{}", self.start.year(), self.start.month0() / 3 + 1),
            Grain::Year => write!(f, "{:04}", self.start.year()),
            Grain::Asof => write!(f, "{}", self.start.format("%Y-%m-%d")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
        for (grain, key) in Grain::ALL.into_iter().zip(["2026-W47", "2026-11", "2026-Q4", "2026", "2026-11-22"]) {
            let period = Period::of(grain, day);
            assert_eq!(period.to_string(), key);
            assert_eq!(Period::parse(key), Some(period));
            assert!(period.holds(day));
        }
    }

    #[test]
    fn the_iso_year_is_that_of_the_thursday() {
        let sunday = NaiveDate::from_ymd_opt(2027, 1, 3).expect("a date");
        assert_eq!(Period::of(Grain::Week, sunday).to_string(), "2026-W53");
        assert_eq!(Period::of(Grain::Week, sunday).thursday().to_string(), "2026-12-31");
    }
}
