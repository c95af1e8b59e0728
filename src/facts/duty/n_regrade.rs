//! `n_regrade`: a prospect is N until somebody settles its level, which is owed within 24 hours of the first contact.
//!
//! Done at the earliest instant at which a level other than N is known: 级别更新时间 of any version of the row, or 实访时间
//! of a follow-up with 回访后级别. A prospect first recorded at another level has done it at once. A prospect lost while
//! still N was never re-graded: the duty is missed, but nobody has to do it any more; nor while it sleeps. A first contact without a time of day
//! leaves 24 hours open: re-graded that day is met, two days later is missed, the day after is not measurable.
//!
//! `n_half_day` is the stricter reading: a first contact before 12:00 is re-graded by closing time, a later one by 12:00
//! of the next day. It counts when `n_regrade` does.

use super::Duty;
use crate::{
    facts::{history::State, ledger::Ledger, limit::Limit},
    model::{Instant, Verdict, instant::Tri},
};
use chrono::Duration;

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged {
            continue;
        }
        let first = prospect.first_contact;
        let due_by = Instant { at: first.at + Duration::hours(24), date_only: first.date_only };
        let graded = |state: Option<State>| state.is_some_and(|state| state != State::N);
        let by_row = prospect.versions.iter().filter(|version| graded(version.level));
        let by_visit = history.follow_ups.iter().filter(|follow_up| graded(follow_up.level_after));
        let mut settled: Vec<_> = by_row
            .filter_map(|version| Some((version.level_at?, version.row)))
            .chain(by_visit.map(|follow_up| (follow_up.done_at, follow_up.row)))
            .collect();
        settled.sort_by_key(|(at, row)| (at.earliest(), at.latest(), row.submission, row.row));
        let first_that = |answer| settled.iter().find(|(at, _)| at.not_after(&due_by) == answer).copied();
        let due = due_by.latest() <= ledger.now;
        let (verdict, done) = match (first_that(Tri::Yes), first_that(Tri::Unknown)) {
            (Some(in_time), _) => (Verdict::Met, Some(in_time)),
            (None, Some(perhaps)) => (Verdict::Unmeasurable, Some(perhaps)),
            (None, None) if due => (Verdict::Missed, settled.first().copied()),
            (None, None) => (Verdict::Pending, None),
        };
        let half_day = Limit::half_day(first, ledger.store.hours);
        let duty = Duty {
            kind: "n_regrade",
            staff: prospect.holders.on(due_by.date()),
            owner: prospect.holders.on(ledger.today),
            customer: prospect.key,
            name: prospect.name,
            phone: prospect.phone,
            level: Some(State::N),
            category: None,
            model: prospect.model,
            channel: prospect.channel,
            opened_at: first,
            due_from: first,
            due_by,
            due,
            done,
            verdict,
            open: settled.is_empty() && history.in_care(),
            last_contact_at: history.last_contact(ledger.today),
            told_by: &["prospect"],
            origin: prospect.row,
        };
        // The same duty under the half-day rule: a figure of its own, nothing more to do.
        let verdict = half_day.judge(settled.first().map(|(at, _)| *at), ledger.now);
        let half_day =
            Duty { kind: "n_half_day", verdict, done: settled.first().copied(), open: false, ..duty.clone() };
        add(duty);
        add(half_day);
    }
}
