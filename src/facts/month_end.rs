//! Month ends up to the cut-off, for facts that say how things stood at each.

use super::ledger::Ledger;
use crate::model::{Grain, Period, instant::add_months};
use chrono::NaiveDate;

/// A month end, or the cut-off's day in its month.
#[derive(Clone, Copy)]
pub(super) struct MonthEnd {
    pub month: Period,
    /// The last day that counts.
    pub day: NaiveDate,
    /// It is the cut-off's.
    pub current: bool,
}

impl MonthEnd {
    /// So many months before it, clamped to the month's end.
    pub fn back(&self, months: i32) -> NaiveDate {
        before(self.day, months)
    }

    /// The end of the month before.
    pub fn former(&self) -> NaiveDate {
        self.month.start.pred_opt().unwrap_or(self.month.start)
    }
}

/// `months` before `day`, its month's end at most.
pub(super) fn before(day: NaiveDate, months: i32) -> NaiveDate {
    add_months(day, -months).unwrap_or(NaiveDate::MIN)
}

/// The month ends from the month of a day on.
pub(super) fn since(ledger: &Ledger<'_>, first: Option<NaiveDate>) -> Vec<MonthEnd> {
    let mut ends = Vec::new();
    let Some(mut month) = first.map(|day| Period::of(Grain::Month, day)) else { return ends };
    while month.start <= ledger.today {
        let end = month.end().pred_opt().unwrap_or(month.start);
        ends.push(MonthEnd { month, day: end.min(ledger.today), current: end >= ledger.today });
        month = month.next();
    }
    ends
}
