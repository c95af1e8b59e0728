//! The `lifecycle` fact: each car at each month end E (the cut-off's day in its month), whole days.
//!
//! - A car has rows from its delivery or first countable visit on, and leaves 24 months after its last one (as it leaves the
//!   base of retention), after one more row where it was 流失 at the month's beginning: it can be won back in that month. There
//!   is one at the cut-off, too, and where a delivery reversed since made it one to keep a year before. A delivery that was
//!   reversed by E is no event; a car that has no other is no car from then on.
//! - Windows count back from E, clamped to the month's end: an event on E − k months is k months old.
//! - The churn ladder counts from the last visit that the store did not pay itself, or the delivery if that is later: up to
//!   3 months 活跃, (3, 6] 拟流失, (6, 9] 准流失, (9, 12] 预警, then 流失 until 24 months.
//! - Where the group has an owner sheet, a declared loss (声明流失) is 流失 from its day on until a later paying visit, and a car
//!   that is not the customer's any more (车辆在手 否) is in no base and at no stage.
//! - RFM: R from the last countable visit, F the countable visits in (E−12 m, E], M the yuan without warranty of these ÷
//!   these visits; held against the store's yuan ÷ visits of the same 12 months.

use super::{
    drafts::{Drafts, date, fixed, moment, text},
    ledger::Ledger,
    month_end::{self, MonthEnd, before},
    record::{Order, Owner},
    visit::Visit,
};
use crate::{
    catalog::derived,
    model::{CheckedRow, FactTable, Fen, Instant, Value},
};
use chrono::NaiveDate;
use moves::{KEPT, Moves};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// A car's events.
pub(super) struct Car<'l, 'a> {
    pub vin: &'a Arc<str>,
    /// Its delivered orders.
    pub sales: Vec<&'l Order<'a>>,
    /// Its countable visits, in time.
    pub visits: Vec<&'l Visit<'a>>,
    pub owner: Option<&'l Owner<'a>>,
}

mod moves;

/// A car at a month end.
struct Standing<'l, 'a> {
    sale: Option<&'l Order<'a>>,
    /// The last countable visit.
    last: Option<&'l Visit<'a>>,
    /// The last day of the churn ladder's basis.
    since: Option<NaiveDate>,
    last_event: NaiveDate,
    /// The customer's declaration not to come any more, with no paying visit after it.
    lost_on: Option<NaiveDate>,
    /// The car is not the customer's any more.
    gone: bool,
    base: bool,
    /// Countable visits in the 12 months.
    visits: i64,
    /// Their fen without warranty.
    spend: i128,
}

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("lifecycle", &ledger.store.id);
    let cars = cars(ledger);
    let first = cars.iter().filter_map(Car::first_day).min();
    // The tiers of the month end before.
    let mut tiers = HashMap::new();
    for end in month_end::since(ledger, first) {
        tiers = at_month_end(ledger, &cars, end, &tiers, &mut drafts);
    }
    drafts.finish()
}

/// The cars with a delivery or a countable visit.
pub(super) fn cars<'l, 'a>(ledger: &'l Ledger<'a>) -> Vec<Car<'l, 'a>> {
    let mut cars: BTreeMap<&Arc<str>, Car<'l, 'a>> = BTreeMap::new();
    let owner = |vin: &str| ledger.owners.get(vin);
    let empty = |vin: &'a Arc<str>| Car { vin, sales: Vec::new(), visits: Vec::new(), owner: owner(vin) };
    for order in ledger.orders.iter().filter(|order| order.delivered.is_some()) {
        if let Some(vin) = order.vin {
            cars.entry(vin).or_insert_with(|| empty(vin)).sales.push(order);
        }
    }
    for visit in ledger.visits.iter().filter(|visit| visit.countable()) {
        cars.entry(visit.vin).or_insert_with(|| empty(visit.vin)).visits.push(visit);
    }
    cars.into_values().collect()
}

/// Whether `day` is at most `months` before `end`.
fn within(end: NaiveDate, day: NaiveDate, months: i32) -> bool {
    day >= before(end, months)
}

