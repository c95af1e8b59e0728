//! `contact`: the next contact that a prospect's level demands, H A B C O each after its own number of days. N has its
//! own duty, `n_regrade`.
//!
//! An *anchor* is a connected contact, a change of level or a waking up inside an open episode; each starts one duty, due at
//! the end of the anchor's day + the level's overdue days. What comes next decides:
//!
//! - a contact by then: met;
//! - a change of level, a falling asleep or the end of the episode by then, with no contact before it: replaced, the new
//!   anchor's duty counts; while the prospect sleeps nothing starts one;
//! - neither, and the limit is behind the cut-off: missed. The chain goes on from the next actual contact or change, however
//!   late: a prospect never called again has one missed duty that stays open, not one for every cycle that passed;
//! - else pending.
//!
//! Records of one day of which one has no time of day are taken together as one anchor. Contact and change of such a day
//! leave the order open, and with it whether the earlier duty was met or replaced: not measurable, unless they come from the
//! same follow-up, which is a contact first.

use super::{Duty, due_after, morning_after};
use crate::{
    facts::{
        history::{Change, Episode, History, Source, Turn},
        ledger::Ledger,
        record::{FollowUp, Prospect},
    },
    model::{CheckedRow, Instant, Verdict},
};
use chrono::{NaiveDate, NaiveDateTime};

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged {
            continue;
        }
        for episode in &history.episodes {
            of_episode(ledger, prospect, history, episode, add);
        }
    }
}

/// Contacts and changes that happened together: at one instant, or on a day whose order is not known.
struct Anchor<'h, 'a> {
    day: NaiveDate,
    /// When the duty it starts arose, and from which row: its last record.
    opened: (Instant, &'a CheckedRow),
    contacts: Vec<&'h FollowUp<'a>>,
    changes: Vec<&'h Change<'a>>,
    turns: Vec<&'h Turn<'a>>,
}

fn of_episode<'a>(
    ledger: &Ledger<'a>,
    prospect: &Prospect<'a>,
    history: &History<'a>,
    episode: &Episode,
    add: &mut impl FnMut(Duty<'a>),
) {
    let anchors = anchors(history, episode);
    let (mut state, mut asleep) = (None, false);
    for (i, anchor) in anchors.iter().enumerate() {
        state = anchor.changes.last().map(|change| change.state).or(state);
        asleep = anchor.turns.last().map_or(asleep, |turn| turn.asleep);
        let Some(level) = state.filter(|state| !state.is_end() && !asleep) else { continue };
        let Some(cadence) = ledger.settings.cadence_of(&ledger.store.brand, level.word()) else { continue };
        let due_by = due_after(anchor.day, cadence.overdue);
        let due = due_by.at <= ledger.now;
        let next = anchors.get(i + 1);
        let (verdict, done) = match next {
            Some(next) if next.day <= due_by.date() => next.verdict(),
            // Something came later than the limit, so the limit is behind the cut-off too.
            Some(next) => (Verdict::Missed, next.first_contact()),
            None if due => (Verdict::Missed, None),
            None => (Verdict::Pending, None),
        };
        let (opened_at, origin) = anchor.opened;
        add(Duty {
            kind: "contact",
            staff: prospect.holders.on(due_by.date()),
            owner: prospect.holders.on(ledger.today),
            customer: prospect.key,
            name: prospect.name,
            phone: prospect.phone,
            level: Some(level),
            category: None,
            model: prospect.model,
            channel: prospect.channel,
            opened_at,
            due_from: morning_after(anchor.day, cadence.remind),
            due_by,
            due,
            done,
            verdict,
            open: next.is_none(),
            last_contact_at: history.last_contact(ledger.today),
            told_by: &["prospect", "follow_up"],
            origin,
        });
    }
}

fn anchors<'h, 'a>(history: &'h History<'a>, episode: &Episode) -> Vec<Anchor<'h, 'a>> {
    let changes = &history.changes[episode.changes.clone()];
    let opened = changes.first().map_or(episode.opened.earliest(), |first| first.order.min(episode.opened.earliest()));
    let end = changes.last().filter(|_| episode.closed).map(|last| last.order);
    let inside = |contact: &&FollowUp<'a>| {
        contact.done_at.latest() >= opened && end.is_none_or(|end| contact.done_at.earliest() <= end)
    };
    let contacts = history.contacts().filter(inside);
    let turns = history.turns.iter().filter(|turn| turn.order >= opened && end.is_none_or(|end| turn.order <= end));
    // In time; what one instant holds is a contact first.
    let mut marks: Vec<(NaiveDateTime, bool, Mark<'h, 'a>)> = contacts
        .map(|contact| (contact.done_at.earliest().max(opened), contact.done_at.date_only, Mark::Contact(contact)))
        .chain(changes.iter().map(|change| (change.order, change.at.date_only, Mark::Change(change))))
        .chain(turns.map(|turn| (turn.order, turn.at.date_only, Mark::Turn(turn))))
        .collect();
    marks.sort_by_key(|(at, ..)| *at);
    let mut anchors: Vec<(NaiveDateTime, Anchor<'h, 'a>)> = Vec::new();
    for day in marks.chunk_by(|a, b| a.0.date() == b.0.date()) {
        let vague = day.iter().any(|(_, date_only, _)| *date_only);
        let first_of_day = anchors.len();
        for (at, _, mark) in day {
            let joins = anchors.len() > first_of_day && anchors.last().is_some_and(|(last, _)| vague || last == at);
            let opened = match mark {
                Mark::Contact(contact) => (contact.done_at, contact.row),
                Mark::Change(change) => (change.at, change.row),
                Mark::Turn(turn) => (turn.at, turn.row),
            };
            if !joins {
                let (contacts, changes, turns) = Default::default();
                anchors.push((*at, Anchor { day: at.date(), opened, contacts, changes, turns }));
            }
            if let Some((_, anchor)) = anchors.last_mut() {
                anchor.opened = opened;
                match mark {
                    Mark::Contact(contact) => anchor.contacts.push(contact),
                    Mark::Change(change) => anchor.changes.push(change),
                    Mark::Turn(turn) => anchor.turns.push(turn),
                }
            }
        }
    }
    anchors.into_iter().map(|(_, anchor)| anchor).collect()
}

