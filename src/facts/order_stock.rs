//! The `order_stock` fact: at each month end the orders still open, and the deliveries of its month and the two before it,
//! a reversal as −1.

use super::{
    drafts::{Drafts, date, moment, text},
    ledger::Ledger,
    month_end::{self, MonthEnd, before},
    record::Order,
};
use crate::model::{FactTable, Instant, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("order_stock", &ledger.store.id);
    let first = ledger.orders.iter().filter_map(|order| order.ordered).map(|at| at.date()).min();
    for end in month_end::since(ledger, first) {
        let from = before(end.month.start, 2);
        let inside = |at: &Instant| at.date() >= from && at.date() <= end.day;
        for order in &ledger.orders {
            let by_end = |at: Option<Instant>| at.is_some_and(|at| at.date() <= end.day);
            let open = by_end(order.ordered) && !by_end(order.delivered) && !by_end(order.cancelled);
            let delivered = i64::from(order.delivered.filter(inside).is_some());
            let reversed = i64::from(order.reversed().filter(inside).is_some());
            if open {
                add(&mut drafts, order, end, true, 0);
            }
            if delivered != 0 {
                add(&mut drafts, order, end, false, delivered);
            }
            if reversed != 0 {
                add(&mut drafts, order, end, false, -reversed);
            }
        }
    }
    drafts.finish()
}

fn add(drafts: &mut Drafts, order: &Order<'_>, end: MonthEnd, open: bool, delivered: i64) {
    let event = order.delivered.filter(|_| !open).map_or(end.day, |at| at.date());
    drafts.add(
        Some(Instant::day(end.day)),
        order.row,
        &[
            ("order_key", text(order.number)),
            ("staff", text(order.holders.on(event))),
            ("model", text(order.model)),
            ("month_end", date(Some(end.day))),
            ("current", Value::Flag(end.current)),
            ("open", Value::Flag(open)),
            ("delivered", Value::Int(delivered)),
            ("ordered_at", moment(order.ordered)),
            ("delivered_at", moment(order.delivered)),
        ],
    );
}
