//! The `aftercare` fact: work orders of customers, by when the car left, and deliveries, with whether somebody tried to
//! reach the customer by the end of the seventh day after. A work order whose car has no 出厂时间 cannot be judged.

use super::{
    drafts::{Drafts, moment, text},
    ledger::Ledger,
    record::{FollowUp, Word},
    window,
};
use crate::model::{CheckedRow, FactTable, Instant, Value, Verdict};

/// Days in which somebody has to try.
const DAYS: u32 = 7;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("aftercare", &ledger.store.id);
    for visit in ledger.visits.iter().filter(|visit| visit.of_customer()) {
        let phone = ledger.identity.phone(visit.vin);
        let event = Event { kind: "service", at: visit.left, staff: visit.advisor, phone, vin: Some(visit.vin) };
        add(ledger, &mut drafts, &event, visit.at, visit.row);
    }
    for order in &ledger.orders {
        let Some(delivered) = order.delivered else { continue };
        let staff = order.holders.on(delivered.date());
        let event = Event { kind: "delivery", at: Some(delivered), staff, phone: order.phone, vin: order.vin };
        add(ledger, &mut drafts, &event, delivered, order.row);
    }
    drafts.finish()
}

struct Event<'a> {
    kind: &'static str,
    at: Option<Instant>,
    staff: Word<'a>,
    phone: Word<'a>,
    vin: Word<'a>,
}

fn add(ledger: &Ledger<'_>, drafts: &mut Drafts, event: &Event<'_>, otherwise: Instant, row: &CheckedRow) {
    let Some(key) = event.phone.or(event.vin) else { return };
    let found = ledger.follow_ups_to(key, event.vin.map(|vin| &**vin));
    let attempts: Vec<(Instant, &FollowUp<'_>)> = found.into_iter().map(|own| (own.done_at, own)).collect();
    let (verdict, due, limit) = match event.at {
        None => (Verdict::Unmeasurable, true, otherwise.date()),
        Some(at) => {
            let until = window::end_of_day_after(at.date(), DAYS);
            let (verdict, _) = window::judge(&attempts, at.earliest(), until, ledger.now);
            (verdict, until <= ledger.now, until.date())
        }
    };
    drafts.add(
        Some(event.at.unwrap_or(otherwise)),
        row,
        &[
            ("kind", Value::from(event.kind)),
            ("customer_key", text(Some(key))),
            ("phone", text(event.phone)),
            ("staff", text(event.staff)),
            ("at", moment(Some(event.at.unwrap_or(otherwise)))),
            ("due", Value::Flag(due)),
            ("verdict", Value::from(verdict.word())),
            ("week_sent", Value::Flag(ledger.unsent.sent(&["follow_up"], limit))),
        ],
    );
}
