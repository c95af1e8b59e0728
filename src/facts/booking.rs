//! Whether a booking was confirmed within 30 minutes, on the store's clock: one asked for outside opening hours has until 30
//! minutes after the next opening, and the clock does not stop at closing. A booking cancelled before anybody confirmed it
//! was not confirmed.

use super::{drafts::moment, ledger::Ledger, limit::Limit, record};
use crate::{
    catalog::SheetDef,
    model::{CheckedRow, Instant, Value},
};

/// Minutes until the confirmation.
const CONFIRM: i64 = 30;

/// The columns added to the fact of the sheet.
pub(super) fn added(ledger: &Ledger<'_>, sheet: &SheetDef, current: &[CheckedRow]) -> Vec<Vec<Value>> {
    let [submitted, confirmed] = ["submitted_at", "confirmed_at"].map(|name| sheet.field(name));
    let at = |row: &CheckedRow, field: Option<usize>| -> Option<Instant> {
        let at = row.values.get(field?)?.instant()?;
        record::known(at, ledger.now).then_some(at)
    };
    let judged = |row: &CheckedRow| {
        let Some(submitted) = at(row, submitted) else { return vec![Value::Null; 4] };
        let limit = |minutes| Limit::new(submitted, ledger.store.hours, minutes);
        let due_by = limit(CONFIRM);
        vec![
            moment(Some(limit(0).shown())),
            moment(Some(due_by.shown())),
            Value::from(due_by.judge(at(row, confirmed), ledger.now).word()),
            Value::Flag(ledger.unsent.sent(&["booking"], due_by.shown().date())),
        ]
    };
    current.iter().map(judged).collect()
}
