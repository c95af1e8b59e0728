//! Fills `confirmation`: whether a booking was confirmed within 30 minutes on the store's clock. It counts once it is
//! confirmed, or once the limit is past; a cancelled one that nobody confirmed is unconfirmed.

use super::{
    beside::{Beside, instant},
    complaint::Limit,
    ledger::Ledger,
    record::known,
};
use crate::model::Value;

/// Minutes until the confirmation.
const CONFIRM: i64 = 30;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let (submitted, confirmed) = (beside.field("submitted_at"), beside.field("confirmed_at"));
    for (i, row) in beside.rows().iter().enumerate() {
        let Some(submitted) = instant(row, submitted).filter(|at| known(*at, ledger.now)) else { continue };
        let limit = Limit::new(submitted, ledger.store.hours, CONFIRM);
        let verdict = limit.judge(instant(row, confirmed).filter(|at| known(*at, ledger.now)), ledger.now);
        let due_by = Value::Instant(limit.shown());
        beside.set(i, &[("confirm_due_by", due_by), ("confirm_verdict", Value::from(verdict.word()))]);
    }
}
