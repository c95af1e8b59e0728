//! Fills `attempt`: whether a return visit was made, and whether the week in which it was due was sent.

use super::{
    beside::{Beside, instant},
    ledger::Ledger,
    record::known,
};
use crate::model::Value;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let (done_at, due_on) = (beside.field("done_at"), beside.field("due_on"));
    for (i, row) in beside.rows().iter().enumerate() {
        let attempted = instant(row, done_at).is_some_and(|at| known(at, ledger.now));
        let sent = instant(row, due_on).is_none_or(|due| ledger.unsent.sent(&["follow_up"], due.date()));
        beside.set(i, &[("attempted", Value::Flag(attempted)), ("week_sent", Value::Flag(sent))]);
    }
}
