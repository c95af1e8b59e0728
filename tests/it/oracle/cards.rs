//! A card's history, from every list that told of it, and the conversions of cards.

use super::{
    judged::{Judged, ends},
    rows::{Call, Card, Group, Moment, Order, Store, after},
};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// What happens to a card; in this order where the instant is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Contact,
    Level(char),
    Awake,
    Reopened,
    Asleep,
    Over,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    pub what: What,
    /// The cell that tells of it: what one cell tells is at one instant.
    pub cell: String,
}

pub struct History<'a> {
    pub card: &'a Card,
    pub events: Vec<Event>,
}

/// The histories of a store's cards, without duplicates (合并), which count nowhere.
pub fn histories(store: &Store) -> Vec<History<'_>> {
    let counted = store.cards().iter().filter(|card| card.status != Some("合并"));
    counted.map(|card| History { card, events: events(store, card) }).collect()
}

fn events(store: &Store, card: &Card) -> Vec<Event> {
    let told: Vec<&Card> = store
        .weeks
        .iter()
        .filter_map(|week| week.cards.as_ref()?.iter().find(|told| told.key() == card.key()))
        .collect();
    let mut events: Vec<Event> = Vec::new();
    let mut add = |at: Moment, what: What, cell: String| {
        if !events.iter().any(|event| event.at == at && event.what == what && event.cell == cell) {
            events.push(Event { at, what, cell });
        }
    };
    let mut over: Option<Moment> = None;
    for (at, what) in naps(&told) {
        add(at, what, format!("级别更新 {at:?}"));
    }
    for row in &told {
        let level_at = format!("级别更新 {:?}", row.level_at);
        add(row.level_at, What::Level(row.level), level_at.clone());
        let ended = closed(row);
        for (at, cell) in &ended {
            add(*at, What::Over, (*cell).into());
        }
        // A level or an order later than the end that was told, and before any end that the row itself tells: opened again.
        let later = |at: &Moment| over.is_some_and(|former| at.first() > former.last());
        let signs = [Some(row.level_at), row.ordered].into_iter().flatten().filter(later);
        if let Some(at) = signs.min_by_key(|at| at.first())
            && ended.iter().all(|(end, _)| end.first() > at.last())
        {
            add(at, What::Reopened, if at == row.level_at { level_at } else { "下订".into() });
        }
        over = ended.first().map(|(at, _)| *at);
    }
    // The order is the change to O, whichever cell tells of it.
    let told_of = told.iter().any(|row| row.level == 'O' && Some(row.level_at) == card.ordered);
    if let Some(ordered) = card.ordered.filter(|_| !told_of) {
        add(ordered, What::Level('O'), "下订".into());
    }
    for call in calls(store, card) {
        if call.connected {
            add(call.done, What::Contact, call.no.clone());
        }
        if let Some(level) = call.level_after {
            add(call.done, What::Level(level), call.no.clone());
        }
    }
    // A level noted for a whole day is the one that a call of that day gave.
    let calls: Vec<&Call> = calls(store, card).collect();
    events.retain(|event| {
        let given =
            |call: &&Call| call.done.day == event.at.day && event.what == What::Level(call.level_after.unwrap_or(' '));
        event.at.time.is_some() || !event.cell.starts_with("级别") || !calls.iter().any(given)
    });
    // The order sheet knows of a delivery or a cancellation that the card does not date. An order placed before the card
    // was made is another purchase.
    let placed = |order: &&Order| order.phone == card.phone && order.ordered.last() >= card.first.first();
    for order in store.orders.iter().filter(placed) {
        let delivered = order.delivered.filter(|_| card.delivered.is_none());
        let cancelled = order.cancelled.filter(|at| card.cancelled.is_none() && !waits(store, order, at.day));
        let ended = [delivered, cancelled].into_iter().flatten();
        events.extend(ended.map(|at| Event { at, what: What::Over, cell: format!("订单 {}", order.no) }));
    }
    events
}

/// Whether the customer waits for another car on the day on which an order is cancelled, or orders one later without
/// another card.
fn waits(store: &Store, cancelled: &Order, day: NaiveDate) -> bool {
    let later = |end: Option<Moment>| end.is_none_or(|end| end.day > day);
    let others = store.orders.iter().filter(|other| other.phone == cancelled.phone && other.no != cancelled.no);
    let mut others = others.filter(|other| later(other.delivered) && later(other.cancelled));
    others.any(|other| {
        let between = |card: &Card| card.first.day > day && card.first.first() <= other.ordered.last();
        !store.cards().iter().filter(|card| card.phone == other.phone).any(between)
    })
}

