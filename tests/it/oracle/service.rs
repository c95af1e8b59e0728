//! `first_service` and `regular_rate`: services that fell due.

use super::{
    judged::Judged,
    rows::{Group, Order, Store, Visit, after, end_of},
};
use chrono::{Months, NaiveDate};

pub fn judge(group: &Group) -> Vec<Judged> {
    let mut rows = Vec::new();
    for store in &group.stores {
        rows.extend(store.orders.iter().filter_map(|order| first(group.until, store, order)));
        rows.extend(store.visits.iter().filter_map(|visit| regular(group.until, store, visit)));
    }
    rows
}

fn first(until: NaiveDate, store: &Store, order: &Order) -> Option<Judged> {
    let delivered = order.delivered?;
    let limit = delivered.day + Months::new(12);
    if limit > until || order.reversed().is_some_and(|reversed| reversed <= limit) {
        return None;
    }
    let came = |vin: &String| {
        let firsts = store.visits.iter().filter(|visit| visit.kind == "首保" && visit.vin == *vin);
        let answers: Vec<Option<bool>> = firsts
            .filter(|visit| visit.at.first() <= end_of(limit))
            .map(|visit| visit.at.since(delivered.first()))
            .collect();
        match answers.contains(&Some(true)) {
            true => Some(true),
            false if answers.contains(&None) => None,
            false => Some(false),
        }
    };
    let row = Judged {
        kpi: "first_service",
        store: store.id.clone(),
        day: limit,
        staff: Some(order.consultant.into()),
        model: Some(order.model.into()),
        what: format!("{order:?}"),
        ..Judged::default()
    };
    Some(row.met(order.vin.as_ref().and_then(came)))
}

fn sets_due(visit: &Visit) -> bool {
    matches!(visit.kind, "首保" | "定保")
}

/// The day on which the next service is due after a visit: the day written, or the one projected from the mileage.
fn due(store: &Store, visit: &Visit) -> Option<NaiveDate> {
    let projected = visit.next_km.map(|km| {
        let earlier = store.visits.iter().filter(|other| other.vin == visit.vin && other.kind != "PDI");
        let earlier = earlier.filter(|other| other.at.day <= after(visit.at.day, -30));
        let earlier = earlier.max_by_key(|other| other.at.first());
        let driven = earlier.map(|earlier| (visit.km - earlier.km, (visit.at.day - earlier.at.day).num_days()));
        let (driven, days) = driven.filter(|(driven, _)| *driven > 0).unwrap_or((40, 1));
        after(visit.at.day, ((km - visit.km) * days).div_euclid(driven))
    });
    [visit.next_on, projected].into_iter().flatten().min()
}

fn regular(until: NaiveDate, store: &Store, visit: &Visit) -> Option<Judged> {
    let due = sets_due(visit).then(|| due(store, visit))??;
    let (from, to) = (after(due, -30), after(due, 30));
    let later = |other: &&Visit| other.vin == visit.vin && other.no != visit.no && other.at.first() >= visit.at.first();
    let mut services = store.visits.iter().filter(later).filter(|other| sets_due(other));
    let replaced = services.clone().any(|other| other.at.day < from);
    if to > until || replaced {
        return None;
    }
    let came = services.any(|other| other.kind == "定保" && (from..=to).contains(&other.at.day));
    let row = Judged {
        kpi: "regular_rate",
        store: store.id.clone(),
        day: due,
        what: format!("{visit:?}"),
        ..Judged::default()
    };
    Some(row.met(Some(came)))
}
