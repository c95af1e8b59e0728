//! The `owner_month` fact: each car of the owner sheet at each month end E from its purchase on (the cut-off's day in its
//! month), with what its warranty asks for.
//!
//! - While 质保到期 is at E or after it: was the owner reached in the six months up to E?
//! - Where 质保到期 is in (E−12 m, E]: did the car come after it for a visit that the customer paid?
//!
//! A car that is not the customer's any more (车辆在手 否) has no rows from then on.

use super::{
    drafts::{Drafts, date, text},
    ledger::Ledger,
    record::{Owner, Visit},
    window::Window,
};
use crate::model::{FactTable, Grain, Instant, Period, Value, Verdict, instant::add_days, instant::add_months};
use chrono::NaiveDate;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("owner_month", &ledger.store.id);
    let mut owners: Vec<&Owner<'_>> = ledger.owners.values().collect();
    owners.sort_by_key(|owner| owner.vin);
    for owner in owners {
        let (Some(bought_on), Some(until)) = (owner.bought_on, owner.warranty_until) else { continue };
        let mut month = Period::of(Grain::Month, bought_on);
        while month.start <= ledger.today {
            let end = month.end().pred_opt().unwrap_or(month.start).min(ledger.today);
            let before = |months: i32| add_months(end, -months).unwrap_or(NaiveDate::MIN);
            let gone = owner.gone_from.is_some_and(|from| from <= end);
            let (in_warranty, ended) = (until >= end, until > before(12) && until <= end);
            if !gone && (in_warranty || ended) {
                at(ledger, owner, until, [before(6), end], [in_warranty, ended], &mut drafts);
            }
            month = month.next();
        }
    }
    drafts.finish()
}

fn at(
    ledger: &Ledger<'_>,
    owner: &Owner<'_>,
    until: NaiveDate,
    [half_year_ago, end]: [NaiveDate; 2],
    [in_warranty, ended]: [bool; 2],
    drafts: &mut Drafts,
) {
    let window = |after: NaiveDate| Window::days(add_days(after, 1), end);
    let calls = ledger.follow_ups_to(owner.vin, Some(&**owner.vin));
    let connected = calls.iter().filter(|call| call.connected).map(|call| (call.done_at, call.row));
    let (reached, call) = window(half_year_ago).judge(connected, ledger.now);
    let visits = ledger.visits_of.get(&**owner.vin).into_iter().flatten().map(|i| &ledger.visits[*i]);
    let paid = visits.filter(|visit: &&Visit<'_>| visit.customer_pays()).map(|visit| (visit.at, visit.row));
    let (kept, visit) = window(until).judge(paid, ledger.now);
    let car = ledger.car(owner.vin);
    let done =
        if in_warranty { call.filter(|_| reached == Verdict::Met) } else { visit.filter(|_| kept == Verdict::Met) };
    let row = done.map(|(_, row)| row);
    drafts.add(
        Some(Instant::day(end)),
        owner.row,
        &[
            ("vin", text(Some(owner.vin))),
            ("customer_key", text(Some(owner.vin))),
            ("customer_name", text(owner.name)),
            ("phone", text(owner.phone)),
            ("model", text(owner.model.or(car.model))),
            ("month_end", date(Some(end))),
            ("warranty_until", date(Some(until))),
            ("in_warranty", Value::Flag(in_warranty)),
            ("reached", Value::Flag(reached == Verdict::Met)),
            ("ended", Value::Flag(ended)),
            ("kept", Value::Flag(kept == Verdict::Met)),
            ("done_workbook", text(row.map(|row| &row.workbook))),
            ("done_sheet", text(row.map(|row| &row.sheet))),
            ("done_row", row.map_or(Value::Null, |row| Value::Int(i64::from(row.row)))),
        ],
    );
}
