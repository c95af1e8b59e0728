//! Everything known of one store at the cut-off, read once and shared by all facts.

use super::{
    deliveries::GroupDeliveries,
    history::{History, OrderEnd, State},
    identity::Identity,
    record::{self, Complaint, FollowUp, Order, Owner, Prospect, Sheet, Word},
    unsent::Unsent,
    visit::{self, Visit},
};
use crate::{
    catalog::Catalog,
    model::{FactTable, Instant, StoreRows, instant::Tri, text::normalized_key},
    project::{Settings, Store},
};
use chrono::{NaiveDate, NaiveDateTime};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    iter,
    sync::Arc,
};

/// The records of one store up to the cut-off, with who is who.
pub(super) struct Ledger<'a> {
    pub store: &'a Store,
    pub settings: &'a Settings,
    pub catalog: &'a Catalog,
    /// Its accepted rows.
    pub rows: &'a StoreRows,
    /// What the group delivered to whom.
    pub group: &'a GroupDeliveries,
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
    pub visits_of: BTreeMap<&'a str, Vec<usize>>,
    pub complaints: Vec<Complaint<'a>>,
    /// By VIN.
    pub owners: BTreeMap<&'a str, Owner<'a>>,
    pub identity: Identity<'a>,
    pub unsent: Unsent<'a>,
    /// Indices of follow-ups by identity, in time.
    follow_ups_of: HashMap<Arc<str>, Vec<usize>>,
    /// Indices of follow-ups by the key as written, in time.
    follow_ups_with: HashMap<&'a str, Vec<usize>>,
    /// The cars of each phone in the owner sheet.
    cars_of: HashMap<&'a str, Vec<&'a str>>,
    /// The cars and phones of owners who do not want to be called (免打扰), and the cars that are not theirs any more.
    quiet: HashSet<&'a str>,
}

impl<'a> Ledger<'a> {
    /// Reads the store's rows.
    pub fn new(
        store: &'a Store,
        rows: &'a StoreRows,
        group: &'a GroupDeliveries,
        board: &'a FactTable,
        catalog: &'a Catalog,
        settings: &'a Settings,
        cutoff: Instant,
    ) -> Ledger<'a> {
        let now = cutoff.latest();
        let sheet = |kind| Sheet::of(rows, catalog, kind);
        let prospects = record::prospects(sheet("prospect"), now);
        let orders = record::orders(sheet("order"), now);
        let follow_ups = record::follow_ups(sheet("follow_up"), now);
        let visits = visit::visits(sheet("service_visit"), now);
        let complaints = record::complaints(sheet("complaint"), now);
        let owners: BTreeMap<&str, Owner<'_>> =
            record::owners(sheet("owner"), now).into_iter().map(|owner| (&**owner.vin, owner)).collect();
        let identity = Identity::new(&prospects, &orders, owners.values());
        let histories = histories(&prospects, &follow_ups, &orders, &identity);
        let mut visits_of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
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
        let mut cars_of: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut quiet: HashSet<&str> = HashSet::new();
        for owner in owners.values() {
            if let Some(phone) = owner.phone {
                cars_of.entry(&**phone).or_default().push(&**owner.vin);
                quiet.extend(owner.do_not_disturb.then_some(&**phone));
            }
            quiet.extend((owner.do_not_disturb || owner.gone_from.is_some()).then_some(&**owner.vin));
        }
        Ledger {
            store,
            settings,
            catalog,
            rows,
            group,
            now,
            today,
            prospects,
            histories,
            follow_ups,
            orders,
            visits,
            visits_of,
            complaints,
            owners,
            identity,
            unsent: Unsent::new(rows, board, catalog),
            follow_ups_of,
            follow_ups_with,
            cars_of,
            quiet,
        }
    }

    /// The follow-ups to a customer, or naming a key such as their VIN, in time. Of a car also those to its owner in the
    /// owner sheet, whose phone may be another than the buyer's, and of such an owner those that name the car.
    pub fn follow_ups_to(&self, customer: &str, key: Option<&str>) -> Vec<&FollowUp<'a>> {
        let by_customer = self.follow_ups_of.get(self.identity.of(customer));
        let by_key = key.and_then(|key| self.follow_ups_with.get(key));
        let owner = key.and_then(|key| self.owners.get(key)).and_then(|owner| owner.phone);
        let by_owner = owner.and_then(|phone| self.follow_ups_of.get(self.identity.of(phone)));
        let cars = self.cars_of.get(self.identity.of(customer)).into_iter().flatten();
        let by_car = cars.filter_map(|vin| self.follow_ups_with.get(vin));
        let found = [by_customer, by_key, by_owner].into_iter().flatten().chain(by_car).flatten();
        let mut found: Vec<usize> = found.copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|i| &self.follow_ups[i]).collect()
    }

    /// Whom a key means: the customer behind it, and of a car also its owner in the owner sheet, whose phone may be another
    /// than the buyer's.
    pub fn meant_by<'k>(&'k self, key: &'k str) -> impl Iterator<Item = &'k str> {
        let owner = self.owners.get(key).and_then(|owner| owner.phone);
        iter::once(self.identity.of(key)).chain(owner.map(|phone| self.identity.of(phone)))
    }

    /// The last contact with a customer by the cut-off.
    pub fn last_contact(&self, customer: &str, key: Option<&str>) -> Option<Instant> {
        let found = self.follow_ups_to(customer, key);
        found.into_iter().rev().find(|follow_up| follow_up.connected).map(|follow_up| follow_up.done_at)
    }

    /// The rows of a kind of sheet; `None` when the store sent none.
    pub fn sheet(&self, kind: &str) -> Option<Sheet<'a>> {
        Sheet::of(self.rows, self.catalog, kind)
    }

    /// The follow-ups of a task.
    pub fn task(&self, role: &str) -> &'a [Arc<str>] {
        self.catalog.role("follow_up", "task", role)
    }

    /// Whether nobody is to call: an owner, by car or phone, who asked not to be (免打扰), or of a car that is not theirs any
    /// more.
    pub fn is_quiet(&self, customer: &str, phone: Word<'_>) -> bool {
        self.quiet.contains(customer) || phone.is_some_and(|phone| self.quiet.contains(&**phone))
    }

    /// Name and phone of a car's owner, as far as a sheet has them.
    pub fn owner_of(&self, vin: &str) -> [Word<'a>; 2] {
        let owner = self.owners.get(vin);
        let phone = self.identity.phone(vin).or(owner.and_then(|owner| owner.phone));
        let card = phone.and_then(|phone| self.card(phone));
        [card.and_then(|card| card.name).or(owner.and_then(|owner| owner.name)), phone]
    }

    /// The newest prospect with a phone.
    pub fn card(&self, phone: &str) -> Option<&Prospect<'a>> {
        self.identity.card(phone).map(|i| &self.prospects[i])
    }
}

