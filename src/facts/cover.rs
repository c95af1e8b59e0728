//! Fills `cover`: whether a policy is followed by another one of the car and kind, whoever wrote it, that begins between 90
//! days before and 30 days after its end, and whom to ask.

use super::{
    beside::{Beside, instant},
    drafts::text,
    ledger::Ledger,
    record::word,
    renewal::around,
};
use crate::model::Value;
use chrono::NaiveDate;
use std::collections::HashMap;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let [vin, kind, from, until] = ["vin", "kind", "from_on", "until_on"].map(|name| beside.field(name));
    let rows = beside.rows();
    let mut begun: HashMap<(&str, &str), Vec<(usize, NaiveDate)>> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        if let (Some(vin), Some(kind), Some(from)) = (word(row, vin), word(row, kind), instant(row, from)) {
            begun.entry((&**vin, &**kind)).or_default().push((i, from.date()));
        }
    }
    for (i, row) in rows.iter().enumerate() {
        let Some(vin) = word(row, vin) else { continue };
        let covered = word(row, kind).zip(instant(row, until)).is_some_and(|(kind, until)| {
            let [first, last] = around(until.date());
            let follows = |(other, from): &(usize, NaiveDate)| *other != i && first <= *from && *from <= last;
            begun.get(&(&**vin, &**kind)).is_some_and(|alike| alike.iter().any(follows))
        });
        let [name, phone] = ledger.owner_of(vin);
        let values = [
            ("covered", Value::Flag(covered)),
            ("customer_name", text(name)),
            ("phone", text(phone)),
            ("quiet", Value::Flag(ledger.is_quiet(vin, phone))),
        ];
        beside.set(i, &values);
    }
}
