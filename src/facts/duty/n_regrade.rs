//! `n_regrade`: a prospect is N until somebody settles its level, which is owed within 24 hours of the first contact.
//!
//! Done at the earliest instant at which a level other than N is known: 级别更新时间 of any version of the row, or 实访时间
//! of a follow-up with 回访后级别. A prospect first recorded at another level has done it at once. A prospect lost while
//! still N was never re-graded: the duty is missed, but nobody has to do it any more; nor while it sleeps. A first contact without a time of day
//! leaves 24 hours open: re-graded that day is met, two days later is missed, the day after is not measurable.
//!
//! `n_half_day` is the same under a stricter limit, our reading of "the same half-day": first contacted before noon, by closing
//! that day; else by noon of the next. It counts with the 24 hours, and is nobody's further duty.

use super::Duty;
use crate::{
    facts::{history::State, ledger::Ledger},
    model::{CheckedRow, Instant, Verdict, instant::Tri},
};
use chrono::{Duration, NaiveTime};

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
        let half_day = half_day(ledger, first, &settled);
        let half_day = if due { half_day } else { Verdict::Pending };
        let open = settled.is_empty() && history.in_care();
        for (kind, verdict, open) in [("n_regrade", verdict, open), ("n_half_day", half_day, false)] {
            add(Duty {
                kind,
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
                open,
                last_contact_at: history.last_contact(ledger.today),
                told_by: &["prospect"],
                origin: prospect.row,
            });
        }
    }
}

/// Whether the first that settled it did so by the half-day's limit.
fn half_day(ledger: &Ledger<'_>, first: Instant, settled: &[(Instant, &CheckedRow)]) -> Verdict {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let day = first.date();
    let (today, tomorrow) = (day.and_time(ledger.store.hours.closes), (day + Duration::days(1)).and_time(noon));
    let (earliest, latest) = match first.date_only {
        true => (today, tomorrow),
        false if first.at.time() < noon => (today, today),
        false => (tomorrow, tomorrow),
    };
    if settled.iter().any(|(at, _)| at.latest() <= earliest) {
        Verdict::Met
    } else if settled.iter().any(|(at, _)| at.earliest() <= latest) {
        Verdict::Unmeasurable
    } else {
        Verdict::Missed
    }
}
