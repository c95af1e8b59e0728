//! Prospects as they go: cards week by week, calls, orders.

use super::{
    dice::Dice,
    rows::{Call, Card, Moment, Order, after},
};
use chrono::{Datelike, NaiveDate};

pub const MODELS: [&str; 2] = ["Q5", "A4"];
/// The last is no channel that costs are kept for.
pub const CHANNELS: [&str; 3] = ["网络广告", "户外广告", "展厅"];
pub const CONSULTANTS: [&str; 3] = ["甲销售", "乙销售", "丙销售"];

/// A card with what it said from each day on.
pub struct Life {
    pub versions: Vec<(NaiveDate, Card)>,
    pub calls: Vec<Call>,
    pub orders: Vec<Order>,
}

impl Life {
    pub fn card(&self) -> &Card {
        &self.versions.last().expect("a version").1
    }

    /// The first day after everything that is told of it.
    fn end(&self) -> NaiveDate {
        let calls = self.calls.iter().map(|call| call.done.day);
        let orders = self.orders.iter().flat_map(|order| [order.delivered, order.cancelled]).flatten().map(|m| m.day);
        let days = self.versions.iter().map(|(day, _)| *day).chain(calls).chain(orders);
        after(days.max().expect("a version"), 1)
    }

    /// A card of the same phone for another purchase, once this one is over.
    pub fn again(&self, dice: &Dice, until: NaiveDate, number: usize) -> Option<Self> {
        let card = self.card();
        let over =
            matches!(card.level, 'D' | 'T') || (card.defeated.is_some() && matches!(card.review, None | Some("通过")));
        let day = after(self.end(), dice.between(0, 10));
        let again = || {
            let mut life = life(dice, until, day, number, &card.phone);
            life.number(number);
            life
        };
        (over && card.no.is_some() && day <= until).then(again)
    }

    /// Makes the number its key, which the phone cannot be where two cards have it.
    fn number(&mut self, number: usize) {
        let no = format!("QK{number:03}");
        self.versions.iter_mut().for_each(|(_, card)| card.no = Some(no.clone()));
        for (index, call) in self.calls.iter_mut().enumerate() {
            call.no = format!("HF{no}-{index}");
        }
    }

    /// The same customer entered twice.
    pub fn twin(&self, dice: &Dice, number: usize) -> Self {
        let mut card = self.versions[0].1.clone();
        card.no = Some(format!("QK{number:03}"));
        let day = after(card.first.day, -dice.between(1, 40));
        card.first = dice.moment(day);
        (card.level_at, card.level) = (card.first, 'B');
        (card.channel, card.status) = (dice.pick(&CHANNELS), Some("合并"));
        Self { versions: vec![(day, card)], calls: Vec::new(), orders: Vec::new() }
    }
}

/// The day of a first contact: often 90 days before the cut-off, or at the turn of a month.
pub fn first_day(dice: &Dice, until: NaiveDate) -> NaiveDate {
    let day = after(until, -dice.between(0, 150));
    match dice.below(5) {
        0 => after(until, -dice.between(89, 91)),
        1 => after(day.with_day(1).expect("the first"), dice.between(-1, 0)),
        _ => day,
    }
}

fn overdue(level: char) -> i64 {
    match level {
        'H' => 2,
        'A' => 5,
        'B' => 7,
        'C' => 15,
        _ => 3,
    }
}

pub fn life(dice: &Dice, until: NaiveDate, day: NaiveDate, number: usize, phone: &str) -> Life {
    let first = dice.moment(day);
    let no = dice.maybe(80, format!("QK{number:03}"));
    let level = dice.pick(&['N', 'N', 'C', 'B', 'A', 'H']);
    let mut card = Card {
        no,
        phone: phone.into(),
        first,
        level,
        level_at: first,
        model: dice.pick(&MODELS),
        channel: dice.pick(&CHANNELS),
        consultant: dice.pick(&CONSULTANTS),
        ordered: None,
        delivered: None,
        cancelled: None,
        defeated: None,
        review: None,
        status: dice.pick(&[None, Some("跟进")]),
    };
    let mut life = Life { versions: vec![(day, card.clone())], calls: Vec::new(), orders: Vec::new() };
    let mut last = first;
    for _ in 0..dice.below(10) {
        let gap = if dice.chance(60) { overdue(card.level) + dice.between(-1, 1) } else { dice.between(0, 12) };
        let at = dice.moment(after(last.day, gap));
        if at.day > until {
            break;
        }
        if at.first() < last.last() && at != last && (at.time.is_some() || last.time.is_some()) && !dice.chance(40) {
            continue;
        }
        if at.first() < last.first() {
            continue;
        }
        let open = card.defeated.is_none() && card.ordered.is_none();
        match dice.below(100) {
            0..45 => call(dice, &mut life, &mut card, at),
            45..60 if open => raise(dice, &mut card, at),
            60..68 if open => sleep(&mut card, at),
            68..80 if open => order(dice, &mut life, &mut card, at, until),
            80..92 if open => defeat(dice, &mut card, at),
            92..95 if open => card.status = Some("合并"),
            _ if card.ordered.is_some() => finish(dice, &mut life, &mut card, at),
            _ if card.defeated.is_some() => review(dice, &mut card, at),
            _ => continue,
        }
        last = at;
        life.versions.push((at.day, card.clone()));
        if card.status == Some("合并") || card.delivered.is_some() && dice.chance(60) {
            break;
        }
    }
    life
}

