//! `thanks`, `call_3d` and `call_7d`: what is owed after a delivery, to the customer of the order.
//!
//! - `thanks`: a 交车感谢 follow-up by any method in [交车, 交车 + 24 h]; of a delivery without a time of day, from its
//!   morning to the end of the next day.
//! - `call_3d`: a connected 三日回访 from the day of 交车 to the end of the third day after it.
//! - `call_7d`: a connected 七日回访 from 交车 to the end of the seventh day after it.
//!
//! The follow-up names the customer (by phone, prospect number or a VIN of theirs) or the order's VIN. Two cars
//! delivered to one customer are two duties, and one follow-up inside both limits does both. A delivery that was
//! reversed keeps its duties in the figures; nobody has to do them any more.

use super::{Duty, due_after};
use crate::{
    facts::{
        ledger::Ledger,
        record::{FollowUp, Order, is_one_of},
        window,
    },
    model::{CheckedRow, Instant},
};
use chrono::{Duration, NaiveDateTime};
use std::sync::Arc;

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for order in &ledger.orders {
        let (Some(delivered), Some(phone)) = (order.delivered, order.phone) else { continue };
        let follow_ups = ledger.follow_ups_to(phone, order.vin.map(|vin| &**vin));
        let of_task = |role: &str| {
            let task = ledger.task(role);
            follow_ups.iter().copied().filter(move |follow_up| is_one_of(follow_up.task, task))
        };
        let a_day_later = if delivered.date_only {
            due_after(delivered.date(), 1)
        } else {
            Instant::exact(delivered.at + Duration::hours(24))
        };
        let sale = Sale { order, phone, delivered };
        add(sale.duty(ledger, "thanks", delivered.earliest(), a_day_later, of_task("thanks")));
        // Whoever calls on the day of delivery has called, whatever the hour: our reading of the third day only.
        let of_day = Instant::day(delivered.date()).earliest();
        for (kind, days, since) in [("call_3d", 3, of_day), ("call_7d", 7, delivered.earliest())] {
            let calls = of_task(kind).filter(|call| call.connected);
            add(sale.duty(ledger, kind, since, due_after(delivered.date(), days), calls));
        }
    }
    cancelled(ledger, add);
}

/// `cancelled_call`: whoever gave an order up before delivery is reached by the end of the third day after, whatever the
/// task. Three days are our assumption.
fn cancelled<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for order in ledger.orders.iter().filter(|order| order.delivered.is_none()) {
        let (Some(cancelled), Some(phone)) = (order.cancelled, order.phone) else { continue };
        let follow_ups = ledger.follow_ups_to(phone, order.vin.map(|vin| &**vin));
        let calls = follow_ups.iter().copied().filter(|call| call.connected);
        let sale = Sale { order, phone, delivered: cancelled };
        let due_by = due_after(cancelled.date(), 3);
        add(sale.duty(ledger, "cancelled_call", cancelled.earliest(), due_by, calls));
    }
}

/// An order that came to its end.
struct Sale<'o, 'a> {
    order: &'o Order<'a>,
    phone: &'a Arc<str>,
    /// When it was delivered or cancelled.
    delivered: Instant,
}

impl<'a> Sale<'_, 'a> {
    /// The duty done by the first of `attempts` (in time) that lies in `[since, due_by]`.
    fn duty<'f>(
        &self,
        ledger: &Ledger<'a>,
        kind: &'static str,
        since: NaiveDateTime,
        due_by: Instant,
        attempts: impl Iterator<Item = &'f FollowUp<'a>>,
    ) -> Duty<'a>
    where
        'a: 'f,
    {
        let Sale { order, phone, delivered } = *self;
        let due = due_by.at <= ledger.now;
        let attempts: Vec<(Instant, &CheckedRow)> = attempts.map(|made| (made.done_at, made.row)).collect();
        let (verdict, done) = window::judge(&attempts, since, due_by.at, ledger.now);
        let done = done.and_then(|at| attempts.get(at));
        let card = ledger.card(phone);
        let vin = order.vin.map(|vin| &**vin);
        Duty {
            kind,
            staff: order.holders.on(due_by.date()),
            owner: order.holders.on(ledger.today),
            customer: card.map_or(phone, |card| card.key),
            name: card.and_then(|card| card.name),
            phone: Some(phone),
            level: None,
            category: None,
            model: order.model,
            channel: None,
            opened_at: delivered,
            due_from: delivered,
            due_by,
            due,
            done: done.copied(),
            verdict,
            open: done.is_none() && order.reversed().is_none(),
            last_contact_at: ledger.last_contact(phone, vin),
            told_by: &["follow_up"],
            origin: order.row,
        }
    }
}
