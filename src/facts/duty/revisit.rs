//! `revisit`: every work order and every delivery is followed by an attempt to reach its customer within 7 days, whatever
//! the task and whether it got through. Counted by the day of the event; a work order without 出厂时间 cannot be judged and
//! stands in the month in which the car came.

use super::{Duty, end_of};
use crate::{
    facts::{
        ledger::Ledger,
        record::{FollowUp, Word},
        window::Window,
    },
    model::{CheckedRow, Instant, Verdict},
};
use std::sync::Arc;

/// Days after the event.
const DAYS: u32 = 7;

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for visit in ledger.visits.iter().filter(|visit| visit.of_customer()) {
        let car = ledger.car(visit.vin);
        let event = Event {
            at: visit.out.ok_or(visit.at),
            customer: visit.vin,
            calls: ledger.follow_ups_to(visit.vin, Some(&**visit.vin)),
            staff: visit.advisor,
            names: [car.name, car.phone, car.model],
            row: visit.row,
        };
        add(event.duty(ledger));
    }
    for order in &ledger.orders {
        let (Some(delivered), Some(phone)) = (order.delivered, order.phone) else { continue };
        let card = ledger.card(phone);
        let event = Event {
            at: Ok(delivered),
            customer: order.vin.unwrap_or(phone),
            calls: ledger.follow_ups_to(phone, order.vin.map(|vin| &**vin)),
            staff: order.holders.on(delivered.date()),
            names: [card.and_then(|card| card.name), Some(phone), order.model],
            row: order.row,
        };
        add(event.duty(ledger));
    }
}

struct Event<'l, 'a> {
    /// When it was; else when the car came.
    at: Result<Instant, Instant>,
    customer: &'a Arc<str>,
    calls: Vec<&'l FollowUp<'a>>,
    staff: Word<'a>,
    /// Name, phone, model.
    names: [Word<'a>; 3],
    row: &'a CheckedRow,
}

impl<'a> Event<'_, 'a> {
    fn duty(self, ledger: &Ledger<'a>) -> Duty<'a> {
        let window = self.at.ok().map(|at| Window::days_after(at, DAYS));
        let made = self.calls.iter().map(|call| (call.done_at, call.row));
        let (verdict, done) = window.map_or((Verdict::Unmeasurable, None), |window| window.judge(made, ledger.now));
        let opened_at = self.at.unwrap_or_else(|came| came);
        let [name, phone, model] = self.names;
        let connected = self.calls.iter().rev().find(|call| call.connected);
        Duty {
            kind: "revisit",
            staff: self.staff,
            owner: self.staff,
            customer: self.customer,
            name,
            phone,
            level: None,
            category: None,
            model,
            channel: None,
            opened_at,
            due_from: opened_at,
            due_by: window.map_or(end_of(opened_at.date()), |window| window.ends()),
            due: window.is_none_or(|window| window.passed(ledger.now)),
            done,
            verdict,
            // The calls that are owed have duties of their own.
            open: false,
            last_contact_at: connected.map(|call| call.done_at),
            told_by: &["follow_up"],
            origin: self.row,
        }
    }
}
