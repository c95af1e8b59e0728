//! The `service_step` fact: the services of a car counted through (首保, 二保, 三保 …), each with the next one that is to follow
//! within 12 months.

use super::{
    drafts::{Drafts, date, moment, text},
    ledger::Ledger,
    record::Visit,
    regular::sets,
    window::Window,
};
use crate::model::{FactTable, Instant, Value, instant::add_months};

/// Months in which the next service is to follow.
const WITHIN: i32 = 12;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("service_step", &ledger.store.id);
    for visits in ledger.visits_by_car() {
        let services: Vec<&Visit<'_>> = visits.filter(|visit| sets(visit)).collect();
        for (i, visit) in services.iter().enumerate() {
            let Some(due_on) = add_months(visit.at.date(), WITHIN) else { continue };
            let window = Window::days(visit.at.date(), due_on);
            let later = services[i + 1..].iter().map(|later| (later.at, later.row));
            let (verdict, next) = window.judge(later, ledger.now);
            let car = ledger.car(visit.vin);
            let row = next.map(|(_, row)| row);
            drafts.add(
                Some(Instant::day(due_on)),
                visit.row,
                &[
                    ("vin", text(Some(visit.vin))),
                    ("customer_key", text(Some(visit.vin))),
                    ("staff", text(visit.advisor)),
                    ("model", text(car.model)),
                    ("step", Value::Int(i as i64 + 1)),
                    ("served_at", moment(Some(visit.at))),
                    ("due_on", date(Some(due_on))),
                    ("due", Value::Flag(window.passed(ledger.now))),
                    ("next_at", moment(next.map(|(at, _)| at))),
                    ("verdict", Value::from(verdict.word())),
                    ("week_sent", Value::Flag(ledger.unsent.sent(&["service_visit"], due_on))),
                    ("done_workbook", text(row.map(|row| &row.workbook))),
                    ("done_sheet", text(row.map(|row| &row.sheet))),
                    ("done_row", row.map_or(Value::Null, |row| Value::Int(i64::from(row.row)))),
                ],
            );
        }
    }
    drafts.finish()
}
