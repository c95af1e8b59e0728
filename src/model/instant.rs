//! Points in time as clerks write them: with a time of day, or only a date.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// A wall-clock instant in the group's time zone. One given as a date only stands for the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant {
    /// The instant to the second, or midnight at the start of the day when `date_only`.
    #[serde(with = "seconds")]
    pub at: NaiveDateTime,
    /// True when no time of day is known.
    pub date_only: bool,
}

impl Instant {
    /// An exact instant.
    pub fn exact(at: NaiveDateTime) -> Self {
        Instant { at, date_only: false }
    }

    /// A whole day.
    pub fn day(date: NaiveDate) -> Self {
        Instant { at: date.and_time(NaiveTime::MIN), date_only: true }
    }

    /// The calendar day.
    pub fn date(&self) -> NaiveDate {
        self.at.date()
    }

    /// The first instant it can stand for.
    pub fn earliest(&self) -> NaiveDateTime {
        self.at
    }

    /// The last instant it can stand for, to the second.
    pub fn latest(&self) -> NaiveDateTime {
        if self.date_only { self.at + Duration::seconds(86_399) } else { self.at }
    }

    /// Whether this happened no later than `limit`; `Unknown` when the missing time of day decides.
    pub fn not_after(&self, limit: &Instant) -> Tri {
        if self.latest() <= limit.earliest() {
            Tri::Yes
        } else if self.earliest() > limit.latest() {
            Tri::No
        } else if self.date_only || limit.date_only {
            Tri::Unknown
        } else {
            Tri::Yes
        }
    }

    /// As written in contracts and pages: `2026-03-05` or `2026-03-05 14:30` (seconds only when not zero).
    pub fn display(&self) -> String {
        use chrono::Timelike;
        use std::fmt::Write;
        let mut text = String::with_capacity(19);
        let _ = write!(text, "{}", self.at.date());
        if !self.date_only {
            let (hour, minute, second) = (self.at.hour(), self.at.minute(), self.at.second());
            let mut part = |sign: char, n: u32| {
                text.push(sign);
                text.extend([n / 10, n % 10].map(|digit| char::from_digit(digit, 10).unwrap_or('0')));
            };
            part(' ', hour);
            part(':', minute);
            if second != 0 {
                part(':', second);
            }
        }
        text
    }
}

/// Instants where nobody reads them are a number of seconds: as text they take most of the time of writing a row.
mod seconds {
    use chrono::{DateTime, NaiveDateTime};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(at: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            at.serialize(serializer)
        } else {
            at.and_utc().timestamp().serialize(serializer)
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
        if deserializer.is_human_readable() {
            return NaiveDateTime::deserialize(deserializer);
        }
        let seconds = i64::deserialize(deserializer)?;
        let at = DateTime::from_timestamp(seconds, 0).map(|at| at.naive_utc());
        at.ok_or_else(|| D::Error::custom("an instant beyond the calendar"))
    }
}

/// The day so many days after `day`; `day` itself beyond the calendar.
pub fn add_days(day: NaiveDate, days: i64) -> NaiveDate {
    Duration::try_days(days).and_then(|days| day.checked_add_signed(days)).unwrap_or(day)
}

/// An answer that the record may leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri {
    /// Every reading of the record says yes.
    Yes,
    /// Every reading says no.
    No,
    /// It depends on what was not recorded.
    Unknown,
}

/// What became of a duty at the cut-off. Stored in facts by [`Verdict::word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Done in time.
    Met,
    /// Done late, or not done and the limit is behind the cut-off.
    Missed,
    /// Not done and the limit is still ahead: not counted.
    Pending,
    /// Another duty took its place before its limit: not counted.
    Replaced,
    /// The record does not allow a judgement: counted as excluded.
    Unmeasurable,
}

impl Verdict {
    /// The word used in facts and SQL: `met`, `missed`, `pending`, `replaced`, `unmeasurable`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::Pending => "pending",
            Verdict::Replaced => "replaced",
            Verdict::Unmeasurable => "unmeasurable",
        }
    }
}

/// The same day of the month `months` later (or earlier), clamped to the month's end:
/// 31 August + 6 months is 28 or 29 February. `None` only outside chrono's range.
pub fn add_months(date: NaiveDate, months: i32) -> Option<NaiveDate> {
    if months >= 0 {
        date.checked_add_months(chrono::Months::new(months.unsigned_abs()))
    } else {
        date.checked_sub_months(chrono::Months::new(months.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    #[test]
    fn months_clamp_to_the_end() {
        assert_eq!(add_months(day(2025, 8, 31), 6), Some(day(2026, 2, 28)));
        assert_eq!(add_months(day(2027, 8, 31), 6), Some(day(2028, 2, 29)));
        assert_eq!(add_months(day(2026, 3, 31), -1), Some(day(2026, 2, 28)));
    }

    #[test]
    fn a_date_alone_leaves_the_hour_open() {
        let exact = |h| Instant::exact(day(2026, 3, 5).and_hms_opt(h, 0, 0).expect("a time"));
        let whole = Instant::day(day(2026, 3, 5));
        assert_eq!(whole.not_after(&exact(12)), Tri::Unknown);
        assert_eq!(exact(12).not_after(&whole), Tri::Unknown);
        assert_eq!(exact(9).not_after(&exact(9)), Tri::Yes);
        assert_eq!(whole.not_after(&Instant::day(day(2026, 3, 6))), Tri::Yes);
        assert_eq!(Instant::day(day(2026, 3, 7)).not_after(&whole), Tri::No);
    }
}
