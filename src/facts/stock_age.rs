//! Fills `stock_age`: how long a car that is in stock at the cut-off has been there. What was in stock earlier is not known.

use super::{
    beside::{Beside, instant},
    drafts::date,
    ledger::Ledger,
    record::{is_one_of, known, word},
};
use crate::model::Value;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let held = ledger.catalog.role("stock", "status", "held");
    let (received, status) = (beside.field("received_on"), beside.field("status"));
    for (i, row) in beside.rows().iter().enumerate() {
        let Some(received) = instant(row, received).filter(|at| known(*at, ledger.now)) else { continue };
        if is_one_of(word(row, status), held) {
            let days = (ledger.today - received.date()).num_days();
            beside.set(i, &[("as_of", date(Some(ledger.today))), ("age_days", Value::Int(days))]);
        }
    }
}
