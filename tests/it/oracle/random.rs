//! A group made of chance: two or three stores, six weekly submissions, four years of cars.

use super::{
    dice::Dice,
    random_cards::{Life, first_day, life},
    random_cars::{car, costs},
    rows::{Card, Complaint, Group, Store, Week, after},
};
use chrono::{Datelike, NaiveDate};

const WEEKS: i64 = 6;
const CATEGORIES: [&str; 2] = ["维修质量", "价格"];

pub fn group(seed: u64) -> Group {
    let dice = &Dice::new(seed);
    let any = after(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"), -dice.between(0, 900));
    let sunday = after(any, -i64::from(any.weekday().num_days_from_sunday()));
    let month_end = after(any.with_day(1).expect("the first"), -1);
    let until = dice.pick(&[sunday, month_end, any]);
    let stores = (1..=dice.between(2, 3)).map(|number| store(dice, until, &format!("S0{number}"))).collect();
    Group { until, stores }
}

fn store(dice: &Dice, until: NaiveDate, id: &str) -> Store {
    let mut lives: Vec<Life> = Vec::new();
    let mut number = 0;
    for index in 0..30 {
        let day = first_day(dice, until);
        lives.push(life(dice, until, day, number, &format!("138{:08}", 50_000_000 + index)));
        number += 1;
        let made = lives.last().expect("a life");
        let more = match dice.below(10) {
            0..3 => made.again(dice, until, number),
            3 if made.card().no.is_some() => Some(made.twin(dice, number)),
            _ => None,
        };
        number += usize::from(more.is_some());
        lives.extend(more);
    }
    let mut store = Store {
        id: id.into(),
        weeks: Vec::new(),
        orders: lives.iter().flat_map(|life| life.orders.clone()).collect(),
        visits: Vec::new(),
        owners: Vec::new(),
        policies: Vec::new(),
        costs: dice.chance(80).then(|| costs(dice, until)),
    };
    for index in 0..60 {
        // Some cars are of one owner, some buyers have a card.
        let phone = match dice.below(10) {
            0 | 1 => lives[dice.below(u32::try_from(lives.len()).expect("few")) as usize].card().phone.clone(),
            2 => format!("139{:08}", 50_000_000 + index / 4),
            _ => format!("139{:08}", 50_000_000 + index),
        };
        car(dice, &mut store, until, index, &phone);
    }
    for (index, order) in store.orders.iter_mut().enumerate() {
        if order.delivered.is_some() && order.vin.is_none() && dice.chance(80) {
            order.vin = Some(format!("LSVAB218{}E2{:06}", index % 10, 500 + index));
        }
    }
    let complaints = complaints(dice, &store, &lives, until);
    let last = after(until, i64::from(7 - until.weekday().number_from_monday()));
    for back in (0..WEEKS).rev() {
        let sunday = after(last, -7 * back);
        let sent = back == 0 || back == WEEKS - 1 || dice.chance(80);
        let mut week = week(&lives, &complaints, sunday, back == WEEKS - 1);
        if !sent {
            (week.cards, week.calls, week.complaints) = (None, None, None);
        } else if back > 0 && back < WEEKS - 1 && dice.chance(15) {
            week.calls = None;
        }
        store.weeks.push(week);
    }
    store
}

fn week(lives: &[Life], complaints: &[Complaint], sunday: NaiveDate, with_earlier: bool) -> Week {
    let known = |life: &Life| -> Option<Card> {
        life.versions.iter().rev().find(|(day, _)| *day <= sunday).map(|(_, card)| card.clone())
    };
    let of_week = |day: NaiveDate| day <= sunday && (with_earlier || day > after(sunday, -7));
    let calls = lives.iter().flat_map(|life| &life.calls).filter(|call| of_week(call.done.day)).cloned();
    let complaints = complaints.iter().filter(|complaint| complaint.accepted.day <= sunday).map(|complaint| {
        let closed = complaint.closed.filter(|closed| closed.day <= sunday);
        Complaint { closed, satisfied: complaint.satisfied.filter(|_| closed.is_some()), ..complaint.clone() }
    });
    Week {
        sunday,
        cards: Some(lives.iter().filter_map(known).collect()),
        calls: Some(calls.collect()),
        complaints: Some(complaints.collect()),
    }
}

/// Complaints under every key a customer has, many received again at the limit of 90 days.
fn complaints(dice: &Dice, store: &Store, lives: &[Life], until: NaiveDate) -> Vec<Complaint> {
    let mut complaints: Vec<Complaint> = Vec::new();
    for index in 0..40 {
        let pick = |len: usize| dice.below(u32::try_from(len).expect("few")) as usize;
        let key = match dice.below(5) {
            0 => lives[pick(lives.len().min(8))].card().key().to_owned(),
            1 => lives[pick(lives.len().min(8))].card().phone.clone(),
            2 => store.orders[pick(store.orders.len())].phone.clone(),
            3 if !store.owners.is_empty() => {
                let owner = &store.owners[pick(store.owners.len().min(8))];
                if dice.chance(50) { owner.vin.clone() } else { owner.phone.clone() }
            }
            _ => store.orders[pick(store.orders.len())].vin.clone().unwrap_or_else(|| "13899999999".into()),
        };
        let former = dice.maybe(60, ()).and_then(|()| complaints.iter().rev().find(|c| c.closed.is_some()).cloned());
        let day = match &former {
            Some(former) => {
                let gap = dice.pick(&[-1, 0, 0, 1, 30, 89, 90, 90, 91]);
                after(former.closed.expect("closed").day, gap)
            }
            None => after(until, -dice.between(0, 300)),
        };
        if day > until {
            continue;
        }
        let accepted = dice.moment(day);
        let closed = dice.moment(after(day, dice.pick(&[0, 0, 1, 5, 40])));
        let closed = (closed.day <= until && closed.first() >= accepted.last()).then_some(closed);
        let same = dice.chance(70);
        complaints.push(Complaint {
            no: format!("TS{index:03}"),
            accepted,
            key: former.as_ref().filter(|_| same).map_or(key, |former| former.key.clone()),
            category: former.as_ref().filter(|_| same).map_or(dice.pick(&CATEGORIES), |former| former.category),
            handler: dice.maybe(80, dice.pick(&["王客服", "周客服"])),
            closed,
            satisfied: closed.and_then(|_| dice.pick(&[None, Some(true), Some(true), Some(false)])),
        });
    }
    complaints
}
