//! When a car's next maintenance is due, and the facts made of it.
//!
//! 首保 and 定保 set a due day: 下次保养日, or the day on which the car will have driven to 下次保养里程, whichever is earlier.
//! The day's driving is the kilometres between the last visit that is no PDI and the latest one at least 30 days before it,
//! else 40 km: our assumption. A visit that fills neither sets no due day.
//!
//! - `maintenance`: each due day, known from the visits up to the one that set it. A 首保 or 定保 more than 30 days before
//!   replaces it.
//! - `lock`: the cars due in a month, known from the visits before its first instant.

use super::{
    drafts::{Drafts, date, moment},
    ledger::Ledger,
    month_end,
    record::is_one_of,
    visit::Visit,
};
use crate::model::{FactTable, Fen, Instant, Value};
use chrono::{Duration, NaiveDate};

/// Kilometres a day where visits do not tell.
const KM_A_DAY: i64 = 40;
/// Days between the visits that tell how far a car is driven.
const APART: i64 = 30;
/// Days before and after the due day in which a maintenance is that one.
const AROUND: i64 = 30;

fn sets_due(visit: &Visit<'_>) -> bool {
    visit.first_service || visit.maintenance
}

/// Kilometres and days between the last of the visits that is no PDI and the latest one long enough before it.
fn driven(visits: &[&Visit<'_>]) -> Option<(i64, i64)> {
    let real = || visits.iter().filter(|visit| !visit.pdi);
    let last = real().next_back()?;
    let days = |visit: &Visit<'_>| (last.at.date() - visit.at.date()).num_days();
    let before = real().rfind(|visit| days(visit) >= APART)?;
    let km = last.mileage? - before.mileage?;
    (km > 0).then(|| (km, days(before)))
}

/// The day that a visit sets, with what is known from `visits`, the car's up to some instant.
fn due_day(setting: &Visit<'_>, visits: &[&Visit<'_>]) -> Option<NaiveDate> {
    let projected = setting.next_mileage.zip(setting.mileage).filter(|(next, now)| next > now).map(|(next, now)| {
        let (km, days) = driven(visits).unwrap_or((KM_A_DAY, 1));
        setting.at.date() + Duration::days(((next - now) * days / km).min(36_500))
    });
    setting.next_on.into_iter().chain(projected).min()
}

/// The cars with their visits in time.
fn cars<'l, 'a>(ledger: &'l Ledger<'a>) -> impl Iterator<Item = Vec<&'l Visit<'a>>> {
    ledger.visits_of.values().map(|own| own.iter().map(|i| &ledger.visits[*i]).collect())
}

/// The `maintenance` fact.
pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("maintenance", &ledger.store.id);
    let reminder = ledger.task("maintenance");
    for visits in cars(ledger) {
        for (i, setting) in visits.iter().enumerate().filter(|(_, visit)| sets_due(visit)) {
            let Some(due) = due_day(setting, &visits[..=i]) else { continue };
            let later = || visits[i + 1..].iter().filter(|visit| sets_due(visit));
            let replaced = later().any(|visit| visit.at.date() < due - Duration::days(AROUND));
            let around = |visit: &&&Visit<'_>| visit.maintenance && (visit.at.date() - due).num_days().abs() <= AROUND;
            let done = later().find(around);
            let phone = ledger.identity.phone(setting.vin);
            let calls = ledger.follow_ups_to(phone.map_or(&**setting.vin, |phone| &**phone), Some(setting.vin));
            let reminded = |days: i64| {
                calls.iter().any(|call| {
                    let day = call.done_at.date();
                    is_one_of(call.task, reminder) && day >= due - Duration::days(days) && day <= due
                })
            };
            let end = Instant::day(due + Duration::days(AROUND));
            drafts.add(
                Some(Instant::day(due)),
                setting.row,
                &[
                    setting.car_cells(ledger).as_slice(),
                    &[
                        ("set_on", date(Some(setting.at.date()))),
                        ("due_on", date(Some(due))),
                        ("replaced", Value::Flag(replaced)),
                        ("due", Value::Flag(due <= ledger.today)),
                        ("window_closed", Value::Flag(end.date() <= ledger.today)),
                        ("came", Value::Flag(done.is_some())),
                        ("done_at", moment(done.map(|visit| visit.at))),
                        ("reminded_14d", Value::Flag(reminded(14))),
                        ("reminded_2d", Value::Flag(reminded(2))),
                        ("week_sent", Value::Flag(ledger.unsent.sent(&["follow_up"], due))),
                        ("open", Value::Flag(!replaced && done.is_none() && later().next().is_none())),
                        ("last_contact_at", moment(ledger.last_contact(setting.vin, Some(setting.vin)))),
                        ("quiet", Value::Flag(ledger.is_quiet(setting.vin, phone))),
                    ],
                ]
                .concat(),
            );
        }
    }
    drafts.finish()
}

/// The `lock` fact.
pub(super) fn lock(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("lock", &ledger.store.id);
    for visits in cars(ledger) {
        let first = visits.iter().find(|visit| sets_due(visit)).map(|visit| visit.at.date());
        for end in month_end::since(ledger, first) {
            let before = &visits[..visits.partition_point(|visit| visit.at.date() < end.month.start)];
            let Some(setting) = before.iter().rfind(|visit| sets_due(visit)) else { continue };
            let Some(due) = due_day(setting, before).filter(|day| end.month.holds(*day)) else { continue };
            let came = visits.iter().filter(|visit| visit.maintenance && end.month.holds(visit.at.date()));
            let value: i64 = came.clone().map(|visit| visit.total.0).sum();
            drafts.add(
                Some(Instant::day(end.month.start)),
                setting.row,
                &[
                    setting.car_cells(ledger).as_slice(),
                    &[
                        ("month", date(Some(end.month.start))),
                        ("due_on", date(Some(due))),
                        ("came", Value::Flag(came.clone().next().is_some())),
                        ("done_at", moment(came.clone().next().map(|visit| visit.at))),
                        ("value", Value::Amount(Fen(value))),
                    ],
                ]
                .concat(),
            );
        }
    }
    drafts.finish()
}
