//! `regular`, `reminder_14d`, `reminder_2d`: the services that a car is due for, and the reminders of them.
//!
//! - Each 首保 or 定保 that promises the next one (see [`crate::facts::regular`]) makes a duty due on that day, with the pace
//!   of the visits up to it. It is met by a 定保 of the car within 30 days of the day, counted once these are over. A car
//!   that came for 首保 or 定保 earlier than that has another due day: the duty is replaced.
//! - The reminders: a 定保提醒 by any method within the 14 (2) days up to the due day, its own included. A car that came
//!   before anybody reminded it needs no reminder any more.

use super::{Duty, morning_after};
use crate::{
    facts::{
        ledger::Ledger,
        record::{FollowUp, Visit},
        regular::{Pace, due_on, sets},
        window::Window,
    },
    model::{CheckedRow, Instant, Verdict, instant::add_days},
};
use chrono::NaiveDate;

/// Days on either side of the due day in which the service counts.
const AROUND: i64 = 30;
/// The reminders: name and days before the due day.
const REMINDERS: [(&str, i64); 2] = [("reminder_14d", 14), ("reminder_2d", 2)];

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for visits in ledger.visits_by_car() {
        let visits: Vec<&Visit<'a>> = visits.filter(|visit| !visit.before_delivery()).collect();
        for (i, visit) in visits.iter().enumerate().filter(|(_, visit)| sets(visit)) {
            let Some(due_on) = due_on(visit, Pace::of(&visits[..=i])) else { continue };
            let next = visits[i + 1..].iter().find(|later| sets(later)).copied();
            let service = Service { visit, due_on, next };
            let later = visits[i + 1..].iter().filter(|later| later.regular_service());
            add(service.owed(ledger, later.map(|later| (later.at, later.row))));
            let calls = ledger.follow_ups_to(visit.vin, Some(&**visit.vin));
            let reminders = calls.iter().filter(|call| call.task.is_some_and(|task| **task == *"定保提醒"));
            for (kind, days) in REMINDERS {
                add(service.reminder(ledger, kind, days, reminders.clone().copied()));
            }
        }
    }
}

/// The service promised at a visit.
struct Service<'v, 'a> {
    visit: &'v Visit<'a>,
    due_on: NaiveDate,
    /// The next 首保 or 定保 of the car.
    next: Option<&'v Visit<'a>>,
}

impl<'a> Service<'_, 'a> {
    fn owed(&self, ledger: &Ledger<'a>, later: impl Iterator<Item = (Instant, &'a CheckedRow)>) -> Duty<'a> {
        let first = add_days(self.due_on, -AROUND);
        let window = Window::days(first, add_days(self.due_on, AROUND));
        let (verdict, done) = match self.next {
            Some(next) if next.at.date() < first => (Verdict::Replaced, None),
            _ => window.judge(later, ledger.now),
        };
        let gone = ledger.owners.get(&**self.visit.vin).is_some_and(|owner| owner.gone_from.is_some());
        let open = self.next.is_none() && !gone;
        self.duty(ledger, "regular", window.passed(ledger.now), (verdict, done), open)
    }

    fn reminder<'c>(
        &self,
        ledger: &Ledger<'a>,
        kind: &'static str,
        days: i64,
        reminders: impl Iterator<Item = &'c FollowUp<'a>>,
    ) -> Duty<'a>
    where
        'a: 'c,
    {
        let window = Window::days(add_days(self.due_on, -days), self.due_on);
        let (verdict, done) = window.judge(reminders.map(|made| (made.done_at, made.row)), ledger.now);
        let came = self.next.is_some_and(|next| next.at.date() <= self.due_on);
        let (verdict, done) = match verdict {
            Verdict::Missed | Verdict::Pending if came => (Verdict::Replaced, None),
            _ => (verdict, done),
        };
        self.duty(ledger, kind, window.passed(ledger.now), (verdict, done), false)
    }

    fn duty(
        &self,
        ledger: &Ledger<'a>,
        kind: &'static str,
        due: bool,
        (verdict, done): (Verdict, Option<(Instant, &'a CheckedRow)>),
        open: bool,
    ) -> Duty<'a> {
        let Visit { vin, advisor, .. } = *self.visit;
        let car = ledger.car(vin);
        Duty {
            kind,
            staff: advisor,
            owner: advisor,
            customer: vin,
            name: car.name,
            phone: car.phone,
            level: None,
            category: None,
            model: car.model,
            channel: None,
            opened_at: self.visit.at,
            due_from: morning_after(add_days(self.due_on, -REMINDERS[0].1), 0),
            due_by: Window::days(self.due_on, self.due_on).ends(),
            due,
            done,
            verdict,
            open,
            last_contact_at: ledger.last_contact(vin, Some(vin)),
            told_by: if kind == "regular" { &["service_visit"] } else { &["follow_up"] },
            origin: self.visit.row,
        }
    }
}
