//! Derives facts per store from its accepted rows: pure functions from rows to rows.
//!
//! Everything that needs order in time or more than one row is settled here, so that definitions only filter and sum.
//! Facts are derived *at* the cut-off: what is dated after it is not known. An instant given as a date stands for its whole
//! day; where that decides, the verdict is `unmeasurable`.

mod board;
mod booking;
mod complaint;
mod deliveries;
mod drafts;
mod duty;
mod episode;
mod first_service;
mod history;
mod identity;
mod ledger;
mod level_change;
mod lifecycle;
mod limit;
mod lock_list;
mod order_pool;
mod owner;
mod owner_month;
mod policy;
mod pool;
mod record;
mod regular;
mod repair;
mod service_step;
mod sheet;
#[cfg(test)]
mod tests;
mod unsent;
mod window;

pub use board::board;
pub use deliveries::{Delivery, GroupDeliveries, deliveries, referrers};

use crate::{
    catalog::Catalog,
    model::{FactTable, Instant, StoreRows},
    project::{Settings, Store},
};

/// The facts of a store at the cut-off: one for each sheet definition (empty when the store sent none), then every
/// derived one but `submission`, which [`board`] makes and which says here what the store did not send. Rows are sorted
/// by time, then by place.
pub fn derive(
    store: &Store,
    rows: &StoreRows,
    group: &GroupDeliveries,
    board: &FactTable,
    catalog: &Catalog,
    settings: &Settings,
    cutoff: Instant,
) -> Vec<FactTable> {
    let ledger = ledger::Ledger::new(store, rows, board, catalog, settings, cutoff);
    let sheets = catalog.sheets.iter().map(|sheet| sheet::table(&ledger, rows, sheet, group));
    let mut facts: Vec<FactTable> = sheets.collect();
    facts.push(duty::table(&ledger));
    facts.push(level_change::table(&ledger));
    facts.push(episode::table(&ledger));
    facts.push(pool::table(&ledger));
    facts.push(order_pool::table(&ledger));
    facts.push(lifecycle::table(&ledger));
    facts.push(owner_month::table(&ledger));
    facts.push(service_step::table(&ledger));
    facts.push(lock_list::table(&ledger));
    facts
}
