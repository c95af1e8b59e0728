//! How a complaint stands at the cut-off: answered and planned in time, closed, repeated, called back.

use super::{
    ledger::Ledger,
    limit::Limit,
    record::{Complaint, FollowUp},
    window::Window,
};
use crate::model::{Instant, Verdict};
use chrono::{Duration, NaiveDateTime};
use std::collections::BTreeMap;

/// Minutes until the first answer.
const ANSWER: i64 = 10;
/// Minutes until the plan.
const PLAN: i64 = 24 * 60;
/// Days after closing in which the same complaint is a repeat.
const REPEAT: i64 = 90;
/// Days after closing in which the customer is called again: our assumption.
const RECONTACT: u32 = 3;

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
    /// Whether a connected 投诉回访 came from the closing to the end of the third day after it; `None` when it is not
    /// closed.
    pub recontacted: Option<Verdict>,
    /// Those three days are over.
    pub recontact_due: bool,
}

/// Judges every complaint, in the order of `ledger.complaints`.
pub(super) fn judge(ledger: &Ledger<'_>) -> Vec<Judged> {
    let mut alike: BTreeMap<(&str, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (i, complaint) in ledger.complaints.iter().enumerate() {
        let category = complaint.category.map(|category| &**category);
        alike.entry((ledger.identity.of(complaint.customer), category)).or_default().push(i);
    }
    let mut repeats: Vec<Option<Verdict>> = ledger.complaints.iter().map(|_| None).collect();
    for same in alike.values() {
        for i in same {
            let received = |i: &usize| (ledger.complaints[*i].accepted, *i);
            let later = same.iter().filter(|other| received(other) > received(i));
            let later = later.map(|other| ledger.complaints[*other].accepted);
            repeats[*i] = ledger.complaints[*i].closed.map(|closed| repeat(closed, later, ledger.now));
        }
    }
    let judged = |(complaint, repeat): (&Complaint<'_>, Option<Verdict>)| {
        let limit = |minutes| Limit::new(complaint.accepted, ledger.store.hours, minutes);
        let (answer, plan) = (limit(ANSWER), limit(PLAN));
        let recontact = complaint.closed.map(|closed| Window::days_after(closed, RECONTACT));
        let due = |window: &Window| window.passed(ledger.now);
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
            recontacted: recontact.as_ref().map(|window| {
                let calls = recalls(ledger, complaint).map(|call| (call.done_at, call.row));
                window.judge(calls, ledger.now).0
            }),
            recontact_due: recontact.as_ref().is_some_and(due),
        }
    };
    ledger.complaints.iter().zip(repeats).map(judged).collect()
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
    recalls(ledger, complaint).any(|call| call.done_at.latest() >= closed.earliest())
}

/// The connected 投诉回访 to whoever complained, in time.
fn recalls<'l, 'a>(ledger: &'l Ledger<'a>, complaint: &Complaint<'a>) -> impl Iterator<Item = &'l FollowUp<'a>> {
    let calls = ledger.follow_ups_to(complaint.customer, Some(complaint.customer));
    calls.into_iter().filter(|call| call.connected && call.task.is_some_and(|task| **task == *"投诉回访"))
}
