//! `post_service_call`: the call after a service, from the morning of the third to the end of the seventh day after the car
//! left. A connected 维修回访 from its leaving on, to the car or its owner, does it. A visit without 出厂时间 cannot be
//! judged: it stands in the month in which the car came.

use super::{Duty, end_of, morning_after};
use crate::{
    facts::{ledger::Ledger, window::Window},
    model::Verdict,
};

/// Days after leaving: when the call may begin, and when it is late.
const DAYS: [u32; 2] = [3, 7];

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for visit in ledger.visits.iter().filter(|visit| visit.of_customer()) {
        let calls = ledger.follow_ups_to(visit.vin, Some(&**visit.vin));
        let of_service = calls.iter().filter(|call| call.task.is_some_and(|task| **task == *"维修回访"));
        let made = of_service.filter(|call| call.connected).map(|call| (call.done_at, call.row));
        let window = visit.out.map(|out| Window::days_after(out, DAYS[1]));
        let judged = window.as_ref().map(|window| window.judge(made, ledger.now));
        let (verdict, done) = judged.unwrap_or((Verdict::Unmeasurable, None));
        let car = ledger.car(visit.vin);
        add(Duty {
            kind: "post_service_call",
            staff: visit.advisor,
            owner: visit.advisor,
            customer: visit.vin,
            name: car.name,
            phone: car.phone,
            level: None,
            category: None,
            model: car.model,
            channel: None,
            opened_at: visit.out.unwrap_or(visit.at),
            due_from: visit.out.map_or(visit.at, |out| morning_after(out.date(), DAYS[0])),
            due_by: window.map_or(end_of(visit.at.date()), |window| window.ends()),
            due: window.is_none_or(|window| window.passed(ledger.now)),
            done,
            verdict,
            open: window.is_some() && done.is_none(),
            last_contact_at: ledger.last_contact(visit.vin, Some(visit.vin)),
            told_by: &["follow_up"],
            origin: visit.row,
        });
    }
}
