//! A prospect's history: what all versions of its row and all follow-ups together say, in time.
//!
//! - The level of the row holds from 级别更新时间, but O, D and T hold from 下订日期, 交车日期 and 退订日期. The dates of
//!   the newest version count even where no version ever had the level.
//! - The newest version is right: what an older one dates at or after the newer one's level is withdrawn.
//! - A row whose defeat was passed is closed from the defeat on: what the same row dates later opens nothing again.
//! - A follow-up's 回访后级别 holds from 实访时间, unless the row itself dates that O, D or T. A delivery or cancellation of
//!   the order sheet closes the prospect from its day on where the row does not date it. After an end (D, T, 战败) only the
//!   row can open the prospect again.
//! - A prospect sleeps from the 级别更新时间 of the row that says 休眠 until that of one that says 跟进 again. It keeps its
//!   level, but is in no pool and nobody owes it a contact.
//! - Before its first known level a prospect is N: newly contacted.
//! - A level given for a whole day is there from the morning, an order, delivery, cancellation or defeat from the
//!   evening, so that what was done on its day lies before it. A level that a follow-up of that day gives to the minute is
//!   the same change.

use super::record::{FollowUp, Prospect, Version};
use crate::model::{CheckedRow, Instant};
use chrono::{NaiveDate, NaiveDateTime};
use std::ops::Range;

/// A level, or the defeat that ends a prospect at any level. Ordered along the way to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    N,
    C,
    B,
    A,
    H,
    O,
    D,
    T,
    Defeat,
}

impl State {
    /// The state of a 级别.
    pub fn of_level(level: &str) -> Option<State> {
        Some(match level {
            "N" => State::N,
            "C" => State::C,
            "B" => State::B,
            "A" => State::A,
            "H" => State::H,
            "O" => State::O,
            "D" => State::D,
            "T" => State::T,
            _ => return None,
        })
    }

    /// The level's letter; `defeat` for the defeat.
    pub fn word(self) -> &'static str {
        match self {
            State::N => "N",
            State::C => "C",
            State::B => "B",
            State::A => "A",
            State::H => "H",
            State::O => "O",
            State::D => "D",
            State::T => "T",
            State::Defeat => "defeat",
        }
    }

    /// N, C, B, A or H: in the pool.
    pub fn is_open(self) -> bool {
        self <= State::H
    }

    /// D, T or defeat: the end of an episode.
    pub fn is_end(self) -> bool {
        self >= State::D
    }
}

/// Which sheet says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Sheet,
    FollowUp,
    /// The order sheet.
    Order,
}

/// A move to another state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<'a> {
    /// When, as recorded.
    pub at: Instant,
    /// Its place in time: exact, or the start or end of its day (see the module); never before the first contact.
    pub order: NaiveDateTime,
    pub state: State,
    pub source: Source,
    /// The row that says so.
    pub row: &'a CheckedRow,
    /// The version that says so, counted from 1; 0 for follow-ups.
    version: usize,
}

impl Change<'_> {
    /// The day it counts for.
    pub fn day(&self) -> NaiveDate {
        self.order.date()
    }
}

/// A prospect's falling asleep or waking up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn<'a> {
    /// When, as recorded.
    pub at: Instant,
    /// Its place in time: exact, or the morning of its day; never before the first contact.
    pub order: NaiveDateTime,
    pub asleep: bool,
    /// The row that says so.
    pub row: &'a CheckedRow,
}

/// What the order sheet says of the end of a prospect: delivered or cancelled.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderEnd<'a> {
    pub at: Instant,
    pub state: State,
    pub row: &'a CheckedRow,
}

/// From opening to end.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    /// The first contact, or the change that opened the prospect again.
    pub opened: Instant,
    /// Its changes, as indices; the last one is the end when `closed`.
    pub changes: Range<usize>,
    /// It ended.
    pub closed: bool,
}

/// A prospect's history up to the cut-off.
pub(super) struct History<'a> {
    /// Moves from state to another state, in time.
    pub changes: Vec<Change<'a>>,
    /// At least one; only the last can be open.
    pub episodes: Vec<Episode>,
    /// Its follow-ups, in time.
    pub follow_ups: Vec<FollowUp<'a>>,
    /// When it fell asleep and woke up, in time: alternating, falling asleep first.
    pub turns: Vec<Turn<'a>>,
}

