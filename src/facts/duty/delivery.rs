//! `thanks`, `call_3d`, `call_7d`, `file_new`: what is owed after a delivery, to the customer of the order; `cancelled_call` after one
//! that came to nothing.
//!
//! - `thanks`: a 交车感谢 follow-up by any method in [交车, 交车 + 24 h]; of a delivery without a time of day, from its
//!   morning to the end of the next day.
//! - `call_3d`: a connected 三日回访 from the day of 交车 to the end of the third day after it.
//! - `call_7d`: a connected 七日回访 from 交车 to the end of the seventh day after it.
//! - `file_new`: the car stands in the owner sheet with a 建档时间 at most 24 hours after 交车, earlier ones too. Of a delivery
//!   without a time of day, by the end of the next day. Without a VIN nobody can say.
//!
//! The follow-up names the customer (by phone, prospect number or a VIN of theirs) or the order's VIN. Two cars
//! delivered to one customer are two duties, and one follow-up inside both limits does both. A delivery that was
//! reversed keeps its duties in the figures; nobody has to do them any more.

use super::{Duty, end_of_day_after};
use crate::{
    facts::{
        ledger::Ledger,
        record::{FollowUp, Order},
        window::Window,
    },
    model::{CheckedRow, Instant, Verdict},
};
use chrono::{Duration, NaiveDateTime};
use std::sync::Arc;

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for order in &ledger.orders {
        let (Some(delivered), Some(phone)) = (order.delivered, order.phone) else { continue };
        let follow_ups = ledger.follow_ups_to(phone, order.vin.map(|vin| &**vin));
        let of_task = |task: &'static str| {
            follow_ups.iter().copied().filter(move |follow_up| follow_up.task.is_some_and(|own| **own == *task))
        };
        let a_day_later = if delivered.date_only {
            end_of_day_after(delivered.date(), 1)
        } else {
            Instant::exact(delivered.at + Duration::hours(24))
        };
        let sale = Sale { order, phone, delivered };
        let thanks = Window::between(delivered.earliest(), a_day_later.at);
        add(sale.duty(ledger, "thanks", thanks, of_task("交车感谢").map(made)));
        // Whoever calls on the day of delivery has called, whatever the hour: our reading of the third day only.
        let of_day = Instant::day(delivered.date());
        for (kind, task, since, days) in [("call_3d", "三日回访", of_day, 3), ("call_7d", "七日回访", delivered, 7)]
        {
            let calls = of_task(task).filter(|call| call.connected).map(made);
            add(sale.duty(ledger, kind, Window::days_after(since, days), calls));
        }
        let filing = Window::between(NaiveDateTime::MIN, a_day_later.at);
        let owner = order.vin.and_then(|vin| ledger.owners.get(&**vin));
        let filed = owner.and_then(|owner| Some((owner.filed?, owner.row)));
        let mut file = sale.duty(ledger, "file_new", filing, filed.into_iter());
        if order.vin.is_none() {
            file.verdict = Verdict::Unmeasurable;
        }
        add(Duty { told_by: &["owner"], ..file });
    }
    cancelled(ledger, add);
}

/// `cancelled_call`: whoever gave an order up before delivery is reached by the end of the third day after, whatever the
/// task. Three days are our assumption.
fn cancelled<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for order in ledger.orders.iter().filter(|order| order.delivered.is_none()) {
        let (Some(cancelled), Some(phone)) = (order.cancelled, order.phone) else { continue };
        let follow_ups = ledger.follow_ups_to(phone, order.vin.map(|vin| &**vin));
        let calls = follow_ups.iter().filter(|call| call.connected).map(|call| made(call));
        let sale = Sale { order, phone, delivered: cancelled };
        add(sale.duty(ledger, "cancelled_call", Window::days_after(cancelled, 3), calls));
    }
}

fn made<'a>(follow_up: &FollowUp<'a>) -> (Instant, &'a CheckedRow) {
    (follow_up.done_at, follow_up.row)
}

/// An order that came to its end.
struct Sale<'o, 'a> {
    order: &'o Order<'a>,
    phone: &'a Arc<str>,
    /// When it was delivered or cancelled.
    delivered: Instant,
}

impl<'a> Sale<'_, 'a> {
    /// The duty done by the first of `attempts` (in time) that lies in the window.
    fn duty(
        &self,
        ledger: &Ledger<'a>,
        kind: &'static str,
        window: Window,
        attempts: impl Iterator<Item = (Instant, &'a CheckedRow)>,
    ) -> Duty<'a> {
        let Sale { order, phone, delivered } = *self;
        let (verdict, done) = window.judge(attempts, ledger.now);
        let due_by = window.ends();
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
            due: window.passed(ledger.now),
            done,
            verdict,
            open: done.is_none() && order.reversed().is_none(),
            last_contact_at: ledger.last_contact(phone, vin),
            told_by: &["follow_up"],
            origin: order.row,
        }
    }
}
