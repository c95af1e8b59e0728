//! Fills `card_update`: whether the card or the owner's file was brought up to date within 24 hours of a connected contact
//! with a prospect.

use super::{
    beside::Beside,
    ledger::Ledger,
    record::{FollowUp, is_one_of},
    window,
};
use crate::model::{Instant, Value};
use chrono::Duration;
use std::collections::BTreeMap;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let of_prospect = ledger.catalog.role("follow_up", "party", "prospect");
    let mut updates: BTreeMap<&str, Vec<Instant>> = BTreeMap::new();
    for prospect in &ledger.prospects {
        let own = prospect.versions.iter().filter_map(|version| version.level_at);
        updates.entry(ledger.identity.of(prospect.phone.unwrap_or(prospect.key))).or_default().extend(own);
    }
    for owner in ledger.owners.values() {
        let Some(phone) = owner.phone else { continue };
        updates.entry(ledger.identity.of(phone)).or_default().extend(owner.updated.iter().copied());
    }
    updates.values_mut().for_each(|own| own.sort_unstable());
    let contact = |call: &&FollowUp<'_>| call.connected && is_one_of(call.party, of_prospect);
    for call in ledger.follow_ups.iter().filter(contact) {
        let until = match call.done_at.date_only {
            true => window::end_of_day_after(call.done_at.date(), 1),
            false => call.done_at.at + Duration::hours(24),
        };
        let own = updates.get(ledger.identity.of(call.customer)).map_or(&[][..], Vec::as_slice);
        let own: Vec<(Instant, ())> = own.iter().map(|at| (*at, ())).collect();
        let (verdict, _) = window::judge(&own, call.done_at.earliest(), until, ledger.now);
        let verdict = window::closed(verdict, until, ledger.now);
        beside.set(call.index, &[("update_verdict", Value::from(verdict.word()))]);
    }
}
