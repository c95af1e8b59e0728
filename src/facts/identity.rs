//! Who a customer key means: a prospect number, a phone and a VIN of one customer come to one identity, as far as the
//! store's own sheets link them.

use super::record::{Order, Owner, Prospect};
use crate::model::text::normalized_key;
use std::{borrow::Cow, collections::HashMap, sync::Arc};

/// The links of one store. A customer's identity is the phone where one is known, else the key as written.
#[derive(Default)]
pub(super) struct Identity<'a> {
    /// Prospect number, as keys are compared → phone.
    numbers: HashMap<Cow<'a, str>, &'a Arc<str>>,
    /// A phone that a newer version of the row replaced → the phone now.
    former: HashMap<&'a str, &'a Arc<str>>,
    /// VIN → buyer's phone.
    vins: HashMap<&'a str, &'a Arc<str>>,
    /// Phone → the newest prospect with it.
    cards: HashMap<&'a str, usize>,
}

impl<'a> Identity<'a> {
    /// Learns the links: number and phone from the prospects, VIN and phone from the orders. A VIN belongs to the buyer
    /// of its newest delivery that was not reversed; a car not delivered yet to its newest order not cancelled; one of
    /// which no order tells to its owner in the owner sheet.
    pub fn new<'o>(
        prospects: &[Prospect<'a>],
        orders: &[Order<'a>],
        owners: impl Iterator<Item = &'o Owner<'a>>,
    ) -> Identity<'a>
    where
        'a: 'o,
    {
        let mut identity = Identity::default();
        identity.vins.extend(owners.filter_map(|owner| Some((&**owner.vin, owner.phone?))));
        for (i, prospect) in prospects.iter().enumerate() {
            let Some(phone) = prospect.phone else { continue };
            if let Some(number) = prospect.number {
                identity.numbers.insert(normalized_key(number), phone);
            }
            let newest = identity.cards.entry(phone).or_insert(i);
            if prospects[*newest].first_contact <= prospect.first_contact {
                *newest = i;
            }
        }
        for prospect in prospects {
            let Some(phone) = prospect.phone else { continue };
            for former in prospect.versions.iter().filter_map(|version| version.phone) {
                // A number that is somebody's phone today is theirs, whoever once had it by mistake.
                if !identity.cards.contains_key(&**former) {
                    identity.former.insert(former, phone);
                }
            }
        }
        let mut sold: Vec<_> = orders.iter().filter_map(|order| Some((order, order.vin?, order.phone?))).collect();
        sold.sort_by_key(|(order, ..)| {
            let standing = order.cancelled.is_none();
            (standing && order.delivered.is_some(), standing, order.delivered, order.ordered, order.index)
        });
        identity.vins.extend(sold.into_iter().map(|(_, vin, phone)| (&**vin, phone)));
        identity
    }

    /// The identity behind a key.
    pub fn of<'k>(&'k self, key: &'k str) -> &'k str {
        match self.numbers.get(key).or_else(|| self.former.get(key)) {
            Some(phone) => phone,
            None => match self.vins.get(key) {
                Some(phone) => self.former.get(&***phone).map_or(&***phone, |now| &***now),
                None => key,
            },
        }
    }

    /// The phone behind a key, where a sheet has it.
    pub fn phone(&self, key: &str) -> Option<&'a Arc<str>> {
        let of_car = || self.vins.get(key).map(|phone| self.former.get(&***phone).unwrap_or(phone));
        self.numbers.get(key).or_else(|| self.former.get(key)).or_else(of_car).copied()
    }

    /// The newest prospect with a phone, as an index.
    pub fn card(&self, phone: &str) -> Option<usize> {
        self.cards.get(phone).copied()
    }
}
