//! When a car is due for its next service (定保): what its last 首保 or 定保 promised, by day or by mileage, whichever comes
//! first.
//!
//! - The day: 下次保养日. The mileage: 下次保养里程 less the mileage of that visit, at the kilometres a day that the car was
//!   driven between the last visit of any kind but PDI and the latest one at least 30 days before it; 40 a day where there
//!   is none, or no kilometre between them. Whole days, rounded down.
//! - A promise that lies at the visit or before it says nothing. With neither promise there is no due day: an earlier
//!   visit's is not taken instead.

use super::record::Visit;
use crate::model::instant::add_days;
use chrono::NaiveDate;

/// Days between two visits that show how far a car is driven.
const APART: i64 = 30;
/// Kilometres a day of a car of which nothing is known: our assumption.
const A_DAY: i64 = 40;

/// Kilometres over days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// More than 0.
    pub kilometres: i64,
    /// More than 0.
    pub days: i64,
}

impl Pace {
    /// That of a car by its visits so far, in time, PDI left out.
    pub fn of(visits: &[&Visit<'_>]) -> Pace {
        let unknown = Pace { kilometres: A_DAY, days: 1 };
        let Some((last, before)) = visits.split_last() else { return unknown };
        let days = |visit: &Visit<'_>| (last.at.date() - visit.at.date()).num_days();
        let Some(earlier) = before.iter().rev().find(|visit| days(visit) >= APART) else { return unknown };
        match (last.mileage, earlier.mileage) {
            (Some(now), Some(then)) if now > then => Pace { kilometres: now - then, days: days(earlier) },
            _ => unknown,
        }
    }

    /// Whole days in which the car is driven so far.
    fn days_for(self, kilometres: i64) -> i64 {
        kilometres.saturating_mul(self.days) / self.kilometres
    }
}

/// The day on which the car is due again by what was promised at a visit; `None` where nothing was.
pub(super) fn due_on(visit: &Visit<'_>, pace: Pace) -> Option<NaiveDate> {
    let day = visit.at.date();
    let by_day = visit.next_on.filter(|next| *next > day);
    let ahead = visit.next_mileage.zip(visit.mileage).map(|(next, now)| next.saturating_sub(now));
    let by_mileage = ahead.filter(|ahead| *ahead > 0).map(|ahead| add_days(day, pace.days_for(ahead)));
    by_day.into_iter().chain(by_mileage).min()
}

/// Whether a visit says when the next one is due: 首保 and 定保.
pub(super) fn sets(visit: &Visit<'_>) -> bool {
    visit.first_service() || visit.regular_service()
}
