//! `cp_repeat` and `cp_solve`: whether a complaint that was closed has come again.

use super::{
    judged::Judged,
    rows::{Complaint, Group, Moment, Order, Store, after, end_of},
};
use std::collections::BTreeSet;

pub fn judge(group: &Group) -> Vec<Judged> {
    let mut rows = Vec::new();
    for store in &group.stores {
        for complaint in store.complaints() {
            let Some(closed) = complaint.closed else { continue };
            let again = again(store, complaint, closed);
            let row = |kpi| Judged {
                kpi,
                store: store.id.clone(),
                day: closed.day,
                staff: complaint.handler.map(str::to_owned),
                what: format!("{complaint:?}"),
                ..Judged::default()
            };
            rows.push(row("cp_repeat").met(again));
            match complaint.satisfied {
                None => {}
                Some(true) => rows.push(row("cp_solve").met(again.map(|again| !again))),
                Some(false) => rows.push(row("cp_solve").met(Some(false))),
            }
        }
    }
    rows
}

/// Received again after the closing, which opens with its day where it has no time, up to the end of the 90th day. What
/// was certainly received before this one is not another; of two of one day without a time the list's order tells.
fn again(store: &Store, complaint: &Complaint, closed: Moment) -> Option<bool> {
    let limit = end_of(after(closed.day, 90));
    let who = customer(store, &complaint.key);
    let own = complaint.accepted;
    let below = store.complaints().iter().skip_while(|other| other.no != complaint.no).map(|other| &other.no);
    let below: BTreeSet<&String> = below.collect();
    let others = store.complaints().iter().filter(|other| {
        let same_day = own.time.is_none() && other.accepted == own;
        let earlier = other.accepted.last() < own.first() || same_day && !below.contains(&other.no);
        other.no != complaint.no
            && !earlier
            && other.category == complaint.category
            && !customer(store, &other.key).is_disjoint(&who)
    });
    let answers: Vec<Option<bool>> = others
        .filter(|other| other.accepted.first() <= limit)
        .map(|other| other.accepted.since(closed.first()))
        .collect();
    match answers.contains(&Some(true)) {
        true => Some(true),
        false if answers.contains(&None) => None,
        false => Some(false),
    }
}

/// The key and every phone that it leads to: of a car the phone of its buyer, which is the newest whose delivery stands,
/// and that of its owner's file.
fn customer<'a>(store: &'a Store, key: &'a str) -> BTreeSet<&'a str> {
    let cards = store.cards().iter().filter(|card| card.no.as_deref() == Some(key)).map(|card| &*card.phone);
    let orders = store.orders.iter().filter(|order| order.vin.as_deref() == Some(key));
    let standing = |order: &&Order| (order.cancelled.is_none() && order.delivered.is_some(), order.ordered.first());
    let buyer = orders.max_by_key(standing).map(|order| &*order.phone);
    let owners = store.owners.iter().filter(|owner| owner.vin == key).map(|owner| &*owner.phone);
    cards.chain(buyer).chain(owners).chain([key]).collect()
}
