//! Fills `return_after`: whether a car of the customer came after a call that asked why it was lost.

use super::{
    beside::{Beside, flag},
    ledger::Ledger,
    record::word,
};
use std::collections::HashMap;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let reason = beside.field("churn_reason");
    let mut cars: HashMap<&str, Vec<&str>> = HashMap::new();
    for order in &ledger.orders {
        if let (Some(phone), Some(vin)) = (order.phone, order.vin) {
            cars.entry(ledger.identity.of(phone)).or_default().push(vin);
        }
    }
    for call in ledger.follow_ups.iter().filter(|call| word(call.row, reason).is_some()) {
        let of_phone = cars.get(ledger.identity.of(call.customer)).into_iter().flatten().copied();
        let came = std::iter::once(&**call.customer).chain(of_phone).any(|vin| {
            let visits = ledger.visits_of.get(vin).into_iter().flatten().map(|i| &ledger.visits[*i]);
            visits.into_iter().any(|visit| visit.countable() && visit.at.date() > call.done_at.date())
        });
        beside.set(call.index, &[("came_after", flag(Some(came)))]);
    }
}