/// Asleep from the 级别更新时间 of the row that says so, until that of the one that says 跟进 again.
fn naps(told: &[&Card]) -> Vec<(Moment, What)> {
    let mut naps: Vec<(Moment, What)> = Vec::new();
    for row in told {
        match (row.status, naps.last()) {
            (Some("休眠"), None | Some((_, What::Awake))) => naps.push((row.level_at, What::Asleep)),
            // Awake from the same instant on: it has not slept.
            (Some("跟进"), Some((since, What::Asleep))) if *since == row.level_at => drop(naps.pop()),
            (Some("跟进"), Some((_, What::Asleep))) => naps.push((row.level_at, What::Awake)),
            _ => {}
        }
    }
    naps
}

/// What a row of the card says has ended it: a defeat under review or refused has not.
fn closed(row: &Card) -> Vec<(Moment, &'static str)> {
    let defeated = row.defeated.filter(|_| !matches!(row.review, Some("待审" | "驳回")));
    let ended = [(row.delivered, "交车"), (row.cancelled, "退订"), (defeated, "战败")];
    ended.into_iter().filter_map(|(at, cell)| Some((at?, cell))).collect()
}

fn calls<'a>(store: &'a Store, card: &'a Card) -> impl Iterator<Item = &'a Call> {
    let of_card = |call: &&Call| {
        let by_phone = call.key == card.phone && call.done.last() >= card.first.first();
        card.no.as_ref() == Some(&call.key) || by_phone
    };
    store.calls().filter(of_card)
}

/// What stands after the events so far.
#[derive(Clone, Copy)]
pub struct Standing {
    pub level: char,
    pub over: bool,
    pub asleep: bool,
}

impl Standing {
    pub const NEW: Self = Self { level: 'N', over: false, asleep: false };

    pub fn then(self, what: What) -> Self {
        match what {
            What::Contact => self,
            What::Level(level) => Self { level, ..self },
            What::Awake => Self { asleep: false, ..self },
            What::Reopened => Self { over: false, ..self },
            What::Asleep => Self { asleep: true, ..self },
            What::Over => Self { over: true, ..self },
        }
    }
}

impl std::fmt::Debug for History<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by_key(|event| (event.at.first(), event.what));
        events.iter().try_for_each(|event| writeln!(f, "    {:?} {:?} {}", event.at, event.what, event.cell))
    }
}

impl History<'_> {
    /// Whether the card is in the pool frozen at the first instant of a day: what that day alone dates comes after it.
    fn open_at(&self, day: NaiveDate) -> bool {
        let mut events: Vec<&Event> = self.events.iter().filter(|event| event.at.day < day).collect();
        events.sort_by_key(|event| (event.at.first(), event.what));
        let at = events.into_iter().fold(Standing::NEW, |standing, event| standing.then(event.what));
        self.card.first.day < day && !at.over && !at.asleep && "NCBAH".contains(at.level)
    }
}

fn row(kpi: &'static str, store: &Store, day: NaiveDate, card: &Card) -> Judged {
    Judged {
        kpi,
        store: store.id.clone(),
        day,
        staff: Some(card.consultant.into()),
        model: Some(card.model.into()),
        channel: Some(card.channel.into()),
        what: format!("{card:?}"),
        ..Judged::default()
    }
}

pub fn judge(group: &Group) -> Vec<Judged> {
    let mut rows = Vec::new();
    for store in &group.stores {
        let histories = histories(store);
        for end in ends(store.cards().iter().map(|card| card.first.day).min(), group.until) {
            let first = end.with_day(1).expect("the first");
            let in_month = |moment: Option<Moment>| moment.is_some_and(|at| (first..=end).contains(&at.day));
            for history in &histories {
                let card = history.card;
                if in_month(Some(card.first)) || history.open_at(first) {
                    rows.push(row("pool_convert", store, end, card).met(Some(in_month(card.ordered))));
                }
            }
        }
        for History { card, .. } in &histories {
            let limit = after(card.first.day, 90);
            if limit <= group.until {
                let in_time = card.ordered.is_some_and(|at| at.day <= limit);
                rows.push(row("cohort90_convert", store, card.first.day, card).met(Some(in_time)));
            }
        }
    }
    rows
}

/// The cards of a store by phone, the earliest first, duplicates too.
pub fn by_phone(store: &Store) -> BTreeMap<&str, Vec<&Card>> {
    let mut cards: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
    for card in store.cards() {
        cards.entry(&card.phone).or_default().push(card);
    }
    cards.values_mut().for_each(|cards| cards.sort_by_key(|card| card.first.first()));
    cards
}
