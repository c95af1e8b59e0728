//! The `episode` fact: a prospect from first contact to delivery, cancellation or defeat. One that is opened again
//! afterwards starts another episode. A merged card is one episode with the outcome `merged`.

use super::{
    drafts::{Drafts, date, fixed, moment, text},
    history::{Episode, History, Source, State},
    ledger::Ledger,
    record::Prospect,
};
use crate::model::{FactTable, Instant, Value};
use chrono::NaiveDate;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("episode", &ledger.store.id);
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged {
            let Some(first) = history.episodes.first() else { continue };
            let merged = prospect.versions.last().and_then(|newest| newest.level_at).unwrap_or(prospect.first_contact);
            add(ledger, prospect, history, first, Some(("merged", merged)), &mut drafts);
            continue;
        }
        for episode in &history.episodes {
            let end = history.changes[episode.changes.clone()].last().filter(|_| episode.closed);
            let end = end.map(|change| (change.state.word(), change.at));
            add(ledger, prospect, history, episode, end, &mut drafts);
        }
    }
    drafts.finish()
}

fn add(
    ledger: &Ledger<'_>,
    prospect: &Prospect<'_>,
    history: &History<'_>,
    episode: &Episode,
    end: Option<(&str, Instant)>,
    drafts: &mut Drafts,
) {
    let changes = &history.changes[episode.changes.clone()];
    let last_day = end.map_or(ledger.today, |(_, at)| at.date());
    let level = changes.iter().rev().find(|change| change.state != State::Defeat);
    let ordered = changes.iter().find(|change| change.state == State::O && change.source == Source::Sheet);
    let next = if end.is_none() { next_contact(ledger.today, prospect, history) } else { None };
    drafts.add(
        Some(episode.opened),
        prospect.row,
        &[
            ("customer_key", text(Some(prospect.key))),
            ("customer_name", text(prospect.name)),
            ("phone", text(prospect.phone)),
            ("staff", text(prospect.holders.on(last_day))),
            ("model", text(prospect.model)),
            ("channel", text(prospect.channel)),
            ("opened_at", moment(Some(episode.opened))),
            ("ordered_at", moment(ordered.map(|change| change.at))),
            ("closed_at", moment(end.map(|(_, at)| at))),
            ("outcome", fixed(end.map(|(outcome, _)| outcome))),
            ("level", fixed(Some(level.map_or(State::N, |change| change.state).word()))),
            ("level_at", moment(Some(level.map_or(episode.opened, |change| change.at)))),
            ("next_contact_on", date(next)),
            ("last_contact_at", moment(history.last_contact(last_day))),
            ("asleep", Value::Flag(end.is_none() && history.asleep())),
        ],
    );
}

/// The next planned contact: of 下次跟进日 and the last follow-up's 下次回访日 the first that is not behind, else the last.
pub(super) fn next_contact(today: NaiveDate, prospect: &Prospect<'_>, history: &History<'_>) -> Option<NaiveDate> {
    let planned = history.follow_ups.last().and_then(|last| last.next_on);
    let dates = [prospect.next_contact_on, planned].into_iter().flatten();
    dates.clone().filter(|day| *day >= today).min().or(dates.max())
}
