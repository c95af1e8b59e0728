//! Everything known of one store at the cut-off, read once and shared by all facts.

use super::{
    history::History,
    identity::Identity,
    record::{self, Complaint, FollowUp, Order, Prospect, Sheet, Visit},
};
use crate::{
    catalog::Catalog,
    model::{Instant, StoreRows, text::normalized_key},
    project::{Settings, Store},
};
use chrono::{NaiveDate, NaiveDateTime};
use std::{borrow::Cow, collections::HashMap, sync::Arc};

/// The records of one store up to the cut-off, with who is who.
pub(super) struct Ledger<'a> {
    pub store: &'a Store,
    pub settings: &'a Settings,
    /// The cut-off's last instant.
    pub now: NaiveDateTime,
    /// The cut-off's day.
    pub today: NaiveDate,
    pub prospects: Vec<Prospect<'a>>,
    /// One for each prospect.
    pub histories: Vec<History<'a>>,
    /// In time.
    pub follow_ups: Vec<FollowUp<'a>>,
    pub orders: Vec<Order<'a>>,
    /// In time.
    pub visits: Vec<Visit<'a>>,
    /// Indices of visits by VIN, in time.
    pub visits_of: HashMap<&'a str, Vec<usize>>,
    pub complaints: Vec<Complaint<'a>>,
    pub identity: Identity<'a>,
    /// Indices of follow-ups by identity, in time.
    follow_ups_of: HashMap<Arc<str>, Vec<usize>>,
    /// Indices of follow-ups by the key as written, in time.
    follow_ups_with: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Ledger<'a> {
    /// Reads the store's rows.
    pub fn new(
        store: &'a Store,
        rows: &'a StoreRows,
        catalog: &'a Catalog,
        settings: &'a Settings,
        cutoff: Instant,
    ) -> Ledger<'a> {
        let now = cutoff.latest();
        let sheet = |kind| Sheet::of(rows, catalog, kind);
        let prospects = record::prospects(sheet("prospect"), now);
        let orders = record::orders(sheet("order"), now);
        let follow_ups = record::follow_ups(sheet("follow_up"), now);
        let visits = record::visits(sheet("service_visit"), now);
        let complaints = record::complaints(sheet("complaint"), now);
        let identity = Identity::new(&prospects, &orders);
        let histories = histories(&prospects, &follow_ups, &identity);
        let mut visits_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, visit) in visits.iter().enumerate() {
            visits_of.entry(visit.vin).or_default().push(i);
        }
        let mut follow_ups_of: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        let mut follow_ups_with: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, follow_up) in follow_ups.iter().enumerate() {
            follow_ups_of.entry(identity.of(follow_up.customer).into()).or_default().push(i);
            follow_ups_with.entry(follow_up.customer).or_default().push(i);
        }
        let today = cutoff.date();
        Ledger {
            store,
            settings,
            now,
            today,
            prospects,
            histories,
            follow_ups,
            orders,
            visits,
            visits_of,
            complaints,
            identity,
            follow_ups_of,
            follow_ups_with,
        }
    }

    /// The follow-ups to a customer, or naming a key such as their VIN, in time.
    pub fn follow_ups_to(&self, customer: &str, key: Option<&str>) -> Vec<&FollowUp<'a>> {
        let by_customer = self.follow_ups_of.get(self.identity.of(customer));
        let by_key = key.and_then(|key| self.follow_ups_with.get(key));
        let mut found: Vec<usize> = by_customer.into_iter().chain(by_key).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|i| &self.follow_ups[i]).collect()
    }

    /// The last contact with a customer by the cut-off.
    pub fn last_contact(&self, customer: &str, key: Option<&str>) -> Option<Instant> {
        let found = self.follow_ups_to(customer, key);
        found.into_iter().rev().find(|follow_up| follow_up.connected).map(|follow_up| follow_up.done_at)
    }

    /// The newest prospect with a phone.
    pub fn card(&self, phone: &str) -> Option<&Prospect<'a>> {
        self.identity.card(phone).map(|i| &self.prospects[i])
    }
}

/// Gives each follow-up to its prospect: the one of the number it names, else, of those with the phone behind the key,
/// the one whose time it falls into.
fn histories<'a>(prospects: &[Prospect<'a>], follow_ups: &[FollowUp<'a>], identity: &Identity<'a>) -> Vec<History<'a>> {
    let mut by_number: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut by_phone: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, prospect) in prospects.iter().enumerate() {
        if let Some(number) = prospect.number {
            by_number.insert(normalized_key(number), i);
        }
        if let Some(phone) = prospect.phone {
            by_phone.entry(phone).or_default().push(i);
        }
    }
    let mut own: Vec<Vec<FollowUp<'a>>> = prospects.iter().map(|_| Vec::new()).collect();
    for follow_up in follow_ups {
        let by_time = || {
            let cards = by_phone.get(identity.of(follow_up.customer))?;
            card_at(prospects, cards, follow_up.done_at.date())
        };
        if let Some(i) = by_number.get(&**follow_up.customer).copied().or_else(by_time) {
            own[i].push(*follow_up);
        }
    }
    prospects.iter().zip(own).map(|(prospect, own)| History::new(prospect, own)).collect()
}

/// Of several prospects with one phone: the newest that was first contacted by the day and not at its end before it,
/// else the newest first contacted by the day, else the oldest.
fn card_at(prospects: &[Prospect<'_>], cards: &[usize], day: NaiveDate) -> Option<usize> {
    let first_contact = |i: &usize| (prospects[*i].first_contact, *i);
    let begun = |i: &&usize| prospects[**i].first_contact.date() <= day;
    let going_on = |i: &&usize| {
        let newest = prospects[**i].versions.last();
        let ends = newest.into_iter().flat_map(|row| [row.delivered, row.cancelled, row.defeated]).flatten();
        ends.map(|end| end.date()).all(|end| end >= day)
    };
    let running = cards.iter().filter(begun).filter(going_on).max_by_key(|i| first_contact(i));
    let latest = || cards.iter().filter(begun).max_by_key(|i| first_contact(i));
    let oldest = || cards.iter().min_by_key(|i| first_contact(i));
    running.or_else(latest).or_else(oldest).copied()
}
