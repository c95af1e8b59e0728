//! Windows of days in which something has to be done.

use crate::model::{CheckedRow, Instant, Verdict, instant::add_days};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// From an instant to the end of a day. A start without a time of day is the start of its day.
#[derive(Clone, Copy)]
pub(super) struct Window {
    since: NaiveDateTime,
    until: NaiveDateTime,
}

impl Window {
    /// From `start` to the end of the day that many days after it.
    pub fn days_after(start: Instant, days: u32) -> Window {
        Window { since: start.earliest(), until: end_of(add_days(start.date(), i64::from(days))) }
    }

    /// Whole days, both included.
    pub fn days(first: NaiveDate, last: NaiveDate) -> Window {
        Window { since: first.and_time(NaiveTime::MIN), until: end_of(last) }
    }

    /// From `since` to `until`.
    pub fn between(since: NaiveDateTime, until: NaiveDateTime) -> Window {
        Window { since, until }
    }

    /// Its last second.
    pub fn ends(&self) -> Instant {
        Instant::exact(self.until)
    }

    /// Behind the cut-off.
    pub fn passed(&self, now: NaiveDateTime) -> bool {
        self.until <= now
    }

    /// How it stands, and by which of `attempts` (in time) it was met, may have been, or was done too late.
    pub fn judge<'a>(
        &self,
        attempts: impl Iterator<Item = (Instant, &'a CheckedRow)>,
        now: NaiveDateTime,
    ) -> (Verdict, Option<(Instant, &'a CheckedRow)>) {
        let (mut perhaps, mut late) = (None, None);
        for (at, row) in attempts {
            if at.earliest() >= self.since && at.latest() <= self.until {
                return (Verdict::Met, Some((at, row)));
            } else if at.latest() >= self.since && at.earliest() <= self.until {
                perhaps = perhaps.or(Some((at, row)));
            } else if at.earliest() > self.until {
                late = late.or(Some((at, row)));
            }
        }
        match perhaps {
            Some(perhaps) => (Verdict::Unmeasurable, Some(perhaps)),
            None if self.passed(now) => (Verdict::Missed, late),
            None => (Verdict::Pending, None),
        }
    }
}

/// The last second of a day.
fn end_of(day: NaiveDate) -> NaiveDateTime {
    Instant::day(day).latest()
}
