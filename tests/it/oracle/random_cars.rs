//! Cars as they go: deliveries and reversals, visits, owners' files, policies, costs of channels.

use super::{
    dice::Dice,
    random_cards::{CHANNELS, CONSULTANTS, MODELS},
    rows::{Cost, Moment, Order, Owner, Policy, Store, Visit, after, before},
};
use chrono::{Datelike, Days, Months, NaiveDate};

const ADVISORS: [&str; 2] = ["赵服务", "郑服务"];
const KINDS: [&str; 10] = ["首保", "首保", "定保", "定保", "定保", "一般维修", "事故", "索赔", "返修", "PDI"];

/// Adds the rows of one car to its store.
pub fn car(dice: &Dice, store: &mut Store, until: NaiveDate, number: usize, phone: &str) {
    let vin = format!("LSVAB218{}E2{number:06}", number % 10);
    let model = dice.pick(&MODELS);
    let mut from = dice.edge(until, 40);
    if dice.chance(75) {
        let delivered = dice.moment(from);
        sell(dice, store, until, (&vin, number), phone, model, delivered);
    }
    let owner_phone = if dice.chance(70) { phone.to_owned() } else { format!("139{:08}", 60_000_000 + number) };
    if dice.chance(60) {
        let changed = dice.edge(until, 14).max(from);
        store.owners.push(Owner {
            vin: vin.clone(),
            phone: owner_phone,
            bought: from,
            updated: dice.maybe(80, dice.moment(changed)),
            in_hand: dice.pick(&[None, None, Some(true), Some(false)]),
            lost: dice.maybe(20, dice.edge(until, 20).max(from)),
        });
    }
    let mut days: Vec<NaiveDate> = Vec::new();
    for _ in 0..dice.below(7) {
        from = if dice.chance(50) { dice.edge(until, 40) } else { after(from, dice.between(0, 260)) };
        days.push(from.min(until));
    }
    days.sort_unstable();
    let mut km = dice.between(0, 900);
    let mut due: Option<NaiveDate> = None;
    for (index, mut day) in days.into_iter().enumerate() {
        if let Some(due) = due.filter(|_| dice.chance(40)) {
            day = after(due, dice.pick(&[-31, -30, -1, 0, 30, 31]));
        }
        if day > until {
            continue;
        }
        km += dice.pick(&[0, 300, 1_000, 4_000, 9_000]);
        let visit = visit(dice, format!("WX{number:03}-{index}"), &vin, dice.moment(day), km);
        due = visit.next_on.or(due);
        store.visits.push(visit);
    }
    policies(dice, store, until, &vin, number);
}

/// A delivery, perhaps taken back and the car sold again.
fn sell(
    dice: &Dice,
    store: &mut Store,
    until: NaiveDate,
    (vin, number): (&str, usize),
    phone: &str,
    model: &'static str,
    delivered: Moment,
) {
    let mut order = Order {
        no: format!("DJ{number:03}"),
        vin: dice.maybe(95, vin.to_owned()),
        model,
        consultant: dice.pick(&CONSULTANTS),
        phone: phone.into(),
        ordered: Moment { day: after(delivered.day, -dice.between(1, 30)), time: None },
        delivered: Some(delivered),
        cancelled: None,
    };
    let back = dice.moment(delivered.day + Days::new(u64::from(dice.pick(&[0u32, 1, 20, 60, 200, 365, 366]))));
    if back.day <= until && back.first() >= delivered.last() && dice.chance(25) {
        order.cancelled = Some(back);
        let again = dice.moment(after(back.day, dice.between(5, 60)));
        if back.day > delivered.day && again.day <= until && dice.chance(60) {
            let second = Order {
                no: format!("DJ{number:03}b"),
                phone: format!("138{:08}", 70_000_000 + number),
                consultant: dice.pick(&CONSULTANTS),
                ordered: back,
                delivered: Some(again),
                cancelled: None,
                ..order.clone()
            };
            store.orders.push(second);
        }
    }
    store.orders.push(order);
}

fn visit(dice: &Dice, no: String, vin: &str, at: Moment, km: i64) -> Visit {
    let kind = dice.pick(&KINDS);
    let services = matches!(kind, "首保" | "定保");
    let to_come = match dice.below(3) {
        0 => at.day + Months::new(dice.pick(&[3, 6])),
        1 => at.day + Days::new(u64::from(dice.below(200) + 31)),
        _ => at.day + Days::new(u64::from(dice.pick(&[31u32, 60, 90]))),
    };
    let total = dice.between(1, 20) * 10_000 + dice.between(0, 99);
    Visit {
        no,
        vin: vin.into(),
        at,
        km,
        kind,
        total: if dice.chance(8) { -total } else { total },
        advisor: dice.pick(&ADVISORS),
        payer: dice.pick(&[Some("客户"), Some("客户"), Some("客户"), Some("厂家"), Some("保险"), Some("内部"), None]),
        next_on: dice.maybe(if services { 60 } else { 20 }, to_come),
        next_km: dice.maybe(if services { 60 } else { 20 }, km + dice.pick(&[2_001, 5_000, 7_500])),
    }
}

fn policies(dice: &Dice, store: &mut Store, until: NaiveDate, vin: &str, number: usize) {
    if dice.chance(50) {
        return;
    }
    let mut end = match dice.below(3) {
        0 => after(until, -dice.between(28, 32)),
        1 => dice.edge(until, 14),
        _ => after(until, dice.between(-60, 60)),
    };
    let mut from = before(end, 12);
    for index in 0..dice.between(1, 3) {
        if from > after(until, 60) {
            break;
        }
        store.policies.push(Policy {
            no: format!("BD{number:03}-{index}"),
            vin: vin.into(),
            kind: if dice.chance(80) { "商业" } else { "交强" },
            from,
            until: end,
            here: dice.chance(80),
            consultant: dice.maybe(80, dice.pick(&CONSULTANTS)),
        });
        from = after(end, dice.pick(&[-91, -90, -1, 0, 1, 29, 30, 31]));
        // Now and then a policy of two months, which begins within the 90 days before its own end.
        end = if dice.chance(15) { after(from, 60) } else { from + Months::new(12) };
    }
}

pub fn costs(dice: &Dice, until: NaiveDate) -> Vec<Cost> {
    let mut costs = Vec::new();
    for back in 0..14 {
        let month = before(until.with_day(1).expect("the first"), back);
        for channel in &CHANNELS[..2] {
            if dice.chance(70) {
                costs.push(Cost { month, channel, yuan: dice.between(0, 9_000) });
            }
        }
    }
    costs
}
