//! The `delivery` fact: each delivery, and its reversal on a later day as −1. The channel is that of the store's earliest
//! card with the buyer's phone, merged or not.

use super::{
    drafts::{Drafts, moment, text},
    ledger::Ledger,
};
use crate::model::{FactTable, Value};
use std::collections::HashMap;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut first_card: HashMap<&str, usize> = HashMap::new();
    for (i, prospect) in ledger.prospects.iter().enumerate() {
        let Some(phone) = prospect.phone else { continue };
        let earliest = first_card.entry(ledger.identity.of(phone)).or_insert(i);
        if prospect.first_contact < ledger.prospects[*earliest].first_contact {
            *earliest = i;
        }
    }
    let mut drafts = Drafts::new("delivery", &ledger.store.id);
    for order in &ledger.orders {
        let Some(delivered) = order.delivered else { continue };
        let card = order.phone.and_then(|phone| first_card.get(ledger.identity.of(phone)));
        let channel = card.and_then(|card| ledger.prospects[*card].channel);
        for (at, count) in [(Some(delivered), 1), (order.reversed(), -1)] {
            let Some(at) = at else { continue };
            drafts.add(
                Some(at),
                order.row,
                &[
                    ("order_key", text(order.number)),
                    ("customer_key", text(order.phone)),
                    ("phone", text(order.phone)),
                    ("vin", text(order.vin)),
                    ("staff", text(order.holders.on(delivered.date()))),
                    ("model", text(order.model)),
                    ("channel", text(channel)),
                    ("at", moment(Some(at))),
                    ("count", Value::Int(count)),
                ],
            );
        }
    }
    drafts.finish()
}