enum Mark<'h, 'a> {
    Contact(&'h FollowUp<'a>),
    Change(&'h Change<'a>),
    Turn(&'h Turn<'a>),
}

impl<'a> Anchor<'_, 'a> {
    fn first_contact(&self) -> Option<(Instant, &'a CheckedRow)> {
        self.contacts.first().map(|contact| (contact.done_at, contact.row))
    }

    /// What it means for the duty before it, within its limit.
    fn verdict(&self) -> (Verdict, Option<(Instant, &'a CheckedRow)>) {
        let Some(first) = self.first_contact() else { return (Verdict::Replaced, None) };
        // A change that a connected follow-up itself reports comes with its contact, not before it.
        let own = |change: &&&Change<'a>| {
            change.source == Source::FollowUp
                && self.contacts.iter().any(|contact| std::ptr::eq(contact.row, change.row))
        };
        let foreign = self.changes.iter().filter(|change| !own(change)).map(|change| change.at);
        let foreign: Vec<Instant> = foreign.chain(self.turns.iter().map(|turn| turn.at)).collect();
        if foreign.is_empty() {
            return (Verdict::Met, Some(first));
        }
        let first_change = foreign.iter().map(Instant::earliest).min();
        let surely_replaced_at = foreign.iter().map(Instant::latest).min();
        let surely_contacted = self.contacts.iter().find(|contact| Some(contact.done_at.latest()) <= first_change);
        if let Some(contact) = surely_contacted {
            return (Verdict::Met, Some((contact.done_at, contact.row)));
        }
        if self.contacts.iter().all(|contact| Some(contact.done_at.earliest()) > surely_replaced_at) {
            return (Verdict::Replaced, None);
        }
        (Verdict::Unmeasurable, Some(first))
    }
}
