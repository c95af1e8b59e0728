//! First service (首保): owed within 12 months of the delivery, whole days: from the day of 交车 to the end of the same day
//! twelve months later, clamped to the month's end.

use super::{ledger::Ledger, record::Order};
use crate::model::{CheckedRow, Instant, Verdict, instant::add_months};
use chrono::NaiveDate;

/// How a delivered order stands with its first service.
pub(super) struct FirstService<'a> {
    /// The last day of the window.
    pub due_on: NaiveDate,
    /// The window closed at or before the cut-off.
    pub due: bool,
    /// `Unmeasurable` for a delivery without VIN.
    pub verdict: Verdict,
    /// The first 首保 visit from the delivery on, in time or late.
    pub done: Option<(Instant, &'a CheckedRow)>,
}

/// Months from the delivery to the end of the window.
const WINDOW: i32 = 12;

/// Judges an order; `None` when it is not delivered, or the delivery was reversed.
pub(super) fn judge<'a>(ledger: &Ledger<'a>, order: &Order<'a>) -> Option<FirstService<'a>> {
    let delivered = order.delivered?;
    if order.reversed().is_some() {
        return None;
    }
    let due_on = add_months(delivered.date(), WINDOW)?;
    let due = Instant::day(due_on).latest() <= ledger.now;
    let Some(vin) = order.vin else {
        return Some(FirstService { due_on, due, verdict: Verdict::Unmeasurable, done: None });
    };
    let since_delivery = |at: Instant| {
        let same_day_exact = at.date() == delivered.date() && !at.date_only && !delivered.date_only;
        if same_day_exact { at.at >= delivered.at } else { at.date() >= delivered.date() }
    };
    let visits = ledger.visits_of.get(&**vin).into_iter().flatten().map(|i| &ledger.visits[*i]);
    let done = visits.filter(|visit| visit.first_service()).find(|visit| since_delivery(visit.at));
    let done = done.map(|visit| (visit.at, visit.row));
    let verdict = match done {
        Some((at, _)) if at.date() <= due_on => Verdict::Met,
        None if !due => Verdict::Pending,
        _ => Verdict::Missed,
    };
    Some(FirstService { due_on, due, verdict, done })
}
