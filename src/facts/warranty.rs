//! The `warranty` fact: owners' cars at each month end: in warranty, with whether the customer was
//! reached in the half-year up to it, or out of it within the last 12 months, with whether they paid for a visit since.

use super::{
    drafts::{Drafts, date, text},
    ledger::Ledger,
    month_end,
};
use crate::model::{FactTable, Instant, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("warranty", &ledger.store.id);
    for owner in ledger.owners.values() {
        let Some(until) = owner.warranty_until else { continue };
        let contacts = || {
            let found = ledger.follow_ups_to(owner.vin, Some(owner.vin));
            found.into_iter().filter(|contact| contact.connected).map(|contact| contact.done_at.date())
        };
        let contacts: Vec<_> = contacts().collect();
        let visits = ledger.visits_of.get(&**owner.vin).map_or(&[][..], Vec::as_slice);
        for end in month_end::since(ledger, owner.bought_on) {
            if owner.gone_from.is_some_and(|from| from <= end.day) {
                break;
            }
            let in_warranty = until >= end.day;
            let ended = until > end.back(12) && until <= end.day;
            if !in_warranty && !ended {
                continue;
            }
            let reached = contacts.iter().any(|day| *day > end.back(6) && *day <= end.day);
            let kept = visits.iter().map(|i| &ledger.visits[*i]).any(|visit| {
                visit.customer_pays && visit.countable() && visit.at.date() > until && visit.at.date() <= end.day
            });
            drafts.add(
                Some(Instant::day(end.day)),
                owner.row,
                &[
                    ("vin", text(Some(owner.vin))),
                    ("customer_key", text(Some(owner.vin))),
                    ("customer_name", text(owner.name)),
                    ("phone", text(owner.phone)),
                    ("model", text(owner.model)),
                    ("month_end", date(Some(end.day))),
                    ("current", Value::Flag(end.current)),
                    ("warranty_until", date(Some(until))),
                    ("in_warranty", Value::Flag(in_warranty)),
                    ("reached", Value::Flag(in_warranty && reached)),
                    ("ended", Value::Flag(ended)),
                    ("kept", Value::Flag(ended && kept)),
                ],
            );
        }
    }
    drafts.finish()
}
