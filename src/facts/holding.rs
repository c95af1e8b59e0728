//! The `holding` fact: cars that the store knows, at each month end: those it delivered in
//! (E−60 m, E−6 m] and has not taken back by E, and all that it knew a year before, with whether they came in the year up to
//! E. A car that is not the customer's any more is in neither.

use super::{
    drafts::{Drafts, date, text},
    ledger::Ledger,
    lifecycle::{self, Car},
    month_end,
};
use crate::model::{FactTable, Instant, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("holding", &ledger.store.id);
    let cars = lifecycle::cars(ledger);
    let first = cars.iter().filter_map(Car::first_day).min();
    for end in month_end::since(ledger, first) {
        for car in &cars {
            if car.owner.and_then(|owner| owner.gone_from).is_some_and(|from| from <= end.day) {
                continue;
            }
            let by = |at: Option<Instant>, day| at.is_some_and(|at: Instant| at.date() <= day);
            let standing =
                || car.sales.iter().filter(|sale| by(sale.delivered, end.day) && !by(sale.reversed(), end.day));
            let within = |at: Option<Instant>, from, to| at.is_some_and(|at| at.date() > from && at.date() <= to);
            let sold = standing().find(|sale| within(sale.delivered, end.back(60), end.back(6)));
            let visit = car.visits.iter().find(|visit| visit.at.date() <= end.back(12));
            let known = standing().find(|sale| by(sale.delivered, end.back(12)));
            let came = car.visits.iter().any(|visit| within(Some(visit.at), end.back(12), end.day));
            let known_row = visit.map(|visit| visit.row).or(known.map(|sale| sale.row));
            let Some(origin) = sold.map(|sale| sale.row).or(known_row) else { continue };
            drafts.add(
                Some(Instant::day(end.day)),
                origin,
                &[
                    ("vin", text(Some(car.vin))),
                    ("customer_key", text(Some(car.vin))),
                    ("model", text(standing().next_back().and_then(|sale| sale.model))),
                    ("month_end", date(Some(end.day))),
                    ("current", Value::Flag(end.current)),
                    ("sold_base", Value::Flag(sold.is_some())),
                    ("sold_on", date(sold.and_then(|sale| sale.delivered).map(|at| at.date()))),
                    ("known_base", Value::Flag(known_row.is_some())),
                    ("came", Value::Flag(came)),
                ],
            );
        }
    }
    drafts.finish()
}
