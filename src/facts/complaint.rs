//! How a complaint stands at the cut-off: answered and planned in time, closed, repeated, called back.

use super::{
    beside::{Beside, flag},
    drafts::text,
    ledger::Ledger,
    record::{Complaint, Word, is_one_of},
};
use crate::{
    model::{Instant, Value, Verdict},
    project::OpeningHours,
};
use chrono::{Duration, NaiveDateTime};
use std::collections::BTreeMap;

/// Minutes until the first answer.
const ANSWER: i64 = 10;
/// Minutes until the plan.
const PLAN: i64 = 24 * 60;
/// Days after closing in which the same complaint is a repeat.
const REPEAT: i64 = 90;

/// A limit on the clock: 受理时间 inside opening hours, else the next opening, plus some time. Without a time of day it is
/// anywhere between two instants.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    earliest: NaiveDateTime,
    latest: NaiveDateTime,
    date_only: bool,
}

impl Limit {
    pub fn new(accepted: Instant, hours: OpeningHours, minutes: i64) -> Limit {
        let limit = |at| hours.start_of_clock(at) + Duration::minutes(minutes);
        Limit { earliest: limit(accepted.earliest()), latest: limit(accepted.latest()), date_only: accepted.date_only }
    }

    /// As written into facts: a day where the hour is open.
    pub fn shown(&self) -> Instant {
        if self.date_only { Instant::day(self.earliest.date()) } else { Instant::exact(self.earliest) }
    }

    /// Behind the cut-off under every reading.
    pub fn passed(&self, now: NaiveDateTime) -> bool {
        self.latest <= now
    }

    /// What became of it.
    pub fn judge(&self, done: Option<Instant>, now: NaiveDateTime) -> Verdict {
        match done {
            Some(done) if done.latest() <= self.earliest => Verdict::Met,
            Some(done) if done.earliest() > self.latest => Verdict::Missed,
            None if self.passed(now) => Verdict::Missed,
            None if self.earliest > now => Verdict::Pending,
            _ => Verdict::Unmeasurable,
        }
    }
}

/// A complaint judged.
pub(super) struct Judged {
    pub start: Instant,
    pub answer: Limit,
    pub answered: Verdict,
    pub plan: Limit,
    pub planned: Verdict,
    pub closed: bool,
    pub repeated: bool,
    /// `None` when it is not closed.
    pub repeat: Option<Verdict>,
    /// `None` when it is not closed.
    pub called_back: Option<bool>,
}

/// Fills `complaint_standing`.
pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for (complaint, judged) in ledger.complaints.iter().zip(judge(ledger)) {
        let sent = |limit: &Limit| Value::Flag(ledger.unsent.sent(&["complaint"], limit.shown().date()));
        beside.set(
            complaint.index,
            &[
                ("sla_start_at", Value::Instant(judged.start)),
                ("resp_due_by", Value::Instant(judged.answer.shown())),
                ("resp_verdict", Value::from(judged.answered.word())),
                ("plan_due_by", Value::Instant(judged.plan.shown())),
                ("plan_verdict", Value::from(judged.planned.word())),
                ("closed", Value::Flag(judged.closed)),
                ("repeated", Value::Flag(judged.repeated)),
                ("repeat_verdict", judged.repeat.map_or(Value::Null, |verdict| Value::from(verdict.word()))),
                ("called_back", flag(judged.called_back)),
                ("resp_week_sent", sent(&judged.answer)),
                ("plan_week_sent", sent(&judged.plan)),
                ("holder", text(complaint.holders.on(complaint.accepted.date()))),
            ],
        );
    }
}

/// Judges every complaint, in the order of `ledger.complaints`.
pub(super) fn judge(ledger: &Ledger<'_>) -> Vec<Judged> {
    let mut alike: BTreeMap<(&str, Word<'_>), Vec<usize>> = BTreeMap::new();
    for (i, complaint) in ledger.complaints.iter().enumerate() {
        for customer in ledger.meant_by(complaint.customer) {
            alike.entry((customer, complaint.category)).or_default().push(i);
        }
    }
    let repeats = ledger.complaints.iter().enumerate().map(|(i, complaint)| {
        let same = ledger.meant_by(complaint.customer);
        let same = same.filter_map(|customer| alike.get(&(customer, complaint.category))).flatten();
        let received = |i: usize| (ledger.complaints[i].accepted, i);
        let later = same.map(|other| received(*other)).filter(|other| perhaps_later(received(i), *other));
        complaint.closed.map(|closed| repeat(closed, later.map(|(at, _)| at), ledger.now))
    });
    let judged = |(complaint, repeat): (&Complaint<'_>, Option<Verdict>)| {
        let limit = |minutes| Limit::new(complaint.accepted, ledger.store.hours, minutes);
        let (answer, plan) = (limit(ANSWER), limit(PLAN));
        Judged {
            start: limit(0).shown(),
            answer,
            answered: answer.judge(complaint.responded, ledger.now),
            plan,
            planned: plan.judge(complaint.planned, ledger.now),
            closed: complaint.closed.is_some(),
            repeated: repeat == Some(Verdict::Missed),
            repeat,
            called_back: complaint.closed.map(|closed| called_back(ledger, complaint, closed)),
        }
    };
    ledger.complaints.iter().zip(repeats).map(judged).collect()
}

/// Whether the other of two complaints may have been received after this one: of two that tell only one and the same day,
/// the one that stands further down.
fn perhaps_later((own, at): (Instant, usize), (other, below): (Instant, usize)) -> bool {
    let same_day = own.date_only && other.date_only && own.date() == other.date();
    if same_day { below > at } else { below != at && other.latest() >= own.earliest() }
}

/// Whether one of those received later came after the closing and by the end of the 90th day after it. A closing without a
/// time of day opens with its day; one received on the day of a closing to the minute, without a time of day, may have come
/// before it.
fn repeat(closed: Instant, later: impl Iterator<Item = Instant>, now: NaiveDateTime) -> Verdict {
    let end = Instant::day(closed.date() + Duration::days(REPEAT)).latest();
    let mut open = false;
    for other in later.filter(|other| other.earliest() <= end) {
        let before = if closed.date_only { other.date() < closed.date() } else { other.latest() <= closed.at };
        if before {
            continue;
        }
        if !closed.date_only && other.earliest() <= closed.at {
            open = true;
        } else {
            return Verdict::Missed;
        }
    }
    match open {
        true => Verdict::Unmeasurable,
        false if end <= now => Verdict::Met,
        false => Verdict::Pending,
    }
}

fn called_back(ledger: &Ledger<'_>, complaint: &Complaint<'_>, closed: Instant) -> bool {
    let calls = ledger.follow_ups_to(complaint.customer, Some(complaint.customer));
    let task = ledger.task("of_complaint");
    calls.iter().any(|call| is_one_of(call.task, task) && call.connected && call.done_at.latest() >= closed.earliest())
}
