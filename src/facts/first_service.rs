//! First service (首保): owed within 12 months of the delivery: from 交车 to the end of the same day twelve months later,
//! clamped to the month's end.

use super::{
    beside::Beside,
    drafts::{date, moment, text},
    ledger::Ledger,
    record::{self, Order},
};
use crate::model::{
    CheckedRow, Instant, Value, Verdict,
    instant::{Tri, add_months},
};
use chrono::NaiveDate;

/// How a delivered order stands with its first service.
pub(super) struct FirstService<'a> {
    /// The last day of the window.
    pub due_on: NaiveDate,
    /// The window closed at or before the cut-off.
    pub due: bool,
    /// `Unmeasurable` for a delivery without VIN, or where a visit without a time of day is on the day of a delivery that
    /// has one. A delivery without a time of day opens with its day: a visit on it counts.
    pub verdict: Verdict,
    /// The first 首保 visit from the delivery on, in time or late.
    pub done: Option<(Instant, &'a CheckedRow)>,
}

/// Months from the delivery to the end of the window.
const WINDOW: i32 = 12;

/// Fills `first_service`.
pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for order in &ledger.orders {
        let judged = judge(ledger, order);
        let visit = judged.as_ref().and_then(|judged| judged.done);
        let sent = |judged: &FirstService<'_>| ledger.unsent.sent(&["service_visit"], judged.due_on);
        beside.set(
            order.index,
            &[
                ("first_service_due_on", date(judged.as_ref().map(|judged| judged.due_on))),
                (
                    "first_service_verdict",
                    judged.as_ref().map_or(Value::Null, |judged| Value::from(judged.verdict.word())),
                ),
                ("first_service_due", Value::Flag(judged.as_ref().is_some_and(|judged| judged.due))),
                ("first_service_at", moment(visit.map(|(at, _)| at))),
                ("done_workbook", text(visit.map(|(_, row)| &row.workbook))),
                ("done_sheet", text(visit.map(|(_, row)| &row.sheet))),
                ("done_row", visit.map_or(Value::Null, |(_, row)| Value::Int(i64::from(row.row)))),
                (
                    "first_service_group_verdict",
                    judge_in_group(ledger, order).map_or(Value::Null, |verdict| Value::from(verdict.word())),
                ),
                ("first_service_week_sent", judged.as_ref().map_or(Value::Null, |judged| Value::Flag(sent(judged)))),
            ],
        );
    }
}

/// Whether any store of the group gave a delivered car its first service within the window; `None` as in [`judge`].
fn judge_in_group(ledger: &Ledger<'_>, order: &Order<'_>) -> Option<Verdict> {
    let judged = judge(ledger, order)?;
    let (Some(delivered), Some(vin)) = (order.delivered, order.vin) else { return Some(judged.verdict) };
    let opens = Instant::exact(delivered.earliest());
    let made = ledger.group.first_services_of(vin).iter().filter(|at| record::known(**at, ledger.now));
    let in_time = made.filter(|at| at.date() <= judged.due_on).map(|at| opens.not_after(at));
    let mut verdict = judged.verdict;
    for answer in in_time {
        match answer {
            Tri::Yes => return Some(Verdict::Met),
            Tri::Unknown => verdict = Verdict::Unmeasurable,
            Tri::No => {}
        }
    }
    Some(verdict)
}

/// Judges an order; `None` when it is not delivered, or the delivery was reversed before the window closed: what comes
/// later leaves the figure of a closed month as it is.
pub(super) fn judge<'a>(ledger: &Ledger<'a>, order: &Order<'a>) -> Option<FirstService<'a>> {
    let delivered = order.delivered?;
    let due_on = add_months(delivered.date(), WINDOW)?;
    if order.reversed().is_some_and(|reversed| reversed.date() <= due_on) {
        return None;
    }
    let due = Instant::day(due_on).latest() <= ledger.now;
    let Some(vin) = order.vin else {
        return Some(FirstService { due_on, due, verdict: Verdict::Unmeasurable, done: None });
    };
    let visits = ledger.visits_of.get(&**vin).into_iter().flatten().map(|i| &ledger.visits[*i]);
    let visits = visits.filter(|visit| visit.first_service);
    let opens = Instant::exact(delivered.earliest());
    let first_that = |answer: Tri| visits.clone().find(|visit| opens.not_after(&visit.at) == answer);
    let (surely, perhaps) = (first_that(Tri::Yes), first_that(Tri::Unknown));
    let done = surely.or(perhaps).map(|visit| (visit.at, visit.row));
    let verdict = match (surely, perhaps) {
        (Some(visit), _) if visit.at.date() <= due_on => Verdict::Met,
        (_, Some(_)) => Verdict::Unmeasurable,
        (None, None) if !due => Verdict::Pending,
        _ => Verdict::Missed,
    };
    Some(FirstService { due_on, due, verdict, done })
}
