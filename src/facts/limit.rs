//! Limits: how long somebody may take, on the store's clock or by the calendar, and how an instant stands to them.

use crate::{
    model::{Instant, Verdict},
    project::OpeningHours,
};
use chrono::{Days, Duration, NaiveDateTime, NaiveTime};

/// A limit on the clock: a start inside opening hours, else the next opening, plus some time. Without a time of day it is
/// anywhere between two instants.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    earliest: NaiveDateTime,
    latest: NaiveDateTime,
    date_only: bool,
}

impl Limit {
    /// That many minutes after `start`, the clock running from the next opening.
    pub fn new(start: Instant, hours: OpeningHours, minutes: i64) -> Limit {
        let limit = |at| hours.start_of_clock(at) + Duration::minutes(minutes);
        Limit { earliest: limit(start.earliest()), latest: limit(start.latest()), date_only: start.date_only }
    }

    /// By the closing of the day of `start` where it is before 12:00, else by 12:00 of the next day.
    pub fn half_day(start: Instant, hours: OpeningHours) -> Limit {
        let limit = |at: NaiveDateTime| {
            let noon = |days| {
                at.date().checked_add_days(Days::new(days)).unwrap_or(at.date()).and_time(NaiveTime::MIN)
                    + Duration::hours(12)
            };
            if at < noon(0) { at.date().and_time(hours.closes) } else { noon(1) }
        };
        Limit { earliest: limit(start.earliest()), latest: limit(start.latest()), date_only: start.date_only }
    }

    /// As written into facts: a day where the hour is open.
    pub fn shown(&self) -> Instant {
        if self.date_only { Instant::day(self.earliest.date()) } else { Instant::exact(self.earliest) }
    }

    /// Behind the cut-off under every reading.
    pub fn passed(&self, now: NaiveDateTime) -> bool {
        self.latest <= now
    }

    /// How what was done, if it was, stands to it.
    pub fn judge(&self, done: Option<Instant>, now: NaiveDateTime) -> Verdict {
        match done {
            Some(done) if done.latest() <= self.earliest => Verdict::Met,
            Some(done) if done.earliest() > self.latest => Verdict::Missed,
            None if self.passed(now) => Verdict::Missed,
            None if self.earliest > now => Verdict::Pending,
            _ => Verdict::Unmeasurable,
        }
    }
}
