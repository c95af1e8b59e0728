//! Fills `won_again`: a defeat that stands, and the customer's first order on a later day, on the card itself or on the
//! order sheet.

use super::{
    beside::Beside,
    drafts::{date, moment},
    ledger::Ledger,
};
use crate::model::Instant;
use std::collections::HashMap;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let mut orders: HashMap<&str, Vec<Instant>> = HashMap::new();
    for order in &ledger.orders {
        if let (Some(phone), Some(ordered)) = (order.phone, order.ordered) {
            orders.entry(ledger.identity.of(phone)).or_default().push(ordered);
        }
    }
    for prospect in ledger.prospects.iter().filter(|prospect| !prospect.merged) {
        let Some(lost) = prospect.versions.last().and_then(|newest| newest.defeated) else { continue };
        let own = prospect.versions.last().and_then(|newest| newest.ordered);
        let phone = prospect.phone.map(|phone| ledger.identity.of(phone));
        let of_phone = phone.and_then(|phone| orders.get(phone)).into_iter().flatten().copied();
        let later = own.into_iter().chain(of_phone).filter(|at| at.date() > lost.date());
        let again = later.min_by_key(Instant::earliest);
        beside.set(prospect.index, &[("lost_on", date(Some(lost.date()))), ("won_again_at", moment(again))]);
    }
}
