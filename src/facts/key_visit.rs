//! Fills `key_visit_standing`: which visit of a company is its newest, so that who waits is counted once a company.

use super::{
    beside::{Beside, instant},
    ledger::Ledger,
    record::{known, word},
};
use crate::model::Value;
use std::collections::BTreeMap;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let (company, visited) = (beside.field("company"), beside.field("visited_on"));
    let rows = beside.rows();
    let mut newest = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        let Some(at) = instant(row, visited).filter(|at| known(*at, ledger.now)) else { continue };
        let own = (at, row.place(), i);
        let best = newest.entry(word(row, company)).or_insert_with(|| own.clone());
        if own > *best {
            *best = own;
        }
    }
    let newest: Vec<usize> = newest.into_values().map(|(_, _, i)| i).collect();
    for i in newest {
        beside.set(i, &[("newest", Value::Flag(true))]);
    }
}
