//! Fills `show` and `second_visit`: who was to come again and did.
//!
//! - `show`: a connected follow-up that ends with an appointment (再约, 下次回访日): somebody with the phone was in the showroom
//!   on that day, the day before or the day after.
//! - `second_visit`: a first visit with a phone: the phone was there again by the end of the 30th day after.

use super::{
    beside::{Beside, instant},
    ledger::Ledger,
    record::{is_one_of, known, word},
    window,
};
use crate::model::{Instant, Value, Verdict};
use std::collections::HashMap;

/// Days in which a second visit counts.
const DAYS: u32 = 30;

/// When each phone was in the showroom, in time: for the first time or again, or again only.
fn visits<'a>(ledger: &Ledger<'a>, roles: &[&str]) -> HashMap<&'a str, Vec<(Instant, ())>> {
    let mut found: HashMap<&str, Vec<(Instant, ())>> = HashMap::new();
    let Some(sheet) = ledger.sheet("traffic") else { return found };
    let [at, kind, phone] = sheet.fields(["at", "kind", "phone"]);
    for row in sheet.current() {
        let of_kind = roles.iter().any(|role| is_one_of(word(row, kind), sheet.role("kind", role)));
        let (Some(phone), Some(at)) = (word(row, phone), instant(row, at)) else { continue };
        if of_kind && known(at, ledger.now) {
            found.entry(phone).or_default().push((at, ()));
        }
    }
    found.values_mut().for_each(|own| own.sort_unstable());
    found
}

/// Fills `show`.
pub(super) fn appointments(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let visits = visits(ledger, &["first", "again"]);
    let again = ledger.catalog.role("follow_up", "result", "again");
    for call in ledger.follow_ups.iter().filter(|call| call.connected && is_one_of(call.result, again)) {
        let Some(day) = call.next_on else { continue };
        let phone = ledger.identity.phone(call.customer).map_or(&**call.customer, |phone| &**phone);
        let came = |at: &Instant| (at.date() - day).num_days().abs() <= 1;
        let came = visits.get(phone).is_some_and(|own| own.iter().any(|(at, ())| came(at)));
        let until = window::end_of_day_after(day, 1);
        let verdict = window::closed(if came { Verdict::Met } else { Verdict::Missed }, until, ledger.now);
        beside.set(call.index, &[("show_verdict", Value::from(verdict.word()))]);
    }
}

/// Fills `second_visit`.
pub(super) fn second_visits(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let visits = visits(ledger, &["again"]);
    let first = ledger.catalog.role("traffic", "kind", "first");
    let [at, kind, phone] = ["at", "kind", "phone"].map(|name| beside.field(name));
    for (i, row) in beside.rows().iter().enumerate() {
        let (Some(at), Some(phone)) = (instant(row, at), word(row, phone)) else { continue };
        if !is_one_of(word(row, kind), first) || !known(at, ledger.now) {
            continue;
        }
        let until = window::end_of_day_after(at.date(), DAYS);
        let own = visits.get(&**phone).map_or(&[][..], Vec::as_slice);
        let (verdict, _) = window::judge(own, at.earliest(), until, ledger.now);
        let verdict = window::closed(verdict, until, ledger.now);
        beside.set(i, &[("second_verdict", Value::from(verdict.word()))]);
    }
}
