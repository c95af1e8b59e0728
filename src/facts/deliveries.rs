//! Who the group delivered to, over all stores: what a store needs to know of the others to judge its referrals.

use super::record::{self, Order, Sheet};
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
    /// 交车日期.
    pub at: Instant,
}

/// Every delivery of a store, of its orders and of its prospects; one that was reversed later too.
pub fn deliveries(rows: &StoreRows, catalog: &Catalog) -> Vec<Delivery> {
    let any_time = NaiveDateTime::MAX;
    let of_orders = record::orders(Sheet::of(rows, catalog, "order"), any_time);
    let of_prospects = record::prospects(Sheet::of(rows, catalog, "prospect"), any_time);
    let orders = of_orders.iter().map(|order| (order.phone, order.delivered));
    let prospects = of_prospects
        .iter()
        .map(|prospect| (prospect.phone, prospect.versions.last().and_then(|newest| newest.delivered)));
    let known = |(phone, at): (Option<&Arc<str>>, Option<Instant>)| Some(Delivery { phone: phone?.clone(), at: at? });
    orders.chain(prospects).filter_map(known).collect()
}

/// The phones that a store's orders name as referrers, sorted, each once.
pub fn referrers(rows: &StoreRows, catalog: &Catalog) -> Vec<Arc<str>> {
    let orders = record::orders(Sheet::of(rows, catalog, "order"), NaiveDateTime::MAX);
    let phones: BTreeSet<&Arc<str>> = orders.iter().filter_map(|order| order.referrer).collect();
    phones.into_iter().cloned().collect()
}

/// The earliest delivery to each phone over the group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupDeliveries(BTreeMap<Arc<str>, Instant>);

impl GroupDeliveries {
    /// Gathers the deliveries of all stores, in any order.
    pub fn new(all: impl IntoIterator<Item = Delivery>) -> Self {
        let mut earliest: BTreeMap<Arc<str>, Instant> = BTreeMap::new();
        let rank = |at: &Instant| (at.latest(), at.date_only);
        for Delivery { phone, at } in all {
            let known = earliest.entry(phone).or_insert(at);
            if rank(&at) < rank(known) {
                *known = at;
            }
        }
        GroupDeliveries(earliest)
    }

    /// A hash, in hex, of the part that a store's referrals see (its [`referrers`]): it changes exactly when a
    /// referrer's earliest delivery does.
    pub fn digest(&self, referrers: &[Arc<str>]) -> String {
        let mut hasher = blake3::Hasher::new();
        for phone in referrers {
            let delivered = self.0.get(phone).map_or(String::new(), Instant::display);
            for part in [&**phone, &delivered] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether a delivered order came by referral: 推荐人电话 is not the buyer's, and the group delivered to it before.
    /// `None` when the order is not delivered, or both deliveries are of one day and a missing time of day decides.
    pub(super) fn referral(&self, order: &Order<'_>) -> Option<bool> {
        let delivered = order.delivered?;
        let Some(referrer) = order.referrer.filter(|referrer| Some(*referrer) != order.phone) else {
            return Some(false);
        };
        let Some(earlier) = self.0.get(referrer) else { return Some(false) };
        match delivered.not_after(earlier) {
            Tri::Yes => Some(false),
            Tri::No => Some(true),
            Tri::Unknown => None,
        }
    }
}
