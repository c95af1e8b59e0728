//! Whether something was done between two instants, where a missing time of day can leave it open.

use crate::model::{Instant, Verdict};
use chrono::{Days, NaiveDate, NaiveDateTime};

/// The end of the day that many days after `day`.
pub(super) fn end_of_day_after(day: NaiveDate, days: u32) -> NaiveDateTime {
    Instant::day(day.checked_add_days(Days::new(u64::from(days))).unwrap_or(day)).latest()
}

/// What became of a limit at the cut-off, with the attempt that decides: the first sure one, else the first that may have
/// been in time, else the first late one. `attempts` are in time.
pub(super) fn judge<T>(
    attempts: &[(Instant, T)],
    since: NaiveDateTime,
    until: NaiveDateTime,
    now: NaiveDateTime,
) -> (Verdict, Option<usize>) {
    let first = |holds: &dyn Fn(&Instant) -> bool| attempts.iter().position(|(at, _)| holds(at));
    let in_time = first(&|at| at.earliest() >= since && at.latest() <= until);
    let perhaps = || first(&|at| at.latest() >= since && at.earliest() <= until);
    match in_time.map(|own| (Verdict::Met, own)).or_else(|| Some((Verdict::Unmeasurable, perhaps()?))) {
        Some((verdict, own)) => (verdict, Some(own)),
        None if until <= now => (Verdict::Missed, first(&|at| at.earliest() > until)),
        None => (Verdict::Pending, None),
    }
}

/// Whether a limit is behind the cut-off, for a figure that counts nothing before: done early or not.
pub(super) fn closed(verdict: Verdict, until: NaiveDateTime, now: NaiveDateTime) -> Verdict {
    if until <= now { verdict } else { Verdict::Pending }
}
