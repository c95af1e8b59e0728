//! How a car came to where it stands at a month end: in a year, in half a year, in the month.

use super::{Car, MonthEnd, Standing, before};
use chrono::NaiveDate;

/// The stages of a car that is kept.
pub(super) const KEPT: [&str; 2] = ["active", "slipping"];
const LOST: &str = "lost";

/// A car's way.
pub(super) struct Moves {
    /// 定保 or 一般维修 that the customer paid for in (E−12 m, E].
    pub paid: bool,
    /// A delivery or countable visit in (E−12 m, E−6 m].
    pub half_year_base: bool,
    /// A countable visit in (E−6 m, E].
    pub half_year_came: bool,
    /// 活跃 or 拟流失 a year before.
    pub keep_base: bool,
    /// The stage at the end of the month before.
    pub former: Option<&'static str>,
    /// 流失 at the end of the month before.
    pub lost_before: bool,
    /// A countable visit in the month.
    pub came: bool,
    /// 1 in the month of the first delivery or paying visit, −1 in that in which it became 流失, which may be the same.
    pub net: i64,
    /// A delivery or countable visit at or before E−24 m.
    pub old: bool,
    /// Of such a car, the fen without warranty in (E−24 m, E−12 m].
    pub spent_before: i128,
}

impl Moves {
    /// Of a car as it stands now.
    pub fn new(car: &Car<'_, '_>, now: &Standing<'_, '_>, end: MonthEnd) -> Moves {
        let (year, two_years, half) = (end.back(12), end.back(24), end.back(6));
        let visits = || car.visits.iter().filter(|visit| visit.at.date() <= end.day);
        let sold = |sale: &&&crate::facts::record::Order<'_>| sale.reversed().is_none_or(|at| at.date() > end.day);
        let sales = || car.sales.iter().filter(sold).filter_map(|sale| sale.delivered).map(|at| at.date());
        let days = || sales().chain(visits().map(|visit| visit.at.date())).filter(|day| *day <= end.day);
        let within = |day: NaiveDate, from: NaiveDate, to: NaiveDate| day > from && day <= to;
        let stage = |day: NaiveDate| car.at(day).and_then(|then| then.stage(day));
        let former = stage(end.former());
        let basis = sales().chain(visits().filter(|visit| visit.by_customer()).map(|visit| visit.at.date()));
        let entered = basis.min().is_some_and(|first| within(first, end.former(), end.day));
        let lost = now.stage(end.day) == Some(LOST) && former != Some(LOST);
        let old = !now.gone && days().any(|day| day <= two_years);
        let spent = visits().filter(|visit| !visit.warranty && within(visit.at.date(), two_years, year));
        Moves {
            paid: visits().any(|visit| {
                let kind = visit.maintenance || visit.repair;
                kind && visit.customer_pays && within(visit.at.date(), year, end.day)
            }),
            half_year_base: !now.gone && days().any(|day| within(day, year, half)),
            half_year_came: visits().any(|visit| within(visit.at.date(), half, end.day)),
            keep_base: !now.gone && stage(before(end.day, 12)).is_some_and(|stage| KEPT.contains(&stage)),
            former,
            lost_before: !now.gone && former == Some(LOST),
            came: visits().any(|visit| within(visit.at.date(), end.former(), end.day)),
            net: i64::from(entered && !now.gone) - i64::from(lost),
            old,
            spent_before: if old { spent.map(|visit| i128::from(visit.total.0)).sum() } else { 0 },
        }
    }
}