impl<'l, 'a> Car<'l, 'a> {
    /// The day of its first event.
    pub fn first_day(&self) -> Option<NaiveDate> {
        let sold = self.sales.iter().filter_map(|sale| sale.delivered);
        sold.chain(self.visits.first().map(|visit| visit.at)).map(|at| at.date()).min()
    }

    /// How it stands at `end`; `None` before its first event.
    fn at(&self, end: NaiveDate) -> Option<Standing<'l, 'a>> {
        let (year, two_years) = (before(end, 12), before(end, 24));
        let by_end = |at: Option<Instant>| at.map(|at| at.date()).filter(|day| *day <= end);
        let stands = |sale: &&&Order<'a>| by_end(sale.delivered).is_some() && by_end(sale.reversed()).is_none();
        let sales = self.sales.iter().filter(stands);
        let sale = sales.clone().copied().max_by_key(|sale| (sale.delivered, sale.index));
        let sold_on = sale.and_then(|sale| sale.delivered).map(|at| at.date());
        let visits = &self.visits[..self.visits.partition_point(|visit| visit.at.date() <= end)];
        let last = visits.last().copied();
        let paid_on = visits.iter().rev().find(|visit| visit.by_customer()).map(|visit| visit.at.date());
        let mut days =
            sales.filter_map(|sale| sale.delivered).map(|at| at.date()).chain(visits.iter().map(|v| v.at.date()));
        let gone = self.owner.and_then(|owner| owner.gone_from).is_some_and(|from| from <= end);
        let base = !gone && days.any(|day| day > two_years && day <= year);
        let lost_on = self.owner.and_then(|owner| owner.lost_on).filter(|day| *day <= end && paid_on <= Some(*day));
        let recent = &visits[visits.partition_point(|visit| visit.at.date() <= year)..];
        let paid = recent.iter().filter(|visit| !visit.warranty);
        Some(Standing {
            sale,
            last,
            since: paid_on.max(sold_on),
            lost_on,
            gone,
            last_event: last.map(|visit| visit.at.date()).max(sold_on)?,
            base,
            visits: recent.len() as i64,
            spend: paid.map(|visit| i128::from(visit.total.0)).sum(),
        })
    }
}

/// The tier of each car that has one.
type Tiers<'l> = HashMap<&'l str, &'static str>;

