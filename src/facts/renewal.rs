//! Fills `renewal`: whether a commercial policy bought here was followed by another one bought here, that began between 90
//! days before and 30 days after its end.

use super::{
    beside::{Beside, cell, instant},
    ledger::Ledger,
    record::{is_one_of, word},
};
use crate::model::{Value, Verdict};
use chrono::{Duration, NaiveDate};
use std::collections::HashMap;

/// The days from which and up to which the policy that follows begins.
pub(super) fn around(until: NaiveDate) -> [NaiveDate; 2] {
    [until - Duration::days(90), until + Duration::days(30)]
}

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let commercial = ledger.catalog.role("policy", "kind", "commercial");
    let [vin, kind, from, until, here] =
        ["vin", "kind", "from_on", "until_on", "bought_here"].map(|name| beside.field(name));
    let rows = beside.rows();
    let of_store =
        |i: &usize| is_one_of(word(&rows[*i], kind), commercial) && cell(&rows[*i], here).flag() == Some(true);
    let mut begun: HashMap<&str, Vec<(usize, NaiveDate)>> = HashMap::new();
    for i in (0..rows.len()).filter(of_store) {
        if let (Some(vin), Some(from)) = (word(&rows[i], vin), instant(&rows[i], from)) {
            begun.entry(vin).or_default().push((i, from.date()));
        }
    }
    for i in (0..rows.len()).filter(of_store) {
        let (Some(vin), Some(until)) = (word(&rows[i], vin), instant(&rows[i], until)) else { continue };
        let [earliest, latest] = around(until.date());
        let follows = |(other, from): &(usize, NaiveDate)| {
            *other != i && *from >= earliest && *from <= latest && *from <= ledger.today
        };
        let verdict = match begun.get(&**vin).is_some_and(|own| own.iter().any(follows)) {
            _ if latest > ledger.today => Verdict::Pending,
            true => Verdict::Met,
            false => Verdict::Missed,
        };
        beside.set(i, &[("renew_verdict", Value::from(verdict.word()))]);
    }
}
