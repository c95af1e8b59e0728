//! Who the group delivered to, and which cars it gave their first service, over all stores: what a store needs to know of
//! the others to judge its referrals, repurchases and first services.

use super::{
    beside::{Beside, flag},
    ledger::Ledger,
    record::{self, Order, Sheet, Word, is_one_of},
    visit,
};
use crate::{
    catalog::Catalog,
    model::{Instant, StoreRows, instant::Tri},
};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A delivery to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The buyer's phone.
    pub phone: Arc<str>,
    /// The car, where an order names it.
    pub vin: Option<Arc<str>>,
    /// 交车日期.
    pub at: Instant,
}

/// Every delivery of a store, of its orders and of its prospects; one that was reversed later too.
pub fn deliveries(rows: &StoreRows, catalog: &Catalog) -> Vec<Delivery> {
    let any_time = NaiveDateTime::MAX;
    let of_orders = record::orders(Sheet::of(rows, catalog, "order"), any_time);
    let of_prospects = record::prospects(Sheet::of(rows, catalog, "prospect"), any_time);
    let orders = of_orders.iter().map(|order| (order.phone, order.vin, order.delivered));
    let prospects = of_prospects
        .iter()
        .map(|prospect| (prospect.phone, None, prospect.versions.last().and_then(|newest| newest.delivered)));
    let known = |(phone, vin, at): (Word<'_>, Word<'_>, Option<Instant>)| {
        Some(Delivery { phone: phone?.clone(), vin: vin.cloned(), at: at? })
    };
    orders.chain(prospects).filter_map(known).collect()
}

/// A first service (首保) of a car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstServiceMade {
    /// The car.
    pub vin: Arc<str>,
    /// 进厂时间.
    pub at: Instant,
}

/// Every first service that a store made.
pub fn first_services(rows: &StoreRows, catalog: &Catalog) -> Vec<FirstServiceMade> {
    let visits = visit::visits(Sheet::of(rows, catalog, "service_visit"), NaiveDateTime::MAX);
    let made = visits.into_iter().filter(|visit| visit.first_service);
    made.map(|visit| FirstServiceMade { vin: visit.vin.clone(), at: visit.at }).collect()
}

/// The phones that a store's orders name, as referrers and of buyers, and the cars; sorted, each once.
pub fn referrers(rows: &StoreRows, catalog: &Catalog) -> Vec<Arc<str>> {
    let orders = record::orders(Sheet::of(rows, catalog, "order"), NaiveDateTime::MAX);
    let named = orders.iter().flat_map(|order| [order.referrer, order.phone, order.vin]);
    let keys: BTreeSet<&Arc<str>> = named.flatten().collect();
    keys.into_iter().cloned().collect()
}

/// Fills `referral`.
pub(super) fn referral(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for order in &ledger.orders {
        beside.set(order.index, &[("referral", flag(ledger.group.referral(order)))]);
    }
}

/// Fills `repurchase`: the order says so, or the buyer took delivery of another car earlier.
pub(super) fn repurchase(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let repeat = ledger.catalog.role("order", "customer_kind", "repeat");
    for order in ledger.orders.iter().filter(|order| order.delivered.is_some()) {
        let again = is_one_of(order.customer_kind, repeat) || ledger.group.bought_before(order);
        beside.set(order.index, &[("repurchase", flag(Some(again)))]);
    }
}

/// The earliest delivery to each phone over the group, and the earliest of each of its cars; the first services of cars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupDeliveries {
    earliest: BTreeMap<Arc<str>, Instant>,
    /// By phone and VIN.
    cars: BTreeMap<(Arc<str>, Arc<str>), Instant>,
    /// The first services of each car, in time.
    first_services: BTreeMap<Arc<str>, Vec<Instant>>,
}

impl GroupDeliveries {
    /// With the first services of all stores, in any order.
    pub fn with_first_services(mut self, all: impl IntoIterator<Item = FirstServiceMade>) -> Self {
        for FirstServiceMade { vin, at } in all {
            self.first_services.entry(vin).or_default().push(at);
        }
        self.first_services.values_mut().for_each(|made| made.sort_unstable());
        self
    }

    /// The first services of a car in any store, in time.
    pub(super) fn first_services_of(&self, vin: &str) -> &[Instant] {
        self.first_services.get(vin).map_or(&[], Vec::as_slice)
    }

    /// Gathers the deliveries of all stores, in any order.
    pub fn new(all: impl IntoIterator<Item = Delivery>) -> Self {
        let mut group = GroupDeliveries::default();
        let rank = |at: &Instant| (at.latest(), at.date_only);
        for Delivery { phone, vin, at } in all {
            let car = vin.map(|vin| group.cars.entry((phone.clone(), vin)).or_insert(at));
            for known in [Some(group.earliest.entry(phone).or_insert(at)), car].into_iter().flatten() {
                if rank(&at) < rank(known) {
                    *known = at;
                }
            }
        }
        group
    }

    /// A hash, in hex, of the part that a store's orders see (its [`referrers`]): it changes exactly when an earliest delivery
    /// of theirs does.
    pub fn digest(&self, referrers: &[Arc<str>]) -> String {
        let mut hasher = blake3::Hasher::new();
        for phone in referrers {
            let delivered = self.earliest.get(phone).map_or(String::new(), Instant::display);
            let mut part = |part: &str| {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
            };
            part(phone);
            part(&delivered);
            for (vin, at) in self.cars_of(phone) {
                part(vin);
                part(&at.display());
            }
            self.first_services_of(phone).iter().for_each(|at| part(&at.display()));
        }
        hasher.finalize().to_hex().to_string()
    }

    fn cars_of<'s>(&'s self, phone: &'s Arc<str>) -> impl Iterator<Item = (&'s Arc<str>, &'s Instant)> {
        let of_phone = self.cars.range((phone.clone(), "".into())..).take_while(move |((own, _), _)| own == phone);
        of_phone.map(|((_, vin), at)| (vin, at))
    }

    /// Whether the buyer took delivery of another car in the group on an earlier day, taken back later or not.
    pub(super) fn bought_before(&self, order: &Order<'_>) -> bool {
        let (Some(delivered), Some(phone)) = (order.delivered, order.phone) else { return false };
        self.cars_of(phone).any(|(vin, at)| Some(vin) != order.vin && at.date() < delivered.date())
    }

    /// Whether a delivered order came by referral: 推荐人电话 is not the buyer's, and the group delivered to it before.
    /// `None` when the order is not delivered, or both deliveries are of one day and a missing time of day decides.
    pub(super) fn referral(&self, order: &Order<'_>) -> Option<bool> {
        let delivered = order.delivered?;
        let Some(referrer) = order.referrer.filter(|referrer| Some(*referrer) != order.phone) else {
            return Some(false);
        };
        let Some(earlier) = self.earliest.get(referrer) else { return Some(false) };
        match delivered.not_after(earlier) {
            Tri::Yes => Some(false),
            Tri::No => Some(true),
            Tri::Unknown => None,
        }
    }
}
