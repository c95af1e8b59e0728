//! Fills `owner_file`: whether the owner's file was made within 24 hours of the delivery; of a delivery without a time of
//! day, by the end of the next day. A car without a row in 车主档案, or with a blank 建档时间, was not filed; of an
//! order without a VIN nobody can say.

use super::{beside::Beside, ledger::Ledger, window};
use crate::model::{Instant, Value, Verdict, instant::Tri};
use chrono::Duration;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for order in &ledger.orders {
        let Some(delivered) = order.delivered else { continue };
        let limit = match delivered.date_only {
            true => Instant::exact(window::end_of_day_after(delivered.date(), 1)),
            false => Instant::exact(delivered.at + Duration::hours(24)),
        };
        let filed = order.vin.and_then(|vin| ledger.owners.get(&**vin)).and_then(|owner| owner.filed);
        let verdict = match filed.map(|at| at.not_after(&limit)) {
            _ if order.vin.is_none() => Verdict::Unmeasurable,
            Some(Tri::Yes) => Verdict::Met,
            Some(Tri::Unknown) => Verdict::Unmeasurable,
            Some(Tri::No) | None => Verdict::Missed,
        };
        let verdict = window::closed(verdict, limit.at, ledger.now);
        beside.set(order.index, &[("filed_verdict", Value::from(verdict.word()))]);
    }
}