impl<'a> History<'a> {
    /// Merges what the versions of a prospect's row, its follow-ups and the order sheet say.
    pub fn new(prospect: &Prospect<'a>, follow_ups: Vec<FollowUp<'a>>, ends: &[OrderEnd<'a>]) -> History<'a> {
        let mut changes = of_versions(prospect);
        changes.extend(of_dates(prospect));
        settle_same_day(&mut changes);
        changes.extend(of_follow_ups(prospect, &follow_ups));
        changes.extend(of_orders(prospect, ends));
        drop_doubles(&mut changes);
        changes.sort_by_key(|change| (change.order, change.state, change.version));
        let changes = collapse(changes);
        let episodes = episodes(prospect, &changes);
        History { changes, episodes, follow_ups, turns: turns(prospect) }
    }

    /// Whether it slept just before an instant.
    pub fn asleep_before(&self, instant: NaiveDateTime) -> bool {
        self.turns.iter().rfind(|turn| turn.order < instant).is_some_and(|turn| turn.asleep)
    }

    /// Whether it slept at an instant; falling asleep at it counts.
    pub fn asleep_at(&self, instant: NaiveDateTime) -> bool {
        self.turns.iter().rfind(|turn| turn.order <= instant).is_some_and(|turn| turn.asleep)
    }

    /// Whether it sleeps at the cut-off.
    pub fn asleep(&self) -> bool {
        self.turns.last().is_some_and(|turn| turn.asleep)
    }

    /// Whether somebody has to look after it at the cut-off: neither at its end nor asleep.
    pub fn in_care(&self) -> bool {
        !self.state().is_end() && !self.asleep()
    }

    /// The state just before an instant, of a prospect first contacted before it.
    pub fn state_before(&self, instant: NaiveDateTime) -> State {
        let before = self.changes.partition_point(|change| change.order < instant);
        before.checked_sub(1).map_or(State::N, |last| self.changes[last].state)
    }

    /// The state at an instant, a change at it included.
    pub fn state_at(&self, instant: NaiveDateTime) -> State {
        let until = self.changes.partition_point(|change| change.order <= instant);
        until.checked_sub(1).map_or(State::N, |last| self.changes[last].state)
    }

    /// The state at the cut-off.
    pub fn state(&self) -> State {
        self.changes.last().map_or(State::N, |last| last.state)
    }

    /// When it last ended; `None` while it is open.
    pub fn closed_at(&self) -> Option<Instant> {
        let last = self.episodes.last().filter(|episode| episode.closed)?;
        Some(self.changes[last.changes.end - 1].at)
    }

    /// Its connected follow-ups: an unanswered call is an attempt, not a contact.
    pub fn contacts(&self) -> impl DoubleEndedIterator<Item = &FollowUp<'a>> {
        self.follow_ups.iter().filter(|follow_up| follow_up.connected)
    }

    /// The last contact up to a day.
    pub fn last_contact(&self, until: NaiveDate) -> Option<Instant> {
        self.contacts().rev().find(|contact| contact.done_at.date() <= until).map(|contact| contact.done_at)
    }
}

fn change<'a>(
    prospect: &Prospect<'a>,
    at: Instant,
    state: State,
    source: Source,
    row: &'a CheckedRow,
    version: usize,
) -> Change<'a> {
    let order = if state.is_open() { at.earliest() } else { at.latest() };
    Change { at, order: order.max(prospect.first_contact.earliest()), state, source, row, version }
}

/// The level each version gives, oldest first, without what newer ones withdraw.
fn of_versions<'a>(prospect: &Prospect<'a>) -> Vec<Change<'a>> {
    let mut stack: Vec<Change<'a>> = Vec::new();
    for (i, version) in prospect.versions.iter().enumerate() {
        let number = i + 1;
        let make = |(at, state)| change(prospect, at, state, Source::Sheet, version.row, number);
        // A defeat that the newest row says is refused or undecided never was one; one of another day is another.
        let refused = prospect.versions.last().and_then(|newest| newest.refused);
        let stands = |at: &Instant| refused.is_none_or(|refused| refused.date() != at.date());
        let defeat = version.defeated.filter(stands).map(|at| make((at, State::Defeat)));
        let mut level = level_of(version).map(make);
        if let (Some(later), Some(defeat)) = (&mut level, &defeat)
            && later.order > defeat.order
        {
            // The row of a lost prospect keeps its last level; touching it after the defeat opens nothing again.
            (later.at, later.order) = (defeat.at, defeat.order);
            level = level.filter(|level| level.state.is_open());
        }
        for claim in [level, defeat].into_iter().flatten() {
            while stack.last().is_some_and(|last| last.version < number && last.order >= claim.order) {
                stack.pop();
            }
            stack.push(claim);
        }
    }
    stack
}

/// A version's level and since when it has it.
fn level_of(version: &Version<'_>) -> Option<(Instant, State)> {
    let state = version.level?;
    let own_date = match state {
        State::O => version.ordered,
        State::D => version.delivered,
        State::T => version.cancelled,
        _ => None,
    };
    Some((own_date.or(version.level_at)?, state))
}

/// What the dates of the newest version say of its way.
fn of_dates<'a>(prospect: &Prospect<'a>) -> Vec<Change<'a>> {
    let Some(newest) = prospect.versions.last() else { return Vec::new() };
    let dates = [(newest.ordered, State::O), (newest.delivered, State::D), (newest.cancelled, State::T)];
    let number = prospect.versions.len();
    let make = |at, state| change(prospect, at, state, Source::Sheet, newest.row, number);
    let defeat = newest.defeated.map(|at| make(at, State::Defeat).order);
    let dated = |(at, state): (Option<Instant>, State)| at.map(|at| make(at, state));
    let stands = |change: &Change<'_>| defeat.is_none_or(|defeat| change.order <= defeat);
    dates.into_iter().filter_map(dated).filter(stands).collect()
}

