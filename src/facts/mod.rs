//! Derives facts per store from its accepted rows: pure functions from rows to rows.
//!
//! Everything that needs order in time or more than one row is settled here, so that definitions only filter and sum.
//! Facts are derived *at* the cut-off: what is dated after it is not known. An instant given as a date stands for its whole
//! day; where that decides, the verdict is `unmeasurable`.
//!
//! What a file of `definitions/facts` declares one file here fills; [`DERIVED`] and [`BESIDE`] say which.

mod aftercare;
mod answer;
mod attempt;
mod audit_draw;
mod beside;
mod board;
mod booking;
mod brand;
mod card_twin;
mod card_update;
mod coming_up;
mod complaint;
mod complaint_stock;
mod cover;
mod deliveries;
mod delivery;
mod drafts;
mod duty;
mod episode;
mod event;
mod first_fix;
mod first_service;
mod fitting;
mod history;
mod holding;
mod identity;
mod key_visit;
mod ledger;
mod level_change;
mod lifecycle;
mod maintenance;
mod meeting_week;
mod month_end;
mod order_pool;
mod order_stock;
mod owner_file;
mod pool;
mod post;
mod prospect;
mod recontact;
mod record;
mod renewal;
mod return_after;
mod service_ladder;
mod sheet;
mod show;
mod stock_age;
mod target_cell;
#[cfg(test)]
mod tests;
mod unsent;
mod visit;
mod visitor_district;
mod warranty;
mod window;
mod won_again;

pub use board::board;
pub use deliveries::{Delivery, FirstServiceMade, GroupDeliveries, deliveries, first_services, referrers};

use crate::{
    catalog::Catalog,
    model::{FactTable, Instant, StoreRows},
    project::{Settings, Store},
};

/// Derives one fact.
type Derive = fn(&ledger::Ledger<'_>) -> FactTable;

/// What derives each fact of its own, but `submission`, which [`board`] makes.
const DERIVED: [(&str, Derive); 22] = [
    ("aftercare", aftercare::table),
    ("answer", answer::table),
    ("complaint_stock", complaint_stock::table),
    ("delivery", delivery::table),
    ("duty", duty::table),
    ("episode", episode::table),
    ("holding", holding::table),
    ("level_change", level_change::table),
    ("lifecycle", lifecycle::table),
    ("lock", maintenance::lock),
    ("maintenance", maintenance::table),
    ("meeting_week", meeting_week::table),
    ("order_pool", order_pool::table),
    ("order_stock", order_stock::table),
    ("pool", pool::table),
    ("post", post::table),
    ("service_ladder", service_ladder::table),
    ("target_cell", target_cell::table),
    ("target_line", target_cell::lines_in_force),
    ("target_week", target_cell::weeks),
    ("target_year", target_cell::years),
    ("warranty", warranty::table),
];

/// Fills the columns of one file.
type Fill = fn(&ledger::Ledger<'_>, &mut beside::Beside<'_>);

/// What fills the columns beside those of sheets.
const BESIDE: [(&str, Fill); 30] = [
    ("attempt", attempt::fill),
    ("audit_draw", audit_draw::fill),
    ("card_twin", card_twin::fill),
    ("card_update", card_update::fill),
    ("coming_up", coming_up::fill),
    ("complaint_standing", complaint::fill),
    ("confirmation", booking::fill),
    ("countable", visit::fill),
    ("cover", cover::fill),
    ("event_line", event::fill),
    ("first_fix", first_fix::fill),
    ("first_service", first_service::fill),
    ("fitting", fitting::fill),
    ("key_visit_standing", key_visit::fill),
    ("order_holder", order_pool::fill),
    ("other_brand", brand::visits),
    ("own_brand", brand::registrations),
    ("owner_file", owner_file::fill),
    ("prospect_standing", prospect::fill),
    ("recontact", recontact::fill),
    ("referral", deliveries::referral),
    ("renewal", renewal::fill),
    ("repurchase", deliveries::repurchase),
    ("return_after", return_after::fill),
    ("second_visit", show::second_visits),
    ("show", show::appointments),
    ("stock_age", stock_age::fill),
    ("visit_district", visitor_district::visits),
    ("visitor_district", visitor_district::fill),
    ("won_again", won_again::fill),
];

/// The facts of a store at the cut-off, derived as they are asked for.
pub struct Facts<'a>(ledger::Ledger<'a>);

impl<'a> Facts<'a> {
    /// Of a store's accepted rows. `board` is its fact `submission`, which [`board`] makes and which says here what the store
    /// did not send.
    pub fn new(
        store: &'a Store,
        rows: &'a StoreRows,
        group: &'a GroupDeliveries,
        board: &'a FactTable,
        catalog: &'a Catalog,
        settings: &'a Settings,
        cutoff: Instant,
    ) -> Facts<'a> {
        Facts(ledger::Ledger::new(store, rows, group, board, catalog, settings, cutoff))
    }

    /// One for each sheet definition (empty when the store sent none), then every derived one but `submission`, one after the
    /// other, so that they need not all be held at once. Rows are sorted by time, then by place.
    pub fn tables(&self) -> impl Iterator<Item = FactTable> + '_ {
        let sheets = self.0.catalog.sheets.iter().map(|sheet| sheet::table(&self.0, sheet));
        sheets.chain(DERIVED.iter().map(|(_, derive)| derive(&self.0)))
    }
}
