//! Fills `audit_draw`: the cards that customer service checks for a month, drawn so that every machine draws the same.
//!
//! Of each consultant one in twenty of the cards touched in the month, at least 5, at most 20: those at H or A and those lost
//! first, then of the other levels one after the other; within a level in the order of a hash of store, month and card.
//! A card is touched by its first contact, a follow-up, a new level, an order or a defeat.

use super::{
    beside::Beside,
    drafts::date,
    history::{History, State},
    ledger::Ledger,
    record::{Prospect, Word},
};
use crate::model::{Period, Value};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Cards of a consultant at least, at most, and one in so many.
const LEAST: usize = 5;
const MOST: usize = 20;
const ONE_IN: usize = 20;

/// A card that may be drawn.
#[derive(Clone, Copy, Debug)]
struct Card {
    index: usize,
    level: State,
    hash: [u8; 32],
}

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let month = Period::headline(ledger.today);
    let mut touched: BTreeMap<Word<'_>, Vec<Card>> = BTreeMap::new();
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged || !is_touched(prospect, history, |day| month.holds(day) && day <= ledger.today) {
            continue;
        }
        let key = format!("{} {month} {}", ledger.store.id, prospect.key);
        let hash = *blake3::hash(key.as_bytes()).as_bytes();
        let card = Card { index: prospect.index, level: history.state(), hash };
        touched.entry(prospect.holders.on(ledger.today)).or_default().push(card);
    }
    for cards in touched.into_values() {
        for (place, card) in (1..).zip(drawn(cards)) {
            let values = [("draw_month", date(Some(month.start))), ("draw_place", Value::Int(place))];
            beside.set(card.index, &values);
        }
    }
}

fn is_touched(prospect: &Prospect<'_>, history: &History<'_>, holds: impl Fn(NaiveDate) -> bool) -> bool {
    holds(prospect.first_contact.date())
        || history.changes.iter().any(|change| holds(change.day()))
        || history.follow_ups.iter().any(|follow_up| holds(follow_up.done_at.date()))
}

/// The cards that are drawn of a consultant's, in the order of the list.
fn drawn(mut cards: Vec<Card>) -> Vec<Card> {
    let count = cards.len().div_ceil(ONE_IN).clamp(LEAST, MOST);
    cards.sort_by_key(|card| (card.hash, card.index));
    let is_hot = |card: &Card| matches!(card.level, State::H | State::A | State::Defeat);
    let (mut first, others): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(is_hot);
    let mut levels: BTreeMap<State, Vec<Card>> = BTreeMap::new();
    for card in others.into_iter().rev() {
        levels.entry(card.level).or_default().push(card);
    }
    while first.len() < count && !levels.is_empty() {
        for cards in levels.values_mut() {
            first.extend(cards.pop());
        }
        levels.retain(|_, cards| !cards.is_empty());
    }
    first.truncate(count);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(index: usize, level: State) -> Card {
        Card { index, level, hash: *blake3::hash(&index.to_le_bytes()).as_bytes() }
    }

    #[test]
    fn hot_and_lost_cards_come_first_then_one_of_each_level() {
        // 30 cards: 5 at least, 2 of them at H, 1 lost; then one at B, one at C of ten each, none at N yet.
        let levels = [(2, State::H), (1, State::Defeat), (10, State::C), (10, State::B), (7, State::N)];
        let all = levels.iter().flat_map(|(count, level)| vec![*level; *count]);
        let cards: Vec<Card> = all.enumerate().map(|(index, level)| card(index, level)).collect();
        let got = drawn(cards.clone());
        assert_eq!(got.len(), 5);
        assert!(got[..3].iter().all(|card| matches!(card.level, State::H | State::Defeat)));
        assert_eq!(got[3..].iter().map(|card| card.level).collect::<Vec<_>>(), [State::N, State::C]);
        // The same whatever the order of the rows.
        let mut turned = cards;
        turned.reverse();
        let indices = |cards: &[Card]| cards.iter().map(|card| card.index).collect::<Vec<_>>();
        assert_eq!(indices(&drawn(turned)), indices(&got));
    }

    #[test]
    fn one_in_twenty_at_least_five_at_most_twenty() {
        let of = |count: usize| drawn((0..count).map(|index| card(index, State::B)).collect()).len();
        assert_eq!([of(3), of(40), of(101), of(140), of(1000)], [3, 5, 6, 7, 20]);
    }
}
