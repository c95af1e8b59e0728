//! Fills `recontact`: whether the customer was called back, connected, by the end of the third day after the closing. One call
//! may serve two complaints of a customer.

use super::{beside::Beside, ledger::Ledger, record::is_one_of, window};
use crate::model::{Instant, Value};

/// Days in which somebody has to call.
const DAYS: u32 = 3;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let task = ledger.task("of_complaint");
    for complaint in &ledger.complaints {
        let Some(closed) = complaint.closed else { continue };
        let calls = ledger.follow_ups_to(complaint.customer, Some(complaint.customer));
        let calls = calls.into_iter().filter(|call| call.connected && is_one_of(call.task, task));
        let calls: Vec<(Instant, ())> = calls.map(|call| (call.done_at, ())).collect();
        let until = window::end_of_day_after(closed.date(), DAYS);
        let (verdict, _) = window::judge(&calls, closed.earliest(), until, ledger.now);
        let verdict = window::closed(verdict, until, ledger.now);
        let sent = ledger.unsent.sent(&["follow_up"], until.date());
        let values = [("recontact_verdict", Value::from(verdict.word())), ("recontact_week_sent", Value::Flag(sent))];
        beside.set(complaint.index, &values);
    }
}
