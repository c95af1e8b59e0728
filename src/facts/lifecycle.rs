//! The `lifecycle` fact: each car at each month end E (the cut-off's day in its month), whole days.
//!
//! - A car has rows from its delivery or first countable visit on; there is one at the cut-off, too. Which rows are in a
//!   base, each KPI says. A delivery that was reversed by E is no event.
//! - Windows count back from E, clamped to the month's end: an event on E − k months is k months old.
//! - The churn ladder counts from the last visit that the store did not pay itself, or the delivery if that is later: up to
//!   3 months 活跃, (3, 6] 拟流失, (6, 9] 准流失, (9, 12] 预警, then 流失 until 24 months.
//! - E₀ is the day before the month: what a car was at the month's first instant. A car *joins* the base in the month of its
//!   first delivery or paying visit, and *leaves* it in the month at whose end, but not at whose start, it is at 流失.
//! - Where the group has an owner sheet, a declared loss (声明流失) is 流失 from its day on until a later paying visit, and a car
//!   that is not the customer's any more (车辆在手 否) is in no base and at no stage.
//! - RFM: R from the last countable visit, F the countable visits in (E−12 m, E], M the yuan without warranty of these ÷
//!   these visits; held against the store's yuan ÷ visits of the same 12 months.

use super::{
    drafts::{Drafts, date, fixed, moment, text},
    ledger::Ledger,
    record::{Order, Owner, Visit},
};
use crate::model::{CheckedRow, FactTable, Fen, Grain, Instant, Period, Value, instant::add_months};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// A car's events.
struct Car<'l, 'a> {
    vin: &'a Arc<str>,
    /// Its delivered orders.
    sales: Vec<&'l Order<'a>>,
    /// Its countable visits, in time.
    visits: Vec<&'l Visit<'a>>,
    owner: Option<&'l Owner<'a>>,
}

/// A car at a month end.
struct Standing<'l, 'a> {
    sale: Option<&'l Order<'a>>,
    /// The last countable visit.
    last: Option<&'l Visit<'a>>,
    /// The last day of the churn ladder's basis.
    since: Option<NaiveDate>,
    /// The customer's declaration not to come any more, with no paying visit after it.
    lost_on: Option<NaiveDate>,
    /// The car is not the customer's any more.
    gone: bool,
    /// A delivery or countable visit in (E−24 m, E−12 m].
    base: bool,
    /// The same in (E−24 m, E].
    active: bool,
    /// The same in (E−12 m, E−6 m].
    half_year_ago: bool,
    /// The same at E−12 m or before.
    known_year_ago: bool,
    /// The same at E−24 m or before.
    old: bool,
    /// A delivery in (E−60 m, E−6 m].
    sold_here: bool,
    /// Countable visits in the 12 months.
    visits: i64,
    /// Their fen without warranty.
    spend: i128,
    /// The fen of those in the 12 months before.
    spend_before: i128,
    /// A countable visit in (E−6 m, E].
    visited_half_year: bool,
    /// A 定保 or 一般维修 paid by the customer in (E−12 m, E].
    paid: bool,
    /// The first day of the churn ladder's basis.
    first_paying: Option<NaiveDate>,
}

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("lifecycle", &ledger.store.id);
    let cars = cars(ledger);
    let first = cars.iter().filter_map(Car::first_day).min();
    // The tiers of the month end before.
    let mut tiers = HashMap::new();
    let Some(mut month) = first.map(|day| Period::of(Grain::Month, day)) else { return drafts.finish() };
    while month.start <= ledger.today {
        let end = month.end().pred_opt().unwrap_or(month.start);
        let current = end >= ledger.today;
        tiers = at_month_end(ledger, &cars, end.min(ledger.today), current, &tiers, &mut drafts);
        month = month.next();
    }
    drafts.finish()
}

