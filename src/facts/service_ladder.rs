//! The `service_ladder` fact: of each car that had its first, second or third 首保 or 定保, whether the next one came within
//! 12 months, counted in the month in which these end. Two services of one day are one.

use super::{
    drafts::{Drafts, date, moment},
    ledger::Ledger,
    visit::Visit,
};
use crate::{
    catalog::derived,
    model::{FactTable, Instant, Value, instant::add_months},
};
use chrono::NaiveDate;
use std::collections::HashMap;

/// The steps, by the service that is owed.
const STEPS: [&str; 3] = ["second", "third", "fourth"];

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("service_ladder", &ledger.store.id);
    let standing = ledger.orders.iter().filter(|order| order.reversed().is_none());
    let sold: HashMap<&str, NaiveDate> =
        standing.filter_map(|order| Some((&**order.vin?, order.delivered?.date()))).collect();
    for (vin, visits) in &ledger.visits_of {
        let services = visits.iter().map(|i| &ledger.visits[*i]).filter(|v| v.first_service || v.maintenance);
        let mut services: Vec<&Visit<'_>> = services.collect();
        services.dedup_by_key(|visit| visit.at.date());
        for (step, (had, code)) in services.iter().zip(STEPS).enumerate() {
            let Some(until) = add_months(had.at.date(), 12) else { continue };
            let next = services.get(step + 1);
            drafts.add(
                Some(Instant::day(until)),
                had.row,
                &[
                    had.car_cells(ledger).as_slice(),
                    &[
                        ("level", Value::from(derived::word("service_ladder", "level", code))),
                        ("since", date(Some(had.at.date()))),
                        ("due_on", date(Some(until))),
                        ("done_at", moment(next.map(|visit| visit.at))),
                        ("came", Value::Flag(next.is_some_and(|visit| visit.at.date() <= until))),
                        ("sold_on", date(sold.get(*vin).copied())),
                    ],
                ]
                .concat(),
            );
        }
    }
    drafts.finish()
}
