//! `post_service`: a connected 维修回访 to the customer of a work order, from when the car left to the end of the seventh day
//! after; to be reminded of from the third day on. A car without 出厂时间 cannot be judged and counts with its 进厂时间.

use super::{Duty, due_after, morning_after};
use crate::{
    facts::{
        ledger::Ledger,
        record::{FollowUp, is_one_of},
        visit::Visit,
        window,
    },
    model::{Instant, Verdict},
};

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    let task = ledger.task("after_service");
    for visit in ledger.visits.iter().filter(|visit| visit.of_customer()) {
        let phone = ledger.identity.phone(visit.vin);
        let found = ledger.follow_ups_to(phone.map_or(&**visit.vin, |phone| &**phone), Some(visit.vin));
        let calls: Vec<(Instant, &FollowUp<'a>)> = found
            .into_iter()
            .filter(|call| call.connected && is_one_of(call.task, task))
            .map(|call| (call.done_at, call))
            .collect();
        add(duty(ledger, visit, &calls));
    }
}

fn duty<'a>(ledger: &Ledger<'a>, visit: &Visit<'a>, calls: &[(Instant, &FollowUp<'a>)]) -> Duty<'a> {
    let phone = ledger.identity.phone(visit.vin);
    let card = phone.and_then(|phone| ledger.card(phone));
    let opened_at = visit.left.unwrap_or(visit.at);
    let due_by = visit.left.map_or(visit.at, |left| due_after(left.date(), 7));
    let (verdict, done) = match visit.left {
        Some(left) => window::judge(calls, left.earliest(), due_by.at, ledger.now),
        None => (Verdict::Unmeasurable, None),
    };
    Duty {
        kind: "post_service",
        staff: visit.advisor,
        owner: visit.advisor,
        customer: visit.vin,
        name: card.and_then(|card| card.name),
        phone,
        level: None,
        category: None,
        model: None,
        channel: None,
        opened_at,
        due_from: morning_after(opened_at.date(), 3),
        due_by,
        due: visit.left.is_none() || due_by.at <= ledger.now,
        done: done.and_then(|i| calls.get(i)).map(|(at, call)| (*at, call.row)),
        verdict,
        open: visit.left.is_some() && done.is_none(),
        last_contact_at: ledger.last_contact(visit.vin, Some(visit.vin)),
        told_by: &["follow_up"],
        origin: visit.row,
    }
}