fn cars<'l, 'a>(ledger: &'l Ledger<'a>) -> Vec<Car<'l, 'a>> {
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

/// `months` before `day`, its month's end at most.
fn before(day: NaiveDate, months: i32) -> NaiveDate {
    add_months(day, -months).unwrap_or(NaiveDate::MIN)
}

/// Whether `day` is at most `months` before `end`.
fn within(end: NaiveDate, day: NaiveDate, months: i32) -> bool {
    day >= before(end, months)
}

impl<'l, 'a> Car<'l, 'a> {
    fn first_day(&self) -> Option<NaiveDate> {
        let sold = self.sales.iter().filter_map(|sale| sale.delivered);
        sold.chain(self.visits.first().map(|visit| visit.at)).map(|at| at.date()).min()
    }

    /// How it stands at `end`; `None` before its first event.
    fn at(&self, end: NaiveDate) -> Option<Standing<'l, 'a>> {
        let ago = |months| before(end, months);
        let (half, year, two_years) = (ago(6), ago(12), ago(24));
        let by_end = |at: Option<Instant>| at.map(|at| at.date()).filter(|day| *day <= end);
        let stands = |sale: &&&Order<'a>| by_end(sale.delivered).is_some() && by_end(sale.reversed()).is_none();
        let sales = self.sales.iter().filter(stands);
        let sale = sales.clone().copied().max_by_key(|sale| (sale.delivered, sale.index));
        let sold_days: Vec<NaiveDate> = sales.filter_map(|sale| sale.delivered).map(|at| at.date()).collect();
        let sold_on = sale.and_then(|sale| sale.delivered).map(|at| at.date());
        let visits = &self.visits[..self.visits.partition_point(|visit| visit.at.date() <= end)];
        let last = visits.last().copied();
        let paying = |visit: &&&Visit<'a>| visit.by_customer();
        let paid_on = visits.iter().rev().find(paying).map(|visit| visit.at.date());
        let first_paid = visits.iter().find(paying).map(|visit| visit.at.date());
        // Neither delivered nor in the workshop by then.
        last.map(|visit| visit.at.date()).max(sold_on)?;
        let gone = self.owner.and_then(|owner| owner.gone_from).is_some_and(|from| from <= end);
        let event = |since: NaiveDate, until: NaiveDate| {
            let inside = |day: NaiveDate| day > since && day <= until;
            !gone && (sold_days.iter().any(|day| inside(*day)) || visits.iter().any(|visit| inside(visit.at.date())))
        };
        let lost_on = self.owner.and_then(|owner| owner.lost_on).filter(|day| *day <= end && paid_on <= Some(*day));
        let after = |day: NaiveDate| visits.partition_point(|visit| visit.at.date() <= day);
        let recent = &visits[after(year)..];
        let spent = |visits: &[&Visit<'_>]| -> i128 {
            visits.iter().filter(|visit| !visit.warranty()).map(|visit| i128::from(visit.total.0)).sum()
        };
        Some(Standing {
            sale,
            last,
            since: paid_on.max(sold_on),
            lost_on,
            gone,
            base: event(two_years, year),
            active: event(two_years, end),
            half_year_ago: event(year, half),
            known_year_ago: event(NaiveDate::MIN, year),
            old: event(NaiveDate::MIN, two_years),
            sold_here: !gone && sold_days.iter().any(|day| *day > ago(60) && *day <= half),
            visits: recent.len() as i64,
            spend: spent(recent),
            spend_before: spent(&visits[after(two_years)..after(year)]),
            visited_half_year: after(half) < visits.len(),
            paid: recent.iter().any(|visit| visit.paid_by_customer()),
            first_paying: sold_days.iter().copied().chain(first_paid).min(),
        })
    }
}

/// The tier of each car that has one.
type Tiers<'l> = HashMap<&'l str, &'static str>;

/// Adds the rows of a month end, and says which tiers the cars have at it.
fn at_month_end<'l>(
    ledger: &Ledger<'_>,
    cars: &[Car<'l, '_>],
    end: NaiveDate,
    current: bool,
    before_it: &Tiers<'_>,
    drafts: &mut Drafts,
) -> Tiers<'l> {
    let mut tiers = HashMap::new();
    let standing: Vec<_> = cars.iter().filter_map(|car| Some((car, car.at(end)?))).collect();
    let visits: i128 = standing.iter().map(|(_, car)| i128::from(car.visits)).sum();
    let spent: i128 = standing.iter().map(|(_, car)| car.spend).sum();
    let month = Period::of(Grain::Month, end);
    for (car, now) in &standing {
        let Some(origin) = origin(now) else { continue };
        let phone = ledger.identity.phone(car.vin).or(now.sale.and_then(|sale| sale.phone));
        let name = phone.and_then(|phone| ledger.card(phone)).and_then(|card| card.name);
        let name = name.or(car.owner.and_then(|owner| owner.name));
        let sold_at = now.sale.and_then(|sale| sale.delivered);
        let stage_at = |day: NaiveDate| car.at(day).and_then(|then| then.stage(day));
        let stage = now.stage(end);
        let stage_at_start = month.start.pred_opt().and_then(stage_at);
        let joined = !now.gone && now.first_paying.is_some_and(|day| month.holds(day));
        let became_lost = stage == Some(LOST) && stage_at_start != Some(LOST);
        let in_month = |visit: &Visit<'_>| month.holds(visit.at.date());
        let tier = tier(end, now, spent, visits);
        tiers.extend(tier.map(|tier| (&**car.vin, tier)));
        let last_contact_at = if current { ledger.last_contact(car.vin, Some(car.vin)) } else { None };
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
                ("spend_12m", amount(now.spend)),
                ("tier", fixed(tier)),
                ("churn_stage", fixed(stage)),
                ("declared_lost_on", date(now.lost_on)),
                ("stage_at_start", fixed(stage_at_start.filter(|_| !now.gone))),
                ("stage_year_ago", fixed(stage_at(before(end, 12)).filter(|_| !now.gone))),
                ("visited_in_month", Value::Flag(now.last.is_some_and(in_month))),
                ("joined", Value::Flag(joined)),
                ("became_lost", Value::Flag(became_lost)),
                ("active", Value::Flag(now.active)),
                ("paid", Value::Flag(now.paid)),
                ("sold_here", Value::Flag(now.sold_here)),
                ("known_year_ago", Value::Flag(now.known_year_ago)),
                ("half_year_ago", Value::Flag(now.half_year_ago)),
                ("visited_half_year", Value::Flag(now.visited_half_year)),
                ("old", Value::Flag(now.old)),
                ("spend_before", amount(now.spend_before)),
                ("tier_before", fixed(before_it.get(&**car.vin).copied())),
                ("sold_at", moment(sold_at)),
                ("gone", Value::Flag(now.gone)),
                ("last_contact_at", moment(last_contact_at)),
                ("quiet", Value::Flag(ledger.is_quiet(car.vin, phone))),
            ],
        );
    }
    tiers
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
        Some(if self.lost_on.is_some() { LOST } else { churn_stage(end, since) })
    }
}

/// The stage of a car that is lost.
const LOST: &str = "流失";

fn amount(fen: i128) -> Value {
    Value::Amount(Fen(i64::try_from(fen).unwrap_or(i64::MAX)))
}

fn churn_stage(end: NaiveDate, since: NaiveDate) -> &'static str {
    let ladder = [(3, "活跃"), (6, "拟流失"), (9, "准流失"), (12, "预警")];
    ladder.into_iter().find(|(months, _)| within(end, since, *months)).map_or(LOST, |(_, stage)| stage)
}

/// The RFM tier, top down; `None` below 普通. The store's average is `spent / visits`.
fn tier(end: NaiveDate, now: &Standing<'_, '_>, spent: i128, visits: i128) -> Option<&'static str> {
    let last = now.last?.at.date();
    let recent = |months| within(end, last, months);
    let own = i128::from(now.visits);
    if recent(3) && now.visits >= 2 && 2 * now.spend * visits >= 3 * spent * own {
        Some("高价值")
    } else if recent(6) && now.visits >= 1 && now.spend * visits >= spent * own {
        Some("潜力")
    } else if recent(12) && now.visits >= 1 {
        Some("普通")
    } else {
        None
    }
}
