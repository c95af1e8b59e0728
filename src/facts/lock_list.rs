//! The `lock_list` fact: the cars due for a service (定保) in a month, as they were known at its first instant, and whether they
//! came for it in the month.
//!
//! The due day is what the last 首保 or 定保 before the month promised, at the pace of all visits before it: a repair since
//! then can move it. The list of the running month is that of the whole month.

use super::{
    drafts::{Drafts, date, moment, text},
    ledger::Ledger,
    record::Visit,
    regular::{Pace, due_on, sets},
};
use crate::model::{FactTable, Fen, Grain, Instant, Period, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("lock_list", &ledger.store.id);
    for visits in ledger.visits_by_car() {
        let visits: Vec<&Visit<'_>> = visits.filter(|visit| !visit.before_delivery()).collect();
        let Some(first) = visits.first() else { continue };
        let mut month = Period::of(Grain::Month, first.at.date()).next();
        while month.start <= ledger.today {
            at_start(ledger, &visits, month, &mut drafts);
            month = month.next();
        }
    }
    drafts.finish()
}

fn at_start(ledger: &Ledger<'_>, visits: &[&Visit<'_>], month: Period, drafts: &mut Drafts) {
    let (before, since) = visits.split_at(visits.partition_point(|visit| visit.at.date() < month.start));
    let Some(last) = before.iter().rev().find(|visit| sets(visit)) else { return };
    let pace = Pace::of(before);
    let Some(due) = due_on(last, pace).filter(|day| month.holds(*day)) else { return };
    let owner = ledger.owners.get(&**last.vin);
    if owner.and_then(|owner| owner.gone_from).is_some_and(|from| from < month.start) {
        return;
    }
    let came = since.iter().filter(|visit| month.holds(visit.at.date()) && visit.regular_service());
    let spent: i128 = came.clone().map(|visit| i128::from(visit.total.0)).sum();
    let first = came.clone().next();
    let car = ledger.car(last.vin);
    drafts.add(
        Some(Instant::day(month.start)),
        last.row,
        &[
            ("vin", text(Some(last.vin))),
            ("customer_key", text(Some(last.vin))),
            ("customer_name", text(car.name)),
            ("phone", text(car.phone)),
            ("staff", text(last.advisor)),
            ("model", text(car.model)),
            ("month", date(Some(month.start))),
            ("last_service_at", moment(Some(last.at))),
            ("last_mileage", last.mileage.map_or(Value::Null, Value::Int)),
            ("next_service_on", date(last.next_on)),
            ("next_mileage", last.next_mileage.map_or(Value::Null, Value::Int)),
            ("pace_kilometres", Value::Int(pace.kilometres)),
            ("pace_days", Value::Int(pace.days)),
            ("due_on", date(Some(due))),
            ("arrived", Value::Flag(first.is_some())),
            ("arrived_at", moment(first.map(|visit| visit.at))),
            ("spent", Value::Amount(Fen(i64::try_from(spent).unwrap_or(i64::MAX)))),
            ("last_contact_at", moment(ledger.last_contact(last.vin, Some(last.vin)))),
            ("done_workbook", text(first.map(|visit| &visit.row.workbook))),
            ("done_sheet", text(first.map(|visit| &visit.row.sheet))),
            ("done_row", first.map_or(Value::Null, |visit| Value::Int(i64::from(visit.row.row)))),
        ],
    );
}