fn call(dice: &Dice, life: &mut Life, card: &mut Card, done: Moment) {
    let connected = dice.chance(80);
    let open = card.defeated.is_none() && card.ordered.is_none() && card.status != Some("休眠");
    let level_after = dice.maybe(if open { 30 } else { 0 }, dice.pick(&['C', 'B', 'A', 'H']));
    let key = if dice.chance(20) { &card.phone } else { card.key() };
    let no = format!("HF{}-{}", card.key(), life.calls.len());
    life.calls.push(Call { no, key: key.into(), done, connected, level_after, executor: card.consultant });
    if let Some(level) = level_after.filter(|_| dice.chance(60)) {
        (card.level, card.level_at) = (level, done);
    }
}

fn raise(dice: &Dice, card: &mut Card, at: Moment) {
    card.level = dice.pick(&['C', 'B', 'A', 'H']);
    card.level_at = at;
    if card.status == Some("休眠") {
        card.status = Some("跟进");
    }
}

fn sleep(card: &mut Card, at: Moment) {
    card.status = if card.status == Some("休眠") { Some("跟进") } else { Some("休眠") };
    card.level_at = at;
}

fn order(dice: &Dice, life: &mut Life, card: &mut Card, at: Moment, until: NaiveDate) {
    card.ordered = Some(at);
    card.status = Some("跟进");
    if dice.chance(90) {
        let late = dice.moment(after(at.day, dice.between(1, 3)));
        (card.level, card.level_at) = ('O', if dice.chance(20) && late.day <= until { late } else { at });
    }
    if dice.chance(85) {
        life.orders.push(Order {
            no: format!("DD{}", card.key()),
            vin: None,
            model: card.model,
            consultant: card.consultant,
            phone: card.phone.clone(),
            ordered: at,
            delivered: None,
            cancelled: None,
        });
    }
}

/// Delivered or cancelled, on the card, on the order sheet or on both.
fn finish(dice: &Dice, life: &mut Life, card: &mut Card, at: Moment) {
    if card.level_at.last() > at.last() || card.delivered.is_some() || card.cancelled.is_some() {
        return;
    }
    let (on_card, on_order) = dice.pick(&[(true, true), (true, true), (false, true), (true, false)]);
    let delivered = dice.chance(70);
    if on_card {
        (card.level, card.level_at) = (if delivered { 'D' } else { 'T' }, at);
        *(if delivered { &mut card.delivered } else { &mut card.cancelled }) = Some(at);
    }
    for order in
        life.orders.iter_mut().filter(|order| on_order && order.delivered.is_none() && order.cancelled.is_none())
    {
        *(if delivered { &mut order.delivered } else { &mut order.cancelled }) = Some(at);
    }
}

fn defeat(dice: &Dice, card: &mut Card, at: Moment) {
    card.defeated = Some(at);
    card.review = dice.pick(&[None, Some("通过"), Some("待审"), Some("驳回")]);
    card.status = dice.pick(&[None, Some("战败"), Some("战败"), Some("跟进")]);
}

/// A pending defeat passes or is refused; a passed one is won back.
fn review(dice: &Dice, card: &mut Card, at: Moment) {
    if card.review == Some("待审") {
        card.review = dice.pick(&[Some("通过"), Some("驳回")]);
    } else if at.day > card.defeated.expect("a defeat").day {
        (card.defeated, card.review, card.status) = (None, None, Some("跟进"));
        (card.level, card.level_at) = (dice.pick(&['C', 'B', 'A', 'H']), at);
    }
}