/// Adds the rows of a month end, and says which tiers the cars have at it.
fn at_month_end<'l>(
    ledger: &Ledger<'_>,
    cars: &[Car<'l, '_>],
    at: MonthEnd,
    earlier: &Tiers<'_>,
    drafts: &mut Drafts,
) -> Tiers<'l> {
    let mut tiers = HashMap::new();
    let (end, current) = (at.day, at.current);
    let standing: Vec<_> = cars.iter().filter_map(|car| Some((car, car.at(end)?))).collect();
    let visits: i128 = standing.iter().map(|(_, car)| i128::from(car.visits)).sum();
    let spent: i128 = standing.iter().map(|(_, car)| car.spend).sum();
    let left = before(end, 24);
    for (car, now) in &standing {
        let moves = Moves::new(car, now, at);
        if !current && now.last_event <= left && !moves.lost_before && !moves.keep_base {
            continue;
        }
        let Some(origin) = origin(now) else { continue };
        let phone = ledger.identity.phone(car.vin).or(now.sale.and_then(|sale| sale.phone));
        let [name, _] = ledger.owner_of(car.vin);
        let tier_of = |code| derived::word("lifecycle", "tier", code);
        let tier = tier(end, now, spent, visits);
        tiers.extend(tier.map(|tier| (&**car.vin, tier)));
        let last_contact_at = if current { ledger.last_contact(car.vin, Some(car.vin)) } else { None };
        let sold_at = now.sale.and_then(|sale| sale.delivered);
        drafts.add(
            Some(Instant::day(end)),
            origin,
            &[
                ("vin", text(Some(car.vin))),
                ("customer_key", text(Some(car.vin))),
                ("customer_name", text(name)),
                ("phone", text(phone)),
                ("staff", text(now.last.and_then(|visit| visit.advisor))),
                ("model", text(now.sale.and_then(|sale| sale.model))),
                ("month_end", date(Some(end))),
                ("current", Value::Flag(current)),
                ("base", Value::Flag(now.base)),
                ("retained", Value::Flag(now.base && now.visits > 0)),
                ("last_visit_at", moment(now.last.map(|visit| visit.at).or(sold_at))),
                ("visits_12m", Value::Int(now.visits)),
                ("spend_12m", yuan(now.spend)),
                ("tier", fixed(tier.map(tier_of))),
                ("churn_stage", fixed(now.stage(end).map(|code| derived::word("lifecycle", "churn_stage", code)))),
                ("stage_before", fixed(moves.former.map(|code| derived::word("lifecycle", "churn_stage", code)))),
                ("declared_lost_on", date(now.lost_on)),
                ("paid_base", Value::Flag(!now.gone && now.last_event > left)),
                ("paid_held", Value::Flag(!now.gone && moves.paid)),
                ("half_year_base", Value::Flag(moves.half_year_base)),
                ("half_year_lost", Value::Flag(moves.half_year_base && !moves.half_year_came)),
                ("keep_base", Value::Flag(moves.keep_base)),
                ("kept", Value::Flag(moves.keep_base && KEPT.map(Some).contains(&now.stage(end)))),
                ("lost_before", Value::Flag(moves.lost_before)),
                ("won_back", Value::Flag(moves.lost_before && moves.came)),
                ("net_change", Value::Int(moves.net)),
                ("old_base", Value::Flag(moves.old)),
                ("old_spend_before", yuan(moves.spent_before)),
                ("old_spend", yuan(if moves.old { now.spend } else { 0 })),
                ("tier_before", fixed(earlier.get(&**car.vin).copied().map(tier_of))),
                ("sold_at", moment(sold_at)),
                ("gone", Value::Flag(now.gone)),
                ("last_contact_at", moment(last_contact_at)),
                ("quiet", Value::Flag(ledger.is_quiet(car.vin, phone))),
            ],
        );
    }
    tiers
}

fn yuan(fen: i128) -> Value {
    Value::Amount(Fen(i64::try_from(fen).unwrap_or(i64::MAX)))
}

/// The row that the standing rests on: of the last visit and the delivery the later one.
fn origin<'a>(now: &Standing<'_, 'a>) -> Option<&'a CheckedRow> {
    let visit = now.last.map(|visit| (visit.at.date(), visit.row));
    let sale = now.sale.and_then(|sale| Some((sale.delivered?.date(), sale.row)));
    match (visit, sale) {
        (Some((visited, _)), Some((sold, row))) if sold > visited => Some(row),
        (Some((_, row)), _) | (None, Some((_, row))) => Some(row),
        (None, None) => None,
    }
}

impl Standing<'_, '_> {
    /// Its stage on the churn ladder; `None` when it is not on it.
    fn stage(&self, end: NaiveDate) -> Option<&'static str> {
        let since = self.since.filter(|since| *since > before(end, 24) && !self.gone)?;
        Some(if self.lost_on.is_some() { "lost" } else { churn_stage(end, since) })
    }
}

fn churn_stage(end: NaiveDate, since: NaiveDate) -> &'static str {
    let ladder = [(3, "active"), (6, "slipping"), (9, "leaving"), (12, "warned")];
    ladder.into_iter().find(|(months, _)| within(end, since, *months)).map_or("lost", |(_, stage)| stage)
}

/// The RFM tier, top down; `None` below 普通. The store's average is `spent / visits`.
fn tier(end: NaiveDate, now: &Standing<'_, '_>, spent: i128, visits: i128) -> Option<&'static str> {
    let last = now.last?.at.date();
    let recent = |months| within(end, last, months);
    let own = i128::from(now.visits);
    if recent(3) && now.visits >= 2 && 2 * now.spend * visits >= 3 * spent * own {
        Some("high")
    } else if recent(6) && now.visits >= 1 && now.spend * visits >= spent * own {
        Some("potential")
    } else if recent(12) && now.visits >= 1 {
        Some("normal")
    } else {
        None
    }
}
