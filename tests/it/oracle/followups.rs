//! `followup_timely`: a card is followed through every order in which its events can have come, where a day alone leaves
//! it open; a duty counts when all of them agree.

use super::{
    cards::{Event, History, Standing, What, histories},
    judged::Judged,
    rows::{Group, Store, after, end_of},
};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Met,
    Missed,
    Replaced,
}

pub fn judge(group: &Group) -> Vec<Judged> {
    let mut rows = Vec::new();
    for store in &group.stores {
        for history in histories(store) {
            rows.extend(of_card(group.until, store, &history));
        }
    }
    rows
}

/// Days until a contact is overdue; N has its own duty, which is due within hours.
fn overdue(level: char) -> Option<i64> {
    Some(match level {
        'H' => 2,
        'A' => 5,
        'B' => 7,
        'C' => 15,
        'O' => 3,
        _ => return None,
    })
}

fn of_card(until: NaiveDate, store: &Store, history: &History<'_>) -> Vec<Judged> {
    let mut duties: BTreeMap<(String, NaiveDate, char), Vec<Outcome>> = BTreeMap::new();
    let orders = orders(&history.events);
    for order in &orders {
        for (duty, outcome) in follow(order) {
            duties.entry(duty).or_default().push(outcome);
        }
    }
    let mut rows = Vec::new();
    for ((cell, due, level), mut outcomes) in duties {
        outcomes.resize(orders.len(), Outcome::Replaced);
        let outcomes: BTreeSet<Outcome> = outcomes.into_iter().collect();
        if due > until || outcomes.iter().all(|outcome| *outcome == Outcome::Replaced) {
            continue;
        }
        let known = |outcome: Outcome| outcomes.iter().all(|other| *other == outcome);
        let sent =
            |week: &super::rows::Week| !(after(week.sunday, -6)..=week.sunday).contains(&due) || week.calls.is_some();
        let met = match (known(Outcome::Met), known(Outcome::Missed)) {
            _ if !store.weeks.iter().all(sent) => None,
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        let row = Judged {
            kpi: "followup_timely",
            store: store.id.clone(),
            day: due,
            staff: Some(history.card.consultant.into()),
            model: Some(history.card.model.into()),
            channel: Some(history.card.channel.into()),
            level: Some(level),
            what: format!("{cell} {level} {outcomes:?} {:?}\n{history:?}", history.card),
            ..Judged::default()
        };
        rows.push(row.met(met));
    }
    rows
}

/// The duties of one order of events: what opened it, its last day, its level, and what became of it.
fn follow(events: &[(NaiveDateTime, &Event)]) -> BTreeMap<(String, NaiveDate, char), Outcome> {
    let mut duties: BTreeMap<String, ((String, NaiveDate, char), Outcome)> = BTreeMap::new();
    let vague = |day: NaiveDate| events.iter().any(|(_, event)| event.at.time.is_none() && event.at.day == day);
    let mut standing = Standing::NEW;
    for (index, (_, event)) in events.iter().enumerate() {
        let before = standing;
        standing = standing.then(event.what);
        let opens = match event.what {
            What::Level(level) => level != before.level,
            What::Contact | What::Awake | What::Reopened => true,
            What::Asleep | What::Over => false,
        };
        let Some(days) = overdue(standing.level).filter(|_| opens && !standing.over && !standing.asleep) else {
            continue;
        };
        let due = after(event.at.day, days);
        let later = events[index + 1..].iter().take_while(|(at, _)| *at <= end_of(due));
        let mut at = standing;
        let outcome = later
            .filter_map(|(_, event)| {
                let was = at;
                at = at.then(event.what);
                match event.what {
                    What::Contact => Some(Outcome::Met),
                    What::Level(level) if level == was.level => None,
                    What::Awake | What::Reopened => None,
                    What::Level(_) | What::Asleep | What::Over => Some(Outcome::Replaced),
                }
            })
            .next();
        // What a day holds of which something has no time opens one duty, the last.
        let cell = if vague(event.at.day) { event.at.day.to_string() } else { event.cell.clone() };
        duties.insert(cell.clone(), ((cell, due, standing.level), outcome.unwrap_or(Outcome::Missed)));
    }
    duties.into_values().collect()
}

/// Every order in which the events can have come.
fn orders(events: &[Event]) -> Vec<Vec<(NaiveDateTime, &Event)>> {
    // A level that was known already stirs nothing, whenever that day it was noted.
    let loose: BTreeSet<(&str, NaiveDate)> =
        events.iter().filter(|event| event.at.time.is_none()).map(|event| (&*event.cell, event.at.day)).collect();
    let loose: Vec<(&str, NaiveDate)> = loose.into_iter().collect();
    let slots: Vec<Vec<NaiveDateTime>> = loose
        .iter()
        .map(|(_, day)| {
            let mut times: Vec<NaiveDateTime> = vec![day.and_hms_opt(0, 0, 10).expect("an instant")];
            times.extend(events.iter().filter(|e| e.at.time.is_some() && e.at.day == *day).map(|e| e.at.first()));
            times.dedup();
            let same_day = loose.iter().filter(|(_, other)| other == day).count();
            let steps = (1..).take(same_day);
            steps.flat_map(|step| times.iter().map(move |time| *time + TimeDelta::seconds(step))).collect()
        })
        .collect();
    let count: usize = slots.iter().map(Vec::len).product();
    assert!(count < 100_000, "{count} orders of {events:#?}");
    (0..count)
        .map(|mut number| {
            let mut at: BTreeMap<&str, NaiveDateTime> = BTreeMap::new();
            for ((cell, _), slots) in loose.iter().zip(&slots) {
                at.insert(cell, slots[number % slots.len()]);
                number /= slots.len();
            }
            let time = |event: &Event| event.at.time.map_or_else(|| at[&*event.cell], |_| event.at.first());
            let mut order: Vec<(NaiveDateTime, &Event)> = events.iter().map(|event| (time(event), event)).collect();
            order.sort_by_key(|(at, event)| (*at, event.what));
            order
        })
        .collect()
}
