//! The `order_pool` fact: each order in each month in which it was placed or undelivered and uncancelled at the start, and
//! in the month in which its delivery was reversed.
//!
//! A reversal (退订 on a later day than 交车) leaves the delivery in its month and counts −1 in its own. In the month of the order's
//! delivery it makes both: 1 − 1 = 0, and the order counts as cancelled.

use super::{
    beside::Beside,
    drafts::{Drafts, date, moment, text},
    ledger::Ledger,
    record::Order,
};
use crate::model::{FactTable, Grain, Instant, Period, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("order_pool", &ledger.store.id);
    for order in &ledger.orders {
        let Some(ordered) = order.ordered else { continue };
        let mut month = Period::of(Grain::Month, ordered.date());
        while month.start <= ledger.today {
            add(ledger, order, month, &mut drafts);
            month = month.next();
        }
    }
    drafts.finish()
}

/// Fills `order_holder`: the consultant at the delivery, else at the order.
pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for order in &ledger.orders {
        let holder = order.delivered.or(order.ordered).map_or(Value::Null, |at| text(order.holders.on(at.date())));
        beside.set(order.index, &[("holder", holder)]);
    }
}

fn add(ledger: &Ledger<'_>, order: &Order<'_>, month: Period, drafts: &mut Drafts) {
    let inside = |at: Option<Instant>| at.filter(|at| month.holds(at.date()));
    let before = |at: Option<Instant>| at.is_some_and(|at| at.date() < month.start);
    let base = inside(order.ordered).is_some() || !before(order.delivered) && !before(order.cancelled);
    let delivered = if base { inside(order.delivered) } else { None };
    let reversed = inside(order.reversed());
    if !base && reversed.is_none() {
        return;
    }
    let last = month.end().pred_opt().unwrap_or(month.start).min(ledger.today);
    let event = reversed.or(delivered).or(inside(order.cancelled)).map_or(last, |at| at.date());
    drafts.add(
        Some(Instant::day(month.start)),
        order.row,
        &[
            ("order_key", text(order.number)),
            ("staff", text(order.holders.on(event))),
            ("model", text(order.model)),
            ("month", date(Some(month.start))),
            ("base", Value::Flag(base)),
            ("delivered", Value::Int(i64::from(delivered.is_some()) - i64::from(reversed.is_some()))),
            ("cancelled", Value::Flag(base && inside(order.cancelled).is_some())),
            ("ordered_at", moment(order.ordered)),
            ("delivered_at", moment(order.delivered)),
            ("cancelled_at", moment(order.cancelled)),
        ],
    );
}
