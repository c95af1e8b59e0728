//! Cars at the ends of months: retention, churn, the ladder and what old customers spend.

use super::{
    judged::{Judged, ends},
    rows::{Group, Order, Owner, Store, Visit, before},
    written::last_sent,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What one store knows of a car.
struct Car<'a> {
    orders: Vec<&'a Order>,
    visits: Vec<&'a Visit>,
    owner: Option<&'a Owner>,
    filed: NaiveDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Active,
    Leaving,
    Between,
    Lost,
}

impl Car<'_> {
    /// Deliveries that stand at the end of a day.
    fn deliveries(&self, end: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let stands = move |order: &&&Order| order.reversed().is_none_or(|reversed| reversed > end);
        let days = self.orders.iter().filter(stands).filter_map(|order| order.delivered);
        days.map(|at| at.day).filter(move |day| *day <= end)
    }

    fn countable(&self) -> impl Iterator<Item = &&Visit> {
        self.visits.iter().filter(|visit| !matches!(visit.kind, "PDI" | "返修"))
    }

    fn visited(&self, from: NaiveDate, to: NaiveDate) -> bool {
        self.countable().any(|visit| from < visit.at.day && visit.at.day <= to)
    }

    /// A delivery or a countable visit in the window, as known at `end`.
    fn event(&self, end: NaiveDate, from: NaiveDate, to: NaiveDate) -> bool {
        self.visited(from, to) || self.deliveries(end).any(|day| from < day && day <= to)
    }

    /// Whether the store knows of anything that still stands: a car whose only delivery was taken back is out from then on.
    fn known(&self, end: NaiveDate) -> bool {
        self.event(end, NaiveDate::MIN, end)
    }

    /// Said not to be the customer's any more.
    fn gone(&self, end: NaiveDate) -> bool {
        let away = self.owner.filter(|owner| owner.in_hand == Some(false));
        away.is_some_and(|owner| owner.updated.map_or(self.filed, |at| at.day) <= end)
    }

    fn paying(&self, end: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let paying = self.countable().filter(|visit| visit.payer != Some("内部"));
        paying.map(|visit| visit.at.day).filter(move |day| *day <= end)
    }

    /// What the ladder climbs on: deliveries and paying visits.
    fn steps(&self, end: NaiveDate) -> BTreeSet<NaiveDate> {
        self.deliveries(end).chain(self.paying(end)).collect()
    }

    fn stage(&self, end: NaiveDate) -> Option<Stage> {
        let last = *self.steps(end).last().filter(|last| **last > before(end, 24))?;
        let lost = self.owner.and_then(|owner| owner.lost).filter(|lost| *lost <= end);
        if lost.is_some_and(|lost| !self.paying(end).any(|day| day > lost)) {
            return Some(Stage::Lost);
        }
        Some(match last {
            last if last >= before(end, 3) => Stage::Active,
            last if last >= before(end, 6) => Stage::Leaving,
            last if last >= before(end, 12) => Stage::Between,
            _ => Stage::Lost,
        })
    }

    fn yuan(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        let paid = self.countable().filter(|visit| visit.kind != "索赔" && visit.payer != Some("厂家"));
        paid.filter(|visit| from < visit.at.day && visit.at.day <= to).map(|visit| visit.total).sum()
    }

    fn last_advisor(&self, end: NaiveDate) -> Option<String> {
        let visits = self.countable().filter(|visit| visit.at.day <= end);
        visits.max_by_key(|visit| visit.at.first()).map(|visit| visit.advisor.to_owned())
    }

    fn described(&self) -> String {
        let orders = self.orders.iter().map(|order| format!("\n    {order:?}"));
        let visits = self.visits.iter().map(|visit| format!("\n    {visit:?}"));
        orders.chain(visits).chain([format!("\n    {:?}", self.owner)]).collect()
    }
}

fn cars(store: &Store) -> Vec<Car<'_>> {
    let vins: BTreeSet<&str> = store
        .orders
        .iter()
        .filter_map(|order| order.vin.as_deref())
        .chain(store.visits.iter().map(|v| &*v.vin))
        .collect();
    let car = |vin: &str| Car {
        orders: store.orders.iter().filter(|order| order.vin.as_deref() == Some(vin)).collect(),
        visits: store.visits.iter().filter(|visit| visit.vin == vin).collect(),
        owner: store.owners.iter().find(|owner| owner.vin == vin),
        filed: last_sent(store),
    };
    vins.into_iter().map(car).collect()
}

pub fn judge(group: &Group) -> Vec<Judged> {
    let mut rows = Vec::new();
    for store in &group.stores {
        let delivered = store.orders.iter().filter_map(|order| order.delivered);
        let first = delivered.chain(store.visits.iter().map(|visit| visit.at)).map(|at| at.day).min();
        let cars = cars(store);
        for end in ends(first, group.until) {
            for car in cars.iter().filter(|car| car.known(end) && !car.gone(end)) {
                at_end(car, store, end, &mut rows);
            }
        }
    }
    rows
}

fn at_end(car: &Car<'_>, store: &Store, end: NaiveDate, rows: &mut Vec<Judged>) {
    let back = |months: u32| before(end, months);
    let row = |kpi| Judged { kpi, store: store.id.clone(), day: end, what: car.described(), ..Judged::default() };
    if car.event(end, back(24), back(12)) {
        let kept = Judged { staff: car.last_advisor(end), ..row("retention_1y") };
        rows.push(kept.met(Some(car.visited(back(12), end))));
    }
    if car.event(end, back(12), back(6)) {
        rows.push(row("churn_6m_cohort").met(Some(!car.visited(back(6), end))));
    }
    let kept = |stage: Option<Stage>| matches!(stage, Some(Stage::Active | Stage::Leaving));
    if kept(car.stage(back(12))) {
        rows.push(row("keep_rate").met(Some(kept(car.stage(end)))));
    }
    let opening = end.format("%Y-%m-01").to_string().parse::<NaiveDate>().expect("the first");
    let former = opening.pred_opt().expect("a day before");
    let was_lost = car.stage(former) == Some(Stage::Lost);
    if was_lost {
        rows.push(row("winback").met(Some(car.visited(former, end))));
    }
    let joined = car.steps(end).first().is_some_and(|first| *first > former);
    let left = car.stage(end) == Some(Stage::Lost) && !was_lost;
    if joined || left {
        rows.push(Judged { numerator: i64::from(joined) - i64::from(left), ..row("net_growth") });
    }
    if car.event(end, NaiveDate::MIN, back(24)) {
        let (earlier, now) = (car.yuan(back(24), back(12)), car.yuan(back(12), end));
        rows.push(Judged { numerator: now - earlier, denominator: earlier, ..row("old_spend_growth") });
    }
}
