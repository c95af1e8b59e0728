//! A quarter or a year up to the month that a form is of. In a month's first week forms are of the month before, while the
//! values of the quarter go on to the cut-off: what a form says of both must be of the same days.

use crate::{
    catalog::{Accumulate, Kpi},
    model::{Grain, KpiValue, Period, Quantity, Scope, Status},
    report::lookup::Lookup,
};
use std::borrow::Cow;

/// A KPI's value of a period that holds `base`, a month, without what comes after the month. Of KPIs whose months do not add
/// up it is the value as it stands.
pub(crate) fn value<'a>(
    lookup: &Lookup<'a>,
    kpi: &Kpi,
    scope: Scope,
    id: &str,
    period: Period,
    base: Period,
) -> Option<Cow<'a, KpiValue>> {
    let whole = lookup.value(kpi, scope, id, period)?;
    let goes_on = matches!(period.grain, Grain::Quarter | Grain::Year) && base.end() < period.end();
    let adds_up = kpi.kind.is_additive() && kpi.accumulate == Accumulate::Sum;
    if !goes_on || !adds_up || base.grain != Grain::Month || lookup.edition.cutoff.date() < base.end() {
        return Some(Cow::Borrowed(whole));
    }
    let months = std::iter::successors(Some(base), |month| Some(month.previous()));
    let months = months.take_while(|month| month.start >= period.start);
    let mut sum = KpiValue {
        numerator: Quantity::default(),
        denominator: whole.denominator.map(|_| Quantity::default()),
        excluded: 0,
        ..whole.clone()
    };
    let mut known = false;
    for own in months.filter_map(|month| lookup.value(kpi, scope, id, month)) {
        known |= own.status != Status::NoData;
        sum.numerator += own.numerator;
        sum.denominator = sum.denominator.zip(own.denominator).map(|(sum, own)| sum + own);
        sum.excluded += own.excluded;
    }
    sum.status = match sum.target {
        _ if !known || sum.denominator.is_some_and(|denominator| denominator.is_zero()) => Status::NoData,
        None => Status::NoTarget,
        Some(target) if kpi.meets(sum.numerator, sum.denominator, target) => Status::Met,
        Some(_) => Status::Missed,
    };
    Some(Cow::Owned(sum))
}