/// Gives each follow-up to its prospect: the one of the number it names, else every one of the phone behind the key that
/// was first contacted before it.
fn histories<'a>(
    prospects: &[Prospect<'a>],
    follow_ups: &[FollowUp<'a>],
    orders: &[Order<'a>],
    identity: &Identity<'a>,
) -> Vec<History<'a>> {
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
    let cards_of = |phone: &str| by_phone.get(phone).into_iter().flatten().copied();
    let begun = |card: usize, at: Instant| prospects[card].first_contact.not_after(&at) != Tri::No;
    let mut own: Vec<Vec<FollowUp<'a>>> = prospects.iter().map(|_| Vec::new()).collect();
    for follow_up in follow_ups {
        match by_number.get(&**follow_up.customer) {
            Some(card) => own[*card].push(*follow_up),
            None => {
                let cards = cards_of(identity.of(follow_up.customer));
                cards.filter(|card| begun(*card, follow_up.done_at)).for_each(|card| own[card].push(*follow_up));
            }
        }
    }
    let mut ends: Vec<Vec<OrderEnd<'a>>> = prospects.iter().map(|_| Vec::new()).collect();
    for order in orders {
        let (Some(phone), Some(placed)) = (order.phone, order.ordered.or(order.delivered)) else { continue };
        let begun_after = |at: Instant, by: Instant| {
            cards_of(identity.of(phone)).any(|card| prospects[card].first_contact.date() > at.date() && begun(card, by))
        };
        for end in order_ends(order, orders, begun_after) {
            let cards = cards_of(identity.of(phone)).filter(|card| begun(*card, placed));
            cards.for_each(|card| ends[card].push(end));
        }
    }
    let histories = prospects.iter().zip(own).zip(&ends);
    histories.map(|((prospect, own), ends)| History::new(prospect, own, ends)).collect()
}

/// How an order ended: delivered, or cancelled while the customer, as far as was known on that day, waited for no other car
/// and orders none later. One ordered after another card was begun (`begun_after`) is that card's.
fn order_ends<'a>(
    order: &Order<'a>,
    orders: &[Order<'a>],
    begun_after: impl Fn(Instant, Instant) -> bool,
) -> impl Iterator<Item = OrderEnd<'a>> {
    let waits = |other: &Order<'_>, at: Instant| {
        let own = other.phone == order.phone && other.index != order.index;
        let later = |end: Option<Instant>| end.is_none_or(|end| end.date() > at.date());
        let same_card = other.ordered.is_none_or(|placed| !begun_after(at, placed));
        own && later(other.cancelled) && later(other.delivered) && same_card
    };
    let cancelled = order.cancelled.filter(|at| !orders.iter().any(|other| waits(other, *at)));
    let row = order.row;
    let ends = [(order.delivered, State::D), (cancelled, State::T)];
    ends.into_iter().filter_map(move |(at, state)| Some(OrderEnd { at: at?, state, row }))
}
