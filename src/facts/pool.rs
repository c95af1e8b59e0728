//! The `pool` fact: each prospect in each month in which it was open at the month's first instant, was first contacted,
//! or reached H or A. A merged card is in no pool: the prospect it was merged into is. One that sleeps at the month's first
//! instant is not open, and a level that comes with its falling asleep, or while it sleeps, is not reached; one that wakes
//! up at H or A has reached it.
//!
//! What is dated in a month is of the month: an order of the first day, at whatever hour, finds the prospect in the pool.

use super::{
    drafts::{Drafts, date, fixed, text},
    history::{History, State},
    ledger::Ledger,
    record::{Prospect, Version},
};
use crate::{
    catalog::derived,
    model::{FactTable, Grain, Instant, Period, Value},
};
use chrono::{NaiveDate, NaiveTime};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("pool", &ledger.store.id);
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged {
            continue;
        }
        let ordered_on = days(prospect, history, State::O, |version| version.ordered);
        let defeated_on = days(prospect, history, State::Defeat, |version| version.defeated_on);
        let first = Period::of(Grain::Month, prospect.first_contact.date());
        let mut month = first;
        while month.start <= ledger.today {
            let new = month == first;
            let at_start = history.state_before(month.start.and_time(NaiveTime::MIN));
            let open = !new && at_start.is_open() && !history.asleep_before(month.start.and_time(NaiveTime::MIN));
            let moves: Vec<State> = moves(history, month).collect();
            let reached = |states: &[State]| moves.iter().any(|state| states.contains(state));
            let at_start_one_of = |states: &[State]| open && states.contains(&at_start);
            let next = month.next().start.and_time(NaiveTime::MIN);
            let known = next.date() <= ledger.today;
            let awake = !history.asleep_before(next);
            let later = history.state_before(next);
            let open_later = known && later.is_open() && awake;
            let left = (known && (open || new) && !open_later).then(|| way_out(later));
            let came_back = open_later && !open && !new;
            let ha = at_start_one_of(&[State::H, State::A]) || reached(&[State::H, State::A]);
            if new || open || ha || came_back {
                let bc = at_start_one_of(&[State::B, State::C]);
                let ordered = ordered_on.iter().copied().find(|day| month.holds(*day));
                let defeated = defeated_on.iter().any(|day| month.holds(*day));
                drafts.add(
                    Some(Instant::day(month.start)),
                    prospect.row,
                    &[
                        ("customer_key", text(Some(prospect.key))),
                        (
                            "staff",
                            text(prospect.holders.on(match ordered {
                                Some(day) => day,
                                None => holder_day(ledger.today, month, history.closed_at()),
                            })),
                        ),
                        ("model", text(prospect.model)),
                        ("channel", text(prospect.channel)),
                        ("month", date(Some(month.start))),
                        ("level_at_start", fixed(open.then(|| at_start.word()))),
                        (
                            "days_at_level",
                            if open { Value::Int(days_at_level(prospect, history, month)) } else { Value::Null },
                        ),
                        ("open_at_start", Value::Flag(open)),
                        ("new_in_month", Value::Flag(new)),
                        ("ordered", Value::Flag(ordered.is_some())),
                        ("ha_base", Value::Flag(ha)),
                        ("bc_base", Value::Flag(bc)),
                        ("bc_up", Value::Flag(bc && reached(&[State::H, State::A, State::O, State::D]))),
                        ("defeated", Value::Flag(defeated)),
                        ("left_by", fixed(left.map(|code| derived::word("pool", "left_by", code)))),
                        ("came_back", Value::Flag(came_back)),
                    ],
                );
            }
            month = month.next();
        }
    }
    drafts.finish()
}

/// Days at the level of the month's first instant by then.
fn days_at_level(prospect: &Prospect<'_>, history: &History<'_>, month: Period) -> i64 {
    let start = month.start.and_time(NaiveTime::MIN);
    let changed = history.changes.iter().rev().find(|change| change.order < start).map(|change| change.day());
    (month.start - changed.unwrap_or(prospect.first_contact.date())).num_days()
}

/// How a prospect left the pool that is at a state now: at an open one it sleeps.
fn way_out(state: State) -> &'static str {
    match state {
        State::O => "ordered",
        State::D => "delivered",
        State::T => "cancelled",
        State::Defeat => "lost",
        State::N | State::C | State::B | State::A | State::H => "asleep",
    }
}

/// The states that a prospect reached in a month while it was awake; orders and ends count whether it was or not.
fn moves(history: &History<'_>, month: Period) -> impl Iterator<Item = State> {
    let awake = move |state: State, at| !state.is_open() || !history.asleep_at(at);
    let changed = history.changes.iter().filter(move |change| month.holds(change.day()));
    let changed = changed.filter(move |change| awake(change.state, change.order)).map(|change| change.state);
    let woken = history.turns.iter().filter(move |turn| !turn.asleep && month.holds(turn.order.date()));
    changed.chain(woken.map(|turn| history.state_at(turn.order)))
}

/// The days on which a prospect ordered, or was lost: by the newest version, and by older ones where the history still
/// stands: one that was opened again keeps what happened before.
fn days<'a>(
    prospect: &Prospect<'a>,
    history: &History<'a>,
    state: State,
    dated: impl Fn(&Version<'a>) -> Option<Instant>,
) -> Vec<NaiveDate> {
    let of = |version: &Version<'a>| dated(version).map(|at| at.date());
    let stands =
        |day: &NaiveDate| history.changes.iter().any(|change| change.state == state && change.at.date() == *day);
    let newest = prospect.versions.last().and_then(of);
    let mut days: Vec<NaiveDate> = prospect.versions.iter().filter_map(of).filter(stands).chain(newest).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The day whose holder the row counts for: the month's last, the cut-off's in its month, the end's where it ended.
fn holder_day(today: NaiveDate, month: Period, closed_at: Option<Instant>) -> NaiveDate {
    let last = month.end().pred_opt().unwrap_or(month.start).min(today);
    closed_at.map(|at| at.date()).filter(|day| month.holds(*day)).unwrap_or(last)
}