/// What the order sheet says where the newest version does not date it.
fn of_orders<'a>(prospect: &Prospect<'a>, ends: &[OrderEnd<'a>]) -> Vec<Change<'a>> {
    let own = |state| dated_by_row(prospect, state);
    let foreign = ends.iter().filter(|end| !own(end.state));
    foreign.map(|end| change(prospect, end.at, end.state, Source::Order, end.row, 0)).collect()
}

/// Whether the newest version dates an order, delivery or cancellation.
fn dated_by_row(prospect: &Prospect<'_>, state: State) -> bool {
    prospect.versions.last().is_some_and(|row| match state {
        State::O => row.ordered.is_some(),
        State::D => row.delivered.is_some(),
        State::T => row.cancelled.is_some(),
        _ => false,
    })
}

/// When the prospect fell asleep and woke up. As with levels, a newer version withdraws what an older one dates at or
/// after it.
fn turns<'a>(prospect: &Prospect<'a>) -> Vec<Turn<'a>> {
    let mut said: Vec<Turn<'a>> = Vec::new();
    for version in &prospect.versions {
        let Some((at, asleep)) = version.asleep else { continue };
        let order = at.earliest().max(prospect.first_contact.earliest());
        while said.last().is_some_and(|last| last.order >= order) {
            said.pop();
        }
        said.push(Turn { at, order, asleep, row: version.row });
    }
    let mut awake = true;
    said.retain(|turn| std::mem::replace(&mut awake, !turn.asleep) == turn.asleep);
    said
}

/// An order of the day of its delivery, and a delivery of the day of its cancellation, lie before them.
fn settle_same_day(changes: &mut [Change<'_>]) {
    for i in 0..changes.len() {
        if changes[i].state < State::O || !changes[i].at.date_only {
            continue;
        }
        let later = changes.iter().filter(|other| other.state > changes[i].state && other.day() == changes[i].day());
        if let Some(first) = later.map(|other| other.order).min() {
            changes[i].order = changes[i].order.min(first);
        }
    }
}

fn of_follow_ups<'a>(prospect: &Prospect<'a>, follow_ups: &[FollowUp<'a>]) -> Vec<Change<'a>> {
    let told = |follow_up: &FollowUp<'a>| {
        let state = follow_up.level_after.filter(|state| !dated_by_row(prospect, *state))?;
        Some(change(prospect, follow_up.done_at, state, Source::FollowUp, follow_up.row, 0))
    };
    let after_opening = |follow_up: &&FollowUp<'a>| follow_up.done_at.date() >= prospect.first_contact.date();
    follow_ups.iter().filter(after_opening).filter_map(told).collect()
}

/// A level of a whole day is the one that another record gives to the minute on that day; between two of a whole day
/// the follow-up is kept.
fn drop_doubles(changes: &mut Vec<Change<'_>>) {
    let doubled: Vec<bool> = changes
        .iter()
        .map(|one| {
            one.at.date_only
                && one.state.is_open()
                && changes.iter().any(|other| {
                    let better =
                        !other.at.date_only || (other.source == Source::FollowUp && one.source == Source::Sheet);
                    other.state == one.state && other.at.date() == one.at.date() && better
                })
        })
        .collect();
    let mut doubled = doubled.into_iter();
    changes.retain(|_| !doubled.next().unwrap_or(false));
}

/// Keeps moves to another state only. A level said again keeps its first date; an order, delivery, cancellation or
/// defeat said again has the date of the newest version.
fn collapse(sorted: Vec<Change<'_>>) -> Vec<Change<'_>> {
    let mut kept: Vec<Change<'_>> = Vec::with_capacity(sorted.len());
    for change in sorted {
        match kept.last_mut() {
            Some(last) if last.state == change.state => {
                if !change.state.is_open() && change.version > last.version {
                    *last = change;
                }
            }
            Some(last) if last.state.is_end() && change.source != Source::Sheet => {}
            _ => kept.push(change),
        }
    }
    kept
}

fn episodes(prospect: &Prospect<'_>, changes: &[Change<'_>]) -> Vec<Episode> {
    let mut episodes = vec![Episode { opened: prospect.first_contact, changes: 0..0, closed: false }];
    for (i, change) in changes.iter().enumerate() {
        let Some(last) = episodes.last_mut() else { break };
        if !last.closed {
            last.changes.end = i + 1;
            last.closed = change.state.is_end();
        } else if !change.state.is_end() {
            episodes.push(Episode { opened: change.at, changes: i..i + 1, closed: false });
        }
    }
    episodes
}
