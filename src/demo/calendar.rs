//! The group's time: what is simulated, when stores are open, and how the seasons go.

use super::{DemoOptions, dice::Dice};
use crate::model::instant::add_months;
use chrono::{Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// A minute.
pub type At = NaiveDateTime;

/// The stretches of time a world is made of.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// First day of the deliveries and visits in the opening archive.
    pub history: NaiveDate,
    /// First day of new prospects: a month before the first reported one, so that it starts with a pool.
    pub warm_up: NaiveDate,
    /// First day of the first reported month.
    pub start: NaiveDate,
    /// The cut-off's day.
    pub as_of: NaiveDate,
}

/// The hour at which clerks close a submission: what happens later on its last day is in the next one.
pub fn closing(day: NaiveDate) -> At {
    clock(day, 18, 5)
}

/// A minute of a day.
pub fn clock(day: NaiveDate, hour: u32, minute: u32) -> At {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN))
}

/// The first day of the month that holds `day`.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

impl Span {
    /// The span of the options: `months` calendar months up to the cut-off's, and at least 26 months of history.
    /// `None` outside chrono's range.
    pub fn of(options: &DemoOptions) -> Option<Span> {
        let months = i32::try_from(options.months).ok()?;
        let start = add_months(month_of(options.as_of), 1 - months)?;
        let warm_up = add_months(start, -1)?;
        let history = add_months(month_of(options.as_of), -26)?.min(add_months(start, -13)?);
        Some(Span { history, warm_up, start, as_of: options.as_of })
    }

    /// The last minute at which anything happens.
    pub fn end(&self) -> At {
        closing(self.as_of) - Duration::minutes(5)
    }
}

/// How busy a day is, 1 being an ordinary one: 金九银十, the dip around 春节, weekends.
pub fn season(day: NaiveDate) -> f64 {
    const MONTHS: [f64; 12] = [1.05, 0.75, 0.95, 0.95, 1.05, 1.0, 0.85, 0.9, 1.25, 1.25, 1.05, 1.15];
    let month = MONTHS[day.month0() as usize];
    let weekday = match day.weekday() {
        Weekday::Sat => 1.6,
        Weekday::Sun => 1.5,
        _ => 0.78,
    };
    let holiday = if spring_festival(day.year()).is_some_and(|eve| (-1..=6).contains(&(day - eve).num_days())) {
        0.15
    } else {
        1.0
    };
    month * weekday * holiday
}

/// New Year's Day of the lunar calendar, where we know it.
fn spring_festival(year: i32) -> Option<NaiveDate> {
    let (month, day) = match year {
        2022 => (2, 1),
        2023 => (1, 22),
        2024 => (2, 10),
        2025 => (1, 29),
        2026 => (2, 17),
        2027 => (2, 6),
        2028 => (1, 26),
        2029 => (2, 13),
        2030 => (2, 3),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// A minute of `day` while the store is open and people are at their desks.
pub fn working_minute(dice: &mut Dice, day: NaiveDate) -> At {
    let hour = dice.weighted(&[(9, 14), (10, 18), (11, 14), (13, 8), (14, 14), (15, 15), (16, 12), (17, 5)]);
    clock(day, hour, dice.between(0, 54) as u32)
}

/// Like [`working_minute`], but after `after`: the next day when that day is over.
pub fn working_minute_after(dice: &mut Dice, day: NaiveDate, after: At) -> At {
    let minute = working_minute(dice, day.max(after.date()));
    if minute > after {
        return minute;
    }
    let soon = after + Duration::minutes(dice.between(15, 90));
    if soon < clock(after.date(), 17, 55) { soon } else { working_minute(dice, after.date() + Days::new(1)) }
}
