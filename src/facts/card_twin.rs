//! Fills `card_twin`: the level of a card by whatever is newest, and the oldest other open card of its phone.

use super::{
    beside::Beside,
    drafts::{date, fixed, moment, text},
    episode::next_contact,
    history::{History, State},
    ledger::Ledger,
    prospect::is_open,
};
use crate::model::Instant;
use std::{collections::HashMap, sync::Arc};

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let cards = || ledger.prospects.iter().zip(&ledger.histories);
    let mut oldest: HashMap<&str, (Instant, &Arc<str>)> = HashMap::new();
    for (prospect, _) in cards().filter(|(prospect, history)| is_open(prospect, history)) {
        let Some(phone) = prospect.phone else { continue };
        let own = (prospect.first_contact, prospect.key);
        let first = oldest.entry(phone).or_insert(own);
        *first = own.min(*first);
    }
    for (prospect, history) in cards() {
        let twin = prospect.phone.filter(|_| is_open(prospect, history)).and_then(|phone| oldest.get(&**phone));
        let twin = twin.map(|(_, key)| *key).filter(|key| *key != prospect.key);
        let level = fixed(Some(State::word(history.state())));
        let since = moment(since(history));
        let next = date(next_contact(ledger.today, prospect, history));
        beside.set(
            prospect.index,
            &[("level_now", level), ("level_since", since), ("next_now", next), ("twin", text(twin))],
        );
    }
}

/// Since when a card has its level: the last change that is no defeat, else the opening.
fn since(history: &History<'_>) -> Option<Instant> {
    let episode = history.episodes.last()?;
    let changes = &history.changes[episode.changes.clone()];
    let level = changes.iter().rev().find(|change| change.state != State::Defeat);
    Some(level.map_or(episode.opened, |change| change.at))
}
