//! `renew_rate` and `cost_per_delivery`.

use super::{
    cards::by_phone,
    judged::Judged,
    rows::{Group, Store, after},
};
use chrono::NaiveDate;

pub fn judge(group: &Group) -> Vec<Judged> {
    group.stores.iter().flat_map(|store| [renewals(group.until, store), costs(store)].concat()).collect()
}

fn renewals(until: NaiveDate, store: &Store) -> Vec<Judged> {
    let commercial = || store.policies.iter().filter(|policy| policy.kind == "商业" && policy.here);
    let ended = commercial().filter(|policy| after(policy.until, 30) <= until);
    let judged = ended.map(|policy| {
        let window = after(policy.until, -90)..=after(policy.until, 30);
        let renews = |other: &super::rows::Policy| other.vin == policy.vin && other.no != policy.no;
        let renewed = commercial().any(|other| renews(other) && window.contains(&other.from));
        let row = Judged {
            kpi: "renew_rate",
            store: store.id.clone(),
            day: policy.until,
            staff: policy.consultant.map(str::to_owned),
            what: format!("{policy:?}"),
            ..Judged::default()
        };
        row.met(Some(renewed))
    });
    judged.collect()
}

/// Costs by channel, and deliveries net of reversals by the channel of the buyer's first card.
fn costs(store: &Store) -> Vec<Judged> {
    let Some(costs) = &store.costs else { return Vec::new() };
    let row = |day, channel: &str| Judged {
        kpi: "cost_per_delivery",
        store: store.id.clone(),
        day,
        channel: Some(channel.into()),
        ..Judged::default()
    };
    let mut rows: Vec<Judged> =
        costs.iter().map(|cost| Judged { numerator: cost.yuan, ..row(cost.month, cost.channel) }).collect();
    let cards = by_phone(store);
    for order in &store.orders {
        let Some(card) = cards.get(&*order.phone).and_then(|cards| cards.first()) else { continue };
        let delivered = order.delivered.map(|at| (at.day, 1));
        let counted = delivered.into_iter().chain(order.reversed().map(|day| (day, -1)));
        rows.extend(counted.map(|(day, denominator)| Judged {
            denominator,
            what: format!("{order:?} {card:?}"),
            ..row(day, card.channel)
        }));
    }
    rows
}
