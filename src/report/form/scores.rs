//! The people of a store by their scorecards over a stretch of time: who earned most of what the documents define.

use crate::{
    catalog::Scorecard,
    model::{Period, Quantity, Scope},
    report::{figure::FEW, form::to_date, lookup::StoreLookup},
};
use std::sync::Arc;

/// A person on one scorecard.
pub(crate) struct Score<'a> {
    /// The person.
    pub name: Arc<str>,
    /// The scorecard.
    pub card: &'a Scorecard,
    /// The points earned.
    pub points: f64,
    /// The points that the items with a value, a target and enough rows can earn.
    pub within: u32,
    /// The place among all by the points.
    pub place: usize,
}

impl Score<'_> {
    /// What was earned of what could be.
    pub(crate) fn share(&self) -> f64 {
        if self.within == 0 { 0.0 } else { self.points / f64::from(self.within) }
    }
}

/// Everybody on each scorecard on which they could earn points in a period up to `base`, the best first. Who earned alike stands alike.
pub(crate) fn scores<'a>(store: &StoreLookup<'a>, period: Period, base: Period) -> Vec<Score<'a>> {
    let cards = &store.edition.catalog.scorecards;
    let of = |name: &Arc<str>| {
        let name = name.clone();
        cards.iter().filter_map(move |card| score(store, card, &name, period, base))
    };
    let mut all: Vec<Score<'a>> = store.digest.staff.iter().flat_map(of).collect();
    all.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.name.cmp(&b.name)));
    let points: Vec<f64> = all.iter().map(|score| score.points).collect();
    for score in &mut all {
        score.place = 1 + points.iter().filter(|points| **points > score.points).count();
    }
    all
}

fn score<'a>(
    store: &StoreLookup<'a>,
    card: &'a Scorecard,
    name: &Arc<str>,
    period: Period,
    base: Period,
) -> Option<Score<'a>> {
    let id = format!("{}/{name}", store.id());
    let (mut points, mut within) = (0.0, 0);
    for item in &card.items {
        let Some(kpi) = item.kpi.as_deref().and_then(|kpi| store.edition.catalog.kpi(kpi)) else { continue };
        let Some(value) = to_date::value(store, kpi, Scope::Staff, &id, period, base) else { continue };
        let target = item.target.or(value.target.or(kpi.target).map(Quantity::to_f64));
        let enough = value.denominator.is_none_or(|rows| rows >= Quantity::whole(FEW));
        if let (Some(own), Some(target), true) = (value.value_f64(), target, enough) {
            points += item.points(own, target, kpi.direction);
            within += item.weight;
        }
    }
    (within > 0).then(|| Score { name: name.clone(), card, points, within, place: 0 })
}
