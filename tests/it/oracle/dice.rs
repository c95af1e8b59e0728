//! Chance, and the days at which a reading of the rules can go wrong.

use super::rows::{Moment, after, before};
use chrono::{Datelike, NaiveDate, NaiveTime};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::cell::RefCell;

pub struct Dice(RefCell<ChaCha8Rng>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(RefCell::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    pub fn below(&self, n: u32) -> u32 {
        self.0.borrow_mut().next_u32() % n
    }

    pub fn between(&self, low: i64, high: i64) -> i64 {
        low + i64::from(self.below(u32::try_from(high - low + 1).expect("a small span")))
    }

    pub fn chance(&self, percent: u32) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).expect("few")) as usize]
    }

    pub fn maybe<T>(&self, percent: u32, value: T) -> Option<T> {
        self.chance(percent).then_some(value)
    }

    /// An instant of the day: seldom the day alone, seldom its first or last minute.
    pub fn moment(&self, day: NaiveDate) -> Moment {
        let time = match self.below(20) {
            0 | 1 => return Moment { day, time: None },
            2 => NaiveTime::from_hms_opt(0, 1, 0),
            3 => NaiveTime::from_hms_opt(23, 59, 0),
            _ => NaiveTime::from_hms_opt(8 + self.below(11), self.below(60), 0),
        };
        Moment { day, time: Some(time.expect("a time")) }
    }

    /// A day of the last `months` months: often near a limit that some month's end looks back to.
    pub fn edge(&self, until: NaiveDate, months: u32) -> NaiveDate {
        let ends: Vec<NaiveDate> = month_ends(before(until, 26), until);
        let end = self.pick(&ends);
        let day = match self.below(4) {
            0 => after(until, -self.between(0, i64::from(months) * 30)),
            1 => after(end, self.between(-1, 1)),
            _ => {
                let back = self.pick(&[3, 6, 9, 12, 12, 24, 24]);
                after(before(end, back), self.between(-1, 1))
            }
        };
        day.clamp(before(until, months), until)
    }
}

/// The ends of the months from `from` on, the last one being the cut-off's day.
pub fn month_ends(from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let mut ends = Vec::new();
    let mut first = from.with_day(1).expect("the first");
    while first <= until {
        let next = first + chrono::Months::new(1);
        ends.push(after(next, -1).min(until));
        first = next;
    }
    ends
}
